import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import type { PairName } from './decision-store.ts';
import type { SealedProfile } from './profiles.ts';
import { isUndecided } from './store.ts';

/**
 * Takes people off the list of those who are still to be compared. Who is changing one of them at this moment is waited for, and who comes
 * after puts them on it again: so it comes before anything is read.
 */
export function takeOffDue(tx: Tx, beneficiaryIds: readonly string[]): void {
  tx.defer(sql`delete from comparisons_due where beneficiary_id = any(${[...beneficiaryIds].sort()}::uuid[])`);
}

/** Those who have waited longest, since before a moment: whoever should have compared them was killed. @param but whom to pass over @param renewing the programmes in which nobody is compared now */
export async function overdue(db: Db, before: Date, most: number, but: readonly string[], renewing: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`select beneficiary_id as id from comparisons_due
    where since < ${before} and beneficiary_id <> all(${but}::uuid[]) and not (select p.programme_id from match_profiles p
        where p.beneficiary_id = comparisons_due.beneficiary_id) = any(${renewing}::uuid[])
    order by since limit ${most}`);
  return rows.map(({ id }) => id);
}

/** People by programme. */
export const programmesOf = (db: Db, beneficiaryIds: readonly string[]): Promise<{ programmeId: string; ids: string[] }[]> =>
  db.all(sql`select programme_id as "programmeId", array_agg(beneficiary_id) as ids from match_profiles
    where beneficiary_id = any(${beneficiaryIds}::uuid[]) group by programme_id`);

/**
 * People, as `one_person`, with the records that stand for the same person. Here and below each is found by an index (`offset 0`): while a
 * country is entered the planner knows too little of it, and would go through everybody.
 */
const onePerson = (beneficiaryIds: readonly string[]): Sql => sql`
  asked as materialized (
    select i.id, b.merged_into from unnest(${beneficiaryIds}::uuid[]) as i (id)
      cross join lateral (select merged_into from beneficiaries where id = i.id offset 0) b
  ), one_person as (
    select id from asked
    union select merged_into from asked where merged_into is not null
    union select b.id from asked a cross join lateral (select id from beneficiaries where merged_into = coalesce(a.merged_into, a.id) offset 0) b
  )`;

/** People with the records that stand for the same person, and the profile of each as it is now. */
export const withMerged = (db: Db, programmeId: string, beneficiaryIds: readonly string[]): Promise<SealedProfile[]> =>
  db.all(sql`with ${onePerson(beneficiaryIds)}
    select o.id, p.version, p.sealed from one_person o
      cross join lateral (select xmin::text as version, profile as sealed from match_profiles
        where beneficiary_id = o.id and programme_id = ${programmeId} offset 0) p
    order by o.id`);

/** The undecided pairs of people and of the records that stand for the same person. */
export const undecidedPairs = (db: Db, beneficiaryIds: readonly string[]): Promise<PairName[]> =>
  db.all(sql`with ${onePerson(beneficiaryIds)}
    select o.id as "firstId", p.second_id as "secondId" from one_person o
      cross join lateral (select p.second_id from duplicate_pairs p where p.first_id = o.id and ${isUndecided(sql`p`)} offset 0) p
    union
    select p.first_id, o.id from one_person o
      cross join lateral (select p.first_id from duplicate_pairs p where p.second_id = o.id and ${isUndecided(sql`p`)} offset 0) p`);
