-- A fund's chart of accounts. Balances are signed, debit above zero; what a fund holds for people is a credit.
create table accounts (
  id uuid primary key,
  kind text not null check (kind in
    ('bank', 'fund_available', 'fund_committed', 'vouchers_outstanding', 'payable_to_post', 'advances', 'exchange', 'claims')),
  fund_id uuid not null,
  currency text not null check (currency ~ '^[A-Z]{3}$'),
  office_id uuid,
  officer_id uuid,
  -- Kept only where money must not run out: those rows are locked by approvals, releases and an officer's own cash, never by a pay-out.
  guarded boolean generated always as (kind in ('fund_available', 'fund_committed', 'advances', 'exchange', 'claims')) stored,
  balance numeric not null default 0,
  check ((kind in ('payable_to_post', 'claims')) = (office_id is not null)),
  check ((kind = 'advances') = (officer_id is not null)),
  constraint accounts_not_overdrawn check (kind not in ('fund_available', 'fund_committed') or balance <= 0),
  constraint claims_not_overdrawn check (kind <> 'claims' or balance <= 0),
  constraint advances_not_overdrawn check (kind <> 'advances' or balance >= 0),
  constraint accounts_one_of_a_kind unique nulls not distinct (fund_id, kind, currency, office_id, officer_id)
);
-- Balances are moved by postings alone.
create function refuse_account_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and pg_trigger_depth() > 1
    and row (new.id, new.kind, new.fund_id, new.currency, new.office_id, new.officer_id)
      is not distinct from row (old.id, old.kind, old.fund_id, old.currency, old.office_id, old.officer_id) then
    return new;
  end if;
  if tg_op = 'INSERT' and new.balance = 0 then return new; end if;
  raise exception 'an account changes through its postings only'
    using errcode = 'integrity_constraint_violation', constraint = 'accounts_through_postings', table = 'accounts';
end $$;
create trigger through_postings before insert or update or delete on accounts for each row execute function refuse_account_change();
create trigger no_truncate before truncate on accounts execute function refuse_change();

create table journal_entries (
  id uuid primary key,
  at timestamptz not null,
  event text not null check (event in ('contribution', 'approval', 'approval_returned', 'issue', 'payout', 'void', 'expiry',
    'cancellation', 'settlement', 'fee', 'advance', 'delivery', 'advance_return', 'foreign_contribution', 'contribution_value',
    'conversion_out', 'conversion_in', 'exchange_loss', 'exchange_gain', 'claim', 'claim_released', 'recovery', 'cash_recovery', 'loss',
    'bank_loss', 'reversal')),
  programme_id uuid not null,
  fund_id uuid not null,
  subject_type text not null,
  subject_id uuid not null,
  -- Where an event happens to its subject in parts, as a list is released in batches: which of them.
  part int not null default 0 check (part >= 0),
  -- The entry that this one takes back, and why.
  reverses uuid,
  reason text check (length(reason) between 1 and 500),
  -- Which transaction wrote the entry: nothing can be added to it by another.
  written_by xid8 not null default pg_current_xact_id(),
  -- An event happens once to its subject in each fund, however often it is asked for.
  constraint journal_entries_once unique (subject_id, event, fund_id, part),
  constraint journal_entries_reversal check (
    num_nonnulls(reverses, reason) = case event when 'reversal' then 2 else 0 end and subject_id = coalesce(reverses, subject_id))
);
create index on journal_entries (fund_id, at, id);
create unique index journal_entries_reversed_once on journal_entries (reverses) where reverses is not null;

create table postings (
  entry_id uuid not null,
  leg smallint not null check (leg > 0),
  account_id uuid not null,
  amount numeric not null check (amount <> 0),
  currency text not null,
  -- Its entry's: what an account held at any moment, and how it came to that, is read from one index.
  at timestamptz not null,
  primary key (entry_id, leg),
  constraint postings_fit_currency check (fits_currency(amount, currency))
);
create index on postings (account_id, at, entry_id, leg) include (amount);

-- Checked for a whole statement at once. Accounts and entries are looked up rather than referenced by foreign key, because a
-- foreign key would make every pay-out of a fund lock the same account row. The look-ups are written so that each is one step into an
-- index, whatever the planner believes of tables that were empty when it was first asked.
create function check_postings() returns trigger language plpgsql security definer set search_path = public as $$
declare is_theirs boolean; fits boolean; is_zero boolean; is_guarded boolean;
begin
  select bool_and(entry.written_by is not distinct from pg_current_xact_id() and entry.at = p.at),
      bool_and(account.currency is not distinct from p.currency and account.fund_id is not distinct from entry.fund_id),
      bool_and(p.total = 0), bool_or(account.guarded)
    into is_theirs, fits, is_zero, is_guarded
    from (select *, sum(amount) over (partition by entry_id, currency) as total from new_postings) p
    left join lateral (select e.written_by, e.fund_id, e.at from journal_entries e where e.id = p.entry_id limit 1) entry on true
    left join lateral (select a.currency, a.fund_id, a.guarded from accounts a where a.id = p.account_id limit 1) account on true;
  if not is_theirs then
    raise exception 'postings are written together with their entry, and at its moment'
      using errcode = 'integrity_constraint_violation', constraint = 'postings_with_their_entry', table = 'postings';
  end if;
  if not fits then
    raise exception 'a posting is in its account''s currency and its entry''s fund'
      using errcode = 'integrity_constraint_violation', constraint = 'postings_fit_account', table = 'postings';
  end if;
  if not is_zero then
    raise exception 'an entry sums to zero in each currency'
      using errcode = 'integrity_constraint_violation', constraint = 'postings_sum_to_zero', table = 'postings';
  end if;
  if is_guarded then
    -- In one order, so that two entries that move the same two accounts do not wait for each other.
    perform from accounts where guarded and id in (select account_id from new_postings) order by id for no key update;
    update accounts a set balance = a.balance + moved.amount
      from (select account_id, sum(amount) as amount from new_postings group by account_id) moved
      where a.id = moved.account_id and a.guarded;
  end if;
  return null;
end $$;
create trigger checked after insert on postings referencing new table as new_postings
  for each statement execute function check_postings();
create trigger append_only before update or delete or truncate on postings execute function refuse_change();
create trigger append_only before update or delete or truncate on journal_entries execute function refuse_change();

-- An account's identifier, opening it on first use. Whoever comes second waits for the first and then sees its account.
create function account_of(fund uuid, account_kind text, account_currency text, office uuid, officer uuid) returns uuid language plpgsql as $$
declare found_id uuid;
begin
  loop
    -- Each is one step into the index, however many offices a fund owes.
    if office is not null then
      select id into found_id from accounts
        where fund_id = fund and kind = account_kind and currency = account_currency and office_id = office and officer_id is not distinct from officer;
    elsif officer is not null then
      select id into found_id from accounts
        where fund_id = fund and kind = account_kind and currency = account_currency and office_id is null and officer_id = officer;
    else
      select id into found_id from accounts
        where fund_id = fund and kind = account_kind and currency = account_currency and office_id is null and officer_id is null;
    end if;
    if found then return found_id; end if;
    insert into accounts (id, kind, fund_id, currency, office_id, officer_id)
      values (gen_random_uuid(), account_kind, fund, account_currency, office, officer) on conflict do nothing;
  end loop;
end $$;

-- One entry with its two postings. Which accounts an event moves between is said by src/ledger/rules.ts.
create function post_transfer(entry uuid, happened_at timestamptz, what text, debit text, credit text, programme uuid, fund uuid,
  subject_kind text, subject uuid, sum numeric, sum_currency text, office uuid, officer uuid, subject_part int) returns uuid language plpgsql as $$
begin
  insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id, part)
    values (entry, happened_at, what, programme, fund, subject_kind, subject, subject_part);
  insert into postings (entry_id, leg, account_id, amount, currency, at) values
    (entry, 1, account_of(fund, debit, sum_currency, case when debit in ('payable_to_post', 'claims') then office end,
      case debit when 'advances' then officer end), sum, sum_currency, happened_at),
    (entry, 2, account_of(fund, credit, sum_currency, case when credit in ('payable_to_post', 'claims') then office end,
      case credit when 'advances' then officer end), -sum, sum_currency, happened_at);
  return entry;
end $$;
