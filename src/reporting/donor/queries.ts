import { authoriseRead } from '../../access/index.ts';
import { type Actor, cursorKey, type Db, type Page, pageOf } from '../../platform/index.ts';
import { knownFund, prepareNext, scopeOfFund } from './preparing.ts';
import { reportProblem } from './problems.ts';
import { findPublisher, type Publisher } from './store/publishers.ts';
import { findDraft, findReport, type ListedReport, pageOfReports } from './store/reports.ts';
import type { DonorReport } from './types.ts';

/** A published report of a fund, the last one without a number; undefined when there is none. For rooms that pass it on. */
export const donorReport = async (db: Db, fundId: string, number: number | null = null): Promise<DonorReport | undefined> =>
  (await findReport(db, fundId, number))?.report;

/** @throws forbidden; not_found when the fund is not the actor's to see; no_report_yet */
export async function readDonorReport(db: Db, actor: Actor, fundId: string, number: number | null): Promise<DonorReport> {
  authoriseRead(actor, 'reporting.read_donor_report');
  authoriseRead(actor, 'reporting.read_donor_report', await scopeOfFund(db, fundId));
  const found = await donorReport(db, fundId, number);
  if (!found) throw reportProblem.no_report_yet('Ask finance to publish one, or wait for the end of the month.');
  return found;
}

/** What was published on a fund, the last first. @throws forbidden; not_found */
export async function listDonorReports(
  db: Db,
  actor: Actor,
  fundId: string,
  { limit = 50, cursor }: { readonly limit?: number; readonly cursor?: string },
): Promise<Page<ListedReport>> {
  authoriseRead(actor, 'reporting.read_donor_report');
  authoriseRead(actor, 'reporting.read_donor_report', await scopeOfFund(db, fundId));
  const key = cursorKey(cursor, (text) => /^\d{1,9}$/.test(text));
  return pageOf(await pageOfReports(db, fundId, limit + 1, key === undefined ? null : Number(key)), limit, ({ number }) => String(number));
}

/**
 * What the next report would say by now, for those who prepare it. It was worked out in the background, unless it is asked for anew.
 * @throws forbidden; not_found
 */
export async function readDraft(db: Db, actor: Actor, fundId: string, now: Date, isFresh: boolean): Promise<DonorReport> {
  authoriseRead(actor, 'reporting.read_draft');
  const about = await knownFund(db, fundId);
  authoriseRead(actor, 'reporting.read_draft', { programme: about.programme.id, fund: fundId });
  const kept = isFresh ? undefined : await findDraft(db, fundId);
  return kept ?? (await prepareNext(db, about, null, now, 'draft')).prepared.report;
}

/** Who publishes on a fund; version 0 when nobody has said. @throws forbidden; not_found */
export async function readPublisher(db: Db, actor: Actor, fundId: string): Promise<Publisher | undefined> {
  authoriseRead(actor, 'reporting.read_draft');
  authoriseRead(actor, 'reporting.read_draft', await scopeOfFund(db, fundId));
  return findPublisher(db, fundId);
}
