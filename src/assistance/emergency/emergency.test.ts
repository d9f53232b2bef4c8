import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeKind } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person, resizeHousehold } from '../../../test/support/fixtures.ts';
import { makePlan, makeTeam, submitted } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { workbook } from '../../../test/support/workbooks.ts';
import { dateIn, newId } from '../../platform/index.ts';

describe('emergency cash', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let app: pg.Client;
  let today: string;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    app = await platform.applicationClient();
    today = dateIn('Africa/Algiers', platform.clock.now());
  });
  afterAll(() => platform.close());

  const inDays = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const person = () => makePerson(platform, frame.programmeId);
  const makeEmergency = (terms: object = {}) =>
    makeKind(officer, frame, 'emergency_cash', { amountRule: { rule: 'fixed', amount: '20000.00' }, withinDays: 3, ...terms });
  const enter = (planId: string, people: readonly object[], dueOn = today, by = officer, key?: string) =>
    by.post(`/v1/plans/${planId}/emergency-entries`, { dueOn, people }, key);
  const named = ({ id }: Person, despite?: string) => ({ person: { beneficiaryId: id }, ...(despite ? { despite } : {}) });
  const codes = (body: { refused: { index: number; code: string }[] }) => body.refused.map(({ index, code }) => [index, code]);
  const owed = async (planId: string) =>
    (
      await platform.owner.query(
        'select beneficiary_id, amount::text, due_on, covers_from, covers_to, kind, state from instalments where plan_id = $1 order by beneficiary_id',
        [planId],
      )
    ).rows;

  it('is owed to people who are named, within days, and the others are named back', async () => {
    const planId = await makeEmergency({
      amountRule: {
        rule: 'by_household_size',
        amounts: [
          { fromSize: 1, amount: '20000' },
          { fromSize: 4, amount: '35000' },
        ],
      },
    });
    const [alone, family, gone] = [await person(), await person(), await person()];
    await resizeHousehold(platform, family.householdId, 5);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [gone.id]);
    const stranger = await makePerson(platform, (await makeFrame(platform)).programmeId);
    const people = [
      { person: { registrationNumber: alone.registrationNumber } },
      named(family),
      named(gone),
      named(stranger),
      named(alone),
    ];
    const { body } = await enter(planId, people, inDays(3), officer, 'emergency-1').expect(201);
    expect(body.entered.map(({ index }: { index: number }) => index)).toEqual([0, 1]);
    expect(codes(body)).toEqual([
      [2, 'not_enrolled'],
      [3, 'not_found'],
      [4, 'repeated'],
    ]);
    const expected = [
      { beneficiary_id: alone.id, amount: '20000' },
      { beneficiary_id: family.id, amount: '35000' },
    ].sort((one, other) => (one.beneficiary_id < other.beneficiary_id ? -1 : 1));
    const covered = { due_on: inDays(3), covers_from: inDays(3), covers_to: inDays(32), kind: 'emergency_cash', state: 'due' };
    expect(await owed(planId)).toEqual(expected.map((row) => ({ ...row, ...covered })));
    expect((await enter(planId, people, inDays(3), officer, 'emergency-1').expect(201)).body).toEqual(body);
    expect(codes((await enter(planId, people.slice(0, 2)).expect(201)).body)).toEqual([
      [0, 'entered_already'],
      [1, 'entered_already'],
    ]);
    expect(await owed(planId)).toHaveLength(2);
    const { body: plan } = await officer.get(`/v1/plans/${planId}`).expect(200);
    expect(plan).toMatchObject({ kind: 'emergency_cash', withinDays: 3, entitled: 2, total: { amount: '55000.00', currency: 'DZD' } });
    const { rows: events } = await platform.owner.query(
      `select actor_id, subject_type from audit_events where subject_id = $1 and command = 'assistance.enter_emergency'`,
      [planId],
    );
    expect(events).toEqual([
      { actor_id: officer.userId, subject_type: 'plan' },
      { actor_id: officer.userId, subject_type: 'plan' },
    ]);
  });

  it('is due no later than the plan says, and not yesterday', async () => {
    const planId = await makeEmergency();
    for (const day of [inDays(-1), inDays(4)])
      expect((await enter(planId, [named(await person())], day).expect(422)).body.errors).toMatchObject([{ pointer: '/dueOn' }]);
    await enter(planId, [], today).expect(400);
    await enter(
      planId,
      Array.from({ length: 1001 }, () => ({ person: { beneficiaryId: newId() } })),
    ).expect(400);
    expect(await owed(planId)).toEqual([]);
  });

  it('is for people in no plan of the purpose, unless it is said why', async () => {
    const [planned, other] = [await person(), await person()];
    const purpose = `purpose ${newId()}`;
    await makePlan(platform, frame, [planned, other], '15000.00', purpose);
    const planId = await makeEmergency({ purpose: ` ${purpose.toUpperCase()}` });
    const { body } = await enter(planId, [named(planned), named(other, 'Their house burnt down')]).expect(201);
    expect(codes(body)).toEqual([[0, 'in_another_plan']]);
    expect(await owed(planId)).toMatchObject([{ beneficiary_id: other.id }]);
    const { rows } = await platform.owner.query(
      'select e.despite from emergency_entries e join entitlements t on t.id = e.entitlement_id where t.plan_id = $1',
      [planId],
    );
    expect(rows).toEqual([{ despite: 'Their house burnt down' }]);
  });

  it('takes the people of a file, and gives back the rows that are wrong', async () => {
    const purpose = `purpose ${newId()}`;
    const [one, other, planned, despite, gone] = [await person(), await person(), await person(), await person(), await person()];
    await makePlan(platform, frame, [planned, despite], '15000.00', purpose);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [gone.id]);
    const planId = await makeEmergency({ purpose, namedAmounts: true });
    const line = ({ registrationNumber }: Person, rest: string) => `${registrationNumber};${rest}\n`;
    const file = `N° enregistrement;Montant;Motif\n${line(one, ';')}${line(other, '12 500,50;')}${line(planned, ';')}${line(despite, ';Leur maison a brûlé')}${line(gone, ';')}${line(one, ';')}12;abc;x\n`;
    const send = (dueOn: string, key?: string, by = officer) => by.post(`/v1/plans/${planId}/emergency-files?dueOn=${dueOn}`, file, key);
    const { body } = await send(today, 'emergency-file-1').expect(201);
    const shown = (answer: { faults: { row: number; cell: string; code: string }[] }) =>
      answer.faults.map(({ row, cell, code }) => [row, cell, code]);
    expect(body.enteredCount).toBe(3);
    expect(shown(body)).toEqual([
      [4, 'despite', 'in_another_plan'],
      [6, 'registrationNumber', 'not_enrolled'],
      [7, 'registrationNumber', 'repeated'],
      [8, 'registrationNumber', 'number_wrong'],
      [8, 'amount', 'amount_wrong'],
      [8, 'despite', 'despite_wrong'],
    ]);
    expect(body.faults[0].detail).toContain('no other plan of the same purpose, unless it is said why');
    expect(JSON.stringify(body)).not.toContain(planned.registrationNumber);
    expect((await owed(planId)).map(({ amount }) => Number(amount)).sort()).toEqual([12500.5, 20000, 20000]);
    expect((await send(today, 'emergency-file-1').expect(201)).body).toEqual(body);
    const inFrench = await send(today, 'emergency-file-1').set('Accept-Language', 'fr').expect(201);
    expect(inFrench.headers['content-language']).toBe('fr');
    expect(inFrench.body.faults[0].detail).toMatch(/^La personne est dans un tel plan/);
    const again = (await send(today).expect(201)).body;
    expect([again.enteredCount, shown(again).filter(([, , code]) => code === 'entered_already').length]).toEqual([0, 3]);
    expect(await owed(planId)).toHaveLength(3);
    await send(inDays(4)).expect(422);
    await send(today, undefined, await platform.as('approver', { programme: frame.programmeId })).expect(403);
    await send(today, undefined, await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId })).expect(
      404,
    );
    const empty = await officer.post(`/v1/plans/${planId}/emergency-files?dueOn=${today}`, 'Registration number\n12\n').expect(422);
    expect(empty.body.errors).toMatchObject([{ row: 2, cell: 'registrationNumber' }]);
    await officer.post(`/v1/plans/${planId}/emergency-files?dueOn=${today}`, 'Name\nx\n').expect(422);
  });

  it('takes a workbook, and an amount of a person only where the plan lets it be said', async () => {
    const planId = await makeEmergency();
    const [one, other] = [await person(), await person()];
    const text = (cell: string, value: string) => `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`;
    const book = await workbook({
      rows: `<row r="1">${text('A1', 'Registration number')}${text('B1', 'Amount')}</row>
        <row r="2"><c r="A2"><v>${Number(one.registrationNumber)}</v></c></row>
        <row r="3"><c r="A3"><v>${Number(other.registrationNumber)}</v></c><c r="B3"><v>100.5</v></c></row>`,
    });
    const { body } = await officer
      .post(`/v1/plans/${planId}/emergency-files?dueOn=${today}`)
      .type('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')
      .send(book)
      .expect(201);
    expect(body).toMatchObject({ enteredCount: 1, faults: [{ row: 3, cell: 'amount', code: 'amount_of_plan' }] });
    const said = await enter(planId, [{ ...named(other), amount: '5.00' }]).expect(201);
    expect(codes(said.body)).toEqual([[0, 'amount_of_plan']]);
  });

  it('enters somebody once when two requests come at the same moment, into one plan or two of one purpose', async () => {
    const purpose = `purpose ${newId()}`;
    const [one, other] = [await makeEmergency({ purpose }), await makeEmergency({ purpose })];
    const [first, second] = [await person(), await person()];
    const into = (planIds: readonly string[], somebody: Person) => Promise.all(planIds.map((planId) => enter(planId, [named(somebody)])));
    for (const answers of [await into([one, one], first), await into([one, other], second)]) {
      expect(answers.map(({ status }) => status)).toEqual([201, 201]);
      expect(answers.map(({ body }) => body.entered.length).sort()).toEqual([0, 1]);
    }
  });

  it('is paid on the short rule of its kind', async () => {
    const place = await makeFrame(platform);
    await changeTerms(platform, place.programmeId, {
      approvalRules: [
        [null, '0', 1, 'approver', 2],
        ['emergency_cash', '0', 1, 'programme_officer', 1],
      ],
    });
    const team = await makeTeam(platform, place);
    const terms = { amountRule: { rule: 'fixed', amount: '20000.00' }, withinDays: 0 };
    const planId = await makeKind(team.maker, place, 'emergency_cash', terms);
    await enter(planId, [named(await makePerson(platform, place.programmeId))], today, team.maker).expect(201);
    const { id, digest } = await submitted(team, place, planId);
    const colleague = await platform.as('programme_officer', { programme: place.programmeId });
    const { body } = await colleague.post(`/v1/payment-lists/${id}/approve`, { digest }).expect(200);
    expect(body.state).toBe('approved');
  });

  it('is entered by a programme officer of the programme, in a plan of the kind', async () => {
    const planId = await makeEmergency();
    const people = [named(await person())];
    const approver = await platform.as('approver', { programme: frame.programmeId });
    await enter(planId, people, today, approver).expect(403);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    const hidden = await enter(planId, people, today, stranger).expect(404);
    const missing = await enter(newId(), people, today, stranger).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    await enter(await makePlan(platform, frame, []), people).expect(422);
  });

  describe('in plain SQL', () => {
    const refused = (constraint: string, attempt: Promise<unknown>) => expect(attempt).rejects.toMatchObject({ constraint });
    const entitle = async (planId: string, { id }: Person): Promise<string> => {
      const entitlementId = newId();
      await app.query('insert into entitlements (id, plan_id, beneficiary_id, created_at) values ($1, $2, $3, now())', [
        entitlementId,
        planId,
        id,
      ]);
      return entitlementId;
    };
    const entry = (entitlementId: string, dueOn: string, despite: string | null = null) =>
      app.query('insert into emergency_entries values ($1, $2, $3, $1, $4)', [entitlementId, dueOn, despite, platform.clock.now()]);
    const instalment = (planId: string, entitlementId: string, { id, householdId }: Person, dueOn: string, number = 1, covers = dueOn) =>
      app.query(
        `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
          covers_to, due_on, amount, currency, created_at)
        values (gen_random_uuid(), $1, $7, $2, 'emergency_cash', $3, $4, $5, 'x', $8, $8, $6, 20000, 'DZD', now())`,
        [entitlementId, planId, frame.programmeId, id, householdId, dueOn, number, covers],
      );

    it('is not entered late, nor beside another plan of the purpose without a reason', async () => {
      const purpose = `purpose ${newId()}`;
      const [free, planned] = [await person(), await person()];
      await makePlan(platform, frame, [planned], '1.00', purpose);
      const planId = await makeEmergency({ purpose });
      const entitlementId = await entitle(planId, free);
      await refused('emergency_entries_soon', entry(entitlementId, inDays(4)));
      await refused('emergency_entries_soon', entry(entitlementId, inDays(-1)));
      await entry(entitlementId, inDays(3));
      const beside = await entitle(planId, planned);
      await refused('emergency_entries_in_no_plan', entry(beside, today));
      const named = 'insert into emergency_entries values ($1, $2, null, $1, $3, 5)';
      await refused('emergency_entries_amount', app.query(named, [await entitle(planId, await person()), today, platform.clock.now()]));
      // What a record is in that was merged into theirs, they are in.
      const [loser, survivor] = [await person(), await person()];
      await makePlan(platform, frame, [loser], '1.00', purpose);
      await platform.owner.query('update beneficiaries set merged_into = $1, version = version + 1 where id = $2', [survivor.id, loser.id]);
      await refused('emergency_entries_in_no_plan', entry(await entitle(planId, survivor), today));
      await entry(beside, today, 'Their house burnt down');
      await refused('emergency_entries_append_only', platform.owner.query('update emergency_entries set due_on = due_on'));
    });

    it('is not owed to somebody who was not entered, on another day, or twice', async () => {
      const planId = await makeEmergency();
      const somebody = await person();
      const entitlementId = await entitle(planId, somebody);
      await refused('instalments_of_emergency', instalment(planId, entitlementId, somebody, today));
      await entry(entitlementId, today);
      await refused('instalments_of_emergency', instalment(planId, entitlementId, somebody, inDays(1)));
      await instalment(planId, entitlementId, somebody, today);
      await refused('instalments_of_emergency', instalment(planId, entitlementId, somebody, today, 2, inDays(40)));
    });

    it('is what was said of the person', async () => {
      const planId = await makeEmergency({ namedAmounts: true });
      const somebody = await person();
      const entitlementId = await entitle(planId, somebody);
      const named = 'insert into emergency_entries values ($1, $2, null, $1, $3, 5)';
      await app.query(named, [entitlementId, today, platform.clock.now()]);
      await refused('instalments_of_emergency', instalment(planId, entitlementId, somebody, today));
    });

    it('has terms in a plan of its kind only', async () => {
      const planId = await makePlan(platform, frame, []);
      await refused('emergency_terms_kind', app.query('insert into emergency_terms values ($1, 3)', [planId]));
    });
  });
});
