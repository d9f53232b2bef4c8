-- Whether everybody who reads people of a programme has to say what for.
alter table programmes add column require_stated_purpose boolean not null default false;
grant update (require_stated_purpose) on programmes to sanad_app;

create function is_purpose(purpose text) returns boolean language plpgsql immutable parallel safe as $$
begin
  return purpose in ('enrolment', 'verification', 'deduplication', 'assistance', 'payment', 'cash_out', 'complaint', 'monitoring', 'audit',
    'correction', 'subject_request', 'support');
end $$;

-- Who was shown whom: one row for each answer, kept before the answer leaves. No foreign keys: a record outlives what it speaks of, and
-- whoever is erased leaves the identifiers alone.
create table person_reads (
  id uuid primary key,
  at timestamptz not null,
  actor_id uuid not null,
  actor_kind text not null check (actor_kind in ('user', 'partner', 'service', 'public', 'system')),
  -- The session, or the key of a machine.
  session_id uuid,
  purpose text not null check (is_purpose(purpose)),
  purpose_stated boolean not null,
  operation text not null check (length(operation) between 3 and 80),
  programme_id uuid,
  beneficiary_ids uuid[] not null check (array_position(beneficiary_ids, null) is null),
  -- Where people were read who have no record of their own.
  source_type text,
  source_id text,
  request_id text,
  check ((source_type is null) = (source_id is null)),
  check (cardinality(beneficiary_ids) > 0 or source_id is not null)
);
create index on person_reads (actor_id, id);
create index on person_reads (programme_id, id);
create index on person_reads using brin (at);
-- New entries wait in a list beside the index until there are enough of them to be put in together.
create index on person_reads using gin (beneficiary_ids) with (fastupdate = on);
create trigger append_only before update or delete or truncate on person_reads execute function refuse_change();

-- How many people each reader was shown in an hour, for the alert. A person who is shown twice counts twice.
create table read_counts (
  actor_id uuid not null,
  hour timestamptz not null check (hour = date_trunc('hour', hour, 'UTC')),
  people bigint not null check (people > 0),
  primary key (actor_id, hour)
);
create index on read_counts using brin (hour);
grant update (people), delete on read_counts to sanad_app;

alter table payment_lists add constraint payment_lists_of_programme unique (id, programme_id);
alter table registration_files add constraint registration_files_of_programme unique (id, programme_id);

-- A file of people that somebody asked for. It is written encrypted, may be fetched by whoever asked for it, and lives a day at most; this
-- record of it stays.
create table person_exports (
  id uuid primary key,
  programme_id uuid not null references programmes,
  -- The payment list that it is of, or the registration file whose refused rows it gives back; without either it is of the programme's people.
  list_id uuid,
  file_id uuid,
  requested_by uuid not null,
  requested_session uuid,
  purpose text not null check (is_purpose(purpose)),
  reason text not null check (length(reason) between 3 and 400),
  format text not null check (format in ('csv', 'xlsx', 'pain001')),
  fields text[] not null check (cardinality(fields) > 0),
  language text not null,
  filter jsonb not null,
  -- Of pain.001: who has it paid, from which account and from which day.
  instruction jsonb,
  encryption text not null check (encryption in ('zip', 'age')),
  -- Whose age key it is encrypted to; without one it is encrypted with a passphrase.
  recipient text check (recipient is null or encryption = 'age'),
  -- Sealed, and only until the file has been written.
  passphrase bytea,
  state text not null,
  -- Who fitted when it was asked for.
  people int not null check (people >= 0),
  -- How often the writing was begun: what an earlier attempt still writes is not taken.
  attempt int not null default 0 check (attempt >= 0),
  written_people int check (written_people >= 0),
  parts int check (parts > 0),
  bytes bigint check (bytes > 0),
  sha256 bytea check (length(sha256) = 32),
  downloads int not null default 0 check (downloads >= 0),
  created_at timestamptz not null,
  ready_at timestamptz check (ready_at >= created_at),
  ended_at timestamptz check (ended_at >= created_at),
  -- Taken back by somebody, its day over, or somebody of its programme erased.
  end_reason text check (end_reason in ('revoked', 'time', 'erasure')),
  expires_at timestamptz not null,
  constraint person_exports_lives_a_day check (expires_at > created_at and expires_at <= created_at + interval '24 hours'),
  constraint person_exports_passphrase check (case when state = 'preparing' then (passphrase is null) = (recipient is not null) else passphrase is null end),
  check ((ready_at is null) = (parts is null) and (parts is null) = (bytes is null) and (bytes is null) = (sha256 is null) and (sha256 is null) = (written_people is null)),
  check (state <> 'ready' or ready_at is not null),
  check ((ended_at is null) = (state in ('preparing', 'ready'))),
  constraint person_exports_end_reason check (case state when 'revoked' then coalesce(end_reason in ('revoked', 'erasure'), false)
    when 'expired' then coalesce(end_reason = 'time', false) else end_reason is null end),
  check (downloads = 0 or ready_at is not null),
  constraint person_exports_of_its_programme foreign key (list_id, programme_id) references payment_lists (id, programme_id),
  constraint person_exports_file_of_its_programme foreign key (file_id, programme_id) references registration_files (id, programme_id),
  constraint person_exports_of_one check (num_nonnulls(list_id, file_id) <= 1),
  constraint person_exports_instruction check ((format = 'pain001') = (instruction is not null) and (format <> 'pain001' or list_id is not null))
);
create index on person_exports (programme_id, id);
create index on person_exports (expires_at) where ended_at is null;
grant update (state, passphrase, attempt, written_people, parts, bytes, sha256, downloads, ready_at, ended_at, end_reason) on person_exports to sanad_app;
create trigger first_state before insert on person_exports for each row execute function refuse_other_first_state('preparing');
create trigger transition before update on person_exports for each row when (old.state <> new.state)
  execute function refuse_forbidden_transition('preparing>ready', 'preparing>revoked', 'preparing>expired', 'ready>revoked', 'ready>expired');
create trigger stays before delete or truncate on person_exports execute function refuse_change();

-- The encrypted file in parts, each sealed once more. They are deleted when it expires.
create table person_export_parts (
  export_id uuid not null references person_exports,
  attempt int not null check (attempt > 0),
  number int not null check (number >= 0),
  content bytea not null,
  written_at timestamptz not null,
  primary key (export_id, attempt, number)
);
grant delete on person_export_parts to sanad_app;
create trigger unchanged before update or truncate on person_export_parts execute function refuse_change();

-- How much of people's data each user has taken out in a day (UTC), for the limits.
create table export_counts (
  user_id uuid not null,
  day date not null,
  -- Files of many people, and what is told to one person of themselves, have limits of their own.
  kind text not null check (kind in ('export', 'subject_file')),
  exports int not null check (exports > 0),
  people bigint not null check (people >= 0),
  primary key (user_id, day, kind)
);
grant update (exports, people) on export_counts to sanad_app;
