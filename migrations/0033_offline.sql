-- Offices without a network: a pack of vouchers that only one office, one device and one agent can pay, what the device reports, and what of
-- that cannot be booked.

-- How much may be out at an office at a time. The newest row counts; an office's own before its programme's. Without one nothing goes out.
create table offline_limits (
  id uuid primary key,
  programme_id uuid not null references programmes,
  office_id uuid references offices,
  max_vouchers int not null,
  max_cash numeric not null,
  currency text not null,
  max_hours int not null,
  grace_hours int not null,
  set_by uuid not null,
  set_at timestamptz not null,
  check (fits_currency(max_cash, currency)),
  -- Beyond these nobody goes, whoever sets the limits.
  constraint offline_limits_ceiling check (max_vouchers between 0 and 200 and max_cash > 0 and max_cash <= 10000000
    and max_hours between 1 and 72 and grace_hours between 24 and 336)
);
create index on offline_limits (programme_id, office_id, set_at);
create trigger append_only before update or delete or truncate on offline_limits execute function refuse_change();

-- The keys that a pack is locked with for a device. It made them itself, and signed for them with the key that it is known by.
create table offline_device_keys (
  device_id uuid not null references devices,
  version int not null check (version >= 1),
  recipient text not null check (recipient ~ '^age1[02-9ac-hj-np-z]{58}$'), -- X25519, as age writes it
  agreement_key jsonb not null check (agreement_key ->> 'crv' = 'P-256' and not agreement_key ? 'd'), -- JSON Web Key (RFC 7517)
  signing_version int not null,
  signature text not null,
  enrolled_by uuid not null,
  enrolled_at timestamptz not null,
  primary key (device_id, version),
  foreign key (device_id, signing_version) references device_keys (device_id, version)
);
create trigger append_only before update or delete or truncate on offline_device_keys execute function refuse_change();

create table offline_packs (
  id uuid primary key,
  programme_id uuid not null references programmes,
  office_id uuid not null references offices,
  device_id uuid not null references devices,
  -- Who pays from it.
  agent_id uuid not null,
  prepared_by uuid not null,
  prepared_at timestamptz not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  -- Until when its vouchers are kept for what the device may still report.
  grace_ends_at timestamptz not null,
  voucher_count int not null check (voucher_count between 1 and 200),
  cash_limit numeric not null check (cash_limit > 0),
  currency text not null,
  -- The base-two logarithm of what one guess at a code costs.
  work_factor smallint not null check (work_factor between 1 and 20),
  state text not null default 'prepared' check (state in ('prepared', 'out', 'closed', 'lost', 'withdrawn', 'over')),
  key_version int,
  signing_version int,
  handed_by uuid,
  handed_at timestamptz,
  -- The end of the device's chain as far as it is here whole, and how long the device says that it is.
  head_sequence int not null default 0 check (head_sequence >= 0),
  head_hash text not null check (head_hash ~ '^[0-9a-f]{64}$'),
  declared_length int not null default 0,
  -- The latest time by the device's clock of anything in the chain.
  last_entry_at timestamptz,
  synced_at timestamptz,
  -- Whether the device has ended its chain.
  is_finished boolean not null default false,
  loss_reported_by uuid,
  loss_reported_at timestamptz,
  loss_reason text check (length(loss_reason) between 3 and 500),
  loss_confirmed_by uuid,
  loss_confirmed_at timestamptz,
  ended_by uuid,
  ended_at timestamptz,
  check (fits_currency(cash_limit, currency)),
  constraint offline_packs_window check (ends_at > starts_at and ends_at <= starts_at + interval '72 hours'
    and grace_ends_at between ends_at + interval '24 hours' and ends_at + interval '336 hours'),
  constraint offline_packs_agent_is_another check (agent_id <> prepared_by),
  check ((state in ('prepared', 'withdrawn')) <= (handed_at is null)),
  check (state not in ('out', 'closed', 'lost') or num_nonnulls(key_version, signing_version, handed_by, handed_at) = 4),
  check (num_nonnulls(loss_reported_by, loss_reported_at, loss_reason) in (0, 3)),
  check (num_nonnulls(loss_confirmed_by, loss_confirmed_at) in (0, 2) and (loss_confirmed_by is null or loss_reported_by is not null)),
  check (state <> 'lost' or loss_confirmed_by is not null),
  constraint offline_packs_lost_by_two check (loss_confirmed_by <> loss_reported_by),
  check ((state in ('closed', 'withdrawn', 'over')) = (ended_at is not null)),
  constraint offline_packs_closed_by_another check (state <> 'closed' or ended_by <> agent_id),
  constraint offline_packs_closed_whole check (state <> 'closed' or is_finished),
  -- A device that reports nothing may still have paid.
  constraint offline_packs_over_after_grace check (state <> 'over' or ended_at >= grace_ends_at),
  foreign key (device_id, key_version) references offline_device_keys (device_id, version)
);
create index on offline_packs (programme_id, id);
create index on offline_packs (programme_id, office_id) where state in ('prepared', 'out', 'lost');
create index offline_packs_ending on offline_packs (grace_ends_at) where state in ('prepared', 'out', 'lost');
-- A device holds one pack at a time.
create unique index offline_packs_one_for_device on offline_packs (device_id) where state in ('prepared', 'out');
create trigger first_state before insert on offline_packs for each row execute function refuse_other_first_state('prepared');
create trigger transition before update of state on offline_packs for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition
  ('prepared>out', 'prepared>withdrawn', 'prepared>over', 'out>closed', 'out>lost', 'out>over', 'lost>over');
create trigger no_truncate before truncate on offline_packs execute function refuse_change();
create function refuse_shorter_chain() returns trigger language plpgsql as $$
begin
  perform refuse('offline_packs_chain_goes_on', 'what a device has reported stays', 'offline_packs');
  return null;
end $$;
create trigger chain_goes_on before update on offline_packs for each row
  when (new.head_sequence < old.head_sequence or new.declared_length < old.declared_length or new.last_entry_at < old.last_entry_at
    or new.head_sequence = old.head_sequence and new.head_hash <> old.head_hash or old.is_finished and not new.is_finished)
  execute function refuse_shorter_chain();
grant update (state, key_version, signing_version, handed_by, handed_at, head_sequence, head_hash, declared_length, last_entry_at, synced_at,
  is_finished, loss_reported_by, loss_reported_at, loss_reason, loss_confirmed_by, loss_confirmed_at, ended_by, ended_at) on offline_packs to sanad_app;

-- Of everything that is out at an office at a time, no more than its limits. Whoever prepares another pack there waits.
create function refuse_pack_beyond_limits() returns trigger language plpgsql as $$
declare
  allowed offline_limits;
begin
  perform pg_advisory_xact_lock(hashtextextended('offline/' || new.programme_id || '/' || new.office_id, 0));
  select * into allowed from offline_limits l where l.programme_id = new.programme_id and (l.office_id = new.office_id or l.office_id is null)
    order by l.office_id is null, l.set_at desc, l.id desc limit 1;
  if allowed.id is null or allowed.currency <> new.currency
    or new.ends_at > new.starts_at + allowed.max_hours * interval '1 hour'
    or new.grace_ends_at < new.ends_at + allowed.grace_hours * interval '1 hour'
    or (select sum(k.voucher_count) > allowed.max_vouchers or sum(k.cash_limit) > allowed.max_cash from offline_packs k
      where k.programme_id = new.programme_id and k.office_id = new.office_id and k.state in ('prepared', 'out', 'lost')) then
    perform refuse('offline_packs_within_limits', 'what is out at an office stays within its limits', 'offline_packs');
  end if;
  return null;
end $$;
create trigger within_limits after insert on offline_packs for each row execute function refuse_pack_beyond_limits();

-- While a voucher is bound to a pack, it pays there and nowhere else.
create table offline_bindings (
  pack_id uuid not null references offline_packs,
  voucher_id uuid not null references vouchers,
  is_open boolean not null default true,
  -- The code that was bound: after another was sent, the pack pays the voucher no more.
  counter int not null,
  primary key (pack_id, voucher_id)
);
create unique index offline_bindings_once on offline_bindings (voucher_id) where is_open;
create index on offline_bindings (voucher_id);
create trigger no_truncate before truncate on offline_bindings execute function refuse_change();

create function is_bound(voucher uuid) returns boolean language sql stable as $$
  select exists (select from offline_bindings b where b.voucher_id = voucher and b.is_open)
$$;

create function bind_code() returns trigger language plpgsql as $$
begin
  select v.counter into new.counter from vouchers v where v.id = new.voucher_id;
  return new;
end $$;
create trigger code before insert on offline_bindings for each row execute function bind_code();

-- The vouchers are locked here: one that is being paid at this moment is waited for, and whoever comes to pay it later sees the binding.
create function refuse_other_binding() returns trigger language plpgsql as $$
begin
  perform from vouchers v where v.id in (select n.voucher_id from new_rows n) order by v.id for no key update;
  if exists (select from new_rows n join offline_packs k on k.id = n.pack_id join vouchers v on v.id = n.voucher_id
      where k.state <> 'prepared' or not n.is_open or n.counter <> v.counter or v.state <> 'activated' or v.expires_at < k.ends_at
        or row (v.programme_id, v.currency) is distinct from row (k.programme_id, k.currency)
        or exists (select from advance_vouchers r where r.voucher_id = v.id and r.is_open))
    or exists (select from new_rows n join offline_packs k on k.id = n.pack_id
      where (select count(*) from offline_bindings b where b.pack_id = k.id) > k.voucher_count) then
    perform refuse('offline_bindings_payable', 'what is bound to a pack could be paid, and is bound before the pack goes out', 'offline_bindings');
  end if;
  return null;
end $$;
create trigger payable after insert on offline_bindings referencing new table as new_rows
  for each statement execute function refuse_other_binding();

create function refuse_miscounted_pack() returns trigger language plpgsql as $$
begin
  if new.voucher_count <> (select count(*) from offline_bindings b where b.pack_id = new.id) then
    perform refuse('offline_packs_counted', 'a pack has as many vouchers as it says', 'offline_packs');
  end if;
  return null;
end $$;
create constraint trigger counted after insert on offline_packs deferrable initially deferred for each row execute function refuse_miscounted_pack();

-- A voucher that is bound stays as it is. Wrong codes are counted and do not lock it: online it pays nobody in any case, and the device, which
-- counts for itself, would not hear of it.
create function keep_bound_voucher() returns trigger language plpgsql as $$
begin
  if not is_bound(old.id) then return new; end if;
  if old.state = 'activated' and new.state = 'locked' and new.failed_attempts > old.failed_attempts then
    new.state := old.state;
    new.failed_attempts := old.failed_attempts;
    return new;
  end if;
  perform refuse('vouchers_bound', 'a voucher that is bound to an offline pack stays as it is', 'vouchers');
  return null;
end $$;
create trigger bound before update on vouchers for each row
  when (new.state is distinct from old.state and new.state <> 'redeemed' or new.counter <> old.counter or new.key_version <> old.key_version
    or new.expires_at < old.expires_at)
  execute function keep_bound_voucher();

-- Everything that a device has reported, as it came. Nothing of it is changed or taken away.
create table offline_entries (
  id uuid primary key,
  pack_id uuid not null references offline_packs,
  payload text not null check (length(payload) between 1 and 4000),
  signature text not null check (length(signature) between 1 and 200),
  hash text not null check (hash ~ '^[0-9a-f]{64}$'), -- SHA-256 of the payload
  -- Whether the device signed it, and whether who wrote it knew the code.
  is_genuine boolean not null,
  is_proven boolean not null,
  sequence int check (sequence >= 1),
  voucher_id uuid references vouchers,
  -- What it is when the device signed it and it can be read.
  kind text check (kind in ('payout', 'wrong_code', 'close')),
  state text not null default 'waiting' check (state in ('waiting', 'booked', 'noted', 'conflict')),
  -- Whether it stands in the chain at its sequence.
  in_chain boolean not null default false,
  payout_id uuid unique references payouts deferrable initially deferred,
  received_by uuid not null,
  received_at timestamptz not null,
  constraint offline_entries_once unique (pack_id, hash, signature),
  constraint offline_entries_booked check ((state = 'booked') = (payout_id is not null) and (state <> 'booked' or is_genuine and is_proven and kind = 'payout')),
  constraint offline_entries_in_chain check (not in_chain or (is_genuine and sequence is not null and state <> 'waiting'))
);
create unique index offline_entries_chain on offline_entries (pack_id, sequence) where in_chain;
create index offline_entries_waiting on offline_entries (pack_id) where state = 'waiting';
create index on offline_entries (voucher_id);
create index offline_entries_unsigned on offline_entries (pack_id) where not is_genuine;
create index offline_entries_signed on offline_entries (pack_id, sequence) where is_genuine;
create trigger first_state before insert on offline_entries for each row execute function refuse_other_first_state('waiting');
create trigger transition before update of state on offline_entries for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('waiting>booked', 'waiting>noted', 'waiting>conflict', 'conflict>booked');
create trigger kept before delete or truncate on offline_entries execute function refuse_change();
grant update (state, in_chain, payout_id) on offline_entries to sanad_app;

-- What a device reports is booked as its pack was made: of that office, agent and device, and by the code that was bound. The cash of a bound
-- voucher is booked from its pack's own report, and lets the voucher go by that.
create function refuse_bound_payout() returns trigger language plpgsql security definer set search_path = public as $$
declare
  pack uuid;
begin
  if new.reported_at is not null and not exists (select from offline_entries e join offline_packs k on k.id = e.pack_id
      join offline_bindings b on b.pack_id = k.id and b.voucher_id = e.voucher_id join vouchers v on v.id = b.voucher_id
      where e.payout_id = new.id and e.voucher_id = new.voucher_id and b.counter = v.counter
        and row (k.office_id, k.agent_id, k.device_id) is not distinct from row (new.office_id, new.agent_id, new.device_id)) then
    perform refuse('payouts_reported', 'what is said to be reported stands in the report of a device', 'payouts');
  end if;
  select b.pack_id into pack from offline_bindings b where b.voucher_id = new.voucher_id and b.is_open;
  if not found then return new; end if;
  if new.reported_at is null or not exists (select from offline_entries e where e.payout_id = new.id and e.pack_id = pack) then
    perform refuse('payouts_of_bound_voucher', 'a voucher that is bound to an offline pack is paid from that pack', 'payouts');
  end if;
  update offline_bindings set is_open = false where pack_id = pack and voucher_id = new.voucher_id;
  return new;
end $$;
create trigger of_bound_voucher before insert on payouts for each row execute function refuse_bound_payout();

-- The clock of a device is its holder's to set: a time that no calendar goes by does not come in by it.
alter table payouts add constraint payouts_in_our_time check (paid_at between '2020-01-01' and '2200-01-01');

-- What a device has reported and cannot be booked, until finance has decided.
create table offline_conflicts (
  id uuid primary key,
  entry_id uuid not null unique references offline_entries,
  pack_id uuid not null references offline_packs,
  programme_id uuid not null references programmes,
  office_id uuid not null references offices,
  voucher_id uuid references vouchers,
  reason text not null check (reason in ('bad_signature', 'unreadable', 'other_pack', 'forked', 'broken_chain', 'gap', 'after_close',
    'clock_went_back', 'clock_ahead', 'outside_window', 'before_last_sync', 'device_lost', 'pack_over', 'not_in_pack', 'wrong_amount',
    'code_unproven', 'over_cap', 'hand_in_list', 'already_paid', 'voucher_cancelled', 'voucher_expired', 'voucher_locked',
    'voucher_not_active', 'paid_as_other_record', 'consent_withdrawn', 'refused')),
  state text not null default 'open' check (state in ('open', 'resolved')),
  owner_id uuid,
  resolution text check (resolution in ('accepted', 'claimed', 'dismissed')),
  note text check (length(note) between 3 and 500),
  resolved_by uuid,
  resolved_at timestamptz,
  opened_at timestamptz not null,
  -- What was not reported so by this device, with the code and for this pack, or was not for its agent to pay, is never booked.
  constraint offline_conflicts_acceptable check (resolution <> 'accepted' or reason not in
    ('bad_signature', 'unreadable', 'other_pack', 'not_in_pack', 'wrong_amount', 'code_unproven', 'hand_in_list')),
  check (num_nonnulls(resolution, note, resolved_by, resolved_at) = case state when 'resolved' then 4 else 0 end)
);
create index on offline_conflicts (programme_id, id);
create index on offline_conflicts (pack_id);
create index offline_conflicts_holding on offline_conflicts (voucher_id) where state = 'open';
create trigger first_state before insert on offline_conflicts for each row execute function refuse_other_first_state('open');
create trigger transition before update of state on offline_conflicts for each row execute function refuse_forbidden_transition ('open>resolved');
create trigger kept before delete or truncate on offline_conflicts execute function refuse_change();
grant update (state, owner_id, resolution, note, resolved_by, resolved_at) on offline_conflicts to sanad_app;

-- Accepted is what was booked. Who paid it, prepared the pack or had a hand in the list does not decide, and does not hold it either.
create function refuse_own_conflict() returns trigger language plpgsql as $$
begin
  if exists (select from offline_packs k where k.id = new.pack_id and (new.resolved_by in (k.agent_id, k.prepared_by) or new.owner_id in (k.agent_id, k.prepared_by)))
    or exists (select from vouchers v join payment_list_hands h on h.list_id = v.list_id and new.resolved_by in (h.user_id, h.for_user_id)
      where v.id = new.voucher_id) then
    perform refuse('offline_conflicts_resolved_by_another', 'who paid or prepared the pack, or had a hand in the list, does not close its conflict',
      'offline_conflicts');
  end if;
  if new.state = 'resolved' and (new.resolution = 'accepted') <> exists (select from offline_entries e where e.id = new.entry_id and e.state = 'booked') then
    perform refuse('offline_conflicts_accepted_booked', 'what is accepted is booked, and nothing else is', 'offline_conflicts');
  end if;
  return new;
end $$;
create trigger resolved_by_another before update on offline_conflicts for each row execute function refuse_own_conflict();

-- A pack that is over lets its vouchers go, all but those of which finance has not decided yet whether they were paid.
create function release_bindings(pack uuid, only_voucher uuid) returns void language sql security definer set search_path = public as $$
  update offline_bindings b set is_open = false from offline_packs k
    where b.pack_id = pack and b.is_open and (only_voucher is null or b.voucher_id = only_voucher)
      and k.id = pack and k.state in ('closed', 'withdrawn', 'over')
      and not exists (select from offline_conflicts c where c.pack_id = pack and c.voucher_id = b.voucher_id and c.state = 'open')
$$;
create function keep_pack() returns trigger language plpgsql as $$
begin
  if new.state in ('closed', 'withdrawn', 'over') then
    if exists (select from offline_entries e where e.pack_id = new.id and e.state = 'waiting') then
      perform refuse('offline_packs_nothing_waiting', 'what a device has reported is decided before its pack ends', 'offline_packs');
    end if;
    perform release_bindings(new.id, null);
  end if;
  return null;
end $$;
create trigger kept after update of state on offline_packs for each row when (new.state <> old.state) execute function keep_pack();
create function release_after_conflict() returns trigger language plpgsql as $$
begin
  if new.voucher_id is not null then perform release_bindings(new.pack_id, new.voucher_id); end if;
  return null;
end $$;
create trigger released after update of state on offline_conflicts for each row when (new.state <> old.state) execute function release_after_conflict();
