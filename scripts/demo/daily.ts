import type { App } from '../../src/app.ts';
import { dateIn, type ShiftedClock } from '../../src/platform/index.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';
import { waitFor } from './wait.ts';

const DAY_MS = 86_400_000;

/** A file is written every day, by itself. */
export async function writeDaily(
  stage: Stage,
  { staff, programmeId, reconciler }: Pilot,
  { app, clock }: { readonly app: App; readonly clock: ShiftedClock },
): Promise<void> {
  stage.chapter('A file every day');
  const definition = await reconciler.api.call('defineExport', {
    params: { programmeId },
    body: {
      name: 'Pay-outs of the day before',
      dataset: 'payouts',
      format: 'csv',
      period: 'day',
      schedule: { every: 'day', hour: 0 },
      purpose: 'monitoring',
      reason: 'The books of the agency',
    },
  });
  const day = dateIn('Africa/Algiers', clock.now());
  clock.skip(DAY_MS);
  await staff.signInAgain();
  await app.jobs.trigger('exports.begin_due');
  const { items: runs } = await waitFor(
    () => reconciler.api.call('listExportRuns', { params: { definitionId: definition.id } }),
    ({ items }) => items[0]?.state === 'ready',
  );
  const [run] = runs;
  let paid = 0;
  for await (const payout of reconciler.api.all('listPayouts', { params: { programmeId } })) if (payout.paidOn === day) paid += 1;
  stage.check('the next morning it is there, once', [runs.length, run?.state, run?.fromDay], [1, 'ready', day]);
  const file = await reconciler.api.download('downloadExportRun', { params: { runId: run?.id ?? '' } });
  const rows = file.trim().split('\n').length - 1;
  stage.check(`with the ${paid} pay-outs of that day`, [rows, run?.rows, paid > 0], [paid, paid, true]);
}
