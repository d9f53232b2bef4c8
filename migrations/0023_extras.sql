-- Reintegration cash, top-ups, emergency cash and cash-for-work: what each of them needs beside plans, entitlements and instalments, and what
-- makes an instalment of theirs impossible that nobody owes.

-- For the terms of plans: the argument is the kind that they are terms of.
create function refuse_other_kind() returns trigger language plpgsql as $$
begin
  if not exists (select from plans p where p.id = new.plan_id and p.kind = tg_argv[0]) then
    raise exception '%: the plan is of another kind than %', tg_table_name, tg_argv[0]
      using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_kind', table = tg_table_name;
  end if;
  return new;
end $$;

-- REINTEGRATION CASH

-- What a plan pays in: in this order, each so much or such a share of the ceiling, not before a day.
create table tranches (
  id uuid primary key,
  plan_id uuid not null references plans,
  number int not null check (number between 1 and 24),
  name text not null check (length(name) between 1 and 100),
  share numeric check (share > 0 and share <= 1),
  amount numeric check (amount > 0),
  -- A day, or so many days after somebody was entered.
  earliest_on date,
  earliest_after_days int check (earliest_after_days between 0 and 3660),
  unique (plan_id, number),
  unique (plan_id, name),
  unique (id, plan_id),
  check (num_nonnulls(share, amount) = 1),
  check (num_nonnulls(earliest_on, earliest_after_days) = 1)
);
create trigger kind before insert on tranches for each row execute function refuse_other_kind('reintegration_cash');
create trigger append_only before update or delete or truncate on tranches execute function refuse_change();

create table tranche_conditions (
  id uuid primary key,
  tranche_id uuid not null references tranches,
  position int not null check (position between 1 and 20),
  name text not null check (length(name) between 1 and 100),
  -- What somebody has to see before they confirm it.
  evidence_asked text not null check (length(evidence_asked) between 1 and 300),
  unique (tranche_id, position),
  unique (tranche_id, name)
);
create trigger append_only before update or delete or truncate on tranche_conditions execute function refuse_change();

-- The most that one person is paid under a plan.
create table ceilings (
  entitlement_id uuid primary key references entitlements,
  amount numeric not null check (amount > 0),
  currency text not null,
  entered_by uuid not null,
  entered_at timestamptz not null,
  check (fits_currency(amount, currency))
);
create trigger append_only before update or delete or truncate on ceilings execute function refuse_change();

-- One tranche of one person.
create table tranche_draws (
  id uuid primary key,
  entitlement_id uuid not null references ceilings,
  plan_id uuid not null,
  tranche_id uuid not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  earliest_on date not null,
  state text not null default 'waiting' check (state in ('waiting', 'drawn', 'refused')),
  -- Goes up when it is put back: what was confirmed before counts no more.
  round int not null default 1 check (round between 1 and 99),
  instalment_id uuid unique references instalments,
  version int not null default 1,
  check (fits_currency(amount, currency)),
  foreign key (tranche_id, plan_id) references tranches (id, plan_id),
  check ((state = 'drawn') = (instalment_id is not null)),
  unique (entitlement_id, tranche_id)
);
create index on tranche_draws (plan_id, id);
create function refuse_stray_draw() returns trigger language plpgsql as $$
begin
  if not exists (select from entitlements t join ceilings c on c.entitlement_id = t.id
      where t.id = new.entitlement_id and t.plan_id = new.plan_id and c.currency = new.currency) then
    perform refuse('tranche_draws_of_their_plan', 'a tranche is of the plan that somebody was entered in', 'tranche_draws');
  end if;
  return new;
end $$;
create trigger of_their_plan before insert on tranche_draws for each row execute function refuse_stray_draw();
create trigger first_state before insert on tranche_draws for each row execute function refuse_other_first_state('waiting');
create trigger transition before update of state on tranche_draws for each row execute function refuse_forbidden_transition
  ('waiting>drawn', 'waiting>refused', 'waiting>waiting', 'refused>waiting', 'drawn>waiting');
create trigger no_truncate before truncate on tranche_draws execute function refuse_change();
grant update (state, round, instalment_id, version) on tranche_draws to sanad_app;

create table draw_confirmations (
  draw_id uuid not null references tranche_draws,
  round int not null,
  condition_id uuid not null references tranche_conditions,
  -- Where the evidence is kept: the number of a paper or a file.
  evidence text not null check (length(evidence) between 2 and 100),
  confirmed_by uuid not null,
  confirmed_at timestamptz not null,
  constraint draw_confirmations_once primary key (draw_id, round, condition_id)
);
create trigger append_only before update or delete or truncate on draw_confirmations execute function refuse_change();

create function refuse_stray_confirmation() returns trigger language plpgsql as $$
begin
  if not exists (select from tranche_draws d join tranche_conditions c on c.tranche_id = d.tranche_id
      where d.id = new.draw_id and c.id = new.condition_id and d.state = 'waiting' and d.round = new.round for no key update of d) then
    perform refuse('draw_confirmations_of_its_tranche', 'a condition is confirmed of its tranche while that waits', 'draw_confirmations');
  end if;
  return new;
end $$;
create trigger of_its_tranche before insert on draw_confirmations for each row execute function refuse_stray_confirmation();

-- Signed, refused, put back: who and why.
create table draw_decisions (
  draw_id uuid not null references tranche_draws,
  round int not null,
  decision text not null check (decision in ('signed', 'refused', 'put_back')),
  reason text check (length(reason) between 3 and 500),
  decided_by uuid not null,
  decided_at timestamptz not null,
  primary key (draw_id, round, decision),
  check ((decision = 'signed') = (reason is null))
);
create trigger append_only before update or delete or truncate on draw_decisions execute function refuse_change();

-- Whoever confirmed a condition, in whichever round, does not sign.
create function refuse_own_signature() returns trigger language plpgsql as $$
begin
  if exists (select from draw_confirmations c where c.draw_id = new.draw_id and c.confirmed_by = new.decided_by) then
    perform refuse('draws_signed_by_another', 'who confirmed a condition does not sign the tranche', 'draw_decisions');
  end if;
  return new;
end $$;
create trigger signed_by_another before insert on draw_decisions for each row when (new.decision = 'signed')
  execute function refuse_own_signature();

create function refuse_undecided_draw() returns trigger language plpgsql as $$
declare
  put_back boolean := new.state = 'waiting' and old.state <> 'waiting' or new.round <> old.round;
begin
  if put_back and (new.round <> old.round + 1 or new.state <> 'waiting')
    or put_back and not exists (select from draw_decisions e where e.draw_id = new.id and e.round = old.round and e.decision = 'put_back')
    or new.state = 'refused' and not exists (
      select from draw_decisions e where e.draw_id = new.id and e.round = new.round and e.decision = 'refused') then
    perform refuse('tranche_draws_decided', 'a tranche is refused or put back by somebody, and put back into another round', 'tranche_draws');
  end if;
  if old.state = 'drawn' and new.state = 'waiting'
    and exists (select from instalments i where i.id = old.instalment_id and i.state <> 'withdrawn') then
    perform refuse('tranche_draws_withdrawn', 'a tranche that is put back owes nothing', 'tranche_draws');
  end if;
  if new.state = 'drawn' and (old.state <> 'drawn' or new.instalment_id is distinct from old.instalment_id) then
    if not exists (select from draw_decisions e where e.draw_id = new.id and e.round = new.round and e.decision = 'signed')
      or exists (select from tranche_conditions c where c.tranche_id = new.tranche_id and not exists (
        select from draw_confirmations f where f.draw_id = new.id and f.round = new.round and f.condition_id = c.id)) then
      perform refuse('tranche_draws_signed', 'a tranche falls due when its conditions are confirmed and somebody has signed', 'tranche_draws');
    end if;
    if not exists (select from instalments i where i.id = new.instalment_id and i.entitlement_id = new.entitlement_id and i.state = 'due'
        and i.amount = new.amount and i.currency = new.currency and i.due_on >= new.earliest_on) then
      perform refuse('tranche_draws_instalment', 'a tranche falls due with its amount, and not before its day', 'tranche_draws');
    end if;
  end if;
  return new;
end $$;
create trigger decided before update on tranche_draws for each row execute function refuse_undecided_draw();

-- What a person is paid never passes the ceiling. The entitlement is held, so that of two instalments at once the later sees the earlier.
create function refuse_above_ceiling() returns trigger language plpgsql as $$
declare
  ceiling numeric;
begin
  perform from entitlements t where t.id = new.entitlement_id for no key update;
  select c.amount into ceiling from ceilings c where c.entitlement_id = new.entitlement_id and c.currency = new.currency;
  if ceiling is null or ceiling < (select sum(i.amount) from instalments i
      where i.entitlement_id = new.entitlement_id and i.state <> 'withdrawn') then
    perform refuse('instalments_within_ceiling', 'tranches do not pass the ceiling', 'instalments');
  end if;
  return null;
end $$;
create trigger within_ceiling after insert on instalments for each row when (new.kind = 'reintegration_cash')
  execute function refuse_above_ceiling();

create function refuse_unsigned_tranche() returns trigger language plpgsql as $$
begin
  if not exists (select from tranche_draws d where d.instalment_id = new.id) then
    perform refuse('instalments_of_signed_tranche', 'reintegration cash is due by a tranche that was signed', 'instalments');
  end if;
  return null;
end $$;
create constraint trigger of_signed_tranche after insert on instalments deferrable initially deferred for each row
  when (new.kind = 'reintegration_cash') execute function refuse_unsigned_tranche();

-- TOP-UPS

-- So much, or so much of a hundred of what is topped up, and why.
create table top_up_terms (
  plan_id uuid primary key references plans,
  reason text not null check (reason ~ '^[a-z][a-z0-9_]{1,39}$'),
  amount numeric check (amount > 0),
  percentage numeric check (percentage > 0 and percentage < 1001),
  currency text not null,
  due_on date not null,
  check (num_nonnulls(amount, percentage) = 1),
  check (amount is null or fits_currency(amount, currency))
);
create trigger kind before insert on top_up_terms for each row execute function refuse_other_kind('top_up');
create trigger append_only before update or delete or truncate on top_up_terms execute function refuse_change();

alter table instalments
  -- Looked up below, with what has to be so of it.
  add column tops_up_id uuid check (tops_up_id <> id),
  add column top_up_reason text,
  add constraint instalments_top_up check ((kind = 'top_up') = (tops_up_id is not null) and (tops_up_id is null) = (top_up_reason is null));
create unique index instalments_topped_up_once on instalments (tops_up_id, top_up_reason) where tops_up_id is not null and state <> 'withdrawn';

-- What a top-up adds to: somebody's own instalment that was released to them and neither expired nor was cancelled.
create function refuse_stray_top_up() returns trigger language plpgsql as $$
declare
  source instalments;
  terms top_up_terms;
begin
  select * into source from instalments where id = new.tops_up_id;
  select * into terms from top_up_terms t where t.plan_id = new.plan_id;
  if source.tops_up_id is not null then
    perform refuse('instalments_top_up_of_assistance', 'a top-up is not topped up', 'instalments');
  end if;
  if row (source.beneficiary_id, source.programme_id, source.currency) is distinct from row (new.beneficiary_id, new.programme_id, new.currency) then
    perform refuse('instalments_top_up_of_their_own', 'a top-up adds to an instalment of the same person and programme', 'instalments');
  end if;
  if row (terms.reason, coalesce(terms.amount, round_half_even(source.amount * terms.percentage / 100, minor_units(new.currency))))
      is distinct from row (new.top_up_reason, new.amount) then
    perform refuse('instalments_top_up_terms', 'a top-up is for the reason and the amount of its plan', 'instalments');
  end if;
  -- The line is held, so that whoever cancels it at this moment sees the top-up, or is seen.
  perform from payment_list_lines l join vouchers v on v.line_id = l.id
    where l.instalment_id = source.id and l.state = 'released' and v.state not in ('expired', 'cancelled') for share of l;
  if not found then
    perform refuse('instalments_top_up_of_released', 'what is topped up was released and is not given up', 'instalments');
  end if;
  return null;
end $$;
create trigger top_up after insert on instalments for each row when (new.tops_up_id is not null) execute function refuse_stray_top_up();

-- What tops up a payment that is cancelled goes with it, unless a list has taken it up: that does not pay it (src/payments/payable.ts).
create function withdraw_top_ups() returns trigger language plpgsql as $$
begin
  perform from instalments t where t.tops_up_id = new.instalment_id and t.state <> 'withdrawn' order by t.id for update;
  -- Another statement, so that it sees the lines that it may have waited for.
  update instalments t set state = 'withdrawn' where t.tops_up_id = new.instalment_id and t.state <> 'withdrawn'
    and not exists (select from payment_list_lines l where l.instalment_id = t.id and l.counts);
  return null;
end $$;
create trigger top_ups_with_it after update of state on payment_list_lines for each row
  when (new.state = 'cancelled' and old.state <> 'cancelled') execute function withdraw_top_ups();

-- EMERGENCY CASH

-- In which plans somebody is.
create index on entitlements (beneficiary_id);

create table emergency_terms (
  plan_id uuid primary key references plans,
  -- Falls due within so many days of being entered.
  within_days int not null check (within_days between 0 and 30),
  -- Whether an amount may be said of a person in place of the plan's.
  named_amounts boolean not null default false
);
create trigger kind before insert on emergency_terms for each row execute function refuse_other_kind('emergency_cash');
create trigger append_only before update or delete or truncate on emergency_terms execute function refuse_change();

create table emergency_entries (
  entitlement_id uuid primary key references entitlements,
  due_on date not null,
  -- Why somebody is helped who is in another plan of the same purpose.
  despite text check (length(despite) between 3 and 500),
  entered_by uuid not null,
  entered_at timestamptz not null,
  -- The amount, where it was said of the person.
  amount numeric check (amount > 0)
);
create trigger append_only before update or delete or truncate on emergency_entries execute function refuse_change();

-- The person is held, so that of two emergencies that enter them at once the later sees the earlier.
create function refuse_unfounded_emergency() returns trigger language plpgsql as $$
declare
  entered record;
begin
  select t.beneficiary_id, p.id as plan_id, p.programme_id, p.purpose, e.within_days, e.named_amounts, (new.entered_at at time zone g.time_zone)::date as today
    into entered
    from entitlements t join plans p on p.id = t.plan_id join emergency_terms e on e.plan_id = p.id join programmes g on g.id = p.programme_id
    where t.id = new.entitlement_id;
  if entered.today is null or new.due_on < entered.today or new.due_on > entered.today + entered.within_days then
    perform refuse('emergency_entries_soon', 'emergency cash falls due within days', 'emergency_entries');
  end if;
  if new.amount is not null and not entered.named_amounts then
    perform refuse('emergency_entries_amount', 'an amount is said of a person where the plan lets it be', 'emergency_entries');
  end if;
  if new.despite is null then
    perform from beneficiaries b where b.id = entered.beneficiary_id for no key update;
    if exists (select from entitlements t join plans p on p.id = t.plan_id
        where t.beneficiary_id in (select b.id from beneficiaries b where b.id = entered.beneficiary_id or b.merged_into = entered.beneficiary_id)
          and p.programme_id = entered.programme_id and purpose_key(p.purpose) = purpose_key(entered.purpose)
          and p.id <> entered.plan_id) then
      perform refuse('emergency_entries_in_no_plan', 'Emergency cash is for people who are in no other plan of the same purpose, unless it is said why.', 'emergency_entries');
    end if;
  end if;
  return new;
end $$;
create trigger founded before insert on emergency_entries for each row execute function refuse_unfounded_emergency();

create function refuse_unentered_emergency() returns trigger language plpgsql as $$
begin
  if not exists (select from emergency_entries e where e.entitlement_id = new.entitlement_id and e.due_on = new.due_on)
    or exists (select from emergency_entries e where e.entitlement_id = new.entitlement_id and e.amount <> new.amount)
    or exists (select from instalments i where i.entitlement_id = new.entitlement_id and i.id <> new.id and i.state <> 'withdrawn') then
    perform refuse('instalments_of_emergency', 'emergency cash is paid once to somebody who was entered, on their day, and what was said of them', 'instalments');
  end if;
  return null;
end $$;
create constraint trigger of_emergency after insert on instalments deferrable initially deferred for each row
  when (new.kind = 'emergency_cash') execute function refuse_unentered_emergency();

-- CASH-FOR-WORK

create table work_terms (
  plan_id uuid primary key references plans,
  day_rate numeric not null check (day_rate > 0),
  currency text not null,
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on),
  -- So many days each, counted from the start; null for calendar months.
  period_days int check (period_days between 1 and 92),
  -- The most that one person works in a period.
  days_per_period int not null check (days_per_period between 1 and 92),
  -- Of the plan's scorecard, those whose people work; null for all of them.
  tiers text[] check (cardinality(tiers) between 1 and 20),
  check (fits_currency(day_rate, currency))
);
create trigger kind before insert on work_terms for each row execute function refuse_other_kind('cash_for_work');
create trigger append_only before update or delete or truncate on work_terms execute function refuse_change();

create table work_sites (
  id uuid primary key,
  programme_id uuid not null references programmes,
  name text not null check (length(name) between 1 and 100),
  wilaya_number text not null references wilayas,
  -- People a day.
  capacity int not null check (capacity between 1 and 10000),
  supervisor_id uuid not null references users,
  is_open boolean not null default true,
  version int not null default 1,
  created_by uuid not null,
  created_at timestamptz not null,
  unique (programme_id, name)
);
create trigger no_truncate before truncate on work_sites execute function refuse_change();
grant update (capacity, supervisor_id, is_open, version) on work_sites to sanad_app;

-- Who worked when, as one person wrote it and another signed it.
create table attendance_sheets (
  id uuid primary key,
  plan_id uuid not null references work_terms,
  site_id uuid not null references work_sites,
  source text not null check (source in ('file', 'rows')),
  -- Keyed digest of what was sent, by which it is known when it comes again.
  content text not null check (content ~ '^[0-9a-f]{64}$'),
  row_count int not null check (row_count > 0),
  fault_count int not null check (fault_count >= 0),
  -- The sheet that this one corrects.
  replaces_id uuid unique references attendance_sheets,
  state text not null default 'entered' check (state in ('entered', 'signed', 'rejected', 'replaced')),
  entered_by uuid not null,
  entered_at timestamptz not null,
  signed_by uuid,
  signed_at timestamptz,
  reason text check (length(reason) between 3 and 500),
  version int not null default 1,
  constraint attendance_sheets_signed_by_another check (signed_by <> entered_by),
  constraint attendance_sheets_signed check (state <> 'signed' or signed_by is not null and signed_at is not null),
  check ((state = 'rejected') = (reason is not null)),
  constraint attendance_sheets_once unique nulls not distinct (plan_id, site_id, content, replaces_id)
);
create index on attendance_sheets (plan_id, id);
create trigger first_state before insert on attendance_sheets for each row execute function refuse_other_first_state('entered');
create trigger transition before update of state on attendance_sheets for each row execute function refuse_forbidden_transition
  ('entered>signed', 'entered>rejected', 'entered>replaced', 'signed>replaced');
create trigger no_truncate before truncate on attendance_sheets execute function refuse_change();
grant update (state, signed_by, signed_at, reason, version) on attendance_sheets to sanad_app;

create table attendance (
  sheet_id uuid not null references attendance_sheets,
  -- Of the file or the request; the header of a file is row 1.
  row_number int not null check (row_number > 0),
  plan_id uuid not null,
  site_id uuid not null,
  beneficiary_id uuid not null references beneficiaries,
  day date not null,
  half_days smallint not null check (half_days in (1, 2)),
  -- The period of the plan that the day lies in.
  period_from date not null,
  period_to date not null,
  -- Until the sheet is rejected or replaced.
  counts boolean not null default true,
  primary key (sheet_id, row_number),
  check (day between period_from and period_to)
);
-- One person, one site, one day.
create unique index attendance_one_site_a_day on attendance (beneficiary_id, day) where counts;
create index on attendance (plan_id, beneficiary_id, period_from) where counts;
create index on attendance (site_id, day) where counts;
-- Whatever was said of somebody, whether it counts or not.
create index on attendance (beneficiary_id);
create trigger counted_no_more before update on attendance for each row when (not old.counts or new.counts) execute function refuse_change();
create trigger no_truncate before truncate on attendance execute function refuse_change();
grant update (counts) on attendance to sanad_app;

-- Rows that were not taken: where, and why. Never what stood there.
create table attendance_faults (
  sheet_id uuid not null references attendance_sheets,
  row_number int not null check (row_number > 0),
  cell text not null,
  code text not null,
  primary key (sheet_id, row_number, code)
);
create trigger append_only before update or delete or truncate on attendance_faults execute function refuse_change();

-- The period that a day of a plan lies in: a calendar month, or so many days from the start; both end where the plan does.
create function work_period(terms work_terms, day date, out period_from date, out period_to date) language sql immutable as $$
  select greatest(first, terms.starts_on), least(last, terms.ends_on) from (
    select case when terms.period_days is null then date_trunc('month', day)::date
        else terms.starts_on + (day - terms.starts_on) / terms.period_days * terms.period_days end as first,
      case when terms.period_days is null then (date_trunc('month', day) + interval '1 month - 1 day')::date
        else terms.starts_on + ((day - terms.starts_on) / terms.period_days + 1) * terms.period_days - 1 end as last) whole
$$;

-- Whoever changes what a plan of work owes waits for whoever does already. Its terms cannot be locked as a row: nobody may change them.
create function hold_work(plan uuid) returns void language sql as $$
  select pg_advisory_xact_lock(hashtextextended('work/' || plan, 0))
$$;

-- The plan and the site are held, so that of two sheets at once the later sees the earlier.
create function refuse_wrong_attendance() returns trigger language plpgsql as $$
begin
  perform hold_work(n.plan_id) from (select distinct plan_id from new_rows order by 1) n;
  perform from work_sites s where s.id in (select site_id from new_rows) order by s.id for no key update;
  if exists (select from new_rows n
      left join attendance_sheets s on s.id = n.sheet_id and s.state = 'entered' and s.plan_id = n.plan_id and s.site_id = n.site_id
      left join work_terms t on t.plan_id = n.plan_id and n.day between t.starts_on and t.ends_on
      left join lateral work_period(t, n.day) w on true
      where s.id is null or row (w.period_from, w.period_to) is distinct from row (n.period_from, n.period_to)) then
    perform refuse('attendance_of_its_sheet', 'attendance is of its sheet''s plan and site, on a day of the plan', 'attendance');
  end if;
  -- Whether somebody was enrolled, and eligible by the plan's scorecard, when the day ended where the programme is: they, or a record that has
  -- been merged into theirs since. For each row look-ups by index, whatever the tables have grown to.
  if exists (
      select from (select distinct plan_id, beneficiary_id, day from new_rows) n
      join plans p on p.id = n.plan_id join work_terms t on t.plan_id = p.id join programmes g on g.id = p.programme_id
      cross join lateral (select (n.day + 1)::timestamp at time zone g.time_zone as at offset 0) m
      cross join lateral (select exists (
        select from (select n.beneficiary_id as id union all select b.id from beneficiaries b where b.merged_into = n.beneficiary_id) own
        where exists (select from beneficiaries b where b.id = own.id and b.registered_at <= m.at)
          and coalesce(
            (select h.state from enrolment_history h where h.programme_id = p.programme_id and h.beneficiary_id = own.id and h.until > m.at
              order by h.until, h.id limit 1),
            (select e.state from enrolments e where e.programme_id = p.programme_id and e.beneficiary_id = own.id)) = 'enrolled'
          and (p.scorecard_id is null or (select a.outcome = 'eligible' and (t.tiers is null or a.tier = any (t.tiers)) from assessments a
            where a.scorecard_id = p.scorecard_id and a.beneficiary_id = own.id and a.assessed_at <= m.at order by a.number desc limit 1))
      ) as could offset 0) c
      where not c.could) then
    perform refuse('attendance_of_the_enrolled', 'days are worked by people who were enrolled and eligible by then', 'attendance');
  end if;
  if exists (select from attendance a join (select distinct site_id, day from new_rows) n using (site_id, day) join work_sites s on s.id = a.site_id
      where a.counts group by a.site_id, a.day, s.capacity having count(*) > s.capacity) then
    perform refuse('attendance_within_capacity', 'more people than the site takes in a day', 'attendance');
  end if;
  if exists (select from attendance a join (select distinct plan_id, beneficiary_id, period_from from new_rows) n using (plan_id, beneficiary_id, period_from)
      join work_terms t on t.plan_id = a.plan_id
      where a.counts group by a.plan_id, a.beneficiary_id, a.period_from, t.days_per_period having sum(a.half_days) > 2 * t.days_per_period) then
    perform refuse('attendance_within_days', 'more days than one person works in a period', 'attendance');
  end if;
  return null;
end $$;
create trigger fits after insert on attendance referencing new table as new_rows for each statement execute function refuse_wrong_attendance();

-- A sheet is signed as it was entered, and stops counting altogether.
create function refuse_part_of_sheet() returns trigger language plpgsql as $$
begin
  if new.state = 'signed' and new.row_count <> (select count(*) from attendance a where a.sheet_id = new.id and a.counts) then
    perform refuse('attendance_sheets_whole', 'a sheet is signed with the rows that were entered', 'attendance_sheets');
  end if;
  return null;
end $$;
create trigger whole after update of state on attendance_sheets for each row execute function refuse_part_of_sheet();
create function refuse_leftover_attendance() returns trigger language plpgsql as $$
begin
  if exists (select from attendance_sheets s where s.id = new.id and exists (
      select from attendance a where a.sheet_id = s.id and a.counts <> (s.state in ('entered', 'signed'))))
    or new.row_count <> (select count(*) from attendance a where a.sheet_id = new.id) then
    perform refuse('attendance_sheets_whole', 'the rows of a sheet count as long as it does', 'attendance_sheets');
  end if;
  return null;
end $$;
create constraint trigger no_leftovers after insert or update on attendance_sheets deferrable initially deferred for each row
  execute function refuse_leftover_attendance();

-- What the signed days of a person in a period come to, halves of a minor unit to even.
create function worked(plan uuid, person uuid, first date) returns numeric language sql stable as $$
  select coalesce(round_half_even(sum(a.half_days) * t.day_rate / 2, minor_units(t.currency)), 0)
  from work_terms t left join attendance a on a.plan_id = t.plan_id and a.beneficiary_id = person and a.period_from = first and a.counts
    and exists (select from attendance_sheets s where s.id = a.sheet_id and s.state = 'signed')
  where t.plan_id = plan group by t.day_rate, t.currency
$$;

-- Nobody is owed for more days than were signed.
create function refuse_unworked() returns trigger language plpgsql as $$
begin
  perform hold_work(new.plan_id);
  if (select sum(i.amount) from instalments i where i.entitlement_id = new.entitlement_id and i.covers_from = new.covers_from and i.state <> 'withdrawn')
    > coalesce(worked(new.plan_id, new.beneficiary_id, new.covers_from), 0) then
    perform refuse('instalments_of_signed_days', 'days are paid that somebody has signed', 'instalments');
  end if;
  return null;
end $$;
create trigger of_signed_days after insert on instalments for each row when (new.kind = 'cash_for_work') execute function refuse_unworked();

create function refuse_paid_correction() returns trigger language plpgsql as $$
begin
  perform hold_work(n.plan_id) from (select distinct plan_id from new_rows order by 1) n;
  -- Each person and period once: what it costs does not depend on how many days they have.
  if exists (
      with touched as materialized (select distinct plan_id, beneficiary_id, period_from from new_rows)
      select from touched n join entitlements t on t.plan_id = n.plan_id and t.beneficiary_id = n.beneficiary_id
      where (select sum(i.amount) from instalments i where i.entitlement_id = t.id and i.covers_from = n.period_from and i.state <> 'withdrawn')
        > worked(n.plan_id, n.beneficiary_id, n.period_from)) then
    perform refuse('attendance_not_paid', 'days that are on a payment list stay', 'attendance');
  end if;
  return null;
end $$;
create trigger not_paid after update on attendance referencing new table as new_rows for each statement execute function refuse_paid_correction();

-- Of a plan that pays in tranches two lines pay the same when they pay the same tranche.
create or replace function is_same_instalment(one uuid, other uuid) returns boolean language sql stable as $$
  select coalesce((select a.plan_id = b.plan_id and case when a.kind = 'reintegration_cash'
      then (select d.tranche_id from tranche_draws d where d.instalment_id = a.instalment_id)
        = (select d.tranche_id from tranche_draws d where d.instalment_id = b.instalment_id)
      else a.covers_from <= b.covers_to and a.covers_to >= b.covers_from end
    from payment_list_lines a, payment_list_lines b where a.id = one and b.id = other), false)
$$;
