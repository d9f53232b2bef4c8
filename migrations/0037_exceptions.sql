-- The life of an exception: whose it is and until when, what was said of it, and what its resolution posts. See docs/decisions/0037.

-- Whether somebody paid or took back the cash that an exception is about, had a hand in its list, or made the record.
create function has_hand_in_exception(who uuid, payout uuid, line uuid, record_kind text, record uuid) returns boolean language sql stable as $$
  select who is not null and (
    exists (select from payouts p join vouchers v on v.id = p.voucher_id where p.id = payout and (who in (p.agent_id, p.voided_by)
      or exists (select from payment_list_hands h where h.list_id = v.list_id and who in (h.user_id, h.for_user_id))))
    or exists (select from vouchers v where v.id in (
        select o.id from statement_lines s join vouchers o on o.serial = s.serial where s.id = line
        union all select record where record_kind = 'voucher')
      and (exists (select from payouts p where p.voucher_id = v.id and who in (p.agent_id, p.voided_by))
        or exists (select from payment_list_hands h where h.list_id = v.list_id and who in (h.user_id, h.for_user_id))))
    or had_hand_in_record(who, 'line', line) or had_hand_in_record(who, record_kind, record))
$$;

create or replace function refuse_own_resolution() returns trigger language plpgsql as $$
begin
  -- That a bank's line is matched with a record after all takes the exception back; nobody decides that, whoever's the record is.
  if has_hand_in_exception(new.resolved_by, new.payout_id, new.statement_line_id, case when new.resolution <> 'superseded' then new.record_type end,
      new.record_id) then
    perform refuse('exceptions_resolved_by_another', 'who had a hand in the list or paid the cash does not close its exception', 'exceptions');
  end if;
  return new;
end $$;

-- Nor does it become theirs to deal with.
create function refuse_own_exception() returns trigger language plpgsql as $$
begin
  if has_hand_in_exception(new.owner_id, new.payout_id, new.statement_line_id, new.record_type, new.record_id) then
    perform refuse('exceptions_owned_by_another', 'who had a hand in the list or paid the cash does not own its exception', 'exceptions');
  end if;
  return new;
end $$;
create trigger owned_by_another before update of owner_id on exceptions for each row when (new.owner_id is not null)
  execute function refuse_own_exception();

-- The same for many at once, without a look-up of its own for each; and each is of its programme.
create function refuse_misfit_exceptions() returns trigger language plpgsql as $$
begin
  if exists (select from new_exceptions n where n.state <> 'open') then
    perform refuse('exceptions_first_state', 'a new exception is open', 'exceptions');
  end if;
  if exists (select from new_exceptions n join payouts p on p.id = n.payout_id where n.owner_id in (p.agent_id, p.voided_by))
    or exists (select from new_exceptions n join payouts p on p.id = n.payout_id join vouchers v on v.id = p.voucher_id
      join payment_list_hands h on h.list_id = v.list_id where n.owner_id in (h.user_id, h.for_user_id))
    or exists (select from new_exceptions n join statement_lines s on s.id = n.statement_line_id join vouchers v on v.serial = s.serial
      join payment_list_hands h on h.list_id = v.list_id where n.owner_id in (h.user_id, h.for_user_id))
    or exists (select from new_exceptions n join statement_lines s on s.id = n.statement_line_id join vouchers v on v.serial = s.serial
      join payouts p on p.voucher_id = v.id where n.owner_id in (p.agent_id, p.voided_by))
    or exists (select from new_exceptions n where n.record_id is not null
      and has_hand_in_exception(n.owner_id, null, null, n.record_type, n.record_id)) then
    perform refuse('exceptions_owned_by_another', 'who had a hand in the list or paid the cash does not own its exception', 'exceptions');
  end if;
  if exists (select from new_exceptions n left join payouts p on p.id = n.payout_id left join vouchers v on v.id = p.voucher_id
      where n.payout_id is not null and v.programme_id is distinct from n.programme_id)
    or exists (select from new_exceptions n left join statement_lines s on s.id = n.statement_line_id
      where n.statement_line_id is not null and s.statement_id is distinct from n.statement_id)
    or exists (select from (select distinct statement_id, programme_id from new_exceptions) n left join statements s on s.id = n.statement_id
      left join programmes g on g.id = n.programme_id
      where g.id is null or n.statement_id is not null and s.programme_id is distinct from n.programme_id) then
    perform refuse('exceptions_of_programme', 'an exception is of its programme''s cash and paper', 'exceptions');
  end if;
  return null;
end $$;
create trigger fits_from_the_start after insert on exceptions referencing new table as new_exceptions
  for each statement execute function refuse_misfit_exceptions();

-- Everything that moves money, or takes back what did, is proposed by one person and approved by another.
create table exception_decisions (
  id uuid primary key,
  exception_id uuid not null references exceptions,
  kind text not null check (kind in ('claim_on_post', 'write_off', 'cash_recovered', 'claim_recovered', 'claim_repaid', 'claim_withdrawn',
    'reopening')),
  amount numeric check (amount > 0),
  currency text,
  fund_id uuid references funds,
  -- The office that is owed less or more; none where the bank took it, or an officer handed the cash over.
  office_id uuid references offices,
  -- The bank's reference, where cash came back.
  reference text check (length(reference) between 1 and 140),
  note text not null check (length(note) between 1 and 2000),
  state text not null default 'proposed' check (state in ('proposed', 'approved', 'refused')),
  proposed_by uuid not null,
  proposed_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decision_note text check (length(decision_note) between 1 and 2000),
  -- The reopening that took it back.
  undone_by uuid references exception_decisions,
  constraint exception_decisions_two_people check (state <> 'approved' or decided_by <> proposed_by),
  constraint exception_decisions_amount check (num_nonnulls(amount, currency, fund_id) = case kind when 'reopening' then 0 else 3 end
    and fits_currency(amount, currency)),
  check (num_nonnulls(decided_by, decided_at) = case state when 'proposed' then 0 else 2 end),
  check (undone_by is null or state = 'approved'),
  check (reference is null or kind in ('cash_recovered', 'claim_repaid')),
  check (kind not in ('cash_recovered', 'claim_repaid') or reference is not null)
);
create index on exception_decisions (exception_id);
create unique index exception_decisions_one_waiting on exception_decisions (exception_id) where state = 'proposed';
-- One exception is paid for once, and a claim ends once.
create unique index exception_decisions_one_standing on exception_decisions (exception_id)
  where state = 'approved' and undone_by is null and kind in ('claim_on_post', 'write_off', 'cash_recovered');
create unique index exception_decisions_one_ending on exception_decisions (exception_id)
  where state = 'approved' and undone_by is null and kind in ('claim_recovered', 'claim_repaid', 'claim_withdrawn');
create trigger transition before update of state on exception_decisions for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('proposed>approved', 'proposed>refused');
create trigger first_state before insert on exception_decisions for each row execute function refuse_other_first_state('proposed');
create trigger append_only before delete or truncate on exception_decisions execute function refuse_change();
grant update (state, decided_by, decided_at, decision_note, undone_by) on exception_decisions to sanad_app;

-- Which decisions there can be on an exception of each kind; src/reconciliation/exceptions/rules.ts says the same.
create function takes_decision(exception_kind text, decision text) returns boolean language sql immutable parallel safe as $$
  select case decision
    when 'write_off' then exception_kind in ('paid_not_in_list', 'amount_over', 'duplicate_in_file', 'duplicate_across_files',
      'paid_after_expiry', 'paid_after_cancel', 'bank_not_in_statement')
    when 'reopening' then true
    else exception_kind in ('amount_under', 'wrong_collector', 'wrong_currency', 'reversed', 'ours_not_in_statement', 'not_received',
      'asked_to_pay') end
$$;

-- A proposal, and again its approval: by nobody who had a hand in it, of no more than is at stake, and of no more in all than the pay-out or
-- the line is of. Whoever decides about the same cash waits.
create function refuse_misfit_decision() returns trigger language plpgsql as $$
declare
  e exceptions;
  cash payouts;
  voucher vouchers;
  line statement_lines;
begin
  select * into e from exceptions where id = new.exception_id;
  perform pg_advisory_xact_lock(hashtextextended('exception/' || coalesce(e.payout_id, e.statement_line_id, e.id), 0));
  if has_hand_in_exception(new.proposed_by, e.payout_id, e.statement_line_id, e.record_type, e.record_id)
    or has_hand_in_exception(new.decided_by, e.payout_id, e.statement_line_id, e.record_type, e.record_id) then
    perform refuse('exceptions_resolved_by_another', 'who had a hand in the list or paid the cash does not close its exception', 'exception_decisions');
  end if;
  if not takes_decision(e.kind, new.kind) then
    perform refuse('exception_decisions_fit_kind', 'an exception of this kind is not decided so', 'exception_decisions');
  end if;
  if new.kind = 'reopening' or new.state = 'refused' then return new; end if;
  if not exists (select from funds f where f.id = new.fund_id and f.programme_id = e.programme_id and f.currency = new.currency) then
    perform refuse('exception_decisions_fit_fund', 'it is in a fund of the programme, in its currency', 'exception_decisions');
  end if;
  if new.kind in ('claim_recovered', 'claim_repaid', 'claim_withdrawn') then
    if not exists (select from claims c where c.exception_id = e.id and c.state = 'open'
        and row (c.amount, c.currency, c.fund_id, c.office_id) = row (new.amount, new.currency, new.fund_id, new.office_id)) then
      perform refuse('exception_decisions_fit_claim', 'a claim that is open ends whole', 'exception_decisions');
    end if;
    return new;
  end if;
  if e.amount is not null and e.currency = new.currency and new.amount > e.amount then
    perform refuse('exception_decisions_at_stake', 'no more than is at stake', 'exception_decisions');
  end if;
  select * into line from statement_lines where id = e.statement_line_id;
  select * into cash from payouts where id = e.payout_id;
  select * into voucher from vouchers v where v.id = cash.voucher_id or cash.id is null and v.serial = line.serial and v.programme_id = e.programme_id;
  if voucher.id is not null and new.fund_id <> voucher.fund_id then
    perform refuse('exception_decisions_fit_fund', 'the cash was of another fund', 'exception_decisions');
  end if;
  if new.kind = 'write_off' then
    -- The bank takes what it takes without an office; the post is owed at one.
    if line.id is null or line.currency <> new.currency or (e.kind = 'bank_not_in_statement') <> (new.office_id is null)
      or line.kind not in ('payment', 'fee') then
      perform refuse('exception_decisions_fit_line', 'a line of money that left is borne, in its currency', 'exception_decisions');
    end if;
    if new.amount + coalesce((select sum(d.amount) from exception_decisions d join exceptions o on o.id = d.exception_id
        where o.statement_line_id = line.id and d.kind = 'write_off' and d.state <> 'refused' and d.undone_by is null and d.id <> new.id), 0) > line.amount then
      perform refuse('exception_decisions_within_line', 'no more than the line is of', 'exception_decisions');
    end if;
    -- What can still be collected would be paid twice.
    if e.kind <> 'amount_over' and voucher.state in ('issued', 'activated', 'locked') then
      perform refuse('exception_decisions_voucher_dead', 'a voucher that can still be collected is not written off', 'exception_decisions');
    end if;
  else
    if cash.id is null or cash.voided_at is not null or cash.currency <> new.currency
      or (case new.kind when 'claim_on_post' then cash.office_id is null or new.office_id is distinct from cash.office_id
        else new.office_id is not null end) then
      perform refuse('exception_decisions_fit_payout', 'a pay-out that stands is claimed, at its office', 'exception_decisions');
    end if;
    if new.amount + coalesce((select sum(d.amount) from exception_decisions d join exceptions o on o.id = d.exception_id
        where o.payout_id = cash.id and d.kind in ('claim_on_post', 'cash_recovered') and d.state <> 'refused' and d.undone_by is null
          and d.id <> new.id and not exists (select from claims c where c.id = d.id and c.state = 'withdrawn')), 0) > cash.amount then
      perform refuse('exception_decisions_within_payout', 'no more than was paid out', 'exception_decisions');
    end if;
  end if;
  return new;
end $$;

-- What the post is asked to give back, or to prove.
create table claims (
  -- The decision that made it.
  id uuid primary key references exception_decisions,
  exception_id uuid not null references exceptions,
  programme_id uuid not null references programmes,
  fund_id uuid not null references funds,
  office_id uuid not null references offices,
  payout_id uuid not null references payouts,
  amount numeric not null check (amount > 0),
  currency text not null,
  -- Recovered: kept from what the post is owed. Repaid: it came back as cash. Withdrawn: the post is owed it after all. Undone: with its exception.
  state text not null default 'open' check (state in ('open', 'recovered', 'repaid', 'withdrawn', 'undone')),
  -- The decision that ended it.
  ended_by uuid references exception_decisions,
  opened_at timestamptz not null,
  ended_at timestamptz,
  check (num_nonnulls(ended_by, ended_at) = case state when 'open' then 0 else 2 end)
);
create unique index claims_one_standing on claims (exception_id) where state <> 'undone';
create index on claims (programme_id, id);
create index on claims (payout_id);
create trigger transition before update of state on claims for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('open>recovered', 'open>repaid', 'open>withdrawn', 'open>undone', 'recovered>undone',
    'repaid>undone', 'withdrawn>undone');
create trigger first_state before insert on claims for each row execute function refuse_other_first_state('open');
create trigger append_only before delete or truncate on claims execute function refuse_change();
grant update (state, ended_by, ended_at) on claims to sanad_app;

create trigger fits before insert or update of state on exception_decisions for each row execute function refuse_misfit_decision();

-- A claim is what was approved, and ends as was approved.
create function refuse_unapproved_claim() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and not exists (select from exception_decisions d join exceptions e on e.id = d.exception_id
      where d.id = new.id and d.kind = 'claim_on_post' and d.state = 'approved' and d.undone_by is null
        and row (d.exception_id, e.programme_id, d.fund_id, d.office_id, e.payout_id, d.amount, d.currency)
          = row (new.exception_id, new.programme_id, new.fund_id, new.office_id, new.payout_id, new.amount, new.currency))
    or tg_op = 'UPDATE' and not exists (select from exception_decisions d where d.id = new.ended_by and d.exception_id = new.exception_id
      and d.state = 'approved' and d.kind = case new.state when 'undone' then 'reopening' else 'claim_' || new.state end) then
    perform refuse('claims_by_decision', 'a claim is made and ended by a decision that was approved', 'claims');
  end if;
  return new;
end $$;
create trigger by_decision before insert or update on claims for each row execute function refuse_unapproved_claim();

-- A decision is taken back by a reopening of its exception that was approved.
create function refuse_unapproved_undoing() returns trigger language plpgsql as $$
begin
  if old.undone_by is not null or not exists (select from exception_decisions r where r.id = new.undone_by and r.exception_id = new.exception_id
      and r.kind = 'reopening' and r.state = 'approved') then
    perform refuse('exception_decisions_undone_by_reopening', 'a decision is taken back by a reopening', 'exception_decisions');
  end if;
  return new;
end $$;
create trigger undone_by_reopening before update of undone_by on exception_decisions for each row
  when (new.undone_by is distinct from old.undone_by) execute function refuse_unapproved_undoing();

-- What posts is resolved by its approved decision and by nothing else, and is open again when nothing of it stands.
create function refuse_unapproved_resolution() returns trigger language plpgsql as $$
declare standing text;
begin
  select d.kind into standing from exception_decisions d where d.exception_id = new.id and d.state = 'approved' and d.undone_by is null
    and d.kind in ('claim_on_post', 'write_off', 'cash_recovered');
  if standing is distinct from (case when new.resolution in ('claim_on_post', 'write_off', 'cash_recovered') then new.resolution end) then
    perform refuse('exceptions_resolved_as_approved', 'what posts is resolved as another person approved', 'exceptions');
  end if;
  return new;
end $$;
create trigger resolved_as_approved before update of state on exceptions for each row when (old.state is distinct from new.state)
  execute function refuse_unapproved_resolution();

-- Looked at when the transaction ends: what was approved is in the books, with its amount.
create function refuse_unposted_decision() returns trigger language plpgsql as $$
declare
  subject uuid := case when new.kind like 'claim\_%' and new.kind <> 'claim_on_post'
    then (select c.id from claims c where c.ended_by = new.id) else new.id end;
  events text[] := case new.kind when 'claim_on_post' then array['claim'] when 'cash_recovered' then array['cash_recovery']
    when 'claim_recovered' then array['recovery'] when 'claim_repaid' then array['claim_released', 'cash_recovery']
    when 'claim_withdrawn' then array['claim_released']
    when 'write_off' then array[case when new.office_id is null then 'bank_loss' else 'loss' end] else array[]::text[] end;
begin
  if exists (select from unnest(events) wanted where not exists (select from journal_entries j join postings g on g.entry_id = j.id
      where j.subject_id = subject and j.event = wanted and j.fund_id = new.fund_id and g.amount = new.amount)) then
    perform refuse('exception_decisions_posted', 'what was approved is posted', 'exception_decisions');
  end if;
  return null;
end $$;
create constraint trigger posted after update on exception_decisions deferrable initially deferred for each row
  when (new.state = 'approved' and old.state = 'proposed') execute function refuse_unposted_decision();

-- A pay-out of which something is claimed, or came back, is not voided: it would be taken from the post twice.
create function refuse_claimed_void() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('exception/' || new.id, 0));
  if exists (select from exceptions e join exception_decisions d on d.exception_id = e.id
      where e.payout_id = new.id and d.kind in ('claim_on_post', 'cash_recovered') and d.state <> 'refused' and d.undone_by is null) then
    perform refuse('payouts_void_unclaimed', 'something is claimed of this pay-out', 'payouts');
  end if;
  return new;
end $$;
create trigger void_unclaimed before update of voided_at on payouts for each row when (old.voided_at is null and new.voided_at is not null)
  execute function refuse_claimed_void();

-- What was done with an exception, in order.
create table exception_events (
  id uuid primary key,
  exception_id uuid not null references exceptions,
  at timestamptz not null,
  by uuid not null,
  what text not null check (what in ('assigned', 'due_changed', 'proposed', 'approved', 'refused', 'resolved', 'superseded', 'reopened',
    'attached', 'attachment_removed')),
  reason text check (length(reason) between 1 and 2000),
  facts jsonb not null default '{}'
);
create index on exception_events (exception_id, id);
create trigger append_only before update or delete or truncate on exception_events execute function refuse_change();

-- What people say about it, sealed: it may name somebody.
create table exception_comments (
  id uuid primary key,
  exception_id uuid not null references exceptions,
  author_id uuid not null,
  at timestamptz not null,
  content bytea not null
);
create index on exception_comments (exception_id, id);
create trigger append_only before delete or truncate on exception_comments execute function refuse_change();
-- Sealed anew under another master key, and never said otherwise.
grant update (content) on exception_comments to sanad_app;

-- Where a paper about it lies: never the paper itself.
create table exception_attachments (
  id uuid primary key,
  exception_id uuid not null references exceptions,
  title text not null check (length(title) between 1 and 200),
  location text not null check (length(location) between 1 and 500),
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  added_by uuid not null,
  added_at timestamptz not null,
  removed_by uuid,
  removed_at timestamptz,
  removal_reason text check (length(removal_reason) between 1 and 500),
  check (num_nonnulls(removed_by, removed_at, removal_reason) in (0, 3))
);
create index on exception_attachments (exception_id, id);
create trigger append_only before delete or truncate on exception_attachments execute function refuse_change();
create trigger removed_once before update on exception_attachments for each row when (old.removed_at is not null) execute function refuse_change();
grant update (removed_by, removed_at, removal_reason) on exception_attachments to sanad_app;

-- Who deals with exceptions of a kind in a programme, and within how many days: data, by version.
create table exception_settings (
  programme_id uuid not null references programmes,
  version int not null check (version > 0),
  reason text not null check (length(reason) between 1 and 500),
  made_by uuid not null,
  made_at timestamptz not null,
  written_by xid8 not null default pg_current_xact_id(),
  constraint exception_settings_version_once primary key (programme_id, version)
);
create trigger append_only before update or delete or truncate on exception_settings execute function refuse_change();

create table exception_setting_kinds (
  programme_id uuid not null,
  version int not null,
  kind text not null,
  owner_id uuid references users,
  due_days int not null check (due_days between 0 and 365),
  primary key (programme_id, version, kind),
  foreign key (programme_id, version) references exception_settings
);
create trigger append_only before update or delete or truncate on exception_setting_kinds execute function refuse_change();
create function refuse_later_setting() returns trigger language plpgsql as $$
begin
  if not exists (select from exception_settings s where s.programme_id = new.programme_id and s.version = new.version
      and s.written_by = pg_current_xact_id()) then
    perform refuse('exception_settings_at_once', 'a version of the settings is written at once', 'exception_setting_kinds');
  end if;
  return new;
end $$;
create trigger at_once before insert on exception_setting_kinds for each row execute function refuse_later_setting();
