import { compare, type Model } from '../matching/index.ts';
import type { Db } from '../platform/index.ts';
import { type KnownPair, pairsAfter } from './model-store.ts';
import type { Scoring } from './scoring.ts';
import type { ModelComparison } from './types.ts';

const CHUNK = 1_000;
/** More pairs than this tell no more about a set of weights. */
const MOST_PAIRS = 50_000;

/** Scores the pairs of a programme with the weights in use and with others. */
export async function compareModels(db: Db, { programmeId, profiles, setting }: Scoring, model: Model): Promise<ModelComparison> {
  const moves = new Map<string, ModelComparison['moves'][number]>();
  const decided = { pairs: 0, rightBefore: 0, rightAfter: 0 };
  let pairs = 0;
  for (let after: KnownPair | null = null; pairs < MOST_PAIRS; ) {
    const chunk: KnownPair[] = await pairsAfter(db, programmeId, false, after, CHUNK);
    const people = await profiles.of(db, programmeId, [...new Set(chunk.flatMap(({ firstId, secondId }) => [firstId, secondId]))]);
    for (const { firstId, secondId, state } of chunk) {
      const [first, second] = [people.get(firstId), people.get(secondId)];
      if (!first || !second) continue;
      const before = compare(first, second, setting);
      const now = compare(first, second, { ...setting, model });
      const key = `${before.decision}/${now.decision}`;
      moves.set(key, { from: before.decision, to: now.decision, pairs: (moves.get(key)?.pairs ?? 0) + 1 });
      pairs += 1;
      if (state !== 'same_person' && state !== 'different_people') continue;
      const isRight = (probability: number) => Number(probability >= 0.5 === (state === 'same_person'));
      decided.pairs += 1;
      decided.rightBefore += isRight(before.probability);
      decided.rightAfter += isRight(now.probability);
    }
    after = chunk.at(-1) ?? null;
    if (chunk.length < CHUNK) break;
  }
  return { withVersion: setting.modelVersion, pairs, moves: [...moves.values()], decided };
}
