import { authoriseRead } from '../access/index.ts';
import { type Actor, type Db, problem } from '../platform/index.ts';
import { isWholeMonths, reportOf } from './rules.ts';
import { findFund, readFacts } from './store.ts';
import type { DonorReport, Period } from './types.ts';

const always: Period = { from: null, to: null };

/** The report on a fund. @throws not_found */
export async function donorReport(db: Db, fundId: string, period: Period = always): Promise<DonorReport> {
  const about = await findFund(db, fundId);
  if (!about) throw problem.not_found('There is no such record.');
  return reportOf(await readFacts(db, fundId, period), { ...about, period });
}

/**
 * The report on a fund, for somebody who may see it.
 * @throws not_found when there is no such fund, or it is not the actor's to see; unprocessable when the period is not of whole months
 */
export async function readDonorReport(db: Db, actor: Actor, fundId: string, query: { from?: string; to?: string }): Promise<DonorReport> {
  authoriseRead(actor, 'reporting.read_donor_report');
  const about = await findFund(db, fundId);
  if (!about) throw problem.not_found('There is no such record.');
  authoriseRead(actor, 'reporting.read_donor_report', { programme: about.programme.id, fund: fundId });
  const period: Period = { from: query.from ?? null, to: query.to ?? null };
  if (!isWholeMonths(period)) {
    throw problem.unprocessable(
      'Begin with the first day of a month and end with the last: ' + 'reports that differ by a day would give people away.',
    );
  }
  if (period.from !== null && period.to !== null && period.to < period.from)
    throw problem.unprocessable('The period ends before it starts.');
  return donorReport(db, fundId, period);
}
