import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person, resizeHousehold } from '../../test/support/fixtures.ts';
import { someDefinition } from '../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { system } from '../access/index.ts';
import { dateIn, newId } from '../platform/index.ts';
import { assistanceJobs } from './index.ts';
import { advancePlan } from './schedule/advance-command.ts';
import { addDays } from './schedule/days.ts';

const small = { together: 2, alone: 2 };

describe('a stipend', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let scorecardId: string;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    scorecardId = newId();
    const tiers = [
      { name: 'mild', fromScore: 1 },
      { name: 'severe', fromScore: 5 },
    ];
    await platform.owner.query(`insert into scorecards values ($1, $2, 1, $3, $1, now())`, [
      scorecardId,
      frame.programmeId,
      { ...someDefinition(), threshold: 0, tiers },
    ]);
    await goTo(firstOf(1));
  });
  // The months go by faster than a session lasts.
  beforeEach(async () => {
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const today = () => dateIn('Africa/Algiers', platform.clock.now());
  /** The first of a month, counted from the real one. */
  function firstOf(month: number): string {
    const date = new Date();
    return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + month, 1)).toISOString().slice(0, 10);
  }
  async function goTo(day: string, time = '12:00:00'): Promise<void> {
    platform.clock.skip(Math.max(0, Date.parse(`${day}T${time}Z`) - platform.clock.now().getTime()));
  }
  /** A month from the day that it is: each test has its own. */
  const nextMonth = async (): Promise<string> => {
    const day = addDays(`${today().slice(0, 8)}01`, 32).slice(0, 8);
    await goTo(addDays(`${day}01`, -1));
    return `${day}01`;
  };
  const lastOf = (first: string, months: number): string => {
    const date = new Date(`${first}T00:00:00Z`);
    return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 0)).toISOString().slice(0, 10);
  };
  const work = async (planId: string) => {
    while (await platform.app.execute(advancePlan, { planId, batch: small, waits: true }, { actor: system }));
  };
  const assess = ({ id }: Person, tier: string | null, number = 1) =>
    platform.owner.query(
      `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, tier, findings, assessed_at)
      values ($1, $2, $3, $4, 9, $5, '', $6)`,
      [scorecardId, id, number, tier ? 'eligible' : 'not_eligible', tier, platform.clock.now()],
    );
  const person = async (tier: string | null = 'severe') => {
    const made = await makePerson(platform, frame.programmeId);
    if (tier) await assess(made, tier);
    return made;
  };
  const path = () => `/v1/programmes/${frame.programmeId}/plans`;
  const stipend = (overrides: object = {}) => ({
    kind: 'stipend',
    name: `Plan ${newId()}`,
    purpose: 'rent',
    amountRule: { rule: 'fixed', amount: '10000.00' },
    every: 'month',
    ...overrides,
  });
  const make = async (overrides: object): Promise<string> => (await officer.post(path(), stipend(overrides)).expect(201)).body.id;
  const name = (planId: string, people: readonly Person[], more: object = {}) =>
    officer.post(`/v1/plans/${planId}/entitlements`, { beneficiaryIds: people.map(({ id }) => id), reason: 'Case conference', ...more });
  const entitlementOf = async (planId: string, { id }: Person): Promise<string> =>
    (await platform.owner.query('select id from entitlements where plan_id = $1 and beneficiary_id = $2', [planId, id])).rows[0]?.id;
  const instalments = async (entitlementId: string) => {
    const { body } = await officer.get(`/v1/entitlements/${entitlementId}/instalments`).expect(200);
    return body.items
      .filter(({ state }: { state: string }) => state === 'due')
      .reverse()
      .map(({ coversFrom, coversTo, amount }: Record<string, { amount: string }>) => [coversFrom, coversTo, amount?.amount]);
  };
  const notOwed = async (entitlementId: string) =>
    (await officer.get(`/v1/entitlements/${entitlementId}/periods-not-owed`).expect(200)).body.items
      .filter(({ liftedAt }: { liftedAt: string | null }) => liftedAt === null)
      .map(({ period, reason }: { period: number; reason: string }) => [period, reason])
      .sort();
  const change = (entitlementId: string, body: object) =>
    officer.post(`/v1/entitlements/${entitlementId}/changes`, { reason: 'Case conference', ...body });
  async function list(planId: string): Promise<string> {
    const body = { name: newId(), planIds: [planId], fundIds: [frame.fundId] };
    return (await officer.post(`/v1/programmes/${frame.programmeId}/payment-lists`, body).expect(201)).body.id;
  }

  it('is owed each month to whom the record of the due day says, once', async () => {
    const first = await nextMonth();
    const [stays, leaves, joins] = [await person(), await person(), await person(null)];
    const planId = await make({ startsOn: first, count: 3, isOpen: true, scorecardId });
    const { body: before } = await officer.get(`/v1/plans/${planId}`).expect(200);
    expect(before).toMatchObject({ kind: 'stipend', endsOn: lastOf(first, 3), isOpen: true, dueAt: 'start', entitled: 0 });
    await goTo(first);
    await work(planId);
    // Found eligible in the first month: owed from the second.
    await assess(joins, 'severe');
    await platform.owner.query(`update enrolments set state = 'suspended', changed_at = $2 where beneficiary_id = $1`, [
      leaves.id,
      platform.clock.now(),
    ]);
    // A month and a half without a worker.
    await goTo(addDays(first, 75));
    await platform.owner.query(`update enrolments set state = 'enrolled', changed_at = $2 where beneficiary_id = $1`, [
      leaves.id,
      platform.clock.now(),
    ]);
    await Promise.all([work(planId), work(planId), work(planId)]);
    const second = lastOf(first, 1);
    const months = [
      [first, second, '10000.00'],
      [addDays(second, 1), lastOf(first, 2), '10000.00'],
      [addDays(lastOf(first, 2), 1), lastOf(first, 3), '10000.00'],
    ];
    expect(await instalments(await entitlementOf(planId, stays))).toEqual(months);
    expect(await instalments(await entitlementOf(planId, joins))).toEqual(months.slice(1));
    const gone = await entitlementOf(planId, leaves);
    expect(await instalments(gone)).toEqual(months.slice(0, 1));
    expect(await notOwed(gone)).toEqual([
      [2, 'not_enrolled'],
      [3, 'not_enrolled'],
    ]);
    const { body: plan } = await officer.get(`/v1/plans/${planId}`).expect(200);
    expect(plan).toMatchObject({ entitled: 3, total: { amount: '60000.00' } });
    const { rows } = await platform.owner.query(
      'select number, state, joined, owed, not_owed from plan_periods where plan_id = $1 order by 1',
      [planId],
    );
    expect(rows).toEqual([
      { number: 1, state: 'done', joined: 2, owed: 2, not_owed: 0 },
      { number: 2, state: 'done', joined: 1, owed: 2, not_owed: 1 },
      { number: 3, state: 'done', joined: 0, owed: 2, not_owed: 1 },
    ]);
  });

  it('is joined by nobody later when it is closed, and by whom somebody names', async () => {
    const first = await nextMonth();
    const [early, late] = [await person(), await person(null)];
    const planId = await make({ startsOn: addDays(first, 14), endsOn: lastOf(first, 2), scorecardId });
    await goTo(addDays(first, 14));
    await work(planId);
    await goTo(addDays(first, 16));
    await assess(late, 'severe');
    const { body } = await name(planId, [early, late]).expect(200);
    expect(body).toEqual({ entitled: 1, already: 1 });
    await goTo(addDays(lastOf(first, 1), 1));
    await work(planId);
    const days = Number(lastOf(first, 1).slice(8));
    const [[, , part] = []] = await instalments(await entitlementOf(planId, early));
    expect(part).toBe((Math.round(((days - 14) * 1_000_000) / days) / 100).toFixed(2));
    expect(await instalments(await entitlementOf(planId, late))).toEqual([[addDays(lastOf(first, 1), 1), lastOf(first, 2), '10000.00']]);
    // Named for days that are past: what the records of those days say.
    const stranger = await person();
    await name(planId, [stranger], { startsOn: addDays(first, 20) }).expect(200);
    const theirs = await entitlementOf(planId, stranger);
    expect(await instalments(theirs)).toEqual([[today(), lastOf(first, 2), '10000.00']]);
    expect(await notOwed(theirs)).toEqual([[1, 'not_enrolled']]);
  });

  it('is suspended, resumed with arrears, changed and stopped, with reasons, audit and history', async () => {
    const first = await nextMonth();
    const who = await person();
    const planId = await make({ startsOn: first, count: 4 });
    await name(planId, [who]).expect(200);
    const id = await entitlementOf(planId, who);
    await goTo(first);
    await work(planId);
    await change(id, { change: 'suspend', from: addDays(first, 10) }).expect(200);
    const days = Number(lastOf(first, 1).slice(8));
    const part = (Math.round((10 * 1_000_000) / days) / 100).toFixed(2);
    expect(await instalments(id)).toEqual([[first, addDays(first, 9), part]]);
    await goTo(addDays(lastOf(first, 1), 1));
    await work(planId);
    expect(await notOwed(id)).toEqual([[2, 'suspended']]);
    const { body: sheet } = await change(id, { change: 'resume', from: addDays(lastOf(first, 2), 1), arrears: true }).expect(200);
    expect(sheet).toMatchObject({
      state: 'active',
      madeOut: { amount: '20000.00' },
      carried: { amount: '0.00' },
      changes: [
        { change: 'suspend', arrears: null },
        { change: 'resume', arrears: true, reason: 'Case conference', madeBy: officer.userId },
      ],
    });
    expect(sheet.upcoming.map(({ amount }: { amount: { amount: string } }) => amount.amount)).toEqual(['10000.00', '10000.00']);
    expect(await notOwed(id)).toEqual([]);
    await change(id, { change: 'amount', from: addDays(lastOf(first, 2), 1), amount: '12000.00' }).expect(200);
    await goTo(addDays(lastOf(first, 2), 1));
    await work(planId);
    const { body } = await change(id, { change: 'stop', from: addDays(lastOf(first, 2), 16) }).expect(200);
    expect(body).toMatchObject({ state: 'stopped', endsOn: addDays(lastOf(first, 2), 15), upcoming: [] });
    const third = Number(lastOf(first, 3).slice(8));
    expect((await instalments(id)).at(-1)).toEqual([
      addDays(lastOf(first, 2), 1),
      addDays(lastOf(first, 2), 15),
      (Math.round((15 * 1_200_000) / third) / 100).toFixed(2),
    ]);
    await goTo(addDays(lastOf(first, 3), 1));
    await work(planId);
    expect(await instalments(id)).toHaveLength(3);
    const { rows } = await platform.owner.query(
      'select command, reason, actor_id from audit_events where subject_id = $1 order by at, id',
      [id],
    );
    expect(rows).toEqual(
      Array.from({ length: 4 }, () => ({ command: 'assistance.change_entitlement', reason: 'Case conference', actor_id: officer.userId })),
    );
  });

  it('leaves what is on a list as it is, and makes up for it with the next instalment, line by line', async () => {
    const first = await nextMonth();
    const who = await person();
    const planId = await make({ startsOn: first, count: 3 });
    await name(planId, [who]).expect(200);
    const id = await entitlementOf(planId, who);
    await goTo(first);
    await work(planId);
    const listId = await list(planId);
    const { body } = await change(id, { change: 'amount', from: first, amount: '6000.00' }).expect(200);
    expect(body).toMatchObject({ madeOut: { amount: '10000.00' }, carried: { amount: '-4000.00' } });
    expect(body.upcoming[0]).toMatchObject({ amount: { amount: '2000.00' }, carried: { amount: '-4000.00' } });
    await goTo(addDays(lastOf(first, 1), 1));
    await work(planId);
    const { body: page } = await officer.get(`/v1/entitlements/${id}/instalments?limit=1`).expect(200);
    expect(page.items[0]).toMatchObject({ amount: { amount: '2000.00' }, isListed: false });
    expect(page.items[0].workings.map(({ what, amount }: { what: string; amount: { amount: string } }) => [what, amount.amount])).toEqual([
      ['days', '6000.00'],
      ['carried', '-4000.00'],
    ]);
    const { body: rest } = await officer.get(`/v1/entitlements/${id}/instalments?limit=1&cursor=${page.nextCursor}`).expect(200);
    expect(rest.items[0]).toMatchObject({ amount: { amount: '10000.00' }, isListed: true });
    // Given up by the list, it is made out anew.
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    await officer.post(`/v1/payment-lists/${listId}/cancel`, { reason: 'Built too early' }).expect(200);
    await goTo(addDays(lastOf(first, 1), 2));
    await work(planId);
    expect((await instalments(id)).map(([, , amount]: string[]) => amount)).toEqual(['6000.00', '6000.00']);
    await change(id, { change: 'stop', from: addDays(lastOf(first, 1), 1) }).expect(200);
    expect((await instalments(id)).map(([, , amount]: string[]) => amount)).toEqual(['6000.00']);
  });

  it('goes by tier and by the size of the household on the due day', async () => {
    const first = await nextMonth();
    const [severe, mild] = [await person('severe'), await person('mild')];
    const byTier = await make({
      startsOn: first,
      count: 2,
      scorecardId,
      amountRule: { rule: 'by_tier', amounts: [{ tier: 'severe', amount: '20000.00' }] },
    });
    const amounts = [
      { fromSize: 1, amount: '5000.00' },
      { fromSize: 4, amount: '9000.00' },
    ];
    const bySize = await make({ startsOn: first, count: 2, amountRule: { rule: 'by_household_size', amounts } });
    await name(bySize, [severe, mild]).expect(200);
    await goTo(first);
    await work(byTier);
    await work(bySize);
    await resizeHousehold(platform, severe.householdId, 5, platform.clock.now());
    await assess(severe, 'mild', 2);
    await goTo(addDays(lastOf(first, 1), 1));
    await work(byTier);
    await work(bySize);
    const sums = async (planId: string, who: Person) =>
      (await instalments(await entitlementOf(planId, who))).map(([, , amount]: string[]) => amount);
    expect(await sums(byTier, severe)).toEqual(['20000.00']);
    expect(await notOwed(await entitlementOf(byTier, mild))).toEqual([
      [1, 'no_amount'],
      [2, 'no_amount'],
    ]);
    expect(await sums(bySize, severe)).toEqual(['5000.00', '9000.00']);
    expect(await sums(bySize, mild)).toEqual(['5000.00', '5000.00']);
    const faults = await officer
      .post(
        path(),
        stipend({ startsOn: first, count: 1, scorecardId, amountRule: { rule: 'by_tier', amounts: [{ tier: 'dire', amount: '1' }] } }),
      )
      .expect(422);
    expect(faults.body.errors[0].pointer).toBe('/amountRule/amounts/0/tier');
  });

  it('is changed for many at once, in the background, passing over whom it is not for', async () => {
    const first = await nextMonth();
    const people = [await person(), await person(), await person()];
    const planId = await make({ startsOn: first, count: 3, scorecardId });
    await goTo(first);
    await work(planId);
    const entitled = (await platform.owner.query('select count(*)::int as n from entitlements where plan_id = $1', [planId])).rows[0].n;
    await change(await entitlementOf(planId, people[0] as Person), { change: 'stop', from: addDays(first, 5) }).expect(200);
    const run = { change: 'suspend', from: addDays(lastOf(first, 1), 1), reason: 'Flood in the valley' };
    const { body } = await officer.post(`/v1/plans/${planId}/runs`, { ...run, filter: { wilayaNumbers: ['16'] } }).expect(202);
    expect(body).toMatchObject({ state: 'running', change: 'suspend' });
    await work(planId);
    const { body: runs } = await officer.get(`/v1/plans/${planId}/runs`).expect(200);
    expect(runs.items).toMatchObject([{ id: body.id, state: 'done', people: entitled - 1, passedOver: 1, reason: 'Flood in the valley' }]);
    const { body: suspended } = await officer.get(`/v1/plans/${planId}/entitlements?state=suspended&limit=200`).expect(200);
    expect(suspended.items).toHaveLength(entitled - 1);
    const late = await person();
    await officer.post(`/v1/plans/${planId}/runs`, { change: 'entitle', reason: 'Second round' }).expect(202);
    await work(planId);
    await goTo(addDays(lastOf(first, 1), 1));
    await work(planId);
    expect(await notOwed(await entitlementOf(planId, people[1] as Person))).toEqual([[2, 'suspended']]);
    expect(await instalments(await entitlementOf(planId, late))).toEqual([[addDays(lastOf(first, 1), 1), lastOf(first, 2), '10000.00']]);
    await officer.post(`/v1/plans/${planId}/runs`, { change: 'amount', from: addDays(first, -1), reason: 'No amount' }).expect(422);
  });

  it('tells what is due by month', async () => {
    const first = await nextMonth();
    const people = [await person(), await person()];
    const planId = await make({ startsOn: addDays(first, 0), endsOn: addDays(lastOf(first, 2), 15) });
    await name(planId, people).expect(200);
    await goTo(first);
    await work(planId);
    await change(await entitlementOf(planId, people[0] as Person), { change: 'stop', from: addDays(lastOf(first, 1), 1) }).expect(200);
    const { body } = await officer.get(`/v1/plans/${planId}/forecast`).expect(200);
    const third = Number(lastOf(first, 3).slice(8));
    const last = (Math.round((15 * 1_000_000) / third) / 100).toFixed(2);
    expect(
      body.months.map(({ month, madeOut, instalments: n, expected }: Record<string, { amount: string }>) => [
        month,
        madeOut?.amount,
        n,
        expected?.amount,
      ]),
    ).toEqual([
      [first.slice(0, 7), '20000.00', 2, '0.00'],
      [lastOf(first, 2).slice(0, 7), '0.00', 0, '10000.00'],
      [lastOf(first, 3).slice(0, 7), '0.00', 0, last],
    ]);
  });

  it('is made out by the job, in the time zone of the programme, and by one of two workers', async () => {
    const first = await nextMonth();
    const who = await person();
    const planId = await make({ startsOn: first, count: 2 });
    await name(planId, [who]).expect(200);
    const id = await entitlementOf(planId, who);
    const jobs = () =>
      assistanceJobs({ db: platform.app.database.reader, execute: platform.app.execute, clock: platform.clock })[0]?.run({});
    // 22:30 UTC of the day before is 23:30 in Algiers; an hour later it is the day.
    await goTo(addDays(first, -1), '22:30:00');
    await jobs();
    expect(await instalments(id)).toEqual([]);
    platform.clock.skip(3_600_000);
    await Promise.all([jobs(), jobs()]);
    expect(await instalments(id)).toHaveLength(1);
  });

  it('names every fault, and says why a change is not for somebody', async () => {
    const first = await nextMonth();
    const pointers = async (body: object) =>
      (await officer.post(path(), stipend(body)).expect(422)).body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await pointers({ startsOn: first, everyDays: 7 })).toEqual(['/everyDays', '/endsOn']);
    expect(await pointers({ startsOn: first, endsOn: addDays(first, -1) })).toEqual(['/endsOn']);
    expect(await pointers({ startsOn: '2019-01-01', count: 1 })).toEqual(['/startsOn']);
    expect(await pointers({ startsOn: '2099-12-01', count: 2 })).toEqual(['/count']);
    expect(await pointers({ startsOn: first, endsOn: '2098-12-31', every: 'days', everyDays: 1 })).toEqual(['/endsOn']);
    expect(await pointers({ startsOn: first, count: 1, amountRule: { rule: 'by_tier', amounts: [{ tier: 'a', amount: '1' }] } })).toEqual([
      '/scorecardId',
    ]);
    const who = await person();
    const planId = await make({ startsOn: first, count: 2 });
    const elsewhere = await makePerson(platform, (await makeFrame(platform)).programmeId);
    const { body } = await name(planId, [who, elsewhere]).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/beneficiaryIds/1']);
    await name(planId, [who], { startsOn: addDays(first, -1) }).expect(422);
    await name(planId, [who]).expect(200);
    const id = await entitlementOf(planId, who);
    await change(id, { change: 'resume', from: first, arrears: true }).expect(409);
    await change(id, { change: 'resume', from: first }).expect(422);
    await change(id, { change: 'suspend', from: addDays(first, -1) }).expect(422);
    await change(id, { change: 'suspend', from: addDays(first, 5) }).expect(200);
    await change(id, { change: 'suspend', from: addDays(first, 6) }).expect(409);
    const early = await change(id, { change: 'resume', from: addDays(first, 4), arrears: false }).expect(422);
    expect(early.body.errors[0].pointer).toBe('/from');
    await change(id, { change: 'stop', from: first }).expect(200);
    await change(id, { change: 'amount', from: first, amount: '1.00' }).expect(409);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    await stranger.get(`/v1/entitlements/${id}`).expect(404);
    await stranger.get(`/v1/plans/${planId}/forecast`).expect(404);
    await stranger.post(`/v1/entitlements/${id}/changes`, { change: 'stop', from: first, reason: 'None of mine' }).expect(404);
    const approver = await platform.as('approver', { programme: frame.programmeId });
    await approver.post(`/v1/plans/${planId}/runs`, { change: 'stop', from: first, reason: 'Not my task' }).expect(403);
  });
});
