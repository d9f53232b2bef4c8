import { beginAgainOn, command } from '../../platform/index.ts';
import { idAt, SETTLED_MS, sealId } from './rules.ts';
import { digestBetween, insertSeal, lastOfNext, lastSeal } from './store.ts';
import type { RecordTable } from './types.ts';

/** Rows that one seal takes in at most. */
export const BATCH = 5_000;

/**
 * Seals the next rows of a table that are old enough: their digest is kept, and the event of this command, a leaf of the trail like any other, names
 * it. From then on no row of them is changed, removed or added unseen.
 * @returns whether there may be more
 */
export const sealRecords = command<{ readonly records: RecordTable }, boolean>({
  name: 'audit.seal_records',
  scope: () => ({}),
  async run({ tx, now }, { records }) {
    const last = await lastSeal(tx, records);
    const after = last?.upTo ?? null;
    const upTo = await lastOfNext(tx, records, after, idAt(new Date(now.getTime() - SETTLED_MS)), BATCH);
    if (upTo === undefined) return { result: false, subject: { type: 'records', id: records } };
    const said = { records, number: (last?.number ?? 0) + 1, after, upTo, ...(await digestBetween(tx, records, after, upTo)) };
    const seal = { id: sealId(said), ...said };
    await insertSeal(tx, seal, now).catch(beginAgainOn(['record_seals_once', 'record_seals_in_order'], 'somebody else has sealed them'));
    return { result: seal.rows === BATCH, subject: { type: 'record_seal', id: seal.id }, after: { rows: seal.rows } };
  },
});
