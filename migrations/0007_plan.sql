-- What a programme has decided to pay, of which kind and for what, under the terms that it had then. It never changes: what becomes of one
-- person's share does, in entitlements.
create table plans (
  id uuid primary key,
  programme_id uuid not null references programmes,
  programme_version int not null check (programme_version > 0),
  kind text not null check (kind in ('one_time_grant', 'stipend', 'reintegration_cash', 'top_up', 'cash_for_work', 'emergency_cash')),
  name text not null,
  purpose text not null,
  -- {"rule": "fixed", "amount": "15000.00"}, and whatever other rules need; null for a kind that has none
  amount_rule jsonb,
  currency text not null,
  -- When a grant is due.
  due_on date,
  -- A stipend: its first day and its last, how long a period is ('month': calendar months; 'days': so many from the first day on), and
  -- whether a period is paid on the first day that it covers or the last.
  starts_on date,
  ends_on date,
  every text check (every in ('month', 'days')),
  every_days int check (every_days between 1 and 366),
  due_at text check (due_at in ('start', 'end')),
  -- Whether people who qualify later join.
  is_open boolean not null default false,
  -- What else a kind needs to know.
  terms jsonb not null default '{}',
  scorecard_id uuid,
  created_by uuid not null,
  created_at timestamptz not null,
  unique (programme_id, name),
  unique (id, kind),
  foreign key (scorecard_id, programme_id) references scorecards (id, programme_id),
  constraint plans_scheduled check ((kind = 'stipend') = (every is not null) and (kind = 'one_time_grant') = (due_on is not null)),
  constraint plans_amount_known check (kind not in ('one_time_grant', 'stipend') or amount_rule is not null),
  constraint plans_schedule_whole check (every is null or (starts_on <= ends_on and due_at is not null and (every = 'days') = (every_days is not null)) is true)
);
create trigger append_only before update or delete or truncate on plans execute function refuse_change();

-- One person's share in a plan, from its first day to its last.
create table entitlements (
  id uuid primary key,
  plan_id uuid not null references plans,
  beneficiary_id uuid not null references beneficiaries,
  -- Null where a kind pays by something else than days.
  starts_on date,
  -- The day before it starts when it was stopped before it had begun.
  ends_on date,
  state text not null default 'active' check (state in ('active', 'suspended', 'stopped')),
  -- How many changes it has had; see entitlement_changes.
  changes int not null default 0 check (changes between 0 and 200),
  -- Whether it runs with the plan: over whole periods, never changed, owed to the record that it was made out to. What a period owes such
  -- people is worked out for all of them together; everybody else is settled one by one, on the day that stands here.
  is_plain boolean not null default false,
  settle_on date check (not is_plain or settle_on is null),
  -- Owed by now beyond what instalments were made for; below zero, made beyond what is owed. The next instalment makes up for either.
  carried numeric not null default 0,
  -- Who named the person; null for those who joined by the plan's own rule.
  entitled_by uuid,
  created_at timestamptz not null,
  unique (plan_id, beneficiary_id),
  constraint entitlements_days_in_order check ((starts_on is null) = (ends_on is null) and ends_on >= starts_on - 1)
);
create trigger append_only before delete or truncate on entitlements execute function refuse_change();
create trigger transition before update of state on entitlements for each row execute function refuse_forbidden_transition
  ('active>suspended', 'suspended>active', 'active>stopped', 'suspended>stopped', 'active>active', 'suspended>suspended', 'stopped>stopped');
create trigger first_state before insert on entitlements for each row execute function refuse_other_first_state('active');
create index on entitlements (plan_id, settle_on) where settle_on is not null;
grant update (ends_on, state, changes, is_plain, settle_on, carried) on entitlements to sanad_app;

-- One sum owed to one person. It is on at most one list that still counts, and is paid at most once.
create table instalments (
  id uuid primary key,
  -- What these six point at is looked up for a whole statement at once (migrations/0022_plans.sql): a foreign key each would cost more than
  -- the row. Nothing that they point at can be deleted by the platform.
  entitlement_id uuid not null,
  number int not null check (number > 0),
  plan_id uuid not null,
  kind text not null,
  programme_id uuid not null,
  beneficiary_id uuid not null,
  household_id uuid not null,
  purpose text not null,
  -- What the money is for: the first day and the last.
  covers_from date not null,
  covers_to date not null check (covers_to >= covers_from),
  due_on date not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  -- Withdrawn: a later change has made it wrong before it was on a list that counts.
  state text not null default 'due' check (state in ('due', 'withdrawn')),
  -- The period of the plan; null for a kind that has none.
  period int check (period > 0),
  -- How it was worked out: [{"from", "to", "of", "rate"}], so many days of so many at a rate; null for a whole period at one rate.
  workings jsonb,
  -- Of the amount, what makes up for earlier instalments: more than was made out then, or less when below zero.
  carried numeric not null default 0,
  -- What rounding left, in parts of a minor unit, for the last instalment to take.
  left_over numeric,
  created_at timestamptz not null,
  unique (entitlement_id, number),
  check (fits_currency(amount, currency))
);
create index on instalments (plan_id, due_on, id) where state = 'due';
create index on instalments (programme_id, due_on);
create index on instalments (beneficiary_id);
create trigger append_only before delete or truncate on instalments execute function refuse_change();
create trigger transition before update of state on instalments for each row execute function refuse_forbidden_transition ('due>withdrawn');
create trigger first_state before insert on instalments for each row when (new.state <> 'due') execute function refuse_other_first_state('due');
grant update (state) on instalments to sanad_app;

-- Instalments of one programme that are paid together, on the same signatures, from one fund or several.
create table payment_lists (
  id uuid primary key,
  programme_id uuid not null references programmes,
  name text not null,
  -- What it was drawn up from: kind, plans, place, cohort, funds. See src/payments/types.ts.
  source jsonb not null,
  currency text not null,
  -- A list is being built or released by a job for as long as that takes.
  state text not null default 'building' check (state in
    ('building', 'draft', 'submitted', 'approved', 'releasing', 'released', 'closed', 'cancelled')),
  -- Each submission begins a round of signatures, and a rejection ends it: migrations/0025_approvals.sql.
  round int not null default 1 check (round between 1 and 100),
  -- Of the lines that are not held back.
  line_count int not null default 0 check (line_count >= 0),
  total numeric not null default 0 check (total >= 0),
  -- SHA-256 over the frozen lines: what is submitted is what is signed is what is released.
  digest text check (digest ~ '^[0-9a-f]{64}$'),
  -- The version of the programme whose terms it stays under; known from its submission on.
  programme_version int,
  built_by uuid not null,
  version int not null default 1,
  created_at timestamptz not null,
  submitted_at timestamptz,
  released_at timestamptz,
  closed_at timestamptz,
  check (fits_currency(total, currency)),
  constraint payment_lists_digest_when_submitted check (state in ('building', 'draft', 'cancelled')
    or digest is not null),
  constraint payment_lists_terms_when_submitted check (state in ('building', 'draft', 'cancelled') or programme_version is not null),
  unique (programme_id, name)
);
create trigger transition before update of state on payment_lists for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition
  ('building>draft', 'draft>submitted', 'submitted>approved', 'submitted>draft', 'approved>releasing', 'releasing>released', 'released>closed',
   'building>cancelled', 'draft>cancelled', 'submitted>cancelled', 'approved>cancelled');
create trigger first_state before insert on payment_lists for each row execute function refuse_other_first_state('building');
grant update (state, round, line_count, total, digest, programme_version, version, submitted_at, released_at, closed_at) on payment_lists to sanad_app;
create index payment_lists_waiting on payment_lists (id) where state = 'submitted';

-- What a list draws from each fund.
create table payment_list_funds (
  list_id uuid not null references payment_lists,
  fund_id uuid not null references funds,
  line_count int not null check (line_count >= 0),
  total numeric not null check (total >= 0),
  primary key (list_id, fund_id)
);
create index on payment_list_funds (fund_id);
grant update (line_count, total) on payment_list_funds to sanad_app;
create trigger no_truncate before truncate on payment_list_funds execute function refuse_change();

create function refuse_frozen_funds() returns trigger language plpgsql as $$
begin
  if not exists (select from payment_lists l where l.id = new.list_id and l.state in ('building', 'draft')) then
    raise exception 'a submitted list is frozen'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_frozen', table = 'payment_list_funds';
  end if;
  return new;
end $$;
create trigger frozen before insert or update on payment_list_funds for each row execute function refuse_frozen_funds();

-- The fund of a list that draws on no other; null when it draws on several, or on none yet.
create function only_fund_of(list uuid) returns uuid language sql stable as $$
  select (array_agg(f.fund_id))[1] from payment_list_funds f where f.list_id = list and f.line_count > 0 having count(*) = 1
$$;

create function refuse_frozen_list() returns trigger language plpgsql as $$
begin
  if old.state not in ('building', 'draft') and row (new.total, new.line_count) is distinct from row (old.total, old.line_count)
    or old.state in ('submitted', 'approved', 'releasing', 'released', 'closed') and new.state <> 'draft'
      and row (new.digest, new.programme_version) is distinct from row (old.digest, old.programme_version) then
    raise exception 'a submitted list is frozen'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_frozen', table = 'payment_lists';
  end if;
  if old.state = 'draft' and new.state = 'submitted' and (
      not exists (select from payment_list_lines l where l.list_id = new.id and l.state = 'included'
        having count(*) > 0 and count(*) = new.line_count and sum(l.amount) = new.total)
      or exists (select from (select l.fund_id, count(*) as line_count, sum(l.amount) as total from payment_list_lines l
          where l.list_id = new.id and l.state = 'included' group by l.fund_id) l
        full join (select * from payment_list_funds where list_id = new.id and line_count > 0) f using (fund_id)
        where row (l.line_count, l.total) is distinct from row (f.line_count::bigint, f.total))) then
    raise exception 'a list is submitted with lines, and their count and sum, in all and of each fund'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_totals', table = 'payment_lists';
  end if;
  if old.state = 'draft' and new.state = 'submitted'
    and new.programme_version is distinct from (select p.version from programmes p where p.id = new.programme_id) then
    raise exception 'a list is submitted under the terms that its programme has now'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_present_terms', table = 'payment_lists';
  end if;
  return new;
end $$;
create trigger frozen before update on payment_lists for each row execute function refuse_frozen_list();

create table payment_list_lines (
  id uuid primary key,
  -- What these five point at is looked up for a whole statement at once, below: a foreign key each would cost more than the row.
  list_id uuid not null,
  position int not null check (position > 0),
  instalment_id uuid not null,
  plan_id uuid not null,
  kind text not null,
  purpose text not null,
  fund_id uuid not null,
  beneficiary_id uuid not null,
  -- Who may collect: the person, or the head of the household for a child.
  collector_id uuid not null,
  household_id uuid not null,
  covers_from date not null,
  covers_to date not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  wilaya_number text not null,
  -- Taken when the list is built, so that reports need no personal record and outlive it.
  sex text not null,
  age_band text not null check (age_band in ('0-5', '6-11', '12-17', '18-59', '60+')),
  has_disability boolean not null,
  -- A line that is held back stays due and can enter another list.
  state text not null default 'included' check (state in ('included', 'held', 'released', 'returned', 'cancelled')),
  return_reason text,
  held_reason text,
  held_by uuid,
  -- Whether its instalment is paid by it, or about to be. Indexes ask this rather than the state, so that releasing a line touches none.
  counts boolean not null generated always as (state in ('included', 'released')) stored,
  unique (list_id, position),
  check (fits_currency(amount, currency)),
  check ((state = 'returned') = (return_reason is not null)),
  check ((state = 'held') = (held_reason is not null) and (state = 'held') = (held_by is not null))
) with (fillfactor = 50); -- each line is written again once, when it is released: beside itself
-- An instalment is on one list that counts, no more.
create unique index payment_list_lines_instalment_once on payment_list_lines (instalment_id) where counts;
create index on payment_list_lines (beneficiary_id, covers_to, covers_from);
create trigger append_only before delete or truncate on payment_list_lines execute function refuse_change();
-- Money is for people who are known. They are held until the row stands, as by a foreign key: whoever erases them waits for it.
create function refuse_unknown_people() returns trigger language plpgsql as $$
begin
  perform from beneficiaries where id in (select beneficiary_id from new_rows union select collector_id from new_rows) order by id for key share;
  if exists (select from (select beneficiary_id as id from new_rows union select collector_id from new_rows) n
      where not exists (select from beneficiaries b where b.id = n.id)) then
    raise exception 'nobody is known whom this is for, or who collects'
      using errcode = 'foreign_key_violation', constraint = tg_table_name || '_people_known', table = tg_table_name;
  end if;
  return null;
end $$;
create trigger people_known after insert on payment_list_lines referencing new table as new_rows
  for each statement execute function refuse_unknown_people();
create trigger transition before update of state on payment_list_lines for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition
  ('included>released', 'included>returned', 'included>held', 'held>included', 'released>cancelled');
create trigger first_state before insert on payment_list_lines for each row execute function refuse_other_first_state('included');
grant update (state, return_reason, held_reason, held_by) on payment_list_lines to sanad_app;

-- A line is the instalment that it pays: its plan, its purpose, its days, its amount.
create function refuse_wrong_line() returns trigger language plpgsql as $$
begin
  if exists (select from new_lines n left join payment_lists l on l.id = n.list_id where l.state is distinct from 'building') then
    raise exception 'lines are added to a list while it is built'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_while_building', table = 'payment_list_lines';
  end if;
  if exists (select from new_lines n join payment_lists l on l.id = n.list_id
      left join instalments i on i.id = n.instalment_id left join funds f on f.id = n.fund_id
      where row (i.programme_id, i.plan_id, i.kind, i.purpose, i.covers_from, i.covers_to, i.amount, i.currency, f.programme_id, f.currency, l.currency)
        is distinct from row (l.programme_id, n.plan_id, n.kind, n.purpose, n.covers_from, n.covers_to, n.amount, n.currency, l.programme_id,
          n.currency, n.currency)) then
    raise exception 'a line is of an instalment of its programme, for its amount, from a fund of it'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_of_instalment', table = 'payment_list_lines';
  end if;
  return null;
end $$;
create trigger as_owed after insert on payment_list_lines referencing new table as new_lines
  for each statement execute function refuse_wrong_line();

-- A line is held back and put back in a draft, and released while its list is. What an update leaves included was put back: there is no other
-- way there.
create function refuse_early_line() returns trigger language plpgsql as $$
begin
  if exists (select from new_lines n where n.state = 'released'
      and not exists (select from payment_lists l where l.id = n.list_id and l.state = 'releasing')) then
    raise exception 'a line is released while its list is released'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_releasing', table = 'payment_list_lines';
  end if;
  if exists (select from new_lines n where n.state in ('held', 'included')
      and not exists (select from payment_lists l where l.id = n.list_id and l.state = 'draft')) then
    raise exception 'a line is held back and put back in a draft'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_frozen', table = 'payment_list_lines';
  end if;
  -- Held until the line stands, so that whoever withdraws one meanwhile waits and then sees the line.
  perform from instalments where id in (select instalment_id from new_lines where state = 'included') order by id for share;
  if exists (select from new_lines n where n.state = 'included'
      and not exists (select from instalments i where i.id = n.instalment_id and i.state = 'due')) then
    raise exception 'an instalment that was withdrawn is not paid'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_due', table = 'payment_list_lines';
  end if;
  return null;
end $$;
create trigger in_its_time after update on payment_list_lines referencing new table as new_lines
  for each statement execute function refuse_early_line();

create function refuse_undecided_release() returns trigger language plpgsql as $$
begin
  if exists (select from payment_list_lines l where l.list_id = new.id and l.state = 'included') then
    raise exception 'a list is released when every line has been decided'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_every_line_decided', table = 'payment_lists';
  end if;
  return new;
end $$;
create trigger undecided before update of state on payment_lists for each row when (new.state = 'released' and old.state <> 'released')
  execute function refuse_undecided_release();

-- What is on a list that counts stays as it is. A line being entered at the same time holds its instalment: "for update" waits for it, and
-- the line's own check below sees what was withdrawn before.
create function refuse_withdrawal_of_listed() returns trigger language plpgsql as $$
begin
  perform from instalments where id in (select id from new_rows where state = 'withdrawn') for update;
  if exists (select from new_rows n join old_rows o on o.id = n.id join payment_list_lines l on l.instalment_id = n.id
      where n.state = 'withdrawn' and o.state <> 'withdrawn' and l.counts) then
    raise exception 'an instalment that is on a list is not withdrawn'
      using errcode = 'integrity_constraint_violation', constraint = 'instalments_withdrawn_off_lists', table = 'instalments';
  end if;
  return null;
end $$;
create trigger withdrawn_off_lists after update on instalments referencing old table as old_rows new table as new_rows
  for each statement execute function refuse_withdrawal_of_listed();

-- And what was withdrawn enters no list.
create function refuse_withdrawn_line() returns trigger language plpgsql as $$
begin
  -- Held until the line stands, so that whoever withdraws one meanwhile waits and then sees the line.
  perform from instalments where id in (select instalment_id from new_lines) order by id for share;
  if exists (select from new_lines n where (select i.state from instalments i where i.id = n.instalment_id) <> 'due') then
    raise exception 'an instalment that was withdrawn is not paid'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_due', table = 'payment_list_lines';
  end if;
  return null;
end $$;
create trigger due after insert on payment_list_lines referencing new table as new_lines
  for each statement execute function refuse_withdrawn_line();
