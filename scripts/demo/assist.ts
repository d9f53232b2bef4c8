import type { App } from '../../src/app.ts';
import { Money, type RequestBody, type ResponseBody, type ShiftedClock } from '../../src/platform/index.ts';
import type { ItemOf } from '../support/api-client.ts';
import { type CashedOut, redemption } from './cash-out.ts';
import type { ReleasedList } from './pay.ts';
import { inbox } from './phones.ts';
import type { Pilot } from './set-up.ts';
import type { Staff } from './staff.ts';
import type { Stage } from './stage.ts';
import { waitFor } from './wait.ts';

/** What a stipend pays for a month, a day of work for a day, and a top-up for each hundred. */
const MONTH = '6000.00';
const DAY_RATE = '1500.00';
const PERCENT = '10';
const SMALL_FUND = '20000.00';

const PEOPLE = 10;
const MONTHS = 3;

interface Story {
  readonly app: App;
  readonly staff: Staff;
  readonly clock: ShiftedClock;
  readonly dataDir: string;
  readonly counters: CashedOut['counters'];
}

type Line = ItemOf<'listPaymentListLines'>;

/** A stipend of three months with one suspension, a top-up and a week of cash-for-work, from two funds. */
export async function assist(stage: Stage, pilot: Pilot, list: ReleasedList, story: Story): Promise<void> {
  const { programmeId, programme, finance } = pilot;
  stage.chapter('Three months of a stipend, with one suspension');
  const fund = await finance.api.call('createFund', {
    params: { programmeId },
    body: { donor: 'Second donor', agreement: 'AG-2026-11', drawOrder: 1 },
  });
  await finance.api.call('recordContribution', {
    params: { fundId: fund.id },
    body: { amount: { amount: SMALL_FUND, currency: 'DZD' }, receivedOn: '2026-03-01', reference: 'BANK-5001' },
  });
  const people = await someOf(pilot, list, story);
  const [suspended] = people;
  if (!suspended) throw new Error('nobody was paid');
  await turnToFirst(story);
  const startsOn = story.clock.now().toISOString().slice(0, 10);
  const plan = await programme.api.call('createPlan', {
    params: { programmeId },
    body: {
      kind: 'stipend',
      name: 'Rent support',
      purpose: 'rent_support',
      amountRule: { rule: 'fixed', amount: MONTH },
      startsOn,
      count: MONTHS,
      every: 'month',
    },
  });
  await programme.api.call('entitlePeople', {
    params: { planId: plan.id },
    body: { beneficiaryIds: people.map(({ beneficiaryId }) => beneficiaryId), startsOn, reason: 'Chosen by the committee' },
  });
  await story.app.jobs.trigger('operations.forecast');
  const { runsDry } = await waitFor(
    () => finance.api.call('getBudget', { params: { programmeId }, query: { fundId: fund.id } }),
    (budget) => budget.runsDry.length > 0,
  );
  stage.check('the small fund is known to run dry in the first month', runsDry, [{ fundId: fund.id, month: startsOn.slice(0, 7) }]);
  const counts: number[] = [];
  const collected: number[] = [];
  const released: string[] = [];
  let owed = 0;
  let first: ResponseBody<'getPaymentList'> | undefined;
  for (let month = 1; month <= MONTHS; month += 1) {
    if (month > 1) await turnToFirst(story);
    if (month === 2) await change(pilot, plan.id, suspended, { change: 'suspend', from: today(story), reason: 'Travelling' });
    if (month === 3)
      await change(pilot, plan.id, suspended, { change: 'resume', from: today(story), arrears: false, reason: 'Back again' });
    await story.app.jobs.trigger('assistance.generate');
    owed += month === 2 ? PEOPLE - 1 : PEOPLE;
    await made(pilot, plan.id, Money.of(MONTH, 'DZD').times(owed).toString());
    const paid = await payDue(pilot, story, `Rent support ${month}`, { planIds: [plan.id] });
    first ??= paid;
    counts.push(paid.lineCount);
    collected.push(await collect(pilot, story, paid.id));
    if (paid.state === 'released') released.push(paid.total.amount);
  }
  stage.say(`${PEOPLE} people at ${MONTH} DZD a month; one is suspended in the second month and resumed without arrears.`);
  stage.check('each month pays who is owed, once', counts, [PEOPLE, PEOPLE - 1, PEOPLE]);
  stage.check('and everybody has collected it at a post office', collected, counts);
  const sheet = await programme.api.call('getPlan', { params: { planId: plan.id } });
  stage.check('the plan owes what its lists released, and nothing past its end', sheet.total.amount, sumOf(released));
  const funds = first?.funds.map(({ total }) => total.amount) ?? [];
  stage.check('the first list draws on two funds', funds.length, 2);
  stage.check('which together carry it', sumOf(funds), Money.of(MONTH, 'DZD').times(PEOPLE).toString());

  await topUp(stage, pilot, story, people.slice(1, 6));
  await work(stage, pilot, story, people.slice(0, 5));
}

const today = ({ clock }: Story): string => clock.now().toISOString().slice(0, 10);

const sumOf = (amounts: readonly string[]): string =>
  Money.sum(
    amounts.map((amount) => Money.of(amount, 'DZD')),
    'DZD',
  ).toString();

/** Everybody on a list comes to a counter with the code on their phone. @returns how many were paid */
async function collect({ finance }: Pilot, { dataDir, counters: [counter] }: Story, listId: string): Promise<number> {
  if (!counter) throw new Error('no counter is open');
  const serials = new Set<string>();
  for await (const { serial } of finance.api.all('listVouchers', { params: { listId } })) serials.add(serial);
  const coming = (await inbox(dataDir)).filter(({ serial }) => serials.has(serial));
  for (const received of coming) await counter.agent.api.call('redeemVoucher', redemption(counter, received));
  return coming.length;
}

/** People whose grant was paid, and whose phone the next codes reach, too. */
async function someOf({ programme, finance }: Pilot, list: ReleasedList, { dataDir }: Story): Promise<Line[]> {
  const reached = new Set((await inbox(dataDir)).map(({ serial }) => serial));
  const paid = new Set<string>();
  for await (const { state, serial, beneficiaryId } of finance.api.all('listVouchers', { params: { listId: list.id } }))
    if (state === 'redeemed' && reached.has(serial)) paid.add(beneficiaryId);
  const people: Line[] = [];
  for await (const line of programme.api.all('listPaymentListLines', { params: { listId: list.id } })) {
    if (paid.has(line.beneficiaryId)) people.push(line);
    if (people.length === PEOPLE) break;
  }
  return people;
}

/** The next first of a month, when everybody signs in again. */
async function turnToFirst({ clock, staff }: Story): Promise<void> {
  const now = clock.now();
  // Noon, which is the same day in the programme's time zone.
  clock.skip(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1, 12) - now.getTime());
  await staff.signInAgain();
}

/** Waits until a plan owes so much in all. */
async function made({ programme }: Pilot, planId: string, total: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await programme.api.call('getPlan', { params: { planId } })).total.amount === total) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the plan did not come to ${total}`);
}

async function change(
  { programme }: Pilot,
  planId: string,
  { beneficiaryId }: Line,
  body: RequestBody<'changeEntitlement'>,
): Promise<void> {
  for await (const entitlement of programme.api.all('listEntitlements', { params: { planId } }))
    if (entitlement.beneficiaryId === beneficiaryId)
      await programme.api.call('changeEntitlement', { params: { entitlementId: entitlement.id }, body });
}

/** Builds, signs and releases a list of what is due. @returns it, released */
async function payDue(
  { programmeId, programme, approvers, finance }: Pilot,
  { app, staff }: Story,
  name: string,
  source: { planIds: string[] },
): Promise<ResponseBody<'getPaymentList'>> {
  await staff.signInAgain();
  const { id: listId } = await programme.api.call('buildPaymentList', { params: { programmeId }, body: { ...source, name } });
  await app.settled();
  const params = { listId };
  await programme.api.call('submitPaymentList', { params });
  const { digest } = await approvers[0].api.call('getPaymentList', { params });
  await approvers[0].api.call('approvePaymentList', { params, body: { digest: digest ?? '' } });
  await finance.api.call('releasePaymentList', { params });
  await app.settled();
  return finance.api.call('getPaymentList', { params });
}

async function topUp(stage: Stage, pilot: Pilot, story: Story, people: readonly Line[]): Promise<void> {
  const { programmeId, programme } = pilot;
  stage.chapter('A top-up for five of them');
  const plan = await programme.api.call('createPlan', {
    params: { programmeId },
    body: {
      kind: 'top_up',
      name: 'Price rise',
      purpose: 'price_rise',
      topUp: { reason: 'price_rise', percentage: PERCENT, dueOn: today(story) },
    },
  });
  const ask = {
    params: { planId: plan.id },
    body: { people: people.map(({ beneficiaryId }) => ({ person: { beneficiaryId } })) },
  };
  const { made } = await programme.api.call('topUpPeople', ask);
  stage.check(
    `${PERCENT} % of what they were paid last`,
    made.map(({ amount }) => amount.amount),
    people.map(() => Money.of(MONTH, 'DZD').portion(Number(PERCENT), 100).toString()),
  );
  const again = await programme.api.call('topUpPeople', ask);
  stage.check('once for one reason', [again.made.length, again.refused.length], [0, people.length]);
  const list = await payDue(pilot, story, 'Price rise', { planIds: [plan.id] });
  stage.check('released', [list.state, list.lineCount], ['released', people.length]);
  stage.check('and collected', await collect(pilot, story, list.id), people.length);
}

async function work(stage: Stage, pilot: Pilot, story: Story, people: readonly Line[]): Promise<void> {
  const { programmeId, programme, approvers } = pilot;
  stage.chapter('A week of cash-for-work');
  const monday = nextMonday(story.clock.now());
  const dayOf = (n: number): string => new Date(monday.getTime() + n * 86_400_000).toISOString().slice(0, 10);
  const plan = await programme.api.call('createPlan', {
    params: { programmeId },
    body: {
      kind: 'cash_for_work',
      name: 'Cleaning the canal',
      purpose: 'canal',
      work: { dayRate: DAY_RATE, startsOn: dayOf(0), endsOn: dayOf(6), periodDays: 7, daysPerPeriod: 5 },
    },
  });
  const supervisor = await programme.api.call('whoAmI');
  const site = await programme.api.call('createWorkSite', {
    params: { programmeId },
    body: { name: 'Canal of Bir el Ater', wilayaNumber: '12', capacity: 50, supervisorId: supervisor.id },
  });
  story.clock.skip(monday.getTime() + 7.5 * 86_400_000 - story.clock.now().getTime());
  await story.staff.signInAgain();
  // Everybody came one day less than the one before; the last row is of nobody, and one came on a sixth day.
  const rows = people.flatMap(({ registrationNumber }, i) =>
    Array.from({ length: 5 - i }, (_, day) => `${registrationNumber};${dayOf(day)};full`),
  );
  const body = ['registration number;day;presence', ...rows, `${people[0]?.registrationNumber};${dayOf(5)};full`, 'NOBODY;x;full'].join(
    '\n',
  );
  const sheet = await programme.api.call('receiveAttendanceFile', { params: { planId: plan.id }, query: { siteId: site.id }, body });
  stage.show(sheet.faults.map(({ row, cell, code }) => [`row ${row}`, cell, code]));
  stage.check('good rows are kept, bad ones come back', [sheet.rowCount, sheet.faultCount], [rows.length, 2]);
  const own = await programme.api.refusal('signAttendance', { params: { sheetId: sheet.id } });
  stage.check('who entered a sheet does not sign it', own?.code, 'separation_of_duties');
  await approvers[1].api.call('signAttendance', { params: { sheetId: sheet.id } });
  const list = await payDue(pilot, story, 'Cleaning the canal', { planIds: [plan.id] });
  stage.check('days times the rate', list.total.amount, Money.of(DAY_RATE, 'DZD').times(rows.length).toString());
  stage.check('collected by everybody who worked', await collect(pilot, story, list.id), people.length);
}

function nextMonday(now: Date): Date {
  const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
  return new Date(day.getTime() + ((8 - day.getUTCDay()) % 7 || 7) * 86_400_000);
}
