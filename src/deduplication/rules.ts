import type { Evidence } from '../matching/index.ts';
import type { ScoredPair } from './types.ts';

/** Fields and levels as one text, the same for pairs that agree in the same way whoever the people are. */
export const patternOf = (evidence: readonly Evidence[]): string => evidence.map(({ field, level }) => `${field}:${level}`).join(' ');

/** Whether a pair keeps the later of the two from being enrolled until a person decides: the same number of the same country. */
export const blocksEnrolment = ({ evidence }: Pick<ScoredPair, 'evidence'>): boolean =>
  evidence.some(({ field, level }) => field === 'document' && level === 'same');

/** Whether a pair, once it is opened, keeps the later of the two from being paid. @param holdThreshold of the programme, as decimal text */
export const wouldHold = (pair: Pick<ScoredPair, 'probability' | 'evidence'>, holdThreshold: string): boolean =>
  Number(scoreText(pair.probability)) >= Number(holdThreshold) || blocksEnrolment(pair);

/** A probability as it is stored: more digits would say nothing. */
export const scoreText = (probability: number): string => probability.toFixed(6);

/** Two identifiers in the order in which a pair has them. */
export const inOrder = (one: string, other: string): readonly [first: string, second: string] =>
  one < other ? [one, other] : [other, one];
