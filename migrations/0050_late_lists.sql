-- What a later statement lists is missing no more, and nothing is claimed for it; what a file takes back and pays again is paid once.
-- What a file takes back, without going through all that it pays.
create index statement_lines_reversals on statement_lines (statement_id) where kind = 'reversal';
-- Exceptions are looked for by the record that they are about, not only by the pay-out.
create index exceptions_of_record on exceptions (record_id) where record_id is not null;

-- A proposal, and again its approval: by nobody who had a hand in it, of no more than is at stake, and of no more in all than the pay-out or
-- the line is of. Nothing is claimed for not being listed that some line has claimed by now. Whoever decides about the same cash, or matches it,
-- waits.
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
    if line.id is null or line.currency <> new.currency or (e.kind = 'bank_not_in_statement') <> (new.office_id is null)
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
