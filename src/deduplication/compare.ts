import type { Comparison, DuplicateCheck } from '../beneficiaries/index.ts';
import type { CommandContext, Db } from '../platform/index.ts';
import { blocksEnrolment, latecomers, scoreOf } from './rules.ts';
import { blockedAmong, candidatesFor, heldAmong, openPairs } from './store.ts';

/**
 * Compares people with everybody in their programme: candidates, then a score for each, then the pairs that are worth a look.
 * Whoever brings the people in holds the locks of their indexes, so that two at once do not miss each other.
 */
export async function compareBeneficiaries(
  { tx, now }: CommandContext,
  programmeId: string,
  beneficiaryIds: readonly string[],
): Promise<Comparison> {
  const candidates = await candidatesFor(tx, programmeId, beneficiaryIds);
  const pairs = candidates.flatMap((candidate) => scoreOf(candidate) ?? []);
  await openPairs(tx, programmeId, pairs, now);
  const late = latecomers(pairs, new Set(beneficiaryIds));
  const held = await heldAmong(tx, programmeId, [...late]);
  return { blocked: latecomers(pairs.filter(blocksEnrolment), new Set(beneficiaryIds)), held };
}

/** What enrolment asks of this room. */
export const duplicateCheck: DuplicateCheck = { compare: compareBeneficiaries, blocked: blockedAmong };

/** Those of these people who may not be on a released list until a person has decided a pair that scores the programme's hold threshold or more. */
export const heldBeneficiaries = (db: Db, programmeId: string, beneficiaryIds: readonly string[]): Promise<Set<string>> =>
  heldAmong(db, programmeId, beneficiaryIds);
