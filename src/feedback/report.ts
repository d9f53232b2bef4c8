import { authoriseRead } from '../access/index.ts';
import type { Actor, Db } from '../platform/index.ts';
import { programmeById } from '../programmes/index.ts';
import { countCases, countInTime, countSensitive } from './report-store.ts';
import { seesSensitive } from './seeing.ts';
import type { FeedbackReport } from './types.ts';

/** Fewer than this are not told of. */
const LEAST = 10;

/**
 * Counts the cases of a programme. Of sensitive ones whoever does not handle them is told full tens of all time alone, and every other case is counted
 * as what it was when it was received: neither a filter nor the report of the day before gives back a single one.
 * @throws not_found
 */
export async function readReport(
  db: Db,
  actor: Actor,
  programmeId: string,
  days: { from?: string; to?: string },
  now: Date,
): Promise<FeedbackReport> {
  authoriseRead(actor, 'feedback.read_report', { programme: programmeId });
  const { timeZone } = (await programmeById(db, programmeId)).programme;
  const seesAll = seesSensitive(actor, programmeId);
  const wanted = { programmeId, timeZone, ...days, seesAll };
  const counts = await countCases(db, wanted, now);
  const inTime = await countInTime(db, wanted, now);
  const tens = seesAll ? 0 : Math.floor((await countSensitive(db, programmeId)) / LEAST) * LEAST;
  return { counts, inTime, sensitiveAtLeast: tens >= LEAST ? tens : null };
}
