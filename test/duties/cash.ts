import { expect } from 'vitest';
import { newId } from '../../src/platform/index.ts';
import { type Attacks, refused, type Stage } from './stage.ts';

/** Redeems the live voucher as somebody, and takes it back. */
async function pay({ frame, app, live }: Stage, agentId: string): Promise<void> {
  await app.query('begin');
  try {
    await app.query(`update vouchers set state = 'redeemed' where serial = $1`, [live.serial]);
    await app.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
      select gen_random_uuid(), id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), '2026-03-11' from vouchers where serial = $1`,
      [live.serial, frame.officeId, agentId],
    );
  } finally {
    await app.query('rollback');
  }
}

const handTo = ({ app }: Stage, advanceId: string, by: string) =>
  app.query(`update advances set state = 'handed', handed_by = $2, handed_at = now(), handed_reference = 'R' where id = $1`, [
    advanceId,
    by,
  ]);

/** An advance of which the live voucher was delivered by a receipt; whatever somebody does next is taken back with it. */
async function withReceipt(
  stage: Stage,
  then: (ids: { payoutId: string; officer: string; witness: string }) => Promise<unknown>,
): Promise<void> {
  const { platform, frame, app, live } = stage;
  const officer = newId();
  const advanceId = await advanceOf(stage, officer);
  await handTo(stage, advanceId, newId());
  const { userId: witness } = await platform.as('field_officer', { programme: frame.programmeId });
  await app.query('begin');
  try {
    await app.query(`update vouchers set state = 'redeemed' where serial = $1`, [live.serial]);
    await app.query(
      `insert into payouts
          (id, voucher_id, advance_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
        select $1, id, $1, $2, collector_id, amount, currency, 'passport', '1234', now(), '2026-03-11' from vouchers where serial = $3`,
      [advanceId, officer, live.serial],
    );
    await app.query(`insert into deliveries values ($1, 'receipt', $2, 'R-1')`, [advanceId, witness]);
    await then({ payoutId: advanceId, officer, witness });
  } finally {
    await app.query('rollback');
  }
}

const answer = ({ app }: Stage, payoutId: string, what: string, by: string) =>
  app.query(
    `insert into delivery_answers (id, payout_id, answer, reason, answered_by, answered_at)
      values (gen_random_uuid(), $1, $2, case when $2 <> 'confirmed' then 'As it was' end, $3, now())`,
    [payoutId, what, by],
  );

/** Says that the cash of an advance is lost, as somebody, then confirms it as somebody else. */
const reportLoss = ({ app }: Stage, advanceId: string, by: string) =>
  app.query(
    `update advances set loss_reported_by = $2, loss_reported_at = now(), loss_reason = 'Robbed on the road', loss_reference = 'G-117' where id = $1`,
    [advanceId, by],
  );
const confirmLoss = ({ app }: Stage, advanceId: string, by: string) =>
  app.query(`update advances set state = 'lost', lost = amount - delivered - returned, ended_by = $2, ended_at = now() where id = $1`, [
    advanceId,
    by,
  ]);

/** An advance that an officer asks for, to deliver the live voucher. No other is open. */
async function advanceOf({ platform, app, live }: Stage, officer: string): Promise<string> {
  const id = newId();
  await platform.owner.query('update advance_vouchers set is_open = false');
  await app.query(
    `insert into advances (id, programme_id, fund_id, officer_id, round, visit_on, amount, currency, asked_at)
    select $1, programme_id, fund_id, $2, 'In Guezzam road', '2099-01-01', amount, currency, now() from vouchers where serial = $3`,
    [id, officer, live.serial],
  );
  await app.query('insert into advance_vouchers (advance_id, voucher_id) select $1, id from vouchers where serial = $2', [id, live.serial]);
  return id;
}

const openTill = ({ frame, app }: Stage, agentId: string, by: string) =>
  app.query(
    `insert into tills (id, office_id, agent_id, day, currency, opening, opened_by, opened_at)
    values ($1, $2, $3, current_date, 'DZD', 100, $4, now())`,
    [newId(), frame.officeId, agentId, by],
  );

/** Attacks on the duties around cash: pay-outs, tills, advances and what is changed of a voucher. */
export const onCash = {
  async payouts_by_another(stage) {
    const { app, paid, hands, enteredLive } = stage;
    expect(hands).toHaveLength(3);
    for (const hand of [...hands, enteredLive]) await refused('payouts_by_another', pay(stage, hand));
    await pay(stage, newId()); // anybody else could
    for (const hand of hands)
      await refused(
        'payouts_by_another',
        app.query('update payouts set voided_at = now(), voided_by = $2 where id = $1', [paid.payoutId, hand]),
      );
  },
  async tills_opened_by_another(stage) {
    const { platform, frame } = stage;
    const { userId } = await platform.as('agent', { office: frame.officeId });
    await refused('tills_opened_by_another', openTill(stage, userId, userId));
    await openTill(stage, userId, newId());
  },
  async till_top_ups_by_another({ app }) {
    const { rows } = await app.query('select id, agent_id from tills where closed_at is null limit 1');
    const bring = (by: string) =>
      app.query(`insert into till_top_ups values ($1, $2, 100, 'DZD', 'R', $3, now())`, [newId(), rows[0].id, by]);
    await refused('till_top_ups_by_another', bring(rows[0].agent_id));
    await bring(newId());
  },
  async tills_signed_by_another({ app }) {
    const { rows } = await app.query('select id, agent_id from tills where closed_at is null limit 1');
    const { id, agent_id: agentId } = rows[0];
    await app.query(`update tills set counted = 0, closed_by = $2, closed_at = now() where id = $1`, [id, agentId]);
    const sign = (by: string) => app.query(`update tills set signed_by = $2, signed_at = now(), remark = 'Empty' where id = $1`, [id, by]);
    await refused('tills_signed_by_another', sign(agentId));
    await sign(newId());
  },
  async payouts_void_by_another({ app, paid }) {
    const voiding = app.query('update payouts set voided_at = now(), voided_by = agent_id where id = $1', [paid.payoutId]);
    await refused('payouts_void_by_another', voiding);
  },
  async deliveries_witnessed_by_another(stage) {
    const { platform, frame, app, live, hands } = stage;
    const officer = newId();
    const advanceId = await advanceOf(stage, officer);
    await handTo(stage, advanceId, newId());
    const { userId: colleague } = await platform.as('field_officer', { programme: frame.programmeId });
    const { userId: elsewhere } = await platform.as('field_officer', { programme: newId() });
    const deliver = async (witness: string) => {
      await app.query('begin');
      try {
        await app.query(`update vouchers set state = 'redeemed' where serial = $1`, [live.serial]);
        await app.query(
          `with paid as (insert into payouts
              (id, voucher_id, advance_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
            select $1, id, $2, $3, collector_id, amount, currency, 'passport', '1234', now(), '2026-03-11' from vouchers where serial = $4)
          select`,
          [advanceId, advanceId, officer, live.serial],
        );
        await app.query(`insert into deliveries values ($1, 'receipt', $2, 'R-1')`, [advanceId, witness]);
      } finally {
        await app.query('rollback');
      }
    };
    for (const witness of [officer, ...hands, elsewhere, newId()]) await refused('deliveries_witnessed_by_another', deliver(witness));
    await deliver(colleague);
  },
  async delivery_answers_by_witness(stage) {
    for (const what of ['confirmed', 'disputed']) {
      for (const whose of ['officer', 'nobody'] as const)
        await withReceipt(stage, ({ payoutId, officer }) =>
          refused('delivery_answers_by_witness', answer(stage, payoutId, what, whose === 'officer' ? officer : newId())),
        );
      await withReceipt(stage, ({ payoutId, witness }) => answer(stage, payoutId, what, witness));
    }
  },
  async delivery_answers_accepted_by_another(stage) {
    await withReceipt(stage, ({ payoutId, officer }) =>
      refused('delivery_answers_accepted_by_another', answer(stage, payoutId, 'accepted', officer)),
    );
    await withReceipt(stage, ({ payoutId, witness }) =>
      refused('delivery_answers_accepted_by_another', answer(stage, payoutId, 'accepted', witness)),
    );
    await withReceipt(stage, ({ payoutId }) => answer(stage, payoutId, 'accepted', newId()));
  },
  async advances_accepted_by_another(stage) {
    const { app } = stage;
    const accepter = newId();
    const close = (advanceId: string, by: string) =>
      app.query(`update advances set state = 'closed', ended_by = $2, ended_at = now() where id = $1`, [advanceId, by]);
    for (const by of [accepter, newId()])
      await withReceipt(stage, async ({ payoutId }) => {
        await answer(stage, payoutId, 'accepted', accepter);
        if (by === accepter) await refused('advances_accepted_by_another', close(payoutId, by));
        else await close(payoutId, by);
      });
  },
  async advances_loss_reported_by_another(stage) {
    const officer = newId();
    const advanceId = await advanceOf(stage, officer);
    await handTo(stage, advanceId, newId());
    await refused('advances_loss_reported_by_another', reportLoss(stage, advanceId, officer));
    await reportLoss(stage, advanceId, newId());
  },
  async advances_lost_by_two(stage) {
    const [officer, handedBy, reporter] = [newId(), newId(), newId()];
    const advanceId = await advanceOf(stage, officer);
    await handTo(stage, advanceId, handedBy);
    await reportLoss(stage, advanceId, reporter);
    for (const by of [officer, handedBy, reporter]) await refused('advances_lost_by_two', confirmLoss(stage, advanceId, by));
    await confirmLoss(stage, advanceId, newId());
  },
  async voucher_changes_two_people({ app, live }) {
    const id = newId();
    await app.query(
      `insert into voucher_changes (id, voucher_id, kind, reason, asked_by, asked_at)
      select $1, id, 'cancel', 'As agreed', $1, now() from vouchers where serial = $2`,
      [id, live.serial],
    );
    const confirm = (by: string) =>
      app.query(`update voucher_changes set state = 'done', decided_by = $2, decided_at = now() where id = $1`, [id, by]);
    await refused('voucher_changes_two_people', confirm(id));
    await confirm(newId());
  },
  async advances_handed_by_another(stage) {
    const officer = newId();
    const advanceId = await advanceOf(stage, officer);
    await refused('advances_handed_by_another', handTo(stage, advanceId, officer));
    await handTo(stage, advanceId, newId());
  },
  async advance_returns_by_another({ app }) {
    const { rows } = await app.query(`select id, officer_id from advances where state = 'handed' limit 1`);
    const bring = (by: string) =>
      app.query(`insert into advance_returns values ($1, $2, 15000, 'DZD', 'R', $3, now())`, [newId(), rows[0].id, by]);
    await refused('advance_returns_by_another', bring(rows[0].officer_id));
    await bring(newId());
  },
  async advances_closed_by_another({ app }) {
    const { rows } = await app.query('select id, officer_id from advances where returned = amount limit 1');
    const close = (by: string) =>
      app.query(`update advances set state = 'closed', ended_by = $2, ended_at = now() where id = $1`, [rows[0].id, by]);
    await refused('advances_closed_by_another', close(rows[0].officer_id));
    await close(newId());
  },
} satisfies Partial<Attacks>;
