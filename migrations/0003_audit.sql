-- One event for each command, in the transaction of its effect. No foreign keys: an event outlives what it speaks of,
-- and writing one must not lock a row that others share.
create table audit_events (
  id uuid primary key,
  at timestamptz not null,
  actor_id uuid not null,
  command text not null,
  subject_type text not null,
  subject_id text not null,
  programme_id uuid,
  office_id uuid,
  fund_id uuid,
  before_digest text check (length(before_digest) = 64),
  after_digest text check (length(after_digest) = 64),
  reason text,
  refusal text,
  request_id text
);
create index on audit_events (subject_id, id);
create index on audit_events (actor_id, id);
create index on audit_events (programme_id, id);
create trigger append_only before update or delete or truncate on audit_events execute function refuse_change();
