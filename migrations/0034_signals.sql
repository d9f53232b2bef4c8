-- When a row came to be here, by the database's own clock. Who looks for what is new goes by it: what was paid without a network comes days after
-- it was paid, with the time that it was paid at. A summary of a few bytes for each range of pages finds it, which costs a pay-out nothing.
alter table payouts add column recorded_at timestamptz not null default clock_timestamp();
create index payouts_recorded on payouts using brin (recorded_at) with (pages_per_range = 16, autosummarize = on);
alter table failed_codes add column recorded_at timestamptz not null default clock_timestamp();
create index failed_codes_recorded on failed_codes using brin (recorded_at) with (pages_per_range = 16, autosummarize = on);
create index on failed_codes (office_id, at) where office_id is not null;
create index on failed_codes (voucher_id, at) where voucher_id is not null;

-- What is looked for, and from which figures on where a programme has set no others.
create table signal_rules (
  kind text primary key,
  is_on boolean not null default true,
  -- So many pay-outs, tries or households.
  least int not null check (least between 1 and 10000),
  -- Within, or before, so many minutes; a tolerance where hours are kept.
  minutes int not null check (minutes between 1 and 43200),
  -- So many times what is usual, or at least this share of the day.
  factor numeric check (factor > 0 and factor <= 100),
  -- The hours of an office that has stated none, by its own clock.
  opens time,
  closes time check (closes > opens),
  check ((opens is null) = (closes is null))
);
insert into signal_rules (kind, least, minutes, factor, opens, closes) values
  ('agent_burst', 15, 10, 3, null, null),
  ('out_of_hours', 1, 15, null, '07:00', '19:00'),
  ('far_from_home', 3, 1440, null, null, null),
  ('changed_before', 1, 4320, null, null, null),
  ('shared_document', 3, 1440, null, null, null),
  ('shared_collector', 3, 43200, null, null, null),
  ('shared_phone', 4, 1440, null, null, null),
  ('document_differs', 1, 1440, null, null, null),
  ('equal_at_close', 10, 20, 0.5, '07:00', '19:00'),
  ('failed_codes_agent', 10, 60, null, null, null),
  ('failed_codes_office', 25, 60, null, null, null),
  ('failed_codes_voucher', 4, 60, null, null, null);
revoke insert on signal_rules from sanad_app;
create trigger append_only before update or delete or truncate on signal_rules execute function refuse_change();

-- The figures of a programme, each version of them; the last counts.
create table signal_thresholds (
  programme_id uuid not null references programmes,
  kind text not null references signal_rules,
  version int not null check (version > 0),
  is_on boolean not null,
  least int not null check (least between 1 and 10000),
  minutes int not null check (minutes between 1 and 43200),
  factor numeric check (factor > 0 and factor <= 100),
  opens time,
  closes time check (closes > opens),
  reason text not null check (length(reason) between 3 and 500),
  set_by uuid not null,
  set_at timestamptz not null,
  primary key (programme_id, kind, version),
  check ((opens is null) = (closes is null))
);
create trigger append_only before update or delete or truncate on signal_thresholds execute function refuse_change();

create view signal_settings as
  select p.id as programme_id, r.kind, coalesce(t.version, 0) as version, coalesce(t.is_on, r.is_on) as is_on, coalesce(t.least, r.least) as least,
    coalesce(t.minutes, r.minutes) as minutes, coalesce(t.factor, r.factor) as factor, coalesce(t.opens, r.opens) as opens,
    coalesce(t.closes, r.closes) as closes, t.reason, t.set_by, t.set_at
  from programmes p cross join signal_rules r left join lateral (
    select * from signal_thresholds s where s.programme_id = p.id and s.kind = r.kind order by s.version desc limit 1) t on true;

-- How far the looking has come, by the clock of recorded_at.
create table signal_progress (
  is_only boolean primary key default true check (is_only),
  until timestamptz not null
);
insert into signal_progress (until) values ('epoch');
revoke insert on signal_progress from sanad_app;
grant update (until) on signal_progress to sanad_app;

-- The most that an agent paid out within the minutes of a burst, on each day: what is usual at an office is read from these.
create table signal_paces (
  programme_id uuid not null,
  office_id uuid not null,
  agent_id uuid not null,
  day date not null,
  peak int not null check (peak > 0),
  began_at timestamptz not null,
  ended_at timestamptz not null,
  primary key (programme_id, office_id, day, agent_id)
);
grant update (peak, began_at, ended_at) on signal_paces to sanad_app;

-- Something that looks like fraud, for a person to judge. It names who and what by identifier, and never by name.
create table signals (
  id uuid primary key,
  programme_id uuid not null references programmes,
  kind text not null references signal_rules,
  -- What makes it the same finding when it is met again.
  key text not null,
  office_id uuid references offices,
  -- Whose doing it looks like, where it is one person's.
  agent_id uuid,
  -- Everybody whose doing may be behind it: none of them sees it or judges it.
  concerns uuid[] not null,
  severity text not null check (severity in ('low', 'medium', 'high')),
  count int not null check (count > 0),
  began_at timestamptz not null,
  ended_at timestamptz not null check (ended_at >= began_at),
  -- Identifiers and figures; no personal datum.
  evidence jsonb not null,
  found_at timestamptz not null,
  state text not null default 'open' check (state in ('open', 'in_review', 'dismissed', 'confirmed')),
  owner_id uuid,
  taken_at timestamptz,
  decided_at timestamptz,
  reason text check (length(reason) between 3 and 500),
  constraint signals_found_once unique (programme_id, kind, key),
  check (num_nonnulls(owner_id, taken_at) = case state when 'open' then 0 else 2 end),
  check (num_nonnulls(decided_at, reason) = case when state in ('dismissed', 'confirmed') then 2 else 0 end),
  constraint signals_judged_by_another check (owner_id <> all (concerns))
);
create index on signals (programme_id, id);
create index on signals (office_id, id);
create index on signals (programme_id, kind, state);
create trigger first_state before insert on signals for each row execute function refuse_other_first_state('open');
create trigger transition before update of state on signals for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('open>in_review', 'in_review>dismissed', 'in_review>confirmed');
create trigger kept before delete or truncate on signals execute function refuse_change();
grant update (concerns, severity, count, began_at, ended_at, evidence, state, owner_id, taken_at, decided_at, reason) on signals to sanad_app;

-- Evidence grows until somebody has judged it, and is never taken away; who judges is who took it on, and a judgement stands.
create function refuse_signal_change() returns trigger language plpgsql as $$
begin
  if old.state in ('dismissed', 'confirmed') or new.count < old.count or not new.concerns @> old.concerns
    or new.state in ('dismissed', 'confirmed') and new.owner_id is distinct from old.owner_id
    or new.count = old.count and row (new.severity, new.began_at, new.ended_at, new.evidence)
      is distinct from row (old.severity, old.began_at, old.ended_at, old.evidence) then
    raise exception 'what a signal rests on is not taken away, and a judgement stands'
      using errcode = 'integrity_constraint_violation', constraint = 'signals_stand', table = 'signals';
  end if;
  return new;
end $$;
create trigger stands before update on signals for each row execute function refuse_signal_change();
