-- What was told of a pay-out is an exception while it waits (exceptions_told_once), and once for each case or interview that told of it
-- (exceptions_once). That it had been told before, ever, kept it from being looked into a second time.
drop table feedback_exceptions;
