-- What was submitted: what every signature of the round is of.
create table payment_list_rounds (
  list_id uuid not null references payment_lists,
  round int not null check (round between 1 and 100),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  programme_id uuid not null,
  -- The version of the programme whose rules say who signs.
  programme_version int not null,
  kinds text[] not null check (cardinality(kinds) > 0),
  line_count int not null check (line_count > 0),
  total numeric not null,
  currency text not null,
  -- What the lines added up to, every which way, as everybody who signs is shown it. See src/payments/types.ts.
  control_totals jsonb not null check (jsonb_typeof(control_totals) = 'object'),
  submitted_by uuid not null,
  submitted_at timestamptz not null,
  primary key (list_id, round),
  foreign key (programme_id, programme_version) references programme_versions,
  check (fits_currency(total, currency))
);
create trigger append_only before update or delete or truncate on payment_list_rounds execute function refuse_change();

-- Who is away names a deputy, who signs for them, in their place and up to their limit, as long as both hold the role.
create table approval_delegations (
  id uuid primary key,
  grant_id uuid not null references role_grants,
  user_id uuid not null references users,
  deputy_id uuid not null references users,
  role text not null check (role in ('approver', 'programme_officer', 'finance_officer')),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  ended_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null,
  constraint approval_delegations_to_another check (deputy_id <> user_id),
  constraint approval_delegations_by_oneself check (created_by = user_id),
  constraint approval_delegations_period check (starts_at >= created_at and ends_at > starts_at and ends_at <= starts_at + interval '92 days'),
  check (ended_at >= created_at)
);
create index on approval_delegations (grant_id);
create index on approval_delegations (user_id);
create index on approval_delegations (deputy_id);
grant update (ended_at) on approval_delegations to sanad_app;
create trigger ended_stays before update on approval_delegations for each row
  when (old.ended_at is not null and new.ended_at is distinct from old.ended_at) execute function refuse_going_back();
create trigger kept before delete or truncate on approval_delegations execute function refuse_change();

-- Whether a role is granted for where a list lies.
create function reaches_list(held role_grants, list payment_lists) returns boolean language sql stable as $$
  select held.office_id is null and (held.programme_id is null or held.programme_id = list.programme_id)
    and (held.fund_id is null or held.fund_id = only_fund_of(list.id))
$$;
create function within_limit(held role_grants, list payment_lists) returns boolean language sql immutable as $$
  select held.limit_amount is null or held.limit_currency = list.currency and held.limit_amount >= list.total
$$;
-- Whether a role that is granted for one place is good wherever another is.
create function covers(wide role_grants, narrow role_grants) returns boolean language sql stable as $$
  select wide.role = narrow.role and wide.office_id is null
    and (wide.fund_id is null or wide.fund_id = narrow.fund_id)
    and (wide.programme_id is null or wide.programme_id = coalesce(narrow.programme_id, (select f.programme_id from funds f where f.id = narrow.fund_id)))
$$;

create function refuse_wrong_delegation() returns trigger language plpgsql as $$
declare given role_grants;
begin
  select * into given from role_grants g where g.id = new.grant_id;
  if row (given.user_id, given.role) is distinct from row (new.user_id, new.role) or given.ends_at <= new.starts_at then
    perform refuse('approval_delegations_of_holder', 'only a role that one holds is delegated', 'approval_delegations');
  end if;
  if not exists (select from role_grants g where g.user_id = new.deputy_id and (g.ends_at is null or g.ends_at > new.starts_at) and covers(g, given)) then
    perform refuse('approval_delegations_to_holder', 'a deputy holds the role where it is delegated', 'approval_delegations');
  end if;
  return new;
end $$;
create trigger of_holder before insert on approval_delegations for each row execute function refuse_wrong_delegation();

-- Who laid hands on a list. The key says most of it: in a round, one person, one hand.
create table payment_list_hands (
  list_id uuid not null references payment_lists,
  round int not null default 1,
  user_id uuid not null,
  hand text not null check (hand in ('maker', 'approver', 'rejecter', 'releaser')),
  -- Which approval step the signature fills, and under which role.
  step int check ((step is not null) = (hand = 'approver')),
  role text,
  digest text check (digest ~ '^[0-9a-f]{64}$'),
  -- In whose place a deputy signs.
  for_user_id uuid check (for_user_id <> user_id),
  delegation_id uuid references approval_delegations,
  reason text check ((reason is not null) = (hand = 'rejecter')),
  at timestamptz not null,
  check ((role is not null) = (hand in ('approver', 'rejecter'))),
  check (num_nonnulls(for_user_id, delegation_id) = 0 or num_nonnulls(for_user_id, delegation_id) = 2 and hand in ('approver', 'rejecter')),
  constraint payment_list_hands_signed check (hand = 'maker' or digest is not null),
  constraint payment_list_hands_one_each primary key (list_id, round, user_id)
);
-- Whoever is signed for has signed.
create unique index payment_list_hands_one_authority on payment_list_hands (list_id, round, coalesce(for_user_id, user_id));
create trigger append_only before update or delete or truncate on payment_list_hands execute function refuse_change();

-- The signatures that a submitted list needs: of each step and role as many as that one of its kinds asks for which asks for most, in the
-- band that the whole total reaches. A kind has its own rules or those for every kind. src/payments/approvals/rules.ts says the same.
create function signatures_needed(list payment_lists) returns table (step int, role text, signatures int) language sql stable as $$
  select r.step, r.role, max(r.signatures)
  from payment_list_rounds o
  cross join unnest(o.kinds) as k (kind)
  cross join lateral (select r.kind, max(r.from_amount) as from_amount from approval_rules r
    where r.programme_id = o.programme_id and r.version = o.programme_version and r.from_amount <= o.total
      and (r.kind = k.kind or r.kind is null and not exists (select from approval_rules own
        where own.programme_id = o.programme_id and own.version = o.programme_version and own.kind = k.kind))
    group by r.kind) band
  join approval_rules r on r.programme_id = o.programme_id and r.version = o.programme_version
    and r.kind is not distinct from band.kind and r.from_amount = band.from_amount
  where o.list_id = list.id and o.round = list.round
  group by r.step, r.role
$$;

-- Those of them that are not given yet.
create function signatures_wanted(list payment_lists) returns table (step int, role text, wanted int) language sql stable as $$
  select n.step, n.role, n.signatures - count(h.user_id)::int
  from signatures_needed(list) n
  left join payment_list_hands h on h.list_id = list.id and h.round = list.round and h.hand = 'approver' and h.step = n.step and h.role = n.role
    and h.digest = list.digest
  group by n.step, n.role, n.signatures having n.signatures > count(h.user_id)
$$;

create function part_of(hand text) returns text language sql immutable parallel safe as $$
  select case when hand in ('approver', 'rejecter') then 'signer' else hand end
$$;

-- A hand is laid on what the list is now, in its turn, by who may. Who made a list signs no round of it, who signed one releases none: what
-- somebody did in an earlier round counts, and so does what a deputy did in their place.
create function refuse_wrong_hand() returns trigger language plpgsql as $$
declare list payment_lists;
begin
  select * into list from payment_lists l where l.id = new.list_id for no key update;
  if exists (select from payment_list_hands h where h.list_id = new.list_id
      and (part_of(h.hand) <> part_of(new.hand) or h.round = new.round and h.user_id = new.user_id and new.hand <> 'maker')
      and (new.user_id in (h.user_id, h.for_user_id) or new.for_user_id in (h.user_id, h.for_user_id))) then
    perform refuse('payment_list_hands_one_each', 'who had a hand in the list has no further one', 'payment_list_hands');
  end if;
  if exists (select from payment_list_hands h where h.list_id = new.list_id and h.round = new.round
      and (new.user_id = h.for_user_id or new.for_user_id in (h.user_id, h.for_user_id))) then
    perform refuse('payment_list_hands_one_authority', 'who was signed for has signed', 'payment_list_hands');
  end if;
  if new.round <> list.round or (new.hand = 'maker') <> (list.state in ('building', 'draft'))
    or new.hand in ('approver', 'rejecter') and list.state <> 'submitted'
    or new.hand = 'releaser' and list.state <> 'approved'
    or new.hand <> 'maker' and new.digest is distinct from list.digest then
    perform refuse('payment_list_hands_in_turn', 'a hand is laid on the list as it is', 'payment_list_hands');
  end if;
  if new.hand = 'approver' and not exists (select from signatures_wanted(list) w
      where w.step = new.step and w.role = new.role and w.step = (select min(step) from signatures_wanted(list))) then
    perform refuse('payment_list_hands_in_turn', 'a signature is given at its step', 'payment_list_hands');
  end if;
  if new.delegation_id is not null and not exists (select from approval_delegations d join role_grants g on g.id = d.grant_id
      where d.id = new.delegation_id and d.user_id = new.for_user_id and d.deputy_id = new.user_id and d.role = new.role
        and d.starts_at <= new.at and least(d.ends_at, d.ended_at) > new.at
        and (g.ends_at is null or g.ends_at > new.at) and reaches_list(g, list) and (within_limit(g, list) or new.hand = 'rejecter')
        and exists (select from role_grants o where o.user_id = new.user_id and o.role = new.role and (o.ends_at is null or o.ends_at > new.at)
          and reaches_list(o, list))) then
    perform refuse('payment_list_hands_by_deputy', 'a deputy signs within the time, the place and the limit of who named them', 'payment_list_hands');
  end if;
  if new.hand = 'approver' and new.delegation_id is null and (select count(*) > 0 and not bool_or(within_limit(g, list)) from role_grants g
      where g.user_id = new.user_id and g.role = new.role and (g.ends_at is null or g.ends_at > new.at) and reaches_list(g, list)) then
    perform refuse('payment_list_hands_within_limit', 'nobody signs beyond their limit', 'payment_list_hands');
  end if;
  return new;
end $$;
create trigger in_turn before insert on payment_list_hands for each row execute function refuse_wrong_hand();

-- No list is submitted unless who built it is known as a maker and what is signed is known, approved without every signature that it needs,
-- released without a releaser, or given back without who rejected it, whoever writes the state.
create function refuse_unsigned_list() returns trigger language plpgsql as $$
begin
  if new.state = 'submitted' and (not exists (select from payment_list_hands h
        where h.list_id = new.id and h.round = new.round and h.hand = 'maker' and h.user_id = new.built_by)
      or not exists (select from payment_list_rounds o where o.list_id = new.id and o.round = new.round
        and row (o.digest, o.programme_id, o.programme_version, o.line_count, o.total, o.currency)
          = row (new.digest, new.programme_id, new.programme_version, new.line_count, new.total, new.currency)
        and o.kinds = (select array_agg(distinct l.kind order by l.kind) from payment_list_lines l where l.list_id = new.id and l.state = 'included')))
    or new.state = 'approved' and (exists (select from signatures_wanted(new)) or not exists (select from payment_list_hands h
      where h.list_id = new.id and h.round = new.round and h.hand = 'approver' and h.digest = new.digest))
    or new.state in ('releasing', 'released') and not exists (select from payment_list_hands h
      where h.list_id = new.id and h.round = new.round and h.hand = 'releaser' and h.digest = new.digest)
    or new.state = 'draft' and old.state = 'submitted' and not exists (select from payment_list_hands h
      where h.list_id = new.id and h.round = old.round and h.hand = 'rejecter' and h.digest = old.digest) then
    perform refuse('payment_lists_signed', 'a list is not ' || new.state || ' without its signatures', 'payment_lists');
  end if;
  return new;
end $$;
create trigger signed before update of state on payment_lists for each row when (old.state is distinct from new.state)
  execute function refuse_unsigned_list();

-- Given back, a list is a draft again, with nothing left of what was frozen, and in its next round.
create function refuse_wrong_round() returns trigger language plpgsql as $$
begin
  if old.state = 'submitted' and new.state = 'draft' then
    if new.round = old.round + 1 and num_nonnulls(new.digest, new.programme_version, new.submitted_at) = 0 then return new; end if;
  elsif new.round = old.round then
    return new;
  end if;
  perform refuse('payment_lists_round', 'a round ends when the list is given back', 'payment_lists');
  return new;
end $$;
create trigger round_by_round before update on payment_lists for each row
  when (new.round <> old.round or old.state = 'submitted' and new.state = 'draft') execute function refuse_wrong_round();

-- Who may sign what is waiting, at a moment: who holds the role of the open step where the list lies, up to a limit that it does not pass,
-- and whom they have named in their place; nobody who had another hand in it or was signed for.
create function awaited_signers(moment timestamptz, only_list uuid default null) returns table (list_id uuid, step int, role text, since timestamptz,
  user_id uuid, for_user_id uuid, delegation_id uuid) language sql stable as $$
  with waiting as materialized (
    select l as list, w.step, w.role, greatest(l.submitted_at, (select max(h.at) from payment_list_hands h
        where h.list_id = l.id and h.round = l.round and h.hand = 'approver')) as since
    from payment_lists l
    cross join lateral (select w.*, min(w.step) over () as first from signatures_wanted(l) w) w
    where l.state = 'submitted' and (only_list is null or l.id = only_list) and w.step = w.first
  ), holder as (
    select w.*, g.id as grant_id, g.user_id from waiting w
    join role_grants g on g.role = w.role and (g.ends_at is null or g.ends_at > moment) and reaches_list(g, w.list) and within_limit(g, w.list)
  ), signer as (
    select h.list, h.step, h.role, h.since, h.user_id, null::uuid as for_user_id, null::uuid as delegation_id from holder h
    union all
    select h.list, h.step, h.role, h.since, d.deputy_id, h.user_id, d.id from holder h
    join approval_delegations d on d.grant_id = h.grant_id and d.starts_at <= moment and least(d.ends_at, d.ended_at) > moment
    where exists (select from role_grants o where o.user_id = d.deputy_id and o.role = h.role and (o.ends_at is null or o.ends_at > moment)
      and reaches_list(o, h.list))
  )
  select distinct (s.list).id, s.step, s.role, s.since, s.user_id, s.for_user_id, s.delegation_id from signer s
  where not exists (select from users u where u.id in (s.user_id, s.for_user_id) and u.disabled_at is not null)
    and not exists (select from payment_list_hands h where h.list_id = (s.list).id
      and (h.round = (s.list).round or part_of(h.hand) <> 'signer')
      and (s.user_id in (h.user_id, h.for_user_id) or s.for_user_id in (h.user_id, h.for_user_id)))
$$;

-- Who was reminded of what waits for them in a programme, on which of its days.
create table approval_reminders (
  id uuid primary key,
  programme_id uuid not null references programmes,
  user_id uuid not null references users,
  day date not null,
  waiting int not null check (waiting > 0),
  since timestamptz not null,
  created_at timestamptz not null,
  constraint approval_reminders_once_a_day unique (programme_id, user_id, day)
);
create trigger append_only before update or delete or truncate on approval_reminders execute function refuse_change();

-- Lines of a released list that shall not be paid any more: one person says so, another confirms it.
create table payment_list_cancellations (
  id uuid primary key,
  list_id uuid not null references payment_lists,
  -- Whatever is unpaid when it is carried out, or the lines that are named below.
  whole boolean not null,
  -- What becomes of the instalments: another list can pay them, or none does.
  instalments text not null check (instalments in ('free', 'withdrawn')),
  reason text not null check (length(reason) between 1 and 500),
  state text not null default 'proposed' check (state in ('proposed', 'confirmed', 'done', 'withdrawn')),
  -- What was unpaid of them when it was proposed.
  line_count int not null check (line_count > 0),
  total numeric not null check (total > 0),
  currency text not null,
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz check (decided_at >= proposed_at),
  finished_at timestamptz check (finished_at >= decided_at),
  check (fits_currency(total, currency)),
  check (num_nonnulls(decided_by, decided_at) = case state when 'proposed' then 0 else 2 end),
  check ((state = 'done') = (finished_at is not null)),
  constraint payment_list_cancellations_two_people check (state not in ('confirmed', 'done') or decided_by <> proposed_by)
);
create index on payment_list_cancellations (list_id, id);
create trigger transition before update of state on payment_list_cancellations for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('proposed>confirmed', 'proposed>withdrawn', 'confirmed>done');
create trigger first_state before insert on payment_list_cancellations for each row execute function refuse_other_first_state('proposed');
create trigger decided_once before update on payment_list_cancellations for each row
  when (old.decided_by is not null and row (new.decided_by, new.decided_at) is distinct from row (old.decided_by, old.decided_at)) execute function refuse_change();
create trigger kept before delete or truncate on payment_list_cancellations execute function refuse_change();
grant update (state, decided_by, decided_at, finished_at) on payment_list_cancellations to sanad_app;

create table payment_list_cancellation_lines (
  cancellation_id uuid not null references payment_list_cancellations,
  line_id uuid not null references payment_list_lines,
  primary key (cancellation_id, line_id)
);
create trigger append_only before update or delete or truncate on payment_list_cancellation_lines execute function refuse_change();

-- Named while it is proposed, and of its list: what somebody confirms is what they read.
create function refuse_late_line() returns trigger language plpgsql as $$
begin
  if exists (select from new_lines n join payment_list_cancellations c on c.id = n.cancellation_id left join payment_list_lines l on l.id = n.line_id
      where c.state <> 'proposed' or c.whole or l.list_id is distinct from c.list_id) then
    perform refuse('payment_list_cancellation_lines_proposed', 'lines are named when a cancellation is proposed', 'payment_list_cancellation_lines');
  end if;
  return null;
end $$;
create trigger proposed after insert on payment_list_cancellation_lines referencing new table as new_lines
  for each statement execute function refuse_late_line();

alter table payment_list_lines add column cancellation_id uuid references payment_list_cancellations,
  add constraint payment_list_lines_cancelled check ((state = 'cancelled') = (cancellation_id is not null));
create index on payment_list_lines (cancellation_id) where cancellation_id is not null;
create index on payment_list_lines (instalment_id) where cancellation_id is not null;
create trigger cancelled_once before update of cancellation_id on payment_list_lines for each row
  when (old.state = new.state and old.cancellation_id is not null and new.cancellation_id is distinct from old.cancellation_id)
  execute function refuse_change();

-- Whether two people decided that nobody pays an instalment any more: what works out what is owed does not make it out again.
create function is_given_up(instalment uuid) returns boolean language sql stable as $$
  select exists (select from payment_list_lines l join payment_list_cancellations c on c.id = l.cancellation_id
    where l.instalment_id = instalment and l.cancellation_id is not null and c.instalments = 'withdrawn')
$$;
grant update (cancellation_id) on payment_list_lines to sanad_app;

-- A line is cancelled under what two people decided of it, and once its voucher is worth nothing any more.
create function refuse_lone_cancellation() returns trigger language plpgsql as $$
begin
  if not exists (select from payment_list_cancellations c where c.id = new.cancellation_id and c.list_id = new.list_id and c.state = 'confirmed'
      and (c.whole or exists (select from payment_list_cancellation_lines n where n.cancellation_id = c.id and n.line_id = new.id)))
    or not exists (select from vouchers v where v.line_id = new.id and v.state in ('cancelled', 'expired')) then
    perform refuse('payment_list_lines_cancelled_by_two', 'a line is cancelled by two people, and with its voucher', 'payment_list_lines');
  end if;
  return new;
end $$;
create trigger cancelled_by_two before update of state on payment_list_lines for each row when (new.state = 'cancelled' and old.state <> 'cancelled')
  execute function refuse_lone_cancellation();
