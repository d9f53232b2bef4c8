import { heldFromSource } from '../deduplication/index.ts';
import { defineProblems, type Said, type Tx } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import type { StoredFile } from './file-store.ts';
import { LOOKED_AT_FIRST, rowsTelling, tooManyDuplicates } from './rules.ts';
import { say } from './words.ts';

const { too_many_duplicates } = defineProblems({
  too_many_duplicates: [
    409,
    'More of the file are duplicates than the programme accepts',
    'Le fichier a plus de doublons que le programme n’en accepte',
    'في الملف من المكررات أكثر مما يقبله البرنامج',
  ],
});

const check: Said = { en: 'check it again', fr: 'vérifiez-le de nouveau', ar: 'افحصه من جديد' };
const run: Said = { en: 'run it again', fr: 'relancez-le', ar: 'شغّله من جديد' };

/**
 * Counts, before a run begins or goes on, how many of the rows behind it are duplicates. People who were entered count while an undecided
 * pair holds them, so a file that has stopped may go on once enough pairs are decided or the limit is higher.
 * @returns how many duplicates there are among the rows that were compared
 * @throws too_many_duplicates saying how many of how many, and what to do
 */
export async function duplicatesWithinLimit(tx: Tx, { file, comparedRows, checkedBasis }: StoredFile): Promise<number> {
  const { id, state, findings, totalRows, doneRows, duplicateRows } = file;
  const { duplicateLimit: limit } = (await programmeById(tx, file.programmeId)).programme;
  const refuse = (whatToDo: 'duplicates_to_correct' | 'duplicates_to_decide', then: Said, duplicates: number, rows: number) =>
    too_many_duplicates(say(whatToDo, { rows, duplicates, limit: Number(limit), then }), { duplicates, rows, limit });
  const found = findings?.overLimit;
  if (state === 'checked' && found) throw refuse('duplicates_to_correct', check, found.duplicates, found.rows);
  if (state !== 'stopped') return duplicateRows;
  if (doneRows === 0 && found && tooManyDuplicates(found.duplicates, Math.min(totalRows, LOOKED_AT_FIRST), limit))
    throw refuse('duplicates_to_correct', run, found.duplicates, found.rows);
  const held = await heldFromSource(tx, id, comparedRows);
  if (tooManyDuplicates(held, rowsTelling(checkedBasis !== null, totalRows, comparedRows), limit))
    throw refuse('duplicates_to_decide', run, held, comparedRows);
  return held;
}
