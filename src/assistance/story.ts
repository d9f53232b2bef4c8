import { type Db, sql } from '../platform/index.ts';

/** The tranches and the sheets of attendance that these records have a part in, by what the trail knows them by. */
export const assistanceInStory = async (db: Db, recordIds: readonly string[]): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select d.id from entitlements t join tranche_draws d on d.entitlement_id = t.id where t.beneficiary_id = any(${recordIds}::uuid[])
      union select sheet_id from attendance where beneficiary_id = any(${recordIds}::uuid[])`)
  ).map(({ id }) => id);
