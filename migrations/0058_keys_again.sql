-- By which rules the keys of a profile were made. When names come to sound otherwise the rules are another version: everybody's keys are made
-- again, and until that is done nobody of the programme is compared, since some would be looked for where they are not.
alter table match_profiles add column keys_version smallint not null default 1 check (keys_version > 0);
grant update (keys_version) on match_profiles to sanad_app;
create trigger keys_not_older before update on match_profiles for each row
  when (new.keys_version < old.keys_version) execute function refuse_going_back();
-- Those whose keys are still to be made again: none, most of the time.
create index match_profiles_old_keys on match_profiles (programme_id, beneficiary_id) where keys_version < 2;
