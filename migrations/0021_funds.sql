-- What was posted of a record and then taken back by a mirror of every entry. A reversal is final.
create function is_reversed(subject uuid) returns boolean language sql stable as $$
  select exists (select from journal_entries e join journal_entries r on r.reverses = e.id where e.subject_id = subject)
$$;

-- What happens to a fund now and then is found among what happens all the time.
create index on journal_entries (fund_id, event) where event in ('contribution', 'contribution_value', 'fee', 'exchange_loss', 'exchange_gain',
  'loss', 'bank_loss', 'recovery', 'cash_recovery');

-- What has come into a fund, in its own currency.
create function received_by(fund uuid) returns numeric language sql stable as $$
  select coalesce(sum(c.amount), 0) from contributions c where c.fund_id = fund and not is_reversed(c.id)
$$;

-- What the fees of paying out have taken from a fund.
create function fees_of(fund uuid) returns numeric language sql stable as $$
  select coalesce(sum(p.amount), 0) from journal_entries e join postings p on p.entry_id = e.id and p.amount > 0
  where e.fund_id = fund and e.event = 'fee' and not is_reversed(e.subject_id)
$$;

-- What a fund still sets aside for fees: its share of what was received, in whole minor units, less the fees there have been.
create function unspent_fees(fund uuid) returns numeric language sql stable as $$
  select case when f.fee_share is null then 0
    else greatest(trunc(f.fee_share * received_by(f.id), minor_units(f.currency)) - fees_of(f.id), 0) end
  from funds f where f.id = fund
$$;

-- A fund pays in its programme's currency, is earmarked for wilayas that there are, and is changed one version at a time.
create function refuse_misfit_fund() returns trigger language plpgsql as $$
begin
  if new.currency <> (select currency from programmes where id = new.programme_id) then
    raise exception 'a fund is in the currency that its programme pays in'
      using errcode = 'integrity_constraint_violation', constraint = 'funds_programme_currency', table = 'funds';
  end if;
  if exists (select from unnest(new.earmark_wilayas) marked where not exists (select from wilayas w where w.number = marked)) then
    raise exception 'there is no such wilaya'
      using errcode = 'integrity_constraint_violation', constraint = 'funds_wilayas_known', table = 'funds';
  end if;
  if tg_op = 'UPDATE' and (new.version <> old.version + 1 or new.changed_by is null or new.changed_at is null) then
    raise exception 'a fund is changed by somebody, one version at a time'
      using errcode = 'integrity_constraint_violation', constraint = 'funds_versions_in_turn', table = 'funds';
  end if;
  return new;
end $$;
create trigger fits before insert or update on funds for each row execute function refuse_misfit_fund();

-- Every state that a fund's terms have been in. Written by the database, so that no change goes without.
create table fund_versions (
  fund_id uuid not null references funds,
  version int not null,
  donor text not null,
  agreement_currency text,
  pledged numeric,
  starts_on date,
  ends_on date,
  fee_share numeric,
  draw_order int not null,
  draw_share numeric,
  earmark_wilayas text[] not null,
  earmark_kinds text[] not null,
  earmark_groups text[] not null,
  changed_by uuid not null,
  changed_at timestamptz not null,
  primary key (fund_id, version)
);
revoke insert on fund_versions from sanad_app;
create trigger append_only before update or delete or truncate on fund_versions execute function refuse_change();

create function keep_fund_version() returns trigger language plpgsql security definer set search_path = public as $$
begin
  insert into fund_versions values (new.id, new.version, new.donor, new.agreement_currency, new.pledged, new.starts_on, new.ends_on,
    new.fee_share, new.draw_order, new.draw_share, new.earmark_wilayas, new.earmark_kinds, new.earmark_groups,
    coalesce(new.changed_by, new.created_by), coalesce(new.changed_at, new.created_at));
  return null;
end $$;
create trigger kept after insert or update on funds for each row execute function keep_fund_version();

-- How many units of one currency a unit of another is worth, from a day until the day of the next one. Of two for one day the later
-- recorded counts.
create table exchange_rates (
  id uuid primary key,
  from_currency text not null check (from_currency ~ '^[A-Z]{3}$'),
  to_currency text not null check (to_currency ~ '^[A-Z]{3}$'),
  valid_on date not null,
  rate numeric not null check (rate > 0 and rate < 1e9 and scale(rate) <= 10),
  -- Where it is published.
  source text not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  constraint exchange_rates_two_currencies check (from_currency <> to_currency)
);
create index on exchange_rates (from_currency, to_currency, valid_on, id);
create trigger append_only before update or delete or truncate on exchange_rates execute function refuse_change();
alter table contributions add foreign key (rate_id) references exchange_rates;

-- The rate of a day: the last one on or before it.
create function rate_on(currency text, into_currency text, day date) returns uuid language sql stable as $$
  select r.id from exchange_rates r where r.from_currency = currency and r.to_currency = into_currency and r.valid_on <= day
  order by r.valid_on desc, r.id desc limit 1
$$;

-- A transfer stands once in a fund's books, however many people enter it at a time; after a reversal it may be entered again. Money in
-- another currency is booked at the rate of its day, to the nearest minor unit.
create function refuse_misbooked_contribution() returns trigger language plpgsql as $$
declare fund_currency text; day_rate exchange_rates;
begin
  perform pg_advisory_xact_lock(hashtextextended('contribution/' || new.fund_id || '/' || new.reference, 0));
  if exists (select from contributions c where c.fund_id = new.fund_id and c.reference = new.reference and not is_reversed(c.id)) then
    raise exception 'this transfer has been recorded'
      using errcode = 'unique_violation', constraint = 'contributions_reference_once', table = 'contributions';
  end if;
  select f.currency into fund_currency from funds f where f.id = new.fund_id;
  if new.currency <> fund_currency then
    raise exception 'a contribution is booked in its fund''s currency'
      using errcode = 'integrity_constraint_violation', constraint = 'contributions_fund_currency', table = 'contributions';
  end if;
  if new.foreign_currency is not null then
    select * into day_rate from exchange_rates r where r.id = rate_on(new.foreign_currency, new.currency, new.received_on);
    if new.rate_id is distinct from day_rate.id
      or abs(new.amount - new.foreign_amount * day_rate.rate) * 2 > 10::numeric ^ -minor_units(new.currency) then
      raise exception 'a contribution is booked at the rate of its day'
        using errcode = 'integrity_constraint_violation', constraint = 'contributions_at_rate', table = 'contributions';
    end if;
  end if;
  return new;
end $$;
create trigger booked before insert on contributions for each row execute function refuse_misbooked_contribution();

-- Foreign money that the bank has changed into the fund's own currency.
create table conversions (
  id uuid primary key,
  fund_id uuid not null references funds,
  sold_amount numeric not null check (sold_amount > 0),
  sold_currency text not null,
  -- What the bank gave for it.
  bought_amount numeric not null check (bought_amount > 0),
  currency text not null check (currency <> sold_currency),
  -- What the sold money stood in the books at. More bought is a gain, less a loss.
  booked_value numeric not null check (booked_value >= 0),
  converted_on date not null,
  reference text not null,
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  check (fits_currency(sold_amount, sold_currency)),
  check (fits_currency(bought_amount, currency)),
  check (fits_currency(booked_value, currency))
);
create index on conversions (fund_id, reference);
create trigger append_only before update or delete or truncate on conversions execute function refuse_change();

-- What a fund holds in other currencies, and what it stands in the books at: at the average of the rates it came in at.
create function foreign_cash_of(fund uuid) returns table (currency text, amount numeric, value numeric) language sql stable as $$
  select moved.currency, sum(moved.amount), sum(moved.value) from (
    select c.foreign_currency as currency, c.foreign_amount as amount, c.amount as value from contributions c
      where c.fund_id = fund and c.foreign_currency is not null and not is_reversed(c.id)
    union all select v.sold_currency, -v.sold_amount, -v.booked_value from conversions v where v.fund_id = fund and not is_reversed(v.id)
  ) moved group by 1
$$;

create function refuse_misbooked_conversion() returns trigger language plpgsql as $$
declare held record;
begin
  -- One conversion of a fund after another, so that each sees what the last one left.
  perform from funds f where f.id = new.fund_id for no key update;
  if exists (select from conversions v where v.fund_id = new.fund_id and v.reference = new.reference and not is_reversed(v.id)) then
    raise exception 'this conversion has been recorded'
      using errcode = 'unique_violation', constraint = 'conversions_reference_once', table = 'conversions';
  end if;
  if new.currency <> (select f.currency from funds f where f.id = new.fund_id) then
    raise exception 'money is converted into the fund''s currency'
      using errcode = 'integrity_constraint_violation', constraint = 'conversions_fund_currency', table = 'conversions';
  end if;
  select amount, value into held from foreign_cash_of(new.fund_id) c where c.currency = new.sold_currency;
  if not found or new.sold_amount > held.amount
    or abs(new.booked_value - held.value * new.sold_amount / held.amount) * 2 > 10::numeric ^ -minor_units(new.currency) then
    raise exception 'no more is converted than is held, at what it stands in the books at'
      using errcode = 'integrity_constraint_violation', constraint = 'conversions_of_what_is_held', table = 'conversions';
  end if;
  return new;
end $$;
create trigger booked before insert on conversions for each row execute function refuse_misbooked_conversion();

-- The ledger's own word on the same: foreign money is a credit against what it is worth, a debit in the fund's currency, and neither turns.
-- Looked at when the transaction ends, since a conversion takes several entries.
create function refuse_turned_exchange() returns trigger language plpgsql as $$
begin
  if exists (select from accounts a join funds f on f.id = a.fund_id
      where a.id = new.id and case when a.currency = f.currency then a.balance < 0 else a.balance > 0 end) then
    raise exception 'no more is converted than is held'
      using errcode = 'check_violation', constraint = 'accounts_exchange_held', table = 'accounts';
  end if;
  return null;
end $$;
create constraint trigger exchange_held after update on accounts deferrable initially deferred for each row when (new.kind = 'exchange')
  execute function refuse_turned_exchange();
