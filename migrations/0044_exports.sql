-- Files that are written on a schedule: what of, in which format, for whom. What somebody approved is never changed; who wants it otherwise
-- defines another.
create table export_definitions (
  id uuid primary key,
  programme_id uuid not null references programmes,
  name text not null check (length(name) between 1 and 100),
  dataset text not null check (dataset ~ '^[a-z_]{3,40}$'),
  -- Whether the dataset shows people: then it leaves encrypted, after somebody else has looked at it.
  is_personal boolean not null,
  format text not null check (format in ('csv', 'xlsx')),
  -- What each file is of: the day, the week (from Monday) or the month before it is due.
  period text not null check (period in ('day', 'week', 'month')),
  -- When it is due, in the time zone of the programme.
  every text not null check (every in ('day', 'week', 'month')),
  hour int not null check (hour between 0 and 23),
  weekday int check (weekday between 1 and 7),
  month_day int check (month_day between 1 and 28),
  -- Whose rights count at every run, and who alone fetches the files.
  owner_id uuid not null,
  -- The age key that files are encrypted to.
  recipient text check (length(recipient) between 10 and 2000),
  purpose text not null check (is_purpose(purpose)),
  reason text not null check (length(reason) between 3 and 400),
  state text not null check (state in ('proposed', 'on', 'stopped', 'ended')),
  stop_reason text check (stop_reason in ('rights_lost', 'limit')),
  approved_by uuid,
  -- The last day on which a file was due. What came due before it is made up once.
  last_due_on date,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null,
  constraint export_definitions_schedule check ((every = 'week') = (weekday is not null) and (every = 'month') = (month_day is not null)),
  constraint export_definitions_encrypted check (not is_personal or recipient is not null),
  constraint export_definitions_two_people check (not is_personal or state in ('proposed', 'ended')
    or (approved_by is not null and approved_by <> created_by and approved_by <> owner_id)),
  constraint export_definitions_stopped check ((state = 'stopped') = (stop_reason is not null)),
  constraint export_definitions_due check (state not in ('on', 'stopped') or last_due_on is not null),
  unique (id, programme_id, is_personal)
);
create index on export_definitions (programme_id, id);
create index export_definitions_on on export_definitions (id) where state = 'on';
create trigger first_state before insert on export_definitions for each row when (new.is_personal) execute function refuse_other_first_state('proposed');
create trigger transition before update of state on export_definitions for each row when (old.state <> new.state)
  execute function refuse_forbidden_transition('proposed>on', 'on>stopped', 'stopped>on', 'proposed>ended', 'on>ended', 'stopped>ended');
create trigger due_stays before update on export_definitions for each row when (new.last_due_on < old.last_due_on) execute function refuse_going_back();
create trigger approval_stays before update on export_definitions for each row
  when (old.approved_by is not null and new.approved_by is distinct from old.approved_by) execute function refuse_going_back();
create trigger no_delete before delete or truncate on export_definitions execute function refuse_change();
grant update (state, stop_reason, approved_by, last_due_on, version) on export_definitions to sanad_app;

-- One file of a definition. The record stays when the file has gone.
create table export_runs (
  id uuid primary key,
  definition_id uuid not null,
  programme_id uuid not null,
  is_personal boolean not null,
  due_on date not null,
  -- Days in the programme's time zone, both included.
  from_day date not null,
  to_day date not null check (to_day >= from_day),
  state text not null check (state in ('preparing', 'ready', 'ended')),
  attempt int not null default 0 check (attempt >= 0),
  row_count int check (row_count >= 0),
  people int check (people >= 0),
  parts int check (parts > 0),
  bytes bigint check (bytes > 0),
  sha256 bytea check (length(sha256) = 32),
  downloads int not null default 0 check (downloads >= 0),
  created_at timestamptz not null,
  ready_at timestamptz,
  ended_at timestamptz,
  -- Its week over, taken back by somebody, somebody of the programme erased, or its owner not allowed any more.
  end_reason text check (end_reason in ('time', 'revoked', 'erasure', 'rights_lost', 'limit')),
  expires_at timestamptz not null,
  constraint export_runs_once unique (definition_id, due_on),
  constraint export_runs_of_definition foreign key (definition_id, programme_id, is_personal) references export_definitions (id, programme_id, is_personal),
  constraint export_runs_lives_a_week check (expires_at > created_at and expires_at <= created_at + interval '7 days'),
  constraint export_runs_written check (num_nonnulls(ready_at, row_count, people, parts, bytes, sha256) in (0, 6) and (state <> 'ready' or ready_at is not null)),
  constraint export_runs_ended check ((state = 'ended') = (ended_at is not null) and (state = 'ended') = (end_reason is not null)),
  check (downloads = 0 or ready_at is not null)
);
create index on export_runs (programme_id, is_personal) where state <> 'ended';
create index on export_runs (expires_at) where state <> 'ended';
create trigger first_state before insert on export_runs for each row execute function refuse_other_first_state('preparing');
create trigger transition before update of state on export_runs for each row when (old.state <> new.state)
  execute function refuse_forbidden_transition('preparing>ready', 'preparing>ended', 'ready>ended');
create trigger no_delete before delete or truncate on export_runs execute function refuse_change();
grant update (state, attempt, row_count, people, parts, bytes, sha256, downloads, ready_at, ended_at, end_reason) on export_runs to sanad_app;

-- The file in parts, each sealed. They are deleted when it ends.
create table export_run_parts (
  run_id uuid not null references export_runs,
  attempt int not null check (attempt > 0),
  number int not null check (number >= 0),
  content bytea not null,
  written_at timestamptz not null,
  primary key (run_id, attempt, number)
);
create trigger unchanged before update or truncate on export_run_parts execute function refuse_change();
grant delete on export_run_parts to sanad_app;

-- Nothing that may hold somebody outlives their erasure, whoever erases. A file that begins to be written meanwhile waits, and does not find them.
create function end_personal_exports() returns trigger language plpgsql as $$
declare programme uuid;
begin
  for programme in select h.programme_id from households h where h.id = new.household_id
      union select e.programme_id from enrolments e where e.beneficiary_id = new.id order by 1 loop
    perform pg_advisory_xact_lock(hashtextextended('export_runs/' || programme, 0));
    -- First the records, so that whoever is keeping a part at this moment is waited for, and then the parts.
    update export_runs r set state = 'ended', end_reason = 'erasure', ended_at = new.erased_at
      where r.programme_id = programme and r.is_personal and r.state <> 'ended';
    delete from export_run_parts p using export_runs r where r.id = p.run_id and r.programme_id = programme and r.is_personal and r.state = 'ended';
  end loop;
  return null;
end $$;
create trigger end_personal_exports after update on beneficiaries for each row when (old.erased_at is null and new.erased_at is not null)
  execute function end_personal_exports();
