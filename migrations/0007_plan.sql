create table plans (
  id uuid primary key,
  programme_id uuid not null references programmes,
  kind text not null check (kind in ('one_time_grant', 'stipend', 'reintegration_cash', 'top_up', 'cash_for_work')),
  name text not null,
  purpose text not null,
  -- {"rule": "fixed", "amount": "15000.00"}, and whatever other rules need
  amount_rule jsonb not null,
  currency text not null,
  due_on date not null,
  scorecard_id uuid references scorecards,
  created_by uuid not null,
  created_at timestamptz not null,
  unique (programme_id, name)
);
create trigger append_only before update or delete or truncate on plans execute function refuse_change();

create table entitlements (
  id uuid primary key,
  plan_id uuid not null references plans,
  beneficiary_id uuid not null references beneficiaries,
  created_at timestamptz not null,
  unique (plan_id, beneficiary_id)
);
create trigger append_only before update or delete or truncate on entitlements execute function refuse_change();

-- One sum owed to one person. It is on at most one list that still counts, and is paid at most once.
create table instalments (
  id uuid primary key,
  entitlement_id uuid not null references entitlements,
  number int not null check (number > 0),
  programme_id uuid not null references programmes,
  beneficiary_id uuid not null references beneficiaries,
  household_id uuid not null references households,
  purpose text not null,
  due_on date not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  created_at timestamptz not null,
  unique (entitlement_id, number),
  check (fits_currency(amount, currency))
);
create index on instalments (programme_id, due_on);
create index on instalments (beneficiary_id);
create trigger append_only before update or delete or truncate on instalments execute function refuse_change();

create table payment_lists (
  id uuid primary key,
  programme_id uuid not null references programmes,
  fund_id uuid not null references funds,
  plan_id uuid not null references plans,
  name text not null,
  currency text not null,
  state text not null default 'draft' check (state in
    ('draft', 'submitted', 'approved', 'released', 'closed', 'rejected', 'cancelled')),
  line_count int not null default 0 check (line_count >= 0),
  total numeric not null default 0 check (total >= 0),
  -- SHA-256 over the frozen lines: what is submitted is what is signed is what is released.
  digest text check (digest ~ '^[0-9a-f]{64}$'),
  built_by uuid not null,
  version int not null default 1,
  created_at timestamptz not null,
  submitted_at timestamptz,
  released_at timestamptz,
  check (fits_currency(total, currency)),
  constraint payment_lists_digest_when_submitted check (state in ('draft', 'cancelled') or digest is not null),
  unique (programme_id, name)
);
create trigger transition before update of state on payment_lists for each row execute function refuse_forbidden_transition
  ('draft>submitted', 'submitted>approved', 'submitted>rejected', 'approved>released', 'released>closed',
   'draft>cancelled', 'submitted>cancelled', 'approved>cancelled', 'rejected>cancelled');
create trigger first_state before insert on payment_lists for each row execute function refuse_other_first_state('draft');
grant update (state, line_count, total, digest, version, submitted_at, released_at) on payment_lists to sanad_app;

create function refuse_frozen_list() returns trigger language plpgsql as $$
begin
  if old.state <> 'draft' and row (new.total, new.line_count) is distinct from row (old.total, old.line_count)
    or old.state in ('submitted', 'approved', 'released', 'closed') and new.digest is distinct from old.digest then
    raise exception 'a submitted list is frozen'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_frozen', table = 'payment_lists';
  end if;
  if old.state = 'draft' and new.state = 'submitted' and not exists (select from payment_list_lines l where l.list_id = new.id
      having count(*) > 0 and count(*) = new.line_count and sum(l.amount) = new.total) then
    raise exception 'a list is submitted with lines, and their count and sum'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_totals', table = 'payment_lists';
  end if;
  return new;
end $$;
create trigger frozen before update on payment_lists for each row execute function refuse_frozen_list();

-- Who laid hands on a list. The key says it all: one person, one hand. A maker cannot approve, an approver cannot release.
create table payment_list_hands (
  list_id uuid not null references payment_lists,
  user_id uuid not null,
  hand text not null check (hand in ('maker', 'approver', 'releaser')),
  -- Which approval step the signature fills, and under which role.
  step int check ((step is not null) = (hand = 'approver')),
  role text,
  digest text check (digest ~ '^[0-9a-f]{64}$'),
  at timestamptz not null,
  constraint payment_list_hands_signed check (hand = 'maker' or digest is not null),
  constraint payment_list_hands_one_each primary key (list_id, user_id)
);
create trigger append_only before update or delete or truncate on payment_list_hands execute function refuse_change();

-- No list is submitted unless who built it is known as a maker, approved without every signature that its total asks for, or
-- released without a releaser, whoever writes the state.
create function refuse_unsigned_list() returns trigger language plpgsql as $$
begin
  if new.state = 'submitted' and not exists (
      select from payment_list_hands h where h.list_id = new.id and h.hand = 'maker' and h.user_id = new.built_by)
    or new.state = 'approved' and (
      not exists (select from payment_list_hands h where h.list_id = new.id and h.hand = 'approver' and h.digest = new.digest)
      or exists (select from approval_rules r where r.programme_id = new.programme_id
        and r.from_amount = (select max(from_amount) from approval_rules where programme_id = new.programme_id and from_amount <= new.total)
        and r.signatures > (select count(*) from payment_list_hands h
          where h.list_id = new.id and h.hand = 'approver' and h.step = r.step and h.digest = new.digest)))
    or new.state = 'released' and not exists (
      select from payment_list_hands h where h.list_id = new.id and h.hand = 'releaser' and h.digest = new.digest) then
    raise exception 'a list is not % without its signatures', new.state
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_signed', table = 'payment_lists';
  end if;
  return new;
end $$;
create trigger signed before update of state on payment_lists for each row execute function refuse_unsigned_list();

create table payment_list_lines (
  id uuid primary key,
  list_id uuid not null references payment_lists,
  position int not null check (position > 0),
  instalment_id uuid not null references instalments,
  beneficiary_id uuid not null references beneficiaries,
  -- Who may collect: the person, or the head of the household for a child.
  collector_id uuid not null references beneficiaries,
  household_id uuid not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  wilaya_number text not null,
  -- Taken when the list is built, so that reports need no personal record and outlive it.
  sex text not null,
  age_band text not null check (age_band in ('0-5', '6-11', '12-17', '18-59', '60+')),
  has_disability boolean not null,
  state text not null default 'included' check (state in ('included', 'released', 'returned')),
  return_reason text,
  unique (list_id, position),
  check (fits_currency(amount, currency)),
  check ((state = 'returned') = (return_reason is not null))
);
-- An instalment is on one list that counts, no more.
create unique index payment_list_lines_instalment_once on payment_list_lines (instalment_id) where state <> 'returned';
create index on payment_list_lines (beneficiary_id);
create trigger transition before update of state on payment_list_lines for each row execute function refuse_forbidden_transition
  ('included>released', 'included>returned');
create trigger first_state before insert on payment_list_lines for each row execute function refuse_other_first_state('included');
grant update (state, return_reason) on payment_list_lines to sanad_app;

create function refuse_line_outside_draft() returns trigger language plpgsql as $$
begin
  if exists (select from new_lines n join payment_lists l on l.id = n.list_id where l.state <> 'draft') then
    raise exception 'lines are added to a draft only'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_draft_only', table = 'payment_list_lines';
  end if;
  return null;
end $$;
create trigger draft_only after insert on payment_list_lines referencing new table as new_lines
  for each statement execute function refuse_line_outside_draft();

-- A line is released with its approved list, and a list only when every line has been decided.
create function refuse_line_of_unapproved_list() returns trigger language plpgsql as $$
begin
  if exists (select from new_lines n join old_lines o on o.id = n.id join payment_lists l on l.id = n.list_id
      where n.state = 'released' and o.state <> 'released' and l.state <> 'approved') then
    raise exception 'a line is released with its approved list'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_approved_list', table = 'payment_list_lines';
  end if;
  return null;
end $$;
create trigger approved_list after update on payment_list_lines referencing old table as old_lines new table as new_lines
  for each statement execute function refuse_line_of_unapproved_list();

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
