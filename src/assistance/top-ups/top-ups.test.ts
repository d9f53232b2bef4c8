import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKind } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { payList, type Wish } from '../../../test/support/paid.ts';
import { makePlan, someDefinition } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { Money, newId } from '../../platform/index.ts';

describe('top-ups', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    app = await platform.applicationClient();
  });
  afterAll(() => platform.close());

  let reasons = 0;
  const makeTopUp = (terms: object = { percentage: '10' }, where: Pick<Frame, 'programmeId'> = frame, by = officer) => {
    reasons += 1;
    return makeKind(by, where, 'top_up', { topUp: { reason: `reason_${reasons}`, dueOn: '2026-04-01', ...terms } });
  };
  const person = (where: Frame = frame) => makePerson(platform, where.programmeId);
  const wish = (somebody: Person, more: Omit<Wish, 'person'> = {}): Wish => ({
    ...more,
    person: { beneficiaryId: somebody.id, householdId: somebody.householdId },
  });
  /** A released list with a line for each of these. @returns the plan, and the instalments in their order */
  async function released(wishes: readonly Wish[], where: Frame = frame, approvedAt = '2026-03-01T09:00:00Z') {
    const paid = await payList(platform, where, wishes, { approvedAt });
    const { rows } = await platform.owner.query(
      `select i.id, i.plan_id, i.beneficiary_id from instalments i join unnest($1::uuid[]) with ordinality p (id, n) on i.beneficiary_id = p.id
      where i.plan_id = (select plan_id from instalments where beneficiary_id = $2 order by created_at desc, id desc limit 1) order by n`,
      [paid.map(({ beneficiaryId }) => beneficiaryId), paid[0]?.beneficiaryId],
    );
    return { planId: String(rows[0].plan_id), instalmentIds: rows.map(({ id }) => String(id)) };
  }
  const named = ({ id }: Person, instalmentId?: string) => ({ person: { beneficiaryId: id }, ...(instalmentId ? { instalmentId } : {}) });
  const topUp = (planId: string, people: readonly object[], by = officer, key?: string) =>
    by.post(`/v1/plans/${planId}/top-ups`, { people }, key);
  const codes = (body: { refused: { index: number; code: string }[] }) => body.refused.map(({ index, code }) => [index, code]);
  const rule = (more: object) => ({ assisted: 'released', from: '2026-03-01', to: '2026-03-31', ...more });
  const byRule = (planId: string, body: object) => officer.post(`/v1/plans/${planId}/top-ups/by-rule`, body);
  const preview = (planId: string, body: object) => officer.post(`/v1/plans/${planId}/top-ups/preview`, body);
  const owed = async (planId: string) =>
    (
      await platform.owner.query(
        'select beneficiary_id, tops_up_id, top_up_reason, number, amount::text, due_on, covers_from, covers_to, state from instalments where plan_id = $1 order by beneficiary_id, number',
        [planId],
      )
    ).rows;

  it('adds to what named people were released, linked to it, once', async () => {
    const [one, other] = [await person(), await person()];
    const { instalmentIds } = await released([wish(one, { amount: '15000.25' }), wish(other)]);
    const planId = await makeTopUp();
    const people = [{ person: { registrationNumber: one.registrationNumber } }, named(other, instalmentIds[1])];
    const { body } = await topUp(planId, people, officer, 'top-up-1').expect(201);
    expect(body.refused).toEqual([]);
    expect(body.made).toMatchObject([
      { index: 0, topsUpId: instalmentIds[0], amount: { amount: '1500.02', currency: 'DZD' } },
      { index: 1, topsUpId: instalmentIds[1], amount: { amount: '1500.00', currency: 'DZD' } },
    ]);
    const shared = {
      top_up_reason: `reason_${reasons}`,
      number: 1,
      due_on: '2026-04-01',
      covers_from: '2026-03-01',
      covers_to: '2026-03-01',
    };
    expect(await owed(planId)).toEqual(
      expect.arrayContaining([
        { ...shared, beneficiary_id: one.id, tops_up_id: instalmentIds[0], amount: '1500.02', state: 'due' },
        { ...shared, beneficiary_id: other.id, tops_up_id: instalmentIds[1], amount: '1500.00', state: 'due' },
      ]),
    );
    expect((await topUp(planId, people, officer, 'top-up-1').expect(201)).body).toEqual(body);
    expect(codes((await topUp(planId, people).expect(201)).body)).toEqual([
      [0, 'topped_up_already'],
      [1, 'topped_up_already'],
    ]);
    expect(await owed(planId)).toHaveLength(2);
    const { rows: events } = await platform.owner.query(
      `select actor_id, programme_id from audit_events where subject_id = $1 and command = 'assistance.top_up_people'`,
      [planId],
    );
    expect(events).toHaveLength(2);
    expect(events[0]).toEqual({ actor_id: officer.userId, programme_id: frame.programmeId });
  });

  it('says whom it does not top up, and why', async () => {
    const outcomes = ['paid', 'returned', 'expired', 'cancelled', 'paid'] as const;
    const people = await Promise.all([...outcomes, 'never'].map(() => person()));
    const [paid, , , , small, never] = people as [Person, Person, Person, Person, Person, Person];
    const amounts = ['1000.00', '1000.00', '1000.00', '1000.00', '0.01'];
    const { instalmentIds } = await released(
      outcomes.map((outcome, i) => wish(people[i] as Person, { outcome, amount: amounts[i] ?? '' })),
    );
    const planId = await makeTopUp();
    await makePlan(platform, frame, [never]);
    const first = await topUp(planId, [named(paid)]).expect(201);
    const otherReason = await makeTopUp();
    const sameReason = await makeTopUp({ amount: '5', reason: `reason_${reasons - 1}` });
    const far = await makeFrame(platform);
    const elsewhere = await person(far);
    const there = await released([wish(elsewhere)], far);
    const { body } = await topUp(otherReason, [
      ...people.slice(1, 5).map((somebody, i) => named(somebody, instalmentIds[i + 1])),
      named(never),
      named(paid, newId()),
      named(elsewhere),
    ]).expect(201);
    expect(codes(body)).toEqual([
      [0, 'not_released'],
      [1, 'not_released'],
      [2, 'not_released'],
      [3, 'comes_to_nothing'],
      [4, 'no_source'],
      [5, 'not_found'],
      [6, 'not_found'],
    ]);
    const why = async (planned: string, somebody: Person, instalmentId?: string) =>
      (await topUp(planned, [named(somebody, instalmentId)]).expect(201)).body.refused[0]?.code;
    expect(await why(otherReason, small, instalmentIds[0])).toBe('not_theirs');
    expect(await why(otherReason, paid, there.instalmentIds[0])).toBe('not_found');
    expect(await why(otherReason, paid, first.body.made[0].instalmentId)).toBe('is_top_up');
    expect(await why(sameReason, paid, instalmentIds[0])).toBe('topped_up_already');
    expect(await why(otherReason, paid, instalmentIds[0])).toBeUndefined();
  });

  it('tops up whom a rule means among those already assisted, as previewed', async () => {
    const [girl, woman, elder, man] = [await person(), await person(), await person(), await person()];
    const { planId: grant, instalmentIds } = await released([
      wish(girl, { ageBand: '6-11', amount: '1000.00' }),
      wish(woman, { wilaya: '31', amount: '2000.00', paidOn: '2026-03-12' }),
      wish(elder, { ageBand: '60+', sex: 'male', hasDisability: true, amount: '3000.00', paidOn: '2026-04-02' }),
      wish(man, { sex: 'male', amount: '4000.00', outcome: 'expired' }),
    ]);
    const scorecardId = newId();
    await platform.owner.query('insert into scorecards values ($1, $2, 900000, $3, $1, now())', [
      scorecardId,
      frame.programmeId,
      someDefinition(),
    ]);
    const tier = JSON.parse(JSON.stringify(someDefinition())).tiers?.[0]?.name;
    for (const [number, name, at] of [
      [1, tier, '2026-02-01'],
      // Of another tier since: what counts is how it was found when the grant fell due.
      [2, null, '2026-03-20'],
    ])
      await platform.owner.query(
        `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, tier, findings, assessed_at) values ($1, $2, $3, 'eligible', 100, $4, '', $5)`,
        [scorecardId, woman.id, number, name, at],
      );
    const planId = await makeTopUp({ percentage: '50' });
    const of = async (more: object) => {
      const { body } = await preview(planId, rule({ planIds: [grant], ...more })).expect(200);
      return [body.count, body.total.amount];
    };
    expect(await of({})).toEqual([3, '3000.00']);
    expect(await of({ assisted: 'paid' })).toEqual([2, '1500.00']);
    expect(await of({ assisted: 'paid', from: '2026-03-12' })).toEqual([1, '1000.00']);
    expect(await of({ from: '2026-03-02' })).toEqual([0, '0.00']);
    expect(await of({ wilayas: ['31'] })).toEqual([1, '1000.00']);
    expect(await of({ groups: ['children'] })).toEqual([1, '500.00']);
    expect(await of({ groups: ['women', 'older_people'] })).toEqual([2, '2500.00']);
    expect(await of({ groups: ['men', 'people_with_disability'] })).toEqual([1, '1500.00']);
    expect(await of({ tiers: { scorecardId, names: [tier] } })).toEqual([1, '1000.00']);
    expect(await of({ tiers: { scorecardId, names: ['No such tier'] } })).toEqual([0, '0.00']);
    expect(await owed(planId)).toEqual([]);

    await topUp(planId, [named(girl)]).expect(201);
    const { body } = await byRule(planId, rule({ planIds: [grant] })).expect(201);
    expect(body).toEqual({
      count: 2,
      total: { amount: '2500.00', currency: 'DZD' },
      already: 1,
      comesToNothing: 0,
      outOfBounds: 0,
      leftOut: [],
    });
    const rows = await owed(planId);
    expect(rows.map(({ tops_up_id }) => tops_up_id).sort()).toEqual(instalmentIds.slice(0, 3).sort());
    expect((await byRule(planId, rule({ planIds: [grant] })).expect(201)).body).toMatchObject({ count: 0, already: 3 });
    // Top-ups of top-ups there are none, whatever the rule.
    const again = await makeTopUp();
    expect((await preview(again, rule({ planIds: [planId] })).expect(200)).body.count).toBe(0);
  });

  it('tops up somebody who was assisted twice, twice', async () => {
    const somebody = await person();
    const plans = [await released([wish(somebody)]), await released([wish(somebody, { amount: '500.00' })])];
    const planId = await makeTopUp({ amount: '100.00' });
    await byRule(planId, rule({ planIds: plans.map((plan) => plan.planId) })).expect(201);
    expect((await owed(planId)).map(({ number, amount }) => [number, amount])).toEqual([
      [1, '100.00'],
      [2, '100.00'],
    ]);
  });

  it('enters a list beside what it tops up, though that was for the same purpose and the same days', async () => {
    const somebody = await person();
    await released([wish(somebody)]);
    const planId = await makeKind(officer, frame, 'top_up', {
      purpose: 'rent',
      topUp: { reason: 'late', percentage: '5', dueOn: '2026-04-01' },
    });
    await topUp(planId, [named(somebody)]).expect(201);
    const { body } = await officer
      .post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [planId], fundIds: [frame.fundId] })
      .expect(201);
    expect(body).toMatchObject({ lineCount: 1, total: { amount: '750.00' } });
  });

  it('is once for each source and reason when two ask at the same moment', async () => {
    const people = [await person(), await person(), await person()];
    const { planId: grant } = await released(people.map((somebody) => wish(somebody)));
    const planId = await makeTopUp();
    const asked = rule({ planIds: [grant] });
    const answers = await Promise.all([
      byRule(planId, asked),
      byRule(planId, asked),
      topUp(
        planId,
        people.map((one) => named(one)),
      ),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const made = answers.reduce((sum, { body }) => sum + (body.made?.length ?? body.count), 0);
    expect(made).toBe(3);
    expect(await owed(planId)).toHaveLength(3);
  });

  it('refuses a rule that points at what is not the programme’s, and terms that break a rule', async () => {
    const planId = await makeTopUp();
    const far = await makePlan(platform, await makeFrame(platform), []);
    const pointers = async (more: object) =>
      (await byRule(planId, rule(more)).expect(422)).body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await pointers({ planIds: [planId, far, newId()] })).toEqual(['/planIds/1', '/planIds/2']);
    expect(await pointers({ tiers: { scorecardId: newId(), names: ['A'] } })).toEqual(['/tiers/scorecardId']);
    expect(await pointers({ to: '2026-02-01' })).toEqual(['/to']);
    await byRule(planId, rule({ groups: ['everybody'] })).expect(400);
    await byRule(await makePlan(platform, frame, []), rule({})).expect(422);
    const plan = {
      kind: 'top_up',
      name: newId(),
      purpose: 'rent',
      topUp: { reason: 'winter', dueOn: '1990-01-01', amount: '1', percentage: '1' },
    };
    const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/plans`, plan).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/topUp/amount', '/topUp/dueOn']);
  });

  it('is made by a programme officer of the programme, and previewed by whoever reads its money', async () => {
    const planId = await makeTopUp();
    const approver = await platform.as('approver', { programme: frame.programmeId });
    await topUp(planId, [named(await person())], approver).expect(403);
    await approver.post(`/v1/plans/${planId}/top-ups/by-rule`, rule({})).expect(403);
    await approver.post(`/v1/plans/${planId}/top-ups/preview`, rule({})).expect(200);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    for (const [path, body] of [
      ['', { people: [named(await person())] }],
      ['/by-rule', rule({})],
      ['/preview', rule({})],
    ] as const) {
      const hidden = await stranger.post(`/v1/plans/${planId}/top-ups${path}`, body).expect(404);
      const missing = await stranger.post(`/v1/plans/${newId()}/top-ups${path}`, body).expect(404);
      expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    }
  });

  it('comes to the same in the database as in the rules', async () => {
    const drawn = fc.array(
      fc.tuple(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 1, max: 10_000_000 }), fc.constantFrom('DZD', 'TND', 'XOF')),
      {
        minLength: 50,
        maxLength: 50,
      },
    );
    await fc.assert(
      fc.asyncProperty(drawn, async (rows) => {
        const cases = rows.map(([units, tenThousandths, currency]) => {
          const digits = { DZD: 2, TND: 3, XOF: 0 }[currency] ?? 0;
          const text = String(units).padStart(digits + 1, '0');
          const amount = Money.of(digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text, currency);
          return { amount: String(amount), parts: tenThousandths, digits, expected: String(amount.portion(tenThousandths, 1_000_000)) };
        });
        const { rows: found } = await platform.owner.query(
          `select c.expected, round_half_even(c.amount * c.parts / 1000000, c.digits)::numeric(40, 3)::text as got, c.expected::numeric(40, 3)::text as wanted
          from jsonb_to_recordset($1) as c (amount numeric, parts int, digits int, expected text)`,
          [JSON.stringify(cases)],
        );
        expect(found.map(({ got }) => got)).toEqual(found.map(({ wanted }) => wanted));
      }),
      { numRuns: 10 },
    );
  });

  describe('in plain SQL', () => {
    const refused = (constraint: string, attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ constraint });
    let planId: string;
    let reason: string;
    let somebody: Person;
    let sources: string[];
    let entitlementId: string;
    beforeAll(async () => {
      planId = await makeTopUp();
      reason = `reason_${reasons}`;
      somebody = await person();
      const other = await person();
      const given = await released([wish(somebody, { amount: '1000.00' }), wish(other, { amount: '1000.00' })]);
      const gone = await released([wish(somebody, { amount: '1000.00', outcome: 'cancelled' })]);
      sources = [...given.instalmentIds, ...gone.instalmentIds];
      entitlementId = newId();
      await app.query('insert into entitlements (id, plan_id, beneficiary_id, created_at) values ($1, $2, $3, now())', [
        entitlementId,
        planId,
        somebody.id,
      ]);
    });
    const insert = (
      sourceId: string | null | undefined,
      { amount = '100.00', why = reason as string | null, number = 1, id = newId() } = {},
    ) =>
      app.query(
        `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
          covers_to, due_on, amount, currency, created_at, tops_up_id, top_up_reason)
        values ($1, $2, $3, $4, 'top_up', $5, $6, $7, 'rent', '2026-03-01', '2026-03-01', '2026-04-01', $8, 'DZD', now(), $9, $10)`,
        [id, entitlementId, number, planId, frame.programmeId, somebody.id, somebody.householdId, amount, sourceId, why],
      );

    it('is not without its source, nor of another person, of what was not released, or for another amount or reason', async () => {
      await refused('instalments_top_up', insert(null, { why: null }));
      await refused('instalments_top_up', insert(sources[0], { why: null }));
      await refused('instalments_top_up_of_their_own', insert(sources[1]));
      await refused('instalments_top_up_of_released', insert(sources[2]));
      await refused('instalments_top_up_terms', insert(sources[0], { amount: '100.01' }));
      await refused('instalments_top_up_terms', insert(sources[0], { why: 'another_reason' }));
      await refused('instalments_top_up_of_their_own', insert(newId()));
    });

    it('is not of a top-up, nor a second time for the reason', async () => {
      const id = newId();
      await insert(sources[0], { id });
      await refused('instalments_topped_up_once', insert(sources[0], { number: 2 }));
      await refused('instalments_top_up_of_assistance', insert(id, { number: 3, amount: '10.00' }));
    });

    it('has terms in a plan of its kind only, which stay', async () => {
      const grant = await makePlan(platform, frame, []);
      await refused(
        'top_up_terms_kind',
        app.query(`insert into top_up_terms values ($1, 'winter', 1, null, 'DZD', '2026-03-01')`, [grant]),
      );
      await refused('top_up_terms_append_only', platform.owner.query('update top_up_terms set amount = 2'));
    });
  });
});
