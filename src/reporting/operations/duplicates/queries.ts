import { headOf, type ViewFrame } from '../frame.ts';
import type { Narrowed, View } from '../types.ts';
import { decisionsByDay, openPairs } from './store.ts';
import type { DecisionsRow, DuplicatesRow } from './types.ts';

/** Who waits for somebody to decide whether two records are one person. */
export const duplicateQueue = async (frame: ViewFrame): Promise<View<DuplicatesRow> & { peopleHeld: number }> => ({
  ...headOf(frame),
  ...(await openPairs(frame)),
});

/** What was decided, day by day. */
export const duplicateDecisions = async (frame: ViewFrame, days: Narrowed): Promise<View<DecisionsRow>> => ({
  ...headOf(frame),
  rows: await decisionsByDay(frame, days),
});
