create table statements (
  id uuid primary key,
  programme_id uuid not null references programmes,
  -- Whose paper it is.
  source text not null default 'post' check (source in ('post', 'bank')),
  -- Told by its bytes, once they have been read.
  format text check (format in ('csv', 'xlsx', 'camt.053', 'camt.054', 'mt940')),
  state text not null default 'received' check (state in ('received', 'staged', 'reconciled', 'refused')),
  name text not null,
  content_digest text not null check (content_digest ~ '^[0-9a-f]{64}$'),
  -- The programme's; each line has its own.
  currency text not null,
  from_date date,
  to_date date check (to_date >= from_date),
  line_count int not null default 0,
  total numeric not null default 0,
  matched_count int not null default 0,
  uploaded_by uuid not null,
  uploaded_at timestamptz not null,
  check (state in ('received', 'refused') or (from_date is not null and to_date is not null))
);
-- A file is in a programme once; one that was refused may be sent again, with another mapping perhaps.
create unique index statements_content_once on statements (programme_id, content_digest) where state <> 'refused';
create index statements_of_programme on statements (programme_id, id);
create trigger transition before update of state on statements for each row
  execute function refuse_forbidden_transition('received>staged', 'received>refused', 'staged>reconciled');
create trigger kept before delete or truncate on statements execute function refuse_change();
grant update (matched_count, state) on statements to sanad_app;

create table statement_lines (
  id uuid primary key,
  -- That there is one, and what it repeats, is looked up for a whole batch at once, in 0035: a foreign key each would cost more than the row.
  statement_id uuid not null,
  -- The row of a table; of any other file, which line of the statement it is.
  row_number int not null check (row_number > 0),
  -- A payment is money that left the payer; a deposit is money that came in.
  kind text not null check (kind in ('payment', 'reversal', 'fee', 'deposit', 'deposit_reversal')),
  -- Theirs.
  reference text not null,
  -- What they quote of ours: a pay-out, or the end-to-end identifier of a transfer.
  our_reference text,
  serial text,
  amount numeric not null check (amount > 0),
  currency text not null,
  office_code text,
  paid_on date not null,
  value_on date,
  -- Of the document that the post saw, where it says so.
  document_last_four text check (length(document_last_four) = 4 and translate(document_last_four, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', '') = ''),
  -- Where it stands, for people: 'row 12', 'Stmt 1, Ntry 4', 'line 33'.
  place text not null default '',
  -- Digest of everything that a line of the bank says, by which it is known again. What the post says twice it may be claiming twice.
  fingerprint bytea check (length(fingerprint) = 16),
  -- The line of an earlier statement of the bank that this one says again.
  repeats uuid,
  check (fits_currency(amount, currency)),
  check (repeats <> id),
  unique (statement_id, row_number)
);
-- What is taken back is looked for from the last backwards, however often a file says the same serial or reference.
create index on statement_lines (reference, kind, amount, paid_on, row_number);
create index on statement_lines (serial, kind, amount, paid_on, row_number) where serial is not null;
create index on statement_lines (fingerprint) where fingerprint is not null;
create trigger append_only before update or delete or truncate on statement_lines execute function refuse_change();

-- What a line of theirs is of ours, and why. A line has one match. What holds of matches stands in 0036.
create table statement_matches (
  statement_line_id uuid not null,
  -- The pass that made it, of this version of the programme's passes; a person's match has none.
  pass text not null check (length(pass) between 2 and 40),
  passes_version int check (passes_version >= 0),
  reason text not null check (length(reason) between 3 and 500),
  -- Whether nothing else about the two differs either: office, document, day.
  agrees boolean not null,
  matched_by uuid not null,
  matched_at timestamptz not null,
  constraint statement_matches_line_once primary key (statement_line_id),
  constraint statement_matches_by_hand check ((pass = 'manual') = (passes_version is null))
);

-- What of ours it is: one record, or several that come to the amount of the line. Each is claimed once.
create table statement_match_targets (
  target_type text not null check (target_type in ('payout', 'settlement', 'contribution', 'advance', 'advance_return', 'cash_recovery', 'fee', 'line')),
  target_id uuid not null,
  statement_line_id uuid not null,
  -- 0: the only one; otherwise which of several.
  part int not null check (part >= 0),
  constraint statement_match_targets_once primary key (target_type, target_id),
  constraint statement_match_targets_part_once unique (statement_line_id, part)
);

create table exceptions (
  id uuid primary key,
  -- What these four point at is looked up for a whole statement at once, in 0037: a foreign key each would cost more than the row.
  programme_id uuid not null,
  -- The paper that showed it; none where a person told of it.
  statement_id uuid,
  kind text not null check (kind in ('paid_not_in_list', 'amount_over', 'amount_under', 'duplicate_in_file', 'duplicate_across_files',
    'paid_after_expiry', 'paid_after_cancel', 'wrong_collector', 'wrong_currency', 'wrong_office', 'reversed',
    'reversal_without_payment', 'date_out_of_range', 'ours_not_in_statement', 'bank_not_in_statement', 'needs_another_person', 'not_received',
    'asked_to_pay')),
  statement_line_id uuid,
  payout_id uuid,
  -- Another record of ours that it is about: a settlement, a contribution, an advance, a voucher, a case of feedback.
  record_type text check (record_type ~ '^[a-z_]{3,40}$'),
  record_id uuid,
  detail text not null,
  -- Where it happened and how much is at stake, as far as that is known when it is opened.
  office_id uuid,
  amount numeric check (amount > 0),
  currency text,
  -- The day of the payment that it is about, which says to what period it belongs; else the day it was opened.
  concerns_on date not null default current_date,
  state text not null default 'open' check (state in ('open', 'proposed', 'resolved')),
  owner_id uuid,
  due_on date not null default current_date + 14,
  resolution text check (resolution in ('accepted', 'post_error', 'our_error', 'duplicate_line', 'superseded', 'claim_on_post', 'write_off',
    'cash_recovered')),
  note text,
  resolved_by uuid,
  resolved_at timestamptz,
  opened_at timestamptz not null,
  version int not null default 1,
  constraint exceptions_about_something check (num_nonnulls(statement_line_id, payout_id, record_id) > 0
    and (record_type is null) = (record_id is null)),
  constraint exceptions_from_paper check ((statement_id is null) = (kind in ('not_received', 'asked_to_pay'))),
  check ((amount is null) = (currency is null)),
  check ((state = 'resolved') = (resolution is not null) and (state = 'resolved') = (resolved_by is not null)),
  -- The same facts again are the same exception.
  constraint exceptions_once unique nulls not distinct (statement_id, kind, statement_line_id, payout_id, record_type, record_id)
);
create index on exceptions (payout_id);
create index on exceptions (statement_line_id);
create index exceptions_unresolved on exceptions (programme_id, id) where state <> 'resolved';
create index exceptions_owned on exceptions (owner_id, id) where state <> 'resolved';
create index exceptions_listed on exceptions (programme_id, id);
-- What two people told of one pay-out is one exception while it waits.
create unique index exceptions_told_once on exceptions (payout_id, kind) where statement_id is null and payout_id is not null and state <> 'resolved';
create trigger transition before update of state on exceptions for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('open>resolved', 'open>proposed', 'proposed>open', 'proposed>resolved', 'resolved>open');
grant update (state, owner_id, due_on, resolution, note, resolved_by, resolved_at, version) on exceptions to sanad_app;

-- Nobody closes the exception of cash they paid out themselves.
create function refuse_own_resolution() returns trigger language plpgsql as $$
begin
  if exists (select from payouts p where p.id = new.payout_id and new.resolved_by = p.agent_id) then
    raise exception 'who paid the cash does not close its exception'
      using errcode = 'integrity_constraint_violation', constraint = 'exceptions_resolved_by_another', table = 'exceptions';
  end if;
  return new;
end $$;
create trigger resolved_by_another before update of state on exceptions for each row execute function refuse_own_resolution();

-- Money that goes to the post: one transfer out of one fund, for the offices that its lines name. Its lines, its steps and what holds of them
-- stand in 0038.
create table settlements (
  id uuid primary key,
  programme_id uuid not null references programmes,
  fund_id uuid not null references funds,
  -- The end-to-end identifier that we give, and that the bank quotes.
  reference text not null check (reference ~ '^[A-Za-z0-9][A-Za-z0-9/?:().,''+ -]{0,34}$'),
  state text not null default 'draft' check (state in ('draft', 'submitted', 'approved', 'instructed', 'paid', 'rejected', 'cancelled')),
  -- What its lines add up to.
  amount numeric not null check (amount > 0),
  currency text not null,
  -- The days whose pay-outs it pays for.
  from_date date not null,
  to_date date not null check (to_date >= from_date),
  made_by uuid not null,
  made_at timestamptz not null,
  -- What the bank calls the transfer, once it has paid.
  bank_reference text check (length(bank_reference) between 1 and 100),
  paid_at timestamptz,
  version int not null default 1,
  check (fits_currency(amount, currency)),
  constraint settlements_reference_once unique (reference),
  constraint settlements_paid check (num_nonnulls(bank_reference, paid_at) = case state when 'paid' then 2 else 0 end)
);
create index on settlements (programme_id, id);
create index settlements_open on settlements (fund_id) where state in ('draft', 'submitted', 'approved', 'instructed');
create trigger transition before update of state on settlements for each row when (old.state is distinct from new.state)
  execute function refuse_forbidden_transition ('draft>submitted', 'submitted>approved', 'approved>instructed', 'instructed>paid',
    'submitted>rejected', 'draft>cancelled', 'submitted>cancelled', 'approved>cancelled', 'instructed>cancelled');
create trigger first_state before insert on settlements for each row execute function refuse_other_first_state('draft');
create trigger kept before delete or truncate on settlements execute function refuse_change();
grant update (state, bank_reference, paid_at, version) on settlements to sanad_app;
