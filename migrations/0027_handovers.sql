-- What becomes of a voucher and a pay-out after they were made, what the post asks for its work, and cash that is carried to people.

-- A pay-out is voided on the day it was made, and not once the post's statement or a settlement has spoken of it. The lock that the settlements
-- of a fund take, and the strong lock of the pay-out's row, which a match waits for, make whoever comes second see the first.
create function refuse_late_void() returns trigger language plpgsql as $$
declare
  fund uuid;
  zone text;
begin
  select v.fund_id, p.time_zone into fund, zone from vouchers v join programmes p on p.id = v.programme_id where v.id = new.voucher_id;
  if (new.voided_at at time zone zone)::date <> new.paid_on then
    raise exception 'a pay-out is voided on the day it was made'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_void_same_day', table = 'payouts';
  end if;
  perform pg_advisory_xact_lock(hashtextextended('settlements/' || fund, 0));
  perform from payouts p where p.id = new.id for update;
  if exists (select from statement_match_targets m where m.target_type = 'payout' and m.target_id = new.id) then
    raise exception 'the post''s statement has this pay-out'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_void_unmatched', table = 'payouts';
  end if;
  -- What a settlement that stands was made out for after it was paid covers it; what was made out shortly before may, so then there must be as
  -- much left that is owed and that no settlement on its way claims.
  if exists (select from settlements s join settlement_lines l on l.settlement_id = s.id where s.fund_id = fund and l.office_id = new.office_id
      and s.state not in ('rejected', 'cancelled') and s.made_at >= new.paid_at - interval '1 day') then
    if owed_to(fund, new.office_id) - claimed_of(fund, new.office_id) < new.amount or exists (select from settlements s
        join settlement_lines l on l.settlement_id = s.id
        where s.fund_id = fund and l.office_id = new.office_id and s.state not in ('rejected', 'cancelled') and s.made_at >= new.paid_at) then
      raise exception 'the post was settled with for this pay-out'
        using errcode = 'integrity_constraint_violation', constraint = 'payouts_void_unsettled', table = 'payouts';
    end if;
  end if;
  return null;
end $$;
create trigger void_in_time after update on payouts for each row when (old.voided_at is null and new.voided_at is not null)
  execute function refuse_late_void();

-- A voucher is open again when, and as soon as, its pay-out does not stand any more.
create function refuse_open_and_paid() returns trigger language plpgsql as $$
begin
  if exists (select from payouts p where p.voucher_id = new.id and p.voided_at is null) then
    raise exception 'a pay-out of this voucher stands'
      using errcode = 'integrity_constraint_violation', constraint = 'vouchers_open_or_paid', table = 'vouchers';
  end if;
  return new;
end $$;
create trigger reopened_by_void before update of state on vouchers for each row when (old.state = 'redeemed' and new.state = 'activated')
  execute function refuse_open_and_paid();

create function refuse_void_alone() returns trigger language plpgsql as $$
begin
  if exists (select from vouchers v where v.id = new.voucher_id and v.state = 'redeemed')
    and not exists (select from payouts p where p.voucher_id = new.voucher_id and p.voided_at is null) then
    raise exception 'a voucher whose pay-out is voided is opened again'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_void_reopens', table = 'payouts';
  end if;
  return null;
end $$;
create constraint trigger void_reopens after update on payouts deferrable initially deferred for each row
  when (old.voided_at is null and new.voided_at is not null) execute function refuse_void_alone();

-- What two people do to a voucher: one asks, another confirms.
create table voucher_changes (
  id uuid primary key,
  voucher_id uuid not null references vouchers,
  kind text not null check (kind in ('cancel', 'reissue', 'unlock')),
  state text not null default 'asked' check (state in ('asked', 'done', 'withdrawn')),
  reason text not null check (length(reason) between 3 and 500),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  -- Which transaction carried it out: a voucher is given another code by that one and by no other.
  done_in xid8,
  constraint voucher_changes_two_people check (state <> 'done' or decided_by <> asked_by),
  check ((state = 'asked') = (decided_by is null) and (state = 'asked') = (decided_at is null))
);
create unique index voucher_changes_one_at_a_time on voucher_changes (voucher_id) where state = 'asked';
create index on voucher_changes (voucher_id);
create trigger first_state before insert on voucher_changes for each row execute function refuse_other_first_state('asked');
create trigger transition before update of state on voucher_changes for each row
  execute function refuse_forbidden_transition ('asked>done', 'asked>withdrawn');
create function stamp_voucher_change() returns trigger language plpgsql as $$
begin
  new.done_in := case when new.state = 'done' then pg_current_xact_id() end;
  return new;
end $$;
create trigger stamped before insert or update on voucher_changes for each row execute function stamp_voucher_change();
create trigger no_truncate before truncate on voucher_changes execute function refuse_change();
grant update (state, decided_by, decided_at) on voucher_changes to sanad_app;

create function refuse_lone_code() returns trigger language plpgsql as $$
begin
  if not exists (select from voucher_changes c where c.voucher_id = new.id and c.kind in ('reissue', 'unlock') and c.done_in = pg_current_xact_id()) then
    raise exception 'another code is made by two people'
      using errcode = 'integrity_constraint_violation', constraint = 'vouchers_new_code_by_two', table = 'vouchers';
  end if;
  return new;
end $$;
create trigger new_code_by_two before update of counter on vouchers for each row
  when (new.counter > old.counter and old.state <> 'redeemed') execute function refuse_lone_code();

-- What the post asks for its work. An invoice for the whole programme is owed to its offices in shares.
create table post_fees (
  id uuid primary key,
  programme_id uuid not null references programmes,
  fund_id uuid not null references funds,
  reference text not null check (length(reference) between 1 and 100),
  from_date date not null,
  to_date date not null check (to_date >= from_date),
  amount numeric not null check (amount > 0),
  currency text not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  check (fits_currency(amount, currency)),
  constraint post_fees_reference_once unique (programme_id, reference)
);
create index on post_fees (fund_id);
create trigger append_only before update or delete or truncate on post_fees execute function refuse_change();

create table post_fee_shares (
  id uuid primary key,
  fee_id uuid not null references post_fees,
  office_id uuid not null references offices,
  amount numeric not null check (amount > 0),
  currency text not null,
  check (fits_currency(amount, currency)),
  unique (fee_id, office_id)
);
create trigger append_only before update or delete or truncate on post_fee_shares execute function refuse_change();

create function refuse_uneven_fee() returns trigger language plpgsql as $$
begin
  if new.amount is distinct from (select sum(s.amount) from post_fee_shares s where s.fee_id = new.id and s.currency = new.currency) then
    raise exception 'the shares of an invoice are the invoice'
      using errcode = 'integrity_constraint_violation', constraint = 'post_fees_shared_out', table = 'post_fees';
  end if;
  return null;
end $$;
create constraint trigger shared_out after insert on post_fees deferrable initially deferred for each row execute function refuse_uneven_fee();

create function refuse_added_share() returns trigger language plpgsql as $$
begin
  if exists (select from new_shares n join post_fees f on f.id = n.fee_id
      where f.amount < (select sum(s.amount) from post_fee_shares s where s.fee_id = f.id) or f.currency <> n.currency) then
    raise exception 'the shares of an invoice are the invoice'
      using errcode = 'integrity_constraint_violation', constraint = 'post_fees_shared_out', table = 'post_fee_shares';
  end if;
  return null;
end $$;
create trigger within_invoice after insert on post_fee_shares referencing new table as new_shares
  for each statement execute function refuse_added_share();

-- Of what a fund has received, no more than its share goes into fees, whoever asks at the same time. An invoice whose posting was reversed does
-- not count, and a fund without a share has no bound but its money.
create function refuse_fee_beyond_share() returns trigger language plpgsql as $$
declare
  allowed numeric;
begin
  select trunc(f.fee_share * received_by(f.id), minor_units(f.currency)) into allowed from funds f where f.id = new.fund_id;
  perform pg_advisory_xact_lock(hashtextextended('fees/' || new.fund_id, 0));
  if (select sum(x.amount) from post_fees x where x.fund_id = new.fund_id)
    - (select coalesce(sum(g.amount), 0) from journal_entries e join journal_entries r on r.reverses = e.id
        join postings g on g.entry_id = r.id and g.amount > 0 where e.fund_id = new.fund_id and e.event = 'fee') > allowed then
    raise exception 'a fund gives no more than its share to fees'
      using errcode = 'integrity_constraint_violation', constraint = 'post_fees_within_share', table = 'post_fees';
  end if;
  return null;
end $$;
create trigger within_share after insert on post_fees for each row execute function refuse_fee_beyond_share();

-- Cash that a field officer carries to people who cannot reach an office. What became of it is summed up by deliveries and returns themselves.
create table advances (
  id uuid primary key,
  programme_id uuid not null references programmes,
  fund_id uuid not null references funds,
  officer_id uuid not null,
  -- Where the officer goes, and when.
  round text not null check (length(round) between 1 and 200),
  visit_on date not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  state text not null default 'asked' check (state in ('asked', 'handed', 'closed', 'refused', 'withdrawn')),
  delivered numeric not null default 0 check (delivered >= 0),
  returned numeric not null default 0 check (returned >= 0),
  asked_at timestamptz not null,
  handed_by uuid,
  handed_at timestamptz,
  -- Of the receipt that the officer signed for the cash.
  handed_reference text check (length(handed_reference) between 1 and 100),
  ended_by uuid,
  ended_at timestamptz,
  end_reason text check (length(end_reason) between 3 and 500),
  check (fits_currency(amount, currency)),
  check (num_nonnulls(handed_by, handed_at, handed_reference) = case when state in ('handed', 'closed') then 3 else 0 end),
  check ((state in ('asked', 'handed')) = (ended_by is null) and (ended_by is null) = (ended_at is null)),
  constraint advances_handed_by_another check (handed_by <> officer_id),
  constraint advances_within_drawn check (delivered + returned <= amount),
  constraint advances_closed_at_zero check (state <> 'closed' or delivered + returned = amount),
  constraint advances_closed_by_another check (state not in ('closed', 'refused') or ended_by <> officer_id),
  constraint advances_withdrawn_by_officer check (state <> 'withdrawn' or ended_by = officer_id)
);
create index on advances (programme_id, id);
create index on advances (officer_id);
create index advances_open on advances (programme_id, handed_at) where state = 'handed';
create trigger first_state before insert on advances for each row execute function refuse_other_first_state('asked');
create trigger transition before update of state on advances for each row
  execute function refuse_forbidden_transition ('asked>handed', 'asked>refused', 'asked>withdrawn', 'handed>closed');
create trigger no_truncate before truncate on advances execute function refuse_change();
grant update (state, handed_by, handed_at, handed_reference, ended_by, ended_at, end_reason) on advances to sanad_app;

-- The round sheet: whose vouchers the cash is for. A voucher is on one round at a time.
create table advance_vouchers (
  advance_id uuid not null references advances,
  voucher_id uuid not null references vouchers,
  is_open boolean not null default true,
  primary key (advance_id, voucher_id)
);
create unique index advance_vouchers_once on advance_vouchers (voucher_id) where is_open;
create index on advance_vouchers (voucher_id);
create trigger no_truncate before truncate on advance_vouchers execute function refuse_change();

-- The vouchers are locked here, as they are when they are bound to an offline pack: whoever comes second sees what the first has done.
create function refuse_other_round() returns trigger language plpgsql as $$
begin
  perform from vouchers v where v.id in (select n.voucher_id from new_rows n) order by v.id for no key update;
  if exists (select from new_rows n where is_bound(n.voucher_id)) then
    perform refuse('advance_vouchers_unbound', 'a voucher that is out in an offline pack is on no round', 'advance_vouchers');
  end if;
  if exists (select from new_rows n join advances a on a.id = n.advance_id join vouchers v on v.id = n.voucher_id
      where a.state <> 'asked' or not n.is_open or row (v.programme_id, v.fund_id, v.currency) is distinct from row (a.programme_id, a.fund_id, a.currency)) then
    raise exception 'a round is of vouchers of its fund, and is drawn up before the cash is handed over'
      using errcode = 'integrity_constraint_violation', constraint = 'advance_vouchers_of_fund', table = 'advance_vouchers';
  end if;
  return null;
end $$;
create trigger of_fund after insert on advance_vouchers referencing new table as new_rows
  for each statement execute function refuse_other_round();

-- The cash is what the round comes to; a round that is over lets its vouchers go.
create function keep_round() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if new.state = 'handed' and new.amount is distinct from (select sum(v.amount) from advance_vouchers r join vouchers v on v.id = r.voucher_id
      where r.advance_id = new.id) then
    raise exception 'an advance is what its round comes to'
      using errcode = 'integrity_constraint_violation', constraint = 'advances_of_round', table = 'advances';
  end if;
  if new.state in ('closed', 'refused', 'withdrawn') then update advance_vouchers set is_open = false where advance_id = new.id; end if;
  return null;
end $$;
create trigger round_kept after update of state on advances for each row when (new.state <> old.state) execute function keep_round();

-- What is delivered by hand comes out of the officer's own advance, to somebody of its round. The row of the advance is locked, so that two
-- deliveries never take more than there is. It stands for a foreign key too, which every pay-out at a counter would pay for.
create function count_delivery() returns trigger language plpgsql security definer set search_path = public as $$
begin
  update advances a set delivered = a.delivered + new.amount
    where a.id = new.advance_id and a.state = 'handed' and a.officer_id = new.agent_id and a.currency = new.currency
      and exists (select from advance_vouchers r where r.advance_id = a.id and r.voucher_id = new.voucher_id);
  if not found then
    raise exception 'cash is delivered from the officer''s own advance, to somebody of its round'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_of_advance', table = 'payouts';
  end if;
  return null;
end $$;
create trigger counted after insert on payouts for each row when (new.advance_id is not null) execute function count_delivery();

-- How it was proved that the person had the cash: by the code, or by a receipt that another colleague saw being signed.
create table deliveries (
  payout_id uuid primary key references payouts,
  proof text not null check (proof in ('code', 'receipt')),
  witness_id uuid,
  receipt_reference text check (length(receipt_reference) between 1 and 100),
  constraint deliveries_receipt_witnessed check (num_nonnulls(witness_id, receipt_reference) = case proof when 'receipt' then 2 else 0 end)
);
create trigger append_only before update or delete or truncate on deliveries execute function refuse_change();

create function refuse_unproven_delivery() returns trigger language plpgsql as $$
begin
  if not exists (select from deliveries d where d.payout_id = new.id) then
    raise exception 'a delivery has its proof'
      using errcode = 'integrity_constraint_violation', constraint = 'payouts_delivery_proven', table = 'payouts';
  end if;
  return null;
end $$;
create constraint trigger proven after insert on payouts deferrable initially deferred for each row
  when (new.advance_id is not null) execute function refuse_unproven_delivery();

-- A witness is a colleague of the programme who did not hand the cash over, nor had a hand in the list or the person.
create function refuse_other_witness() returns trigger language plpgsql as $$
begin
  if exists (select from payouts p where p.id = new.payout_id and p.advance_id is null) then
    raise exception 'only what was delivered by hand has such a proof'
      using errcode = 'integrity_constraint_violation', constraint = 'deliveries_by_hand', table = 'deliveries';
  end if;
  if new.proof = 'receipt' and (
    exists (select from payouts p where p.id = new.payout_id and p.agent_id = new.witness_id)
    or exists (select from payouts p join vouchers v on v.id = p.voucher_id join payment_list_hands h on h.list_id = v.list_id and new.witness_id in (h.user_id, h.for_user_id)
      where p.id = new.payout_id)
    or exists (select from payouts p join vouchers v on v.id = p.voucher_id
      join enrolments e on e.programme_id = v.programme_id and e.beneficiary_id = v.beneficiary_id
      where p.id = new.payout_id and new.witness_id in (e.entered_by, e.verified_by))
    or exists (select from users u where u.id = new.witness_id and u.disabled_at is not null)
    or not exists (select from payouts p join vouchers v on v.id = p.voucher_id join role_grants g on g.user_id = new.witness_id
      where p.id = new.payout_id and (g.programme_id = v.programme_id or num_nonnulls(g.programme_id, g.office_id, g.fund_id) = 0)
        and (g.ends_at is null or g.ends_at > p.paid_at))) then
    perform refuse('deliveries_witnessed_by_another', 'a colleague of the programme who had no hand in it witnesses a delivery', 'deliveries');
  end if;
  return new;
end $$;
create trigger witnessed before insert on deliveries for each row execute function refuse_other_witness();

-- Cash that came back.
create table advance_returns (
  id uuid primary key,
  advance_id uuid not null references advances,
  amount numeric not null check (amount > 0),
  currency text not null,
  reference text not null check (length(reference) between 1 and 100),
  taken_by uuid not null,
  taken_at timestamptz not null,
  check (fits_currency(amount, currency)),
  unique (advance_id, reference)
);
create trigger append_only before update or delete or truncate on advance_returns execute function refuse_change();

create function count_return() returns trigger language plpgsql security definer set search_path = public as $$
begin
  if exists (select from advances a where a.id = new.advance_id and a.officer_id = new.taken_by) then
    perform refuse('advance_returns_by_another', 'who drew an advance does not take back what is left of it', 'advance_returns');
  end if;
  update advances a set returned = a.returned + new.amount where a.id = new.advance_id and a.state = 'handed' and a.currency = new.currency;
  if not found then
    raise exception 'cash comes back to an advance that is out'
      using errcode = 'integrity_constraint_violation', constraint = 'advance_returns_of_advance', table = 'advance_returns';
  end if;
  return null;
end $$;
create trigger counted after insert on advance_returns for each row execute function count_return();
