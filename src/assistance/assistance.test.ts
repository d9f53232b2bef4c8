import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person, resizeHousehold } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

describe('assistance', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let scorecardId: string;
  let versions = 0;
  const people: Person[] = [];

  async function makeScorecard(programmeId: string): Promise<string> {
    const id = newId();
    versions += 1;
    await platform.owner.query(`insert into scorecards values ($1, $2, $3, '{}', $1, now())`, [id, programmeId, versions]);
    return id;
  }
  const assess = (scorecard: string, { id }: Person, eligible: boolean, number = 1) =>
    platform.owner.query(
      `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, findings, assessed_at)
      values ($1, $2, $3, $4, 10, '', now())`,
      [scorecard, id, number, eligible ? 'eligible' : 'not_eligible'],
    );

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    scorecardId = await makeScorecard(frame.programmeId);
    for (let i = 0; i < 5; i += 1) people.push(await makePerson(platform, frame.programmeId));
    const [first, second, third, ineligible, suspended] = people as [Person, Person, Person, Person, Person];
    await resizeHousehold(platform, second.householdId, 3);
    await resizeHousehold(platform, third.householdId, 7);
    for (const person of [first, second, third, suspended]) await assess(scorecardId, person, true);
    await assess(scorecardId, ineligible, false);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [suspended.id]);
  });
  afterAll(() => platform.close());

  const plan = (overrides: object = {}) => ({
    kind: 'one_time_grant',
    name: `Plan ${newId()}`,
    purpose: 'rent',
    amountRule: { rule: 'fixed', amount: '15000.00' },
    dueOn: '2026-03-01',
    scorecardId,
    ...overrides,
  });
  const path = () => `/v1/programmes/${frame.programmeId}/plans`;

  it('owes one instalment to everybody who is enrolled and eligible, and to nobody else', async () => {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const { body } = await officer.post(path(), plan()).expect(201);
    expect(body).toMatchObject({ entitled: 3, total: { amount: '45000.00', currency: 'DZD' }, currency: 'DZD' });
    const { rows } = await platform.owner.query(
      `select i.beneficiary_id, i.amount::text, i.purpose, i.household_id, e.plan_id
      from instalments i join entitlements e on e.id = i.entitlement_id where e.plan_id = $1`,
      [body.id],
    );
    expect(rows.map(({ beneficiary_id }) => beneficiary_id).sort()).toEqual(
      people
        .slice(0, 3)
        .map(({ id }) => id)
        .sort(),
    );
    expect(new Set(rows.map(({ amount }) => amount))).toEqual(new Set(['15000.00']));
    const { body: read } = await officer.get(`/v1/plans/${body.id}`).expect(200);
    expect(read).toEqual(body);
    const { rows: events } = await platform.owner.query(
      `select subject_type, programme_id, actor_id from audit_events where subject_id = $1`,
      [body.id],
    );
    expect(events).toEqual([{ subject_type: 'plan', programme_id: frame.programmeId, actor_id: officer.userId }]);
  });

  it('goes by what was found of somebody last', async () => {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const latest = await makeScorecard(frame.programmeId);
    const [lost, gained, stays] = people as [Person, Person, Person];
    for (const [person, first, second] of [
      [lost, true, false],
      [gained, false, true],
    ] as const) {
      await assess(latest, person, first, 1);
      await assess(latest, person, second, 2);
    }
    await assess(latest, stays, true);
    const { body } = await officer.post(path(), plan({ scorecardId: latest })).expect(201);
    expect(body.entitled).toBe(2);
    const { rows } = await platform.owner.query('select beneficiary_id as id from entitlements where plan_id = $1', [body.id]);
    expect(rows.map(({ id }) => id).sort()).toEqual([gained.id, stays.id].sort());
  });

  it('gives each household size the tier it reaches', async () => {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const amounts = [
      { fromSize: 5, amount: '30000' },
      { fromSize: 1, amount: '10000.50' },
      { fromSize: 3, amount: '20000.00' },
    ];
    const { body } = await officer.post(path(), plan({ amountRule: { rule: 'by_household_size', amounts } })).expect(201);
    expect(body).toMatchObject({ entitled: 3, total: { amount: '60000.50', currency: 'DZD' } });
  });

  it('names every fault at once', async () => {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const elsewhere = await makeScorecard((await makeFrame(platform)).programmeId);
    const amounts = [
      { fromSize: 2, amount: '10.005' },
      { fromSize: 2, amount: '0' },
    ];
    const { body } = await officer
      .post(path(), plan({ dueOn: '2101-01-01', scorecardId: elsewhere, amountRule: { rule: 'by_household_size', amounts } }))
      .expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/amountRule/amounts/0/amount',
      '/amountRule/amounts/1/amount',
      '/amountRule/amounts/1/fromSize',
      '/amountRule/amounts',
      '/dueOn',
      '/scorecardId',
    ]);
    await officer.post(path(), plan({ kind: 'stipend' })).expect(400);
  });

  it('refuses a second plan of the same name, and repeats nothing for a repeated request', async () => {
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const once = plan({ name: 'Once' });
    const first = await officer.post(path(), once, 'plan-once-1').expect(201);
    const again = await officer.post(path(), once, 'plan-once-1').expect(201);
    expect(again.body).toEqual(first.body);
    await officer.post(path(), once).expect(409);
  });

  it('lets only a programme officer of the programme plan, and shows it to nobody elsewhere', async () => {
    const approver = await platform.as('approver', { programme: frame.programmeId });
    await approver.post(path(), plan()).expect(403);
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const { body } = await officer.post(path(), plan({ name: 'A plan' })).expect(201);
    const { body: list } = await approver.get(`${path()}?limit=1`).expect(200);
    expect(list.items).toHaveLength(1);
    expect(list.nextCursor).not.toBeNull();
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    await stranger.post(path(), plan()).expect(404);
    await stranger.get(path()).expect(404);
    const hidden = await stranger.get(`/v1/plans/${body.id}`).expect(404);
    const missing = await stranger.get(`/v1/plans/${newId()}`).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
  });
});
