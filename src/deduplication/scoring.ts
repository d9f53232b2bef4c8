import { compare, type Profile } from '../matching/index.ts';
import type { Db, KeyRing } from '../platform/index.ts';
import { candidatesOf, type Seeker } from './candidates.ts';
import type { Profiles } from './profiles.ts';
import { blocksEnrolment, inOrder } from './rules.ts';
import type { ProgrammeSetting } from './setting.ts';
import type { ScoredPair } from './types.ts';

/** The key of a pair in maps and sets. */
export const pairKey = (firstId: string, secondId: string): string => `${firstId}/${secondId}`;

/** People who count as if they were entered. */
export interface Unentered {
  /** Of the rehearsal under which their keys are kept. */
  readonly id: string;
  /** @returns the profiles of those of these people who are among them, by person */
  of(db: Db, ids: readonly string[]): Promise<Map<string, Profile>>;
}

export interface Scoring {
  readonly programmeId: string;
  readonly profiles: Profiles;
  readonly keyRing: KeyRing;
  readonly setting: ProgrammeSetting;
  readonly rehearsed?: Unentered;
}

/**
 * Compares people with everybody in their programme who shares a key with them.
 * @param seekers the people, with their profiles
 * @param standing pairs that are known and undecided: they are scored again, whatever is left of what they had in common
 * @returns the pairs that are likely enough for a person to look at, those who share a document, and those that stand
 */
export async function scoredPairs(
  db: Db,
  { programmeId, profiles, keyRing, setting, rehearsed }: Scoring,
  seekers: readonly Seeker[],
  standing: readonly (readonly [firstId: string, secondId: string])[],
): Promise<ScoredPair[]> {
  const own = new Map(seekers.map(({ id, profile }) => [id, profile]));
  const pairs = new Map(standing.map(([firstId, secondId]) => [pairKey(firstId, secondId), { firstId, secondId, stands: true }]));
  for (const [id, found] of await candidatesOf(db, keyRing, programmeId, seekers, rehearsed?.id)) {
    for (const other of found) {
      const [firstId, secondId] = inOrder(id, other);
      const key = pairKey(firstId, secondId);
      if (!pairs.has(key)) pairs.set(key, { firstId, secondId, stands: false });
    }
  }
  const others = [...new Set([...pairs.values()].flatMap(({ firstId, secondId }) => [firstId, secondId]).filter((id) => !own.has(id)))];
  const theirs = await profiles.of(db, programmeId, others);
  const unentered = await rehearsed?.of(
    db,
    others.filter((id) => !theirs.has(id)),
  );
  const profileOf = (id: string): Profile | undefined => own.get(id) ?? theirs.get(id) ?? unentered?.get(id);
  const scored: ScoredPair[] = [];
  for (const { firstId, secondId, stands } of pairs.values()) {
    const [first, second] = [profileOf(firstId), profileOf(secondId)];
    if (!first || !second) continue;
    const { probability, decision, evidence } = compare(first, second, setting);
    if (stands || decision !== 'different' || blocksEnrolment({ evidence })) scored.push({ firstId, secondId, probability, evidence });
  }
  return scored;
}
