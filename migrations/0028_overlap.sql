-- Nobody is paid twice for the same purpose and the same days, and nobody more than a limit, as far as the terms say that a list was
-- submitted under. Whether a line may be paid is asked when a list is built, where every line counts that is on one, and again when it is
-- released, where a line of another list counts once it is released: who is released first is paid. What is asked there stands in these
-- functions; the trigger at the end asks it again whoever releases.

-- What refused a line, beside the reason: a programme, or a limit and what was used of it. See src/payments/overlap/types.ts.
alter table payment_list_lines add column return_detail jsonb check (return_detail is null or state = 'returned');
grant update (return_detail) on payment_list_lines to sanad_app;

alter table payment_list_left_out add column detail jsonb;

-- Days within the index, so that what a household was paid for other days is not looked up.
create index on payment_list_lines (household_id, covers_to, covers_from) where counts;

create function purpose_rule(programme uuid, terms int, what text) returns table (refuses boolean, is_across boolean, is_household boolean)
language sql stable as $$
  select coalesce(r.overlap = 'refuse', true), coalesce(r.across = 'programmes', true), coalesce(r.per = 'household', true)
  from (select) one left join programme_purposes r
    on r.programme_id = programme and r.version = terms and purpose_key(r.purpose) = purpose_key(what)
$$;

-- The lines that count to a household: what was made out to it, and what was made out to whoever is of it now, by whatever record of theirs,
-- while they were of another. Whoever joins a household brings what they were paid; whoever leaves it leaves behind what it was paid.
create function lines_of_household(household uuid) returns setof payment_list_lines language sql stable as $$
  select o.* from payment_list_lines o where o.household_id = household and o.counts
  union all
  select o.* from beneficiaries s
    cross join lateral (select s.id union all select m.id from beneficiaries m where m.merged_into = s.id) r
    join payment_list_lines o on o.beneficiary_id = r.id and o.counts and o.household_id <> household
    where s.household_id = household
$$;

-- The lines that count, for some days and a purpose, to a person (all of whose records are given) or to anybody of a household. Most purposes
-- that are the same are written the same, and to compare how they are written costs little.
create function lines_covering(records uuid[], household uuid, what text, first_day date, last_day date) returns setof payment_list_lines
language sql stable as $$
  select o.* from payment_list_lines o where o.beneficiary_id = any (records) and o.counts
    and o.covers_to >= first_day and o.covers_from <= last_day and (o.purpose = what or purpose_key(o.purpose) = purpose_key(what))
  union all
  select o.* from lines_of_household(household) o where o.beneficiary_id <> all (records)
    and o.covers_to >= first_day and o.covers_from <= last_day and (o.purpose = what or purpose_key(o.purpose) = purpose_key(what))
$$;

-- The programmes whose payments an instalment overlaps with, where the terms refuse it. What an entitlement owes was spread over days by
-- its plan, and a top-up is for the days of what it tops up. The parameters are an instalment's columns, since a whole row costs more to
-- hand over than the look-up does.
-- list, place: the line that is being released, which gives way to the lines before it; null while a list is built.
create function overlapping(programme uuid, instalment uuid, entitlement uuid, topped_up uuid, what text, first_day date, last_day date,
  terms int, records uuid[], household uuid, list uuid, place int) returns setof uuid language sql stable as $$
  select ol.programme_id
  from purpose_rule(programme, terms, what) r
  cross join lateral lines_covering(records, case when r.is_household then household end, what, first_day, last_day) o
  join payment_lists ol on ol.id = o.list_id
  join instalments oi on oi.id = o.instalment_id
  where r.refuses and (r.is_across or ol.programme_id = programme)
    and oi.entitlement_id <> entitlement and oi.id is distinct from topped_up and oi.tops_up_id is distinct from instalment
    and (oi.tops_up_id = topped_up) is not true
    and (list is null or o.state = 'released' or o.list_id = list and o.position < place)
$$;

-- The lines of a programme that count to a person or a household.
create function lines_towards(programme uuid, per text, records uuid[], household uuid) returns setof payment_list_lines
language sql stable as $$
  select o.* from payment_list_lines o join payment_lists l on l.id = o.list_id and l.programme_id = programme
    where per = 'person' and o.beneficiary_id = any (records) and o.counts
  union all
  select o.* from lines_of_household(household) o join payment_lists l on l.id = o.list_id and l.programme_id = programme
    where per = 'household'
$$;

-- The limits of the terms that an instalment would break, and what is used of them. A payment belongs to the month and year of the first
-- day that it is for, in the programme's time zone as all its days are.
create function limits_broken(programme uuid, instalment uuid, sum numeric, first_day date, terms int, records uuid[], household uuid, list uuid,
  place int) returns table (per text, period text, amount numeric, used numeric) language sql stable as $$
  select m.per, m.period, m.amount, u.used
  from programme_limits m
  cross join lateral (
    select coalesce(sum(o.amount), 0) as used from lines_towards(programme, m.per, records, household) o
    where o.instalment_id <> instalment
      and case when m.period = 'programme' then true
        else date_trunc(m.period, o.covers_from::timestamp) = date_trunc(m.period, first_day::timestamp) end
      and (list is null or o.state = 'released' or o.list_id = list and o.position < place)
  ) u
  where m.programme_id = programme and m.version = terms and u.used + sum > m.amount
$$;

-- Makes releases that could pay the same twice wait for each other until this transaction ends: those of one purpose, and those of one
-- programme that has limits. In order, so that no two wait for each other. What is looked at afterwards is as the others left it.
create function lock_overlap(keys text[]) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('overlap/' || k.key, 0)) from (select distinct key from unnest(keys) key order by key) k;
end $$;

-- The keys of some lines of a list.
create function overlap_keys(list uuid, from_position int, to_position int) returns text[] language sql stable as $$
  select array(
    select 'purpose/' || purpose_key(l.purpose) from (select distinct n.purpose from payment_list_lines n
      where n.list_id = list and n.position between from_position and to_position) l group by 1
    union all
    select 'limits/' || l.programme_id from payment_lists l where l.id = list and exists (
      select from programme_limits m where m.programme_id = l.programme_id and m.version = l.programme_version))
$$;

create function refuse_overlap() returns trigger language plpgsql
  -- Planned anew each time: what was planned while there were few lines would read all of them once there are many.
  set plan_cache_mode = force_custom_plan as $$
begin
  perform lock_overlap(array(
    select 'purpose/' || purpose_key(l.purpose) from (select distinct n.purpose from new_lines n where n.state = 'released') l group by 1
    union all
    select distinct 'limits/' || m.programme_id from new_lines n join payment_lists l on l.id = n.list_id
      join programme_limits m on m.programme_id = l.programme_id and m.version = l.programme_version
      where n.state = 'released'));
  if exists (select from new_lines n
      join payment_lists l on l.id = n.list_id join instalments i on i.id = n.instalment_id join beneficiaries b on b.id = n.beneficiary_id
      cross join lateral (select array(select r.id from beneficiaries r where r.id = coalesce(b.merged_into, b.id)
        union all select r.id from beneficiaries r where r.merged_into = coalesce(b.merged_into, b.id)) as ids offset 0) p
      where n.state = 'released' and (
        exists (select from overlapping(l.programme_id, i.id, i.entitlement_id, i.tops_up_id, n.purpose, n.covers_from, n.covers_to,
          l.programme_version, p.ids, b.household_id, n.list_id, 0))
        or exists (select from limits_broken(l.programme_id, i.id, n.amount, n.covers_from, l.programme_version, p.ids, b.household_id, n.list_id,
          0)))) then
    raise exception 'a line is not released that overlaps with another or breaks a limit'
      using errcode = 'integrity_constraint_violation', constraint = 'payment_list_lines_overlap', table = 'payment_list_lines';
  end if;
  return null;
end $$;
create trigger overlap after update on payment_list_lines referencing new table as new_lines
  for each statement execute function refuse_overlap();
