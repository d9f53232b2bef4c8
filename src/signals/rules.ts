import type { ProblemPlace } from '../platform/index.ts';
import type { Found, NewThreshold, Signal, Threshold } from './types.ts';

const stated = (name: 'factor' | 'opens' | 'closes', given: string | null, known: string | null): ProblemPlace[] => {
  if ((given === null) === (known === null)) return [];
  return [
    { pointer: `/${name}`, detail: known === null ? 'Signals of this kind go by none. Send null.' : 'Signals of this kind go by one.' },
  ];
};

/** What is wrong with figures that are to be set. @param now those that hold, which say what the kind goes by */
export function thresholdFaults({ factor, opens, closes }: NewThreshold, now: Threshold): ProblemPlace[] {
  const faults = [...stated('factor', factor, now.factor), ...stated('opens', opens, now.opens), ...stated('closes', closes, now.closes)];
  if (opens !== null && closes !== null && closes <= opens) faults.push({ pointer: '/closes', detail: `Later than ${opens}.` });
  if (factor !== null && !(Number(factor) > 0 && Number(factor) <= 100))
    faults.push({ pointer: '/factor', detail: 'Above 0, and 100 at most.' });
  return faults;
}

/** What of a finding counts now. */
interface Counting {
  readonly found: Found;
  readonly items: readonly string[];
  /** Whether what was judged is left out of it. */
  readonly isFollowing: boolean;
}

/**
 * Which of the findings of one key counts, the largest by what is new; undefined when nothing is new, or who is judging would come to be concerned.
 * @param found all of one key
 * @param newest the newest signal of it
 * @param judged what has counted in one that was judged; undefined where none was, or was kept
 */
export function whatCounts(
  found: readonly Found[],
  newest: { readonly round: number; readonly state: Signal['state']; readonly count: number; readonly ownerId: string | null } | undefined,
  judged: ReadonlySet<string> | undefined,
): Counting | undefined {
  const isJudged = newest?.state === 'dismissed' || newest?.state === 'confirmed';
  const isFollowing = isJudged || (newest !== undefined && newest.round > 1);
  if (isFollowing && !judged) return undefined;
  const counting = found.map((one) => ({ found: one, items: one.items.filter((item) => !judged?.has(item)), isFollowing }));
  const [best] = counting.sort((a, b) => b.items.length - a.items.length);
  const grownFrom = newest && !isJudged ? newest.count : 0;
  if (!best || best.items.length <= grownFrom) return undefined;
  return !isJudged && newest?.ownerId && best.found.concerns.includes(newest.ownerId) ? undefined : best;
}
