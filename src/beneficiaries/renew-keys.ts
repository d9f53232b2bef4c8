import { type CommandContext, type Db, sql } from '../platform/index.ts';
import { KEYS_VERSION } from './keys.ts';
import { matchProfileRow, openMatchProfile } from './match-profile.ts';
import { openPerson, type SealedPerson } from './sealing.ts';
import type { Place, Sex } from './types.ts';

/** Written out, so that the index of those with old keys serves. It is {@link KEYS_VERSION}, as the migration that makes the index has it. */
const hasOldKeys = sql`keys_version < 2`;

/** The programmes in which somebody is found under keys as they were made before. */
export const programmesWithOldKeys = async (db: Db): Promise<string[]> =>
  (await db.all<{ id: string }>(sql`select distinct programme_id as id from match_profiles where ${hasOldKeys}`)).map(({ id }) => id);

/** Whether somebody in a programme is found under keys as they were made before: nobody there is compared meanwhile. */
export const isRenewing = async (db: Db, programmeId: string): Promise<boolean> =>
  (await db.first(sql`select from match_profiles where programme_id = ${programmeId} and ${hasOldKeys} limit 1`)) !== undefined;

interface OldRow extends Pick<SealedPerson, 'data_key' | 'names' | 'birth' | 'documents' | 'phones'>, Place {
  readonly id: string;
  readonly profile: Buffer;
  readonly blocking: readonly string[];
  readonly search: readonly string[];
  readonly sex: Sex;
  readonly household: string;
}

type NewRow = ReturnType<typeof matchProfileRow>;

/** What came of making keys again. */
export interface Renewed {
  readonly people: number;
  /** Who could not be opened: they are found by nobody who is compared. */
  readonly unopened: readonly string[];
}

/**
 * Makes the keys of the next people of a programme again. Whose keys or profile are others now is compared with everybody afterwards, as
 * after any change; for all others nothing changes.
 * @param most so many people at once
 */
export async function renewKeys({ tx, keyRing }: CommandContext, programmeId: string, most: number): Promise<Renewed> {
  const rows =
    await tx.all<OldRow>(sql`select p.beneficiary_id as id, p.profile, p.blocking_keys::text[] as blocking, p.search_keys::text[] as search,
      b.data_key, b.names, b.birth, b.documents, b.phones, b.sex, b.wilaya_number as "wilayaNumber", b.commune, h.reference as household
    from match_profiles p join beneficiaries b on b.id = p.beneficiary_id join households h on h.id = b.household_id
    where p.programme_id = ${programmeId} and ${hasOldKeys} order by p.beneficiary_id limit ${most} for update of p`);
  const unopened: string[] = [];
  const unchanged: string[] = [];
  for (const row of rows) {
    try {
      const renewed = renewedRow(keyRing, programmeId, row);
      if (renewed) tx.defer(change(renewed));
      else unchanged.push(row.id);
    } catch {
      // What it says may quote the person.
      unopened.push(row.id);
    }
  }
  tx.defer(sql`update match_profiles set keys_version = ${KEYS_VERSION} where beneficiary_id = any(${unchanged}::uuid[])`);
  tx.defer(sql`update match_profiles set keys_version = ${KEYS_VERSION}, blocking_keys = '{}', revision = revision + 1
    where beneficiary_id = any(${unopened}::uuid[])`);
  return { people: rows.length, unopened };
}

const change = ({
  beneficiary_id,
  profile,
  blocking_keys,
  search_keys,
  keys_version,
}: NewRow) => sql`update match_profiles set profile = ${profile},
    blocking_keys = ${blocking_keys}::bigint[], search_keys = ${search_keys}::bigint[], keys_version = ${keys_version}, revision = revision + 1
  where beneficiary_id = ${beneficiary_id}`;

/** @returns undefined where it says what the old one says */
function renewedRow(keyRing: CommandContext['keyRing'], programmeId: string, row: OldRow): NewRow | undefined {
  const personal = openPerson(keyRing, row.id, row, ['names', 'birth', 'documents', 'phones']);
  if (!personal) throw new Error('an erased person has a profile');
  const { wilayaNumber, commune, sex, household } = row;
  const renewed = matchProfileRow(
    keyRing,
    programmeId,
    row.id,
    { ...personal, sex, household: { reference: household } },
    { wilayaNumber, commune },
  );
  const isAsBefore =
    JSON.stringify(openMatchProfile(keyRing, row.id, renewed.profile)) === JSON.stringify(openMatchProfile(keyRing, row.id, row.profile)) &&
    isSameSet(renewed.blocking_keys, row.blocking) &&
    isSameSet(renewed.search_keys, row.search);
  return isAsBefore ? undefined : renewed;
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && [...one].sort().join() === [...other].sort().join();
