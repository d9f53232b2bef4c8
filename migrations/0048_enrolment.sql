-- Enrolment at the size of a country. What refuse_orphans asks is planned anew each time; where everybody passes who is entered, each question
-- has a function of its own, whose plan a connection keeps. The plan may be as old as the first person, so it never reads a table through.
create function refuse_unknown_programme() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  if exists (select from (select distinct programme_id from new_rows) n where not exists (select from programmes p where p.id = n.programme_id)) then
    raise exception '%: a programme_id that does not exist', tg_table_name
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_programme_id_known', table = tg_table_name;
  end if;
  return null;
end $$;
create function refuse_unknown_beneficiary() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  if exists (select from new_rows n where (select true from beneficiaries b where b.id = n.beneficiary_id) is null) then
    raise exception '%: a beneficiary_id that does not exist', tg_table_name
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_beneficiary_id_known', table = tg_table_name;
  end if;
  return null;
end $$;
create function refuse_unknown_household() returns trigger language plpgsql set enable_seqscan = off as $$
begin
  if exists (select from (select distinct household_id from new_rows) n where (select true from households h where h.id = n.household_id) is null) then
    raise exception '%: a household_id that does not exist', tg_table_name
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_household_id_known', table = tg_table_name;
  end if;
  return null;
end $$;

drop trigger programme_known on households;
create trigger programme_known after insert on households referencing new table as new_rows
  for each statement execute function refuse_unknown_programme();
drop trigger programme_known on enrolments;
create trigger programme_known after insert on enrolments referencing new table as new_rows
  for each statement execute function refuse_unknown_programme();
drop trigger beneficiary_known on enrolments;
create trigger beneficiary_known after insert on enrolments referencing new table as new_rows
  for each statement execute function refuse_unknown_beneficiary();
drop trigger programme_known on match_profiles;
create trigger programme_known after insert on match_profiles referencing new table as new_rows
  for each statement execute function refuse_unknown_programme();
drop trigger beneficiary_known on match_profiles;
create trigger beneficiary_known after insert on match_profiles referencing new table as new_rows
  for each statement execute function refuse_unknown_beneficiary();
drop trigger beneficiary_known on consents;
create trigger beneficiary_known after insert on consents referencing new table as new_rows
  for each statement execute function refuse_unknown_beneficiary();

-- The household of a person is mostly made by the same transaction, and the platform deletes none: looked up once for a statement, like the rest.
alter table beneficiaries drop constraint beneficiaries_household_id_fkey;
create trigger household_known after insert on beneficiaries referencing new table as new_rows
  for each statement execute function refuse_unknown_household();
create trigger changed_household_known after update on beneficiaries referencing new table as new_rows
  for each statement execute function refuse_unknown_household();

-- Thousands of names are counted for one programme.
alter table name_frequencies drop constraint name_frequencies_programme_id_fkey;
create trigger programme_known after insert on name_frequencies referencing new table as new_rows
  for each statement execute function refuse_unknown_programme();
create trigger changed_programme_known after update on name_frequencies referencing new table as new_rows
  for each statement execute function refuse_unknown_programme();

-- Planned while there were no keys yet, it would read all of them for each.
alter function answer_of(uuid, text) set enable_seqscan = off;
