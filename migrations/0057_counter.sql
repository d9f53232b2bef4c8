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

-- The cash of an office that is in front of nobody, where the office counts it: from the first that is brought in until the counting ends. What is written
-- down, tills and pay-outs count themselves into its row, by triggers alone; an office that does not count has none, and is held to nothing by it.
create table office_safes (
  office_id uuid not null references offices,
  currency text not null,
  cash numeric not null check (fits_currency(cash, currency)),
  -- With less than this, in the safe and in the tills of the day, the office has run out; with nothing in any case.
  enough_from numeric,
  primary key (office_id, currency),
  constraint office_safes_never_below_zero check (cash >= 0)
);
revoke insert on office_safes from sanad_app;

-- Cash that is brought to an office or taken away from it. The count ends with the last of it.
create table safe_movements (
  id uuid primary key,
  office_id uuid not null references offices,
  kind text not null check (kind in ('brought_in', 'taken_out', 'ended')),
  amount numeric not null check (amount > 0 or kind = 'ended' and amount = 0),
  currency text not null,
  -- From then on; as it was where none is given.
  enough_from numeric check (enough_from is null or enough_from >= 0 and kind = 'brought_in'),
  reference text not null check (length(reference) between 1 and 100),
  moved_by uuid not null,
  moved_at timestamptz not null,
  check (fits_currency(amount, currency)),
  check (fits_currency(enough_from, currency)),
  constraint safe_movements_reference_once unique (office_id, reference)
);
create trigger append_only before update or delete or truncate on safe_movements execute function refuse_change();

create function count_safe_movement() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.kind = 'brought_in' then
    insert into office_safes as s (office_id, currency, cash, enough_from)
      values (new.office_id, new.currency, new.amount, new.enough_from)
      on conflict (office_id, currency) do update set cash = s.cash + new.amount, enough_from = coalesce(new.enough_from, s.enough_from);
    return null;
  elsif new.kind = 'taken_out' then
    update office_safes s set cash = s.cash - new.amount where s.office_id = new.office_id and s.currency = new.currency;
  else
    delete from office_safes s where s.office_id = new.office_id and s.currency = new.currency and s.cash = new.amount;
  end if;
  if not found then perform refuse('safe_movements_of_safe', 'what is taken out is in the safe', 'safe_movements'); end if;
  return null;
end $$;
create trigger counted after insert on safe_movements for each row execute function count_safe_movement();

-- A till is filled out of the safe, and what was counted when it is closed goes back.
create function move_in_safe(office uuid, in_currency text, moved numeric) returns void language sql as $$
  update office_safes s set cash = s.cash + moved where s.office_id = office and s.currency = in_currency
$$;
create function count_till_in_safe() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform move_in_safe(new.office_id, new.currency, case tg_op when 'INSERT' then -new.opening else new.counted end);
  return null;
end $$;
create trigger out_of_safe after insert on tills for each row execute function count_till_in_safe();
create trigger into_safe after update on tills for each row when (old.closed_at is null and new.closed_at is not null) execute function count_till_in_safe();
create or replace function count_top_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  office uuid;
begin
  update tills t set topped_up = t.topped_up + new.amount where t.id = new.till_id and t.closed_at is null and t.currency = new.currency
    returning t.office_id into office;
  if not found then perform refuse('till_top_ups_of_open_till', 'cash is put into a till that is open', 'till_top_ups'); end if;
  if exists (select from tills t where t.id = new.till_id and t.agent_id = new.given_by) then
    perform refuse('till_top_ups_by_another', 'nobody brings cash to their own till', 'till_top_ups');
  end if;
  perform move_in_safe(office, new.currency, -new.amount);
  return null;
end $$;

-- As before, and out of the safe where the office counts one and no till stands open in front of the agent: pay-outs of such an office take turns on its
-- row, as they do on that of a limit. Whoever pays out of a till does not touch it.
create or replace function count_payout() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  place record;
  spent numeric;
begin
  select d.day, o.requires_till, l.per_day, l.per_payout, t.id as till, s.office_id is not null as has_safe into place
    from offices o cross join lateral (select (new.paid_at at time zone o.time_zone)::date as day) d
    left join office_limits l on l.office_id = o.id and l.currency = new.currency
    left join tills t on t.agent_id = new.agent_id and t.currency = new.currency and t.closed_at is null and t.office_id = o.id and t.day = d.day
    left join office_safes s on s.office_id = o.id and s.currency = new.currency
    where o.id = new.office_id;
  if not found then perform refuse('payouts_office_known', 'an office that does not exist', 'payouts'); end if;
  new.till_id := case when new.reported_at is null then place.till end;
  if new.reported_at is null then
    if place.per_payout < new.amount then perform refuse('payouts_within_limit', 'an office pays no more than so much at once', 'payouts'); end if;
    if place.till is null and place.requires_till then perform refuse('payouts_out_of_till', 'an office that asks for tills pays out of one', 'payouts'); end if;
    if place.till is null and place.has_safe then perform move_in_safe(new.office_id, new.currency, -new.amount); end if;
  end if;
  if new.till_id is not null then
    update tills t set paid = t.paid + new.amount, payout_count = t.payout_count + 1 where t.id = new.till_id and t.closed_at is null;
    if not found then
      raise exception 'the till was closed meanwhile' using errcode = 'serialization_failure', constraint = 'payouts_out_of_open_till', table = 'payouts';
    end if;
  end if;
  if place.per_day is not null then
    update office_spending s set paid = s.paid + new.amount
      where s.office_id = new.office_id and s.day = place.day and s.currency = new.currency returning s.paid into spent;
    if not found then
      insert into office_spending as known (office_id, day, currency, paid)
        values (new.office_id, place.day, new.currency, new.amount + paid_at_office(new.office_id, place.day, new.currency))
        on conflict (office_id, day, currency) do update set paid = known.paid + new.amount
        returning paid into spent;
    end if;
    if spent > place.per_day and new.reported_at is null then
      perform refuse('payouts_within_daily_limit', 'an office pays no more than so much in a day', 'payouts');
    end if;
  end if;
  return new;
end $$;

-- What is taken back is in the till again if it still stands open, and in the safe otherwise.
create or replace function count_void() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update tills t set put_back = t.put_back + new.amount where t.id = new.till_id and t.closed_at is null;
  if not found and new.reported_at is null then perform move_in_safe(new.office_id, new.currency, new.amount); end if;
  update office_spending s set paid = greatest(0, s.paid - new.amount) from offices o
    where o.id = new.office_id and s.office_id = o.id and s.currency = new.currency and s.day = (new.paid_at at time zone o.time_zone)::date;
  return null;
end $$;

-- What is in the tills that stand open at an office and are of the day by its clock.
create function cash_in_tills(office uuid, in_currency text, at timestamptz) returns numeric language sql stable as $$
  select coalesce(sum(t.cash), 0) from offices o join tills t on t.office_id = o.id and t.day = (at at time zone o.time_zone)::date
  where o.id = office and t.currency = in_currency and t.closed_at is null
$$;

-- By this somebody who collected in another's place is found again, whatever household they come for next: the keyed fingerprint of their document. It is
-- worked out once they have collected, stands as long as it is known who they are, and does not change.
alter table collectors add column document_key bigint, add constraint collectors_erased_without_key check (identity is not null or document_key is null);
create index on collectors (document_key) where document_key is not null;
create index on payouts (alternate_id, paid_on) where alternate_id is not null;
create trigger same_document before update of document_key on collectors for each row when (new.document_key <> old.document_key)
  execute function refuse_other_identity();
drop trigger ended_once on collectors;
create trigger ended_once before update on collectors for each row
  when (old.ended_at is not null and (to_jsonb(new) - 'identity' - 'document_key') <> (to_jsonb(old) - 'identity' - 'document_key')) execute function refuse_change();
grant update (document_key) on collectors to sanad_app;
