-- How the tables of one post or bank are to be read. A change is a new version.
create table statement_mappings (
  id uuid primary key,
  programme_id uuid not null references programmes,
  name text not null check (length(name) between 1 and 100),
  version int not null check (version > 0),
  definition jsonb not null check (jsonb_typeof(definition) = 'object'),
  saved_by uuid not null,
  saved_at timestamptz not null,
  constraint statement_mappings_version_once unique (programme_id, name, version)
);
create trigger append_only before update or delete or truncate on statement_mappings execute function refuse_change();

alter table statements
  add column mapping_id uuid references statement_mappings,
  -- Operations that are announced and not booked, or of nothing: they have no line.
  add column left_out int not null default 0,
  -- Lines that an earlier statement of the same account holds already.
  add column repeat_count int not null default 0,
  -- The first places where it could not be read, and how many there are.
  add column faults jsonb not null default '[]',
  add column fault_count int not null default 0,
  -- What was read otherwise than it is written, or could not be checked.
  add column remarks jsonb not null default '[]',
  -- The key of its bytes while they wait to be read, wrapped.
  add column data_key bytea,
  add column staged_at timestamptz,
  add constraint statements_refused_for_a_reason check ((state = 'refused') = (fault_count > 0)),
  add constraint statements_keep_no_file check (state = 'received' or data_key is null);
grant update (format, from_date, to_date, line_count, total, left_out, repeat_count, faults, fault_count, remarks, data_key, staged_at)
  on statements to sanad_app;

-- What a statement says stands once it has been staged or refused.
create function refuse_restaging() returns trigger language plpgsql as $$
begin
  perform refuse('statements_staged_once', 'a statement that was read is not read again', 'statements');
end $$;
create trigger staged_once before update on statements for each row
  when (old.state <> 'received' and (old.format, old.from_date, old.to_date, old.line_count, old.total, old.left_out, old.repeat_count,
      old.faults, old.fault_count, old.remarks, old.data_key, old.staged_at)
    is distinct from (new.format, new.from_date, new.to_date, new.line_count, new.total, new.left_out, new.repeat_count,
      new.faults, new.fault_count, new.remarks, new.data_key, new.staged_at))
  execute function refuse_restaging();

-- A statement speaks of days that are over or under way when it comes, in the programme's zone: what is not paid yet is compared with nothing.
create function refuse_statement_ahead() returns trigger language plpgsql as $$
begin
  if new.to_date > (select (new.uploaded_at at time zone p.time_zone)::date from programmes p where p.id = new.programme_id) then
    perform refuse('statements_not_ahead', 'a statement does not go beyond the day of its upload', 'statements');
  end if;
  return new;
end $$;
create trigger not_ahead before insert or update of to_date on statements for each row execute function refuse_statement_ahead();

-- What the account held after a line, where its statement says what it held before: equal lines of one day are told apart by it.
alter table statement_lines add column balance_after numeric;
create index statement_lines_repeats on statement_lines (repeats) where repeats is not null;

-- Lines come in while their statement is being read, all in the transaction that stages it: nobody sees some of them.
create function refuse_late_lines() returns trigger language plpgsql as $$
begin
  if exists (select from (select distinct statement_id from new_lines) l
      where not exists (select from statements s where s.id = l.statement_id and s.state not in ('reconciled', 'refused'))) then
    perform refuse('statement_lines_before_staging', 'a statement that was read, or that there is none of, takes no lines', 'statement_lines');
  end if;
  if exists (select from new_lines n where n.repeats is not null
      and not exists (select from statement_lines e join statements s on s.id = e.statement_id
        where e.id = n.repeats and e.fingerprint = n.fingerprint and e.statement_id <> n.statement_id)) then
    perform refuse('statement_lines_repeat_another', 'a line repeats one that an earlier statement has', 'statement_lines');
  end if;
  return null;
end $$;
create trigger before_staging after insert on statement_lines referencing new table as new_lines
  for each statement execute function refuse_late_lines();

-- What a statement says of one account and period. The bank's own sum holds, or nothing of the statement is taken.
create table statement_parts (
  statement_id uuid not null references statements,
  number int not null check (number > 0),
  place text not null,
  reference text,
  -- Ours: no person's.
  account text,
  currency text,
  from_date date,
  to_date date,
  opening numeric,
  closing numeric,
  credits numeric not null,
  debits numeric not null,
  line_count int not null,
  left_out int not null,
  -- More of the same statement follows: its closing is that of no day.
  interim boolean not null default false,
  primary key (statement_id, number),
  constraint statement_parts_balance check (opening is null or closing is null or opening + credits - debits = closing)
);
create trigger append_only before update or delete or truncate on statement_parts execute function refuse_change();

-- The bytes of a file that waits to be read, sealed. They go when it has been.
create table statement_chunks (
  statement_id uuid not null references statements,
  number int not null check (number >= 0),
  bytes bytea not null,
  primary key (statement_id, number)
);
create trigger append_only before update or truncate on statement_chunks execute function refuse_change();
grant delete on statement_chunks to sanad_app;

-- Nobody takes in a statement that agrees with cash which they paid out or took back, or of a list that they had a hand in: they would be
-- their own witness. Where it does not agree an exception opens, which they do not close either.
create function refuse_own_statement() returns trigger language plpgsql as $$
begin
  -- Hardly any uploader ever had such a hand, and only then every line is looked up.
  if exists (select from payment_list_hands h where new.uploaded_by in (h.user_id, h.for_user_id))
      and exists (select from payment_list_hands h join vouchers v on v.list_id = h.list_id join payouts p on p.voucher_id = v.id
        join statement_lines l on l.serial = v.serial and l.statement_id = new.id and l.amount = p.amount and l.currency = p.currency
        where new.uploaded_by in (h.user_id, h.for_user_id))
    or exists (select from payouts p where new.uploaded_by in (p.agent_id, p.voided_by))
      and exists (select from payouts p join vouchers v on v.id = p.voucher_id
        join statement_lines l on l.serial = v.serial and l.statement_id = new.id and l.amount = p.amount and l.currency = p.currency
        where new.uploaded_by in (p.agent_id, p.voided_by)) then
    perform refuse('statements_by_another', 'who had a hand in the list or paid the cash does not take its statement in', 'statements');
  end if;
  return new;
end $$;
create trigger by_another before update of state on statements for each row
  when (old.state = 'received' and new.state = 'staged') execute function refuse_own_statement();
