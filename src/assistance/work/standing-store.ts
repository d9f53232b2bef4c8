import { type Db, type Sql, sql } from '../../platform/index.ts';
import { recordAt } from '../schedule/records.ts';
import type { Plan } from '../types.ts';
import { dayKey } from './judge.ts';
import type { ReadDay, WorkStanding } from './types.ts';

/** The moment whose records count for a day of work: when the day ends where the programme is. Who is enrolled in the morning may work. */
export const endOf = (day: Sql, timeZone: string): Sql => sql`((${day} + 1)::timestamp at time zone ${timeZone}::text)`;

/**
 * Whose the rows of a sheet are, and how their records stood on the days that were worked: a record that was merged since stood for itself
 * then, and the one that goes on is paid. Nobody is in the answer whom the programme does not know.
 * @param tiers of the plan's scorecard, those whose people work; undefined for all
 * @returns by registration number and day as {@link dayKey}
 */
export async function standingsOn(
  db: Db,
  plan: Pick<Plan, 'programmeId' | 'scorecardId'>,
  timeZone: string,
  tiers: readonly string[] | undefined,
  rows: readonly ReadDay[],
): Promise<Map<string, WorkStanding>> {
  const inTier = tiers ? sql`r.tier is not null and r.tier = any(${tiers}::text[])` : sql`true`;
  const found = await db.all<WorkStanding & { readonly number: string; readonly day: string }>(sql`
    select w.number, w.day, b.id as "beneficiaryId",
      case when r.reason is null and b.data_key is not null then case when not (${inTier}) then 'person_not_eligible' end
        when r.reason = 'not_eligible' then 'person_not_eligible' else 'person_not_enrolled' end as reason
    from (select distinct number, day from unnest(${rows.map((row) => row.registrationNumber)}::text[], ${rows.map(({ day }) => day)}::date[])
      as w (number, day)) w
    join beneficiaries named on named.registration_number = w.number
    join beneficiaries b on b.id = coalesce(named.merged_into, named.id)
    join enrolments n on n.programme_id = ${plan.programmeId} and n.beneficiary_id = b.id
    cross join lateral (select ${endOf(sql`w.day`, timeZone)} as at offset 0) m
    cross join lateral (select person_at(named.id, m.at) as id offset 0) who
    cross join lateral ${recordAt({ plan }, sql`who.id`, sql`m.at`)} r`);
  return new Map(found.map(({ number, day, ...standing }) => [dayKey(number, day), standing]));
}
