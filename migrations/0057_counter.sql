-- Five wrong codes lock a voucher whether or not its message has been accepted, and while it is out with an office that has no network as well. One whose
-- message was never accepted waits for it again once two people have unlocked it.
alter table vouchers drop constraint vouchers_activation, drop constraint vouchers_locked_after_five,
  add constraint vouchers_activation check (state in ('issued', 'cancelled') or state = 'locked' and activated_at is null
    or (activated_at is not null and expires_at > activated_at)),
  add constraint vouchers_locked_after_five check (failed_attempts < 5 or state not in ('issued', 'activated'));
drop trigger transition on vouchers;
create trigger transition before update of state on vouchers for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition
  ('issued>activated', 'issued>locked', 'issued>cancelled', 'activated>redeemed', 'activated>locked', 'activated>expired', 'activated>cancelled',
   'locked>issued', 'locked>activated', 'locked>redeemed', 'locked>expired', 'locked>cancelled', 'redeemed>activated');
drop trigger new_code on vouchers;
create trigger new_code before update on vouchers for each row when (new.counter < old.counter or new.counter = old.counter and (
    new.failed_attempts < old.failed_attempts or new.key_version <> old.key_version
    or new.state = 'activated' and old.state in ('redeemed', 'locked') or new.state = 'issued' and old.state = 'locked'))
  execute function refuse_old_code();

-- A voucher that is bound stays as it is. The fifth wrong code locks it all the same: everywhere but at the office of its pack, which cannot hear of it.
create or replace function keep_bound_voucher() returns trigger language plpgsql as $$
begin
  if is_bound(old.id) and not (old.state = 'activated' and new.state = 'locked' and new.failed_attempts = 5
      and row (new.counter, new.key_version, new.expires_at) = row (old.counter, old.key_version, old.expires_at)) then
    perform refuse('vouchers_bound', 'a voucher that is bound to an offline pack stays as it is', 'vouchers');
  end if;
  return new;
end $$;

-- What is locked is paid by nobody but a device that could not hear of the lock, with the code that was bound: that cash is out.
create function refuse_locked_payout() returns trigger language plpgsql as $$
begin
  if not exists (select from offline_entries e join offline_bindings b on b.pack_id = e.pack_id and b.voucher_id = e.voucher_id and b.counter = new.counter
      where e.voucher_id = new.id and e.state = 'booked' and not exists (select from payouts p where p.id = e.payout_id)) then
    perform refuse('vouchers_locked_unpaid', 'a locked voucher is paid by what a device reports alone', 'vouchers');
  end if;
  return new;
end $$;
create trigger locked_unpaid before update of state on vouchers for each row when (old.state = 'locked' and new.state = 'redeemed')
  execute function refuse_locked_payout();

-- One that was locked before its message was accepted has been waiting since it was issued.
create or replace function voucher_stands(state text, issued_at timestamptz, activated_at timestamptz, expires_at timestamptz, zone text)
    returns table (key text, day date, until date) language sql stable parallel safe rows 1 as $$
  select case when state = 'cancelled' and activated_at is null then 'cancelled_unsent' else state end,
    case when state = 'issued' then (issued_at at time zone zone)::date
      when state in ('activated', 'locked') then (coalesce(activated_at, issued_at) at time zone zone)::date end,
    case when state in ('activated', 'locked') then ((expires_at - interval '1 microsecond') at time zone zone)::date end
$$;
