import type { Db } from '../../platform/index.ts';
import { idAt, sealId } from '../records/rules.ts';
import { digestBetween, lastOfNext, lostSeals, misseenAlerts, type NamedSeal, sealsAfter } from '../records/store.ts';
import { type RecordTable, recordTables } from '../records/types.ts';
import { type Finding, finding, type TrailFinding } from './findings.ts';

/** How long a row may wait for its seal before that is worth saying. */
const PATIENCE_MS = 24 * 3_600_000;
const PAGE = 500;

/**
 * Recomputes what was sealed of who looked, and of alerts: every seal against its rows and against the event that names it. It reads the rows of one
 * seal after another. Whether those events are what was sealed, {@link verifyTrail} says.
 * @returns how many rows are under a seal
 */
export async function* verifyRecords(db: Db, now: Date): AsyncGenerator<Finding<TrailFinding>, { readonly records: number }> {
  let sealed = 0;
  for (const records of recordTables) sealed += yield* verifyTable(db, records, now);
  for (const id of await lostSeals(db)) yield finding('seal_missing', 'record_seal', id, 'an event of the trail names it, and it is gone');
  for (const id of await misseenAlerts(db))
    yield finding('alert_changed', 'alert', id, 'who has seen to it is not who did by a command, or nobody is');
  return { records: sealed };
}

async function* verifyTable(db: Db, records: RecordTable, now: Date): AsyncGenerator<Finding<TrailFinding>, number> {
  let [sealed, number, after] = [0, 0, null as string | null];
  for (let page = await sealsAfter(db, records, number, PAGE); page.length > 0; page = await sealsAfter(db, records, number, PAGE)) {
    for (const seal of page) {
      yield* faultsOf(seal, number, after);
      yield* await changesUnder(db, seal);
      [number, after] = [seal.number, seal.upTo];
      sealed += seal.rows;
    }
  }
  if (await lastOfNext(db, records, after, idAt(new Date(now.getTime() - PATIENCE_MS)), 1)) {
    yield finding('records_unsealed', records, after ?? 'all', 'rows that came after it were not sealed in their time');
  }
  return sealed;
}

/** What is wrong with a seal itself. @param number, after of the one before it */
function* faultsOf(seal: NamedSeal, number: number, after: string | null): Generator<Finding<TrailFinding>> {
  const { id, records, isNamed } = seal;
  if (id !== sealId(seal)) yield finding('seal_changed', 'record_seal', id, 'it says something else than it did');
  else if (!isNamed) yield finding('seal_changed', 'record_seal', id, 'no event of the trail names it');
  if (seal.number !== number + 1 || seal.after !== after)
    yield finding('seal_missing', 'record_seal', `${records}/${seal.number}`, 'it does not go on where the one before it ends');
}

async function changesUnder(db: Db, { records, number, after, upTo, rows, digest }: NamedSeal): Promise<Finding<TrailFinding>[]> {
  const now = await digestBetween(db, records, after, upTo);
  const kind = now.rows < rows ? 'records_missing' : now.rows > rows ? 'records_added' : 'records_changed';
  const detail = `of the ${rows} rows from ${after ?? 'the beginning'} to ${upTo} ${now.rows} are there`;
  return now.rows === rows && now.digest.equals(digest) ? [] : [finding(kind, records, number, detail)];
}
