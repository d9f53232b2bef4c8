import { command, mayTakeAnHour } from '../../../platform/index.ts';
import { knownFund, prepareNext, scopeOfFund } from '../preparing.ts';
import { keepDraftRow } from '../store/reports.ts';

/** Works out what the next report of a fund would say by now, and keeps it for those who prepare it. @throws not_found */
export const keepDraft = command<{ readonly fundId: string }, null>({
  name: 'reporting.keep_draft',
  scope: (db, { fundId }) => scopeOfFund(db, fundId),
  async run({ tx, now }, { fundId }) {
    mayTakeAnHour(tx);
    const { prepared } = await prepareNext(tx, await knownFund(tx, fundId), null, now, 'draft');
    await keepDraftRow(tx, prepared.report, now);
    return { result: null, subject: { type: 'fund', id: fundId } };
  },
});
