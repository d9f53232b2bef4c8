create table statements (
  id uuid primary key,
  programme_id uuid not null references programmes,
  name text not null,
  content_digest text not null check (content_digest ~ '^[0-9a-f]{64}$'),
  currency text not null,
  from_date date not null,
  to_date date not null check (to_date >= from_date),
  line_count int not null,
  total numeric not null,
  matched_count int not null default 0,
  uploaded_by uuid not null,
  uploaded_at timestamptz not null,
  unique (programme_id, content_digest)
);
grant update (matched_count) on statements to sanad_app;

create table statement_lines (
  id uuid primary key,
  statement_id uuid not null references statements,
  row_number int not null check (row_number > 0),
  kind text not null check (kind in ('payment', 'reversal')),
  -- The post's own reference of the operation.
  reference text not null,
  serial text not null,
  amount numeric not null,
  currency text not null,
  office_code text not null,
  paid_on date not null,
  -- Of the document that the post saw, where it says so.
  document_last_four text check (document_last_four ~ '^[0-9A-Z]{4}$'),
  unique (statement_id, row_number)
);
create index on statement_lines (reference);
create index on statement_lines (serial);
create trigger append_only before update or delete or truncate on statement_lines execute function refuse_change();

-- One line of theirs is one pay-out of ours, and says why. Unique on both sides.
create table statement_matches (
  statement_line_id uuid not null references statement_lines,
  payout_id uuid not null references payouts,
  pass text not null check (pass in ('exact', 'serial_amount_date', 'tolerance', 'manual')),
  reason text not null,
  matched_by uuid not null,
  matched_at timestamptz not null,
  constraint statement_matches_line_once primary key (statement_line_id),
  constraint statement_matches_payout_once unique (payout_id)
);
create trigger append_only before update or truncate on statement_matches execute function refuse_change();

create table exceptions (
  id uuid primary key,
  programme_id uuid not null references programmes,
  statement_id uuid not null references statements,
  kind text not null check (kind in ('paid_not_in_list', 'amount_over', 'amount_under', 'duplicate_in_file', 'duplicate_across_files',
    'paid_after_expiry', 'paid_after_cancel', 'wrong_collector', 'wrong_currency', 'wrong_office', 'reversed',
    'reversal_without_payment', 'date_out_of_range', 'ours_not_in_statement', 'bank_not_in_statement')),
  statement_line_id uuid references statement_lines,
  payout_id uuid references payouts,
  detail text not null,
  state text not null default 'open' check (state in ('open', 'resolved')),
  owner_id uuid,
  resolution text check (resolution in ('claim_on_post', 'accepted', 'post_error', 'our_error', 'duplicate_line')),
  note text,
  resolved_by uuid,
  resolved_at timestamptz,
  opened_at timestamptz not null,
  version int not null default 1,
  check (statement_line_id is not null or payout_id is not null),
  check ((state = 'resolved') = (resolution is not null) and (state = 'resolved') = (resolved_by is not null)),
  unique nulls not distinct (statement_id, kind, statement_line_id, payout_id)
);
create index on exceptions (payout_id);
create index exceptions_open on exceptions (programme_id, opened_at) where state = 'open';
create trigger transition before update of state on exceptions for each row execute function refuse_forbidden_transition ('open>resolved');
create trigger first_state before insert on exceptions for each row execute function refuse_other_first_state('open');
grant update (state, owner_id, resolution, note, resolved_by, resolved_at, version) on exceptions to sanad_app;

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

-- What was paid to the post, for one office and fund.
create table settlements (
  id uuid primary key,
  programme_id uuid not null references programmes,
  fund_id uuid not null references funds,
  office_id uuid not null references offices,
  amount numeric not null check (amount > 0),
  currency text not null,
  reference text not null,
  settled_by uuid not null,
  settled_at timestamptz not null,
  check (fits_currency(amount, currency)),
  unique (fund_id, office_id, reference)
);
create trigger append_only before update or delete or truncate on settlements execute function refuse_change();
