import { type Db, dateIn, problem } from '../../platform/index.ts';
import { type Prepared, prepare } from './rules.ts';
import { findFund, type ReportedFund, readFacts, type Span } from './store/facts.ts';
import { earlierOf, lastNumber } from './store/reports.ts';
import type { DonorReport } from './types.ts';

/** @throws not_found */
export async function knownFund(db: Db, fundId: string): Promise<ReportedFund> {
  const about = await findFund(db, fundId);
  if (!about) throw problem.not_found('There is no such record.');
  return about;
}

/** Where a fund lies. @throws not_found when there is none */
export const scopeOfFund = async (db: Db, fundId: string) => ({ programme: (await knownFund(db, fundId)).programme.id, fund: fundId });

/** Works out the next report of a fund, without effect. @param to its last day; null: today, where the programme is */
export async function prepareNext(
  db: Db,
  about: ReportedFund,
  to: string | null,
  now: Date,
  state: DonorReport['state'],
): Promise<{ prepared: Prepared; span: Span }> {
  const fundId = about.fund.id;
  for (;;) {
    const earlier = await earlierOf(db, fundId);
    const last = earlier.last?.period.to;
    const from = last === undefined ? null : new Date(Date.parse(last) + 86_400_000).toISOString().slice(0, 10);
    const span = { fundId, from, to: to ?? dateIn(about.timeZone, now) };
    const facts = await readFacts(db, about, span);
    // Whoever drafts does not hold off who publishes: what was published in the meantime is looked at again.
    if ((await lastNumber(db, fundId)) === earlier.reports && (earlier.last?.number ?? 0) === earlier.reports)
      return { prepared: prepare(about, facts, earlier, span.to, now, state), span };
  }
}
