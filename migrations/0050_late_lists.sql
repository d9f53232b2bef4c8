-- What a later statement lists is missing no more; what a file takes back and pays again is paid once.
-- What a file takes back, without going through all that it pays.
create index statement_lines_reversals on statement_lines (statement_id) where kind = 'reversal';
-- Exceptions are looked for by the record that they are about, not only by the pay-out.
create index exceptions_of_record on exceptions (record_id) where record_id is not null;
