-- What was told of a pay-out is an exception while it waits (exceptions_told_once), and once for each case or interview that told of it
-- (exceptions_once). That it had been told before, ever, kept it from being looked into a second time. Guards are taken away by their names, as
-- `sanad verify` reads them.
drop trigger append_only on feedback_exceptions;
alter table feedback_exceptions drop constraint feedback_exceptions_once;
drop table feedback_exceptions;
