/** What is told of fewer people than this would tell of each. */
export const LEAST = 10;

/** What is counted in one group: how many people there are, and how many of them said something. */
type Measures = readonly number[];

/**
 * Which of the groups that people are told apart by may be told beside what is told of all of them.
 *
 * A group is hidden when anything counted in it is under ten. What is told of all, less what is told of the others, gives back the hidden ones
 * together, a mean as well as a number. Everybody knows besides that there is somebody in each. So of `h` hidden groups at least `9 + h` have to be
 * left by every count, and until that is so the smallest group that is told joins them.
 * @param groups the same measures in each
 * @param isKept whether a group is left out for another reason
 * @returns whether each may be told
 */
export function toldBeside(groups: readonly Measures[], isKept: (i: number) => boolean = () => false): boolean[] {
  const measures = (groups[0] ?? []).map((_, m) => m);
  const hidden = new Set(groups.flatMap((group, i) => (group.every((count) => count >= LEAST) && !isKept(i) ? [] : [i])));
  const left = (m: number): number => [...hidden].reduce((sum, i) => sum + (groups[i]?.[m] ?? 0), 0);
  const bySize = groups.map((group, i) => ({ i, least: Math.min(...group) })).sort((a, b) => a.least - b.least || a.i - b.i);
  while (hidden.size > 0 && measures.some((m) => left(m) < LEAST - 1 + hidden.size)) {
    const next = bySize.find(({ i }) => !hidden.has(i));
    if (!next) break;
    hidden.add(next.i);
  }
  return groups.map((_, i) => !hidden.has(i));
}
