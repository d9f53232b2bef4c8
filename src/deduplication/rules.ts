import type { CandidatePair, Evidence, ScoredPair } from './types.ts';

const same = (field: Evidence['field'], weight: string): Evidence => ({ field, level: 'same', weight });

/**
 * How likely two people are one, and why.
 * @returns null when what they share is what a family shares
 */
export function scoreOf({ firstId, secondId, sameDocument, samePhone, sameBirth, sameHousehold }: CandidatePair): ScoredPair | null {
  const pair = { firstId, secondId };
  const beside = [...(samePhone ? [same('phone', '0.00')] : []), ...(sameBirth ? [same('birth', '0.00')] : [])];
  if (sameDocument) return { ...pair, score: '1.00', evidence: [same('document', '1.00'), ...beside] };
  if (samePhone && sameBirth) return { ...pair, score: '0.90', evidence: [same('phone', '0.40'), same('birth', '0.50')] };
  if (!samePhone || sameHousehold) return null;
  return { ...pair, score: '0.40', evidence: [same('phone', '0.40'), { field: 'household', level: 'different', weight: '0.00' }] };
}

/** Whether a pair keeps the later of the two from being enrolled until a person decides. */
export const blocksEnrolment = ({ evidence }: Pick<ScoredPair, 'evidence'>): boolean =>
  evidence.some(({ field, level }) => field === 'document' && level === 'same');

/**
 * Those among new people who come second in one of these pairs: to somebody who was there before, or to somebody ahead of them.
 */
export function latecomers(pairs: readonly Pick<ScoredPair, 'firstId' | 'secondId'>[], newIds: ReadonlySet<string>): Set<string> {
  return new Set(pairs.map(({ firstId, secondId }) => (newIds.has(secondId) ? secondId : firstId)));
}

const words: Readonly<Record<`${Evidence['field']}/${Evidence['level']}`, string>> = {
  'document/same': 'They hold the same document of the same country.',
  'document/different': 'They hold different documents.',
  'phone/same': 'They have the same telephone number.',
  'phone/different': 'They have different telephone numbers.',
  'birth/same': 'They were born on the same day.',
  'birth/different': 'They were born on different days.',
  'household/same': 'They live in the same household.',
  'household/different': 'They live in different households.',
};

/** Evidence in words. */
export const inWords = ({ field, level }: Evidence): string => words[`${field}/${level}`];
