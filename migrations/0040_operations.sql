-- What officers look at must not read two million pay-outs. Whatever changes writes down its difference here, each a row of its own that nobody
-- waits for, and a job adds the differences to what is kept. What is kept and what waits make the exact figure at every moment; see
-- docs/decisions/0040-figures-kept-by-differences.md.
create table operations_changes (
  programme_id uuid not null,
  measure text not null check (measure in ('line', 'voucher', 'reached', 'message', 'receipt', 'payout', 'void', 'wrong_code', 'no_cash',
    'people', 'list')),
  list_id uuid,
  fund_id uuid,
  wilaya_number text,
  office_id uuid,
  gateway_id uuid,
  key text,
  day date,
  until date,
  count bigint not null default 0,
  amount numeric not null default 0,
  -- Where it stood before.
  was_key text,
  was_day date,
  was_until date,
  -- The moment of a pay-out.
  at timestamptz,
  -- Records of those whose standing may have changed.
  people uuid[]
);
alter table operations_changes set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000);

create table operations_kept (
  programme_id uuid not null,
  measure text not null,
  list_id uuid,
  fund_id uuid,
  wilaya_number text,
  office_id uuid,
  gateway_id uuid,
  key text,
  -- Of months, the first.
  day date,
  until date,
  count bigint not null,
  amount numeric not null,
  constraint operations_kept_once unique nulls not distinct
    (programme_id, measure, day, office_id, list_id, wilaya_number, key, fund_id, gateway_id, until)
) partition by list (measure);
-- A view reads the figures of one measure or two, and nothing else.
do $$
declare
  one text;
begin
  foreach one in array array['line', 'voucher', 'reached', 'paid', 'office_day', 'office_hour', 'office_void', 'wrong_code', 'no_cash', 'wait_wilaya', 'wait_office',
      'message', 'receipt', 'people'] loop
    execute format('create table operations_kept_%s partition of operations_kept for values in (%L)', one, one);
    execute format('revoke insert on operations_kept_%s from sanad_app', one);
  end loop;
end $$;
create index operations_kept_nothing on operations_kept (programme_id) where count = 0 and amount = 0;

-- How far each person of a programme has come: 'state of enrolment/outcome of the assessment/steps', for people counted once and not once a payment.
create table operations_people (
  programme_id uuid not null,
  beneficiary_id uuid not null,
  wilaya_number text not null,
  stands text not null,
  primary key (programme_id, beneficiary_id)
);
-- When everything that had been noted was last added to what is kept. Only the job writes here.
create table operations_progress (
  is_only boolean primary key default true check (is_only),
  folded_at timestamptz not null
);
insert into operations_progress (folded_at) values ('epoch');
-- The triggers and functions below are the only hands that write here.
revoke insert on operations_changes, operations_kept, operations_people, operations_progress from sanad_app;

-- The part of a wait: quarters of the first two days, whole days after that, and no more than a year.
create function wait_part(waited interval) returns int language sql immutable parallel safe as $$
  select case when h < 48 then greatest(0, floor(h / 6))::int else least(6 + floor(h / 24), 371)::int end
  from (select extract(epoch from waited) / 3600 as h) w
$$;
-- The part of a wait for a receipt: four for each doubling of the seconds, and no more than a fortnight.
create function receipt_part(waited interval) returns int language sql immutable parallel safe as $$
  select least(floor(4 * log(2, greatest(1, extract(epoch from waited)))), 80)::int
$$;

-- Sets and plain operators, so that both are folded into the statements that use them.
create function voucher_stands(state text, issued_at timestamptz, activated_at timestamptz, expires_at timestamptz, zone text)
    returns table (key text, day date, until date) language sql stable parallel safe rows 1 as $$
  select case when state = 'cancelled' and activated_at is null then 'cancelled_unsent' else state end,
    case when state = 'issued' then (issued_at at time zone zone)::date
      when state in ('activated', 'locked') then (activated_at at time zone zone)::date end,
    case when state in ('activated', 'locked') then ((expires_at - interval '1 microsecond') at time zone zone)::date end
$$;

create function message_stands(kind text, state text, last_error text, dealt_with_at timestamptz, language text) returns text language sql immutable parallel safe as $$
  select kind || '/' || state || '/' || case when state in ('failed', 'undelivered') then coalesce(last_error, state) else '' end || '/'
    || case when state in ('failed', 'undelivered') and dealt_with_at is null then 'dead' else '' end || '/' || coalesce(language, '')
$$;

create function approved_at(list uuid) returns timestamptz language sql stable parallel safe as $$
  select max(h.at) from payment_list_hands h where h.list_id = list and h.hand = 'approver'
$$;

-- What a change comes to, figure by figure.
create function operations_deltas(c operations_changes) returns setof operations_kept language sql stable as $$
  select c.programme_id, c.measure, c.list_id, c.fund_id, c.wilaya_number, c.office_id, null::uuid, c.was_key, c.was_day, c.was_until, -c.count, -c.amount
  where c.measure in ('line', 'voucher') and c.was_key is not null
  union all
  select c.programme_id, c.measure, c.list_id, c.fund_id, c.wilaya_number, c.office_id, c.gateway_id, c.key, c.day, c.until, c.count, c.amount
  where c.measure not in ('payout', 'void', 'people', 'list')
  union all
  select c.programme_id, 'voucher', c.list_id, c.fund_id, c.wilaya_number, null, null, s.key, s.day, s.until, s.sign, s.sign * c.amount
  from (values (-1, c.was_key, c.was_day, c.was_until), (1, 'redeemed', null, null)) as s (sign, key, day, until) where c.measure = 'payout'
  union all
  select c.programme_id, 'paid', null, c.fund_id, c.wilaya_number, null, null, null, date_trunc('month', c.day)::date, null, c.count, c.count * c.amount
  where c.measure in ('payout', 'void')
  union all
  select c.programme_id, 'office_day', null, null, null, c.office_id, null, null, c.day, null, 1, c.amount
  where c.measure = 'payout' and c.office_id is not null
  union all
  select c.programme_id, 'office_hour', null, null, null, c.office_id, null, c.key, date_trunc('month', c.day)::date, null, 1, c.amount
  where c.measure = 'payout' and c.office_id is not null
  union all
  select c.programme_id, 'office_void', null, null, null, c.office_id, null, null, c.until, null, 1, c.amount where c.measure = 'void'
  union all
  select c.programme_id, w.measure, null, null, w.wilaya, w.office, null, w.part::text, w.month, null, c.count, 0
  from (select wait_part(c.at - approved_at(c.list_id)) as part, date_trunc('month', c.day)::date as month) p
  cross join lateral (values ('wait_wilaya', c.wilaya_number, null::uuid, p.part, p.month), ('wait_office', null, c.office_id, p.part, p.month))
    as w (measure, wilaya, office, part, month)
  where c.measure in ('payout', 'void') and w.part is not null and (w.measure = 'wait_wilaya' or c.office_id is not null)
$$;

-- Every figure: what is kept, and what waits to be added to it.
create view operations_figures with (security_invoker = true) as
  select * from operations_kept
  union all
  select d.* from operations_changes c cross join lateral operations_deltas(c) d;

-- Hands that write differences down.

create function note_lines() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, key, count, amount, people)
    select l.programme_id, 'line', n.list_id, n.fund_id, n.wilaya_number, n.state || coalesce(':' || n.return_reason, ''), count(*), sum(n.amount),
      array_agg(n.beneficiary_id)
    from new_rows n join payment_lists l on l.id = n.list_id group by 1, 3, 4, 5, 6;
  return null;
end $$;
create trigger noted after insert on payment_list_lines referencing new table as new_rows for each statement execute function note_lines();

create function note_moved_lines() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, was_key, key, count, amount, people)
    select l.programme_id, 'line', n.list_id, n.fund_id, n.wilaya_number, o.state || coalesce(':' || o.return_reason, ''),
      n.state || coalesce(':' || n.return_reason, ''), count(*), sum(n.amount), array_agg(n.beneficiary_id)
    from new_rows n join old_rows o on o.id = n.id and row (o.state, o.return_reason) is distinct from row (n.state, n.return_reason)
    join payment_lists l on l.id = n.list_id group by 1, 3, 4, 5, 6, 7;
  return null;
end $$;
create trigger noted_moved after update on payment_list_lines referencing old table as old_rows new table as new_rows
  for each statement execute function note_moved_lines();

-- What a list comes to moves everybody on it.
create function note_list() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id) values (new.programme_id, 'list', new.id);
  return null;
end $$;
create trigger noted after update of state on payment_lists for each row
  when (old.state <> new.state and (new.state in ('approved', 'cancelled') or old.state = 'approved')) execute function note_list();

create function note_vouchers() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, key, day, until, count, amount, people)
    select n.programme_id, 'voucher', n.list_id, n.fund_id, l.wilaya_number, s.key, s.day, s.until, count(*), sum(n.amount), array_agg(n.beneficiary_id)
    from new_rows n join payment_list_lines l on l.id = n.line_id join programmes p on p.id = n.programme_id
    cross join lateral voucher_stands(n.state, n.issued_at, n.activated_at, n.expires_at, p.time_zone) s
    group by 1, 3, 4, 5, 6, 7, 8;
  return null;
end $$;
create trigger noted after insert on vouchers referencing new table as new_rows for each statement execute function note_vouchers();

create function note_moved_voucher() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, was_key, was_day, was_until, key, day, until, count, amount, people)
    select new.programme_id, 'voucher', new.list_id, new.fund_id, l.wilaya_number, o.key, o.day, o.until, n.key, n.day, n.until, 1, new.amount,
      array[new.beneficiary_id]
    from payment_list_lines l join programmes p on p.id = new.programme_id
    cross join lateral voucher_stands(old.state, old.issued_at, old.activated_at, old.expires_at, p.time_zone) o
    cross join lateral voucher_stands(new.state, new.issued_at, new.activated_at, new.expires_at, p.time_zone) n
    where l.id = new.line_id and row (o.*) is distinct from row (n.*);
  return null;
end $$;
-- That it is paid, its pay-out says: one row for both.
create trigger noted_moved after update of state, activated_at, expires_at on vouchers for each row
  when (new.state <> 'redeemed' and row (old.state, old.activated_at, old.expires_at) is distinct from row (new.state, new.activated_at, new.expires_at))
  execute function note_moved_voucher();

create function note_payout() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, office_id, key, day, at, was_key, was_day, was_until,
    count, amount, people)
    select v.programme_id, 'payout', v.list_id, v.fund_id, l.wilaya_number, new.office_id, to_char(new.paid_at at time zone p.time_zone, 'HH24'),
      new.paid_on, new.paid_at, s.key, s.day, s.until, 1, new.amount, array[v.beneficiary_id]
    from vouchers v join payment_list_lines l on l.id = v.line_id join programmes p on p.id = v.programme_id
    cross join lateral voucher_stands('activated', v.issued_at, v.activated_at, v.expires_at, p.time_zone) s
    where v.id = new.voucher_id;
  return null;
end $$;
create trigger noted after insert on payouts for each row execute function note_payout();

create function note_void() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, office_id, day, until, at, count, amount)
    select v.programme_id, 'void', v.list_id, v.fund_id, l.wilaya_number, new.office_id, new.paid_on,
      (new.voided_at at time zone p.time_zone)::date, new.paid_at, -1, new.amount
    from vouchers v join payment_list_lines l on l.id = v.line_id join programmes p on p.id = v.programme_id where v.id = new.voucher_id;
  return null;
end $$;
create trigger noted_void after update of voided_at on payouts for each row when (old.voided_at is null and new.voided_at is not null)
  execute function note_void();

-- The language that somebody preferred when a message to them was made: what they prefer later does not move what was counted.
alter table messages add column language text check (language in ('ar', 'fr', 'en'));
create function say_language() returns trigger language plpgsql as $$
begin
  new.language := (select b.language from beneficiaries b where b.id = new.beneficiary_id);
  return new;
end $$;
create trigger says_language before insert on messages for each row execute function say_language();
create function note_messages() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, key, day, count)
    select l.programme_id, 'message', message_stands(n.kind, n.state, n.last_error, n.dealt_with_at, n.language), (n.created_at at time zone p.time_zone)::date, count(*)
    from new_rows n join payment_lists l on l.id = n.list_id join programmes p on p.id = l.programme_id group by 1, 3, 4;
  return null;
end $$;
create trigger noted after insert on messages referencing new table as new_rows for each statement execute function note_messages();

-- Where messages stood is taken away and where they stand is added, so that nothing is looked up message by message and what did not move cancels out.
create function note_moved_messages() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
  reached uuid[];
begin
  -- While it waits it is nobody's: workers that take it and give it back change nothing.
  if not exists (select from new_rows where state <> 'pending') and not exists (select from old_rows where state <> 'pending') then return null; end if;
  insert into operations_changes (programme_id, measure, gateway_id, key, day, count, amount)
    with moved as materialized (
      select l.programme_id, c.*, (c.created_at at time zone p.time_zone)::date as day
      from (select 1 as sign, n.* from new_rows n union all select -1, o.* from old_rows o) c
      join payment_lists l on l.id = c.list_id join programmes p on p.id = l.programme_id)
    select programme_id, 'message', case when state <> 'pending' then gateway_id end, message_stands(kind, state, last_error, dealt_with_at, language), day,
        sum(sign), sum(case when state <> 'pending' then sign * coalesce(segments, 0) else 0 end)
      from moved group by 1, 3, 4, 5 having sum(sign) <> 0 or sum(case when state <> 'pending' then sign * coalesce(segments, 0) else 0 end) <> 0
    union all
    select programme_id, 'receipt', gateway_id, receipt_part(reported_at - accepted_at)::text, day, sum(sign), 0
      from moved where state = 'delivered' group by 1, 3, 4, 5 having sum(sign) <> 0;
  reached := array(select n.voucher_id from new_rows n where n.kind = 'code' and n.state = 'delivered'
    except select o.voucher_id from old_rows o where o.kind = 'code' and o.state = 'delivered');
  if cardinality(reached) = 0 then return null; end if;
  -- A voucher is reached once, by whichever of its codes arrives first. Receipts of its codes that come at once take turns, everybody's in one order;
  -- vouchers share a thousand locks, for there is no end of vouchers.
  perform pg_advisory_xact_lock(hashtext('operations/reached'), turn)
    from (select distinct hashtext(id::text) & 1023 as turn from unnest(reached) id order by 1) turns;
  insert into operations_changes (programme_id, measure, list_id, fund_id, wilaya_number, count, amount, people)
    select v.programme_id, 'reached', v.list_id, v.fund_id, l.wilaya_number, count(*), sum(v.amount), array_agg(v.beneficiary_id)
    from vouchers v join payment_list_lines l on l.id = v.line_id
    where v.id = any (reached) and not exists (select from messages m where m.voucher_id = v.id and m.kind = 'code' and m.state = 'delivered'
      and m.id not in (select n.id from new_rows n))
    group by 1, 3, 4, 5;
  return null;
end $$;
create trigger noted_moved after update on messages referencing old table as old_rows new table as new_rows
  for each statement execute function note_moved_messages();

create function note_wrong_code() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, office_id, day, count)
    select v.programme_id, 'wrong_code', new.office_id, (new.at at time zone p.time_zone)::date, 1
    from vouchers v join programmes p on p.id = v.programme_id where v.id = new.voucher_id;
  return null;
end $$;
create trigger noted after insert on failed_codes for each row when (new.voucher_id is not null) execute function note_wrong_code();

create function note_no_cash() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, office_id, day, count)
    select v.programme_id, 'no_cash', new.office_id, (new.at at time zone p.time_zone)::date, 1
    from vouchers v join programmes p on p.id = v.programme_id where v.id = new.voucher_id;
  return null;
end $$;
create trigger noted after insert on cash_refusals for each row execute function note_no_cash();

create function note_enrolments() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, people) select programme_id, 'people', array_agg(beneficiary_id) from new_rows group by 1;
  return null;
end $$;
create trigger noted after insert on enrolments referencing new table as new_rows for each statement execute function note_enrolments();
create trigger noted_moved after update on enrolments referencing new table as new_rows for each statement execute function note_enrolments();

create function note_assessments() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, people)
    select s.programme_id, 'people', array_agg(n.beneficiary_id) from new_rows n join scorecards s on s.id = n.scorecard_id group by 1;
  return null;
end $$;
create trigger noted after insert on assessments referencing new table as new_rows for each statement execute function note_assessments();

create function note_move() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  insert into operations_changes (programme_id, measure, people)
    select distinct e.programme_id, 'people', array_remove(array[new.id, old.merged_into, new.merged_into], null)
    from enrolments e where e.beneficiary_id in (new.id, old.merged_into, new.merged_into);
  return null;
end $$;
create trigger noted after update of wilaya_number, merged_into on beneficiaries for each row
  when (row (old.wilaya_number, old.merged_into) is distinct from row (new.wilaya_number, new.merged_into)) execute function note_move();

-- How far people have come, those together who are one by a merger. Steps: 1 listed, 2 approved, 4 released, 8 sent, 16 delivered, 32 paid.
create function people_stand(programme uuid, records uuid[]) returns setof operations_people language sql stable set plan_cache_mode = force_custom_plan as $$
  with asked as materialized (
    select distinct coalesce(b.merged_into, b.id) as id from unnest(records) r (id) join beneficiaries b on b.id = r.id),
  known as materialized (
    select a.id as person, a.id as record from asked a union all select b.merged_into, b.id from asked a join beneficiaries b on b.merged_into = a.id),
  come as (
    select k.person, bit_or(case when l.state = 'cancelled' then 0 else 1 end
        | case when l.state in ('approved', 'releasing', 'released', 'closed') and n.state <> 'held' then 2 else 0 end
        | case when v.id is null then 0 else 4 end | case when v.activated_at is null then 0 else 8 end
        | case when v.activated_at is not null and exists (select from messages m where m.voucher_id = v.id and m.kind = 'code' and m.state = 'delivered')
            then 16 else 0 end
        | case when v.state = 'redeemed' then 32 else 0 end) as steps
    from known k join payment_list_lines n on n.beneficiary_id = k.record join payment_lists l on l.id = n.list_id and l.programme_id = programme
    left join vouchers v on v.line_id = n.id group by 1),
  assessed as (
    select a.beneficiary_id as person, min(case a.outcome when 'eligible' then '1eligible' when 'not_eligible' then '2not_eligible' else '3not_assessable' end)
      as outcome
    from (select distinct on (a.scorecard_id, a.beneficiary_id) a.beneficiary_id, a.outcome from scorecards s
      join assessments a on a.scorecard_id = s.id join asked k on k.id = a.beneficiary_id
      where s.programme_id = programme order by a.scorecard_id, a.beneficiary_id, a.number desc) a group by 1)
  select programme, b.id, b.wilaya_number,
    concat_ws('/', coalesce(e.state, 'none'), coalesce(substr(a.outcome, 2), 'none'), coalesce(c.steps, 0))
  from asked k join beneficiaries b on b.id = k.id left join come c on c.person = k.id left join assessed a on a.person = k.id
  left join enrolments e on e.programme_id = programme and e.beneficiary_id = k.id
  where c.person is not null or e.state is not null
$$;

-- Adds up to so many changes to what is kept. @returns how many it was
create function fold_operations(most int, moment timestamptz) returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  changes operations_changes[];
  touched record;
begin
  perform pg_advisory_xact_lock(hashtextextended('operations', 0));
  with gone as (delete from operations_changes c where c.ctid = any (array(select o.ctid from operations_changes o limit most)) returning c as change)
    select array_agg(change) into changes from gone;
  insert into operations_kept as k
    select d.programme_id, d.measure, d.list_id, d.fund_id, d.wilaya_number, d.office_id, d.gateway_id, d.key, d.day, d.until, sum(d.count), sum(d.amount)
    from unnest(changes) c cross join lateral operations_deltas(c) d
    group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 having sum(d.count) <> 0 or sum(d.amount) <> 0
    on conflict on constraint operations_kept_once do update set count = k.count + excluded.count, amount = k.amount + excluded.amount;
  for touched in
    select t.programme_id, array_agg(distinct t.id) as people from (
      select c.programme_id, p.id from unnest(changes) c cross join lateral unnest(c.people) p (id)
      union all select c.programme_id, n.beneficiary_id from unnest(changes) c join payment_list_lines n on n.list_id = c.list_id where c.measure = 'list') t
    group by 1
  loop
    perform place_people(touched.programme_id, touched.people);
  end loop;
  delete from operations_kept k using (select distinct programme_id from unnest(changes)) c
    where k.programme_id = c.programme_id and k.count = 0 and k.amount = 0;
  if coalesce(cardinality(changes), 0) < most then update operations_progress set folded_at = greatest(folded_at, moment); end if;
  return coalesce(cardinality(changes), 0);
end $$;

-- Looks anew how far people have come, and counts them there instead of where they stood.
create function place_people(programme uuid, records uuid[]) returns void language plpgsql security definer set search_path = public, pg_temp as $$
declare
  placed operations_people[] := array(select s from people_stand(programme, records) s);
begin
  insert into operations_kept as k
    select programme, 'people', null, null, d.wilaya_number, null, null, d.stands, null, null, sum(d.count), 0
    from (
      select o.wilaya_number, o.stands, -1 as count from operations_people o where o.programme_id = programme
        and o.beneficiary_id in (select unnest(records) union select n.beneficiary_id from unnest(placed) n)
      union all select n.wilaya_number, n.stands, 1 from unnest(placed) n) d
    group by d.wilaya_number, d.stands having sum(d.count) <> 0
    on conflict on constraint operations_kept_once do update set count = k.count + excluded.count;
  delete from operations_people o where o.programme_id = programme and o.beneficiary_id = any (records)
    and o.beneficiary_id not in (select n.beneficiary_id from unnest(placed) n);
  insert into operations_people as o select n.* from unnest(placed) n
    on conflict (programme_id, beneficiary_id) do update set wilaya_number = excluded.wilaya_number, stands = excluded.stands
      where row (o.wilaya_number, o.stands) is distinct from row (excluded.wilaya_number, excluded.stands);
end $$;

-- The same figures from nothing but what they are of.
create function plain_operations(programme uuid) returns setof operations_kept language sql stable set plan_cache_mode = force_custom_plan as $$
  with of_programme as materialized (select p.id, p.time_zone as zone from programmes p where p.id = programme),
  issued as materialized (
    select v.id, v.list_id, v.fund_id, n.wilaya_number, v.amount, s.*
    from of_programme p join vouchers v on v.programme_id = p.id join payment_list_lines n on n.id = v.line_id
    cross join lateral voucher_stands(v.state, v.issued_at, v.activated_at, v.expires_at, p.zone) s),
  paid as materialized (
    select i.list_id, i.fund_id, i.wilaya_number, o.office_id, o.amount, o.paid_on, o.voided_at is not null as is_void,
      to_char(o.paid_at at time zone p.zone, 'HH24') as hour, (o.voided_at at time zone p.zone)::date as void_on,
      date_trunc('month', o.paid_on)::date as month, wait_part(o.paid_at - a.at)::text as part
    from of_programme p cross join issued i join payouts o on o.voucher_id = i.id
    join (select l.id, approved_at(l.id) as at from payment_lists l where l.programme_id = programme) a on a.id = i.list_id),
  sent as materialized (
    select m.*, (m.created_at at time zone p.zone)::date as made_on
    from of_programme p join payment_lists l on l.programme_id = p.id join messages m on m.list_id = l.id)
  select programme, 'line', n.list_id, n.fund_id, n.wilaya_number, null::uuid, null::uuid, n.state || coalesce(':' || n.return_reason, ''), null::date, null::date,
      count(*), sum(n.amount)
    from payment_lists l join payment_list_lines n on n.list_id = l.id where l.programme_id = programme group by 3, 4, 5, 8
  union all select programme, 'voucher', list_id, fund_id, wilaya_number, null, null, key, day, until, count(*), sum(amount) from issued group by 3, 4, 5, 8, 9, 10
  union all select programme, 'reached', i.list_id, i.fund_id, i.wilaya_number, null, null, null, null, null, count(*), sum(i.amount)
    from issued i where exists (select from messages m where m.voucher_id = i.id and m.kind = 'code' and m.state = 'delivered') group by 3, 4, 5
  union all select programme, 'paid', null, fund_id, wilaya_number, null, null, null, month, null, count(*), sum(amount)
    from paid where not is_void group by 4, 5, 9
  union all select programme, 'office_day', null, null, null, office_id, null, null, paid_on, null, count(*), sum(amount)
    from paid where office_id is not null group by 6, 9
  union all select programme, 'office_hour', null, null, null, office_id, null, hour, month, null, count(*), sum(amount)
    from paid where office_id is not null group by 6, 8, 9
  union all select programme, 'office_void', null, null, null, office_id, null, null, void_on, null, count(*), sum(amount) from paid where is_void group by 6, 9
  union all select programme, 'wait_wilaya', null, null, wilaya_number, null, null, part, month, null, count(*), 0
    from paid where not is_void and part is not null group by 5, 8, 9
  union all select programme, 'wait_office', null, null, null, office_id, null, part, month, null, count(*), 0
    from paid where not is_void and part is not null and office_id is not null group by 6, 8, 9
  union all select programme, 'wrong_code', null, null, null, f.office_id, null, null, (f.at at time zone p.zone)::date, null, count(*), 0
    from of_programme p cross join failed_codes f join vouchers v on v.id = f.voucher_id and v.programme_id = p.id group by 6, 9
  union all select programme, 'no_cash', null, null, null, r.office_id, null, null, (r.at at time zone p.zone)::date, null, count(*), 0
    from of_programme p cross join cash_refusals r join vouchers v on v.id = r.voucher_id and v.programme_id = p.id group by 6, 9
  union all select programme, 'message', null, null, null, null, case when state <> 'pending' then gateway_id end,
      message_stands(kind, state, last_error, dealt_with_at, language), made_on, null, count(*), sum(case when state <> 'pending' then coalesce(segments, 0) else 0 end)
    from sent group by 7, 8, 9
  union all select programme, 'receipt', null, null, null, null, gateway_id, receipt_part(reported_at - accepted_at)::text, made_on, null, count(*), 0
    from sent where state = 'delivered' group by 7, 8, 9
$$;

-- Forgets what is kept of a programme and counts anew. What commits meanwhile is not seen by the counting and so waits to be added: changes are taken
-- away and facts counted by one statement, which sees one moment.
create function rebuild_operations(programme uuid) returns int language plpgsql security definer set search_path = public, pg_temp as $$
declare
  kept int;
begin
  perform pg_advisory_xact_lock(hashtextextended('operations', 0));
  delete from operations_kept where programme_id = programme;
  delete from operations_people where programme_id = programme;
  with gone as (delete from operations_changes where programme_id = programme)
    insert into operations_kept select * from plain_operations(programme);
  get diagnostics kept = row_count;
  insert into operations_people select * from people_stand(programme, array(
    select e.beneficiary_id from enrolments e where e.programme_id = programme
    union select n.beneficiary_id from payment_lists l join payment_list_lines n on n.list_id = l.id where l.programme_id = programme));
  insert into operations_kept select programme, 'people', null, null, wilaya_number, null, null, stands, null, null, count(*), 0
    from operations_people where programme_id = programme group by wilaya_number, stands;
  return kept;
end $$;

-- What the plans of a programme will still owe, as it was last worked out; see src/reporting/operations/forecast.
create table operations_forecasts (
  programme_id uuid not null references programmes,
  -- The first day of the month in which it falls due.
  month date not null check (extract(day from month) = 1),
  -- Made out, and on no list that counts.
  unlisted numeric not null check (unlisted >= 0),
  -- Still to be made out if nobody's record changes.
  expected numeric not null check (expected >= 0),
  worked_out_at timestamptz not null,
  primary key (programme_id, month)
);
grant delete on operations_forecasts to sanad_app;

-- Who waits in the queue of duplicates, and what was decided of it day by day.
create index duplicate_pairs_waiting on duplicate_pairs (programme_id, state) include (found_at, score) where state in ('open', 'needs_information');
create index on duplicate_decisions (decided_at);
