-- Where other systems are told what happened. An administrator says where to, another administrator switches it on, and what signs is sealed.
create table webhooks (
  id uuid primary key,
  programme_id uuid not null references programmes,
  url text not null check (length(url) between 10 and 2000),
  events text[] not null check (cardinality(events) between 1 and 20 and events <@ array['payment_list.released', 'voucher.paid', 'payout.voided',
    'voucher.expired', 'exception.opened', 'export.ready', 'period.closed']),
  description text not null check (length(description) between 1 and 200),
  state text not null default 'off' check (state in ('off', 'on', 'paused', 'ended')),
  -- Why it is paused: a person, a receiver that fails for long, or one that says it is gone.
  pause_reason text check (pause_reason in ('by_hand', 'failing', 'gone')),
  -- Everybody to whom it is owed where events go, and who has confirmed that as it stands now.
  makers uuid[] not null check (cardinality(makers) between 1 and 100),
  confirmed_by uuid,
  -- From when on what happens is told: when it was switched on first. What happens while it waits to be confirmed anew is kept for it.
  since timestamptz,
  -- What signs. After a rotation the one before signs beside it for a while.
  secret bytea not null,
  previous_secret bytea,
  previous_until timestamptz,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null,
  constraint webhooks_two_people check (state in ('off', 'ended') or (confirmed_by is not null and confirmed_by <> all (makers))),
  constraint webhooks_pause_reason check ((state = 'paused') = (pause_reason is not null)),
  constraint webhooks_since check (state in ('off', 'ended') or since is not null),
  check ((previous_secret is null) = (previous_until is null))
);
create index on webhooks (programme_id, id);
create index webhooks_told on webhooks (programme_id) where state <> 'ended' and since is not null;
create trigger first_state before insert on webhooks for each row execute function refuse_other_first_state('off');
create trigger transition before update of state on webhooks for each row when (old.state <> new.state)
  execute function refuse_forbidden_transition('off>on', 'on>off', 'on>paused', 'paused>on', 'paused>off', 'off>ended', 'on>ended', 'paused>ended');
-- What somebody confirmed stays as it is while it counts as confirmed.
create trigger confirmed_stays before update on webhooks for each row
  when (old.confirmed_by is not null and new.confirmed_by <> all (new.makers)
    and (new.url, new.events, new.makers) is distinct from (old.url, old.events, old.makers))
  execute function refuse_going_back();
-- Who has had a hand in what nobody has confirmed is not left out.
create trigger hands_stay before update on webhooks for each row
  when (old.confirmed_by is null and not new.makers @> old.makers) execute function refuse_going_back();
create trigger no_delete before delete or truncate on webhooks execute function refuse_change();
grant update (url, events, description, state, pause_reason, makers, confirmed_by, since, secret, previous_secret, previous_until, version)
  on webhooks to sanad_app;

-- Whether a receiver answers. Apart from its settings, for it changes all the time.
create table webhook_health (
  webhook_id uuid primary key references webhooks,
  -- Attempts that came to nothing since it last answered, since when, and until when it is left alone.
  failures int not null default 0 check (failures >= 0),
  failing_since timestamptz,
  closed_until timestamptz,
  -- When a worker last took something for it, until when that worker has it at most, and whether it took its time to answer.
  served_at timestamptz,
  busy_until timestamptz,
  is_slow boolean not null default false,
  check ((failures = 0) = (failing_since is null))
);
grant update (failures, failing_since, closed_until, served_at, busy_until, is_slow) on webhook_health to sanad_app;

-- What happened, as it is told: the body is the same to everybody and each time. Its identifier is that of the fact, so that none is told twice.
create table webhook_events (
  id uuid primary key,
  programme_id uuid not null references programmes,
  type text not null,
  happened_at timestamptz not null,
  -- An object that names identifiers, states, amounts and moments, and nothing of a person.
  data jsonb not null check (jsonb_typeof(data) = 'object'),
  created_at timestamptz not null
);
create index on webhook_events (created_at);
create trigger unchanged before update or truncate on webhook_events execute function refuse_change();
grant delete on webhook_events to sanad_app;

create table webhook_deliveries (
  id uuid primary key,
  -- The order in which facts were found, which is that of the transactions that made them.
  sequence bigint generated always as identity,
  webhook_id uuid not null references webhooks,
  event_id uuid not null references webhook_events,
  is_ping boolean not null default false,
  state text not null default 'pending' check (state in ('pending', 'delivered', 'dead')),
  -- Attempts since somebody last asked for it to be sent, and altogether.
  tries int not null default 0 check (tries >= 0),
  attempts int not null default 0 check (attempts >= tries),
  next_try_at timestamptz not null,
  leased_until timestamptz,
  created_at timestamptz not null,
  delivered_at timestamptz,
  constraint webhook_deliveries_once unique (webhook_id, event_id),
  constraint webhook_deliveries_leased check (leased_until is null or state = 'pending'),
  constraint webhook_deliveries_delivered check (state <> 'delivered' or (delivered_at is not null and attempts > 0))
);
create index webhook_deliveries_due on webhook_deliveries (webhook_id, next_try_at, sequence) where state = 'pending' and not is_ping;
create index webhook_pings_due on webhook_deliveries (next_try_at) where state = 'pending' and is_ping;
create index webhook_deliveries_leases on webhook_deliveries (webhook_id) where leased_until is not null;
create unique index on webhook_deliveries (webhook_id, sequence);
create index on webhook_deliveries (webhook_id, state, sequence);
create index on webhook_deliveries (event_id);
create index on webhook_deliveries (created_at);
create trigger first_state before insert on webhook_deliveries for each row execute function refuse_other_first_state('pending');
create trigger transition before update of state on webhook_deliveries for each row when (old.state <> new.state)
  execute function refuse_forbidden_transition('pending>delivered', 'pending>dead', 'delivered>pending', 'dead>pending');
grant update (state, tries, attempts, next_try_at, leased_until, delivered_at), delete on webhook_deliveries to sanad_app;

-- Each time that something was sent, and what came of it.
create table webhook_attempts (
  delivery_id uuid not null references webhook_deliveries,
  number int not null check (number > 0),
  at timestamptz not null,
  milliseconds int not null check (milliseconds >= 0),
  outcome text not null check (outcome in ('delivered', 'refused', 'timed_out', 'cut_off', 'unreachable', 'not_allowed')),
  status int check (status between 100 and 999),
  -- The beginning of what was answered, without anything but printable characters.
  answer text check (length(answer) <= 200),
  constraint webhook_attempts_answered check (outcome not in ('delivered', 'refused') or status is not null),
  primary key (delivery_id, number)
);
create trigger append_only before update or truncate on webhook_attempts execute function refuse_change();
grant delete on webhook_attempts to sanad_app;

-- How far the trail has been read: every event of a transaction before this one is told. In another database system, where a dump was restored,
-- the numbers of transactions begin again.
create table webhook_progress (
  one boolean primary key default true check (one),
  told_below xid8 not null,
  system_identifier bigint not null,
  -- What happened before is not told: after such a beginning, what is so old that nobody knows any more whether it was.
  not_before timestamptz not null default '-infinity'
);
insert into webhook_progress (told_below, system_identifier) select '0'::xid8, system_identifier from pg_control_system();
grant update on webhook_progress to sanad_app;

-- Exceptions are opened by the thousand under one event of the trail, so each says itself which transaction opened it.
alter table exceptions add column written_by xid8 not null default pg_current_xact_id();
create index exceptions_written on exceptions (written_by);
