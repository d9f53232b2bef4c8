-- Where a programme fetches the submissions of a form from. What may be fetched with the token is personal, so it is sealed, and destroyed
-- with the connection.
create table kobo_connections (
  id uuid primary key,
  programme_id uuid not null references programmes,
  -- Scheme and host alone. Without TLS only to the machine itself, for tests.
  server_url text not null check (server_url ~ '^https://[^/?#@[:space:]]+$' or server_url ~ '^http://(127\.0\.0\.1|localhost)(:[0-9]+)?$'),
  asset_uid text not null check (asset_uid ~ '^[A-Za-z0-9]{5,40}$'),
  -- The name of a saved column mapping.
  mapping text check (length(mapping) between 1 and 100),
  every_minutes int not null check (every_minutes between 5 and 10080),
  token bytea,
  -- The greatest number of a submission that was taken; the next pull asks for those after it.
  last_submission bigint not null default 0 check (last_submission between 0 and 9007199254740991),
  taken_submissions int not null default 0,
  -- Passed over because they cannot be read.
  unreadable_submissions int not null default 0,
  -- The numbers of submissions that were not approved when they were pulled, to be looked at again.
  not_approved bigint[] not null default '{}' check (cardinality(not_approved) <= 1000),
  -- Files that submissions came in as, until they are done or cancelled: while one of them waits for somebody, nothing more is pulled.
  awaited_files uuid[] not null default '{}',
  pulled_at timestamptz,
  -- While a pull is under way this lies ahead, so that nobody else starts one and one that was killed is taken up again.
  next_pull_at timestamptz not null,
  failures int not null default 0,
  last_failure text check (last_failure in ('unreachable', 'timeout', 'refused', 'not_found', 'busy', 'server_error', 'unexpected_status',
    'unreadable', 'next_elsewhere', 'private_address', 'no_progress', 'not_accepted', 'file_waiting')),
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null,
  ended_at timestamptz check (ended_at >= created_at),
  ended_by uuid,
  check ((ended_at is null) = (ended_by is null)),
  check ((ended_at is null) = (token is not null)),
  check ((failures > 0) = (last_failure is not null))
);
create unique index kobo_connections_once on kobo_connections (programme_id, server_url, asset_uid) where ended_at is null;
create index on kobo_connections (next_pull_at) where ended_at is null;
create trigger taken_stays before update on kobo_connections for each row
  when (new.last_submission < old.last_submission or new.taken_submissions < old.taken_submissions
    or new.unreadable_submissions < old.unreadable_submissions) execute function refuse_going_back();
create trigger ended_stays before update on kobo_connections for each row when (old.ended_at is not null) execute function refuse_going_back();
grant update (mapping, every_minutes, token, last_submission, taken_submissions, unreadable_submissions, not_approved, awaited_files, pulled_at, next_pull_at, failures, last_failure, version,
  ended_at, ended_by) on kobo_connections to sanad_app;
