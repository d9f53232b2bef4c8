-- What the bank booked once it may state as one sum in one file and take apart in another (a camt.053 and a camt.054 of one batch).
alter table statement_lines
  -- Digest of the booking that a line of the bank is or is of, by the bank's name for it or, where it has no name at all, by its turn.
  add column booking bytea check (length(booking) = 16),
  -- The same by the name of the batch of payments that was booked.
  add column batch bytea check (length(batch) = 16),
  -- How many lines there are of it, on the first of them; they follow on one another.
  add column booking_lines int check (booking_lines > 0);
create index on statement_lines (booking) where booking_lines is not null;
create index on statement_lines (batch) where booking_lines is not null and batch is not null;

-- As in 0052, and a booking is repeated whatever lines it is read as.
create or replace function refuse_late_lines() returns trigger language plpgsql as $$
begin
  if exists (select from (select distinct statement_id from new_lines) l
      where not exists (select from statements s where s.id = l.statement_id and s.state in ('received', 'staged'))) then
    perform refuse('statement_lines_before_staging', 'a statement that was read, or that there is none of, takes no lines', 'statement_lines');
  end if;
  if exists (select from new_lines n where n.repeats is not null
      and not exists (select from statement_lines e join statements s on s.id = e.statement_id
        where e.id = n.repeats and (e.fingerprint = n.fingerprint or e.booking = n.booking or e.batch = n.batch)
          and e.statement_id <> n.statement_id and s.state <> 'withdrawn')) then
    perform refuse('statement_lines_repeat_another', 'a line repeats one that an earlier statement has', 'statement_lines');
  end if;
  return null;
end $$;
