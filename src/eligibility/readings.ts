import { beneficiaryScope, type Language } from '../beneficiaries/index.ts';
import { command, type KeyRing, type Page, pageOf, pageRequest, pageRequestById, problem } from '../platform/index.ts';
import { openFindings } from './assess.ts';
import {
  type AssessmentFilter,
  assessmentsOf,
  currentAssessments,
  dataKeyOf,
  type ListedAssessment,
  type StoredAssessment,
} from './assessment-store.ts';
import { explain, type ShownTier, type Sum, shownTier } from './explain.ts';
import { numberIn, scorecardById, scorecardScope } from './queries.ts';
import type { Outcome, Scorecard } from './types.ts';

// Reading what was found of people leaves a trace in the trail, so these reads are commands.

interface ListQuery {
  readonly limit?: number;
  readonly cursor?: string;
}

/** Where somebody stands under a scorecard, without the reasons. */
export type AssessmentLine = Omit<ListedAssessment, 'assessedAt'> & { readonly assessedAt: string };

/** Where everybody stands under a scorecard. @throws not_found */
export const listAssessments = command<{ scorecardId: string; query: ListQuery & AssessmentFilter }, Page<AssessmentLine>>({
  name: 'eligibility.read',
  scope: (db, { scorecardId }) => scorecardScope(db, scorecardId),
  async run({ tx }, { scorecardId, query }) {
    const { limit, after } = pageRequestById(query);
    const rows = await currentAssessments(tx, scorecardId, query, limit, after);
    const { items, nextCursor } = pageOf(rows, limit, ({ beneficiaryId }) => beneficiaryId);
    return {
      result: { items: items.map((item) => ({ ...item, assessedAt: item.assessedAt.toISOString() })), nextCursor },
      subject: { type: 'assessments_of_scorecard', id: scorecardId },
      after: items.map(({ beneficiaryId }) => beneficiaryId),
    };
  },
});

/** One assessment as a sum that can be done again. The lines of somebody who was erased cannot be read any more. */
export interface ShownAssessment extends Sum {
  readonly scorecardId: string;
  readonly scorecardVersion: number;
  readonly number: number;
  readonly outcome: Outcome;
  readonly score: number;
  readonly threshold: number;
  readonly tier: ShownTier | null;
  readonly assessedAt: string;
}

/** Puts an assessment in words. @param dataKey of the person, null once they were erased */
export function shown(
  keyRing: KeyRing,
  { id, version, definition }: Scorecard,
  beneficiaryId: string,
  dataKey: Buffer | null,
  stored: StoredAssessment,
  language: Language,
): ShownAssessment {
  const { number, outcome, score, tier, assessedAt } = stored;
  const sum = dataKey
    ? explain(definition, openFindings(keyRing, id, beneficiaryId, dataKey, stored), language)
    : { lines: [], groups: [] };
  return {
    scorecardId: id,
    scorecardVersion: version,
    number,
    outcome,
    score,
    threshold: definition.threshold,
    tier: shownTier(definition, tier, language),
    ...sum,
    assessedAt: assessedAt.toISOString(),
  };
}

interface PersonQuery extends ListQuery {
  readonly scorecardId: string;
  readonly language?: Language;
}

/** What was found of one person under a scorecard, line by line, the latest first. @throws not_found */
export const readAssessments = command<{ beneficiaryId: string; query: PersonQuery }, Page<ShownAssessment>>({
  name: 'eligibility.read',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run({ tx, keyRing }, { beneficiaryId, query }) {
    const { scorecardId, language = 'en' } = query;
    const { limit } = pageRequest(query);
    const scorecard = await scorecardById(tx, scorecardId);
    const { programme } = await beneficiaryScope(tx, beneficiaryId);
    if (scorecard.programmeId !== programme) throw problem.not_found('There is no such record.');
    const rows = await assessmentsOf(tx, scorecardId, beneficiaryId, limit, numberIn(query.cursor));
    const { items, nextCursor } = pageOf(rows, limit, ({ number }) => String(number));
    const dataKey = await dataKeyOf(tx, beneficiaryId);
    return {
      result: { items: items.map((row) => shown(keyRing, scorecard, beneficiaryId, dataKey, row, language)), nextCursor },
      subject: { type: 'beneficiary', id: beneficiaryId },
    };
  },
});
