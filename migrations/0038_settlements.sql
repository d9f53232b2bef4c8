-- Settling with the post: what it is owed, what it asks for, who agrees that it is paid, the order to the bank, and the bank's word that it paid.

-- From where to where the money goes, and which fee was agreed on: each version of it, the last counts.
create table post_terms (
  programme_id uuid not null references programmes,
  version int not null check (version > 0),
  payer_name text not null check (length(payer_name) between 1 and 140),
  -- An IBAN, or whatever the bank keeps the account under.
  payer_account text not null check (payer_account ~ '^[A-Za-z0-9][A-Za-z0-9/.-]{0,33}$'),
  payer_bic text check (payer_bic ~ '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$'),
  payee_name text not null check (length(payee_name) between 1 and 140),
  payee_account text not null check (payee_account ~ '^[A-Za-z0-9][A-Za-z0-9/.-]{0,33}$'),
  payee_bic text check (payee_bic ~ '^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$'),
  -- For each pay-out: so much, and so much of every thousand that was paid, and at least so much. None where no fee was agreed on.
  fee_fixed numeric check (fee_fixed >= 0 and fee_fixed < 1e9),
  fee_per_mille numeric check (fee_per_mille between 0 and 1000 and scale(fee_per_mille) <= 4),
  fee_minimum numeric check (fee_minimum >= 0 and fee_minimum < 1e9),
  -- The first day whose pay-outs cost this much; until then what was agreed on before holds.
  fee_from date not null default '1900-01-01',
  reason text not null check (length(reason) between 3 and 500),
  set_by uuid not null,
  set_at timestamptz not null,
  constraint post_terms_version_once primary key (programme_id, version),
  check (num_nonnulls(fee_fixed, fee_per_mille, fee_minimum) in (0, 3)),
  constraint post_terms_other_account check (payer_account <> payee_account)
);
create trigger append_only before update or delete or truncate on post_terms execute function refuse_change();

-- Money goes to accounts, and by a tariff, that two people said: one set them, another confirmed them.
create table post_terms_confirmations (
  programme_id uuid not null,
  version int not null,
  confirmed_by uuid not null,
  confirmed_at timestamptz not null,
  constraint post_terms_confirmed_once primary key (programme_id, version),
  foreign key (programme_id, version) references post_terms (programme_id, version)
);
create trigger append_only before update or delete or truncate on post_terms_confirmations execute function refuse_change();
create function refuse_own_confirmation() returns trigger language plpgsql as $$
begin
  if exists (select from post_terms t where t.programme_id = new.programme_id and t.version = new.version and t.set_by = new.confirmed_by) then
    perform refuse('post_terms_two_people', 'who set where the money goes does not confirm it', 'post_terms_confirmations');
  end if;
  -- What was recorded under the last tariff that was confirmed would else have another afterwards.
  if exists (select from post_terms t where t.programme_id = new.programme_id and t.version > new.version) then
    perform refuse('post_terms_confirmed_last', 'terms that others have followed are confirmed no more', 'post_terms_confirmations');
  end if;
  return new;
end $$;
create trigger two_people before insert on post_terms_confirmations for each row execute function refuse_own_confirmation();

create function accounts_of(terms post_terms) returns jsonb language sql immutable parallel safe as $$
  select jsonb_build_array(terms.payer_name, terms.payer_account, terms.payer_bic, terms.payee_name, terms.payee_account, terms.payee_bic)
$$;

-- The last version that money may go by: it was confirmed, or says the accounts of the version before it, and that one may.
create function terms_in_force(programme uuid) returns int language sql stable as $$
  select max(t.version) from post_terms t where t.programme_id = programme
    and exists (select from post_terms_confirmations c join post_terms o using (programme_id, version)
      where c.programme_id = programme and c.version <= t.version and not exists (select from post_terms x
        where x.programme_id = programme and x.version between c.version and t.version and accounts_of(x) <> accounts_of(o)))
$$;

-- Whether somebody set any version since the money last went to another account.
create function set_payee(who uuid, programme uuid) returns boolean language sql stable as $$
  select exists (select from post_terms t where t.programme_id = programme and t.set_by = who and t.version >= (
    select max(c.version) from (select p.version, jsonb_build_array(p.payee_name, p.payee_account, p.payee_bic) is distinct from
        lag(jsonb_build_array(p.payee_name, p.payee_account, p.payee_bic)) over (order by p.version) as is_other
      from post_terms p where p.programme_id = programme) c where c.is_other))
$$;

-- What was agreed on for one pay-out, half up to the minor unit; nothing where no fee was agreed on.
create function agreed_fee(terms post_terms, amount numeric, currency text) returns numeric language sql immutable parallel safe as $$
  select case when terms.fee_fixed is null then 0 else
    greatest(round(terms.fee_minimum, minor_units(currency)), round(terms.fee_fixed + amount * terms.fee_per_mille / 1000, minor_units(currency))) end
$$;

-- By which of the terms up to a version the pay-outs of a day are charged: the last that was confirmed and holds for that day.
create function tariff_on(programme uuid, up_to int, day date) returns post_terms language sql stable as $$
  select t from post_terms t where t.programme_id = programme and t.version <= up_to and t.fee_from <= day
    and exists (select from post_terms_confirmations c where c.programme_id = t.programme_id and c.version = t.version)
  order by t.version desc limit 1
$$;

-- What a fund owes the post for an office.
create function owed_to(fund uuid, office uuid) returns numeric language sql stable as $$
  select coalesce(-sum(balance_until(a.id, 'infinity')), 0) from accounts a
  where a.fund_id = fund and a.kind = 'payable_to_post' and a.office_id = office
    and a.currency = (select f.currency from funds f where f.id = fund)
$$;

-- Whether somebody paid out, or took back, cash of a fund at one of these offices, or had a hand in a list that was paid there. No fund is every
-- fund of the programme.
create function handled_cash(who uuid, programme uuid, fund uuid, offices uuid[]) returns boolean language sql stable as $$
  select exists (select from payment_list_hands h join vouchers v on v.list_id = h.list_id join payouts p on p.voucher_id = v.id
      where who in (h.user_id, h.for_user_id) and v.programme_id = programme and (fund is null or v.fund_id = fund) and p.office_id = any(offices))
    or exists (select from payouts p join vouchers v on v.id = p.voucher_id
      where p.office_id = any(offices) and who in (p.agent_id, p.voided_by) and v.programme_id = programme and (fund is null or v.fund_id = fund))
$$;

-- An invoice of the post, whole as it came.
create table post_invoices (
  id uuid primary key,
  programme_id uuid not null references programmes,
  number text not null check (number ~ '^[[:alnum:]][[:alnum:] ._:/#-]{0,59}$'),
  issued_on date not null,
  from_date date not null,
  to_date date not null check (to_date >= from_date and to_date - from_date < 400),
  currency text not null,
  payout_count int not null check (payout_count >= 0),
  principal numeric not null check (principal >= 0),
  fee numeric not null check (fee >= 0),
  -- The last terms that were confirmed when it was recorded; each day has its tariff by them. None where no fee was agreed on.
  terms_version int,
  state text not null default 'received' check (state in ('received', 'disputed', 'accepted', 'partly_accepted')),
  recorded_by uuid not null,
  recorded_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  reason text check (length(reason) between 3 and 500),
  version int not null default 1,
  check (fits_currency(principal, currency) and fits_currency(fee, currency)),
  check (num_nonnulls(decided_by, decided_at) = case state when 'received' then 0 else 2 end),
  constraint post_invoices_reasoned check (state in ('received', 'accepted') or reason is not null),
  constraint post_invoices_decided_by_another check (decided_by <> recorded_by),
  foreign key (programme_id, terms_version) references post_terms (programme_id, version)
);
create unique index post_invoices_number_once on post_invoices (programme_id, lower(number));
create index on post_invoices (programme_id, id);
create trigger transition before update of state on post_invoices for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('received>disputed', 'received>accepted', 'received>partly_accepted', 'disputed>accepted',
    'disputed>partly_accepted');
create trigger first_state before insert on post_invoices for each row execute function refuse_other_first_state('received');
create trigger kept before delete or truncate on post_invoices execute function refuse_change();
grant update (state, decided_by, decided_at, reason, version) on post_invoices to sanad_app;

create table post_invoice_lines (
  invoice_id uuid not null references post_invoices,
  position int not null check (position > 0),
  -- None where the code is not one of ours.
  office_id uuid references offices,
  office_code text not null check (office_code ~ '^[0-9A-Z]{1,20}$'),
  -- None where it asks for all days of its period together.
  day date,
  payout_count int not null check (payout_count >= 0),
  principal numeric not null check (principal >= 0),
  fee numeric not null check (fee >= 0),
  primary key (invoice_id, position),
  constraint post_invoice_lines_once unique nulls not distinct (invoice_id, office_code, day),
  constraint post_invoice_lines_of_something check (principal + fee > 0)
);
create index on post_invoice_lines (office_id, invoice_id);
create trigger append_only before update or delete or truncate on post_invoice_lines execute function refuse_change();

-- What was agreed to of a line; a line without is not agreed to.
create table post_invoice_acceptances (
  invoice_id uuid not null,
  position int not null,
  principal numeric not null check (principal >= 0),
  fee numeric not null check (fee >= 0),
  constraint post_invoice_acceptances_once primary key (invoice_id, position),
  foreign key (invoice_id, position) references post_invoice_lines
);
create trigger append_only before update or delete or truncate on post_invoice_acceptances execute function refuse_change();

-- The lines are the invoice: they add up to what it says, lie in its days, and an office is asked for by the day or altogether.
create function refuse_other_invoice() returns trigger language plpgsql as $$
begin
  if row (new.payout_count::bigint, new.principal, new.fee) is distinct from (select row (sum(l.payout_count), sum(l.principal), sum(l.fee))
      from post_invoice_lines l where l.invoice_id = new.id)
    or exists (select from post_invoice_lines l where l.invoice_id = new.id and (l.day not between new.from_date and new.to_date
      or not fits_currency(l.principal, new.currency) or not fits_currency(l.fee, new.currency)))
    or exists (select from post_invoice_lines l where l.invoice_id = new.id group by l.office_code having bool_or(l.day is null) and count(*) > 1) then
    perform refuse('post_invoices_add_up', 'the lines of an invoice are the invoice', 'post_invoices');
  end if;
  return null;
end $$;
create constraint trigger adds_up after insert on post_invoices deferrable initially deferred for each row execute function refuse_other_invoice();
create function refuse_added_invoice_line() returns trigger language plpgsql as $$
begin
  if exists (select from (select distinct invoice_id from new_lines) n join post_invoices i on i.id = n.invoice_id
      where i.principal + i.fee < (select sum(l.principal + l.fee) from post_invoice_lines l where l.invoice_id = i.id)) then
    perform refuse('post_invoices_add_up', 'the lines of an invoice are the invoice', 'post_invoice_lines');
  end if;
  return null;
end $$;
create trigger within_invoice after insert on post_invoice_lines referencing new table as new_lines
  for each statement execute function refuse_added_invoice_line();

-- No more is agreed to than was asked for, for an office of ours, before the invoice is decided.
create function refuse_wrong_acceptance() returns trigger language plpgsql as $$
begin
  if exists (select from new_rows n join post_invoice_lines l using (invoice_id, position) join post_invoices i on i.id = n.invoice_id
      where n.principal > l.principal or n.fee > l.fee or l.office_id is null or i.state not in ('received', 'disputed')
        or not fits_currency(n.principal, i.currency) or not fits_currency(n.fee, i.currency)) then
    perform refuse('post_invoice_acceptances_within', 'no more is agreed to than was asked for', 'post_invoice_acceptances');
  end if;
  return null;
end $$;
create trigger within_lines after insert on post_invoice_acceptances referencing new table as new_rows
  for each statement execute function refuse_wrong_acceptance();

-- The terms that each day of an invoice is charged by.
create function tariffs_of(invoice uuid) returns table (day date, terms post_terms) language sql stable as $$
  select g.day::date, tariff_on(i.programme_id, i.terms_version, g.day::date)
  from post_invoices i cross join generate_series(i.from_date, i.to_date, interval '1 day') g (day) where i.id = invoice
$$;

-- Whether of some line more was agreed to than our pay-outs that no other invoice had, or more of a fee than the tariff gives for them.
create function agreed_beyond(invoice uuid) returns boolean language sql stable as $$
  with tariffs as materialized (select * from tariffs_of(invoice))
  select exists (select from post_invoices i join post_invoice_lines l on l.invoice_id = i.id
      join post_invoice_acceptances a on a.invoice_id = l.invoice_id and a.position = l.position
      cross join lateral (select coalesce(l.day, i.from_date) as first, coalesce(l.day, i.to_date) as last) d
      cross join lateral (select coalesce(sum(p.amount), 0) as principal, coalesce(sum(agreed_fee(t.terms, p.amount, p.currency)), 0) as fee
        from payouts p join vouchers v on v.id = p.voucher_id left join tariffs t on t.day = p.paid_on where p.office_id = l.office_id and p.paid_on between d.first and d.last
          and p.voided_at is null and p.currency = i.currency and v.programme_id = i.programme_id) ours
      cross join lateral (select coalesce(sum(x.principal), 0) as principal, coalesce(sum(x.fee), 0) as fee
        from post_invoice_lines b join post_invoices bi on bi.id = b.invoice_id
          join post_invoice_acceptances x on x.invoice_id = b.invoice_id and x.position = b.position
        where b.office_id = l.office_id and b.invoice_id <> i.id and bi.programme_id = i.programme_id and bi.currency = i.currency
          and coalesce(b.day, bi.from_date) <= d.last and coalesce(b.day, bi.to_date) >= d.first) earlier
    where i.id = invoice and (a.principal > 0 and a.principal + earlier.principal > ours.principal
      or a.fee > 0 and (earlier.principal > 0 or a.fee + earlier.fee > ours.fee)))
$$;

-- Agreed to means every line in full, in part means less; and by nobody who handled the cash.
create function refuse_wrong_decision() returns trigger language plpgsql as $$
declare agreed numeric;
begin
  perform pg_advisory_xact_lock(hashtextextended('post-invoices/' || new.programme_id, 0));
  if new.reason is null and agreed_beyond(new.id) then
    perform refuse('post_invoices_beyond_reasoned', 'more than we know of is agreed to for a reason', 'post_invoices');
  end if;
  select coalesce(sum(a.principal + a.fee), 0) into agreed from post_invoice_acceptances a where a.invoice_id = new.id;
  if agreed <> new.principal + new.fee and new.state = 'accepted' or agreed > 0 and new.state = 'disputed'
    or new.state = 'partly_accepted' and (agreed = 0 or agreed = new.principal + new.fee) then
    perform refuse('post_invoices_decided', 'an invoice is accepted line by line', 'post_invoices');
  end if;
  if handled_cash(new.decided_by, new.programme_id, null, array(select l.office_id from post_invoice_lines l where l.invoice_id = new.id and l.office_id is not null)) then
    perform refuse('post_invoices_by_another', 'who had a hand in the list or paid the cash does not decide on its invoice', 'post_invoices');
  end if;
  return new;
end $$;
create trigger decided before update of state on post_invoices for each row when (old.state is distinct from new.state)
  execute function refuse_wrong_decision();

alter table settlements add column invoice_id uuid references post_invoices;
create index on settlements (invoice_id) where invoice_id is not null;

create table settlement_lines (
  settlement_id uuid not null references settlements,
  position int not null check (position > 0),
  office_id uuid not null references offices,
  -- Of what is owed now, and what its approval will add to that.
  principal numeric not null check (principal >= 0),
  fee numeric not null check (fee >= 0),
  amount numeric generated always as (principal + fee) stored check (amount > 0),
  primary key (settlement_id, position),
  constraint settlement_lines_office_once unique (settlement_id, office_id)
);
create index on settlement_lines (office_id, settlement_id);
create trigger append_only before update or delete or truncate on settlement_lines execute function refuse_change();

create table settlement_steps (
  settlement_id uuid not null references settlements,
  step text not null check (step in ('drafted', 'submitted', 'approved', 'rejected', 'instructed', 'paid', 'cancelled')),
  taken_by uuid not null,
  taken_at timestamptz not null,
  note text check (length(note) between 3 and 500),
  -- Where the money was to go when it was agreed to; the database says.
  terms_version int,
  constraint settlement_steps_once primary key (settlement_id, step),
  constraint settlement_steps_bound check ((terms_version is not null) = (step = 'approved')),
  constraint settlement_steps_reasoned check (step not in ('rejected', 'cancelled') or note is not null)
);
create trigger append_only before update or delete or truncate on settlement_steps execute function refuse_change();

-- The order to the bank, letter for letter.
create table settlement_files (
  settlement_id uuid primary key references settlements,
  programme_id uuid not null,
  terms_version int not null,
  execute_on date not null,
  content text not null,
  -- SHA-256.
  digest text not null,
  written_at timestamptz not null,
  constraint settlement_files_digest check (digest = encode(sha256(convert_to(content, 'UTF8')), 'hex')),
  foreign key (programme_id, terms_version) references post_terms (programme_id, version)
);
create trigger append_only before update or delete or truncate on settlement_files execute function refuse_change();

-- What settlements on their way claim of what a fund owes for an office. The fee is owed from the approval on.
create function claimed_of(fund uuid, office uuid) returns numeric language sql stable as $$
  select coalesce(sum(case when s.state in ('approved', 'instructed') then l.amount else l.principal end), 0)
  from settlements s join settlement_lines l on l.settlement_id = s.id
  where s.fund_id = fund and l.office_id = office and s.state in ('draft', 'submitted', 'approved', 'instructed')
$$;

-- Settlements of a fund wait for each other, so that each sees what the one before claims: together never more than is owed.
create function refuse_overclaim() returns trigger language plpgsql as $$
declare
  fund uuid;
begin
  for fund in select distinct s.fund_id from new_lines n join settlements s on s.id = n.settlement_id order by 1 loop
    perform pg_advisory_xact_lock(hashtextextended('settlements/' || fund, 0));
  end loop;
  if exists (select from new_lines n join settlements s on s.id = n.settlement_id
      where claimed_of(s.fund_id, n.office_id) > owed_to(s.fund_id, n.office_id)) then
    perform refuse('settlements_within_owed', 'no more is settled than is owed', 'settlement_lines');
  end if;
  if exists (select from new_lines n join settlements s on s.id = n.settlement_id where s.state <> 'draft' or s.amount < (
      select sum(l.amount) from settlement_lines l where l.settlement_id = s.id)) then
    perform refuse('settlements_add_up', 'the lines of a settlement are the settlement', 'settlement_lines');
  end if;
  perform refuse_beyond_invoice(s.invoice_id, n.office_id) from new_lines n join settlements s on s.id = n.settlement_id where s.invoice_id is not null;
  if exists (select from new_lines n join settlements s on s.id = n.settlement_id where n.fee > 0 and s.invoice_id is null) then
    perform refuse('settlements_within_invoice', 'a fee comes with an invoice', 'settlement_lines');
  end if;
  return null;
end $$;
create trigger within_owed after insert on settlement_lines referencing new table as new_lines
  for each statement execute function refuse_overclaim();

-- Of an invoice no more is settled than was agreed to, over all funds.
create function refuse_beyond_invoice(invoice uuid, office uuid) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('post-invoice/' || invoice, 0));
  if exists (select from (select coalesce(sum(l.principal), 0) as principal, coalesce(sum(l.fee), 0) as fee from settlements s
        join settlement_lines l on l.settlement_id = s.id
        where s.invoice_id = invoice and l.office_id = office and s.state not in ('rejected', 'cancelled')) taken,
      (select coalesce(sum(a.principal), 0) as principal, coalesce(sum(a.fee), 0) as fee from post_invoice_acceptances a
        join post_invoice_lines l using (invoice_id, position) join post_invoices i on i.id = a.invoice_id
        where a.invoice_id = invoice and l.office_id = office and i.state in ('accepted', 'partly_accepted')) agreed
      where taken.principal > agreed.principal or taken.fee > agreed.fee) then
    perform refuse('settlements_within_invoice', 'no more is settled of an invoice than was agreed to', 'settlement_lines');
  end if;
end $$;

create function refuse_other_settlement() returns trigger language plpgsql as $$
begin
  if new.amount is distinct from (select sum(l.amount) from settlement_lines l where l.settlement_id = new.id)
    or exists (select from settlement_lines l where l.settlement_id = new.id and not (fits_currency(l.principal, new.currency) and fits_currency(l.fee, new.currency)))
    or not exists (select from funds f where f.id = new.fund_id and f.programme_id = new.programme_id and f.currency = new.currency)
    or new.invoice_id is not null and not exists (select from post_invoices i where i.id = new.invoice_id and i.programme_id = new.programme_id
      and i.currency = new.currency)
    or not exists (select from settlement_steps t where t.settlement_id = new.id and t.step = 'drafted' and t.taken_by = new.made_by) then
    perform refuse('settlements_add_up', 'the lines of a settlement are the settlement', 'settlements');
  end if;
  return null;
end $$;
create constraint trigger adds_up after insert on settlements deferrable initially deferred for each row execute function refuse_other_settlement();

-- A step is taken in its turn; by nobody who handled the cash; none calls off what a line of the bank is matched with; the approval by somebody who did not make it, within their limit; the order to
-- the bank by somebody who did not write into the terms where the money goes.
create function refuse_wrong_settlement_step() returns trigger language plpgsql as $$
declare one settlements;
begin
  select * into one from settlements s where s.id = new.settlement_id for no key update;
  if not (case new.step when 'drafted' then one.state = 'draft' when 'submitted' then one.state = 'draft' when 'approved' then one.state = 'submitted'
      when 'rejected' then one.state = 'submitted' when 'instructed' then one.state = 'approved' when 'paid' then one.state = 'instructed'
      else one.state in ('draft', 'submitted', 'approved', 'instructed') end) then
    perform refuse('settlement_steps_in_turn', 'a settlement that is ' || one.state || ' is not ' || new.step, 'settlement_steps');
  end if;
  if handled_cash(new.taken_by, one.programme_id, one.fund_id, array(select l.office_id from settlement_lines l where l.settlement_id = one.id)) then
    perform refuse('settlements_by_another', 'who had a hand in the list or paid the cash does not settle it', 'settlements');
  end if;
  if new.step = 'cancelled' and exists (select from statement_match_targets t where t.target_type = 'settlement' and t.target_id = one.id) then
    perform refuse('settlements_listed', 'what the bank lists is not called off', 'settlements');
  end if;
  if new.step in ('approved', 'rejected') and exists (select from settlement_steps t where t.settlement_id = one.id and t.taken_by = new.taken_by) then
    perform refuse('settlements_approved_by_another', 'who made a settlement does not decide on it', 'settlements');
  end if;
  if new.step = 'approved' and (select count(*) > 0 and not bool_or(g.limit_amount is null or g.limit_currency = one.currency and g.limit_amount >= one.amount)
      from role_grants g where g.user_id = new.taken_by and g.role in ('approver', 'finance_officer') and (g.ends_at is null or g.ends_at > new.taken_at)
        and (g.programme_id is null or g.programme_id = one.programme_id) and (g.fund_id is null or g.fund_id = one.fund_id)) then
    perform refuse('settlements_within_limit', 'nobody approves beyond their limit', 'settlements');
  end if;
  if new.step = 'instructed' and exists (select from settlement_files f join post_terms t on t.programme_id = f.programme_id and t.version = f.terms_version
      where f.settlement_id = one.id and t.set_by = new.taken_by) then
    perform refuse('settlements_instructed_by_another', 'who wrote where the money goes does not send it there', 'settlements');
  end if;
  return new;
end $$;
create trigger in_turn before insert on settlement_steps for each row execute function refuse_wrong_settlement_step();

-- An approval is of the accounts that the money may go to at that moment, and the order goes to these or nowhere. What the bank was told to pay is
-- called off by somebody who neither made it nor told the bank.
create function refuse_other_accounts() returns trigger language plpgsql as $$
declare
  programme uuid;
  was text;
begin
  select s.programme_id, s.state into programme, was from settlements s where s.id = new.settlement_id;
  new.terms_version := null;
  if new.step = 'approved' then
    new.terms_version := terms_in_force(programme);
    if new.terms_version is null then
      perform refuse('settlements_accounts_confirmed', 'nobody confirmed where the money goes', 'settlements');
    end if;
  elsif new.step = 'instructed' and exists (select from settlement_files f where f.settlement_id = new.settlement_id) then
    if (select count(distinct accounts_of(t)) from post_terms t where t.programme_id = programme and t.version in (terms_in_force(programme),
        (select a.terms_version from settlement_steps a where a.settlement_id = new.settlement_id and a.step = 'approved'),
        (select f.terms_version from settlement_files f where f.settlement_id = new.settlement_id))) <> 1 then
      perform refuse('settlements_accounts_as_approved', 'the money goes where it was agreed that it goes', 'settlements');
    end if;
    if set_payee(new.taken_by, programme) then
      perform refuse('settlements_instructed_by_another', 'who wrote where the money goes does not send it there', 'settlements');
    end if;
  elsif new.step = 'cancelled' and was = 'instructed' and exists (select from settlement_steps t where t.settlement_id = new.settlement_id
      and t.step in ('drafted', 'submitted', 'instructed') and t.taken_by = new.taken_by) then
    perform refuse('settlements_cancelled_by_another', 'what the bank was told to pay is called off by somebody else', 'settlements');
  end if;
  return new;
end $$;
create trigger to_accounts before insert on settlement_steps for each row execute function refuse_other_accounts();

alter table post_fees add column settlement_id uuid references settlements;
create unique index post_fees_settlement_once on post_fees (settlement_id) where settlement_id is not null;

-- No state without its step: approved with its fee in the books, instructed with the order that was written, paid with everything posted.
create function refuse_unstepped_settlement() returns trigger language plpgsql as $$
begin
  if not exists (select from settlement_steps t where t.settlement_id = new.id and t.step = new.state)
    or new.state = 'instructed' and not exists (select from settlement_files f where f.settlement_id = new.id) then
    perform refuse('settlements_stepped', 'a settlement is not ' || new.state || ' without its step', 'settlements');
  end if;
  if new.state = 'approved' and (select sum(l.fee) from settlement_lines l where l.settlement_id = new.id)
      <> coalesce((select f.amount from post_fees f where f.settlement_id = new.id), 0) then
    perform refuse('settlements_fee_posted', 'the fee of an invoice is in the books before it is paid', 'settlements');
  end if;
  if new.state = 'paid' and new.amount is distinct from (select sum(g.amount) from journal_entries e join postings g on g.entry_id = e.id and g.amount > 0
      where e.subject_id = new.id and e.event = 'settlement' and e.fund_id = new.fund_id) then
    perform refuse('settlements_posted', 'what was paid to the post is in the books', 'settlements');
  end if;
  if new.state = 'approved' and exists (select from settlement_lines l
      where l.settlement_id = new.id and claimed_of(new.fund_id, l.office_id) + l.fee > owed_to(new.fund_id, l.office_id)) then
    perform refuse('settlements_within_owed', 'no more is settled than is owed', 'settlements');
  end if;
  return new;
end $$;
create trigger stepped before update of state on settlements for each row when (old.state is distinct from new.state)
  execute function refuse_unstepped_settlement();

-- What is owed does not fall below what is on its way to be paid: a fee is not taken back under a settlement, nor anything else posted against the
-- post. What only adds to what is owed, what a settlement posts itself, and a void, which looks itself, are left alone.
create function refuse_less_owed() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('settlements/' || new.fund_id, 0));
  if exists (select from postings g join accounts a on a.id = g.account_id where g.entry_id = new.id and a.kind = 'payable_to_post' and g.amount > 0
      and claimed_of(new.fund_id, a.office_id) > 0 and claimed_of(new.fund_id, a.office_id) > owed_to(new.fund_id, a.office_id)) then
    perform refuse('settlements_still_owed', 'a settlement on its way claims this', 'settlements');
  end if;
  return null;
end $$;
create constraint trigger still_owed after insert on journal_entries deferrable initially deferred for each row
  when (new.event not in ('contribution', 'foreign_contribution', 'contribution_value', 'conversion_out', 'conversion_in', 'exchange_loss', 'exchange_gain',
    'approval', 'approval_returned', 'issue', 'payout', 'void', 'expiry', 'cancellation', 'settlement', 'fee', 'advance', 'delivery', 'advance_return'))
  execute function refuse_less_owed();

-- A fee is in the books once: with the settlement of its invoice, or recorded by itself.
create function refuse_second_fee() returns trigger language plpgsql as $$
declare invoiced text;
begin
  perform pg_advisory_xact_lock(hashtextextended('post-fees/' || new.programme_id, 0));
  select i.number into invoiced from settlements s join post_invoices i on i.id = s.invoice_id where s.id = new.settlement_id;
  if new.settlement_id is null and exists (select from post_invoices i where i.programme_id = new.programme_id and lower(i.number) = lower(new.reference)
      and i.fee > 0)
    or invoiced is not null and exists (select from post_fees f where f.programme_id = new.programme_id and f.settlement_id is null
      and lower(f.reference) = lower(invoiced) and exists (select from post_fee_shares s join journal_entries e on e.subject_id = s.id and e.event = 'fee'
        where s.fee_id = f.id and not exists (select from journal_entries r where r.reverses = e.id))) then
    perform refuse('post_fees_once', 'the fee of an invoice is recorded with its settlement', 'post_fees');
  end if;
  return new;
end $$;
create trigger once before insert on post_fees for each row execute function refuse_second_fee();

-- A fee that a settlement on its way or paid asks for stays in the books, and so does what was paid already of one that was recorded by itself.
create function refuse_settled_fee_reversal() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('settlements/' || new.fund_id, 0));
  if exists (select from journal_entries e join post_fee_shares h on h.id = e.subject_id join post_fees f on f.id = h.fee_id
      left join settlements s on s.id = f.settlement_id
      where e.id = new.reverses and e.event = 'fee' and (s.state in ('approved', 'instructed', 'paid')
        or s.id is null and owed_to(e.fund_id, h.office_id) < h.amount)) then
    perform refuse('journal_entries_fee_settled', 'a fee that was settled is not taken back', 'journal_entries');
  end if;
  return new;
end $$;
create trigger fee_settled before insert on journal_entries for each row when (new.reverses is not null)
  execute function refuse_settled_fee_reversal();

-- What a line of a statement may be besides a pay-out: what it is called there, what it comes to and when we wrote it down. An order that was called
-- off is among them, for the bank may have carried it out all the same.
create view statement_targets as
  select 'settlement' as target_type, s.id as target_id, s.programme_id, 'payment' as line_kind, s.reference, s.amount, s.currency,
      (coalesce(s.paid_at, s.made_at) at time zone p.time_zone)::date as booked_on, s.state = 'cancelled' as called_off
    from settlements s join programmes p on p.id = s.programme_id where s.state in ('instructed', 'paid')
      or s.state = 'cancelled' and exists (select from settlement_steps t where t.settlement_id = s.id and t.step = 'instructed')
  union all
  select 'contribution', c.id, f.programme_id, 'deposit', c.reference, coalesce(c.foreign_amount, c.amount), coalesce(c.foreign_currency, c.currency),
      c.received_on, false
    from contributions c join funds f on f.id = c.fund_id where not is_reversed(c.id)
  union all
  select 'advance', a.id, a.programme_id, 'payment', a.handed_reference, a.amount, a.currency, (a.handed_at at time zone p.time_zone)::date, false
    from advances a join programmes p on p.id = a.programme_id where a.handed_at is not null
  union all
  select 'advance_return', r.id, a.programme_id, 'deposit', r.reference, r.amount, r.currency, (r.taken_at at time zone p.time_zone)::date, false
    from advance_returns r join advances a on a.id = r.advance_id join programmes p on p.id = a.programme_id
  union all
  select 'cash_recovery', d.id, e.programme_id, 'deposit', d.reference, d.amount, d.currency, (d.decided_at at time zone p.time_zone)::date, false
    from exception_decisions d join exceptions e on e.id = d.exception_id join programmes p on p.id = e.programme_id
    where d.kind in ('cash_recovered', 'claim_repaid') and d.state = 'approved' and d.undone_by is null
  union all
  select 'fee', f.id, f.programme_id, 'fee', f.reference, f.amount, f.currency, f.to_date, false from post_fees f
    where not exists (select from post_fee_shares s where s.fee_id = f.id and is_reversed(s.id));
grant select on statement_targets to sanad_app;

-- What a period leaves owed to the post at an office, by name: one person says why, another confirms it.
create table ledger_carry_forwards (
  id uuid primary key,
  programme_id uuid not null references programmes,
  office_id uuid not null references offices,
  -- The last day of the period.
  ends_on date not null,
  amount numeric not null check (amount > 0),
  currency text not null,
  reason text not null check (length(reason) between 3 and 500),
  asked_by uuid not null,
  asked_at timestamptz not null,
  confirmed_by uuid,
  confirmed_at timestamptz,
  check (fits_currency(amount, currency)),
  check ((confirmed_by is null) = (confirmed_at is null)),
  constraint ledger_carry_forwards_two_people check (confirmed_by <> asked_by),
  constraint ledger_carry_forwards_once unique (programme_id, ends_on, office_id, currency, amount)
);
create trigger kept before delete or truncate on ledger_carry_forwards execute function refuse_change();
create function refuse_carry_forward_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.confirmed_by is not null or tg_op = 'UPDATE' and old.confirmed_by is not null then
    perform refuse('ledger_carry_forwards_confirmed_once', 'it is asked for, then confirmed once', 'ledger_carry_forwards');
  end if;
  return new;
end $$;
create trigger confirm_once before insert or update on ledger_carry_forwards for each row execute function refuse_carry_forward_change();
grant update (confirmed_by, confirmed_at) on ledger_carry_forwards to sanad_app;

-- What was matched: the line of the post that speaks of a pay-out, and the line of the bank by which a settlement was paid.
create view payout_lines as select t.target_id as payout_id, t.statement_line_id from statement_match_targets t where t.target_type = 'payout';
create view settlement_bank_lines as
  select t.target_id as settlement_id, t.statement_line_id from statement_match_targets t where t.target_type = 'settlement';
grant select on payout_lines, settlement_bank_lines to sanad_app;
