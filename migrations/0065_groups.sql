-- What keys were answered, for many at once. A second request with the same key waits here until the first has committed, and then sees its answer: each
-- statement of a volatile function looks anew. The keys are locked in one order, so that two who ask for the same do not wait for each other in a circle.
create function answers_of(actors uuid[], keys text[]) returns table (actor_id uuid, key text, input_digest text, answer bytea)
    language plpgsql set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  perform pg_advisory_xact_lock(l.key) from (select distinct hashtextextended(a.actor || '/' || a.key, 0) as key
    from unnest(actors, keys) a (actor, key) order by 1) l;
  return query select k.actor_id, k.key, k.input_digest, k.answer
    from unnest(actors, keys) a (actor, key) join idempotency_keys k on k.actor_id = a.actor and k.key = a.key;
end $$;

-- What a pay-out is held to is looked at for a whole statement at once, for pay-outs travel in groups: each look-up is one step into an index, and what most
-- pay-outs have nothing to do with costs them no statement of its own. It is looked at once they have been written, by a statement that sees what was
-- committed meanwhile: the voucher was redeemed before, so of whoever else wants the same voucher the later sees the earlier.
create function other_records(person uuid) returns setof uuid language sql stable as $$
  select own.merged_into from beneficiaries own where own.id = person and own.merged_into is not null
  union all select m.id from beneficiaries own join beneficiaries m on m.merged_into = coalesce(own.merged_into, own.id) and m.id <> own.id where own.id = person
$$;
create function check_payouts() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  judged record;
  delivery record;
begin
  select bool_or(n.reported_at is not null) as are_reported,
      bool_or(exists (select from offline_bindings b where b.voucher_id = n.voucher_id and b.is_open)) as are_bound,
      bool_or(n.advance_id is null and exists (select from advance_vouchers r join advances a on a.id = r.advance_id
        where r.voucher_id = n.voucher_id and r.is_open and a.state = 'handed')) as are_carried,
      bool_or(n.advance_id is not null) as are_delivered,
      bool_and(v.id is not null and v.state = 'redeemed' and v.amount = n.amount and v.currency = n.currency and v.collector_id = n.collector_id) as are_of_voucher,
      bool_or(n.alternate_id is not null) as are_to_alternate,
      bool_or(own.merged_into is not null or exists (select from beneficiaries m where m.merged_into = own.id)) as are_of_merged,
      bool_or(exists (select from payment_list_hands h where h.list_id = v.list_id and n.agent_id in (h.user_id, h.for_user_id))
        or exists (select from enrolments e where e.programme_id = v.programme_id and e.beneficiary_id = v.beneficiary_id
          and n.agent_id in (e.entered_by, e.verified_by))) as are_by_hand
    into judged from new_payouts n left join vouchers v on v.id = n.voucher_id left join beneficiaries own on own.id = v.beneficiary_id;
  -- What a device reports is booked as its pack was made: of that office, agent and device, and by the code that was bound.
  if judged.are_reported then
    if exists (select from new_payouts n where n.reported_at is not null
        and not exists (select from offline_entries e join offline_packs k on k.id = e.pack_id
          join offline_bindings b on b.pack_id = k.id and b.voucher_id = e.voucher_id join vouchers v on v.id = b.voucher_id
          where e.payout_id = n.id and e.voucher_id = n.voucher_id and b.counter = v.counter
            and row (k.office_id, k.agent_id, k.device_id) is not distinct from row (n.office_id, n.agent_id, n.device_id))) then
      perform refuse('payouts_reported', 'what is said to be reported stands in the report of a device', 'payouts');
    end if;
  end if;
  -- The cash of a bound voucher is booked from its pack's own report, and lets the voucher go by that.
  if judged.are_bound then
    if exists (select from new_payouts n join offline_bindings b on b.voucher_id = n.voucher_id and b.is_open
        where n.reported_at is null or not exists (select from offline_entries e where e.payout_id = n.id and e.pack_id = b.pack_id)) then
      perform refuse('payouts_of_bound_voucher', 'a voucher that is bound to an offline pack is paid from that pack', 'payouts');
    end if;
    update offline_bindings b set is_open = false from new_payouts n where b.voucher_id = n.voucher_id and b.is_open;
  end if;
  if judged.are_carried then
    perform refuse('payouts_of_carried_voucher', 'a voucher that is carried to the person is paid by who carries it', 'payouts');
  end if;
  if not judged.are_of_voucher then
    perform refuse('payouts_of_voucher', 'a pay-out is of a redeemed voucher''s whole amount, to its collector', 'payouts');
  end if;
  if judged.are_to_alternate then
    -- Whoever takes an alternate's right away meanwhile waits, or is waited for.
    perform from collectors c where c.id in (select n.alternate_id from new_payouts n) order by c.id for share;
    if exists (select from new_payouts n join vouchers v on v.id = n.voucher_id join beneficiaries b on b.id = v.beneficiary_id
        where n.alternate_id is not null and not exists (select from collectors c where c.id = n.alternate_id and c.household_id = b.household_id
          and c.valid_until >= n.paid_on and (c.ended_at is null or n.reported_at is not null and exists (select from offline_entries e
            join offline_packs k on k.id = e.pack_id and k.handed_at < c.ended_at
            join offline_conflicts x on x.entry_id = e.id and x.state = 'open' where e.payout_id = n.id)))) then
      perform refuse('payouts_to_collector', 'who came may not collect for this household on this day', 'payouts');
    end if;
  end if;
  -- Whoever is paying a voucher of another record of the person is waited for, and who does not know of a merger yet by everybody who does.
  if judged.are_of_merged then
    perform from vouchers w where w.beneficiary_id in (select o.id from new_payouts n join vouchers v on v.id = n.voucher_id
      cross join lateral other_records(v.beneficiary_id) o (id)) order by w.id for share;
    if exists (select from new_payouts n join vouchers v on v.id = n.voucher_id cross join lateral other_records(v.beneficiary_id) o (id)
        join vouchers w on w.beneficiary_id = o.id where w.state = 'redeemed' and is_same_instalment(w.line_id, v.line_id)) then
      perform refuse('payouts_once_for_person', 'the person was paid the same as another record', 'payouts');
    end if;
  end if;
  if judged.are_by_hand then
    perform refuse('payouts_by_another', 'who had a hand in the list or the person does not handle the cash', 'payouts');
  end if;
  -- The row of the advance is locked, so that two deliveries never take more than there is; what is off the round is not delivered from it any more.
  if judged.are_delivered then
    for delivery in select n.* from new_payouts n where n.advance_id is not null order by n.advance_id loop
      update advances a set delivered = a.delivered + delivery.amount
        where a.id = delivery.advance_id and a.state = 'handed' and a.officer_id = delivery.agent_id and a.currency = delivery.currency
          and exists (select from advance_vouchers r where r.advance_id = a.id and r.voucher_id = delivery.voucher_id and r.is_open);
      if not found then
        perform refuse('payouts_of_advance', 'cash is delivered from the officer''s own advance, to somebody of its round', 'payouts');
      end if;
    end loop;
  end if;
  return null;
end $$;

-- A pay-out at a counter is within the limits of its office, and comes out of the agent's open till, or out of the safe where the office counts one and no
-- till stands open in front of the agent. Whoever takes turns on a till, a safe or what an office may pay in a day takes them in this order and each kind in
-- order of its key, after everything else, so that nobody waits in a circle, and for nobody but a commit. What an office without a network tells of later has
-- been paid already, out of other cash: it counts for the day and is not refused.
create function count_payouts() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  judged record;
  limited record;
  spent numeric;
begin
  select bool_or(o.id is null) as are_nowhere,
      bool_or(n.reported_at is null and n.till_id is distinct from t.id or n.reported_at is not null and n.till_id is not null) as are_of_other_till,
      bool_or(n.reported_at is null and l.per_payout < n.amount) as are_over_limit,
      bool_or(n.reported_at is null and t.id is null and o.requires_till) as are_without_till,
      bool_or(n.till_id is not null) as are_of_tills,
      bool_or(n.reported_at is null and t.id is null and s.office_id is not null) as are_of_safes,
      bool_or(l.per_day is not null) as are_limited
    into judged from new_payouts n left join offices o on o.id = n.office_id
      left join office_limits l on l.office_id = o.id and l.currency = n.currency
      left join tills t on t.agent_id = n.agent_id and t.currency = n.currency and t.closed_at is null and t.office_id = o.id
        and t.day = (n.paid_at at time zone o.time_zone)::date
      left join office_safes s on s.office_id = o.id and s.currency = n.currency
    where n.office_id is not null;
  if judged.are_nowhere then perform refuse('payouts_office_known', 'an office that does not exist', 'payouts'); end if;
  if judged.are_over_limit then perform refuse('payouts_within_limit', 'an office pays no more than so much at once', 'payouts'); end if;
  if judged.are_without_till then perform refuse('payouts_out_of_till', 'an office that asks for tills pays out of one', 'payouts'); end if;
  if judged.are_of_other_till then
    raise exception 'the till was opened or closed meanwhile' using errcode = 'serialization_failure', constraint = 'payouts_out_of_open_till', table = 'payouts';
  end if;
  if judged.are_of_tills then
    perform from tills t where t.id in (select n.till_id from new_payouts n) order by t.id for no key update;
    if exists (select from new_payouts n join tills t on t.id = n.till_id where t.closed_at is not null) then
      raise exception 'the till was closed meanwhile' using errcode = 'serialization_failure', constraint = 'payouts_out_of_open_till', table = 'payouts';
    end if;
    update tills t set paid = t.paid + p.amount, payout_count = t.payout_count + p.count
      from (select n.till_id, sum(n.amount) as amount, count(*) as count from new_payouts n group by 1) p where t.id = p.till_id;
  end if;
  if judged.are_of_safes then
    perform from office_safes s where (s.office_id, s.currency) in (select n.office_id, n.currency from new_payouts n)
      order by s.office_id, s.currency for no key update;
    update office_safes s set cash = s.cash - p.amount
      from (select n.office_id, n.currency, sum(n.amount) as amount from new_payouts n where n.reported_at is null and n.till_id is null group by 1, 2) p
      where s.office_id = p.office_id and s.currency = p.currency;
  end if;
  if judged.are_limited then
    for limited in select n.office_id, d.day, n.currency, l.per_day, sum(n.amount) as amount, bool_or(n.reported_at is null) as is_held_to_it
        from new_payouts n join offices o on o.id = n.office_id cross join lateral (select (n.paid_at at time zone o.time_zone)::date as day) d
          join office_limits l on l.office_id = o.id and l.currency = n.currency
        where l.per_day is not null group by 1, 2, 3, 4 order by 1, 2, 3 loop
      update office_spending s set paid = s.paid + limited.amount
        where s.office_id = limited.office_id and s.day = limited.day and s.currency = limited.currency returning s.paid into spent;
      if not found then
        -- What this statement has written is among what was paid.
        insert into office_spending as known (office_id, day, currency, paid)
          values (limited.office_id, limited.day, limited.currency, paid_at_office(limited.office_id, limited.day, limited.currency))
          on conflict (office_id, day, currency) do update set paid = known.paid + limited.amount
          returning paid into spent;
      end if;
      if spent > limited.per_day and limited.is_held_to_it then
        perform refuse('payouts_within_daily_limit', 'an office pays no more than so much in a day', 'payouts');
      end if;
    end loop;
  end if;
  return null;
end $$;

create or replace function note_payout() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, office_id, key, day, at, was_key, was_day, was_until,
    count, amount, people)
    select v.programme_id, 'payout', v.list_id, v.fund_id, l.wilaya_number, n.office_id, to_char(n.paid_at at time zone p.time_zone, 'HH24'),
      n.paid_on, n.paid_at, s.key, s.day, s.until, 1, n.amount, array[v.beneficiary_id]
    from new_payouts n join vouchers v on v.id = n.voucher_id join payment_list_lines l on l.id = v.line_id join programmes p on p.id = v.programme_id
    cross join lateral voucher_stands('activated', v.issued_at, v.activated_at, v.expires_at, p.time_zone) s;
  return null;
end $$;

drop trigger of_bound_voucher on payouts;
drop trigger of_carried_voucher on payouts;
drop trigger of_voucher on payouts;
drop trigger once_for_person on payouts;
drop trigger paid_by_another on payouts;
drop trigger within_limits on payouts;
drop trigger counted on payouts;
drop trigger noted on payouts;
drop function refuse_bound_payout, refuse_carried_payout, refuse_other_payout, refuse_second_record, count_payout, count_delivery;
create trigger checked after insert on payouts referencing new table as new_payouts for each statement execute function check_payouts();
create trigger counted after insert on payouts referencing new table as new_payouts for each statement execute function count_payouts();
create trigger noted after insert on payouts referencing new table as new_payouts for each statement execute function note_payout();

-- Takes back alone now.
create or replace function refuse_payout_by_hand() returns trigger language plpgsql as $$
begin
  if exists (select from vouchers v join payment_list_hands h on h.list_id = v.list_id and new.voided_by in (h.user_id, h.for_user_id) where v.id = new.voucher_id)
    or exists (select from vouchers v join enrolments e on e.programme_id = v.programme_id and e.beneficiary_id = v.beneficiary_id
      where v.id = new.voucher_id and new.voided_by in (e.entered_by, e.verified_by)) then
    perform refuse('payouts_by_another', 'who had a hand in the list or the person does not handle the cash', 'payouts');
  end if;
  return new;
end $$;

-- Whoever posts shares the days that they post to until they commit, as before, and looks for a closed period once they have them.
drop trigger open_period on journal_entries;
create or replace function refuse_closed_period() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(d.programme, d.day)
    from (select distinct uuid_hash(n.programme_id) as programme, ledger_day(n.at) as day from new_entries n order by 1, 2) d;
  if exists (select from new_entries n join ledger_periods p on p.programme_id = n.programme_id and p.state = 'closed' and p.until_at > n.at) then
    -- A serialization failure: who meets it tries again, at a later moment.
    raise exception 'a closed period takes no posting'
      using errcode = 'serialization_failure', constraint = 'journal_entries_open_period', table = 'journal_entries';
  end if;
  return null;
end $$;
create trigger open_period after insert on journal_entries referencing new table as new_entries
  for each statement execute function refuse_closed_period();
