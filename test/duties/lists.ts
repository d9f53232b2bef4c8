import { newId } from '../../src/platform/index.ts';
import { makeFrame, makePerson } from '../support/fixtures.ts';
import { makePlan, makeTeam, submitted } from '../support/plans.ts';
import { changeTerms } from '../support/terms.ts';
import { type Attacks, refused, type Stage } from './stage.ts';

/** A submitted list that needs two signatures, of which a deputy has given one in somebody's place. */
async function signedByDeputy({ platform }: Stage) {
  const own = await makeFrame(platform);
  await changeTerms(platform, own.programmeId, { approvalRules: [[null, '0', 1, 'approver', 2]] });
  const team = await makeTeam(platform, own);
  const { id: listId, digest } = await submitted(team, own, await makePlan(platform, own, [await makePerson(platform, own.programmeId)]));
  const deputy = await platform.as('approver', { programme: own.programmeId });
  const { rows } = await platform.owner.query(`select id from role_grants where user_id = $1`, [team.approver.userId]);
  const endsAt = new Date(platform.clock.now().getTime() + 86_400_000).toISOString();
  await team.approver.post('/v1/approval-delegations', { grantId: rows[0].id, deputyId: deputy.userId, endsAt }).expect(201);
  await deputy.post(`/v1/payment-lists/${listId}/approve`, { digest, forUserId: team.approver.userId }).expect(200);
  return { listId, digest, approver: team.approver.userId, deputy: deputy.userId };
}

/** Attacks on the duties of a payment list: who makes, signs, releases and cancels. */
export const onLists = {
  async payment_list_hands_one_each({ app, paid, hands }) {
    for (const hand of hands)
      await refused(
        'payment_list_hands_one_each',
        app.query(
          `insert into payment_list_hands (list_id, user_id, hand, role, digest, reason, at)
          select list_id, $2, 'rejecter', 'approver', repeat('0', 64), 'No', now() from vouchers where serial = $1`,
          [paid.serial, hand],
        ),
      );
  },
  async payment_list_hands_one_authority(stage) {
    const { app } = stage;
    const { listId, digest, approver, deputy } = await signedByDeputy(stage);
    const sign = (userId: string, forUserId: string | null, delegationId: string | null) =>
      app.query(
        `insert into payment_list_hands (list_id, user_id, hand, step, role, digest, for_user_id, delegation_id, at)
        values ($1, $2, 'approver', 1, 'approver', $3, $4, $5, now())`,
        [listId, userId, digest, forUserId, delegationId],
      );
    await refused('payment_list_hands_one_authority', sign(approver, null, null));
    await refused('payment_list_hands_one_each', sign(deputy, null, null));
  },
  async payment_list_cancellations_two_people({ app, live, enteredLive }) {
    const { rows } = await app.query(
      `insert into payment_list_cancellations (id, list_id, whole, instalments, reason, line_count, total, currency, proposed_by, proposed_at)
      select gen_random_uuid(), list_id, true, 'free', 'Left', 1, 1, 'DZD', $2, now() from vouchers where serial = $1 returning id`,
      [live.serial, enteredLive],
    );
    const confirm = `update payment_list_cancellations set state = 'confirmed', decided_by = $2, decided_at = now() where id = $1`;
    await refused('payment_list_cancellations_two_people', app.query(confirm, [rows[0].id, enteredLive]));
    await refused(
      'payment_list_cancellations_append_only',
      app.query('begin').then(async () => {
        try {
          await app.query(confirm, [rows[0].id, newId()]);
          await app.query('update payment_list_cancellations set decided_by = $2 where id = $1', [rows[0].id, enteredLive]);
        } finally {
          await app.query('rollback');
        }
      }),
    );
  },
} satisfies Partial<Attacks>;
