-- What a line of the bank may be besides a record of ours or a loss: a settlement that the bank sends back, or money of somebody else who has the
-- same account. Both are said by two people, as all that moves money or explains it away.
alter table exceptions
  drop constraint exceptions_resolution_check,
  add constraint exceptions_resolution_check check (resolution in ('accepted', 'post_error', 'our_error', 'duplicate_line', 'superseded', 'claim_on_post',
    'write_off', 'cash_recovered', 'returned_by_bank', 'not_ours'));
alter table exception_decisions
  drop constraint exception_decisions_kind_check,
  add constraint exception_decisions_kind_check check (kind in ('claim_on_post', 'write_off', 'cash_recovered', 'claim_recovered', 'claim_repaid',
    'claim_withdrawn', 'returned_by_bank', 'not_ours', 'reopening')),
  drop constraint exception_decisions_amount,
  add constraint exception_decisions_amount check (num_nonnulls(amount, currency) = case kind when 'reopening' then 0 else 2 end
    and (fund_id is null) = (kind in ('reopening', 'not_ours')) and fits_currency(amount, currency));
drop index exception_decisions_one_standing;
create unique index exception_decisions_one_standing on exception_decisions (exception_id)
  where state = 'approved' and undone_by is null and kind in ('claim_on_post', 'write_off', 'cash_recovered', 'returned_by_bank', 'not_ours');

create or replace function takes_decision(exception_kind text, decision text) returns boolean language sql immutable parallel safe as $$
  select case decision
    when 'write_off' then exception_kind in ('paid_not_in_list', 'amount_over', 'duplicate_in_file', 'duplicate_across_files',
      'paid_after_expiry', 'paid_after_cancel', 'bank_not_in_statement')
    when 'returned_by_bank' then exception_kind = 'reversed'
    when 'not_ours' then exception_kind in ('bank_not_in_statement', 'duplicate_in_file', 'duplicate_across_files', 'reversed',
      'reversal_without_payment')
    when 'reopening' then true
    else exception_kind in ('amount_under', 'wrong_collector', 'wrong_currency', 'reversed', 'ours_not_in_statement', 'not_received',
      'asked_to_pay') end
$$;

-- The bank sends a transfer back whole, once, and the line says of which; whoever handled its cash does not say so. What is somebody else's on
-- the account is so whole, and takes back nothing of ours.
create function refuse_misfit_bank_decision(d exception_decisions, e exceptions) returns void language plpgsql as $$
declare
  line statement_lines;
  one settlements;
begin
  select l.* into line from statement_lines l join statements s on s.id = l.statement_id and s.source = 'bank' where l.id = e.statement_line_id;
  if line.id is null or row (d.amount, d.currency) is distinct from row (line.amount, line.currency) or d.office_id is not null then
    perform refuse('exception_decisions_whole_line', 'a line of the bank is explained whole', 'exception_decisions');
  end if;
  if d.kind = 'not_ours' then
    if exists (select from statement_match_targets t join statement_match_targets x on x.statement_line_id = t.target_id
        where t.statement_line_id = line.id and t.target_type = 'line') then
      perform refuse('exception_decisions_not_of_ours', 'what takes back something of ours is ours', 'exception_decisions');
    end if;
    return;
  end if;
  select s.* into one from settlements s where e.record_type = 'settlement' and s.id = e.record_id for no key update;
  if one.id is null or one.state <> 'paid' or row (one.amount, one.currency, one.fund_id) is distinct from row (d.amount, d.currency, d.fund_id)
    or line.kind not in ('reversal', 'deposit')
    or line.kind = 'reversal' and not exists (select from statement_match_targets t join statement_match_targets x on x.statement_line_id = t.target_id
      where t.statement_line_id = line.id and t.target_type = 'line' and x.target_type = 'settlement' and x.target_id = one.id)
    or exists (select from exceptions o join exception_decisions r on r.exception_id = o.id where o.record_type = 'settlement' and o.record_id = one.id
      and r.kind = 'returned_by_bank' and r.state <> 'refused' and r.undone_by is null and r.id <> d.id) then
    perform refuse('exception_decisions_fit_settlement', 'a settlement that is paid comes back whole, once', 'exception_decisions');
  end if;
  if handled_cash(coalesce(d.decided_by, d.proposed_by), one.programme_id, one.fund_id,
      array(select l.office_id from settlement_lines l where l.settlement_id = one.id)) then
    perform refuse('settlements_by_another', 'who had a hand in the list or paid the cash does not settle it', 'settlements');
  end if;
end $$;

-- As in 0052, and what explains a line of the bank.
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
  if new.kind in ('returned_by_bank', 'not_ours') then
    perform refuse_misfit_bank_decision(new, e);
    return new;
  end if;
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
    if e.kind = 'ours_not_in_statement' and exists (select from statement_match_targets t where t.target_type = 'payout' and t.target_id = cash.id) then
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

-- As in 0037.
create or replace function refuse_unapproved_resolution() returns trigger language plpgsql as $$
declare standing text;
begin
  select d.kind into standing from exception_decisions d where d.exception_id = new.id and d.state = 'approved' and d.undone_by is null
    and d.kind in ('claim_on_post', 'write_off', 'cash_recovered', 'returned_by_bank', 'not_ours');
  if standing is distinct from (case when new.resolution in ('claim_on_post', 'write_off', 'cash_recovered', 'returned_by_bank', 'not_ours') then new.resolution end) then
    perform refuse('exceptions_resolved_as_approved', 'what posts is resolved as another person approved', 'exceptions');
  end if;
  return new;
end $$;
create or replace function refuse_unposted_decision() returns trigger language plpgsql as $$
declare
  subject uuid := case when new.kind like 'claim\_%' and new.kind <> 'claim_on_post'
    then (select c.id from claims c where c.ended_by = new.id) else new.id end;
  events text[] := case new.kind when 'claim_on_post' then array['claim'] when 'cash_recovered' then array['cash_recovery']
    when 'claim_recovered' then array['recovery'] when 'claim_repaid' then array['claim_released', 'cash_recovery']
    when 'claim_withdrawn' then array['claim_released']
    when 'write_off' then array[case when new.office_id is null then 'bank_loss' else 'loss' end] else array[]::text[] end;
begin
  if exists (select from unnest(events) wanted where not exists (select from journal_entries j join postings g on g.entry_id = j.id
      where j.subject_id = subject and j.event = wanted and j.fund_id = new.fund_id and g.amount = new.amount)) then
    perform refuse('exception_decisions_posted', 'what was approved is posted', 'exception_decisions');
  end if;
  if new.kind = 'returned_by_bank' and (new.amount is distinct from (select sum(g.amount) from journal_entries j join postings g on g.entry_id = j.id and g.amount > 0
        where j.subject_id = new.id and j.event = 'settlement_returned' and j.fund_id = new.fund_id)
      or not exists (select from exceptions e join settlements s on s.id = e.record_id where e.id = new.exception_id and s.state = 'returned')) then
    perform refuse('exception_decisions_posted', 'what was approved is posted', 'exception_decisions');
  end if;
  return null;
end $$;

-- What the bank sent back mirrors what paying it posted, and is taken back when its exception is opened again.
alter table journal_entries drop constraint journal_entries_event_check, add constraint journal_entries_event_check check (event in
  ('contribution', 'approval', 'approval_returned', 'issue', 'payout', 'void', 'expiry', 'cancellation', 'settlement', 'fee', 'advance', 'delivery',
   'delivery_void', 'advance_return', 'advance_loss', 'foreign_contribution', 'contribution_value', 'conversion_out', 'conversion_in', 'exchange_loss',
   'exchange_gain', 'claim', 'claim_released', 'recovery', 'cash_recovery', 'loss', 'bank_loss', 'settlement_returned',
   'reversal'));
create or replace function is_reversible(event text) returns boolean language sql immutable parallel safe as $$
  select event in ('contribution', 'fee', 'foreign_contribution', 'contribution_value', 'conversion_out', 'conversion_in',
    'exchange_loss', 'exchange_gain', 'claim', 'claim_released', 'recovery', 'cash_recovery', 'loss', 'bank_loss', 'settlement_returned')
$$;

alter table settlements
  drop constraint settlements_state_check,
  add constraint settlements_state_check check (state in ('draft', 'submitted', 'approved', 'instructed', 'paid', 'returned', 'rejected', 'cancelled')),
  drop constraint settlements_paid,
  add constraint settlements_paid check (num_nonnulls(bank_reference, paid_at) = case when state in ('paid', 'returned') then 2 else 0 end);
drop trigger transition on settlements;
create trigger transition before update of state on settlements for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('draft>submitted', 'submitted>approved', 'approved>instructed', 'instructed>paid',
    'submitted>rejected', 'draft>cancelled', 'submitted>cancelled', 'approved>cancelled', 'instructed>cancelled', 'paid>returned', 'returned>paid');

-- As in 0038: what came back did so as two people say, and is paid again only as they take that back, while nothing else was settled for it.
create or replace function refuse_unstepped_settlement() returns trigger language plpgsql as $$
begin
  if new.state = 'returned' or old.state = 'returned' then
    perform pg_advisory_xact_lock(hashtextextended('settlements/' || new.fund_id, 0));
    if (new.state = 'returned') <> exists (select from exceptions e join exception_decisions d on d.exception_id = e.id
        where e.record_type = 'settlement' and e.record_id = new.id and d.kind = 'returned_by_bank' and d.state = 'approved' and d.undone_by is null) then
      perform refuse('settlements_returned', 'a settlement came back as another person approved', 'settlements');
    end if;
    if new.state <> 'returned' and exists (select from settlement_lines l
        where l.settlement_id = new.id and claimed_of(new.fund_id, l.office_id) > owed_to(new.fund_id, l.office_id)) then
      perform refuse('settlements_within_owed', 'what came back was settled anew', 'settlements');
    end if;
    return new;
  end if;
  if not exists (select from settlement_steps t where t.settlement_id = new.id and t.step = new.state)
    or new.state = 'instructed' and not exists (select from settlement_files f where f.settlement_id = new.id) then
    perform refuse('settlements_stepped', 'a settlement is not ' || new.state || ' without its step', 'settlements');
  end if;
  if new.state = 'approved' and (select sum(l.fee) from settlement_lines l where l.settlement_id = new.id)
      <> coalesce((select f.amount from post_fees f where f.settlement_id = new.id), 0) then
    perform refuse('settlements_fee_posted', 'the fee of an invoice is in the books before it is paid', 'settlements');
  end if;
  if new.state = 'paid' and new.amount is distinct from (select sum(g.amount) from journal_entries e join postings g on g.entry_id = e.id and g.amount > 0
      where e.subject_id = new.id and e.event = 'settlement' and e.fund_id = new.fund_id) then
    perform refuse('settlements_posted', 'what was paid to the post is in the books', 'settlements');
  end if;
  if new.state = 'approved' and exists (select from settlement_lines l
      where l.settlement_id = new.id and claimed_of(new.fund_id, l.office_id) + l.fee > owed_to(new.fund_id, l.office_id)) then
    perform refuse('settlements_within_owed', 'no more is settled than is owed', 'settlements');
  end if;
  return new;
end $$;

-- As in 0038: what came back is free to be settled anew; its fee is in the books and owed still.
create or replace function refuse_beyond_invoice(invoice uuid, office uuid) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('post-invoice/' || invoice, 0));
  if exists (select from (select coalesce(sum(l.principal) filter (where s.state <> 'returned'), 0) as principal, coalesce(sum(l.fee), 0) as fee from settlements s
        join settlement_lines l on l.settlement_id = s.id
        where s.invoice_id = invoice and l.office_id = office and s.state not in ('rejected', 'cancelled')) taken,
      (select coalesce(sum(a.principal), 0) as principal, coalesce(sum(a.fee), 0) as fee from post_invoice_acceptances a
        join post_invoice_lines l using (invoice_id, position) join post_invoices i on i.id = a.invoice_id
        where a.invoice_id = invoice and l.office_id = office and i.state in ('accepted', 'partly_accepted')) agreed
      where taken.principal > agreed.principal or taken.fee > agreed.fee) then
    perform refuse('settlements_within_invoice', 'no more is settled of an invoice than was agreed to', 'settlement_lines');
  end if;
end $$;
create or replace function refuse_settled_fee_reversal() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('settlements/' || new.fund_id, 0));
  if exists (select from journal_entries e join post_fee_shares h on h.id = e.subject_id join post_fees f on f.id = h.fee_id
      left join settlements s on s.id = f.settlement_id
      where e.id = new.reverses and e.event = 'fee' and (s.state in ('approved', 'instructed', 'paid')
        or (s.id is null or s.state = 'returned') and owed_to(e.fund_id, h.office_id) < h.amount)) then
    perform refuse('journal_entries_fee_settled', 'a fee that was settled is not taken back', 'journal_entries');
  end if;
  return new;
end $$;

-- As in 0038, and what came back was paid.
create or replace view statement_targets as
  select 'settlement' as target_type, s.id as target_id, s.programme_id, 'payment' as line_kind, s.reference, s.amount, s.currency,
      (coalesce(s.paid_at, s.made_at) at time zone p.time_zone)::date as booked_on, s.state = 'cancelled' as called_off
    from settlements s join programmes p on p.id = s.programme_id where s.state in ('instructed', 'paid', 'returned')
      or s.state = 'cancelled' and exists (select from settlement_steps t where t.settlement_id = s.id and t.step = 'instructed')
  union all
  select 'contribution', c.id, f.programme_id, 'deposit', c.reference, coalesce(c.foreign_amount, c.amount), coalesce(c.foreign_currency, c.currency),
      c.received_on, false
    from contributions c join funds f on f.id = c.fund_id where not is_reversed(c.id)
  union all
  select 'advance', a.id, a.programme_id, 'payment', a.handed_reference, a.amount, a.currency, (a.handed_at at time zone p.time_zone)::date, false
    from advances a join programmes p on p.id = a.programme_id where a.handed_at is not null
  union all
  select 'advance_return', r.id, a.programme_id, 'deposit', r.reference, r.amount, r.currency, (r.taken_at at time zone p.time_zone)::date, false
    from advance_returns r join advances a on a.id = r.advance_id join programmes p on p.id = a.programme_id
  union all
  select 'cash_recovery', d.id, e.programme_id, 'deposit', d.reference, d.amount, d.currency, (d.decided_at at time zone p.time_zone)::date, false
    from exception_decisions d join exceptions e on e.id = d.exception_id join programmes p on p.id = e.programme_id
    where d.kind in ('cash_recovered', 'claim_repaid') and d.state = 'approved' and d.undone_by is null
  union all
  select 'fee', f.id, f.programme_id, 'fee', f.reference, f.amount, f.currency, f.to_date, false from post_fees f
    where not exists (select from post_fee_shares s where s.fee_id = f.id and is_reversed(s.id));
