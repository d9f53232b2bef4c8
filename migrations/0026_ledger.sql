-- What may be taken back by an entry that mirrors it. Everything else is undone by the command that undoes it: a pay-out by its void, an
-- approval by cancelling its list, a settlement by the next one. What the resolution of an exception posted is taken back when the exception
-- is opened again, and never by hand.
create function is_reversible(event text) returns boolean language sql immutable parallel safe as $$
  select event in ('contribution', 'fee', 'foreign_contribution', 'contribution_value', 'conversion_out', 'conversion_in',
    'exchange_loss', 'exchange_gain', 'claim', 'claim_released', 'recovery', 'cash_recovery', 'loss', 'bank_loss')
$$;

create function refuse_other_reversal() returns trigger language plpgsql as $$
begin
  if not exists (select from journal_entries o where o.id = new.reverses and is_reversible(o.event) and o.at <= new.at
      and row (o.programme_id, o.fund_id) = row (new.programme_id, new.fund_id)) then
    raise exception 'an entry of another kind is not reversed by hand'
      using errcode = 'integrity_constraint_violation', constraint = 'journal_entries_reversible', table = 'journal_entries';
  end if;
  return new;
end $$;
create trigger reversible before insert on journal_entries for each row when (new.reverses is not null)
  execute function refuse_other_reversal();

-- Looked at when the transaction ends, when every leg is there: each leg the other way, and nothing else. What was changed from one
-- currency into another is taken back whole.
create function refuse_half_reversal() returns trigger language plpgsql as $$
begin
  if exists (select from (select leg, account_id, amount, currency from postings where entry_id = new.reverses) o
      full join (select leg, account_id, -amount as amount, currency from postings where entry_id = new.id) r using (leg, account_id, amount, currency)
      where o.leg is null or r.leg is null)
    or not exists (select from postings where entry_id = new.id) then
    raise exception 'a reversal mirrors the entry that it names'
      using errcode = 'integrity_constraint_violation', constraint = 'journal_entries_mirror', table = 'journal_entries';
  end if;
  if exists (select from journal_entries o join journal_entries s on s.subject_id = o.subject_id and s.fund_id = o.fund_id
      where o.id = new.reverses and s.event <> 'reversal'
        and not exists (select from journal_entries r where r.reverses = s.id)) then
    raise exception 'everything that was posted together is reversed together'
      using errcode = 'integrity_constraint_violation', constraint = 'journal_entries_reversed_whole', table = 'journal_entries';
  end if;
  return null;
end $$;
create constraint trigger mirror after insert on journal_entries deferrable initially deferred for each row when (new.reverses is not null)
  execute function refuse_half_reversal();

-- A programme's accounting periods, one after another without a gap. A period is known from its first closing on.
create table ledger_periods (
  id uuid primary key,
  programme_id uuid not null references programmes,
  number int not null check (number > 0),
  -- Days in the programme's time zone, the last included.
  starts_on date not null,
  ends_on date not null check (ends_on >= starts_on and ends_on - starts_on < 366),
  -- The same as moments, so that a time zone that changes moves no entry from one period to another.
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at and until_at - from_at < interval '368 days'),
  state text not null default 'open' check (state in ('open', 'closed')),
  version int not null default 1,
  created_at timestamptz not null,
  constraint ledger_periods_number_once unique (programme_id, number)
);
create trigger transition before update of state on ledger_periods for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('open>closed', 'closed>open');
create trigger first_state before insert on ledger_periods for each row execute function refuse_other_first_state('open');
grant update (state, version) on ledger_periods to sanad_app;

create function refuse_period_gap() returns trigger language plpgsql as $$
begin
  if new.number > 1 and not exists (select from ledger_periods p where p.programme_id = new.programme_id and p.number = new.number - 1
      and p.until_at = new.from_at and p.ends_on + 1 = new.starts_on and p.state = 'closed') then
    raise exception 'a period begins where the closed one before it ends'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_periods_in_order', table = 'ledger_periods';
  end if;
  return new;
end $$;
create trigger in_order before insert on ledger_periods for each row execute function refuse_period_gap();

-- A closing: who, when, and the list of checks as it was. A period that was reopened is closed again by another.
create table ledger_closings (
  period_id uuid not null references ledger_periods,
  number int not null check (number > 0),
  closed_by uuid not null,
  closed_at timestamptz not null,
  checklist jsonb not null,
  constraint ledger_closings_every_check check (jsonb_array_length(checklist) > 0 and not jsonb_path_exists(checklist, '$[*] ? (!(@.holds == true))')),
  primary key (period_id, number)
);
create trigger append_only before update or delete or truncate on ledger_closings execute function refuse_change();

-- What each account held when the period ended.
create table ledger_closing_balances (
  period_id uuid not null,
  closing int not null,
  account_id uuid not null references accounts,
  balance numeric not null,
  primary key (period_id, closing, account_id),
  foreign key (period_id, closing) references ledger_closings
);
create index on ledger_closing_balances (account_id);
create trigger append_only before update or delete or truncate on ledger_closing_balances execute function refuse_change();

-- Opening a closed period again takes two people and a reason.
create table ledger_reopenings (
  id uuid primary key,
  period_id uuid not null,
  closing int not null,
  reason text not null check (length(reason) between 1 and 500),
  asked_by uuid not null,
  asked_at timestamptz not null,
  confirmed_by uuid,
  confirmed_at timestamptz,
  constraint ledger_reopenings_two_people check (confirmed_by <> asked_by),
  constraint ledger_reopenings_once unique (period_id, closing),
  check ((confirmed_by is null) = (confirmed_at is null)),
  foreign key (period_id, closing) references ledger_closings
);
grant update (confirmed_by, confirmed_at) on ledger_reopenings to sanad_app;

create function refuse_reopening_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.confirmed_by is null
    or tg_op = 'UPDATE' and old.confirmed_by is null and new.confirmed_by is not null
      and to_jsonb(new) - 'confirmed_by' - 'confirmed_at' = to_jsonb(old) - 'confirmed_by' - 'confirmed_at' then
    return new;
  end if;
  raise exception 'a reopening is asked for, then confirmed once'
    using errcode = 'integrity_constraint_violation', constraint = 'ledger_reopenings_append_only', table = 'ledger_reopenings';
end $$;
create trigger confirm_only before insert or update or delete on ledger_reopenings for each row execute function refuse_reopening_change();
create trigger no_truncate before truncate on ledger_reopenings execute function refuse_change();

-- Whoever posts shares the day that they post to until they commit; whoever closes a period wants all its days alone. So an entry that is
-- on its way while its period closes is either in before or refused. The lock is no row: pay-outs share it without writing anything.
create function ledger_day(at timestamptz) returns int language sql immutable parallel safe as $$
  select floor(extract(epoch from at) / 86400)::int
$$;

create function lock_ledger_period(period uuid) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(uuid_hash(p.programme_id), day)
    from ledger_periods p, generate_series(ledger_day(p.from_at), ledger_day(p.until_at - interval '1 microsecond')) as day where p.id = period;
end $$;

create function refuse_closed_period() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(uuid_hash(new.programme_id), ledger_day(new.at));
  if exists (select from ledger_periods p where p.programme_id = new.programme_id and p.state = 'closed' and p.until_at > new.at) then
    -- A serialization failure: who meets it tries again, at a later moment.
    raise exception 'a closed period takes no posting'
      using errcode = 'serialization_failure', constraint = 'journal_entries_open_period', table = 'journal_entries';
  end if;
  return new;
end $$;
create trigger open_period before insert on journal_entries for each row execute function refuse_closed_period();

-- A period is closed by a closing that stands, after its end and after every earlier one; it is opened again by a confirmed reopening of
-- that closing, before any earlier one.
create function refuse_unsigned_period() returns trigger language plpgsql as $$
declare last_closing record;
begin
  perform lock_ledger_period(new.id);
  select c.number, c.closed_at, exists (select from ledger_reopenings r where r.period_id = c.period_id and r.closing = c.number
      and r.confirmed_by is not null) as is_reopened
    into last_closing from ledger_closings c where c.period_id = new.id order by c.number desc limit 1;
  if not found or last_closing.is_reopened = (new.state = 'closed') or new.state = 'closed' and last_closing.closed_at < new.until_at then
    raise exception 'a period is not % without its signatures', new.state
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_periods_signed', table = 'ledger_periods';
  end if;
  if exists (select from ledger_periods p where p.programme_id = new.programme_id
      and case new.state when 'closed' then p.number < new.number and p.state = 'open' else p.number > new.number and p.state = 'closed' end) then
    raise exception 'periods are closed in order, and opened again in the opposite one'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_periods_in_order', table = 'ledger_periods';
  end if;
  return new;
end $$;
create trigger signed before update of state on ledger_periods for each row when (old.state is distinct from new.state)
  execute function refuse_unsigned_period();

-- What an account held before a moment, debit above zero: from the end of the last closed period before it on.
create function balance_until(account uuid, until timestamptz) returns numeric language sql stable as $$
  select coalesce(base.balance, 0) + coalesce((select sum(g.amount) from postings g
    where g.account_id = account and g.at >= coalesce(base.until_at, '-infinity') and g.at < until), 0)
  from (select) one left join lateral (
    select p.until_at, (select b.balance from ledger_closing_balances b where b.period_id = p.id and b.account_id = account
      and b.closing = (select max(c.number) from ledger_closings c where c.period_id = p.id)) as balance
    from accounts a join funds f on f.id = a.fund_id join ledger_periods p on p.programme_id = f.programme_id
    where a.id = account and p.state = 'closed' and p.until_at <= until order by p.number desc limit 1) base on true
$$;

-- How the accounts are written in an agency's own books (WBS elements for funds, G/L accounts for kinds of account): data, by version.
create table ledger_mappings (
  programme_id uuid not null references programmes,
  version int not null check (version > 0),
  reason text not null check (length(reason) between 1 and 500),
  made_by uuid not null,
  made_at timestamptz not null,
  written_by xid8 not null default pg_current_xact_id(),
  constraint ledger_mappings_version_once primary key (programme_id, version)
);
create trigger append_only before update or delete or truncate on ledger_mappings execute function refuse_change();

create table ledger_mapping_funds (
  programme_id uuid not null,
  version int not null,
  fund_id uuid not null references funds,
  wbs text not null check (wbs ~ '^[A-Z0-9][A-Z0-9./-]{1,39}$'),
  primary key (programme_id, version, fund_id),
  foreign key (programme_id, version) references ledger_mappings
);
create trigger append_only before update or delete or truncate on ledger_mapping_funds execute function refuse_change();

-- An event's own code comes before the one for every event of the account.
create table ledger_mapping_codes (
  programme_id uuid not null,
  version int not null,
  kind text not null check (kind in
    ('bank', 'fund_available', 'fund_committed', 'vouchers_outstanding', 'payable_to_post', 'advances', 'exchange', 'claims')),
  event text,
  gl_code text not null check (gl_code ~ '^[0-9A-Z]{3,12}$'),
  constraint ledger_mapping_codes_once unique nulls not distinct (programme_id, version, kind, event),
  foreign key (programme_id, version) references ledger_mappings
);
create trigger append_only before update or delete or truncate on ledger_mapping_codes execute function refuse_change();

-- A version is complete when it is written, and only of funds of its programme.
create function refuse_later_mapping() returns trigger language plpgsql as $$
begin
  if not exists (select from ledger_mappings m where m.programme_id = new.programme_id and m.version = new.version
      and m.written_by = pg_current_xact_id()) then
    raise exception 'a version of a mapping is written at once'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_mappings_at_once', table = tg_table_name;
  end if;
  return new;
end $$;
create trigger at_once before insert on ledger_mapping_funds for each row execute function refuse_later_mapping();
create trigger at_once before insert on ledger_mapping_codes for each row execute function refuse_later_mapping();

create function refuse_other_fund() returns trigger language plpgsql as $$
begin
  if not exists (select from funds f where f.id = new.fund_id and f.programme_id = new.programme_id) then
    raise exception 'a mapping is of funds of its programme'
      using errcode = 'integrity_constraint_violation', constraint = 'ledger_mapping_funds_own', table = 'ledger_mapping_funds';
  end if;
  return new;
end $$;
create trigger own_fund before insert on ledger_mapping_funds for each row execute function refuse_other_fund();
