import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { makePlan, makeTeam, type Team } from '../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration } from '../../test/support/registrations.ts';
import { makeVouchers } from '../../test/support/vouchers.ts';
import { shippedModel } from '../matching/index.ts';
import { newId } from '../platform/index.ts';
import type { Role } from './roles.ts';
import { system } from './system.ts';

const reason = { reason: 'As agreed' };

describe('one person with every role that can be held together', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let others: Team;
  let everything: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    others = await makeTeam(platform, frame);
    await platform.owner.query(`insert into communes values ('16', 'Alger Centre', 'الجزائر الوسطى')`);
    everything = await platform.as('enrolment_officer');
    for (const role of ['programme_officer', 'approver', 'finance_officer', 'field_officer'] as const) await give(everything, role);
    await give(everything, 'office_supervisor', frame.officeId);
  });
  afterAll(() => platform.close());

  const give = ({ userId }: Client, role: Role, officeId: string | null = null) =>
    platform.owner.query('insert into role_grants (id, user_id, role, office_id, granted_by, granted_at) values ($1, $2, $3, $4, $5, $6)', [
      newId(),
      userId,
      role,
      officeId,
      system.id,
      platform.clock.now(),
    ]);

  /** Somebody who paid out cash once, and whose role at the counter is over. */
  async function formerAgent(): Promise<Client> {
    const agent = await platform.as('agent', { office: frame.officeId });
    await platform.owner.query('update role_grants set ends_at = $2 where user_id = $1', [agent.userId, platform.clock.now()]);
    platform.clock.skip(1);
    await give(agent, 'finance_officer');
    return agent;
  }

  const refused = async (answer: ReturnType<Client['post']>): Promise<void> => {
    const { status, body } = await answer;
    expect([status, body.code], JSON.stringify(body)).toEqual([403, 'separation_of_duties']);
  };

  const built = async (by: Client): Promise<string> => {
    const planId = await makePlan(platform, frame, [await makePerson(platform, frame.programmeId)]);
    const path = `/v1/programmes/${frame.programmeId}/payment-lists`;
    return (await by.post(path, { name: newId(), planIds: [planId], fundIds: [frame.fundId] }).expect(201)).body.id;
  };
  const submit = async (by: Client, id: string): Promise<string> =>
    (await by.post(`/v1/payment-lists/${id}/submit`).expect(200)).body.digest;

  it('takes one step of a payment list, and no other', async () => {
    const own = await built(everything);
    const digest = await submit(everything, own);
    await refused(everything.post(`/v1/payment-lists/${own}/approve`, { digest }));
    await refused(everything.post(`/v1/payment-lists/${own}/reject`, reason));
    await others.approver.post(`/v1/payment-lists/${own}/approve`, { digest }).expect(200);
    await refused(everything.post(`/v1/payment-lists/${own}/release`));

    const submitted = await built(others.maker);
    await refused(everything.post(`/v1/payment-lists/${submitted}/approve`, { digest: await submit(everything, submitted) }));

    const signed = await built(others.maker);
    await everything.post(`/v1/payment-lists/${signed}/approve`, { digest: await submit(others.maker, signed) }).expect(200);
    await refused(everything.post(`/v1/payment-lists/${signed}/release`));
    await others.finance.post(`/v1/payment-lists/${signed}/release`).expect(200);

    const rejected = await built(others.maker);
    await submit(others.maker, rejected);
    await everything.post(`/v1/payment-lists/${rejected}/reject`, reason).expect(200);
    const { body } = await everything.get(`/v1/payment-lists/${rejected}/rounds`).expect(200);
    expect(body.items[0].signatures).toContainEqual(expect.objectContaining({ userId: everything.userId, hand: 'rejecter' }));
    await refused(everything.post(`/v1/payment-lists/${rejected}/submit`));
  });

  it('does not verify whom they entered or changed, nor say of them whether two are one', async () => {
    const enrol = (by: Client, like: object = {}) =>
      by.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, registration(like)).expect(201);
    const { body: own } = await enrol(everything);
    await refused(everything.post(`/v1/beneficiaries/${own.id}/verify`));
    const clerk = await platform.as('enrolment_officer');
    const { body: theirs, headers } = await enrol(clerk);
    await everything.patch(`/v1/beneficiaries/${theirs.id}`, headers['etag'] ?? '', { ...reason, language: 'ar' }).expect(200);
    await platform.owner.query(`update enrolments set state = 'exited' where beneficiary_id = $1`, [own.id]);
    await platform.owner.query(`alter table enrolments disable trigger transition`);
    await platform.owner.query(`update enrolments set state = 'applicant' where beneficiary_id = $1`, [theirs.id]);
    await platform.owner.query(`alter table enrolments enable trigger transition`);
    await refused(everything.post(`/v1/beneficiaries/${theirs.id}/verify`));
    const [firstId = '', secondId = ''] = [own.id, theirs.id].sort();
    await platform.owner.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())
      on conflict do nothing`,
      [firstId, secondId, frame.programmeId],
    );
    const decision = { decision: 'different_people', ...reason, version: 1 };
    await refused(everything.post(`/v1/duplicate-pairs/${firstId}/${secondId}/decision`, decision));
    await others.maker.post(`/v1/duplicate-pairs/${firstId}/${secondId}/decision`, decision).expect(200);
  });

  it('does not put to use the model that they estimated, nor give themselves a role', async () => {
    const basis = { withVersion: 0, pairs: 0, moves: [], decided: { pairs: 0, rightBefore: 0, rightAfter: 0 } };
    await platform.owner.query(`insert into matching_models values ($1, $2, 1, $3, $4, $5, now())`, [
      newId(),
      frame.programmeId,
      { ...shippedModel, version: 1 },
      basis,
      everything.userId,
    ]);
    const path = `/v1/programmes/${frame.programmeId}/matching-models/1/use`;
    await refused(everything.post(path));
    await others.maker.post(path).expect(200);
    const administrator = await platform.as('administrator');
    await refused(administrator.post(`/v1/users/${administrator.userId}/roles`, { role: 'enrolment_officer' }));
    await everything.post(`/v1/users/${everything.userId}/roles`, { role: 'enrolment_officer' }).expect(403);
  });

  it('does not pay the cash of a list or a person that they had a hand in', async () => {
    const agent = await platform.as('agent', { office: frame.officeId });
    const [byList, byPerson, free] = await makeVouchers(platform, frame, 3);
    const redeem = ({ serial = '', code = '' } = {}) =>
      agent.post('/v1/payouts', {
        officeId: frame.officeId,
        locator: { serial },
        code,
        documentType: 'passport',
        documentLastFour: '1234',
      });
    await platform.owner.query('alter table enrolments disable trigger all');
    await platform.owner.query('update enrolments set entered_by = $2 where beneficiary_id = $1', [byPerson?.person.id, agent.userId]);
    await platform.owner.query('alter table enrolments enable trigger all');
    await refused(redeem(byPerson));
    await redeem(free).expect(201);
    await platform.owner.query('alter table payment_list_hands disable trigger in_turn');
    await platform.owner.query(`insert into payment_list_hands (list_id, user_id, hand, at) values ($1, $2, 'maker', now())`, [
      byList?.listId,
      agent.userId,
    ]);
    await platform.owner.query('alter table payment_list_hands enable trigger in_turn');
    await refused(redeem(byList));
    const { rows } = await platform.owner.query('select state, failed_attempts from vouchers where id = $1', [byList?.id]);
    expect(rows).toEqual([{ state: 'activated', failed_attempts: 0 }]);
  });

  it('does not reconcile, close or settle what they paid or released, however their roles changed since', async () => {
    const agent = await formerAgent();
    const own = await makeFrame(platform);
    const [paid] = await payList(platform, own, [{ agentId: agent.userId }]);
    const { programmeId, fundId, officeId, officeCode } = own;
    const path = `/v1/programmes/${programmeId}`;
    const items = [{ officeId, amount: { amount: '1.00', currency: 'DZD' } }];
    await refused(agent.post(`${path}/settlements`, { fundId, items }));
    const header = 'Reference,Serial,Amount,Currency,Office,Date';
    const statement = (...rows: string[]) => [header, ...rows, ''].join('\n');
    const line = `R1,${paid?.serial},15000.00,DZD,${officeCode},10/03/2026`;
    const address = `${path}/statements?name=March&from=2026-03-01&to=2026-03-31`;
    await refused(agent.post(address, statement(line)));
    const { rows } = await platform.owner.query(
      `select h.user_id from payment_list_hands h join vouchers v on v.list_id = h.list_id where v.serial = $1 and h.hand = 'releaser'`,
      [paid?.serial],
    );
    const releaser = await platform.as('finance_officer');
    await platform.owner.query('alter table payment_list_hands disable trigger in_turn');
    await platform.owner.query(
      `insert into payment_list_hands (list_id, user_id, hand, digest, at)
      select list_id, $2, 'releaser', repeat('0', 64), now() from vouchers where serial = $1`,
      [paid?.serial, releaser.userId],
    );
    await platform.owner.query('alter table payment_list_hands enable trigger in_turn');
    expect(rows).toHaveLength(1);
    await refused(releaser.post(`${path}/settlements`, { fundId, items }));
    await refused(releaser.post(address, statement(line)));
    const { body } = await others.finance.post(`/v1/programmes/${frame.programmeId}/settlements`, { fundId, items });
    expect(body.status).toBe(404); // the programme of another
    const reconciler = await platform.as('finance_officer', { programme: programmeId });
    await reconciler.post(address, statement(line.replace('15000.00', '14000.00'))).expect(200);
    const { body: exceptions } = await reconciler.get(`${path}/exceptions`).expect(200);
    const resolution = { resolution: 'post_error', note: 'The post agrees' };
    expect(exceptions.items.length).toBeGreaterThan(0);
    for (const { id } of exceptions.items) {
      await refused(agent.post(`/v1/exceptions/${id}/resolution`, resolution));
      await refused(releaser.post(`/v1/exceptions/${id}/resolution`, resolution));
      await reconciler.post(`/v1/exceptions/${id}/resolution`, resolution).expect(200);
    }
    await reconciler.post(`${path}/settlements`, { fundId, items }).expect(201);
  });
});
