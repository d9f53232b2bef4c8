import { holds } from '../../../deduplication/index.ts';
import { type Sql, sql } from '../../../platform/index.ts';
import { type ViewFrame, within } from '../frame.ts';
import type { Narrowed } from '../types.ts';
import type { DecisionsRow, DuplicatesRow } from './types.ts';

/** Everybody whom one of these pairs keeps off lists, once for whatever it is told apart by. */
const held = (by: Sql): Sql =>
  sql`select distinct ${by} person from pairs cross join lateral (values (first_id), (second_id)) as x (person) where holds`;

/**
 * Who waits, by state, score and age, of whom there are few beside those who were decided on: an index holds no others; and how many different
 * people are kept off lists in all.
 */
export async function openPairs(frame: ViewFrame): Promise<{ peopleHeld: number; rows: DuplicatesRow[] }> {
  const rows = await frame.db.all<DuplicatesRow & { inAll: number }>(sql`with pairs as materialized (
      select d.state, case when d.score < 0.5 then 'below 0.5' when d.score < 0.7 then '0.5-0.7' when d.score < 0.8 then '0.7-0.8' when d.score < 0.9 then '0.8-0.9'
          else '0.9-1' end as band, case when age <= 1 then '0-1' when age <= 7 then '2-7' when age <= 30 then '8-30' else '31+' end as age_band, age,
        ${holds(sql`d`, sql`p.hold_threshold`)} as holds, d.first_id, d.second_id
      from duplicate_pairs d join programmes p on p.id = d.programme_id
        cross join lateral (select ${frame.today}::date - (d.found_at at time zone p.time_zone)::date as age) a
      where d.programme_id = ${frame.programmeId} and d.state in ('open', 'needs_information')),
    counted as (select state, band, age_band, min(age) as youngest, count(*)::int as pairs from pairs group by 1, 2, 3),
    kept as (select state, band, age_band, count(*)::int as people from (${held(sql`state, band, age_band,`)}) h group by 1, 2, 3)
    select state, band as "scoreBand", age_band as "ageBand", pairs, coalesce(people, 0) as "peopleHeld",
      (select count(*)::int from (${held(sql``)}) everybody) as "inAll"
    from counted left join kept using (state, band, age_band) order by 1 desc, position('b' in band) desc, 2, youngest`);
  return { peopleHeld: rows[0]?.inAll ?? 0, rows: rows.map(({ inAll: _, ...row }) => row) };
}

export const decisionsByDay = ({ db, programmeId }: ViewFrame, days: Narrowed): Promise<DecisionsRow[]> =>
  db.all<DecisionsRow>(sql`select day::text, count(*) filter (where decision = 'same_person')::int as "samePerson",
      count(*) filter (where decision = 'different_people')::int as "differentPeople",
      count(*) filter (where decision = 'needs_information')::int as "needsInformation"
    from (select d.decision, (d.decided_at at time zone p.time_zone)::date as day from duplicate_decisions d
      join duplicate_pairs q on q.first_id = d.first_id and q.second_id = d.second_id join programmes p on p.id = q.programme_id
      where q.programme_id = ${programmeId}) d
    where true ${within(sql`day`, days)} group by day order by day`);
