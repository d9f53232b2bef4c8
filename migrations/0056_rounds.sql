-- Cash that is carried to people: what is on its way is paid by who carries it, and what goes wrong on the way is put right.

-- From when its cash is handed to the officer until its round lets it go, a voucher is carried to whom it is for.
create function is_carried(voucher uuid) returns boolean language sql stable as $$
  select exists (select from advance_vouchers r join advances a on a.id = r.advance_id where r.voucher_id = voucher and r.is_open and a.state = 'handed')
$$;

-- It pays nowhere else meanwhile. Whoever hands the cash over has locked the voucher: of a counter and them the later sees the earlier. Every pay-out at a
-- counter comes through here, so it is two steps into indexes and no function within.
create function refuse_carried_payout() returns trigger language plpgsql as $$
begin
  if exists (select from advance_vouchers r join advances a on a.id = r.advance_id where r.voucher_id = new.voucher_id and r.is_open and a.state = 'handed') then
    perform refuse('payouts_of_carried_voucher', 'a voucher that is carried to the person is paid by who carries it', 'payouts');
  end if;
  return new;
end $$;
create trigger of_carried_voucher before insert on payouts for each row when (new.advance_id is null) execute function refuse_carried_payout();

-- Nor does it run out: whom it is for cannot go anywhere else with it.
create function refuse_carried_expiry() returns trigger language plpgsql as $$
begin
  if is_carried(new.id) then
    perform refuse('vouchers_carried', 'a voucher that is carried to the person does not run out', 'vouchers');
  end if;
  return new;
end $$;
create trigger carried before update of state on vouchers for each row when (new.state = 'expired' and old.state <> 'expired')
  execute function refuse_carried_expiry();

-- A round lets its vouchers go. The days on which one was carried do not count: its last day is put off by as many, the first and the last of
-- them included, so that whom it is for has a day left at least. What was delivered counts with them as long as that may still be voided.
create function release_round(advance uuid, at timestamptz, only_voucher uuid) returns void language sql security definer set search_path = public, pg_temp as $$
  with let_go as (
    update advance_vouchers r set is_open = false
      where r.advance_id = advance and r.is_open and (only_voucher is null or r.voucher_id = only_voucher) returning r.voucher_id)
  update vouchers v set expires_at = ((v.expires_at at time zone p.time_zone)
      + ((at at time zone p.time_zone)::date - (a.handed_at at time zone p.time_zone)::date + 1) * interval '1 day') at time zone p.time_zone
    from let_go l, advances a join programmes p on p.id = a.programme_id
    where v.id = l.voucher_id and a.id = advance and a.handed_at is not null
      and (v.state in ('activated', 'locked') or v.state = 'redeemed' and a.state = 'handed')
$$;
revoke execute on function release_round(uuid, timestamptz, uuid) from public, sanad_app;

-- What was lost on the way: one person reports it, another confirms it, and what is found later comes back to it.
alter table advances
  add column loss_reported_by uuid,
  add column loss_reported_at timestamptz,
  add column loss_reason text check (length(loss_reason) between 3 and 500),
  -- Where the evidence of it lies: a report of the police, a letter.
  add column loss_reference text check (length(loss_reference) between 1 and 100),
  add column lost numeric not null default 0 check (lost >= 0),
  add column recovered numeric not null default 0,
  drop constraint advances_state_check,
  add constraint advances_state_check check (state in ('asked', 'handed', 'closed', 'lost', 'refused', 'withdrawn')),
  drop constraint advances_check1,
  add constraint advances_handed check (num_nonnulls(handed_by, handed_at, handed_reference) = case when state in ('handed', 'closed', 'lost') then 3 else 0 end),
  drop constraint advances_within_drawn,
  add constraint advances_within_drawn check (delivered + returned + lost <= amount),
  drop constraint advances_closed_at_zero,
  add constraint advances_closed_at_zero check (state not in ('closed', 'lost') or delivered + returned + lost = amount),
  add constraint advances_loss_reported check (num_nonnulls(loss_reported_by, loss_reported_at, loss_reason, loss_reference) in (0, 4)
    and (loss_reported_by is null or handed_at is not null)),
  add constraint advances_loss_reported_by_another check (loss_reported_by <> officer_id),
  add constraint advances_lost check ((state = 'lost') = (lost > 0) and (state <> 'lost' or loss_reported_by is not null)),
  add constraint advances_lost_by_two check (state <> 'lost' or ended_by not in (officer_id, handed_by, loss_reported_by)),
  add constraint advances_recovered check (recovered between 0 and lost);
grant update (loss_reported_by, loss_reported_at, loss_reason, loss_reference, lost) on advances to sanad_app;
drop trigger transition on advances;
create trigger transition before update of state on advances for each row
  execute function refuse_forbidden_transition ('asked>handed', 'asked>refused', 'asked>withdrawn', 'handed>closed', 'handed>lost');
create trigger loss_stands before update of loss_reported_by, loss_reported_at, loss_reason, loss_reference on advances for each row
  when (old.state <> 'handed' or old.loss_reported_by is not null) execute function refuse_change();

-- People are paid elsewhere from the report on, whatever becomes of it.
create function release_lost_round() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  perform release_round(new.id, new.loss_reported_at, null);
  return null;
end $$;
create trigger let_go after update of loss_reported_at on advances for each row execute function release_lost_round();

create or replace function keep_round() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if new.state = 'handed' then
    -- One that is being paid at this moment is waited for, and whoever comes to pay it later sees that it is carried.
    perform from vouchers v where v.id in (select r.voucher_id from advance_vouchers r where r.advance_id = new.id) order by v.id for no key update;
    if new.amount is distinct from (select sum(v.amount) from advance_vouchers r join vouchers v on v.id = r.voucher_id where r.advance_id = new.id) then
      perform refuse('advances_of_round', 'an advance is what its round comes to', 'advances');
    end if;
  end if;
  if new.state in ('closed', 'lost', 'refused', 'withdrawn') then perform release_round(new.id, new.ended_at, null); end if;
  return null;
end $$;

-- Who carries a voucher takes it off the round: the person was not found, has moved, or does not want it.
create table advance_removals (
  advance_id uuid not null,
  voucher_id uuid not null,
  reason text not null check (length(reason) between 3 and 500),
  taken_off_by uuid not null,
  taken_off_at timestamptz not null,
  primary key (advance_id, voucher_id),
  foreign key (advance_id, voucher_id) references advance_vouchers
);
create trigger append_only before update or delete or truncate on advance_removals execute function refuse_change();

create function take_off_round() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  -- A delivery that is being made is waited for, and one that comes later sees that the voucher is off.
  perform from vouchers v where v.id = new.voucher_id for no key update;
  if not is_carried(new.voucher_id)
    or not exists (select from advance_vouchers r join advances a on a.id = r.advance_id
      where r.advance_id = new.advance_id and r.voucher_id = new.voucher_id and r.is_open and a.officer_id = new.taken_off_by)
    or exists (select from payouts p where p.voucher_id = new.voucher_id and p.advance_id = new.advance_id and p.voided_at is null) then
    perform refuse('advance_removals_of_round', 'who carries a voucher takes it off the round, and nobody once it is delivered', 'advance_removals');
  end if;
  perform release_round(new.advance_id, new.taken_off_at, new.voucher_id);
  return null;
end $$;
create trigger taken_off after insert on advance_removals for each row execute function take_off_round();

-- What is off the round is not delivered from its advance any more.
create or replace function count_delivery() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update advances a set delivered = a.delivered + new.amount
    where a.id = new.advance_id and a.state = 'handed' and a.officer_id = new.agent_id and a.currency = new.currency
      and exists (select from advance_vouchers r where r.advance_id = a.id and r.voucher_id = new.voucher_id and r.is_open);
  if not found then
    perform refuse('payouts_of_advance', 'cash is delivered from the officer''s own advance, to somebody of its round', 'payouts');
  end if;
  return null;
end $$;

-- A delivery that was wrong is taken back as a pay-out at a counter is. The cash is in the officer's hands again, if the advance still is.
alter table payouts drop constraint payouts_void_at_office;
create function count_delivery_back() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update advances a set delivered = a.delivered - new.amount where a.id = new.advance_id and a.state = 'handed';
  if not found then
    perform refuse('payouts_void_of_open_advance', 'an advance that has ended takes no cash back', 'payouts');
  end if;
  return null;
end $$;
create trigger counted_back after update on payouts for each row
  when (old.voided_at is null and new.voided_at is not null and new.advance_id is not null) execute function count_delivery_back();

-- What is found of what was lost comes back to the advance, beside what was brought back before.
alter table advance_returns add column is_recovery boolean not null default false;
create or replace function count_return() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (select from advances a where a.id = new.advance_id and a.officer_id = new.taken_by) then
    perform refuse('advance_returns_by_another', 'who drew an advance does not take back what is left of it', 'advance_returns');
  end if;
  update advances a set returned = a.returned + case when new.is_recovery then 0 else new.amount end,
      recovered = a.recovered + case when new.is_recovery then new.amount else 0 end
    where a.id = new.advance_id and a.state = case when new.is_recovery then 'lost' else 'handed' end and a.currency = new.currency;
  if not found then
    perform refuse('advance_returns_of_advance', 'cash comes back to an advance that is out, or was lost', 'advance_returns');
  end if;
  return null;
end $$;

-- What a witness says of the receipt that they are said to have seen being signed and, where they dispute it or do not answer, that somebody of
-- finance takes it to be true all the same.
create table delivery_answers (
  id uuid primary key,
  payout_id uuid not null references deliveries,
  answer text not null check (answer in ('confirmed', 'disputed', 'accepted')),
  reason text check (length(reason) between 3 and 500),
  answered_by uuid not null,
  answered_at timestamptz not null,
  -- When it came to be here, by the database's own clock: who looks for what is new goes by it.
  recorded_at timestamptz not null default clock_timestamp(),
  constraint delivery_answers_reasoned check ((answer = 'confirmed') = (reason is null))
);
create unique index delivery_answers_of_witness on delivery_answers (payout_id) where answer <> 'accepted';
create unique index delivery_answers_accepted_once on delivery_answers (payout_id) where answer = 'accepted';
create index on delivery_answers (recorded_at) where answer = 'disputed';
create index on deliveries (witness_id) where witness_id is not null;
create trigger append_only before update or delete or truncate on delivery_answers execute function refuse_change();

create function refuse_other_answer() returns trigger language plpgsql as $$
declare
  witness uuid;
  officer uuid;
begin
  select d.witness_id, p.agent_id into witness, officer from deliveries d join payouts p on p.id = d.payout_id where d.payout_id = new.payout_id;
  if witness is null then
    perform refuse('delivery_answers_of_receipt', 'only what was proved by a receipt has a witness', 'delivery_answers');
  end if;
  if new.answer <> 'accepted' and new.answered_by <> witness then
    perform refuse('delivery_answers_by_witness', 'nobody answers for the witness', 'delivery_answers');
  end if;
  if new.answer = 'accepted' and new.answered_by in (witness, officer) then
    perform refuse('delivery_answers_accepted_by_another', 'who delivered or witnessed does not accept it', 'delivery_answers');
  end if;
  return new;
end $$;
create trigger by_whom before insert on delivery_answers for each row execute function refuse_other_answer();

-- An advance does not end before every receipt of it was confirmed, or accepted by somebody other than who ends it. A delivery locks the advance, so
-- none comes in meanwhile; what was said stands.
create function refuse_unwitnessed_end() returns trigger language plpgsql as $$
begin
  if exists (select from payouts p join deliveries d on d.payout_id = p.id where p.advance_id = new.id and p.voided_at is null and d.proof = 'receipt'
      and not exists (select from delivery_answers s where s.payout_id = p.id and s.answer in ('confirmed', 'accepted'))) then
    perform refuse('advances_witnessed', 'the witness of a delivery has not confirmed it', 'advances');
  end if;
  if exists (select from payouts p join delivery_answers s on s.payout_id = p.id and s.answer = 'accepted' and s.answered_by = new.ended_by
      where p.advance_id = new.id and p.voided_at is null) then
    perform refuse('advances_accepted_by_another', 'who accepted a delivery without its witness does not end the advance', 'advances');
  end if;
  return new;
end $$;
create trigger witnessed before update of state on advances for each row when (old.state = 'handed' and new.state in ('closed', 'lost'))
  execute function refuse_unwitnessed_end();

-- A receipt that its witness disputes is looked at as what else looks like fraud is.
insert into signal_rules (kind, least, minutes) values ('delivery_disputed', 1, 1440);

-- What a delivery that is taken back, and cash that is lost on the way, do to the books.
alter table journal_entries drop constraint journal_entries_event_check, add constraint journal_entries_event_check check (event in
  ('contribution', 'approval', 'approval_returned', 'issue', 'payout', 'void', 'expiry', 'cancellation', 'settlement', 'fee', 'advance', 'delivery',
   'delivery_void', 'advance_return', 'advance_loss', 'foreign_contribution', 'contribution_value', 'conversion_out', 'conversion_in', 'exchange_loss',
   'exchange_gain', 'claim', 'claim_released', 'recovery', 'cash_recovery', 'loss', 'bank_loss', 'reversal'));
drop index journal_entries_fund_id_event_idx;
create index on journal_entries (fund_id, event) where event in ('contribution', 'contribution_value', 'fee', 'exchange_loss', 'exchange_gain',
  'loss', 'bank_loss', 'advance_loss', 'recovery', 'cash_recovery');

-- A reminder of what is being brought waits as one of what is paid nowhere does.
drop index messages_put_off;
create index messages_put_off on messages (list_id) where state = 'pending' and last_error in ('phone_held', 'pack_not_out', 'on_round', 'quiet_hours');
