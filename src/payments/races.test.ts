import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam, submitted, type Team } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { changeTerms } from '../../test/support/terms.ts';
import { newId } from '../platform/index.ts';

describe('payment lists that many people work on at once', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let person: Person;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '1000.00');
    team = await makeTeam(platform, frame);
    person = await makePerson(platform, frame.programmeId);
  });

  const statuses = (answers: readonly { status: number }[]) => answers.map(({ status }) => status).sort();
  const entries = async (id: string) =>
    (
      await platform.owner.query<{ event: string }>('select event from journal_entries where subject_id = $1 order by event', [id])
    ).rows.map(({ event }) => event);
  const approverToo = () => platform.as('approver', { programme: frame.programmeId });

  it('commit a fund to one list when it cannot bear two', async () => {
    const other = await approverToo();
    const lists = [
      await submitted(team, frame, await makePlan(platform, frame, [person], '600.00')),
      await submitted(team, frame, await makePlan(platform, frame, [person], '600.00')),
    ];
    const answers = await Promise.all(
      lists.map(({ id, digest }, i) => (i === 0 ? team.approver : other).post(`/v1/payment-lists/${id}/approve`, { digest })),
    );
    expect(statuses(answers)).toEqual([200, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'insufficient_funds',
      available: '400.00',
      needed: '600.00',
    });
  });

  it('are approved by exactly as many as the rules ask for', async () => {
    await changeTerms(platform, frame.programmeId, { approvalRules: [[null, '0', 1, 'approver', 2]] });
    const { id, digest } = await submitted(team, frame, await makePlan(platform, frame, [person], '600.00'));
    const approvers = [team.approver, await approverToo(), await approverToo(), await approverToo(), await approverToo()];
    const answers = await Promise.all(approvers.map((approver) => approver.post(`/v1/payment-lists/${id}/approve`, { digest })));
    expect(statuses(answers)).toEqual([200, 200, 409, 409, 409]);
    const { body } = await team.finance.get(`/v1/payment-lists/${id}`).expect(200);
    expect(body).toMatchObject({ state: 'approved', signaturesNeeded: [{ signatures: 2, given: 2 }] });
    expect(await entries(id)).toEqual(['approval']);
  });

  it('take one signature from one person, however often they send it', async () => {
    await changeTerms(platform, frame.programmeId, { approvalRules: [[null, '0', 1, 'approver', 2]] });
    const { id, digest } = await submitted(team, frame, await makePlan(platform, frame, [person], '600.00'));
    const answers = await Promise.all([1, 2, 3].map(() => team.approver.post(`/v1/payment-lists/${id}/approve`, { digest })));
    expect(statuses(answers)).toEqual([200, 403, 403]);
    expect((await team.finance.get(`/v1/payment-lists/${id}`).expect(200)).body.state).toBe('submitted');
  });

  it('fill the steps in order', async () => {
    const steps = [1, 2].map((step) => [null, '0', step, 'approver', 1] as const);
    await changeTerms(platform, frame.programmeId, { approvalRules: steps });
    const { id, digest } = await submitted(team, frame, await makePlan(platform, frame, [person], '600.00'));
    const { body: first } = await team.approver.post(`/v1/payment-lists/${id}/approve`, { digest }).expect(200);
    expect(first).toMatchObject({
      state: 'submitted',
      signaturesNeeded: [
        { step: 1, given: 1 },
        { step: 2, given: 0 },
      ],
    });
    const { body: second } = await (await approverToo()).post(`/v1/payment-lists/${id}/approve`, { digest }).expect(200);
    expect(second.state).toBe('approved');
  });

  it('are released once', async () => {
    const { id } = await approved(team, frame, await makePlan(platform, frame, [person], '600.00'));
    const other = await platform.as('finance_officer', { programme: frame.programmeId });
    const key = newId();
    const answers = await Promise.all([
      team.finance.post(`/v1/payment-lists/${id}/release`, undefined, key),
      other.post(`/v1/payment-lists/${id}/release`),
      other.post(`/v1/payment-lists/${id}/release`),
    ]);
    expect(statuses(answers)).toEqual([200, 409, 409]);
    expect(await entries(id)).toEqual(['approval', 'issue']);
  });

  it('answer a release that is asked for again under its key as they did', async () => {
    const { id } = await approved(team, frame, await makePlan(platform, frame, [person], '600.00'));
    const key = newId();
    const answers = await Promise.all([1, 2, 3].map(() => team.finance.post(`/v1/payment-lists/${id}/release`, undefined, key)));
    expect(statuses(answers)).toEqual([200, 200, 200]);
    for (const { body } of answers) expect(body).toEqual(answers[0]?.body);
    expect(await entries(id)).toEqual(['approval', 'issue']);
  });

  it('hold an instalment once when two are built at the same time', async () => {
    const planId = await makePlan(platform, frame, [person], '600.00');
    const build = () =>
      team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [planId], fundIds: [frame.fundId] });
    expect(statuses(await Promise.all([build(), build(), build()]))).toEqual([201, 422, 422]);
  });

  it('pay one purpose once when lists of two plans are built at the same time', async () => {
    const plans = [
      await makePlan(platform, frame, [person], '10.00', 'shelter'),
      await makePlan(platform, frame, [person], '10.00', 'shelter'),
    ];
    const answers = await Promise.all(
      plans.map((planId) =>
        team.maker.post(`/v1/programmes/${frame.programmeId}/payment-lists`, { name: newId(), planIds: [planId], fundIds: [frame.fundId] }),
      ),
    );
    expect(statuses(answers)).toEqual([201, 422]);
    expect(answers.find(({ status }) => status === 422)?.body).toMatchObject({ code: 'nothing_to_pay', overlap: 1 });
  });
});
