import { heldFromSource } from '../deduplication/index.ts';
import { defineProblems, type Tx } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import type { StoredFile } from './file-store.ts';
import { tooManyDuplicates } from './rules.ts';

const { too_many_duplicates } = defineProblems({
  too_many_duplicates: [409, 'More of the file are duplicates than the programme accepts'],
});

const CORRECT = 'Take the repeated rows out and send the file again, or have the limit of the programme raised; then';
const DECIDE = 'Decide on the pairs that hold its people, or have the limit of the programme raised; then';

/**
 * Counts, before a run begins or goes on, how many of the rows behind it are duplicates. People who were entered count while an undecided
 * pair holds them, so a file that has stopped may go on once enough pairs are decided or the limit is higher.
 * @returns how many duplicates there are among the rows that were compared
 * @throws too_many_duplicates saying how many of how many, and what to do
 */
export async function duplicatesWithinLimit(tx: Tx, { file, comparedRows }: StoredFile): Promise<number> {
  const { id, state, findings, doneRows, duplicateRows } = file;
  const { duplicateLimit: limit } = (await programmeById(tx, file.programmeId)).programme;
  const refuse = (duplicates: number, rows: number, whatToDo: string) =>
    too_many_duplicates(
      `Of ${rows} rows ${duplicates} may be duplicates, and the programme accepts a share of ${Number(limit)}. ${whatToDo}`,
      { duplicates, rows, limit },
    );
  const found = findings?.overLimit;
  if (state === 'checked' && found) throw refuse(found.duplicates, found.rows, `${CORRECT} check it again.`);
  if (state !== 'stopped') return duplicateRows;
  if (doneRows === 0 && found && tooManyDuplicates(found.duplicates, found.rows, limit))
    throw refuse(found.duplicates, found.rows, `${CORRECT} run it again.`);
  const held = await heldFromSource(tx, id, comparedRows);
  if (tooManyDuplicates(held, comparedRows, limit)) throw refuse(held, comparedRows, `${DECIDE} run it again.`);
  return held;
}
