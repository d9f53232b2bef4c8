create table vouchers (
  id uuid primary key,
  -- Public: twelve random digits and two check digits (ISO 7064 MOD 97-10).
  serial text not null unique check (length(serial) = 14 and translate(serial, '0123456789', '') = ''),
  -- The line says what these are. It is looked up for a whole statement at once, below: a foreign key each would cost more than the row.
  line_id uuid not null unique,
  list_id uuid not null,
  programme_id uuid not null,
  fund_id uuid not null,
  beneficiary_id uuid not null,
  collector_id uuid not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  state text not null default 'issued' check (state in ('issued', 'activated', 'redeemed', 'locked', 'expired', 'cancelled')),
  -- The code itself is derived from these and kept nowhere.
  key_version smallint not null check (key_version between 1 and 255),
  counter int not null default 0 check (counter >= 0),
  failed_attempts smallint not null default 0 check (failed_attempts between 0 and 5),
  issued_at timestamptz not null,
  activated_at timestamptz,
  expires_at timestamptz,
  check (fits_currency(amount, currency)),
  constraint vouchers_activation check (state in ('issued', 'cancelled') or (activated_at is not null and expires_at > activated_at)),
  constraint vouchers_locked_after_five check (failed_attempts < 5 or state <> 'activated')
);
create index on vouchers (list_id);
create index on vouchers (beneficiary_id);
create index on vouchers (collector_id);
create index vouchers_expiring on vouchers (expires_at) where state in ('activated', 'locked');
create trigger transition before update of state on vouchers for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition
  ('issued>activated', 'issued>cancelled', 'activated>redeemed', 'activated>locked', 'activated>expired', 'activated>cancelled',
   'locked>activated', 'locked>expired', 'locked>cancelled', 'redeemed>activated');
create trigger first_state before insert on vouchers for each row execute function refuse_other_first_state('issued');
grant update (state, counter, key_version, failed_attempts, activated_at, expires_at) on vouchers to sanad_app;

-- A code that was used, locked or replaced never works again: only a higher counter, and so another code, opens the voucher anew.
create function refuse_old_code() returns trigger language plpgsql as $$
begin
  raise exception 'a voucher is opened again under a new code only'
    using errcode = 'integrity_constraint_violation', constraint = 'vouchers_new_code', table = 'vouchers';
end $$;
create trigger new_code before update on vouchers for each row when (new.counter < old.counter or new.counter = old.counter and (
    new.failed_attempts < old.failed_attempts or new.key_version <> old.key_version
    or new.state = 'activated' and old.state in ('redeemed', 'locked')))
  execute function refuse_old_code();

-- A voucher is what its released line says, and nothing else.
create function refuse_other_voucher() returns trigger language plpgsql as $$
begin
  if exists (select from new_vouchers v left join payment_list_lines l on l.id = v.line_id left join payment_lists p on p.id = l.list_id
      where l.state is distinct from 'released' or p.state not in ('releasing', 'released')
        or row (l.list_id, l.beneficiary_id, l.collector_id, l.amount, l.currency, p.programme_id, l.fund_id)
          is distinct from row (v.list_id, v.beneficiary_id, v.collector_id, v.amount, v.currency, v.programme_id, v.fund_id)) then
    raise exception 'a voucher is of a released line, for its amount and its collector'
      using errcode = 'integrity_constraint_violation', constraint = 'vouchers_of_released_line', table = 'vouchers';
  end if;
  return null;
end $$;
-- Whoever it is for is held until the voucher stands: whoever erases them waits for it.
create trigger known_people after insert on vouchers referencing new table as new_rows
  for each statement execute function refuse_unknown_people();
create trigger of_released_line after insert on vouchers referencing new table as new_vouchers
  for each statement execute function refuse_other_voucher();

-- Messages to people. The text is made when it is sent and is kept nowhere. This table is also the queue that they are sent from.
create table messages (
  id uuid primary key,
  kind text not null check (kind in ('code')),
  -- What these three point at is looked up for a whole statement at once, below: a foreign key each would cost more than the row.
  voucher_id uuid not null,
  -- Which code: a reissue is another message, a repeat is the same one.
  counter int not null,
  beneficiary_id uuid not null,
  list_id uuid not null,
  state text not null default 'pending' check (state in ('pending', 'accepted', 'delivered', 'undelivered', 'failed')),
  -- A code that somebody waits for goes before the codes of whole lists, and these before everything else.
  urgent boolean not null default false,
  priority smallint generated always as (case when kind <> 'code' then 2 when urgent then 0 else 1 end) stored,
  -- It is not sent before this. While a worker has it nobody else takes it; from a worker that died it is taken again.
  next_try_at timestamptz not null default '-infinity',
  leased_until timestamptz,
  -- The gateway that was asked last; none where the outbox stands in. And the one that somebody has chosen for it.
  gateway_id uuid,
  wanted_gateway_id uuid,
  gateway_reference text check (length(gateway_reference) between 1 and 128),
  segments smallint,
  attempts int not null default 0 check (attempts >= 0),
  last_error text,
  created_at timestamptz not null,
  accepted_at timestamptz,
  -- When the phone was reached, or given up, as the gateway says.
  reported_at timestamptz,
  -- Somebody told the person in another way.
  dealt_with_at timestamptz,
  dealt_with_by uuid,
  dealt_with_how text check (dealt_with_how in ('phone', 'in_person', 'other')),
  dealt_with_reason text check (length(dealt_with_reason) between 3 and 500),
  unique (voucher_id, kind, counter),
  constraint messages_accepted check (state not in ('accepted', 'delivered', 'undelivered') or accepted_at is not null),
  constraint messages_leased check (leased_until is null or state = 'pending'),
  constraint messages_dealt_with check (num_nonnulls(dealt_with_at, dealt_with_by, dealt_with_how, dealt_with_reason) in (0, 4))
);
create index messages_due on messages (priority, next_try_at) where state = 'pending';
create index on messages (list_id, id);
create index messages_by_reference on messages (gateway_id, gateway_reference) where gateway_reference is not null;
create index messages_dead on messages (list_id, id) where state in ('failed', 'undelivered') and dealt_with_at is null;
-- What was delivered stays delivered, whatever is reported afterwards.
create trigger transition before update of state on messages for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('pending>accepted', 'pending>failed', 'pending>delivered', 'accepted>delivered',
    'accepted>undelivered', 'undelivered>delivered', 'undelivered>pending', 'failed>pending', 'failed>accepted', 'failed>delivered');
create trigger first_state before insert on messages for each row execute function refuse_other_first_state('pending');
grant update (state, next_try_at, leased_until, gateway_id, wanted_gateway_id, gateway_reference, segments, attempts, last_error, accepted_at,
  reported_at, dealt_with_at, dealt_with_by, dealt_with_how, dealt_with_reason) on messages to sanad_app;

create function refuse_stray_message() returns trigger language plpgsql as $$
begin
  if exists (select from new_messages m left join vouchers v on v.id = m.voucher_id left join beneficiaries b on b.id = m.beneficiary_id
      where b.id is null or v.list_id is distinct from m.list_id) then
    raise exception 'a message is about a voucher of its list, to somebody who is known'
      using errcode = 'foreign_key_violation', constraint = 'messages_of_voucher', table = 'messages';
  end if;
  return null;
end $$;
create trigger of_voucher after insert on messages referencing new table as new_messages
  for each statement execute function refuse_stray_message();

create table payouts (
  id uuid primary key,
  voucher_id uuid not null references vouchers,
  -- The office that paid; none where a field officer handed the cash over from an advance.
  office_id uuid,
  -- Who handed over the cash.
  agent_id uuid not null,
  collector_id uuid not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  document_type text not null,
  document_last_four text not null check (length(document_last_four) = 4),
  paid_at timestamptz not null,
  -- The day in the programme's time zone, as the post's statement dates it.
  paid_on date not null,
  voided_at timestamptz,
  voided_by uuid,
  void_reason text check (length(void_reason) between 3 and 500),
  -- The enrolled device that it was made on.
  device_id uuid,
  advance_id uuid,
  -- Who came in place of the collector: somebody who may collect for the household. None: the collector came.
  alternate_id uuid,
  -- Whether the document seen ends otherwise than every document that is known of who came. Unknown where none is.
  document_differs boolean,
  -- The agent's till that the cash came out of, where one was open.
  till_id uuid,
  -- When an office that had no network told of it; none where it was made here.
  reported_at timestamptz,
  check (fits_currency(amount, currency)),
  constraint payouts_office_or_advance check ((office_id is null) <> (advance_id is null)),
  constraint payouts_at_office check (office_id is not null or num_nonnulls(till_id, reported_at) = 0),
  constraint payouts_void_by_another check (voided_by <> agent_id),
  -- What was delivered by hand is not taken back at a counter.
  constraint payouts_void_at_office check (voided_at is null or office_id is not null),
  constraint payouts_void_complete check (num_nonnulls(voided_at, voided_by, void_reason) in (0, 3))
);
-- A voucher is paid once. Nothing else in the system matters as much as this line.
create unique index payouts_once on payouts (voucher_id, voided_at) nulls not distinct;
create index on payouts (office_id, paid_on);
create index on payouts (paid_on);
create index on payouts (advance_id) where advance_id is not null;
grant update (voided_at, voided_by, void_reason) on payouts to sanad_app;

create function refuse_payout_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.voided_at is null and new.voided_at is not null
    and to_jsonb(new) - 'voided_at' - 'voided_by' - 'void_reason' = to_jsonb(old) - 'voided_at' - 'voided_by' - 'void_reason' then
    return new;
  end if;
  raise exception 'a pay-out is voided, never changed'
    using errcode = 'integrity_constraint_violation', constraint = 'payouts_append_only', table = 'payouts';
end $$;
create trigger void_only before update or delete on payouts for each row execute function refuse_payout_change();
create trigger no_truncate before truncate on payouts execute function refuse_change();

-- The pay-out must be of the voucher's amount, and the voucher must be redeemed by the same transaction. Who came is its collector or, by name,
-- somebody who may collect for the household on that day.
create function refuse_other_payout() returns trigger language plpgsql as $$
begin
  if not exists (select from vouchers v where v.id = new.voucher_id and v.state = 'redeemed'
      and v.amount = new.amount and v.currency = new.currency and v.collector_id = new.collector_id) then
    raise exception 'a pay-out is of a redeemed voucher''s whole amount, to its collector'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_of_voucher', table = 'payouts';
  end if;
  -- Whoever takes an alternate's right away meanwhile waits, or is waited for.
  if new.alternate_id is not null then
    perform from vouchers v join beneficiaries b on b.id = v.beneficiary_id join collectors c on c.household_id = b.household_id
      where v.id = new.voucher_id and c.id = new.alternate_id and c.ended_at is null and c.valid_until >= new.paid_on for share of c;
    if not found then
      perform refuse('payouts_to_collector', 'who came may not collect for this household on this day', 'payouts');
    end if;
  end if;
  return new;
end $$;
create trigger of_voucher before insert on payouts for each row execute function refuse_other_payout();

-- Whether two lines pay the same of a plan, each to a record of its own: the same days, or the same tranche, which 0023 adds.
create function is_same_instalment(one uuid, other uuid) returns boolean language sql stable as $$
  select coalesce((select a.plan_id = b.plan_id and a.covers_from <= b.covers_to and a.covers_to >= b.covers_from
    from payment_list_lines a, payment_list_lines b where a.id = one and b.id = other), false)
$$;

-- Somebody who has several records, of which all but one were merged, is paid an instalment of a plan as one of them. The voucher that is
-- being paid was redeemed before this looks at the vouchers of the other records and waits for whoever is paying one of those: so of two
-- who pay at once the later sees the earlier, and who does not know of a merger yet is waited for by everybody who does.
create function refuse_second_record() returns trigger language plpgsql as $$
declare
  line uuid;
  others uuid[];
begin
  select v.line_id, array(select own.merged_into where own.merged_into is not null
      union all select m.id from beneficiaries m where m.merged_into = coalesce(own.merged_into, own.id) and m.id <> own.id)
    into line, others from vouchers v join beneficiaries own on own.id = v.beneficiary_id where v.id = new.voucher_id;
  if cardinality(others) > 0 then
    perform from vouchers v where v.beneficiary_id = any(others) order by v.id for share;
    if exists (select from vouchers v where v.beneficiary_id = any(others) and v.state = 'redeemed' and is_same_instalment(v.line_id, line)) then
      raise exception 'the person was paid the same as another record'
        using errcode = 'integrity_constraint_violation', constraint = 'payouts_once_for_person', table = 'payouts';
    end if;
  end if;
  return new;
end $$;
create trigger once_for_person before insert on payouts for each row execute function refuse_second_record();

-- Wrong codes, to lock out an agent who guesses. The code that was tried is not kept.
create table failed_codes (
  id uuid primary key,
  agent_id uuid not null,
  -- None where somebody was to be paid by hand.
  office_id uuid,
  voucher_id uuid,
  at timestamptz not null constraint failed_codes_in_our_time check (at between '2020-01-01' and '2200-01-01')
);
create index on failed_codes (agent_id, at);
create trigger append_only before update or delete or truncate on failed_codes execute function refuse_change();

-- Who came for the cash of a voucher that could be paid, at an office that had none.
create table cash_refusals (
  id uuid primary key,
  agent_id uuid not null,
  office_id uuid not null references offices,
  voucher_id uuid not null references vouchers,
  at timestamptz not null constraint cash_refusals_in_our_time check (at between '2020-01-01' and '2200-01-01')
);
create index on cash_refusals (voucher_id);
create trigger append_only before update or delete or truncate on cash_refusals execute function refuse_change();
