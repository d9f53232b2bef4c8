-- Lines of statements matched with our records, by passes that are rows, and by people.
-- What a line may be of ours: money that left is never money that came in, and what moved at the bank only the bank's paper says.
create function line_may_be(side text, line_kind text, target text) returns boolean language sql immutable parallel safe as $$
  select case target
    when 'payout' then line_kind = 'payment' or side = 'post' and line_kind = 'deposit'
    when 'line' then line_kind in ('reversal', 'deposit_reversal')
    when 'fee' then line_kind = 'fee'
    when 'contribution' then side = 'bank' and line_kind = 'deposit'
    when 'advance_return' then side = 'bank' and line_kind = 'deposit'
    when 'cash_recovery' then side = 'bank' and line_kind = 'deposit'
    else side = 'bank' and line_kind = 'payment' end
$$;

-- How lines find what they are of ours, in order. Without a programme: what a programme goes by that has set none of its own.
create table matching_pass_sets (
  programme_id uuid references programmes,
  version int not null check (version >= 0),
  reason text not null check (length(reason) between 3 and 500),
  set_by uuid not null,
  set_at timestamptz not null,
  constraint matching_pass_sets_version_once unique nulls not distinct (programme_id, version),
  check ((programme_id is null) = (version = 0))
);
create trigger append_only before update or delete or truncate on matching_pass_sets execute function refuse_change();

create table matching_passes (
  programme_id uuid references programmes,
  version int not null,
  -- Whose paper: each has passes of its own, counted from 1.
  side text not null check (side in ('post', 'bank')),
  position smallint not null check (position between 1 and 50),
  name text not null check (name ~ '^[a-z][a-z0-9_]{1,39}$' and name <> 'manual'),
  -- Which lines it looks at, and what they may be.
  line_kind text not null check (line_kind in ('payment', 'reversal', 'fee', 'deposit', 'deposit_reversal')),
  target text not null check (target in ('payout', 'settlement', 'contribution', 'advance', 'advance_return', 'cash_recovery', 'fee', 'line')),
  -- What must agree. Currency always does, and so do the amounts, within the tolerance.
  quotes boolean not null default false,
  serial boolean not null default false,
  tolerance numeric not null default 0 check (tolerance between 0 and 1000000),
  -- How many days the two may stand apart; any number without it.
  days smallint check (days between 0 and 60),
  office boolean not null default false,
  document boolean not null default false,
  -- Several records that come to the amount of the line: all that one office paid on a day, or all of one reference.
  sums text check (sums in ('office_day', 'reference')),
  -- In words; {days}, {difference} and {count} stand for the figures.
  reason text not null check (length(reason) between 3 and 300),
  constraint matching_passes_position_once unique nulls not distinct (programme_id, version, side, position),
  constraint matching_passes_name_once unique nulls not distinct (programme_id, version, side, name),
  constraint matching_passes_find_something check (case
    when sums = 'office_day' then target = 'payout' and office and days is not null and tolerance = 0 and not (quotes or serial or document)
    when sums = 'reference' then target = 'settlement' and quotes and tolerance = 0 and not (serial or office or document)
    when target = 'payout' then quotes or serial or (office and document and days is not null)
    when target = 'line' then (quotes or serial) and not (office or document)
    else (quotes or days is not null) and not (serial or office or document) end),
  -- Only a pay-out may be of another amount than its line: then the difference is named.
  constraint matching_passes_exact check (target = 'payout' or tolerance = 0),
  constraint matching_passes_kind_of_line check (line_may_be(side, line_kind, target))
);
create trigger append_only before update or delete or truncate on matching_passes execute function refuse_change();

insert into matching_pass_sets values (null, 0, 'As shipped', '00000000-0000-0000-0000-000000000001', '2026-01-01T00:00:00Z');
insert into matching_passes (version, side, position, name, line_kind, target, quotes, serial, days, office, document, sums, reason) values
  (0, 'post', 1, 'exact', 'payment', 'payout', true, false, 3, false, false, null,
    'The post quotes our pay-out, and the amount agrees; the dates are {days} days apart.'),
  (0, 'post', 2, 'serial_amount_date', 'payment', 'payout', false, true, 0, false, false, null, 'Serial, amount and date agree.'),
  (0, 'post', 3, 'tolerance', 'payment', 'payout', false, true, 3, false, false, null,
    'Serial and amount agree; the dates are {days} days apart.'),
  (0, 'post', 4, 'document', 'payment', 'payout', false, false, 3, true, true, null,
    'End of the document, amount and office agree, and no other line or pay-out does; the dates are {days} days apart.'),
  (0, 'post', 5, 'office_day', 'payment', 'payout', false, false, 3, true, false, 'office_day',
    'The amount is what {count} pay-outs of the office come to; the dates are {days} days apart.'),
  (0, 'post', 6, 'office_day_deposit', 'deposit', 'payout', false, false, 3, true, false, 'office_day',
    'The deposit is what {count} pay-outs of the office come to; the dates are {days} days apart.'),
  (0, 'post', 7, 'reversal_of_serial', 'reversal', 'line', false, true, null, false, false, null,
    'It takes back the payment of this serial and amount, {days} days before.'),
  (0, 'post', 8, 'reversal_of_reference', 'reversal', 'line', true, false, null, false, false, null,
    'It takes back the payment of this reference and amount, {days} days before.'),
  (0, 'post', 9, 'fee', 'fee', 'fee', true, false, null, false, false, null, 'The invoice of this reference and amount is recorded.'),
  (0, 'bank', 1, 'settlement_reference', 'payment', 'settlement', true, false, null, false, false, 'reference',
    'The bank quotes our reference, and the amount is what {count} settlements of it come to.'),
  (0, 'bank', 2, 'advance_reference', 'payment', 'advance', true, false, null, false, false, null,
    'The bank quotes the receipt of the advance, and the amount agrees.'),
  (0, 'bank', 3, 'contribution_reference', 'deposit', 'contribution', true, false, null, false, false, null,
    'The bank quotes the reference of the contribution, and the amount agrees.'),
  (0, 'bank', 4, 'return_reference', 'deposit', 'advance_return', true, false, null, false, false, null,
    'The bank quotes the receipt of what came back of an advance, and the amount agrees.'),
  (0, 'bank', 5, 'recovery_reference', 'deposit', 'cash_recovery', true, false, null, false, false, null,
    'The bank quotes the reference of cash that came back, and the amount agrees.'),
  (0, 'bank', 6, 'settlement', 'payment', 'settlement', false, false, 5, false, false, null,
    'No other settlement and no other line has this amount; the dates are {days} days apart.'),
  (0, 'bank', 7, 'contribution', 'deposit', 'contribution', false, false, 5, false, false, null,
    'No other contribution and no other line has this amount; the dates are {days} days apart.'),
  (0, 'bank', 8, 'advance', 'payment', 'advance', false, false, 5, false, false, null,
    'No other advance and no other line has this amount; the dates are {days} days apart.'),
  (0, 'bank', 9, 'advance_return', 'deposit', 'advance_return', false, false, 5, false, false, null,
    'No other return of an advance and no other line has this amount; the dates are {days} days apart.'),
  (0, 'bank', 10, 'office_day', 'payment', 'payout', false, false, 3, true, false, 'office_day',
    'The amount is what {count} pay-outs of the office come to; the dates are {days} days apart.'),
  (0, 'bank', 11, 'reversal_of_reference', 'reversal', 'line', true, false, null, false, false, null,
    'It takes back the payment of this reference and amount, {days} days before.'),
  (0, 'bank', 12, 'recovery', 'deposit', 'cash_recovery', false, false, 5, false, false, null,
    'No other cash that came back and no other line has this amount; the dates are {days} days apart.'),
  (0, 'bank', 13, 'deposit_reversal', 'deposit_reversal', 'line', true, false, null, false, false, null,
    'It takes back the deposit of this reference and amount, {days} days before.');

-- A set and its passes are written at once, and nothing is added to it later.
create function refuse_added_pass() returns trigger language plpgsql as $$
begin
  if exists (select from new_passes n where not exists (select from matching_pass_sets s
      where s.programme_id = n.programme_id and s.version = n.version and s.xmin = pg_current_xact_id()::xid)) then
    perform refuse('matching_passes_at_once', 'a set of passes is written with its passes, at once', 'matching_passes');
  end if;
  return null;
end $$;
create trigger at_once after insert on matching_passes referencing new table as new_passes for each statement execute function refuse_added_pass();

-- What a person decided about a line and a record: that they are one, or that they never are. Passes keep to it; the last word counts.
create table statement_decisions (
  id uuid primary key,
  statement_line_id uuid not null references statement_lines,
  target_type text not null,
  target_id uuid not null,
  verdict text not null check (verdict in ('same', 'apart')),
  reason text not null check (length(reason) between 3 and 500),
  decided_by uuid not null,
  decided_at timestamptz not null
);
create index on statement_decisions (statement_line_id, target_type, target_id);
create index on statement_decisions (target_id);
create trigger append_only before update or delete or truncate on statement_decisions execute function refuse_change();

-- Whether somebody paid this cash out, took it back, or had a hand in its list.
create function had_hand_in_payout(who uuid, payout uuid) returns boolean language sql stable as $$
  select exists (select from payouts p join vouchers v on v.id = p.voucher_id where p.id = payout and (who in (p.agent_id, p.voided_by)
    or exists (select from payment_list_hands h where h.list_id = v.list_id and who in (h.user_id, h.for_user_id))))
$$;
-- Whether somebody made a record of ours or moved its money: took a step of a settlement; recorded a contribution or a fee; drew an advance, handed
-- it over, or took back what was left of it; decided that cash came back. Of a line, any of what it is matched with. Some of these tables are made
-- later, and looked up when it is called.
create function had_hand_in_record(who uuid, type text, record uuid) returns boolean language plpgsql stable as $$
begin
  return who is not null and record is not null and case type
    when 'payout' then had_hand_in_payout(who, record)
    -- Not who said that the bank paid: that may have been this very match.
    when 'settlement' then exists (select from settlement_steps t where t.settlement_id = record and t.taken_by = who and t.step <> 'paid')
    when 'contribution' then exists (select from contributions c where c.id = record and c.recorded_by = who)
    when 'fee' then exists (select from post_fees f where f.id = record and f.recorded_by = who)
    when 'advance' then exists (select from advances a where a.id = record and who in (a.officer_id, a.handed_by))
    when 'advance_return' then exists (select from advance_returns r join advances a on a.id = r.advance_id
      where r.id = record and who in (r.taken_by, a.officer_id))
    when 'cash_recovery' then exists (select from exception_decisions d where d.id = record and who in (d.proposed_by, d.decided_by))
    when 'line' then exists (select from statement_match_targets t where t.statement_line_id = record and t.target_type <> 'line'
      and had_hand_in_record(who, t.target_type, t.target_id))
    else false end;
end $$;

create function refuse_own_decision_on_match() returns trigger language plpgsql as $$
begin
  if had_hand_in_record(new.decided_by, new.target_type, new.target_id) then
    perform refuse('statement_decisions_by_another', 'who had a hand in the list or paid the cash does not reconcile it', 'statement_decisions');
  end if;
  return new;
end $$;
create trigger decided_by_another before insert on statement_decisions for each row execute function refuse_own_decision_on_match();

-- A match is written with its targets, and a person's is what the person decided. All of a batch are looked at together: a foreign key for each
-- line would cost more than the row.
create function refuse_stray_match() returns trigger language plpgsql as $$
begin
  if exists (select from new_matches m
      where (select true from statement_match_targets t where t.statement_line_id = m.statement_line_id limit 1) is null) then
    perform refuse('statement_matches_of_something', 'a match is with something of ours', 'statement_matches');
  end if;
  if exists (select from new_matches m join statement_match_targets t on t.statement_line_id = m.statement_line_id
      where m.pass = 'manual' and 'same' is distinct from (select d.verdict from statement_decisions d where d.statement_line_id = t.statement_line_id
        and d.target_type = t.target_type and d.target_id = t.target_id and d.decided_by = m.matched_by order by d.id desc limit 1)) then
    perform refuse('statement_matches_decided', 'a match by hand is a decision of whoever made it', 'statement_matches');
  end if;
  return null;
end $$;
create trigger stray after insert on statement_matches referencing new table as new_matches
  for each statement execute function refuse_stray_match();

-- All of a batch are looked at together, each by an index (offset 0, limit 1): the planner would go through all lines and matches there are for them.
-- What is claimed stands, belongs to the statement's programme, was not told apart from the line, and is not reconciled by who paid it.
-- Whoever voids a pay-out meanwhile waits, or is waited for, and then it begins again with what is so. Parts come to the line's amount, and so
-- does every record that is no pay-out.
create function refuse_stray_target() returns trigger language plpgsql as $$
declare
  broken record;
begin
  -- Whoever moves a settlement meanwhile waits, or is waited for.
  perform 1 from settlements s where s.id in (select t.target_id from new_targets t where t.target_type = 'settlement') order by s.id for no key update;
  select bool_or(m.statement_line_id is null or s.programme_id is distinct from v.programme_id or p.currency <> l.currency) as stray,
      bool_or(not line_may_be(s.source, l.kind, 'payout')) as unfit, bool_or(p.voided_at is not null) as voided,
      bool_or(m.matched_by in (p.agent_id, p.voided_by)) as own, array_agg(distinct m.matched_by) as makers, array_agg(distinct v.list_id) as lists
    into broken
    from new_targets t
      left join lateral (select m.statement_line_id, m.matched_by from statement_matches m where m.statement_line_id = t.statement_line_id offset 0) m on true
      left join lateral (select l.statement_id, l.kind, l.currency from statement_lines l where l.id = t.statement_line_id offset 0) l on true
      left join statements s on s.id = l.statement_id
      left join lateral (select * from payouts where id = t.target_id for key share) p on true
      left join lateral (select v.programme_id, v.list_id from vouchers v where v.id = p.voucher_id offset 0) v on true
    where t.target_type = 'payout';
  if exists (select from new_targets t where t.target_type <> 'payout') then
    select coalesce(broken.stray, false) or bool_or(m.statement_line_id is null or case when t.target_type = 'line'
          then not exists (select from statement_lines x join statements xs on xs.id = x.statement_id
            where x.id = t.target_id and xs.programme_id = s.programme_id and xs.source = s.source and x.currency = l.currency and x.id <> l.id
              and x.kind = case l.kind when 'reversal' then 'payment' else 'deposit' end)
          else not exists (select from statement_targets r where r.target_type = t.target_type and r.target_id = t.target_id
            and r.programme_id = s.programme_id and r.currency = l.currency) end),
        coalesce(broken.unfit, false) or bool_or(not line_may_be(s.source, l.kind, t.target_type)),
        coalesce(broken.own, false) or bool_or(had_hand_in_record(m.matched_by, t.target_type, t.target_id))
      into broken.stray, broken.unfit, broken.own
      from new_targets t
        left join lateral (select m.statement_line_id, m.matched_by from statement_matches m where m.statement_line_id = t.statement_line_id offset 0) m on true
        left join lateral (select * from statement_lines l where l.id = t.statement_line_id offset 0) l on true
        left join statements s on s.id = l.statement_id
      where t.target_type <> 'payout';
  end if;
  if broken.stray then
    perform refuse('statement_match_targets_own', 'a line is matched with what its programme has, in its currency', 'statement_match_targets');
  end if;
  if broken.unfit then
    perform refuse('statement_match_targets_fit', 'a line of this kind is never such a record', 'statement_match_targets');
  end if;
  if broken.voided then
    raise exception 'a pay-out was voided meanwhile'
      using errcode = 'serialization_failure', constraint = 'statement_matches_standing', table = 'statement_matches';
  end if;
  if broken.own or exists (select from payment_list_hands h
      where h.list_id = any(broken.lists) and (h.user_id = any(broken.makers) or h.for_user_id = any(broken.makers))) then
    perform refuse('statement_matches_by_another', 'who had a hand in the list or paid the cash does not reconcile it', 'statement_matches');
  end if;
  if exists (select from statement_decisions) and exists (select from new_targets t where 'apart' = (select d.verdict from statement_decisions d
      where d.statement_line_id = t.statement_line_id and d.target_type = t.target_type and d.target_id = t.target_id order by d.id desc limit 1)) then
    perform refuse('statement_match_targets_apart', 'somebody decided that these two are not one', 'statement_match_targets');
  end if;
  perform refuse_uneven_matches(array(select distinct t.statement_line_id from new_targets t
    where (select true from statement_match_targets o where o.statement_line_id = t.statement_line_id and (o.part > 0 or o.target_type <> 'payout') limit 1)));
  return null;
end $$;

-- The parts of a match are all there, and come to what the line says.
create function refuse_uneven_matches(lines uuid[]) returns void language plpgsql as $$
begin
  if exists (
    select from unnest(lines) as n (id) join statement_lines l on l.id = n.id
      join lateral (select count(*) as count, min(t.part) as first, max(t.part) as last,
          sum(coalesce(p.amount, r.amount, x.amount)) as amount
        from statement_match_targets t left join payouts p on t.target_type = 'payout' and p.id = t.target_id
          left join statement_targets r on t.target_type not in ('payout', 'line') and r.target_type = t.target_type and r.target_id = t.target_id
          left join statement_lines x on t.target_type = 'line' and x.id = t.target_id
        where t.statement_line_id = n.id) parts on true
    where parts.amount is distinct from l.amount
      or case when parts.first = 0 then parts.count > 1 else parts.first <> 1 or parts.last <> parts.count end) then
    perform refuse('statement_match_targets_sum', 'the records of a match come to the amount of its line', 'statement_match_targets');
  end if;
end $$;
create trigger stray after insert on statement_match_targets referencing new table as new_targets
  for each statement execute function refuse_stray_target();

-- A match is never changed. A pass's match goes when the pass no longer holds; a person's only by a person's later decision.
create function refuse_undecided_removal() returns trigger language plpgsql as $$
begin
  if old.pass = 'manual' and exists (select from statement_match_targets t where t.statement_line_id = old.statement_line_id
      and 'apart' is distinct from (select d.verdict from statement_decisions d where d.statement_line_id = t.statement_line_id
        and d.target_type = t.target_type and d.target_id = t.target_id order by d.id desc limit 1)) then
    perform refuse('statement_matches_kept', 'what a person matched stands until a person decides otherwise', 'statement_matches');
  end if;
  return old;
end $$;
create trigger decided before delete on statement_matches for each row execute function refuse_undecided_removal();
create function remove_targets() returns trigger language plpgsql security definer set search_path = public as $$
begin
  delete from statement_match_targets t using old_matches m where t.statement_line_id = m.statement_line_id;
  return null;
end $$;
create trigger with_targets after delete on statement_matches referencing old table as old_matches for each statement execute function remove_targets();
create function refuse_lost_target() returns trigger language plpgsql as $$
begin
  if exists (select from old_targets t join statement_matches m on m.statement_line_id = t.statement_line_id) then
    perform refuse('statement_match_targets_stand', 'a match goes with all its targets', 'statement_match_targets');
  end if;
  return null;
end $$;
create trigger stands after delete on statement_match_targets referencing old table as old_targets for each statement execute function refuse_lost_target();
create trigger append_only before update or truncate on statement_matches execute function refuse_change();
create trigger append_only before update or truncate on statement_match_targets execute function refuse_change();
grant delete on statement_matches to sanad_app;

-- One going through of a statement: how far it has come, and in whose name its matches are.
create table matching_runs (
  id uuid primary key,
  statement_id uuid not null references statements,
  number int not null check (number > 0),
  passes_version int not null,
  state text not null default 'running' check (state in ('running', 'done', 'stopped')),
  -- Taking away what no pass supports any more; matching; naming what does not agree; looking for what they do not list.
  stage text not null default 'clearing' check (stage in ('clearing', 'matching', 'naming', 'missing')),
  -- How many batches of the stage are done, or up to which row.
  place int not null default 0 check (place >= 0),
  reason text check (length(reason) between 3 and 500),
  asked_by uuid not null,
  asked_at timestamptz not null,
  ended_at timestamptz,
  -- Why it went no further, as the code of a problem.
  stopped_by text,
  constraint matching_runs_number_once unique (statement_id, number),
  check ((state = 'running') = (ended_at is null)),
  check ((state = 'stopped') = (stopped_by is not null))
);
create unique index matching_runs_one_at_a_time on matching_runs (statement_id) where state = 'running';
create trigger first_state before insert on matching_runs for each row execute function refuse_other_first_state('running');
create trigger transition before update of state on matching_runs for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('running>done', 'running>stopped');
create trigger kept before delete or truncate on matching_runs execute function refuse_change();
grant update (state, stage, place, ended_at, stopped_by) on matching_runs to sanad_app;

-- What a pass found and a run did not match, because whoever it is in the name of had a hand in it: a colleague does.
create table matching_withheld (
  statement_line_id uuid not null references statement_lines,
  run_id uuid not null references matching_runs,
  pass text not null,
  target_type text not null,
  target_id uuid not null,
  primary key (statement_line_id, run_id)
);
create index on matching_withheld (run_id);
create trigger append_only before update or delete or truncate on matching_withheld execute function refuse_change();
create function refuse_idle_withholding() returns trigger language plpgsql as $$
begin
  if not exists (select from matching_runs r join statement_lines l on l.id = new.statement_line_id and l.statement_id = r.statement_id
      where r.id = new.run_id and r.state = 'running' and (had_hand_in_record(r.asked_by, new.target_type, new.target_id)
        or new.target_type = 'line' and exists (select from matching_withheld w where w.run_id = r.id and w.statement_line_id = new.target_id))) then
    perform refuse('matching_withheld_own', 'a run leaves to another what it is in the way of, and nothing else', 'matching_withheld');
  end if;
  return new;
end $$;
create trigger own before insert on matching_withheld for each row execute function refuse_idle_withholding();
grant update (state) on statements to sanad_app;
