import { sql } from '../../../platform/index.ts';
import { type ViewFrame, within } from '../frame.ts';
import type { Narrowed } from '../types.ts';
import type { DecisionsRow, DuplicatesRow } from './types.ts';

// Of those who wait there are few beside those who were decided on: an index holds no others.
const waiting = ({ programmeId }: ViewFrame) =>
  sql`from duplicate_pairs d join programmes p on p.id = d.programme_id where d.programme_id = ${programmeId} and d.state in ('open', 'needs_information')`;

export const openPairs = (frame: ViewFrame): Promise<DuplicatesRow[]> =>
  frame.db.all<DuplicatesRow>(sql`with pairs as (
      select d.state, case when d.score < 0.5 then 'below 0.5' when d.score < 0.7 then '0.5-0.7' when d.score < 0.8 then '0.7-0.8' when d.score < 0.9 then '0.8-0.9'
          else '0.9-1' end as band, ${frame.today}::date - (d.found_at at time zone p.time_zone)::date as age, d.score >= p.hold_threshold as holds,
        d.first_id, d.second_id ${waiting(frame)})
    select state, band as "scoreBand", case when age <= 1 then '0-1' when age <= 7 then '2-7' when age <= 30 then '8-30' else '31+' end as "ageBand",
      count(*) filter (where side = 1)::int as pairs, count(distinct person) filter (where holds)::int as "peopleHeld"
    from pairs cross join lateral (values (1, first_id), (2, second_id)) as x (side, person) group by 1, 2, 3
    order by 1 desc, position('b' in band) desc, 2, min(age)`);

/** How many different people a pair keeps off lists. */
export const peopleHeld = async (frame: ViewFrame): Promise<number> =>
  (
    await frame.db.first<{ people: number }>(sql`select count(distinct x.person)::int as people
      from (select d.first_id, d.second_id ${waiting(frame)} and d.score >= p.hold_threshold) w
      cross join lateral (values (first_id), (second_id)) as x (person)`)
  )?.people ?? 0;

export const decisionsByDay = ({ db, programmeId }: ViewFrame, days: Narrowed): Promise<DecisionsRow[]> =>
  db.all<DecisionsRow>(sql`select day::text, count(*) filter (where decision = 'same_person')::int as "samePerson",
      count(*) filter (where decision = 'different_people')::int as "differentPeople",
      count(*) filter (where decision = 'needs_information')::int as "needsInformation"
    from (select d.decision, (d.decided_at at time zone p.time_zone)::date as day from duplicate_decisions d
      join duplicate_pairs q on q.first_id = d.first_id and q.second_id = d.second_id join programmes p on p.id = q.programme_id
      where q.programme_id = ${programmeId}) d
    where true ${within(sql`day`, days)} group by day order by day`);
