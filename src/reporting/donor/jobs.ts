import { system } from '../../access/index.ts';
import { eachInTurn, type Ground, type Job, Problem } from '../../platform/index.ts';
import { keepDraft } from './commands/keep-draft.ts';
import { publishReport } from './commands/publish.ts';
import { fundsDue, fundsToDraft } from './store/reports.ts';

/** How long after its end a month is published by itself: offices without a network have reported by then. */
const DAYS_AFTER_MONTH = 5;

/** Publishes months that are over, and keeps what the next reports would say. */
export const donorReportJobs = ({ db, execute, clock }: Ground): Job[] => [
  {
    name: 'reporting.publish_due',
    everySeconds: 3600,
    run: async () =>
      eachInTurn(await fundsDue(db, clock.now(), DAYS_AFTER_MONTH), async ({ id, to }) => {
        try {
          await execute(publishReport, { fundId: id, to }, { actor: system });
        } catch (error) {
          // A month with a handful of pay-outs is told with the next; whoever was quicker has published it.
          if (!(error instanceof Problem && ['too_few_paid', 'report_exists'].includes(error.code))) throw error;
        }
      }),
  },
  {
    name: 'reporting.draft',
    everySeconds: 3600,
    run: async () => eachInTurn(await fundsToDraft(db), ({ id }) => execute(keepDraft, { fundId: id }, { actor: system })),
  },
];
