import { THRESHOLD } from './pool.ts';

/** What pay-outs are known of, and to how many people they can have gone. */
interface Paid {
  readonly transfers: number;
  /** People who have been told of. */
  readonly people: number;
  /** Pay-outs of the same period by kind: nobody gets one kind twice in a month. */
  readonly byKind: readonly number[];
  readonly months: number;
}

/** How many people there must be beside those who were told of: nobody is paid twice in a month with the same kind of assistance. */
export function peopleBeyond({ transfers, people, byKind, months }: Paid): number {
  const most = byKind.reduce((sum, count) => sum + Math.min(count, people * months), 0);
  const ways = byKind.filter((count) => count > 0).length;
  return Math.ceil(Math.max(0, transfers - most) / (months * Math.max(1, ways)));
}

/**
 * How many new people a report must have to count them. Pay-outs, which a fund's money tells, can say that there are some; so that they wait
 * must never say that they are under ten, nor may counting them later say that a handful came meanwhile. So those who wait may be as many as
 * pay-outs say that there are, or nine more at least: where pay-outs say eleven nobody waits, and otherwise they wait until they are twenty.
 * @param known how many people pay-outs say there are beside those who were counted
 */
export const leastToCount = (known: number): number => (known > THRESHOLD ? THRESHOLD + 1 : 2 * THRESHOLD);
