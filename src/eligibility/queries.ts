import { authoriseRead } from '../access/index.ts';
import { openNote } from '../beneficiaries/index.ts';
import {
  type Actor,
  cursorKey,
  type Db,
  type KeyRing,
  type Page,
  pageOf,
  pageRequest,
  pageRequestById,
  problem,
  type Scope,
} from '../platform/index.ts';
import { outcomeOf } from './rules.ts';
import { assessmentsOf, findScorecard, pageOfScorecards } from './store.ts';
import type { Assessment, AssessmentLine, Scorecard } from './types.ts';

/** Where the lines of an assessment are sealed to. */
export const linesPlace = (scorecardId: string): string => `assessments/${scorecardId}`;

/** @throws not_found */
export async function scorecardById(db: Db, id: string): Promise<Scorecard> {
  const scorecard = await findScorecard(db, id);
  if (!scorecard) throw problem.not_found('There is no such record.');
  return scorecard;
}

/** Where a scorecard belongs. @throws not_found */
export const scorecardScope = async (db: Db, id: string): Promise<Scope> => ({ programme: (await scorecardById(db, id)).programmeId });

/** The scorecards of a programme, the latest first. */
export async function listScorecards(
  db: Db,
  actor: Actor,
  programmeId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<Scorecard>> {
  authoriseRead(actor, 'eligibility.read', { programme: programmeId });
  const before = cursorKey(query.cursor);
  if (before !== undefined && !/^\d{1,9}$/.test(before)) throw problem.invalid_request('Send a cursor as "nextCursor" gave it.');
  return pageOfScorecards(db, programmeId, pageRequest(query).limit, before === undefined ? undefined : Number(before));
}

/** One person's assessment. The lines of somebody who was erased cannot be read any more. */
export interface ShownAssessment extends Assessment {
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly assessedAt: string;
}

/** Who qualifies under a scorecard and why. @throws not_found */
export async function listAssessments(
  db: Db,
  keyRing: KeyRing,
  actor: Actor,
  scorecardId: string,
  query: { limit?: number; cursor?: string },
): Promise<Page<ShownAssessment>> {
  authoriseRead(actor, 'eligibility.read');
  authoriseRead(actor, 'eligibility.read', await scorecardScope(db, scorecardId));
  const { limit, after } = pageRequestById(query);
  const { items, nextCursor } = pageOf(await assessmentsOf(db, scorecardId, limit, after), limit, ({ beneficiaryId }) => beneficiaryId);
  return {
    items: items.map(({ beneficiaryId, registrationNumber, dataKey, isEligible, score, lines: sealed, assessedAt }) => {
      const lines = dataKey ? (openNote(keyRing, beneficiaryId, dataKey, linesPlace(scorecardId), sealed) as AssessmentLine[]) : [];
      return {
        beneficiaryId,
        registrationNumber,
        outcome: outcomeOf(isEligible, lines),
        score,
        lines,
        assessedAt: assessedAt.toISOString(),
      };
    }),
    nextCursor,
  };
}
