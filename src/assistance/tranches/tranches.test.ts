import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmAll, giveCeilings, makeKind, makeReintegration, someTranches } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { dateIn, newId } from '../../platform/index.ts';

describe('reintegration cash', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let second: Client;
  let approver: Client;
  let today: string;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    const programme = frame.programmeId;
    [officer, second, approver] = [
      await platform.as('programme_officer', { programme }),
      await platform.as('programme_officer', { programme }),
      await platform.as('approver', { programme }),
    ];
    today = dateIn('Africa/Algiers', platform.clock.now());
  });
  afterAll(() => platform.close());

  const inDays = (days: number) => new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const person = () => makePerson(platform, frame.programmeId);
  const entered = async (
    tranches: object[] = someTranches,
    ceiling?: string,
  ): Promise<{ planId: string; somebody: Person; draws: string[] }> => {
    const planId = await makeReintegration(officer, frame, tranches);
    const somebody = await person();
    return { planId, somebody, draws: (await giveCeilings(officer, planId, [somebody], ceiling)).map(({ id }) => id) };
  };
  const sheet = async (drawId: string) => (await officer.get(`/v1/draws/${drawId}`).expect(200)).body;
  const act = (by: Client, drawId: string, step: string, body?: object, key?: string) => by.post(`/v1/draws/${drawId}/${step}`, body, key);
  const instalments = async (planId: string) =>
    (
      await platform.owner.query(
        'select amount::text, due_on, covers_from, covers_to, kind, state from instalments where plan_id = $1 order by number',
        [planId],
      )
    ).rows;

  it('settles what each tranche of a ceiling comes to when somebody is entered', async () => {
    const { planId, somebody, draws } = await entered(
      [
        { name: 'First', share: '0.333333', earliestAfterDays: 30, conditions: [] },
        { name: 'Second', share: '0.333333', earliestOn: '2027-01-01', conditions: [] },
        { name: 'Third', share: '0.333334', conditions: [] },
      ],
      '100.00',
    );
    const items = await Promise.all(draws.map(sheet));
    expect(items.map(({ amount }) => amount.amount)).toEqual(['33.33', '33.33', '33.34']);
    expect(items[0]).toMatchObject({
      beneficiaryId: somebody.id,
      planId,
      programmeId: frame.programmeId,
      state: 'waiting',
      round: 1,
      instalmentId: null,
    });
    expect(items.slice(1).map(({ earliestOn }) => earliestOn)).toEqual(['2027-01-01', today]);
    expect(items[0].earliestOn > today).toBe(true);
    const { body } = await officer.get(`/v1/plans/${planId}`).expect(200);
    expect(body).toMatchObject({ kind: 'reintegration_cash', entitled: 1, total: { amount: '0.00' } });
    expect(body.tranches).toHaveLength(3);
  });

  it('enters whom it can, and says of the others why not', async () => {
    const planId = await makeReintegration(officer, frame);
    const [one, other, suspended] = [await person(), await person(), await person()];
    const stranger = await makePerson(platform, (await makeFrame(platform)).programmeId);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [suspended.id]);
    const ask = { ceiling: '1000' };
    const people = [
      { person: { registrationNumber: one.registrationNumber }, ...ask },
      { person: { beneficiaryId: one.id }, ...ask },
      { person: { beneficiaryId: suspended.id }, ...ask },
      { person: { beneficiaryId: stranger.id }, ...ask },
      { person: { registrationNumber: '9999999994' }, ...ask },
      { person: { beneficiaryId: other.id }, ceiling: '0.001' },
    ];
    const { body } = await officer.post(`/v1/plans/${planId}/ceilings`, { people }).expect(201);
    expect(body.entered.map(({ index }: { index: number }) => index)).toEqual([0]);
    expect(body.refused.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual([
      [1, 'repeated'],
      [2, 'not_enrolled'],
      [3, 'not_found'],
      [4, 'not_found'],
      [5, 'amount'],
    ]);
    const again = await officer.post(`/v1/plans/${planId}/ceilings`, { people: people.slice(0, 1) }).expect(201);
    expect(again.body).toMatchObject({ entered: [], refused: [{ index: 0, code: 'entered_already' }] });
    const { rows } = await platform.owner.query('select beneficiary_id from entitlements where plan_id = $1', [planId]);
    expect(rows).toEqual([{ beneficiary_id: one.id }]);
  });

  it('falls due once every condition is confirmed and somebody else has signed', async () => {
    const { planId, somebody, draws } = await entered();
    const [, trade = ''] = draws;
    const { body: early } = await act(second, trade, 'sign').expect(409);
    expect(early).toMatchObject({ openConditions: 2 });
    await confirmAll(officer, trade);
    const { body: own } = await act(officer, trade, 'sign').expect(403);
    expect(own.code).toBe('separation_of_duties');
    expect(await instalments(planId)).toEqual([]);
    const { body } = await act(approver, trade, 'sign', undefined, 'sign-once-1').expect(200);
    expect(body).toMatchObject({
      state: 'drawn',
      decisions: [{ round: 1, decision: 'signed', reason: null, decidedBy: approver.userId }],
      conditions: [{ evidence: 'RC-2026/114', confirmedBy: officer.userId }, { confirmedBy: officer.userId }],
    });
    expect(await instalments(planId)).toEqual([
      { amount: '60000.00', due_on: today, covers_from: today, covers_to: inDays(29), kind: 'reintegration_cash', state: 'due' },
    ]);
    expect((await act(approver, trade, 'sign', undefined, 'sign-once-1').expect(200)).body).toEqual(body);
    await act(approver, trade, 'sign').expect(409);
    const auditor = await platform.as('auditor', { programme: frame.programmeId });
    const { body: story } = await auditor.get(`/v1/stories/person/${somebody.id}`).expect(200);
    const told = story.items.filter(
      ({ event }: { event: { subjectId: string; refusal: null } }) => event.subjectId === trade && !event.refusal,
    );
    expect(told.map(({ event, title }: { event: { actorId: string }; title: { fr: string } }) => [event.actorId, title.fr])).toEqual([
      [officer.userId, 'Condition de tranche confirmée'],
      [officer.userId, 'Condition de tranche confirmée'],
      [approver.userId, 'Tranche signée'],
    ]);
  });

  it('is due no sooner than its day', async () => {
    const { planId, draws } = await entered([{ name: 'Later', amount: '5000', earliestOn: '2099-01-01', conditions: [] }]);
    await act(second, draws[0] ?? '', 'sign').expect(200);
    expect(await instalments(planId)).toMatchObject([{ due_on: '2099-01-01', amount: '5000.00' }]);
  });

  it('is confirmed condition by condition, each once and of its own', async () => {
    const { draws } = await entered();
    const [arrival = '', trade = ''] = draws;
    const [{ id: conditionId }] = (await sheet(arrival)).conditions;
    const confirm = (drawId: string, evidence = 'P-1') => act(officer, drawId, 'confirmations', { conditionId, evidence });
    await confirm(trade).expect(422);
    await confirm(arrival, '<b>').expect(400);
    await confirm(arrival).expect(200);
    await confirm(arrival).expect(409);
  });

  it('is refused and put back with a reason, and is confirmed anew', async () => {
    const { planId, draws } = await entered();
    const [arrival = ''] = draws;
    await confirmAll(officer, arrival);
    await act(approver, arrival, 'refuse', {}).expect(400);
    const refused = await act(approver, arrival, 'refuse', { reason: 'The pass is of another flight' }).expect(200);
    expect(refused.body).toMatchObject({ state: 'refused', decisions: [{ decision: 'refused', reason: 'The pass is of another flight' }] });
    await act(second, arrival, 'sign').expect(409);
    const back = await act(approver, arrival, 'put-back', { reason: 'They brought the right one' }).expect(200);
    expect(back.body).toMatchObject({ state: 'waiting', round: 2, conditions: [{ confirmedBy: null, evidence: null }] });
    await act(second, arrival, 'sign').expect(409);
    await confirmAll(second, arrival);
    // They confirmed it the first time: across all rounds, who confirmed does not sign.
    expect((await act(officer, arrival, 'sign').expect(403)).body.code).toBe('separation_of_duties');
    await act(approver, arrival, 'sign').expect(200);
    await act(approver, arrival, 'put-back', { reason: 'Signed by mistake' }).expect(200);
    expect(await instalments(planId)).toMatchObject([{ state: 'withdrawn' }]);
    await confirmAll(officer, arrival);
    await act(approver, arrival, 'sign').expect(200);
    expect(await instalments(planId)).toMatchObject([{ state: 'withdrawn' }, { state: 'due', amount: '40000.00' }]);
  });

  it('is signed once when two sign at the same moment', async () => {
    const { planId, draws } = await entered();
    const [arrival = ''] = draws;
    await confirmAll(officer, arrival);
    const answers = await Promise.all([second, approver].map((by) => act(by, arrival, 'sign')));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await instalments(planId)).toHaveLength(1);
  });

  it('enters somebody once when two enter them at the same moment', async () => {
    const planId = await makeReintegration(officer, frame);
    const people = [{ person: { beneficiaryId: (await person()).id }, ceiling: '1000' }];
    const answers = await Promise.all([officer, second].map((by) => by.post(`/v1/plans/${planId}/ceilings`, { people })));
    expect(answers.map(({ status, body }) => [status, body.entered.length]).sort()).toEqual([
      [201, 0],
      [201, 1],
    ]);
  });

  it('is confirmed by an officer, signed by officer or approver, and shown to nobody elsewhere', async () => {
    const { planId, draws } = await entered();
    const [arrival = ''] = draws;
    const [{ id: conditionId }] = (await sheet(arrival)).conditions;
    await act(approver, arrival, 'confirmations', { conditionId, evidence: 'P-1' }).expect(403);
    await approver.post(`/v1/plans/${planId}/ceilings`, { people: [{ person: { beneficiaryId: newId() }, ceiling: '1' }] }).expect(403);
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    await act(finance, arrival, 'sign').expect(403);
    await finance.get(`/v1/draws/${arrival}`).expect(200);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    const bare = ({ body }: { body: object }) => ({ ...body, requestId: '' });
    for (const of of [arrival, newId()])
      for (const [step, body] of [
        ['sign'],
        ['refuse', { reason: 'Mine' }],
        ['put-back', { reason: 'Mine' }],
        ['confirmations', { conditionId, evidence: 'P-1' }],
      ] as const)
        await act(stranger, of, step, body).expect(404);
    expect(bare(await stranger.get(`/v1/draws/${arrival}`).expect(404))).toEqual(
      bare(await stranger.get(`/v1/draws/${newId()}`).expect(404)),
    );
    await stranger.get(`/v1/plans/${planId}/draws`).expect(404);
    const grant = await makeKind(officer, frame, 'emergency_cash', { amountRule: { rule: 'fixed', amount: '1' }, withinDays: 1 });
    await officer.post(`/v1/plans/${grant}/ceilings`, { people: [{ person: { beneficiaryId: newId() }, ceiling: '1' }] }).expect(422);
  });

  it('is listed by its state, page by page', async () => {
    const planId = await makeReintegration(officer, frame);
    const draws = await giveCeilings(officer, planId, [await person(), await person()]);
    await act(approver, draws[2]?.id ?? '', 'refuse', { reason: 'Not this one' }).expect(200);
    const { body: first } = await officer.get(`/v1/plans/${planId}/draws?state=waiting&limit=2`).expect(200);
    const { body: rest } = await officer.get(`/v1/plans/${planId}/draws?state=waiting&limit=2&cursor=${first.nextCursor}`).expect(200);
    expect([...first.items, ...rest.items].map(({ id }) => id)).toEqual(draws.filter((_draw, i) => i !== 2).map(({ id }) => id));
    expect(rest.nextCursor).toBeNull();
  });

  it('keeps to the kinds that the programme pays, and to what it pays at once', async () => {
    const small = await makeFrame(platform);
    const by = await platform.as('programme_officer', { programme: small.programmeId });
    await changeTerms(platform, small.programmeId, { kinds: [['reintegration_cash', '100', '50000']] });
    const plan = (kind: string, terms: object) =>
      by.post(`/v1/programmes/${small.programmeId}/plans`, { kind, name: newId(), purpose: 'return', ...terms });
    const pointers = (body: { errors: { pointer: string }[] }) => body.errors.map(({ pointer }) => pointer);
    const work = { dayRate: '1', startsOn: today, endsOn: today, daysPerPeriod: 1 };
    for (const [kind, terms] of [
      ['top_up', { topUp: { reason: 'winter', amount: '1', dueOn: today } }],
      ['cash_for_work', { work }],
      ['emergency_cash', { amountRule: { rule: 'fixed', amount: '1' }, withinDays: 1 }],
    ] as const)
      expect(pointers((await plan(kind, terms).expect(422)).body), kind).toEqual(['/kind']);
    const tranches = [{ name: 'Too much', amount: '50001', conditions: [] }];
    expect(pointers((await plan('reintegration_cash', { tranches }).expect(422)).body)).toEqual(['/tranches/0/amount']);
    const planId = await makeReintegration(by, small);
    const people = await Promise.all(
      ['100000', '80000'].map(async (ceiling) => ({
        person: { beneficiaryId: (await makePerson(platform, small.programmeId)).id },
        ceiling,
      })),
    );
    const { body } = await by.post(`/v1/plans/${planId}/ceilings`, { people }).expect(201);
    expect([body.entered.length, body.refused[0]]).toMatchObject([1, { index: 0, code: 'amount' }]);
  });

  it('names every fault of its tranches', async () => {
    const tranches = [
      { name: 'One', share: '0.6', conditions: [] },
      { name: 'One', share: '0.6', conditions: [] },
    ];
    const plan = { kind: 'reintegration_cash', name: newId(), purpose: 'return', tranches };
    const { body } = await officer.post(`/v1/programmes/${frame.programmeId}/plans`, plan).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/tranches/1/name', '/tranches']);
    await officer.post(`/v1/programmes/${frame.programmeId}/plans`, { ...plan, tranches: [] }).expect(400);
  });
});
