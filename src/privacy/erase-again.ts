import { system } from '../access/index.ts';
import { type Execute, Problem, shownPlaces } from '../platform/index.ts';
import { eraseAgain } from './erasure-commands.ts';
import { readJournal } from './journal.ts';

/** What became of a journal that was applied again. */
export interface ErasedAgain {
  readonly lines: number;
  readonly erased: number;
  /** What stands in the way, by erasure. */
  readonly refused: readonly { readonly erasureId: string; readonly reasons: readonly string[] }[];
}

/** Applies the journal to a database that was restored from a backup: whoever is in it and was erased since is erased again. */
export async function applyJournal(execute: Execute, file: string): Promise<ErasedAgain> {
  const lines = await readJournal(file);
  let erased = 0;
  const refused: ErasedAgain['refused'][number][] = [];
  for (const { erasureId, records, ground } of lines) {
    try {
      erased += (await execute(eraseAgain, { records, ground }, { actor: system })).erased;
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'erasure_refused') throw error;
      refused.push({ erasureId, reasons: shownPlaces(error.places).map(({ detail }) => detail) });
    }
  }
  return { lines: lines.length, erased, refused };
}
