-- What happens at a counter: looking up, the till, what an office may pay in a day, receipts.

-- That an agent knew a voucher's code, for a few minutes: it pays the voucher once, for that agent alone, as long as the code is the same. It holds
-- nothing that a code could be made of.
create table look_ups (
  id uuid primary key,
  voucher_id uuid not null references vouchers,
  counter int not null,
  agent_id uuid not null,
  office_id uuid not null,
  device_id uuid,
  looked_at timestamptz not null,
  expires_at timestamptz not null,
  payout_id uuid unique,
  constraint look_ups_short check (expires_at > looked_at and expires_at <= looked_at + interval '10 minutes')
);
create index on look_ups (voucher_id);
grant update (payout_id) on look_ups to sanad_app;
create trigger used_once before update on look_ups for each row when (old.payout_id is not null) execute function refuse_change();
create trigger kept before delete or truncate on look_ups execute function refuse_change();

create function refuse_other_look_up() returns trigger language plpgsql as $$
begin
  if not exists (select from payouts p join vouchers v on v.id = p.voucher_id
      where p.id = new.payout_id and p.voucher_id = new.voucher_id and p.agent_id = new.agent_id and p.office_id = new.office_id
        and p.device_id is not distinct from new.device_id and p.paid_at between new.looked_at and new.expires_at and v.counter = new.counter) then
    perform refuse('look_ups_of_payout', 'a look-up pays its own voucher, for its own agent and in its time', 'look_ups');
  end if;
  return new;
end $$;
create trigger of_payout before insert or update on look_ups for each row when (new.payout_id is not null) execute function refuse_other_look_up();

-- The cash in front of one agent. Pay-outs and what is put in count themselves into its row, by triggers alone.
create table tills (
  id uuid primary key,
  office_id uuid not null references offices,
  agent_id uuid not null references users,
  -- By the clock of the office.
  day date not null,
  currency text not null,
  opening numeric not null check (opening >= 0),
  topped_up numeric not null default 0 check (topped_up >= 0),
  paid numeric not null default 0 check (paid >= 0),
  put_back numeric not null default 0 check (put_back >= 0),
  payout_count int not null default 0,
  cash numeric not null generated always as (opening + topped_up + put_back - paid) stored,
  opened_by uuid not null,
  opened_at timestamptz not null,
  counted numeric check (counted >= 0),
  difference numeric generated always as (counted - (opening + topped_up + put_back - paid)) stored,
  closed_by uuid,
  closed_at timestamptz,
  signed_by uuid,
  signed_at timestamptz,
  remark text check (length(remark) between 3 and 500),
  check (fits_currency(opening, currency)),
  check (fits_currency(counted, currency)),
  check (num_nonnulls(counted, closed_by, closed_at) in (0, 3)),
  check (num_nonnulls(signed_by, signed_at) in (0, 2) and (signed_at is null or closed_at is not null)),
  check (remark is null or signed_at is not null),
  constraint tills_never_below_zero check (opening + topped_up + put_back - paid >= 0),
  constraint tills_opened_by_another check (opened_by <> agent_id),
  constraint tills_signed_by_another check (signed_by <> agent_id),
  constraint tills_difference_explained check (signed_at is null or counted = opening + topped_up + put_back - paid or remark is not null)
);
-- One stands open in front of an agent at a time.
create unique index tills_one_open on tills (agent_id, currency) where closed_at is null;
create index on tills (office_id, day, id);
create index on tills (agent_id, day);
revoke insert on tills from sanad_app;
grant insert (id, office_id, agent_id, day, currency, opening, opened_by, opened_at) on tills to sanad_app;
grant update (counted, closed_by, closed_at, signed_by, signed_at, remark) on tills to sanad_app;
create trigger closed_for_good before update on tills for each row
  when (old.closed_at is not null and (new.counted, new.closed_by, new.closed_at, new.topped_up, new.paid, new.put_back)
    is distinct from (old.counted, old.closed_by, old.closed_at, old.topped_up, old.paid, old.put_back)) execute function refuse_change();
create trigger signed_for_good before update on tills for each row when (old.signed_at is not null) execute function refuse_change();
create trigger kept before delete or truncate on tills execute function refuse_change();

-- Cash that somebody else brings from the safe.
create table till_top_ups (
  id uuid primary key,
  till_id uuid not null references tills,
  amount numeric not null check (amount > 0),
  currency text not null,
  reference text not null check (length(reference) between 1 and 100),
  given_by uuid not null,
  given_at timestamptz not null,
  check (fits_currency(amount, currency)),
  constraint till_top_ups_reference_once unique (till_id, reference)
);
create trigger append_only before update or delete or truncate on till_top_ups execute function refuse_change();

create function count_top_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update tills t set topped_up = t.topped_up + new.amount where t.id = new.till_id and t.closed_at is null and t.currency = new.currency;
  if not found then perform refuse('till_top_ups_of_open_till', 'cash is put into a till that is open', 'till_top_ups'); end if;
  if exists (select from tills t where t.id = new.till_id and t.agent_id = new.given_by) then
    perform refuse('till_top_ups_by_another', 'nobody brings cash to their own till', 'till_top_ups');
  end if;
  return null;
end $$;
create trigger counted after insert on till_top_ups for each row execute function count_top_up();

-- What was counted when a till was closed, by notes and coins.
create table till_counts (
  till_id uuid not null references tills,
  denomination numeric not null check (denomination > 0),
  pieces int not null check (pieces between 1 and 1000000),
  primary key (till_id, denomination)
);
create trigger append_only before update or delete or truncate on till_counts execute function refuse_change();

create function refuse_late_count() returns trigger language plpgsql as $$
begin
  if exists (select from tills t where t.id = new.till_id and t.closed_at is not null) then
    perform refuse('till_counts_before_close', 'a till is counted before it is closed', 'till_counts');
  end if;
  return new;
end $$;
create trigger in_time before insert on till_counts for each row execute function refuse_late_count();

create function refuse_other_count() returns trigger language plpgsql as $$
begin
  if new.counted <> (select coalesce(sum(c.denomination * c.pieces), 0) from till_counts c where c.till_id = new.id) then
    perform refuse('tills_counted_by_pieces', 'what is counted is the sum of its notes and coins', 'tills');
  end if;
  return null;
end $$;
create constraint trigger counted_by_pieces after update on tills deferrable initially deferred for each row
  when (old.closed_at is null and new.closed_at is not null) execute function refuse_other_count();

-- What an office has paid in a day, where it has a limit for the day. Its pay-outs of that day take turns on this row from when they are written to when
-- they are committed; an office without such a limit has none.
create table office_spending (
  office_id uuid not null,
  day date not null,
  currency text not null,
  paid numeric not null check (paid >= 0),
  primary key (office_id, day, currency)
);
revoke insert on office_spending from sanad_app;
create trigger kept before delete or truncate on office_spending execute function refuse_change();

-- A pay-out at a counter is within the limits of its office, and comes out of the agent's open till; one look-up finds the office, its limit and the till. It
-- runs after the other triggers of a pay-out, so that whoever takes turns here waits for nobody but the commit. What an office without network
-- tells of later has been paid already, out of other cash: it counts for the day and is not refused.
create function count_payout() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  place record;
  spent numeric;
begin
  select d.day, o.requires_till, l.per_day, l.per_payout, t.id as till into place
    from offices o cross join lateral (select (new.paid_at at time zone o.time_zone)::date as day) d
    left join office_limits l on l.office_id = o.id and l.currency = new.currency
    left join tills t on t.agent_id = new.agent_id and t.currency = new.currency and t.closed_at is null and t.office_id = o.id and t.day = d.day
    where o.id = new.office_id;
  if not found then perform refuse('payouts_office_known', 'an office that does not exist', 'payouts'); end if;
  new.till_id := case when new.reported_at is null then place.till end;
  if new.reported_at is null then
    if place.per_payout < new.amount then perform refuse('payouts_within_limit', 'an office pays no more than so much at once', 'payouts'); end if;
    if place.till is null and place.requires_till then perform refuse('payouts_out_of_till', 'an office that asks for tills pays out of one', 'payouts'); end if;
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

-- What stands paid of a day, by the clock of the office.
create function paid_at_office(office uuid, on_day date, in_currency text) returns numeric language sql stable as $$
  select coalesce(sum(p.amount), 0) from payouts p join offices o on o.id = p.office_id
  where p.office_id = office and p.paid_on between on_day - 1 and on_day + 1 and p.currency = in_currency and p.voided_at is null
    and (p.paid_at at time zone o.time_zone)::date = on_day
$$;
create trigger within_limits before insert on payouts for each row when (new.office_id is not null) execute function count_payout();

-- What is taken back is in the till again if it still stands open, and may be paid to somebody else.
create function count_void() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update tills t set put_back = t.put_back + new.amount where t.id = new.till_id and t.closed_at is null;
  update office_spending s set paid = greatest(0, s.paid - new.amount) from offices o
    where o.id = new.office_id and s.office_id = o.id and s.currency = new.currency and s.day = (new.paid_at at time zone o.time_zone)::date;
  return null;
end $$;
create trigger put_back after update on payouts for each row when (old.voided_at is null and new.voided_at is not null) execute function count_void();

-- Each printing of a receipt: every one but the first says that it is a copy.
create table receipts (
  payout_id uuid not null references payouts,
  number int not null check (number > 0),
  printed_by uuid not null,
  printed_at timestamptz not null,
  primary key (payout_id, number)
);
create trigger append_only before update or delete or truncate on receipts execute function refuse_change();
