-- What stands in a line's cell and could not be read, beside what it moved, when and in which currency. The line counts without it; a person looks at
-- the paper. What stands there is kept nowhere, for it may be a person's.
alter table statement_lines
  add column unread text[],
  add constraint statement_lines_unread_known
    check (unread <@ array['reference', 'serial', 'office', 'lastFour', 'valueDate'] and cardinality(unread) between 1 and 5 and array_position(unread, null) is null),
  add constraint statement_lines_unread_is_nowhere check (unread is null
    or not (unread @> '{reference}' and reference <> '' or unread @> '{serial}' and serial is not null or unread @> '{office}' and office_code is not null
      or unread @> '{lastFour}' and document_last_four is not null or unread @> '{valueDate}' and value_on is not null));
