import { command } from '../../../platform/index.ts';
import { foldChanges, rebuildFigures } from './store.ts';

/** So many changes are added at once: what waits is taken in many short transactions. */
const FOLDED_AT_ONCE = 20_000;

/** Adds what has changed to the figures that are kept. @returns whether more waits */
export const foldOperations = command<Record<string, never>, boolean>({
  name: 'operations.fold',
  scope: () => ({}),
  async run({ tx, now }) {
    const folded = await foldChanges(tx, FOLDED_AT_ONCE, now);
    return { result: folded === FOLDED_AT_ONCE, subject: { type: 'operations', id: 'all' }, after: { folded } };
  },
});

/** Forgets the figures that are kept of a programme and counts them anew, from nothing but what they are of. */
export const rebuildOperations = command<{ programmeId: string }, { kept: number }>({
  name: 'operations.rebuild',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx }, { programmeId }) {
    const kept = await rebuildFigures(tx, programmeId);
    return { result: { kept }, subject: { type: 'programme', id: programmeId }, after: { kept } };
  },
});
