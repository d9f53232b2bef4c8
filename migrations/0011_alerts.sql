-- Something that an administrator or an auditor should look at soon. It names who and what by identifier, and never by name.
create table alerts (
  id uuid primary key,
  kind text not null check (length(kind) between 3 and 60),
  at timestamptz not null,
  subject_type text not null,
  subject_id text not null,
  programme_id uuid,
  -- The person or machine whose doing gave rise to it, where there is one.
  caused_by uuid,
  -- Counts, dates and codes that say what was seen; no personal datum.
  facts jsonb not null default '{}',
  seen_by uuid,
  seen_at timestamptz check (seen_at >= at),
  check ((seen_by is null) = (seen_at is null)),
  -- Whoever caused an alert does not put it away, and nobody does whom it is about.
  constraint alerts_seen_by_another check (seen_by is null or
    (seen_by is distinct from caused_by and not (subject_type = 'user' and subject_id = seen_by::text)))
);
create index on alerts (id) where seen_at is null;
create index on alerts (subject_id, kind, at);
grant update (seen_by, seen_at) on alerts to sanad_app;
create trigger seen_once before update on alerts for each row when (old.seen_at is not null) execute function refuse_change();
