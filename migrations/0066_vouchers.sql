-- What is looked at before a voucher changes, in one function; between which states it moves is a table of its own. The condition of a trigger is read from its
-- text again for every statement that touches the table, and eight of them cost a pay-out more than the voucher's row did.
create function keep_voucher() returns trigger language plpgsql as $$
begin
  -- One that is bound stays as it is. The fifth wrong code locks it all the same: everywhere but at the office of its pack, which cannot hear of it.
  if new.state <> old.state and new.state <> 'redeemed' or new.counter <> old.counter or new.key_version <> old.key_version or new.expires_at < old.expires_at then
    if is_bound(old.id) and not (old.state = 'activated' and new.state = 'locked' and new.failed_attempts = 5
        and row (new.counter, new.key_version, new.expires_at) = row (old.counter, old.key_version, old.expires_at)) then
      perform refuse('vouchers_bound', 'a voucher that is bound to an offline pack stays as it is', 'vouchers');
    end if;
  end if;
  -- One that is carried to the person does not run out: whom it is for cannot go anywhere else with it.
  if new.state = 'expired' and old.state <> 'expired' then
    if is_carried(new.id) then perform refuse('vouchers_carried', 'a voucher that is carried to the person does not run out', 'vouchers'); end if;
  end if;
  -- What is locked is paid by nobody but a device that could not hear of the lock, with the code that was bound: that cash is out.
  if old.state = 'locked' and new.state = 'redeemed' then
    if not exists (select from offline_entries e join offline_bindings b on b.pack_id = e.pack_id and b.voucher_id = e.voucher_id and b.counter = new.counter
        where e.voucher_id = new.id and e.state = 'booked' and not exists (select from payouts p where p.id = e.payout_id)) then
      perform refuse('vouchers_locked_unpaid', 'a locked voucher is paid by what a device reports alone', 'vouchers');
    end if;
  end if;
  -- A code that was used, locked or replaced never works again: only a higher counter, and so another code, opens the voucher anew.
  if new.counter < old.counter or new.counter = old.counter and (new.failed_attempts < old.failed_attempts or new.key_version <> old.key_version
      or new.state = 'activated' and old.state in ('redeemed', 'locked') or new.state = 'issued' and old.state = 'locked') then
    perform refuse('vouchers_new_code', 'a voucher is opened again under a new code only', 'vouchers');
  end if;
  if new.counter > old.counter and old.state <> 'redeemed' then
    if not exists (select from voucher_changes c where c.voucher_id = new.id and c.kind in ('reissue', 'unlock') and c.done_in = pg_current_xact_id()) then
      perform refuse('vouchers_new_code_by_two', 'another code is made by two people', 'vouchers');
    end if;
  end if;
  -- It is open again when, and as soon as, its pay-out does not stand any more, and not for somebody who was erased.
  if old.state = 'redeemed' and new.state <> 'redeemed' then
    if exists (select from beneficiaries b where b.id in (new.beneficiary_id, new.collector_id) and b.erased_at is not null) then
      perform refuse('vouchers_not_of_erased', 'a voucher of somebody who was erased', 'vouchers');
    end if;
    if new.state = 'activated' and exists (select from payouts p where p.voucher_id = new.id and p.voided_at is null) then
      perform refuse('vouchers_open_or_paid', 'a pay-out of this voucher stands', 'vouchers');
    end if;
  end if;
  return new;
end $$;

drop trigger bound on vouchers;
drop trigger carried on vouchers;
drop trigger locked_unpaid on vouchers;
drop trigger new_code on vouchers;
drop trigger new_code_by_two on vouchers;
drop trigger not_of_erased_again on vouchers;
drop trigger reopened_by_void on vouchers;
drop function keep_bound_voucher, refuse_carried_expiry, refuse_locked_payout, refuse_old_code, refuse_lone_code, refuse_payout_undone_for_erased,
  refuse_open_and_paid;
create trigger kept before update on vouchers for each row execute function keep_voucher();
