import { newId } from '../../src/platform/index.ts';
import { type Attacks, refused, type Stage } from './stage.ts';

/** A settlement in plain SQL, with what takes its steps and moves it. */
async function draftedSettlement({ frame, app }: Stage) {
  const [id, maker] = [newId(), newId()];
  const step = (name: string, by: string) =>
    app.query(`insert into settlement_steps values ($1, $2, $3, now(), 'As agreed')`, [id, name, by]);
  await app.query('begin');
  await app.query(
    `insert into settlements (id, programme_id, fund_id, reference, amount, currency, from_date, to_date, made_by, made_at)
    values ($1, $2, $3, $4, 1, 'DZD', '2026-03-01', '2026-03-31', $5, now())`,
    [id, frame.programmeId, frame.fundId, id.slice(0, 30), maker],
  );
  await app.query('insert into settlement_lines (settlement_id, position, office_id, principal, fee) values ($1, 1, $2, 1, 0)', [
    id,
    frame.officeId,
  ]);
  await step('drafted', maker);
  await app.query('commit');
  return { id, maker, step, move: (state: string) => app.query('update settlements set state = $2 where id = $1', [id, state]) };
}

/** One that was approved, with its order written. */
async function approvedSettlement(stage: Stage) {
  const { frame, app } = stage;
  const made = await draftedSettlement(stage);
  for (const name of ['submitted', 'approved']) {
    await made.step(name, newId());
    await made.move(name);
  }
  await app.query(
    `insert into settlement_files (settlement_id, programme_id, terms_version, execute_on, content, digest, written_at)
    values ($1, $2, 7, '2026-03-31', 'x', encode(sha256('x'), 'hex'), now())`,
    [made.id, frame.programmeId],
  );
  return made;
}

/** Has somebody set where the money goes, and another confirm it, once. @returns who set it */
async function confirmedAccounts({ frame, app }: Stage): Promise<string> {
  await app.query(
    `insert into post_terms (programme_id, version, payer_name, payer_account, payee_name, payee_account, reason, set_by, set_at)
    values ($1, 7, 'We', 'A1', 'They', 'B1', 'Agreed', gen_random_uuid(), now()) on conflict do nothing`,
    [frame.programmeId],
  );
  await app.query('insert into post_terms_confirmations values ($1, 7, gen_random_uuid(), now()) on conflict do nothing', [
    frame.programmeId,
  ]);
  return (await app.query('select set_by from post_terms where programme_id = $1 and version = 7', [frame.programmeId])).rows[0].set_by;
}

/** An invoice of the post that waits for its decision. */
async function receivedInvoice({ frame, app }: Stage, number: string) {
  const [id, recorder] = [newId(), newId()];
  await app.query('begin');
  await app.query(
    `insert into post_invoices (id, programme_id, number, issued_on, from_date, to_date, currency, payout_count, principal, fee, recorded_by, recorded_at)
    values ($1, $2, $3, '2026-04-01', '2026-03-01', '2026-03-31', 'DZD', 1, 1, 0, $4, now())`,
    [id, frame.programmeId, number, recorder],
  );
  await app.query(
    `insert into post_invoice_lines (invoice_id, position, office_id, office_code, payout_count, principal, fee) values ($1, 1, $2, '16', 1, 1, 0)`,
    [id, frame.officeId],
  );
  await app.query('commit');
  const dispute = (by: string) =>
    app.query(`update post_invoices set state = 'disputed', reason = 'None of ours', decided_by = $2, decided_at = now() where id = $1`, [
      id,
      by,
    ]);
  return { recorder, dispute };
}

/** Attacks on the duties between the agency and the post: settlements, accounts, invoices and closed books. */
export const onSettlements = {
  async settlements_by_another(stage) {
    const { paid, hands } = stage;
    const { step } = await draftedSettlement(stage);
    for (const hand of [...hands, paid.agentId]) {
      await refused('settlements_by_another', step('submitted', hand));
      await refused('settlements_by_another', step('cancelled', hand));
    }
    await step('submitted', newId());
  },
  async settlements_approved_by_another(stage) {
    await confirmedAccounts(stage);
    const { maker, step, move } = await draftedSettlement(stage);
    const submitter = newId();
    await step('submitted', submitter);
    await move('submitted');
    for (const by of [maker, submitter])
      for (const name of ['approved', 'rejected']) await refused('settlements_approved_by_another', step(name, by));
    await step('approved', newId());
  },
  async settlements_instructed_by_another(stage) {
    const writer = await confirmedAccounts(stage);
    const { step } = await approvedSettlement(stage);
    await refused('settlements_instructed_by_another', step('instructed', writer));
    await step('instructed', newId());
  },
  async settlements_cancelled_by_another(stage) {
    await confirmedAccounts(stage);
    const { maker, step, move } = await approvedSettlement(stage);
    const sender = newId();
    await step('instructed', sender);
    await move('instructed');
    for (const by of [maker, sender]) await refused('settlements_cancelled_by_another', step('cancelled', by));
    await step('cancelled', newId());
  },
  async post_terms_two_people(stage) {
    const { frame, app } = stage;
    const writer = await confirmedAccounts(stage);
    await refused(
      'post_terms_two_people',
      app.query('insert into post_terms_confirmations values ($1, 7, $2, now())', [frame.programmeId, writer]),
    );
  },
  async post_invoices_decided_by_another(stage) {
    const { recorder, dispute } = await receivedInvoice(stage, 'F-2');
    await refused('post_invoices_decided_by_another', dispute(recorder));
    await dispute(newId());
  },
  async post_invoices_by_another(stage) {
    const { paid, hands } = stage;
    const { dispute } = await receivedInvoice(stage, 'F-1');
    for (const hand of [...hands, paid.agentId]) await refused('post_invoices_by_another', dispute(hand));
    await dispute(newId());
  },
  async ledger_carry_forwards_two_people({ frame, app }) {
    const [id, asker] = [newId(), newId()];
    await app.query(
      `insert into ledger_carry_forwards (id, programme_id, office_id, ends_on, amount, currency, reason, asked_by, asked_at)
      values ($1, $2, $3, '2026-03-31', 1, 'DZD', 'Too late', $4, now())`,
      [id, frame.programmeId, frame.officeId, asker],
    );
    const confirm = (by: string) =>
      app.query('update ledger_carry_forwards set confirmed_by = $2, confirmed_at = now() where id = $1', [id, by]);
    await refused('ledger_carry_forwards_two_people', confirm(asker));
    await confirm(newId());
  },
  async ledger_reopenings_two_people({ platform, frame, app }) {
    const [periodId, reopeningId, asker] = [newId(), newId(), newId()];
    await platform.owner.query(
      `insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
      values ($1, $2, 1, '2020-01-01', '2020-01-31', '2020-01-01', '2020-02-01', now())`,
      [periodId, frame.programmeId],
    );
    await platform.owner.query(`insert into ledger_closings values ($1, 1, $2, now(), '[{"check": "identities", "holds": true}]')`, [
      periodId,
      asker,
    ]);
    await app.query(`insert into ledger_reopenings values ($1, $2, 1, 'A receipt was found', $3, now())`, [reopeningId, periodId, asker]);
    const confirm = (by: string) =>
      app.query('update ledger_reopenings set confirmed_by = $2, confirmed_at = now() where id = $1', [reopeningId, by]);
    await refused('ledger_reopenings_two_people', confirm(asker));
    await confirm(newId());
  },
} satisfies Partial<Attacks>;
