-- Pairs are opened by the thousand while a country is enrolled, and those whom they are of have just been locked: what a pair refers to is looked up once
-- for a statement, as it is of everything else that enrolment writes. Nobody may delete it, and no column of these may be changed.
alter table duplicate_pairs
  drop constraint duplicate_pairs_first_id_fkey,
  drop constraint duplicate_pairs_second_id_fkey,
  drop constraint duplicate_pairs_programme_id_fkey;
create trigger programme_known after insert on duplicate_pairs referencing new table as new_rows
  for each statement execute function refuse_unknown_programme();
-- The plan is as old as the connection, as in 0048.
create function refuse_pair_of_nobody() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  if exists (select from (select first_id as id from new_rows union select second_id from new_rows) n
      where (select true from beneficiaries b where b.id = n.id) is null) then
    raise exception 'a pair of somebody who does not exist'
      using errcode = 'foreign_key_violation', constraint = 'duplicate_pairs_people_known', table = 'duplicate_pairs';
  end if;
  return null;
end $$;
create trigger people_known after insert on duplicate_pairs referencing new table as new_rows
  for each statement execute function refuse_pair_of_nobody();
