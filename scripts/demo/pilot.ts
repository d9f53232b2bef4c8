import type { ShiftedClock } from '../../src/platform/index.ts';
import type { RunningPlatform } from '../../src/server.ts';
import { assist } from './assist.ts';
import { deliverByHand } from './by-hand.ts';
import { cashOut } from './cash-out.ts';
import { enrol } from './enrol.ts';
import { goOn } from './expire.ts';
import { collectInPlace } from './in-place-of.ts';
import { payWithoutNetwork } from './offline.ts';
import { pay } from './pay.ts';
import { protect } from './protect.ts';
import { putRight } from './put-right.ts';
import { reconcile } from './reconcile.ts';
import { report } from './report.ts';
import { setUp } from './set-up.ts';
import { Staff } from './staff.ts';
import type { Stage } from './stage.ts';

/**
 * The story of the pilot, from an empty platform to the donor's report and the proof that nothing was changed since.
 * @param dataDir where the platform leaves the messages that it sent
 * @param paid called when people have their cash and some codes are still good
 */
export async function livePilot(
  stage: Stage,
  { app, url = '' }: Pick<RunningPlatform, 'app' | 'url'>,
  clock: ShiftedClock,
  dataDir: string,
  paid: () => Promise<void> = async () => {},
): Promise<void> {
  const staff = new Staff(url, clock, { dataDir, drained: () => app.settled() });
  const pilot = await setUp(stage, staff, app.execute);
  await enrol(stage, pilot);
  const list = await pay(stage, pilot);
  await app.settled();
  const atCounters = await cashOut(stage, pilot, list, dataDir);
  const since = await putRight(stage, pilot, { app, dataDir, list, counter: atCounters });
  const carried = await deliverByHand(stage, pilot, list, since, clock);
  const inPlace = await collectInPlace(stage, pilot, list, carried, clock);
  const counter = await payWithoutNetwork(stage, pilot, inPlace, { clock, dataDir });
  await paid();
  await reconcile(stage, pilot, counter);
  await goOn(stage, pilot, { staff, clock, app, list, counter });
  await report(stage, pilot, list);
  await assist(stage, pilot, list, { app, clock, staff, dataDir, counters: counter.counters });
  await protect(stage, pilot, { app, clock, dataDir });
}
