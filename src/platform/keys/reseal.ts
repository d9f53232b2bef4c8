import type { Actor } from '../actor.ts';
import { command, type Execute } from '../command.ts';
import type { Db } from '../database.ts';
import type { KeyRing } from '../key-ring.ts';
import { type Columns, isUnderMaster, nameOf, type UnderMaster } from './sealed-columns.ts';
import { hasOldAfter, lockOldAfter, replaceValues } from './store.ts';

/** How many values one command seals anew. */
export const RESEAL_BATCH = 1_000;
/** How long to wait before what others were working on is tried again, in milliseconds. */
const PAUSE_MS = 250;

interface Batch {
  readonly resealed: number;
  /** Rows whose value could not be opened. They are left as they are. */
  readonly unopened: readonly string[];
  /** The last row that was looked at; null when there was none. */
  readonly last: string | null;
}

/** Seals the next values of a column under the current version: what they say and where they stand stays the same. */
export const reseal = command<{ readonly column: UnderMaster; readonly after: string | null; readonly batch: number }, Batch>({
  name: 'keys.reseal',
  scope: () => ({}),
  async run({ tx, keyRing }, { column, after, batch }) {
    const { purpose } = column;
    const found = await lockOldAfter(tx, column, keyRing.currentVersion, after, batch);
    const values: Parameters<typeof replaceValues>[2][number][] = [];
    const unopened: string[] = [];
    for (const { id, row, sealed } of found) {
      const place = column.place(row);
      const plain = opened(keyRing, purpose, place, sealed);
      if (plain === undefined) unopened.push(id);
      else values.push({ id, sealed, anew: keyRing.seal(purpose, place, plain) });
    }
    const resealed = values.length > 0 ? await replaceValues(tx, column, values) : 0;
    const last = found.at(-1)?.id ?? null;
    return {
      result: { resealed, unopened, last },
      subject: { type: 'sealed_column', id: nameOf(column) },
      after: { version: keyRing.currentVersion, resealed, unopened, last },
    };
  },
});

function opened(keyRing: KeyRing, purpose: string, place: string, sealed: Buffer): string | undefined {
  try {
    return keyRing.open(purpose, place, sealed);
  } catch {
    return undefined;
  }
}

/** What sealing anew needs of the platform. */
export interface Rotating {
  readonly db: Db;
  readonly execute: Execute;
  readonly keyRing: KeyRing;
  readonly actor: Actor;
  /** How many values one command seals anew. */
  readonly batch?: number;
}

/** How far it is with one column. */
export interface Progress {
  /** `table.column` */
  readonly column: string;
  /** Values sealed anew so far. */
  readonly resealed: number;
  /** Rows that were left because their value does not open: damaged, or under a version that is not on the key ring. */
  readonly unopened: readonly string[];
}

/**
 * Seals everything that stands under another version than the current one anew, while the platform goes on working. Breaking it off loses
 * nothing: the next run takes up what is left. Two at once share the work.
 * @param progress is told after each batch
 * @returns what became of each column
 */
export async function rotateKeys(rotating: Rotating, { sealed }: Columns, progress: (made: Progress) => void): Promise<Progress[]> {
  const made: Progress[] = [];
  for (const column of sealed.filter(isUnderMaster)) made.push(await rotateColumn(rotating, column, progress));
  return made;
}

async function rotateColumn(rotating: Rotating, column: UnderMaster, progress: (made: Progress) => void): Promise<Progress> {
  const { db, keyRing } = rotating;
  let made: Progress = { column: nameOf(column), resealed: 0, unopened: [] };
  // One pass reaches everything but what others were just working on.
  while (await hasOldAfter(db, column, keyRing.currentVersion, null)) {
    const before = made.resealed;
    made = await onePass(rotating, column, { ...made, unopened: [] }, progress);
    if (made.resealed > before) continue;
    if (made.unopened.length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return made;
}

async function onePass(rotating: Rotating, column: UnderMaster, from: Progress, progress: (made: Progress) => void): Promise<Progress> {
  const { db, execute, keyRing, actor, batch = RESEAL_BATCH } = rotating;
  let made = from;
  for (let after: string | null = null; await hasOldAfter(db, column, keyRing.currentVersion, after); ) {
    const { resealed, unopened, last }: Batch = await execute(reseal, { column, after, batch }, { actor });
    if (last === null) break;
    after = last;
    made = { ...made, resealed: made.resealed + resealed, unopened: [...made.unopened, ...unopened] };
    progress(made);
  }
  return made;
}
