import { type Db, type KeyRing, sql } from '../platform/index.ts';
import { consentsOf, type KeptConsent } from './consent-store.ts';
import { changePlace } from './person-changes.ts';
import { openNote, openPerson, personalFields } from './sealing.ts';
import { type BeneficiaryRow, findBeneficiary } from './store.ts';
import type { Personal } from './types.ts';

/** A change of one field, as a person is told of it. */
export interface OwnChange {
  readonly changedAt: Date;
  readonly reason: string;
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Everything that this room holds of one record of a person. */
export interface OwnRecord {
  readonly row: BeneficiaryRow;
  /** Null once they were erased. */
  readonly personal: Personal | null;
  readonly consents: readonly KeptConsent[];
  readonly changes: readonly OwnChange[];
}

/** Each consent a person gave is one row, and there are few; a limit only guards the machine. */
const MOST = 1_000;

/** Opens all records of a person, the one that goes on first. @param ids as they stand for one another */
export async function ownRecords(db: Db, keyRing: KeyRing, ids: readonly string[]): Promise<OwnRecord[]> {
  const records: OwnRecord[] = [];
  for (const id of ids) {
    const row = await findBeneficiary(db, id);
    if (!row) continue;
    records.push({
      row,
      personal: openPerson(keyRing, id, row, personalFields),
      consents: await consentsOf(db, keyRing, row, MOST),
      changes: row.data_key ? await changesOf(db, keyRing, id, row.data_key) : [],
    });
  }
  return records;
}

async function changesOf(db: Db, keyRing: KeyRing, id: string, dataKey: Buffer): Promise<OwnChange[]> {
  const rows = await db.all<{ version: number; change: Buffer; reason: string; changedAt: Date }>(sql`
    select version, change, reason, changed_at as "changedAt" from beneficiary_changes where beneficiary_id = ${id} order by version limit ${MOST}`);
  return rows.flatMap(({ version, change, reason, changedAt }) => {
    const fields = openNote(keyRing, id, dataKey, changePlace(version), change) as Record<string, { before: unknown; after: unknown }>;
    return Object.entries(fields).map(([field, { before, after }]) => ({ changedAt, reason, field, before, after }));
  });
}

/** The ids of all records of a person, the one that goes on first; none when there is no such record. */
export async function allRecordsOf(db: Db, id: string): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`select r.id from beneficiaries b
    join beneficiaries r on r.id = coalesce(b.merged_into, b.id) or r.merged_into = coalesce(b.merged_into, b.id)
    where b.id = ${id} order by r.merged_into is not null, r.id`);
  return rows.map((row) => row.id);
}
