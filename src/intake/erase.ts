import type { PersonRecord } from '../beneficiaries/index.ts';
import { type KeyRing, sql, type Tx } from '../platform/index.ts';
import { openRows, resealRows } from './chunks.ts';
import type { StoredChunk } from './row-store.ts';

/**
 * Lets go of what this room holds of people who have been erased: the rows that they came in, which submission was theirs, and what a partner
 * wrote of them. That a submission or a partner's reference was used stays, so that neither brings them back.
 */
export async function eraseFromIntake(tx: Tx, keyRing: KeyRing, records: readonly PersonRecord[]): Promise<void> {
  const ids = records.map(({ id }) => id);
  await tx.run(sql`update intake_keys set beneficiary_id = null, who = null where beneficiary_id = any(${ids}::uuid[])`);
  await tx.run(sql`update referrals set content_index = uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    where beneficiary_id = any(${ids}::uuid[])`);
  const rowsByFile = new Map<string, number[]>();
  for (const { sourceId, sourceRow } of records) {
    if (sourceId && sourceRow) rowsByFile.set(sourceId, [...(rowsByFile.get(sourceId) ?? []), sourceRow]);
  }
  for (const [fileId, rows] of rowsByFile) await blankRows(tx, keyRing, fileId, rows);
}

/** Empties rows of a file and seals the rest of their chunks anew. @param rows counted from 1; those of a file that was emptied are gone already */
async function blankRows(tx: Tx, keyRing: KeyRing, fileId: string, rows: readonly number[]): Promise<void> {
  const chunks = await tx.all<Omit<StoredChunk, 'fileRows'>>(sql`select c.number, c.first_row as "firstRow", c.rows, f.data_key as "dataKey"
    from registration_chunks c join registration_files f on f.id = c.file_id where c.file_id = ${fileId} and f.data_key is not null
    and exists (select from unnest(${rows}::int[]) as r (row) where r.row >= c.first_row and r.row < c.first_row + c.row_count)
    order by c.number for update`);
  for (const chunk of chunks) {
    const { number, firstRow } = chunk;
    const blanked = openRows(keyRing, fileId, chunk).map((row, i) => (rows.includes(firstRow + i) ? row.map(() => '') : row));
    await tx.run(sql`update registration_chunks set rows = ${resealRows(keyRing, fileId, chunk, blanked)}
      where file_id = ${fileId} and number = ${number}`);
  }
}
