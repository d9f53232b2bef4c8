-- For references to rows that everybody who is entered shares, or that the same transaction has just made: a foreign key would look each
-- of them up by itself and write a lock into it. This looks once for all rows of a statement. Nothing it refers to can be deleted by the
-- platform. Arguments: column, table referred to, its key.
create function refuse_orphans() returns trigger language plpgsql as $$
declare
  missing boolean;
begin
  execute format('select exists (select from (select distinct %I as key from new_rows) n where not exists (select from %I p where p.%I = n.key))',
    tg_argv[0], tg_argv[1], tg_argv[2]) into missing;
  if missing then
    raise exception '%: a % that does not exist', tg_table_name, tg_argv[0]
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_' || tg_argv[0] || '_known', table = tg_table_name;
  end if;
  return null;
end $$;

create table households (
  id uuid primary key,
  programme_id uuid not null,
  -- How the field office names the household; unique where it registered it.
  reference text not null,
  size int not null check (size between 1 and 60),
  -- A member, once one is known to be: see households_head_is_member.
  head_id uuid,
  version int not null default 1,
  created_at timestamptz not null,
  unique (programme_id, reference)
);
grant update (size, head_id, version) on households to sanad_app;
create trigger programme_known after insert on households referencing new table as new_rows
  for each statement execute function refuse_orphans('programme_id', 'programmes', 'id');

-- What names a person is sealed under a key of their own, which is wrapped by the master key. Destroying that key erases them.
create table beneficiaries (
  id uuid primary key,
  registration_number text not null unique check (length(registration_number) = 10 and translate(registration_number, '0123456789', '') = ''),
  household_id uuid not null references households,
  relationship text not null check (relationship in ('head', 'spouse', 'child', 'parent', 'sibling', 'other')),
  sex text not null check (sex in ('female', 'male', 'other')),
  language text not null check (language in ('ar', 'fr', 'en')),
  wilaya_number text not null,
  commune text not null,
  data_key bytea,
  names bytea,
  birth bytea,
  nationality bytea,
  documents bytea,
  phones bytea,
  answers bytea, -- to the vulnerability questions, the Washington Group's short set among them
  attestation bytea, -- who vouches for somebody who has no document, and how; null when there are documents
  merged_into uuid references beneficiaries check (merged_into <> id),
  version int not null default 1,
  -- The door they came in by, and for a file the row: a row of a file is entered once.
  source text not null default 'officer' check (source in ('officer', 'file', 'self', 'partner', 'kobo')),
  source_id uuid,
  source_row int check (source_row > 0),
  registered_by uuid not null,
  registered_at timestamptz not null,
  unique (source_id, source_row),
  unique (household_id, id)
);
create trigger wilaya_known after insert on beneficiaries referencing new table as new_rows
  for each statement execute function refuse_orphans('wilaya_number', 'wilayas', 'number');
create trigger changed_wilaya_known after update on beneficiaries referencing new table as new_rows
  for each statement execute function refuse_orphans('wilaya_number', 'wilayas', 'number');
create index on beneficiaries (merged_into) where merged_into is not null;
-- A merged record points at one that goes on, never at another merged one. The one that goes on is locked, so that of two mergers at once
-- that would make a chain the later sees the earlier.
create function refuse_chain() returns trigger language plpgsql as $$
begin
  perform from beneficiaries where id = new.merged_into for share;
  if exists (select from beneficiaries where id = new.merged_into and merged_into is not null)
    or exists (select from beneficiaries where merged_into = new.id) then
    raise exception 'a record is merged into one that goes on, and takes along what was merged into it'
      using errcode = 'integrity_constraint_violation', constraint = 'beneficiaries_merged_once', table = 'beneficiaries';
  end if;
  return null;
end $$;
create trigger merged_once after insert or update of merged_into on beneficiaries for each row when (new.merged_into is not null)
  execute function refuse_chain();
-- Identifiers sort by the time they were made, so lists are walked by them.
create index on beneficiaries (wilaya_number, id);
create index on beneficiaries (registered_at, id);
-- Checked at the end of a transaction: a household may be made before the head whom it names, and a head may leave and be followed in one.
alter table households add constraint households_head_is_member foreign key (id, head_id) references beneficiaries (household_id, id)
  deferrable initially deferred;
grant update (relationship, language, wilaya_number, commune, household_id, sex, data_key, names, birth, nationality, documents, phones,
  answers, attestation, merged_into, version) on beneficiaries to sanad_app;

-- What each change replaced and with what, sealed under the person's own key: {"field": {"before", "after"}}. Nothing is overwritten for good.
create table beneficiary_changes (
  beneficiary_id uuid not null references beneficiaries,
  -- The version that the change made.
  version int not null check (version > 1),
  fields text[] not null check (cardinality(fields) > 0),
  change bytea not null,
  reason text not null check (length(reason) between 3 and 500),
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (beneficiary_id, version)
);
create trigger append_only before update or delete or truncate on beneficiary_changes execute function refuse_change();

create function refuse_settled_person() returns trigger language plpgsql as $$
begin
  raise exception 'a record that was merged or erased does not change'
    using errcode = 'integrity_constraint_violation', constraint = 'beneficiaries_settled', table = 'beneficiaries';
end $$;
create trigger settled before update of names, birth, nationality, documents, phones, answers, attestation, sex, relationship, language,
    wilaya_number, commune, household_id on beneficiaries for each row
  when ((old.merged_into is not null or old.data_key is null) and new.data_key is not null) execute function refuse_settled_person();

create function require_kept_change() returns trigger language plpgsql as $$
begin
  if not exists (select from beneficiary_changes c where c.beneficiary_id = new.id and c.version = new.version) then
    raise exception 'what a change replaces is kept in beneficiary_changes'
      using errcode = 'integrity_constraint_violation', constraint = 'beneficiaries_change_kept', table = 'beneficiaries';
  end if;
  return null;
end $$;
create constraint trigger change_kept after update of names, birth, nationality, documents, phones, answers, attestation, sex, relationship,
    language, wilaya_number, commune, household_id on beneficiaries deferrable initially deferred for each row
  when (new.data_key is not null) execute function require_kept_change();

-- What a household was before each change of its size or its head.
create table household_changes (
  household_id uuid not null references households,
  -- The version that the change made.
  version int not null check (version > 1),
  size_before int not null,
  size_after int not null,
  head_before uuid,
  head_after uuid,
  reason text not null check (length(reason) between 3 and 500),
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (household_id, version),
  check (size_before <> size_after or head_before is distinct from head_after)
);
create trigger append_only before update or delete or truncate on household_changes execute function refuse_change();
create function require_kept_household_change() returns trigger language plpgsql as $$
begin
  if not exists (select from household_changes c where c.household_id = new.id and c.version = new.version and c.size_after = new.size
    and c.head_after is not distinct from new.head_id) then
    raise exception 'what a change replaces is kept in household_changes'
      using errcode = 'integrity_constraint_violation', constraint = 'households_change_kept', table = 'households';
  end if;
  return null;
end $$;
create constraint trigger change_kept after update of size, head_id on households deferrable initially deferred for each row
  when (old.size <> new.size or old.head_id is distinct from new.head_id) execute function require_kept_household_change();

-- People beside the beneficiary who may collect for a household. Name and document are sealed under the household's own place.
create table collectors (
  id uuid primary key,
  household_id uuid not null references households,
  identity bytea not null,
  -- At most three stand at a time.
  place int not null check (place between 1 and 3),
  valid_until date not null,
  added_by uuid not null,
  added_at timestamptz not null,
  ended_at timestamptz check (ended_at >= added_at),
  ended_by uuid,
  check ((ended_at is null) = (ended_by is null))
);
create unique index collectors_three_standing on collectors (household_id, place) where ended_at is null;
create trigger ended_once before update on collectors for each row when (old.ended_at is not null) execute function refuse_change();
grant update (ended_at, ended_by) on collectors to sanad_app;

create table enrolments (
  programme_id uuid not null,
  beneficiary_id uuid not null,
  state text not null check (state in ('applicant', 'enrolled', 'suspended', 'exited', 'merged')),
  entered_by uuid not null,
  -- Who confirmed that the person is who they say; never who entered them.
  verified_by uuid,
  -- Came in by a public door: stays an applicant until somebody has verified them.
  needs_verification boolean not null default false,
  changed_at timestamptz not null,
  primary key (programme_id, beneficiary_id),
  constraint enrolments_verified_by_another check (verified_by <> entered_by),
  constraint enrolments_verified_first check (not needs_verification or state in ('applicant', 'exited', 'merged') or verified_by is not null)
);
create index on enrolments (beneficiary_id);
create index on enrolments (programme_id, state, beneficiary_id);
create index on enrolments (programme_id, beneficiary_id) where needs_verification and verified_by is null;
create trigger programme_known after insert on enrolments referencing new table as new_rows
  for each statement execute function refuse_orphans('programme_id', 'programmes', 'id');
create trigger beneficiary_known after insert on enrolments referencing new table as new_rows
  for each statement execute function refuse_orphans('beneficiary_id', 'beneficiaries', 'id');
create trigger transition before update of state on enrolments for each row execute function refuse_forbidden_transition
  ('applicant>enrolled', 'enrolled>suspended', 'suspended>enrolled', 'enrolled>exited', 'suspended>exited', 'applicant>exited',
   'applicant>merged', 'enrolled>merged', 'suspended>merged', 'merged>applicant', 'merged>enrolled', 'merged>suspended');
create function refuse_merged_elsewhere() returns trigger language plpgsql as $$
begin
  if exists (select from beneficiaries b where b.id = new.beneficiary_id and b.merged_into is not null) then
    raise exception 'a record that was merged stays merged until it is taken out again'
      using errcode = 'integrity_constraint_violation', constraint = 'enrolments_merged_once_separated', table = 'enrolments';
  end if;
  return new;
end $$;
create trigger merged_once_separated before update of state on enrolments for each row when (old.state = 'merged')
  execute function refuse_merged_elsewhere();
create trigger first_state before insert on enrolments for each row execute function refuse_other_first_state('applicant', 'enrolled');
grant update (state, verified_by, changed_at) on enrolments to sanad_app;

-- What of a person is compared with others, sealed, and the keyed fingerprints under which they are found. Whoever changes a name, a birth,
-- a document or a telephone number changes this row with it.
create table match_profiles (
  beneficiary_id uuid primary key,
  programme_id uuid not null,
  profile bytea not null,
  -- Two people who share one of these are compared.
  blocking_keys bigint[] not null,
  -- By these a person is found: documents, telephone numbers, and the words of their name.
  search_keys bigint[] not null
);
grant update (profile, blocking_keys, search_keys), delete on match_profiles to sanad_app;

-- Every key of every profile, and nothing else: the triggers below are the only hand that writes here.
create table beneficiary_keys (
  key bigint not null,
  beneficiary_id uuid not null,
  primary key (key, beneficiary_id)
);
revoke insert on beneficiary_keys from sanad_app;

-- Whose profile has changed and has not been compared with everybody since. Nobody is paid while they stand here.
create table comparisons_due (
  beneficiary_id uuid primary key,
  since timestamptz not null default now()
);
create index on comparisons_due (since);
grant delete on comparisons_due to sanad_app;

create function index_new_profiles() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into beneficiary_keys
    select distinct key, p.beneficiary_id from profiles p, unnest(p.blocking_keys || p.search_keys) as key order by key, p.beneficiary_id;
  insert into comparisons_due (beneficiary_id) select beneficiary_id from profiles;
  return null;
end $$;
create function index_changed_profiles() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from beneficiary_keys k using before_change b, unnest(b.blocking_keys || b.search_keys) as old_key
    where k.key = old_key and k.beneficiary_id = b.beneficiary_id;
  insert into beneficiary_keys
    select distinct key, p.beneficiary_id from profiles p, unnest(p.blocking_keys || p.search_keys) as key order by key, p.beneficiary_id;
  -- The row is written even where there is one, so that whoever is comparing these people right now waits and sees the change.
  insert into comparisons_due (beneficiary_id) select beneficiary_id from profiles
    on conflict (beneficiary_id) do update set since = excluded.since;
  return null;
end $$;
create function unindex_profiles() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from beneficiary_keys k using before_change b, unnest(b.blocking_keys || b.search_keys) as old_key
    where k.key = old_key and k.beneficiary_id = b.beneficiary_id;
  delete from comparisons_due d using before_change b where d.beneficiary_id = b.beneficiary_id;
  return null;
end $$;
create trigger index_new after insert on match_profiles referencing new table as profiles
  for each statement execute function index_new_profiles();
create trigger index_changed after update on match_profiles referencing old table as before_change new table as profiles
  for each statement execute function index_changed_profiles();
create trigger programme_known after insert on match_profiles referencing new table as new_rows
  for each statement execute function refuse_orphans('programme_id', 'programmes', 'id');
create trigger beneficiary_known after insert on match_profiles referencing new table as new_rows
  for each statement execute function refuse_orphans('beneficiary_id', 'beneficiaries', 'id');
create trigger unindex after delete on match_profiles referencing old table as before_change
  for each statement execute function unindex_profiles();

-- A merger, and its undoing, changes who stands for whom: both are compared again once it has been committed.
create function compare_merged_again() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into comparisons_due (beneficiary_id) select beneficiary_id from match_profiles
    where beneficiary_id in (new.id, old.merged_into, new.merged_into) order by beneficiary_id
    on conflict (beneficiary_id) do update set since = excluded.since;
  return null;
end $$;
create trigger compare_again after update on beneficiaries for each row when (old.merged_into is distinct from new.merged_into)
  execute function compare_merged_again();

-- How common the words of names are in a programme, by search key; words that are not here are rare. Counted anew as a programme grows.
create table name_frequencies (
  programme_id uuid not null references programmes,
  key bigint not null,
  share double precision not null check (share > 0 and share <= 1),
  primary key (programme_id, key)
);
create table name_counts (
  programme_id uuid primary key references programmes,
  people int not null check (people >= 0),
  -- Who was entered last by then.
  last_id uuid not null,
  counted_at timestamptz not null
);
grant update, delete on name_frequencies to sanad_app;
grant update on name_counts to sanad_app;

create table consents (
  id uuid primary key,
  beneficiary_id uuid not null,
  purpose text not null check (purpose in ('registration', 'share_with_paying_agent', 'contact', 'share_with_partners')),
  legal_basis text not null check (legal_basis in ('consent', 'vital_interest', 'public_interest')),
  method text not null check (method in ('signature', 'audio', 'scan', 'witnessed_verbal', 'remote_verbal', 'online')),
  given_on date not null,
  -- Where the recording, the scan or the paper is, and who witnessed: sealed under the person's own key.
  evidence bytea,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  withdrawn_at timestamptz check (withdrawn_at >= recorded_at),
  withdrawn_by uuid,
  check ((withdrawn_at is null) = (withdrawn_by is null))
);
create unique index consents_one_standing on consents (beneficiary_id, purpose) where withdrawn_at is null;
create trigger beneficiary_known after insert on consents referencing new table as new_rows
  for each statement execute function refuse_orphans('beneficiary_id', 'beneficiaries', 'id');
create index consents_withdrawn on consents (beneficiary_id, purpose) where withdrawn_at is not null;
create trigger withdrawn_once before update on consents for each row when (old.withdrawn_at is not null) execute function refuse_change();
grant update (withdrawn_at, withdrawn_by) on consents to sanad_app;

-- Which column of a file says what, as somebody corrected it and saved it under a name.
create table column_mappings (
  id uuid primary key,
  programme_id uuid not null references programmes,
  name text not null check (length(name) between 1 and 100),
  -- {"header as the file spells it": "column"}, a column of null is left out
  mapping jsonb not null,
  version int not null default 1,
  saved_by uuid not null,
  saved_at timestamptz not null,
  unique (programme_id, name)
);
grant update (mapping, version, saved_by, saved_at) on column_mappings to sanad_app;

create table registration_files (
  id uuid primary key,
  programme_id uuid not null references programmes,
  -- Keyed digest of the bytes: the same file is recognised, and nothing about it can be guessed.
  content_index bytea not null,
  -- What it was: {"kind": "csv", "encoding": "utf-8", "delimiter": ";"}, {"kind": "xlsx"}, {"kind": "kobo"}
  format jsonb not null default '{"kind": "csv"}',
  -- [{"header", "shapes", "column", "confidence"}]: the headers as the file spells them, what their values look like ("Aaaa 99"), and what
  -- they were taken for. They name no person.
  columns jsonb not null check (jsonb_array_length(columns) > 0),
  -- {"header": "column"}; null until the columns are known well enough to read rows
  mapping jsonb,
  state text not null default 'received' check (state in ('received', 'checking', 'checked', 'running', 'done', 'stopped', 'cancelled')),
  total_rows int not null check (total_rows >= 0),
  done_rows int not null default 0,
  accepted_rows int not null default 0,
  refused_rows int not null default 0,
  -- Rows whose submission was entered before, by this file or another.
  known_rows int not null default 0,
  -- Of the rows done, how many have been compared with everybody, and how many of those are duplicates.
  compared_rows int not null default 0,
  duplicate_rows int not null default 0,
  -- What the dry run found: counts by reason, possible duplicates, cost. Of people only who is registered, by id and number.
  findings jsonb,
  -- Which reading of the rows counts: each dry run is one, and so is the run.
  attempt int not null default 0,
  version int not null default 1,
  uploaded_by uuid not null,
  uploaded_at timestamptz not null,
  finished_at timestamptz,
  check (done_rows = accepted_rows + refused_rows + known_rows and done_rows <= total_rows),
  check (compared_rows <= done_rows and duplicate_rows <= compared_rows),
  check (state <> 'done' or compared_rows = total_rows),
  check (state not in ('running', 'done') or mapping is not null),
  unique (programme_id, content_index)
);
create trigger transition before update of state on registration_files for each row execute function refuse_forbidden_transition
  ('received>checking', 'checking>checking', 'checking>checked', 'checked>checking', 'received>running', 'checked>running', 'running>running',
   'running>done', 'running>stopped', 'running>cancelled', 'received>received',
   'checked>checked', 'checked>received', 'checking>received', 'cancelled>running', 'stopped>running');
create trigger first_state before insert on registration_files for each row execute function refuse_other_first_state('received');
grant update (state, mapping, total_rows, done_rows, accepted_rows, refused_rows, known_rows, compared_rows, duplicate_rows, findings, attempt, version, finished_at)
  on registration_files to sanad_app;

-- The rows of a file as they came, some hundreds at a time, sealed. A file is read once and never held whole.
create table registration_chunks (
  file_id uuid not null references registration_files,
  number int not null check (number >= 0),
  first_row int not null check (first_row > 0),
  row_count int not null check (row_count > 0),
  rows bytea not null,
  primary key (file_id, number),
  unique (file_id, first_row)
);
create trigger append_only before update or delete or truncate on registration_chunks execute function refuse_change();

-- The rows that a reading refused and why; who was entered from which row stands with the person.
create table registration_refusals (
  file_id uuid not null references registration_files,
  attempt int not null check (attempt > 0),
  row_number int not null check (row_number > 0),
  -- [{"cell", "code"}]; never the value of the cell
  reasons jsonb not null check (jsonb_array_length(reasons) > 0),
  primary key (file_id, attempt, row_number)
);
create trigger append_only before update or delete or truncate on registration_refusals execute function refuse_change();


-- Identifiers that another system gave a submission (KoboToolbox's _uuid), as keyed digests: one is entered once, whatever file it comes in.
create table intake_keys (
  programme_id uuid not null references programmes,
  key bytea not null,
  beneficiary_id uuid not null references beneficiaries,
  primary key (programme_id, key)
);
create trigger append_only before update or delete or truncate on intake_keys execute function refuse_change();

-- What somebody wrote of themselves at the public door. It is entered once their telephone has been proved to be theirs.
create table self_registrations (
  id uuid primary key,
  programme_id uuid not null references programmes,
  reference text not null unique check (reference ~ '^[0-9]{10}$'),
  language text not null check (language in ('ar', 'fr', 'en')),
  -- Sealed; emptied once it has been entered or has run out.
  content bytea,
  state text not null default 'awaiting_proof' check (state in ('awaiting_proof', 'entered', 'expired')),
  -- The code sent is derived from the id, the key and this counter, and kept nowhere.
  key_version smallint not null check (key_version between 1 and 255),
  code_counter int not null default 0 check (code_counter >= 0),
  -- Null until the code is being sent: one that nobody was sent is not there to be guessed.
  code_expires_at timestamptz,
  wrong_codes int not null default 0 check (wrong_codes between 0 and 5),
  beneficiary_id uuid unique references beneficiaries,
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  check ((state = 'entered') = (beneficiary_id is not null)),
  check ((state = 'awaiting_proof') = (content is not null)),
  constraint self_registrations_sent_first check (code_expires_at is not null or wrong_codes = 0)
);
create index on self_registrations (expires_at) where state = 'awaiting_proof';
create trigger transition before update of state on self_registrations for each row execute function refuse_forbidden_transition
  ('awaiting_proof>entered', 'awaiting_proof>expired', 'awaiting_proof>awaiting_proof');
create trigger first_state before insert on self_registrations for each row execute function refuse_other_first_state('awaiting_proof');
create function refuse_guessing() returns trigger language plpgsql as $$
begin
  raise exception 'wrong codes are forgotten with the code that they were taken for'
    using errcode = 'integrity_constraint_violation', constraint = 'self_registrations_guessing', table = 'self_registrations';
end $$;
create trigger guessing before update on self_registrations for each row
  when (new.code_counter < old.code_counter or (new.wrong_codes < old.wrong_codes and new.code_counter = old.code_counter))
  execute function refuse_guessing();
grant update (content, state, key_version, code_counter, code_expires_at, wrong_codes, beneficiary_id) on self_registrations to sanad_app;

-- People whom a partner organisation referred, under the partner's own reference, which names nobody.
create table referrals (
  id uuid primary key,
  programme_id uuid not null references programmes,
  partner_id uuid not null references partners,
  reference text not null check (reference ~ '^[A-Za-z0-9._-]{1,60}$'),
  -- Keyed digest of what the partner wrote: the same reference again is the same person, or a mistake.
  content_index bytea not null check (length(content_index) = 32),
  beneficiary_id uuid not null unique references beneficiaries,
  referred_at timestamptz not null,
  unique (partner_id, programme_id, reference)
);
create index on referrals (partner_id, programme_id, id);
create trigger append_only before update or delete or truncate on referrals execute function refuse_change();

-- Weights by which two people are compared. A version never changes; a programme uses one of its own or the one that is shipped.
create table matching_models (
  id uuid primary key,
  programme_id uuid not null references programmes,
  version int not null check (version > 0),
  definition jsonb not null,
  -- What it was estimated from and how it compares with the one in use: counts, no person.
  basis jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null,
  unique (programme_id, version)
);
create trigger append_only before update or delete or truncate on matching_models execute function refuse_change();
-- Which model a programme has used since when; the last row counts, and null is the shipped one.
create table matching_model_uses (
  id uuid primary key,
  programme_id uuid not null references programmes,
  model_id uuid references matching_models,
  used_by uuid not null,
  used_from timestamptz not null
);
create index on matching_model_uses (programme_id, id);
create trigger append_only before update or delete or truncate on matching_model_uses execute function refuse_change();

-- Two people who may be one. The pair is ordered, so that it is stored, decided and remembered once.
create table duplicate_pairs (
  first_id uuid not null references beneficiaries,
  second_id uuid not null references beneficiaries,
  programme_id uuid not null references programmes,
  -- Probability that the two are one person.
  score numeric not null check (score between 0 and 1),
  -- [{"field", "level", "weight"}], weights in bits; never the values
  evidence jsonb not null,
  -- Fields and levels as one text: pairs of the same pattern have the same evidence.
  pattern text not null default '',
  -- Version of the programme's model; 0 is the shipped one.
  model_version int not null default 0,
  -- Superseded: one of the two was merged into a third record, which has taken its pairs over.
  state text not null default 'open' check (state in ('open', 'same_person', 'different_people', 'needs_information', 'superseded')),
  reason text,
  decided_by uuid,
  decided_at timestamptz,
  found_at timestamptz not null,
  version int not null default 1,
  primary key (first_id, second_id),
  constraint duplicate_pairs_ordered check (first_id < second_id),
  constraint duplicate_pairs_decision_has_reason check ((state = 'open') = (decided_by is null) and (state = 'open') = (reason is null))
);
create index on duplicate_pairs (second_id);
create index duplicate_pairs_queue on duplicate_pairs (programme_id, score desc, first_id, second_id);
create trigger transition before update of state on duplicate_pairs for each row execute function refuse_forbidden_transition
  ('open>same_person', 'open>different_people', 'open>needs_information', 'needs_information>same_person',
   'needs_information>different_people', 'different_people>open', 'needs_information>open', 'needs_information>needs_information', 'open>open',
   'open>superseded', 'needs_information>superseded', 'same_person>different_people', 'same_person>needs_information', 'superseded>open');
create trigger first_state before insert on duplicate_pairs for each row execute function refuse_other_first_state('open');
grant update (score, evidence, pattern, model_version, state, reason, decided_by, decided_at, version) on duplicate_pairs to sanad_app;

-- Every decision on a pair with the evidence it was taken on. They are kept, and weights are learnt from them.
create table duplicate_decisions (
  id uuid primary key,
  first_id uuid not null,
  second_id uuid not null,
  decision text not null check (decision in ('same_person', 'different_people', 'needs_information')),
  evidence jsonb not null,
  reason text not null check (length(reason) between 3 and 500),
  decided_by uuid not null,
  decided_at timestamptz not null,
  foreign key (first_id, second_id) references duplicate_pairs
);
create index on duplicate_decisions (first_id, second_id);
create trigger append_only before update or delete or truncate on duplicate_decisions execute function refuse_change();

-- One record taken into another, and taken out again where that was a mistake.
create table mergers (
  id uuid primary key,
  loser_id uuid not null references beneficiaries,
  survivor_id uuid not null references beneficiaries,
  -- Where the loser stood before: {"state"}, and the records that pointed at it.
  before jsonb not null,
  merged_by uuid not null,
  merged_at timestamptz not null,
  undone_by uuid,
  undone_at timestamptz check (undone_at >= merged_at),
  reason text,
  constraint mergers_two_records check (loser_id <> survivor_id),
  constraint mergers_undone_by_somebody check ((undone_at is null) = (undone_by is null))
);
create unique index mergers_one_standing on mergers (loser_id) where undone_at is null;
create index on mergers (survivor_id);
grant update (undone_by, undone_at, reason) on mergers to sanad_app;

-- Who qualifies, as a version that never changes.
create table scorecards (
  id uuid primary key,
  programme_id uuid not null references programmes,
  version int not null check (version > 0),
  definition jsonb not null,
  created_by uuid not null,
  created_at timestamptz not null,
  unique (programme_id, version),
  unique (id, programme_id)
);
create trigger append_only before update or delete or truncate on scorecards execute function refuse_change();

-- One pass over a programme's people in the background: assessing them, or only counting what another scorecard makes of them.
create table assessment_runs (
  id uuid primary key,
  scorecard_id uuid not null,
  programme_id uuid not null,
  -- A comparison has no number, so that no assessment can be of it.
  number int check (number > 0),
  compared_with uuid check (compared_with <> scorecard_id),
  state text not null default 'running' check (state in ('running', 'done', 'cancelled')),
  -- How many were enrolled when it began, and how many it has seen.
  expected int not null check (expected >= 0),
  people int not null default 0 check (people >= 0),
  -- The last person seen: a run goes on from here after a kill.
  after_id uuid,
  -- [{"from": {"outcome", "tier"} or null, "to": {"outcome", "tier"}, "people"}]
  moves jsonb not null default '[]',
  started_by uuid not null,
  started_at timestamptz not null,
  finished_at timestamptz check (finished_at >= started_at),
  unique (scorecard_id, number),
  foreign key (scorecard_id, programme_id) references scorecards (id, programme_id),
  foreign key (compared_with, programme_id) references scorecards (id, programme_id),
  constraint assessment_runs_number_or_comparison check ((number is null) = (compared_with is not null)),
  constraint assessment_runs_finished check ((state = 'running') = (finished_at is null)),
  constraint assessment_runs_somebody_was_last check ((people = 0) = (after_id is null))
);
create unique index assessment_runs_one_running on assessment_runs (scorecard_id) where state = 'running';
create trigger transition before update of state on assessment_runs for each row execute function refuse_forbidden_transition
  ('running>running', 'running>done', 'running>cancelled');
create trigger first_state before insert on assessment_runs for each row execute function refuse_other_first_state('running');
grant update (state, people, after_id, moves, finished_at) on assessment_runs to sanad_app;

-- What was found of a person, kept when it differs from what was found before: the latest is what holds.
create table assessments (
  scorecard_id uuid not null references scorecards,
  beneficiary_id uuid not null references beneficiaries,
  -- The person's first assessment under the scorecard, second, …, without a gap.
  number int not null check (number > 0),
  previous int generated always as (nullif(number - 1, 0)) stored,
  -- The run that found it; null for somebody who was assessed alone.
  run_number int,
  outcome text not null check (outcome in ('eligible', 'not_eligible', 'not_assessable')),
  score int not null,
  -- The name of the tier that the score falls in, where the scorecard has tiers.
  tier text,
  -- What each condition and each question came to, in their order. They tell of health and worse: sealed under the person's own key.
  findings bytea not null,
  assessed_at timestamptz not null,
  primary key (scorecard_id, beneficiary_id, number),
  foreign key (scorecard_id, beneficiary_id, previous) references assessments (scorecard_id, beneficiary_id, number),
  foreign key (scorecard_id, run_number) references assessment_runs (scorecard_id, number),
  constraint assessments_tier_of_the_assessed check (tier is null or outcome <> 'not_assessable')
);
-- Who moved in a run.
create index assessments_moved on assessments (scorecard_id, run_number, beneficiary_id) where number > 1;
create trigger append_only before update or delete or truncate on assessments execute function refuse_change();

create function refuse_unfounded_assessments() returns trigger language plpgsql as $$
begin
  if exists (
    select from (select scorecard_id, tier, min(score) filter (where outcome = 'eligible') as lowest from assessed group by 1, 2) a
    join scorecards s on s.id = a.scorecard_id
    where a.lowest < (s.definition ->> 'threshold')::int
      or a.tier is not null and not coalesce(s.definition -> 'tiers' @> jsonb_build_array(jsonb_build_object('name', a.tier)), false)
  ) then
    raise exception 'an assessment has a tier of its scorecard, and the threshold when it says eligible'
      using errcode = 'integrity_constraint_violation', constraint = 'assessments_founded', table = 'assessments';
  end if;
  return null;
end $$;
create trigger founded after insert on assessments referencing new table as assessed
  for each statement execute function refuse_unfounded_assessments();

-- What holds of each person under each scorecard.
create view current_assessments with (security_invoker = true) as
  select distinct on (scorecard_id, beneficiary_id) * from assessments order by scorecard_id, beneficiary_id, number desc;
