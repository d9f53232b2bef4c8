-- A person is erased under one of these: two officers for a person, the retention schedule, or the journal after a backup was restored. It names
-- records and dates, and nobody.
create table retention_runs (
  id uuid primary key,
  -- One a day.
  day date not null unique,
  state text not null default 'running' check (state in ('running', 'done')),
  started_at timestamptz not null,
  finished_at timestamptz check (finished_at >= started_at),
  check ((state = 'done') = (finished_at is not null))
);
create trigger transition before update of state on retention_runs for each row execute function refuse_forbidden_transition ('running>done');
create trigger first_state before insert on retention_runs for each row execute function refuse_other_first_state('running');
grant update (state, finished_at) on retention_runs to sanad_app;

create table erasures (
  id uuid primary key,
  -- The record that goes on; those that were merged into it are erased with it.
  beneficiary_id uuid not null references beneficiaries,
  programme_id uuid not null references programmes,
  ground text not null check (ground in ('subject_request', 'retention', 'mistake')),
  -- Under what it is filed. It outlives the person, so it has no room for what they are called.
  reason text constraint erasures_reason_names_nobody check (reason ~ '^(Letter|E-mail|Call|Visit|Form|Case|Decision) [0-9]{1,6}(/[0-9]{1,4})?$'),
  origin text not null check (origin in ('people', 'schedule', 'journal')),
  run_id uuid references retention_runs,
  state text not null default 'asked' check (state in ('asked', 'done', 'withdrawn')),
  asked_by uuid not null,
  asked_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz check (decided_at >= asked_at),
  check ((state = 'asked') = (decided_at is null) and (state = 'asked') = (decided_by is null)),
  check ((origin = 'schedule') = (run_id is not null)),
  check ((origin = 'people') = (reason is not null)),
  -- It cannot be undone, so nobody does it alone.
  constraint erasures_two_people check (origin <> 'people' or state <> 'done' or decided_by <> asked_by)
);
create unique index erasures_one_asked on erasures (beneficiary_id) where state = 'asked' and origin = 'people';
create index on erasures (programme_id, id);
create index on erasures (run_id) where run_id is not null;
create trigger transition before update of state on erasures for each row execute function refuse_forbidden_transition ('asked>done', 'asked>withdrawn');
create trigger first_state before insert on erasures for each row execute function refuse_other_first_state('asked');
create trigger decided_once before update on erasures for each row when (old.state <> 'asked') execute function refuse_change();
create trigger kept before delete or truncate on erasures execute function refuse_change();
grant update (state, decided_by, decided_at) on erasures to sanad_app;

alter table beneficiaries
  add column erased_at timestamptz,
  add column erasure_id uuid references erasures,
  add constraint beneficiaries_erased_under_something check ((erased_at is null) = (erasure_id is null)),
  add constraint beneficiaries_erased_is_empty check (erased_at is null or (commune = '' and num_nonnulls(data_key, names, birth, nationality,
    documents, phones, answers, attestation) = 0));
create index on beneficiaries (erasure_id) where erasure_id is not null;
grant update (erased_at, erasure_id) on beneficiaries to sanad_app;

-- A key is destroyed by an erasure and by nothing else, and never comes back, whoever still has it in hand.
create trigger key_kept before update of data_key on beneficiaries for each row
  when (old.data_key is not null and new.data_key is null and new.erased_at is null) execute function refuse_change();
create trigger erased_for_good before update on beneficiaries for each row
  when (old.erased_at is not null and (new.data_key is not null or new.merged_into is distinct from old.merged_into
    or row (new.erased_at, new.erasure_id) is distinct from row (old.erased_at, old.erasure_id))) execute function refuse_settled_person();
create function refuse_erased_survivor() returns trigger language plpgsql as $$
begin
  if exists (select from beneficiaries where id = new.merged_into and erased_at is not null) then
    raise exception 'nobody is merged into a record that was erased'
      using errcode = 'integrity_constraint_violation', constraint = 'beneficiaries_settled', table = 'beneficiaries';
  end if;
  return null;
end $$;
create trigger not_into_erased after update of merged_into on beneficiaries for each row
  when (new.merged_into is not null and new.erased_at is null) execute function refuse_erased_survivor();

create index on payment_list_lines (collector_id) where collector_id <> beneficiary_id;

-- What stands in the way of erasing records: money that is on its way to them or that nobody has accounted for yet, as the person or as who
-- collects for them, and pairs that nobody has decided. The one place where it is said, for the commands, the schedule and the trigger below.
create function erasure_obstacles(records uuid[]) returns table (record uuid, obstacle text, about uuid) language sql stable as $$
  with person as materialized (select distinct id from unnest(records) as r (id)),
  voucher as materialized (
    select p.id as record, v.id, v.state, v.serial from person p cross join lateral (
      select v.id, v.state, v.serial from vouchers v where v.beneficiary_id = p.id
      union select v.id, v.state, v.serial from vouchers v where v.collector_id = p.id) v),
  payout as materialized (select v.record, o.id, o.voided_at from voucher v join payouts o on o.voucher_id = v.id)
  select record, 'live_voucher', id from voucher where state in ('issued', 'activated', 'locked')
  union all
  select p.id, 'on_live_list', l.list_id from person p cross join lateral (
    select list_id from payment_list_lines where beneficiary_id = p.id and state = 'included'
    union select list_id from payment_list_lines where collector_id = p.id and collector_id <> beneficiary_id and state = 'included') l
    join payment_lists pl on pl.id = l.list_id and pl.state in ('building', 'draft', 'submitted', 'approved', 'releasing')
  union all
  select o.record, 'unreconciled_payout', o.id from payout o where o.voided_at is null
    and not exists (select from statement_match_targets m where m.target_type = 'payout' and m.target_id = o.id)
    and not exists (select from exceptions e where e.payout_id = o.id and e.state = 'resolved')
  union all
  (select o.record, 'open_exception', e.id from payout o join exceptions e on e.payout_id = o.id and e.state <> 'resolved'
   union
   select v.record, 'open_exception', e.id from voucher v join statement_lines s on s.serial = v.serial
     join exceptions e on e.statement_line_id = s.id and e.state <> 'resolved')
  union all
  select p.id, 'open_duplicate', d.other from person p cross join lateral (
    select second_id as other from duplicate_pairs where first_id = p.id and state in ('open', 'needs_information')
    union select first_id from duplicate_pairs where second_id = p.id and state in ('open', 'needs_information')) d
$$;

create function refuse_early_erasure() returns trigger language plpgsql as $$
declare
  found text;
begin
  if not exists (select from erasures e where e.id = new.erasure_id and e.state = 'done'
      and e.beneficiary_id in (new.id, new.merged_into)) then
    raise exception 'a person is erased under an erasure that was decided'
      using errcode = 'integrity_constraint_violation', constraint = 'beneficiaries_erased_by_decision', table = 'beneficiaries';
  end if;
  if exists (select from beneficiaries o where (o.id = new.merged_into or o.merged_into = new.id) and o.erased_at is null) then
    raise exception 'all records of a person are erased together'
      using errcode = 'integrity_constraint_violation', constraint = 'beneficiaries_erased_whole', table = 'beneficiaries';
  end if;
  select obstacle into found from erasure_obstacles(array[new.id]) limit 1;
  if found is not null then
    raise exception 'nobody is erased while something is pending: %', found
      using errcode = 'integrity_constraint_violation', constraint = 'beneficiaries_erased_when_settled', table = 'beneficiaries';
  end if;
  return null;
end $$;
create trigger erased_when_settled after update of erased_at on beneficiaries for each row
  when (old.erased_at is null and new.erased_at is not null) execute function refuse_early_erasure();

-- And no money begins its way to somebody who was erased: whoever writes a voucher waits for an erasure that is under way.
create function refuse_voucher_of_erased() returns trigger language plpgsql as $$
begin
  if exists (select from new_vouchers v join beneficiaries b on b.id in (v.beneficiary_id, v.collector_id) where b.erased_at is not null) then
    raise exception 'a voucher of somebody who was erased'
      using errcode = 'integrity_constraint_violation', constraint = 'vouchers_not_of_erased', table = 'vouchers';
  end if;
  return null;
end $$;
create trigger not_of_erased after insert on vouchers referencing new table as new_vouchers
  for each statement execute function refuse_voucher_of_erased();
create function refuse_payout_undone_for_erased() returns trigger language plpgsql as $$
begin
  if exists (select from beneficiaries b where b.id in (new.beneficiary_id, new.collector_id) and b.erased_at is not null) then
    raise exception 'a voucher of somebody who was erased'
      using errcode = 'integrity_constraint_violation', constraint = 'vouchers_not_of_erased', table = 'vouchers';
  end if;
  return new;
end $$;
create trigger not_of_erased_again before update of state on vouchers for each row when (old.state = 'redeemed' and new.state <> 'redeemed')
  execute function refuse_payout_undone_for_erased();

-- What other tables hold of a person goes with them, and only then.
create function refuse_unless_erased() returns trigger language plpgsql as $$
begin
  if exists (select from beneficiaries b where b.id = old.beneficiary_id and b.erased_at is not null) then
    return new;
  end if;
  raise exception '% is append-only: % refused', tg_table_name, lower(tg_op)
    using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_append_only', table = tg_table_name;
end $$;
-- That a submission was entered stays, or the next export of the form would bring back whom it was about. Who that was goes.
alter table intake_keys alter column beneficiary_id drop not null;
drop trigger append_only on intake_keys;
create trigger append_only before delete or truncate on intake_keys execute function refuse_change();
create trigger kept_while_person before update on intake_keys for each row execute function refuse_unless_erased();
create trigger entered_by_somebody before insert on intake_keys for each row when (new.beneficiary_id is null) execute function refuse_change();
create index on intake_keys (beneficiary_id);
grant update (beneficiary_id) on intake_keys to sanad_app;
drop trigger append_only on referrals;
create trigger append_only before delete or truncate on referrals execute function refuse_change();
create trigger kept_while_person before update on referrals for each row execute function refuse_unless_erased();
grant update (content_index) on referrals to sanad_app;

alter table households add constraint households_reference_some check (reference <> '');
create trigger reference_kept before update of reference on households for each row
  when (new.reference is distinct from old.reference and new.reference <> new.id::text) execute function refuse_change();
grant update (reference) on households to sanad_app;

-- Who collected for a household goes with its last member.
alter table collectors alter column identity drop not null,
  add constraint collectors_erased_has_ended check (identity is not null or ended_at is not null);
create trigger gone_for_good before update of identity on collectors for each row
  when (old.identity is null and new.identity is not null) execute function refuse_change();
create index on collectors (household_id);

-- Rows of a file: one is blanked when who was entered from it is erased, and all go when the file is emptied.
alter table registration_files add column emptied_at timestamptz;
grant update (emptied_at) on registration_files to sanad_app;
create trigger emptied_for_good before update on registration_files for each row
  when (old.emptied_at is not null and (new.emptied_at is distinct from old.emptied_at or new.state <> old.state)) execute function refuse_change();
create trigger emptied_at_rest before update of emptied_at on registration_files for each row
  when (new.emptied_at is not null and old.state in ('checking', 'running')) execute function refuse_change();
create index on registration_files (uploaded_at) where emptied_at is null;
drop trigger transition on registration_files;
create trigger transition before update of state on registration_files for each row execute function refuse_forbidden_transition
  ('received>checking', 'checking>checking', 'checking>checked', 'checked>checking', 'received>running', 'checked>running', 'running>running',
   'running>done', 'running>stopped', 'running>cancelled', 'received>received', 'received>cancelled', 'checked>cancelled',
   'checked>checked', 'checked>received', 'checking>received', 'cancelled>running', 'stopped>running');
drop trigger append_only on registration_chunks;
create trigger no_truncate before truncate on registration_chunks execute function refuse_change();
create function refuse_other_rows() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (new.file_id, new.number, new.first_row, new.row_count) = (old.file_id, old.number, old.first_row, old.row_count)
    and exists (select from beneficiaries b where b.source_id = old.file_id and b.source_row >= old.first_row
      and b.source_row < old.first_row + old.row_count and b.erased_at is not null) then
    return new;
  end if;
  if tg_op = 'DELETE' and exists (select from registration_files f where f.id = old.file_id and f.emptied_at is not null) then return old; end if;
  raise exception 'rows of a file go when it is emptied'
    using errcode = 'integrity_constraint_violation', constraint = 'registration_chunks_append_only', table = 'registration_chunks';
end $$;
create trigger append_only before update or delete on registration_chunks for each row execute function refuse_other_rows();
grant update (rows), delete on registration_chunks to sanad_app;

-- A self-registration that nobody proved is forgotten after a while.
create function refuse_forgetting() returns trigger language plpgsql as $$
begin
  raise exception 'what was proved, or can still be, is kept'
    using errcode = 'integrity_constraint_violation', constraint = 'self_registrations_kept', table = 'self_registrations';
end $$;
create trigger kept before delete on self_registrations for each row when (old.state <> 'expired') execute function refuse_forgetting();
create index on self_registrations (expires_at) where state = 'expired';
grant delete on self_registrations to sanad_app;

-- How long what is kept. A rule never changes; the one that was set last and holds already counts, one of the programme before one for all.
create table retention_rules (
  id uuid primary key,
  category text not null check (category in ('applicants', 'exited', 'staged_files', 'self_registrations', 'idempotency_answers',
    'message_references')),
  programme_id uuid references programmes,
  keep_days int not null,
  reason text not null check (length(reason) between 3 and 500),
  set_by uuid not null,
  set_at timestamptz not null,
  -- Keeping for a shorter time is not felt at once, so that somebody can object.
  holds_from timestamptz not null check (holds_from >= set_at),
  constraint retention_rules_bounds check (keep_days between case category when 'applicants' then 30 when 'exited' then 180 else 1 end
    and case category when 'idempotency_answers' then 30 else 36500 end),
  constraint retention_rules_by_programme check (programme_id is null or category in ('applicants', 'exited', 'staged_files', 'message_references'))
);
create index on retention_rules (category, programme_id, set_at);
create trigger append_only before update or delete or truncate on retention_rules execute function refuse_change();

-- What a run let go of, added up batch by batch, and whom it could not erase.
create table retention_results (
  run_id uuid not null references retention_runs,
  category text not null,
  programme_id uuid references programmes,
  dropped int not null check (dropped >= 0),
  unique nulls not distinct (run_id, category, programme_id)
);
grant update (dropped) on retention_results to sanad_app;
create table retention_refusals (
  run_id uuid not null references retention_runs,
  beneficiary_id uuid not null references beneficiaries,
  category text not null,
  obstacles text[] not null check (cardinality(obstacles) > 0),
  primary key (run_id, beneficiary_id)
);
create trigger append_only before update or delete or truncate on retention_refusals execute function refuse_change();

create index on messages (created_at) where gateway_reference is not null;
create index on messages (beneficiary_id);
