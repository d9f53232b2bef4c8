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

/** Those who have waited longest, since before a moment: whoever should have compared them was killed. @param but whom to pass over */
export async function overdue(db: Db, before: Date, most: number, but: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`select beneficiary_id as id from comparisons_due
    where since < ${before} and beneficiary_id <> all(${but}::uuid[]) order by since limit ${most}`);
  return rows.map(({ id }) => id);
}

/** People by programme. */
export const programmesOf = (db: Db, beneficiaryIds: readonly string[]): Promise<{ programmeId: string; ids: string[] }[]> =>
  db.all(sql`select programme_id as "programmeId", array_agg(beneficiary_id) as ids from match_profiles
    where beneficiary_id = any(${beneficiaryIds}::uuid[]) group by programme_id`);

/** People, as `one_person`, with the records that stand for the same person. */
const onePerson = (beneficiaryIds: readonly string[]): Sql => sql`
  asked as materialized (
    select b.id, b.merged_into from unnest(${beneficiaryIds}::uuid[]) as i (id) join beneficiaries b on b.id = i.id
  ), one_person as (
    select id from asked
    union select merged_into from asked where merged_into is not null
    union select b.id from asked a join beneficiaries b on b.merged_into = coalesce(a.merged_into, a.id)
  )`;

/** People with the records that stand for the same person, and the profile of each as it is now. */
export const withMerged = (db: Db, programmeId: string, beneficiaryIds: readonly string[]): Promise<SealedProfile[]> =>
  db.all(sql`with ${onePerson(beneficiaryIds)}
    select p.beneficiary_id as id, p.xmin::text as version, p.profile as sealed
    from one_person o join match_profiles p on p.beneficiary_id = o.id where p.programme_id = ${programmeId} order by p.beneficiary_id`);

/** The undecided pairs of people and of the records that stand for the same person. */
export const undecidedPairs = (db: Db, beneficiaryIds: readonly string[]): Promise<PairName[]> =>
  db.all(sql`with ${onePerson(beneficiaryIds)}
    select p.first_id as "firstId", p.second_id as "secondId"
    from one_person o join duplicate_pairs p on p.first_id = o.id where ${isUndecided(sql`p`)}
    union
    select p.first_id, p.second_id from one_person o join duplicate_pairs p on p.second_id = o.id where ${isUndecided(sql`p`)}`);
