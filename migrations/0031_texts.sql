-- What messages say, where a programme says it in words of its own; the platform's own door, which no programme speaks for, in one kind. A text
-- is never changed: the last of its kind and language holds, and null is the one that is shipped again.
create table message_templates (
  programme_id uuid references programmes,
  kind text not null check (kind in ('code', 'reminder', 'proof')),
  language text not null check (language in ('ar', 'fr', 'en')),
  number int not null check (number > 0),
  body text check (length(body) between 1 and 1000),
  made_by uuid not null,
  made_at timestamptz not null,
  constraint message_templates_one_each unique nulls not distinct (programme_id, kind, language, number),
  constraint message_templates_of_platform check ((kind = 'proof') = (programme_id is null)),
  -- A code stands in it once, or not at all.
  constraint message_templates_code check ((length(body) - length(replace(body, '{code}', ''))) / 6 = case kind when 'reminder' then 0 else 1 end),
  -- Digits are European in every language: a code is typed as it was read.
  constraint message_templates_digits check (translate(body, '٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹', '') = body)
);
create trigger append_only before update or delete or truncate on message_templates execute function refuse_change();
create function refuse_other_number() returns trigger language plpgsql as $$
begin
  if new.number <> 1 + coalesce((select max(number) from message_templates t where t.programme_id is not distinct from new.programme_id
      and t.kind = new.kind and t.language = new.language), 0) then
    raise exception 'texts are numbered without a gap'
      using errcode = 'integrity_constraint_violation', constraint = 'message_templates_next', table = 'message_templates';
  end if;
  return new;
end $$;
create trigger next_number before insert on message_templates for each row execute function refuse_other_number();

alter table messages drop constraint messages_kind_check, add constraint messages_kind_check check (kind in ('code', 'reminder'));
-- What waits for a telephone number to be confirmed, or for the morning.
create index messages_put_off on messages (list_id) where state = 'pending' and last_error in ('phone_held', 'quiet_hours');

-- A changed telephone number to which no code goes before it has waited and somebody else has confirmed it, whether or not its owner awaits a code
-- yet: who changes it the day before a list is submitted is no better than who changes it the day after. The database makes these itself, by
-- whatever door a number came: nothing that writes goes round them.
create table phone_holds (
  id uuid primary key default gen_random_uuid(),
  beneficiary_id uuid not null references beneficiaries,
  programme_id uuid not null references programmes,
  -- The numbers that were trusted last, as beneficiaries.phones held them, byte for byte: putting them back ends the wait. None where the number
  -- came with a record that another was merged into.
  phones_before bytea,
  merged_id uuid references beneficiaries,
  -- Everybody who has changed the numbers since those were trusted.
  hands uuid[] not null check (cardinality(hands) > 0),
  changed_by uuid not null,
  changed_at timestamptz not null,
  held_until timestamptz not null check (held_until > changed_at),
  decision text check (decision in ('confirmed', 'refused')),
  reason text check (length(reason) between 3 and 500),
  decided_by uuid,
  decided_at timestamptz,
  -- When another change took its place, or the trusted numbers came back.
  ended_at timestamptz,
  constraint phone_holds_numbers_or_merger check (num_nonnulls(phones_before, merged_id) = 1),
  constraint phone_holds_decided_whole check (num_nonnulls(decision, reason, decided_by, decided_at) in (0, 4)),
  constraint phone_holds_two_people check (decision is distinct from 'confirmed' or decided_by <> all (hands))
);
create unique index phone_holds_one_open on phone_holds (beneficiary_id) where ended_at is null;
create index on phone_holds (programme_id, changed_at, id) where ended_at is null;
create index on phone_holds (beneficiary_id, id);
revoke insert on phone_holds from sanad_app;
grant update (decision, reason, decided_by, decided_at) on phone_holds to sanad_app;
create trigger kept before delete or truncate on phone_holds execute function refuse_change();
-- Who has confirmed may still refuse it; nothing else that was decided is decided again.
create trigger decided_once before update of decision, reason, decided_by, decided_at on phone_holds for each row
  when (old.ended_at is not null or old.decision = 'refused' or old.decision = 'confirmed' and new.decision is distinct from 'refused')
  execute function refuse_change();

-- Whether a code is on its way to one of these records, or about to be: they have a voucher that can still be paid, as whom it is for, as who
-- collects it or as the head of that household, or they are on a list that has been submitted.
create function awaits_code(records uuid[]) returns boolean language sql stable as $$
  with concerned as materialized (
    select r.id from unnest(records) as r (id)
    union select m.id from unnest(records) as r (id) join households h on h.head_id = r.id join beneficiaries m on m.household_id = h.id)
  select exists (select from concerned c join vouchers v on v.beneficiary_id = c.id where v.state in ('issued', 'activated', 'locked'))
    or exists (select from vouchers v where v.collector_id = any (records) and v.state in ('issued', 'activated', 'locked'))
    or exists (select from concerned c join payment_list_lines l on l.beneficiary_id = c.id join payment_lists p on p.id = l.list_id
      where l.state = 'included' and p.state in ('submitted', 'approved', 'releasing'))
$$;

-- Whether a number is still the first one: somebody's whom nobody has verified or enrolled yet, and who has stood before an officer, corrected by
-- that officer, who could have written it so in the first place.
create function is_first_entry(record uuid, by_whom uuid) returns boolean language sql stable as $$
  select exists (select from beneficiaries b where b.id = record and b.registered_by = by_whom)
    and not exists (select from enrolments e where e.beneficiary_id = record
      and (e.state not in ('applicant', 'merged') or e.verified_by is not null or e.needs_verification))
    and not awaits_code(array(select r.id from beneficiaries b join beneficiaries r
      on r.id = coalesce(b.merged_into, b.id) or r.merged_into = coalesce(b.merged_into, b.id) where b.id = record))
$$;

create function hold_phone(record uuid, numbers bytea, merged uuid, by_whom uuid, at timestamptz) returns void
  language plpgsql security definer set search_path = public, pg_temp as $$
declare
  was phone_holds;
  stands boolean;
begin
  select * into was from phone_holds where beneficiary_id = record and ended_at is null for update;
  stands := was.id is not null and (was.decision is distinct from 'confirmed' or was.held_until > at);
  update phone_holds set ended_at = at where id = was.id;
  if stands and (select phones from beneficiaries where id = record) = was.phones_before then return; end if;
  if not stands and merged is null and is_first_entry(record, by_whom) then return; end if;
  insert into phone_holds (beneficiary_id, programme_id, phones_before, merged_id, hands, changed_by, changed_at, held_until)
  select record, p.id, case when stands then was.phones_before else numbers end, case when stands then was.merged_id else merged end,
    case when stands then was.hands || by_whom else array[by_whom] end, by_whom, at,
    greatest(at, now()) + p.phone_hold_hours * interval '1 hour'
  from beneficiaries b join households h on h.id = b.household_id join programmes p on p.id = h.programme_id where b.id = record;
end $$;
revoke execute on function hold_phone(uuid, bytea, uuid, uuid, timestamptz) from public, sanad_app;

-- At the end of the transaction, when it is known who changed the number (see beneficiaries_change_kept).
create function hold_changed_phone() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  change beneficiary_changes;
begin
  select * into change from beneficiary_changes where beneficiary_id = new.id and version = new.version;
  perform hold_phone(new.id, old.phones, null, change.changed_by, change.changed_at);
  return null;
end $$;
create constraint trigger phone_held after update of phones on beneficiaries deferrable initially deferred for each row
  when (new.data_key is not null and old.phones is distinct from new.phones) execute function hold_changed_phone();

-- Somebody who awaits a code under one record goes on under another, with the number of that one.
create function hold_merged_phone() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  merger mergers;
begin
  if new.merged_into is null then
    -- They are two again: what was held because they were one, and nothing since, is held no more.
    update phone_holds h set ended_at = greatest(h.changed_at, now())
      where h.beneficiary_id = old.merged_into and h.merged_id = new.id and h.ended_at is null and cardinality(h.hands) = 1;
    return null;
  end if;
  select * into merger from mergers where loser_id = new.id and survivor_id = new.merged_into and undone_at is null;
  if merger.id is not null and awaits_code(array[new.id]) and not awaits_code(array[new.merged_into]) then
    perform hold_phone(new.merged_into, null, new.id, merger.merged_by, merger.merged_at);
  end if;
  return null;
end $$;
create constraint trigger merged_phone_held after update of merged_into on beneficiaries deferrable initially deferred for each row
  when (old.merged_into is distinct from new.merged_into) execute function hold_merged_phone();

-- Nothing waits for the number of somebody who was erased.
create function end_phone_hold() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  update phone_holds set ended_at = greatest(changed_at, new.erased_at) where beneficiary_id = new.id and ended_at is null;
  return null;
end $$;
create trigger phone_hold_ends after update of data_key on beneficiaries for each row
  when (old.data_key is not null and new.data_key is null) execute function end_phone_hold();
