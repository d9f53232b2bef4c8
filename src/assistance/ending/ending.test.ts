import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmAll, giveCeilings, makeKind, makeReintegration, registeredBefore } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { makeTeam, type Team } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeVouchers } from '../../../test/support/vouchers.ts';
import { system } from '../../access/index.ts';
import { dateIn, newId } from '../../platform/index.ts';
import { assistanceJobs } from '../jobs.ts';
import { advancePlan } from '../schedule/advance-command.ts';
import { addDays } from '../schedule/days.ts';

describe('a programme that ends on another day', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let officer: Client;
  let today: string;
  beforeAll(async () => {
    platform = await startPlatform();
    await begin();
    today = dateIn('Africa/Algiers', platform.clock.now());
  });
  afterAll(() => platform.close());

  async function begin(): Promise<void> {
    frame = await makeFrame(platform);
    team = await makeTeam(platform, frame);
    officer = team.maker;
  }
  const inDays = (days: number) => addDays(today, days);
  const person = async () => {
    const made = await makePerson(platform, frame.programmeId);
    await registeredBefore(platform, [made]);
    return made;
  };
  async function ends(endsOn: string): Promise<void> {
    const administrator = await platform.as('administrator');
    const path = `/v1/programmes/${frame.programmeId}`;
    const { headers } = await administrator.get(path).expect(200);
    await administrator.patch(path, String(headers['etag']), { endsOn, reason: 'The agreement says so' }).expect(200);
    await platform.settled();
    const jobs = assistanceJobs({ db: platform.app.database.reader, execute: platform.app.execute, clock: platform.clock });
    await jobs.find(({ name }) => name === 'assistance.generate')?.run({});
  }
  /** Thirty days that are over, thirty of which this is the first, and thirty to come. */
  async function stipend(people: readonly Person[]): Promise<string> {
    const planId = await makeKind(officer, frame, 'stipend', {
      amountRule: { rule: 'fixed', amount: '3000.00' },
      startsOn: inDays(-30),
      endsOn: inDays(59),
      every: 'days',
      everyDays: 30,
    });
    const named = { beneficiaryIds: people.map(({ id }) => id), startsOn: inDays(-30), reason: 'Case conference' };
    await officer.post(`/v1/plans/${planId}/entitlements`, named).expect(200);
    return planId;
  }
  const owed = async (planId: string) =>
    (
      await platform.owner.query(
        `select i.covers_to, i.amount::text, e.carried::float from instalments i join entitlements e on e.id = i.entitlement_id
        where i.plan_id = $1 and i.state = 'due' order by i.covers_from, i.covers_to`,
        [planId],
      )
    ).rows.map(({ covers_to, amount, carried }) => [covers_to, amount, carried]);

  it('owes nothing past it that is on no list, says why, and owes it after all when it ends later', async () => {
    const [one, other, third] = [await person(), await person(), await person()];
    const [free, listed] = [await stipend([one]), await stipend([other])];
    await officer
      .post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [listed], fundIds: [frame.fundId] })
      .expect(201);
    const emergency = await makeKind(officer, frame, 'emergency_cash', { amountRule: { rule: 'fixed', amount: '500.00' }, withinDays: 5 });
    const people = [{ person: { beneficiaryId: third.id } }];
    await officer.post(`/v1/plans/${emergency}/emergency-entries`, { dueOn: inDays(3), people }).expect(201);
    const tranches = [{ name: 'Later', share: '1', earliestOn: inDays(5), conditions: [{ name: 'Seen', evidenceAsked: 'Report' }] }];
    const reintegration = await makeReintegration(officer, frame, tranches);
    const [draw] = await giveCeilings(officer, reintegration, [third]);
    await confirmAll(officer, draw?.id ?? '');
    await team.approver.post(`/v1/draws/${draw?.id}/sign`).expect(200);
    const [voucher] = await makeVouchers(platform, frame, 1, { send: false });
    const topUp = await makeKind(officer, frame, 'top_up', { topUp: { reason: 'winter', amount: '5.00', dueOn: inDays(20) } });
    await officer.post(`/v1/plans/${topUp}/top-ups`, { people: [{ person: { beneficiaryId: voucher?.person.id } }] }).expect(201);
    const all = [free, listed, emergency, reintegration, topUp];
    const due: unknown[][][] = [];
    for (const planId of all) due.push(await owed(planId));
    expect(due.map((rows) => rows.length)).toEqual([2, 2, 1, 1, 1]);

    await ends(inDays(2));
    expect(await owed(free)).toEqual([
      [inDays(-1), '3000.00', 0],
      [inDays(2), '300.00', 0],
    ]);
    // What is on a list stays, and is told as paid beyond what is owed.
    expect(await owed(listed)).toEqual(due[1]?.map(([last, amount]) => [last, amount, -2700]));
    for (const planId of [emergency, reintegration, topUp]) expect(await owed(planId)).toEqual([]);
    const { body: waiting } = await officer.get(`/v1/draws/${draw?.id}`).expect(200);
    expect(waiting).toMatchObject({ state: 'waiting', round: 2, instalmentId: null });
    await confirmAll(officer, draw?.id ?? '');
    await team.approver.post(`/v1/draws/${draw?.id}/sign`).expect(409);
    const { body: late } = await officer.post(`/v1/plans/${emergency}/emergency-entries`, { dueOn: inDays(3), people }).expect(422);
    expect(late.errors).toMatchObject([{ pointer: '/dueOn', detail: `A day from ${today} to ${inDays(2)}.` }]);
    const { rows: events } = await platform.owner.query(
      `select subject_id, reason from audit_events where command = 'assistance.withdraw_past_end' and refusal is null order by subject_id`,
    );
    expect(events).toEqual([...all].sort().map((planId) => ({ subject_id: planId, reason: `The programme ends on ${inDays(2)}.` })));
    const auditor = await platform.as('auditor', { programme: frame.programmeId });
    const { body: story } = await auditor.get(`/v1/stories/person/${one.id}`).expect(200);
    const told = story.items.map(({ event }: { event: { command: string } }) => event.command);
    expect(told).toEqual(expect.arrayContaining(['assistance.create_plan', 'assistance.entitle_people', 'assistance.withdraw_past_end']));

    await ends(inDays(400));
    expect(await owed(free)).toEqual([
      [inDays(-1), '3000.00', 0],
      [inDays(29), '3000.00', 0],
    ]);
    expect(await owed(listed)).toEqual(due[1]);
  });

  it('cuts a period that is being worked through, and leaves out one that would begin after it', async () => {
    await begin();
    const people = [await person(), await person(), await person()];
    const planOf = async (first: number): Promise<string> => {
      const amountRule = { rule: 'fixed', amount: '3000.00' };
      const days = { startsOn: inDays(first), endsOn: inDays(first + 29), every: 'days', everyDays: 30 };
      const planId = await makeKind(officer, frame, 'stipend', { amountRule, ...days });
      const named = { beneficiaryIds: people.map(({ id }) => id), startsOn: inDays(first), reason: 'Case conference' };
      await officer.post(`/v1/plans/${planId}/entitlements`, named).expect(200);
      // As if a rule had named them: worked through together, one at a time.
      await platform.owner.query('update entitlements set is_plain = true, settle_on = null where plan_id = $1', [planId]);
      return planId;
    };
    const [cut, after] = [await planOf(10), await planOf(12)];
    platform.clock.skip(Date.parse(`${inDays(12)}T12:00:00Z`) - platform.clock.now().getTime());
    const step = (planId: string) =>
      platform.app.execute(advancePlan, { planId, batch: { together: 1, alone: 1 }, waits: true }, { actor: system });
    // One step to those who join, one for the first person.
    for (const planId of [cut, cut, after]) await step(planId);
    expect(await owed(cut)).toEqual([[inDays(39), '3000.00', 0]]);
    expect(await owed(after)).toEqual([]);
    await ends(inDays(11));
    for (const planId of [cut, after]) while (await step(planId));
    expect(await owed(cut)).toEqual(people.map(() => [inDays(11), '200.00', 0]));
    expect(await owed(after)).toEqual([]);
    const { rows } = await platform.owner.query('select distinct state from plan_periods where plan_id = any($1)', [[cut, after]]);
    expect(rows).toEqual([{ state: 'done' }]);
  });
});
