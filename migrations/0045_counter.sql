-- A reminder says where to collect. Texts that were written before stand as they are, and give way where only one office pays.
create function refuse_reminder_to_nowhere() returns trigger language plpgsql as $$
begin
  perform refuse('message_templates_office', 'a reminder says where to collect', 'message_templates');
  return null;
end $$;
create trigger says_where after insert on message_templates for each row when (new.kind = 'reminder' and position('{office}' in new.body) = 0)
  execute function refuse_reminder_to_nowhere();
drop index messages_put_off;
create index messages_put_off on messages (list_id) where state = 'pending' and last_error in ('phone_held', 'pack_not_out', 'quiet_hours');

-- What was judged and then goes on is found again, as a signal of its own that follows the one before. Only what is new counts in it.
alter table signals add column round int not null default 1 check (round > 0),
  add column follows uuid unique references signals,
  drop constraint signals_found_once,
  add constraint signals_found_once unique (programme_id, kind, key, round),
  add constraint signals_itself unique (id, programme_id, kind, key),
  add constraint signals_follow check ((round = 1) = (follows is null));
create unique index signals_one_to_judge on signals (programme_id, kind, key) where state in ('open', 'in_review');

create function refuse_other_follower() returns trigger language plpgsql as $$
begin
  perform from signals s where s.id = new.follows and s.programme_id = new.programme_id and s.kind = new.kind and s.key = new.key
    and s.round = new.round - 1 and s.state in ('dismissed', 'confirmed') for share;
  if not found then perform refuse('signals_follow_judged', 'a signal follows the same finding, once that was judged', 'signals'); end if;
  return new;
end $$;
create trigger follows_judged before insert on signals for each row when (new.follows is not null) execute function refuse_other_follower();

-- What a finding rests on, one by one: pay-outs, tries or households. What has counted once counts in no later signal of the same finding. Signals that
-- were judged before this was kept have none, and nothing follows them.
create table signal_items (
  programme_id uuid not null,
  kind text not null,
  key text not null,
  item uuid not null,
  signal_id uuid not null,
  constraint signal_items_count_once primary key (programme_id, kind, key, item),
  foreign key (signal_id, programme_id, kind, key) references signals (id, programme_id, kind, key)
);
create index on signal_items (signal_id);
create trigger append_only before update or delete or truncate on signal_items execute function refuse_change();

create function refuse_late_item() returns trigger language plpgsql as $$
begin
  perform from new_items n join signals s on s.id = n.signal_id where s.state in ('dismissed', 'confirmed');
  if found then perform refuse('signal_items_before_judged', 'what was judged rests on what it rested on then', 'signal_items'); end if;
  return null;
end $$;
create trigger before_judged after insert on signal_items referencing new table as new_items for each statement execute function refuse_late_item();

create function refuse_counted_again() returns trigger language plpgsql as $$
begin
  if new.count > (select count(*) from signal_items i where i.signal_id = new.id) then
    perform refuse('signals_count_what_is_new', 'a signal that follows another counts what is new', 'signals');
  end if;
  return null;
end $$;
create constraint trigger counts_what_is_new after insert or update of count on signals deferrable initially deferred for each row
  when (new.follows is not null) execute function refuse_counted_again();

-- Somebody may come in the collector's place at an office without a network too. Who was taken off after the pack had gone out, which the device could
-- not hear of, was paid in good faith: finance decides, and the books take it by that alone.
alter table offline_conflicts drop constraint offline_conflicts_reason_check, add constraint offline_conflicts_reason_check check (reason in
  ('bad_signature', 'unreadable', 'other_pack', 'forked', 'broken_chain', 'gap', 'after_close', 'clock_went_back', 'clock_ahead', 'outside_window',
   'before_last_sync', 'device_lost', 'pack_over', 'not_in_pack', 'wrong_amount', 'code_unproven', 'over_cap', 'hand_in_list', 'not_a_collector',
   'already_paid', 'voucher_cancelled', 'voucher_expired', 'voucher_locked', 'voucher_not_active', 'paid_as_other_record', 'consent_withdrawn', 'refused'));
create or replace function refuse_other_payout() returns trigger language plpgsql as $$
begin
  if not exists (select from vouchers v where v.id = new.voucher_id and v.state = 'redeemed'
      and v.amount = new.amount and v.currency = new.currency and v.collector_id = new.collector_id) then
    raise exception 'a pay-out is of a redeemed voucher''s whole amount, to its collector'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_of_voucher', table = 'payouts';
  end if;
  -- Whoever takes an alternate's right away meanwhile waits, or is waited for.
  if new.alternate_id is not null then
    perform from vouchers v join beneficiaries b on b.id = v.beneficiary_id join collectors c on c.household_id = b.household_id
      where v.id = new.voucher_id and c.id = new.alternate_id and c.valid_until >= new.paid_on
        and (c.ended_at is null or new.reported_at is not null and exists (select from offline_entries e
          join offline_packs k on k.id = e.pack_id and k.handed_at < c.ended_at
          join offline_conflicts x on x.entry_id = e.id and x.state = 'open' where e.payout_id = new.id)) for share of c;
    if not found then
      perform refuse('payouts_to_collector', 'who came may not collect for this household on this day', 'payouts');
    end if;
  end if;
  return new;
end $$;
