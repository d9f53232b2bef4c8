import { headOf, type ViewFrame } from '../frame.ts';
import type { Narrowed, View } from '../types.ts';
import { funnelOf } from './rules.ts';
import { funnelFacts, peopleMissingSince } from './store.ts';
import type { FunnelRow } from './types.ts';

/** How far people and payments of a programme have come. */
export async function funnel(frame: ViewFrame, narrowed: Narrowed): Promise<View<FunnelRow> & { peopleAsOf: string | null }> {
  const withPeople = [narrowed.listId, narrowed.fundId, narrowed.from, narrowed.to].every((value) => value === undefined);
  // Asked first: what is counted afterwards is no older.
  const missingSince = withPeople ? await peopleMissingSince(frame.db) : null;
  const facts = await funnelFacts(frame.db, frame.programmeId, narrowed, withPeople);
  return {
    ...headOf(frame),
    peopleAsOf: withPeople ? (missingSince ?? frame.now).toISOString() : null,
    rows: funnelOf(facts, frame.currency, withPeople),
  };
}
