import { command, newId } from '../../../platform/index.ts';
import { scopeOfFund } from '../preparing.ts';
import { reportProblem } from '../problems.ts';
import { findReport, insertDownload } from '../store/reports.ts';
import type { DonorReport } from '../types.ts';

interface ToTake {
  readonly fundId: string;
  /** The last one without. */
  readonly number: number | null;
  readonly format: 'csv' | 'xlsx' | 'iati' | 'page';
}

/** Hands out a published report as a file, and counts it. @throws not_found; no_report_yet */
export const takeReport = command<ToTake, DonorReport>({
  name: 'reporting.take_report',
  scope: (db, { fundId }) => scopeOfFund(db, fundId),
  async run({ tx, actor, now }, { fundId, number, format }) {
    const found = await findReport(tx, fundId, number);
    if (!found) throw reportProblem.no_report_yet('Ask finance to publish one, or wait for the end of the month.');
    await insertDownload(tx, { id: newId(), report_id: found.id, format, taken_by: actor.id, taken_at: now });
    return { result: found.report, subject: { type: 'donor_report', id: found.id }, after: { format } };
  },
});
