-- A statement that was read wrongly is taken back: asked for by one person, confirmed by another, and only while nothing rests on it.
alter table statements
  drop constraint statements_state_check,
  add constraint statements_state_check check (state in ('received', 'staged', 'reconciled', 'refused', 'withdrawn')),
  -- The period as whoever sent it said it, where they did; from_date and to_date are what came of that and of the file.
  add column said_from date,
  add column said_to date;
drop trigger transition on statements;
create trigger transition before update of state on statements for each row
  execute function refuse_forbidden_transition('received>staged', 'received>refused', 'staged>reconciled', 'staged>withdrawn', 'reconciled>withdrawn');

-- One that was withdrawn may be sent again, too, as it should have been.
drop index statements_content_once;
create unique index statements_content_once on statements (programme_id, content_digest) where state not in ('refused', 'withdrawn');

create table statement_withdrawals (
  id uuid primary key,
  statement_id uuid not null references statements,
  state text not null default 'asked' check (state in ('asked', 'confirmed', 'refused')),
  reason text not null check (length(reason) between 3 and 500),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  -- Why it was refused.
  note text check (length(note) between 3 and 500),
  constraint statement_withdrawals_two_people check (state <> 'confirmed' or decided_by <> asked_by),
  check (num_nonnulls(decided_by, decided_at) = case state when 'asked' then 0 else 2 end),
  check ((state = 'refused') = (note is not null))
);
create unique index statement_withdrawals_one_standing on statement_withdrawals (statement_id) where state <> 'refused';
create index on statement_withdrawals (statement_id);
create trigger first_state before insert on statement_withdrawals for each row execute function refuse_other_first_state('asked');
create trigger transition before update on statement_withdrawals for each row
  execute function refuse_forbidden_transition('asked>confirmed', 'asked>refused');
create trigger append_only before delete or truncate on statement_withdrawals execute function refuse_change();
grant update (state, decided_by, decided_at, note) on statement_withdrawals to sanad_app;

-- What people decided, or what was posted, because of a statement, and what other statements say by it. The one place where it is said, for the
-- command and for the trigger below.
create function withdrawal_obstacles(statement uuid) returns table (obstacle text, about uuid, name text) language sql stable as $$
  select 'exception', e.id, e.kind from exceptions e where e.statement_id = statement and (e.state = 'proposed' or e.resolution <> 'superseded')
  union all
  select 'match_by_hand', l.id, l.row_number::text from statement_lines l join statement_matches m on m.statement_line_id = l.id
    where l.statement_id = statement and m.pass = 'manual'
  union all
  -- Not one that was paid before: that rests on whoever confirmed it.
  select 'settlement', k.settlement_id, c.reference || ' (row ' || l.row_number || ')' from statement_lines l join statement_matches m on m.statement_line_id = l.id
      join statement_match_targets t on t.statement_line_id = l.id and t.target_type = 'settlement'
      join settlement_steps k on k.settlement_id = t.target_id and k.step = 'paid' and k.taken_at >= m.matched_at
      join settlements c on c.id = k.settlement_id
    where l.statement_id = statement
  union all
  -- Not one that was closed before the statement was there.
  select 'period', p.id, p.starts_on || ' to ' || p.ends_on from statements s join ledger_periods p on p.programme_id = s.programme_id and p.state = 'closed'
    where s.id = statement
      and (select max(c.closed_at) from ledger_closings c where c.period_id = p.id) >= coalesce(s.staged_at, s.uploaded_at)
      and (p.starts_on <= s.to_date and p.ends_on >= s.from_date
        or exists (select from exceptions e where e.statement_id = s.id and e.concerns_on between p.starts_on and p.ends_on)
        or exists (select from statement_lines l join statement_match_targets t on t.statement_line_id = l.id
            left join payouts o on t.target_type = 'payout' and o.id = t.target_id
            left join settlements c on t.target_type = 'settlement' and c.id = t.target_id
          where l.statement_id = s.id and (o.paid_on between p.starts_on and p.ends_on or c.paid_at >= p.from_at and c.paid_at < p.until_at)))
  union all
  select distinct 'repetition', s.id, s.name from statement_lines l join statement_lines r on r.repeats = l.id join statements s on s.id = r.statement_id
    where l.statement_id = statement and s.state <> 'withdrawn'
  union all
  select distinct 'taken_back_by_hand', s.id, s.name from statement_lines l join statement_match_targets t on t.target_type = 'line' and t.target_id = l.id
      join statement_matches m on m.statement_line_id = t.statement_line_id and m.pass = 'manual'
      join statement_lines r on r.id = t.statement_line_id join statements s on s.id = r.statement_id
    where l.statement_id = statement and s.id <> statement
  union all
  select 'matching', o.id, o.name from statements s join statements o on o.programme_id = s.programme_id and o.id <> s.id
      join matching_runs r on r.statement_id = o.id and r.state = 'running'
    where s.id = statement
$$;

-- Nobody takes back the paper that speaks of cash which they paid out or took back, or of a list that they had a hand in, nor the one that misses it.
create function has_hand_in_statement(who uuid, statement uuid) returns boolean language sql stable as $$
  select exists (select from statement_lines l join vouchers v on v.serial = l.serial left join payouts p on p.voucher_id = v.id
      where l.statement_id = statement and (who in (p.agent_id, p.voided_by)
        or exists (select from payment_list_hands h where h.list_id = v.list_id and who in (h.user_id, h.for_user_id))))
    or exists (select from statement_lines l join statement_match_targets t on t.statement_line_id = l.id and t.target_type = 'payout'
      where l.statement_id = statement and had_hand_in_payout(who, t.target_id))
    or exists (select from exceptions e join payouts p on p.id = e.payout_id join vouchers v on v.id = p.voucher_id
      where e.statement_id = statement and (who in (p.agent_id, p.voided_by)
        or exists (select from payment_list_hands h where h.list_id = v.list_id and who in (h.user_id, h.for_user_id))))
$$;
create function refuse_misfit_withdrawal() returns trigger language plpgsql as $$
declare
  one statements;
  who uuid := coalesce(new.decided_by, new.asked_by);
begin
  if new.state = 'refused' then return new; end if;
  select * into one from statements where id = new.statement_id;
  if one.state not in ('staged', 'reconciled') then
    perform refuse('statement_withdrawals_of_standing', 'a statement that was read is withdrawn, once', 'statement_withdrawals');
  end if;
  -- Hardly anybody ever had such a hand, and only then every line is looked up.
  if (exists (select from payment_list_hands h where who in (h.user_id, h.for_user_id))
      or exists (select from payouts p where who in (p.agent_id, p.voided_by)))
    and has_hand_in_statement(who, one.id) then
    perform refuse('statement_withdrawals_by_another', 'who had a hand in the list or paid the cash does not withdraw its statement', 'statement_withdrawals');
  end if;
  if new.state = 'asked' then return new; end if;
  -- Whoever closes a period wants all its days alone, and the first day of the next one to be closed is among them.
  perform pg_advisory_xact_lock_shared(uuid_hash(one.programme_id), ledger_day(coalesce(
    (select min(p.from_at) from ledger_periods p where p.programme_id = one.programme_id and p.state = 'open'),
    (select max(p.until_at) from ledger_periods p where p.programme_id = one.programme_id),
    (select min(j.at) from journal_entries j where j.programme_id = one.programme_id), new.decided_at)));
  if exists (select from withdrawal_obstacles(one.id)) then
    perform refuse('statement_withdrawals_of_nothing_used', 'a statement is withdrawn while nothing rests on it', 'statement_withdrawals');
  end if;
  return new;
end $$;
create trigger fits before insert or update of state on statement_withdrawals for each row execute function refuse_misfit_withdrawal();

-- A statement is withdrawn as two people want it, and leaves nothing behind that counts: its lines stay as history.
create function refuse_unconfirmed_withdrawal() returns trigger language plpgsql as $$
begin
  if not exists (select from statement_withdrawals w where w.statement_id = new.id and w.state = 'confirmed') then
    perform refuse('statements_withdrawn_by_two', 'a statement is withdrawn as one person asks and another confirms', 'statements');
  end if;
  if new.matched_count <> 0
    or exists (select from matching_runs r where r.statement_id = new.id and r.state = 'running')
    or exists (select from exceptions e where e.statement_id = new.id and e.resolution is distinct from 'superseded')
    or exists (select from statement_lines l join statement_matches m on m.statement_line_id = l.id where l.statement_id = new.id)
    or exists (select from statement_lines l join statement_match_targets t on t.target_type = 'line' and t.target_id = l.id where l.statement_id = new.id)
    or exists (select from statement_lines l join statement_lines r on r.repeats = l.id join statements s on s.id = r.statement_id
      where l.statement_id = new.id and s.state <> 'withdrawn') then
    perform refuse('statements_withdrawn_whole', 'nothing is left of a statement that is withdrawn', 'statements');
  end if;
  return new;
end $$;
create trigger withdrawn_by_two before update of state on statements for each row when (new.state = 'withdrawn')
  execute function refuse_unconfirmed_withdrawal();

-- Nothing is matched, found or repeated of it later.
create function refuse_withdrawn_run() returns trigger language plpgsql as $$
begin
  if exists (select from statements s where s.id = new.statement_id and s.state = 'withdrawn') then
    perform refuse('matching_runs_of_standing', 'a statement that was withdrawn is not matched', 'matching_runs');
  end if;
  return new;
end $$;
create trigger of_standing before insert on matching_runs for each row execute function refuse_withdrawn_run();
create function refuse_withdrawn_exception() returns trigger language plpgsql as $$
begin
  if exists (select from statements s where s.id = new.statement_id and s.state = 'withdrawn') then
    perform refuse('exceptions_of_standing', 'what a statement showed that was withdrawn is not opened again', 'exceptions');
  end if;
  return new;
end $$;
create trigger of_standing before update of state on exceptions for each row when (old.state = 'resolved' and new.state <> 'resolved')
  execute function refuse_withdrawn_exception();

-- As in 0037, and of all exceptions of a statement that is withdrawn it was looked at together whether whoever confirms that had a hand in one.
create or replace function refuse_own_resolution() returns trigger language plpgsql as $$
begin
  if new.resolution = 'superseded' and exists (select from statement_withdrawals w
      where w.statement_id = new.statement_id and w.state = 'confirmed' and w.decided_by = new.resolved_by) then
    return new;
  end if;
  -- That a bank's line is matched with a record after all takes the exception back; nobody decides that, whoever's the record is.
  if has_hand_in_exception(new.resolved_by, new.payout_id, new.statement_line_id, case when new.resolution <> 'superseded' then new.record_type end,
      new.record_id) then
    perform refuse('exceptions_resolved_by_another', 'who had a hand in the list or paid the cash does not close its exception', 'exceptions');
  end if;
  return new;
end $$;

-- As in 0035, and what a line repeats stands.
create or replace function refuse_late_lines() returns trigger language plpgsql as $$
begin
  if exists (select from (select distinct statement_id from new_lines) l
      where not exists (select from statements s where s.id = l.statement_id and s.state in ('received', 'staged'))) then
    perform refuse('statement_lines_before_staging', 'a statement that was read, or that there is none of, takes no lines', 'statement_lines');
  end if;
  if exists (select from new_lines n where n.repeats is not null
      and not exists (select from statement_lines e join statements s on s.id = e.statement_id
        where e.id = n.repeats and e.fingerprint = n.fingerprint and e.statement_id <> n.statement_id and s.state <> 'withdrawn')) then
    perform refuse('statement_lines_repeat_another', 'a line repeats one that an earlier statement has', 'statement_lines');
  end if;
  return null;
end $$;

-- As in 0036, and neither the line nor a line that it takes back is of a statement that was withdrawn.
create or replace function refuse_stray_target() returns trigger language plpgsql as $$
declare
  broken record;
begin
  -- Whoever moves a settlement meanwhile waits, or is waited for.
  perform 1 from settlements s where s.id in (select t.target_id from new_targets t where t.target_type = 'settlement') order by s.id for no key update;
  select bool_or(m.statement_line_id is null or s.programme_id is distinct from v.programme_id or p.currency <> l.currency or s.state = 'withdrawn') as stray,
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
    select coalesce(broken.stray, false) or bool_or(m.statement_line_id is null or s.state = 'withdrawn' or case when t.target_type = 'line'
          then not exists (select from statement_lines x join statements xs on xs.id = x.statement_id
            where x.id = t.target_id and xs.programme_id = s.programme_id and xs.source = s.source and xs.state <> 'withdrawn' and x.currency = l.currency and x.id <> l.id
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

-- As in 0037, and nothing is found in a statement that was withdrawn.
create or replace function refuse_misfit_exceptions() returns trigger language plpgsql as $$
begin
  if exists (select from new_exceptions n where n.state <> 'open') then
    perform refuse('exceptions_first_state', 'a new exception is open', 'exceptions');
  end if;
  if exists (select from new_exceptions n join payouts p on p.id = n.payout_id where n.owner_id in (p.agent_id, p.voided_by))
    or exists (select from new_exceptions n join payouts p on p.id = n.payout_id join vouchers v on v.id = p.voucher_id
      join payment_list_hands h on h.list_id = v.list_id where n.owner_id in (h.user_id, h.for_user_id))
    or exists (select from new_exceptions n join statement_lines s on s.id = n.statement_line_id join vouchers v on v.serial = s.serial
      join payment_list_hands h on h.list_id = v.list_id where n.owner_id in (h.user_id, h.for_user_id))
    or exists (select from new_exceptions n join statement_lines s on s.id = n.statement_line_id join vouchers v on v.serial = s.serial
      join payouts p on p.voucher_id = v.id where n.owner_id in (p.agent_id, p.voided_by))
    or exists (select from new_exceptions n where n.record_id is not null
      and has_hand_in_exception(n.owner_id, null, null, n.record_type, n.record_id)) then
    perform refuse('exceptions_owned_by_another', 'who had a hand in the list or paid the cash does not own its exception', 'exceptions');
  end if;
  if exists (select from new_exceptions n left join payouts p on p.id = n.payout_id left join vouchers v on v.id = p.voucher_id
      where n.payout_id is not null and v.programme_id is distinct from n.programme_id)
    or exists (select from new_exceptions n left join statement_lines s on s.id = n.statement_line_id
      where n.statement_line_id is not null and s.statement_id is distinct from n.statement_id)
    or exists (select from (select distinct statement_id, programme_id from new_exceptions) n left join statements s on s.id = n.statement_id
      left join programmes g on g.id = n.programme_id
      where g.id is null or n.statement_id is not null and (s.programme_id is distinct from n.programme_id or s.state = 'withdrawn')) then
    perform refuse('exceptions_of_programme', 'an exception is of its programme''s cash and paper', 'exceptions');
  end if;
  return null;
end $$;

-- As in 0016: an exception that was taken back, with its statement or by a later run, accounts for no pay-out.
create or replace function erasure_obstacles(records uuid[]) returns table (record uuid, obstacle text, about uuid) language sql stable as $$
  with person as materialized (select distinct id from unnest(records) as r (id)),
  voucher as materialized (
    select p.id as record, v.id, v.state, v.serial from person p cross join lateral (
      select v.id, v.state, v.serial from vouchers v where v.beneficiary_id = p.id
      union select v.id, v.state, v.serial from vouchers v where v.collector_id = p.id) v),
  payout as materialized (select v.record, o.id, o.voided_at from voucher v join payouts o on o.voucher_id = v.id)
  select record, 'live_voucher', id from voucher where state in ('issued', 'activated', 'locked')
  union all
  select p.id, 'on_live_list', l.list_id from person p cross join lateral (
    select list_id from payment_list_lines where beneficiary_id = p.id and state = 'included'
    union select list_id from payment_list_lines where collector_id = p.id and collector_id <> beneficiary_id and state = 'included') l
    join payment_lists pl on pl.id = l.list_id and pl.state in ('building', 'draft', 'submitted', 'approved', 'releasing')
  union all
  select o.record, 'unreconciled_payout', o.id from payout o where o.voided_at is null
    and not exists (select from statement_match_targets m where m.target_type = 'payout' and m.target_id = o.id)
    and not exists (select from exceptions e where e.payout_id = o.id and e.state = 'resolved' and e.resolution <> 'superseded')
  union all
  (select o.record, 'open_exception', e.id from payout o join exceptions e on e.payout_id = o.id and e.state <> 'resolved'
   union
   select v.record, 'open_exception', e.id from voucher v join statement_lines s on s.serial = v.serial
     join exceptions e on e.statement_line_id = s.id and e.state <> 'resolved')
  union all
  select p.id, 'open_duplicate', d.other from person p cross join lateral (
    select second_id as other from duplicate_pairs where first_id = p.id and state in ('open', 'needs_information')
    union select first_id from duplicate_pairs where second_id = p.id and state in ('open', 'needs_information')) d
$$;

-- As in 0037: whose paper shows an exception says who took the money. What the bank took it took without an office, whatever the exception is called.
-- And nothing is claimed for not being listed that some line has claimed by now: whoever decides about the same cash, or matches it, waits.
create or replace function refuse_misfit_decision() returns trigger language plpgsql as $$
declare
  e exceptions;
  cash payouts;
  voucher vouchers;
  line statement_lines;
begin
  select * into e from exceptions where id = new.exception_id;
  -- Before the lock on decisions, in the order in which a void takes the two.
  if e.kind = 'ours_not_in_statement' then perform from payouts where id = e.payout_id for update; end if;
  perform pg_advisory_xact_lock(hashtextextended('exception/' || coalesce(e.payout_id, e.statement_line_id, e.id), 0));
  if has_hand_in_exception(new.proposed_by, e.payout_id, e.statement_line_id, e.record_type, e.record_id)
    or has_hand_in_exception(new.decided_by, e.payout_id, e.statement_line_id, e.record_type, e.record_id) then
    perform refuse('exceptions_resolved_by_another', 'who had a hand in the list or paid the cash does not close its exception', 'exception_decisions');
  end if;
  if not takes_decision(e.kind, new.kind) then
    perform refuse('exception_decisions_fit_kind', 'an exception of this kind is not decided so', 'exception_decisions');
  end if;
  if new.kind = 'reopening' or new.state = 'refused' then return new; end if;
  if not exists (select from funds f where f.id = new.fund_id and f.programme_id = e.programme_id and f.currency = new.currency) then
    perform refuse('exception_decisions_fit_fund', 'it is in a fund of the programme, in its currency', 'exception_decisions');
  end if;
  if new.kind in ('claim_recovered', 'claim_repaid', 'claim_withdrawn') then
    if not exists (select from claims c where c.exception_id = e.id and c.state = 'open'
        and row (c.amount, c.currency, c.fund_id, c.office_id) = row (new.amount, new.currency, new.fund_id, new.office_id)) then
      perform refuse('exception_decisions_fit_claim', 'a claim that is open ends whole', 'exception_decisions');
    end if;
    return new;
  end if;
  if e.amount is not null and e.currency = new.currency and new.amount > e.amount then
    perform refuse('exception_decisions_at_stake', 'no more than is at stake', 'exception_decisions');
  end if;
  select * into line from statement_lines where id = e.statement_line_id;
  select * into cash from payouts where id = e.payout_id;
  select * into voucher from vouchers v where v.id = cash.voucher_id or cash.id is null and v.serial = line.serial and v.programme_id = e.programme_id;
  if voucher.id is not null and new.fund_id <> voucher.fund_id then
    perform refuse('exception_decisions_fit_fund', 'the cash was of another fund', 'exception_decisions');
  end if;
  if new.kind = 'write_off' then
    -- The bank takes what it takes without an office; the post is owed at one.
    if line.id is null or line.currency <> new.currency or (select s.source = 'bank' from statements s where s.id = line.statement_id) <> (new.office_id is null)
      or line.kind not in ('payment', 'fee') then
      perform refuse('exception_decisions_fit_line', 'a line of money that left is borne, in its currency', 'exception_decisions');
    end if;
    if new.amount + coalesce((select sum(d.amount) from exception_decisions d join exceptions o on o.id = d.exception_id
        where o.statement_line_id = line.id and d.kind = 'write_off' and d.state <> 'refused' and d.undone_by is null and d.id <> new.id), 0) > line.amount then
      perform refuse('exception_decisions_within_line', 'no more than the line is of', 'exception_decisions');
    end if;
    -- What can still be collected would be paid twice.
    if e.kind <> 'amount_over' and voucher.state in ('issued', 'activated', 'locked') then
      perform refuse('exception_decisions_voucher_dead', 'a voucher that can still be collected is not written off', 'exception_decisions');
    end if;
  else
    if cash.id is null or cash.voided_at is not null or cash.currency <> new.currency
      or (case new.kind when 'claim_on_post' then cash.office_id is null or new.office_id is distinct from cash.office_id
        else new.office_id is not null end) then
      perform refuse('exception_decisions_fit_payout', 'a pay-out that stands is claimed, at its office', 'exception_decisions');
    end if;
    if e.kind = 'ours_not_in_statement' and exists (select from payout_lines l where l.payout_id = cash.id) then
      perform refuse('exception_decisions_not_listed', 'what a statement lists is not claimed as missing from it', 'exception_decisions');
    end if;
    if new.amount + coalesce((select sum(d.amount) from exception_decisions d join exceptions o on o.id = d.exception_id
        where o.payout_id = cash.id and d.kind in ('claim_on_post', 'cash_recovered') and d.state <> 'refused' and d.undone_by is null
          and d.id <> new.id and not exists (select from claims c where c.id = d.id and c.state = 'withdrawn')), 0) > cash.amount then
      perform refuse('exception_decisions_within_payout', 'no more than was paid out', 'exception_decisions');
    end if;
  end if;
  return new;
end $$;
