import type { ShiftedClock } from '../../src/platform/index.ts';
import type { RunningPlatform } from '../../src/server.ts';
import { Aggregator } from './aggregator.ts';
import { askPeople } from './ask.ts';
import { assist } from './assist.ts';
import { deliverByHand } from './by-hand.ts';
import { cancelVoucher } from './cancel.ts';
import { cashOut } from './cash-out.ts';
import { writeDaily } from './daily.ts';
import { enrol } from './enrol.ts';
import { goOn } from './expire.ts';
import { viewFigures } from './figures.ts';
import { collectInPlace } from './in-place-of.ts';
import { payWithoutNetwork } from './offline.ts';
import { lookWithOtherKeys } from './other-keys.ts';
import { pay } from './pay.ts';
import { protect } from './protect.ts';
import { putRight } from './put-right.ts';
import { Receiver } from './receiver.ts';
import { reconcile } from './reconcile.ts';
import { report } from './report.ts';
import { setUp } from './set-up.ts';
import { Staff } from './staff.ts';
import type { Stage } from './stage.ts';
import { tell } from './tell.ts';
import { compareTold, haveTold } from './told.ts';

/**
 * The story of the pilot, from an empty platform to the donor's report and the proof that nothing was changed since.
 * @param dataDir where people read the messages that they were sent
 * @param paid called when people have their cash and some codes are still good
 */
export async function livePilot(
  stage: Stage,
  platform: Pick<RunningPlatform, 'app' | 'url'>,
  clock: ShiftedClock,
  dataDir: string,
  paid: () => Promise<void> = async () => {},
): Promise<void> {
  const aggregator = new Aggregator(dataDir);
  try {
    await live(stage, platform, { clock, dataDir, aggregator, paid });
  } finally {
    aggregator.close();
  }
}

interface Surroundings {
  readonly clock: ShiftedClock;
  readonly dataDir: string;
  readonly aggregator: Aggregator;
  readonly paid: () => Promise<void>;
}

async function live(
  stage: Stage,
  { app, url = '' }: Pick<RunningPlatform, 'app' | 'url'>,
  { clock, dataDir, aggregator, paid }: Surroundings,
): Promise<void> {
  const staff = new Staff(url, clock, { dataDir, drained: () => app.settled() });
  const pilot = await setUp(stage, staff, app.execute);
  await aggregator.connect(stage, pilot, url);
  await enrol(stage, pilot);
  const list = await pay(stage, pilot);
  await app.settled();
  stage.check('a receipt that nobody signed is none', await aggregator.forged(), 404);
  const arrived = await aggregator.report();
  stage.say(`${arrived} receipts came back, each signed.`);
  await viewFigures(stage, pilot, 'before anybody came', { listId: list.id, released: list.lines, paid: 0, live: list.lines });
  const atCounters = await cashOut(stage, pilot, list, dataDir);
  const counterSince = await putRight(stage, pilot, { app, dataDir, list, counter: atCounters });
  const carried = await deliverByHand(stage, pilot, list, counterSince, clock);
  const inPlace = await collectInPlace(stage, pilot, list, carried, clock);
  const counter = await payWithoutNetwork(stage, pilot, inPlace, { clock, dataDir });
  const cancelled = await cancelVoucher(stage, pilot, list);
  await paid();
  const receiver = new Receiver(clock);
  try {
    const since = clock.now();
    const webhookId = await haveTold(stage, pilot, receiver);
    const payouts = await reconcile(stage, pilot, counter, cancelled);
    await tell(stage, pilot, url, payouts);
    await goOn(stage, pilot, { staff, clock, app, list, counter });
    await askPeople(stage, pilot, payouts);
    // One of those who did not come repeated a request in the story, and was paid; one voucher was cancelled.
    const live = list.lines - payouts.length - (counter.unused.length - 1) - 1;
    await app.settled();
    await aggregator.report();
    await viewFigures(stage, pilot, 'in the end', { listId: list.id, released: list.lines, paid: payouts.length, live });
    await report(stage, pilot, list);
    await assist(stage, pilot, list, { app, clock, staff, dataDir, counters: counter.counters });
    await writeDaily(stage, pilot, { app, clock });
    await compareTold(stage, pilot, { app, receiver, webhookId, since });
  } finally {
    receiver.close();
  }
  await lookWithOtherKeys(stage, pilot, url, clock.now());
  await protect(stage, pilot, { app, clock, dataDir });
}
