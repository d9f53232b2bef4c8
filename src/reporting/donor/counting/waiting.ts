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
 * must never say that they are under ten. They wait until they are twenty, or as many as pay-outs say that there are, or could be at most:
 * eleven at least, so that those who wait may always be ten. Nor may counting them say that a handful came since others were left to wait:
 * they are always ten more than pay-outs say of those, so that ten may have come.
 * @param known how many people pay-outs say there are beside those who were counted
 * @param possible how many could be new, if all that was paid with one kind of assistance went to them
 * @param waited how many pay-outs said there were when others were left to wait for them
 */
export function leastToCount(known: number, possible: number, waited: number): number {
  const bounds = [known, possible].filter((bound) => bound > THRESHOLD);
  return Math.max(waited + THRESHOLD, Math.min(2 * THRESHOLD, ...(bounds[0] === undefined ? [] : [bounds[0]])));
}
