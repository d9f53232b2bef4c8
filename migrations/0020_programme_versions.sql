-- A programme as it was from each change to the next. What is made under a version stays under it.
create table programme_versions (
  programme_id uuid not null references programmes,
  number int not null check (number > 0),
  name text not null,
  starts_on date not null,
  ends_on date not null,
  code_validity_days int not null,
  hold_threshold numeric not null,
  duplicate_limit numeric not null,
  self_registration_open boolean not null,
  require_stated_purpose boolean not null,
  approval_reminder_days int not null,
  message_language text not null,
  codes_by_sms boolean not null,
  sender_name text,
  reminder_days int,
  phone_hold_hours int not null,
  segment_price numeric,
  segment_currency text,
  made_by uuid not null,
  made_at timestamptz not null,
  -- Null for the first.
  reason text,
  -- The transaction that made it: its terms come with it, and none later.
  made_in xid8 not null default pg_current_xact_id(),
  primary key (programme_id, number)
);
create trigger append_only before update or delete or truncate on programme_versions execute function refuse_change();
-- Only the trigger below adds to it.
revoke insert on programme_versions from sanad_app;

create function refuse_change_without_version() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' and new.version <> 1 or tg_op = 'UPDATE' and new is distinct from old and new.version <> old.version + 1 then
    raise exception 'a programme changes by its next version'
      using errcode = 'integrity_constraint_violation', constraint = 'programmes_next_version', table = 'programmes';
  end if;
  return new;
end $$;
create trigger next_version before insert or update on programmes for each row execute function refuse_change_without_version();

create function keep_version() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'UPDATE' and new.version = old.version then return null; end if;
  insert into programme_versions (programme_id, number, name, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit,
    self_registration_open, require_stated_purpose, approval_reminder_days, message_language, codes_by_sms, sender_name, reminder_days, phone_hold_hours,
    segment_price, segment_currency, made_by, made_at, reason)
  values (new.id, new.version, new.name, new.starts_on, new.ends_on, new.code_validity_days, new.hold_threshold, new.duplicate_limit,
    new.self_registration_open, new.require_stated_purpose, new.approval_reminder_days, new.message_language,
    new.codes_by_sms, new.sender_name, new.reminder_days, new.phone_hold_hours, new.segment_price, new.segment_currency,
    coalesce(new.changed_by, new.created_by), coalesce(new.changed_at, new.created_at), new.change_reason);
  return null;
end $$;
create trigger keep_version after insert or update on programmes for each row execute function keep_version();

create function is_kind(kind text) returns boolean language sql immutable parallel safe as $$
  select kind in ('one_time_grant', 'stipend', 'reintegration_cash', 'top_up', 'cash_for_work', 'emergency_cash')
$$;

-- From this amount on, so many signatures of this role, in the order of the steps. Null is every kind that has no rules of its own.
create table approval_rules (
  programme_id uuid not null,
  version int not null,
  kind text check (is_kind(kind)),
  from_amount numeric not null check (from_amount >= 0),
  step int not null check (step between 1 and 9),
  role text not null check (role in ('approver', 'finance_officer', 'programme_officer')),
  signatures int not null check (signatures between 1 and 5),
  foreign key (programme_id, version) references programme_versions,
  constraint approval_rules_one_each unique nulls not distinct (programme_id, version, kind, from_amount, step)
);

-- The kinds that may be paid and the bounds of one payment. A version without any pays every kind.
create table programme_kinds (
  programme_id uuid not null,
  version int not null,
  kind text not null check (is_kind(kind)),
  least numeric check (least > 0),
  most numeric check (most > 0),
  check (least <= most),
  primary key (programme_id, version, kind),
  foreign key (programme_id, version) references programme_versions
);

-- One spelling of a purpose, by which programmes that write it differently still mean the same.
-- ICU knows the small letter of every script, whatever the collation of the database is.
create function purpose_key(purpose text) returns text language sql immutable parallel safe as $$
  select lower(btrim(purpose) collate "und-x-icu") collate "C"
$$;

-- Whether two payments for a purpose may cover the same day. A purpose that is not here refuses, in the household and across programmes.
create table programme_purposes (
  programme_id uuid not null,
  version int not null,
  purpose text not null check (length(purpose) between 1 and 100 and purpose = btrim(purpose)),
  overlap text not null check (overlap in ('refuse', 'allow')),
  across text not null check (across in ('programme', 'programmes')),
  per text not null check (per in ('person', 'household')),
  -- How many days a one-off payment covers.
  covers_days int not null check (covers_days between 1 and 3660),
  foreign key (programme_id, version) references programme_versions
);
create unique index programme_purposes_one_each on programme_purposes (programme_id, version, purpose_key(purpose));

-- The most that the programme pays to one person or household in a period of its time zone.
create table programme_limits (
  programme_id uuid not null,
  version int not null,
  per text not null check (per in ('person', 'household')),
  period text not null check (period in ('month', 'year', 'programme')),
  amount numeric not null check (amount > 0),
  primary key (programme_id, version, per, period),
  foreign key (programme_id, version) references programme_versions
);

-- The terms of a version come in the transaction that makes it, in the programme's currency.
create function refuse_late_terms() returns trigger language plpgsql as $$
begin
  if exists (select from new_terms n join programme_versions v on v.programme_id = n.programme_id and v.number = n.version
      where v.made_in <> pg_current_xact_id()) then
    raise exception 'a version takes no further terms'
      using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_made_with_version', table = tg_table_name;
  end if;
  if exists (select from new_terms n join programmes p on p.id = n.programme_id cross join lateral jsonb_each_text(to_jsonb(n)) a
      where a.key in ('from_amount', 'least', 'most', 'amount') and not fits_currency(a.value::numeric, p.currency)) then
    raise exception 'an amount does not fit the currency'
      using errcode = 'integrity_constraint_violation', constraint = tg_table_name || '_fits_currency', table = tg_table_name;
  end if;
  return null;
end $$;

do $$
declare terms text;
begin
  foreach terms in array array['approval_rules', 'programme_kinds', 'programme_purposes', 'programme_limits'] loop
    execute format('create trigger append_only before update or delete or truncate on %I execute function refuse_change()', terms);
    execute format('create trigger made_with_version after insert on %I referencing new table as new_terms
      for each statement execute function refuse_late_terms()', terms);
  end loop;
end $$;

-- No list goes unsigned: the rules for every kind start at zero, so do those of a kind that has its own, and no step is left out.
create function refuse_unsigned_amounts() returns trigger language plpgsql as $$
begin
  if not exists (select from approval_rules r where r.programme_id = new.programme_id and r.version = new.number and r.kind is null)
    or exists (select from approval_rules r where r.programme_id = new.programme_id and r.version = new.number
      group by r.kind having min(r.from_amount) > 0)
    or exists (select from approval_rules r where r.programme_id = new.programme_id and r.version = new.number
      group by r.kind, r.from_amount having max(r.step) > count(*)) then
    raise exception 'the approval rules of a version leave an amount or a step without signatures'
      using errcode = 'integrity_constraint_violation', constraint = 'programme_versions_approval', table = 'programme_versions';
  end if;
  return null;
end $$;
create constraint trigger approval after insert on programme_versions deferrable initially deferred for each row
  execute function refuse_unsigned_amounts();

alter table payment_lists add foreign key (programme_id, programme_version) references programme_versions;
