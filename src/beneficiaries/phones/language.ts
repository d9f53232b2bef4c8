import { type Db, type KeyRing, sql } from '../../platform/index.ts';
import { phoneKey } from '../keys.ts';
import type { Language } from '../types.ts';

/**
 * The language that whoever has a telephone in a programme wants to be written to in. It tells nobody who that is.
 * @param phone E.164
 * @returns undefined where nobody has it, or those who share it want different ones
 */
export async function languageOfPhone(db: Db, keyRing: KeyRing, programmeId: string, phone: string): Promise<Language | undefined> {
  const wanted = await db.all<{ language: Language }>(sql`select distinct b.language from beneficiary_keys k
      join beneficiaries m on m.id = k.beneficiary_id join beneficiaries b on b.id = coalesce(m.merged_into, m.id)
      join enrolments e on e.beneficiary_id = b.id and e.programme_id = ${programmeId}
    where k.key = ${phoneKey(keyRing, phone)}::bigint and b.data_key is not null limit 2`);
  return wanted.length === 1 ? wanted[0]?.language : undefined;
}
