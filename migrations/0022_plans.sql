-- What was so on a day that is past. The rows that hold today's state keep holding it; these hold what it was before each change, until when.
create table enrolment_history (
  id bigint generated always as identity primary key,
  programme_id uuid not null,
  beneficiary_id uuid not null,
  state text not null,
  until timestamptz not null
);
create index on enrolment_history (programme_id, beneficiary_id, until);
create table household_history (
  id bigint generated always as identity primary key,
  beneficiary_id uuid not null,
  household_id uuid not null references households,
  until timestamptz not null
);
create index on household_history (beneficiary_id, until);
create trigger append_only before update or delete or truncate on enrolment_history execute function refuse_change();
create trigger append_only before update or delete or truncate on household_history execute function refuse_change();
-- The triggers below are the only hand that writes here.
revoke insert on enrolment_history, household_history from sanad_app;

create function keep_enrolment() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into enrolment_history (programme_id, beneficiary_id, state, until)
    select o.programme_id, o.beneficiary_id, o.state, n.changed_at
    from old_rows o join new_rows n on n.programme_id = o.programme_id and n.beneficiary_id = o.beneficiary_id and n.state <> o.state;
  return null;
end $$;
create trigger keep_state after update on enrolments referencing old table as old_rows new table as new_rows
  for each statement execute function keep_enrolment();

-- At the end of the transaction, when what changed and when has been kept too.
create function keep_household() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into household_history (beneficiary_id, household_id, until)
    values (new.id, old.household_id, coalesce((select c.changed_at from beneficiary_changes c
      where c.beneficiary_id = new.id and c.version = new.version), now()));
  return null;
end $$;
create constraint trigger keep_household after update of household_id on beneficiaries deferrable initially deferred for each row
  when (old.household_id <> new.household_id) execute function keep_household();

-- Whose record one was at a moment: its own, or the one that it had been merged into by then.
create index on mergers (loser_id);
create function person_at(record uuid, moment timestamptz) returns uuid language plpgsql stable as $$
declare
  person uuid := record;
  further uuid;
begin
  for step in 1 .. 20 loop
    select m.survivor_id into further from mergers m
      where m.loser_id = person and m.merged_at <= moment and (m.undone_at is null or m.undone_at > moment) limit 1;
    exit when further is null;
    person := further;
  end loop;
  return person;
end $$;

-- A number divided by another, rounded to a whole one, halves to even.
create function half_even(dividend numeric, divisor numeric) returns numeric language sql immutable parallel safe as $$
  select case
    when 2 * abs(mod(dividend, divisor)) > divisor or 2 * abs(mod(dividend, divisor)) = divisor and mod(div(dividend, divisor), 2) <> 0
      then div(dividend, divisor) + sign(dividend)
    else div(dividend, divisor)
  end
$$;

-- To so many digits, halves to even, as Money does; round() takes them away from zero.
create function round_half_even(amount numeric, digits int) returns numeric language sql immutable parallel safe as $$
  select round(half_even(amount * power(10::numeric, digits), 1) / power(10::numeric, digits), digits)
$$;

-- A period of a plan, from the moment that it falls due: first the people who join, then what it owes. It goes on after a kill where it was.
create table plan_periods (
  plan_id uuid not null references plans,
  number int not null check (number > 0),
  -- Periods are worked through in order, without a gap.
  previous int generated always as (nullif(number - 1, 0)) stored,
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  -- Days of the whole period, of which it may be a part.
  of_days int not null check (of_days > 0),
  due_on date not null check (due_on between starts_on and ends_on),
  -- The moment whose records count.
  falls_due_at timestamptz not null,
  state text not null default 'joining' check (state in ('joining', 'owing', 'done')),
  -- The last person seen in this state.
  after_id uuid,
  joined int not null default 0 check (joined >= 0),
  owed int not null default 0 check (owed >= 0),
  not_owed int not null default 0 check (not_owed >= 0),
  began_at timestamptz not null,
  finished_at timestamptz,
  primary key (plan_id, number),
  foreign key (plan_id, previous) references plan_periods (plan_id, number),
  check ((state = 'done') = (finished_at is not null))
);
create unique index plan_periods_one_at_a_time on plan_periods (plan_id) where state <> 'done';
create trigger append_only before delete or truncate on plan_periods execute function refuse_change();
create trigger transition before update of state on plan_periods for each row execute function refuse_forbidden_transition
  ('joining>joining', 'joining>owing', 'owing>owing', 'owing>done');
create trigger first_state before insert on plan_periods for each row execute function refuse_other_first_state('joining');
grant update (state, after_id, joined, owed, not_owed, finished_at) on plan_periods to sanad_app;

-- One decision for many of a plan's people, carried out in the background.
create table plan_runs (
  id uuid primary key,
  plan_id uuid not null references plans,
  kind text not null check (kind in ('entitle', 'suspend', 'resume', 'amount', 'stop')),
  -- {"from", "arrears", "amount"}, as the kind needs; {"wilayaNumbers", "state"}: whom it is for.
  change jsonb not null,
  filter jsonb not null,
  reason text not null check (length(reason) between 3 and 500),
  state text not null default 'running' check (state in ('running', 'done')),
  after_id uuid,
  -- How many it was done to, and how many it was not for as they stood.
  people int not null default 0 check (people >= 0),
  passed_over int not null default 0 check (passed_over >= 0),
  asked_by uuid not null,
  asked_at timestamptz not null,
  finished_at timestamptz,
  check ((state = 'done') = (finished_at is not null))
);
create index on plan_runs (plan_id, id);
create trigger append_only before delete or truncate on plan_runs execute function refuse_change();
create trigger transition before update of state on plan_runs for each row execute function refuse_forbidden_transition
  ('running>running', 'running>done');
create trigger first_state before insert on plan_runs for each row execute function refuse_other_first_state('running');
grant update (state, after_id, people, passed_over, finished_at) on plan_runs to sanad_app;

-- What was decided of one entitlement, in order.
create table entitlement_changes (
  entitlement_id uuid not null references entitlements,
  number int not null check (number > 0),
  previous int generated always as (nullif(number - 1, 0)) stored,
  kind text not null check (kind in ('suspend', 'resume', 'amount', 'stop')),
  from_day date not null,
  -- From which day on it counts: with arrears, from the day of the suspension that it ends.
  acts_from date not null,
  amount numeric check (amount > 0),
  currency text,
  reason text not null check (length(reason) between 3 and 500),
  -- The run that it was part of.
  run_id uuid references plan_runs,
  made_by uuid not null,
  made_at timestamptz not null,
  primary key (entitlement_id, number),
  foreign key (entitlement_id, previous) references entitlement_changes (entitlement_id, number),
  constraint entitlement_changes_amount check ((kind = 'amount') = (amount is not null) and (amount is null) = (currency is null)
    and (amount is null or fits_currency(amount, currency))),
  constraint entitlement_changes_arrears check (acts_from <= from_day and (acts_from = from_day or kind = 'resume'))
);
create trigger append_only before update or delete or truncate on entitlement_changes execute function refuse_change();

-- An entitlement changes by a change that is kept, and says what it has come to.
create function require_kept_entitlement_change() returns trigger language plpgsql as $$
begin
  if new.changes <> old.changes + 1
    or not exists (select from entitlement_changes c where c.entitlement_id = new.id and c.number = new.changes and new.state = case c.kind
      when 'suspend' then 'suspended' when 'resume' then 'active' when 'stop' then 'stopped' else old.state end
      and new.ends_on is not distinct from case when c.kind = 'stop' and old.ends_on is not null then c.from_day - 1 else old.ends_on end) then
    raise exception 'an entitlement changes by a change that is kept in entitlement_changes'
      using errcode = 'integrity_constraint_violation', constraint = 'entitlements_change_kept', table = 'entitlements';
  end if;
  return null;
end $$;
create constraint trigger change_kept after update of state, ends_on, changes on entitlements deferrable initially deferred for each row
  when (row (old.state, old.ends_on, old.changes) is distinct from row (new.state, new.ends_on, new.changes))
  execute function require_kept_entitlement_change();
create function refuse_orphan_change() returns trigger language plpgsql as $$
begin
  if exists (select from new_rows n where n.number > (select e.changes from entitlements e where e.id = n.entitlement_id)) then
    raise exception 'a change is kept with the entitlement that it changes'
      using errcode = 'integrity_constraint_violation', constraint = 'entitlement_changes_of_entitlement', table = 'entitlement_changes';
  end if;
  return null;
end $$;
create trigger of_entitlement after insert on entitlement_changes referencing new table as new_rows
  for each statement execute function refuse_orphan_change();

-- Periods for which somebody who is entitled is owed nothing, and why.
create table periods_not_owed (
  id uuid primary key default gen_random_uuid(),
  entitlement_id uuid not null references entitlements,
  period int not null check (period > 0),
  covers_from date not null,
  covers_to date not null check (covers_to >= covers_from),
  due_on date not null,
  reason text not null check (reason in
    ('not_enrolled', 'not_eligible', 'merged', 'suspended', 'no_amount', 'below_minor_unit', 'made_out_before')),
  decided_at timestamptz not null,
  -- When a later change has made it owed after all.
  lifted_at timestamptz check (lifted_at >= decided_at)
);
create unique index periods_not_owed_once on periods_not_owed (entitlement_id, period) where lifted_at is null;
create trigger append_only before delete or truncate on periods_not_owed execute function refuse_change();
create trigger lifted_once before update on periods_not_owed for each row when (old.lifted_at is not null) execute function refuse_change();
grant update (lifted_at) on periods_not_owed to sanad_app;

-- Whoever makes instalments of a plan takes turns, so that of two who would make the same the later sees the other's.
create function wait_for_plan(plan uuid) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('assistance/' || plan, 0));
end $$;

-- What stands for every instalment, whoever writes it: everything that it points at is there, it is of its entitlement's plan, covers days of
-- the entitlement and of the programme, and no day that another one covers. Those of the kinds that do not pay by the calendar are counted by
-- their own rules, and keep the bounds of one payment; where the calendar pays a part of a period, it may come to less.
create function refuse_unfounded_instalments() returns trigger language plpgsql
  -- Planned anew each time, and each row a look-up by its entitlement ("not withdrawn", so that no index over all that is due seems as
  -- good): what was planned while a table was small would read all of it once it is large.
  set plan_cache_mode = force_custom_plan as $$
declare
  fault text;
begin
  perform wait_for_plan(plan_id) from (select distinct plan_id from new_rows order by plan_id) p;
  with known as materialized (
    select p.id, p.kind, p.programme_id, p.currency, g.ends_on, k.least, k.most
    from (select distinct plan_id from new_rows) n join plans p on p.id = n.plan_id join programmes g on g.id = p.programme_id
    left join programme_kinds k on k.programme_id = p.programme_id and k.version = p.programme_version and k.kind = p.kind
      and p.kind not in ('one_time_grant', 'stipend')
  )
  select case
      when p.kind is distinct from n.kind then 'instalments_plan_known'
      when e.plan_id is null then 'instalments_entitlement_known'
      when not b.is_known then 'instalments_people_known'
      when e.plan_id <> n.plan_id or p.programme_id <> n.programme_id or p.currency <> n.currency then 'instalments_of_entitlement'
      when n.covers_from < e.starts_on or n.covers_to > e.ends_on or n.covers_to > p.ends_on then 'instalments_within_entitlement'
      when n.amount < p.least or n.amount > p.most then 'instalments_within_bounds'
      else 'instalments_days_once'
    end into fault
  from new_rows n
  left join known p on p.id = n.plan_id
  left join lateral (select e.plan_id, e.beneficiary_id, e.starts_on, e.ends_on from entitlements e where e.id = n.entitlement_id offset 0) e on true
  -- Whom the entitlement is for is known already.
  cross join lateral (select exists (select from households h where h.id = n.household_id)
    and (n.beneficiary_id = e.beneficiary_id or exists (select from beneficiaries b where b.id = n.beneficiary_id)) as is_known) b
  where p.kind is distinct from n.kind or e.plan_id is null or not b.is_known
    or e.plan_id <> n.plan_id or p.programme_id <> n.programme_id or p.currency <> n.currency
    or n.covers_from < e.starts_on or n.covers_to > e.ends_on or n.covers_to > p.ends_on
    or n.amount < p.least or n.amount > p.most
    or n.kind in ('one_time_grant', 'stipend') and exists (select from instalments i where i.entitlement_id = n.entitlement_id
      and i.id <> n.id and i.state <> 'withdrawn' and i.covers_from <= n.covers_to and i.covers_to >= n.covers_from)
  limit 1;
  if fault is not null then
    raise exception 'an instalment is of what is known, and covers days of its entitlement, each once (%)', fault
      using errcode = case when fault like '%\_known' then 'foreign_key_violation' else 'integrity_constraint_violation' end,
        constraint = fault, table = 'instalments';
  end if;
  return null;
end $$;
create trigger founded after insert on instalments referencing new table as new_rows
  for each statement execute function refuse_unfounded_instalments();

-- Nothing that is on no list outlives a stop.
create function refuse_instalments_past_end() returns trigger language plpgsql as $$
begin
  if exists (select from instalments i where i.entitlement_id = new.id and i.state = 'due' and i.covers_to > new.ends_on
      and not exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts)) then
    raise exception 'what was made out past the end is withdrawn with the stop'
      using errcode = 'integrity_constraint_violation', constraint = 'entitlements_nothing_past_end', table = 'entitlements';
  end if;
  return null;
end $$;
create constraint trigger nothing_past_end after update of ends_on on entitlements deferrable initially deferred for each row
  when (new.ends_on < old.ends_on) execute function refuse_instalments_past_end();
