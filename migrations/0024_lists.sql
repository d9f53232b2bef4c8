-- A list is released in batches of lines. Each is settled in one transaction with its entries in the books, of which it is the part of this
-- number, and its vouchers; where a batch ends, the next begins, whoever goes on with it.
create table payment_list_batches (
  list_id uuid not null references payment_lists,
  number int not null check (number > 0),
  from_position int not null check (from_position > 0),
  to_position int not null check (to_position >= from_position),
  settled_at timestamptz not null,
  primary key (list_id, number),
  constraint payment_list_batches_once unique (list_id, from_position)
);
create trigger append_only before update or delete or truncate on payment_list_batches execute function refuse_change();

create function refuse_stray_batch() returns trigger language plpgsql as $$
begin
  if not exists (select from payment_lists l where l.id = new.list_id and l.state = 'releasing')
    or row (new.number, new.from_position) <> coalesce(
      (select row (b.number + 1, b.to_position + 1) from payment_list_batches b where b.list_id = new.list_id order by b.number desc limit 1), row (1, 1)) then
    raise exception 'a batch goes on where the last one of its list ended, while the list is released'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_batches_in_order', table = 'payment_list_batches';
  end if;
  return new;
end $$;
create trigger in_order before insert on payment_list_batches for each row execute function refuse_stray_batch();

-- Who was left out when a list was built, and why.
create table payment_list_left_out (
  list_id uuid not null,
  -- As it was then: the order in which they are shown.
  registration_number text not null,
  instalment_id uuid not null,
  beneficiary_id uuid not null,
  plan_id uuid not null,
  kind text not null,
  amount numeric not null,
  currency text not null,
  reason text not null,
  primary key (list_id, registration_number, instalment_id)
);
create trigger append_only before update or delete or truncate on payment_list_left_out execute function refuse_change();
create trigger beneficiary_known after insert on payment_list_left_out referencing new table as new_rows
  for each statement execute function refuse_orphans('beneficiary_id', 'beneficiaries', 'id');

create function refuse_late_left_out() returns trigger language plpgsql as $$
begin
  if exists (select from new_rows n left join payment_lists l on l.id = n.list_id where l.state is distinct from 'building')
    or exists (select from new_rows n left join instalments i on i.id = n.instalment_id
      where row (i.plan_id, i.kind, i.amount, i.currency) is distinct from row (n.plan_id, n.kind, n.amount, n.currency)) then
    raise exception 'who is left out is written down while a list is built, with what they are owed'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_left_out_while_building', table = 'payment_list_left_out';
  end if;
  return null;
end $$;
create trigger while_building after insert on payment_list_left_out referencing new table as new_rows
  for each statement execute function refuse_late_left_out();

-- How far the building of a list has come: where it goes on, whoever goes on with it.
create table payment_list_builds (
  list_id uuid primary key references payment_lists,
  -- The day whose instalments are due.
  day date not null,
  -- The last instalment that was looked at: plan by plan, in each by the day it is due. For a list of another's lines, the position of that.
  plan_id uuid,
  due_on date,
  instalment_id uuid,
  line_position int not null default 0,
  -- How many were looked at, of how many.
  seen int not null default 0 check (seen >= 0),
  due int not null check (due >= 0),
  check ((plan_id is null) = (due_on is null) and (plan_id is null) = (instalment_id is null))
);
grant update (plan_id, due_on, instalment_id, line_position, seen, due) on payment_list_builds to sanad_app;
create trigger no_truncate before truncate on payment_list_builds execute function refuse_change();

-- The digest of a list's lines that are not held back. Each ten thousand positions are digested by themselves and the list from their
-- digests, so that no text ever holds more than ten thousand lines. What a line is digested from can hold neither comma nor line feed.
create function payment_list_digest(list uuid) returns text language sql stable as $$
  select encode(sha256(convert_to(coalesce(string_agg(chunk.digest || chr(10), '' order by c), ''), 'UTF8')), 'hex')
  from generate_series(0, coalesce((select (max(position) - 1) / 10000 from payment_list_lines where list_id = list), -1)) c
  cross join lateral (
    select encode(sha256(convert_to(coalesce(string_agg(concat_ws(',', l.instalment_id, l.beneficiary_id, l.collector_id, l.fund_id,
        round(l.amount, minor_units(l.currency)), l.currency, l.wilaya_number) || chr(10), '' order by l.position), ''), 'UTF8')), 'hex') as digest
    from payment_list_lines l where l.list_id = list and l.position > c * 10000 and l.position <= (c + 1) * 10000 and l.state <> 'held'
  ) chunk
$$;

-- A list is closed when nothing of it is outstanding.
create function refuse_early_closing() returns trigger language plpgsql as $$
begin
  if exists (select from vouchers v where v.list_id = new.id and v.state in ('issued', 'activated', 'locked')) then
    raise exception 'a list is closed when each of its vouchers is paid, expired or cancelled'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_lists_nothing_outstanding', table = 'payment_lists';
  end if;
  return new;
end $$;
create trigger nothing_outstanding before update of state on payment_lists for each row when (new.state = 'closed' and old.state <> 'closed')
  execute function refuse_early_closing();

-- One list, one way to the people: no bank is told to pay what codes were sent for.
create function refuse_second_channel() returns trigger language plpgsql as $$
begin
  if exists (select from payment_lists l join programme_versions t on t.programme_id = l.programme_id and t.number = l.programme_version
      where l.id = new.list_id and t.codes_by_sms) then
    perform refuse('person_exports_one_channel', 'no bank is told to pay what codes were sent for', 'person_exports');
  end if;
  return new;
end $$;
create trigger one_channel before insert on person_exports for each row when (new.format = 'pain001') execute function refuse_second_channel();
