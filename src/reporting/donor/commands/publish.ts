import { command, dateIn, mayTakeAnHour, newId, problem } from '../../../platform/index.ts';
import { isTellable } from '../counting/index.ts';
import { knownFund, prepareNext, scopeOfFund } from '../preparing.ts';
import { reportProblem } from '../problems.ts';
import { countPeopleIn } from '../store/facts.ts';
import { findReport, insertReport, lockReports } from '../store/reports.ts';
import type { DonorReport } from '../types.ts';

interface ToPublish {
  readonly fundId: string;
  /** The last day of the report. */
  readonly to: string;
}

/**
 * Publishes what a fund did until a day, after what was published before. From then on it stays as it is.
 * @throws not_found; day_not_over; report_exists when a report reaches that day already; too_few_paid when it would make a handful known
 */
export const publishReport = command<ToPublish, DonorReport>({
  name: 'reporting.publish_report',
  scope: (db, { fundId }) => scopeOfFund(db, fundId),
  async run({ tx, actor, now }, { fundId, to }) {
    mayTakeAnHour(tx);
    const about = await knownFund(tx, fundId);
    await lockReports(tx, about.programme.id);
    const today = dateIn(about.timeZone, now);
    if (to >= today)
      throw reportProblem.day_not_over(`Publish until ${before(today)} at the latest: what was paid today can still be voided.`);
    const last = await findReport(tx, fundId, null);
    if (last && to <= last.report.period.to)
      throw reportProblem.report_exists(`Report ${last.report.number} reaches until ${last.report.period.to}. Publish until a later day.`);
    const { prepared, span } = await prepareNext(tx, about, to, now, 'published');
    const { report, newPeople, toldBefore, newTransfers } = prepared;
    if (!isTellable(newTransfers))
      throw reportProblem.too_few_paid('A report of so few would say who they are. Publish until a later day, when ten or more were paid.');
    const which = { fresh: newPeople > toldBefore, told: toldBefore > 0 };
    if (newPeople > 0 && (await countPeopleIn(tx, span, report.number, which)) !== newPeople)
      throw problem.busy('Somebody was paid while the report was made. Publish it again.');
    const id = newId();
    await insertReport(tx, id, prepared, actor.id, now);
    return { result: report, subject: { type: 'donor_report', id }, after: report };
  },
});

const before = (day: string): string => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
