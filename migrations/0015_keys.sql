-- Keys that this database has been used with. A process that lacks one which is still needed, or has another key under its number, does not
-- start. What is kept of a key is derived from it one way.
create table known_keys (
  -- 0 is the index key, which has no versions; the others are versions of the master key.
  version smallint primary key check (version between 0 and 255),
  check_value bytea not null check (length(check_value) = 32),
  first_used_at timestamptz not null
);
grant delete on known_keys to sanad_app; -- a version that nothing needs is forgotten
create trigger unchanging before update or truncate on known_keys execute function refuse_change();

-- The rows of a file are sealed under a key of the file's own. Wrapping that key anew leaves the rows as they are; without it they are gone.
alter table registration_files add column data_key bytea;
grant update (data_key) on registration_files to sanad_app;

-- Sealed anew under another version, a collector stays who they are: of a row that is over, this alone may still change.
create function refuse_other_identity() returns trigger language plpgsql as $$
begin
  raise exception 'who a collector is does not change'
    using errcode = 'integrity_constraint_violation', constraint = 'collectors_identity', table = 'collectors';
end $$;
create trigger same_identity before update on collectors for each row
  when (new.identity <> old.identity and substr(new.identity, 1, 1) = substr(old.identity, 1, 1)) execute function refuse_other_identity();
drop trigger ended_once on collectors;
create trigger ended_once before update on collectors for each row
  when (old.ended_at is not null and (to_jsonb(new) - 'identity') <> (to_jsonb(old) - 'identity')) execute function refuse_change();
grant update (identity) on collectors to sanad_app;

-- A profile that is sealed anew says the same as before, so nobody is compared again for it: the revision tells. It goes up whenever a person
-- changes. What changes without it is refused, unless it is a profile that now stands under another version of the key.
alter table match_profiles add column revision int not null default 1;
grant update (revision) on match_profiles to sanad_app;
create or replace function index_changed_profiles() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from profiles p join before_change b on b.beneficiary_id = p.beneficiary_id where p.revision < b.revision
      or p.revision = b.revision and ((p.programme_id, p.blocking_keys, p.search_keys) is distinct from (b.programme_id, b.blocking_keys, b.search_keys)
        or p.profile <> b.profile and substr(p.profile, 1, 1) = substr(b.profile, 1, 1))) then
    raise exception 'a profile that changes is a new revision'
      using errcode = 'integrity_constraint_violation', constraint = 'match_profiles_revision', table = 'match_profiles';
  end if;
  delete from beneficiary_keys k using before_change b join profiles p on p.beneficiary_id = b.beneficiary_id and p.revision <> b.revision,
      unnest(b.blocking_keys || b.search_keys) as old_key
    where k.key = old_key and k.beneficiary_id = b.beneficiary_id;
  insert into beneficiary_keys
    select distinct key, p.beneficiary_id from profiles p join before_change b on b.beneficiary_id = p.beneficiary_id and b.revision <> p.revision,
      unnest(p.blocking_keys || p.search_keys) as key order by key, p.beneficiary_id;
  -- The row is written even where there is one, so that whoever is comparing these people right now waits and sees the change.
  insert into comparisons_due (beneficiary_id)
    select p.beneficiary_id from profiles p join before_change b on b.beneficiary_id = p.beneficiary_id and b.revision <> p.revision
    on conflict (beneficiary_id) do update set since = excluded.since;
  return null;
end $$;
