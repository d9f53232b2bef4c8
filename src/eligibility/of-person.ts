import type { Language } from '../beneficiaries/index.ts';
import { type Db, type KeyRing, sql } from '../platform/index.ts';
import { assessmentsOf, dataKeyOf } from './assessment-store.ts';
import { scorecardById } from './queries.ts';
import { type ShownAssessment, shown } from './readings.ts';

const MOST = 1_000;

/** Everything that was ever found of one record, under every scorecard, as sums that can be done again. */
export async function everyAssessmentOf(db: Db, keyRing: KeyRing, beneficiaryId: string, language: Language): Promise<ShownAssessment[]> {
  const rows = await db.all<{ id: string }>(
    sql`select s.id from scorecards s where exists (select from assessments a where a.scorecard_id = s.id and a.beneficiary_id = ${beneficiaryId})
      order by s.id`,
  );
  const dataKey = await dataKeyOf(db, beneficiaryId);
  const found: ShownAssessment[] = [];
  for (const { id } of rows) {
    const scorecard = await scorecardById(db, id);
    const stored = await assessmentsOf(db, id, beneficiaryId, MOST, undefined);
    found.push(...stored.map((row) => shown(keyRing, scorecard, beneficiaryId, dataKey, row, language)));
  }
  return found;
}
