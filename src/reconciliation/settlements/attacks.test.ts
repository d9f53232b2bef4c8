import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { postTerms } from '../../../test/support/settled.ts';
import { type Line, matchStatement, stageStatement } from '../../../test/support/statements.ts';
import { newId } from '../../platform/index.ts';

describe('paying the post, attacked', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let approver: Client;
  let payer: Client;
  let clerk: Client;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    app = await platform.applicationClient();
    [maker, approver, payer, clerk] = (await Promise.all([1, 2, 3, 4].map(() => platform.as('finance_officer')))) as [
      Client,
      Client,
      Client,
      Client,
    ];
  });
  afterAll(async () => {
    await app.end();
    await platform.close();
  });
  beforeEach(async () => {
    frame = await makeFrame(platform);
    await payList(platform, frame, [{ amount: '100.00' }]);
    await set(postTerms(), 0);
    await confirm(1);
  });

  const base = () => `/v1/programmes/${frame.programmeId}`;
  const set = (terms: object, version: number, client = approver) => client.put(`${base()}/post-terms`, `"${version}"`, terms).expect(200);
  const confirm = (version: number, client = clerk) => client.post(`${base()}/post-terms/confirmation`, { version }).expect(200);
  const to = (account: string) => ({ ...postTerms(), payee: { name: 'Somebody', account, bic: null } });
  const step = (id: string, name: string, client: Client, body: object = {}) => client.post(`/v1/settlements/${id}/${name}`, body);
  const drafted = async (amount = '10.00'): Promise<{ id: string; reference: string }> => {
    const items = [{ officeId: frame.officeId, amount: { amount, currency: 'DZD' } }];
    return (await maker.post(`${base()}/settlements`, { fundId: frame.fundId, items, submit: true }).expect(201)).body;
  };
  const approved = async (amount?: string) => {
    const made = await drafted(amount);
    await step(made.id, 'approval', approver).expect(200);
    return made;
  };
  const sent = async (amount?: string) => {
    const made = await approved(amount);
    await step(made.id, 'instruction', payer).expect(200);
    return made;
  };
  const refused = async (constraint: string, text: string, values: unknown[]): Promise<void> => {
    await app.query('begin');
    await expect(app.query(text, values), constraint).rejects.toMatchObject({ constraint });
    await app.query('rollback');
  };
  const takeStep = `insert into settlement_steps values ($1, $2, $3, now(), 'As agreed')`;
  const bankLists = (lines: Line[], uploadedBy = clerk.userId) =>
    stageStatement(platform, { programmeId: frame.programmeId, source: 'bank', uploadedBy, lines });
  const match = `with matched as (insert into statement_matches (statement_line_id, pass, passes_version, reason, agrees, matched_by, matched_at)
      values ($1, 'settlement_reference', 0, 'In plain SQL', true, $4, now()))
    insert into statement_match_targets (target_type, target_id, statement_line_id, part) values ($2, $3, $1, 0)`;
  const found = async (statementId: string) =>
    (
      await platform.owner.query(
        `select e.kind, e.detail, e.record_id as record from exceptions e where e.statement_id = $1 and e.state <> 'resolved' order by e.id`,
        [statementId],
      )
    ).rows;

  it('an order to the bank is not called off by who made or sent it, nor when the bank lists it', async () => {
    const { id } = await sent();
    const { body } = await step(id, 'cancellation', payer, { reason: 'It failed' }).expect(403);
    expect(body.code).toBe('separation_of_duties');
    for (const who of [maker, payer]) await refused('settlements_cancelled_by_another', takeStep, [id, 'cancelled', who.userId]);
    const { lineIds } = await bankLists([{ amount: '10.00' }]);
    await platform.owner.query(match, [lineIds[0], 'settlement', id, newId()]);
    await refused('settlements_listed', takeStep, [id, 'cancelled', approver.userId]);
    expect((await step(id, 'cancellation', approver, { reason: 'It failed' }).expect(409)).body.detail).toContain('Take that match apart');
  });

  it('an order that was called off and that the bank carried out all the same is found and named, and missed by nobody', async () => {
    const { id, reference } = await sent();
    await step(id, 'cancellation', approver, { reason: 'It failed' }).expect(200);
    const again = await sent();
    const silent = await bankLists([]);
    await matchStatement(platform, silent.id);
    expect((await found(silent.id)).map(({ record }) => record)).not.toContain(id);
    const listed = await bankLists([{ reference: 'BK-1', ourReference: reference, amount: '10.00' }]);
    await matchStatement(platform, listed.id);
    expect(await found(listed.id)).toEqual([
      { kind: 'bank_not_in_statement', detail: 'The bank carried out an order of ours that was called off.', record: id },
    ]);
    // The line is no proof of the order that followed.
    const { rows } = await platform.owner.query(`select target_id from statement_match_targets where target_id in ($1, $2)`, [
      id,
      again.id,
    ]);
    expect(rows).toEqual([{ target_id: id }]);
  });

  it('money goes to accounts that two people said, and to those that were approved', async () => {
    const { id } = await approved();
    await set(to('STOLEN1'), 1);
    expect((await approver.post(`${base()}/post-terms/confirmation`, { version: 2 }).expect(403)).body.code).toBe('separation_of_duties');
    await refused('post_terms_two_people', 'insert into post_terms_confirmations values ($1, 2, $2, now())', [
      frame.programmeId,
      approver.userId,
    ]);
    // Not confirmed, so not used.
    const { body: order } = await step((await approved('5.00')).id, 'instruction', payer).expect(200);
    expect(order.order.termsVersion).toBe(1);
    await confirm(2);
    await clerk.post(`${base()}/post-terms/confirmation`, { version: 2 }).expect(409);
    expect((await step(id, 'instruction', payer).expect(409)).body.detail).toContain('changed after it was approved');
    await app.query('begin');
    await app.query(
      `insert into settlement_files (settlement_id, programme_id, terms_version, execute_on, content, digest, written_at)
      values ($1, $2, 2, '2026-03-31', 'x', encode(sha256('x'), 'hex'), now())`,
      [id, frame.programmeId],
    );
    await expect(app.query(takeStep, [id, 'instructed', payer.userId])).rejects.toMatchObject({
      constraint: 'settlements_accounts_as_approved',
    });
    await app.query('rollback');
  });

  it('who set the payee does not send money there by having somebody else write the next version', async () => {
    await set(to('OTHER1'), 1, payer);
    await set({ ...to('OTHER1'), tariff: null }, 2, clerk);
    await confirm(3, maker);
    const { id } = await approved();
    expect((await step(id, 'instruction', payer).expect(403)).body.code).toBe('separation_of_duties');
  });

  it('who has nothing confirmed approves nothing', async () => {
    frame = await makeFrame(platform);
    await payList(platform, frame, [{ amount: '100.00' }]);
    await set(postTerms(), 0);
    const { id } = await drafted();
    expect((await step(id, 'approval', payer).expect(409)).body.code).toBe('no_post_terms');
    await refused('settlements_accounts_confirmed', takeStep, [id, 'approved', payer.userId]);
  });

  it('who took a step of a settlement, or recorded what came in, neither matches its line nor closes its exception', async () => {
    const { id, reference } = await sent();
    const contribution = (await platform.owner.query('select id, recorded_by from contributions where fund_id = $1', [frame.fundId]))
      .rows[0];
    const { id: statementId, lineIds } = await bankLists([
      { ourReference: reference, amount: '9.00' },
      { kind: 'deposit', amount: '10000000.00' },
    ]);
    for (const who of [maker, approver, payer]) {
      await refused('statement_matches_by_another', match, [lineIds[0], 'settlement', id, who.userId]);
      await refused(
        'statement_decisions_by_another',
        `insert into statement_decisions values (gen_random_uuid(), $1, 'settlement', $2, 'same', 'One', $3, now())`,
        [lineIds[0], id, who.userId],
      );
    }
    await refused('statement_matches_by_another', match, [lineIds[1], 'contribution', contribution.id, contribution.recorded_by]);
    await matchStatement(platform, statementId);
    const { rows } = await platform.owner.query(`select id from exceptions where statement_id = $1 and record_id = $2`, [statementId, id]);
    expect(rows).toHaveLength(1);
    const resolve = (client: Client) => client.post(`/v1/exceptions/${rows[0].id}/resolution`, { resolution: 'accepted', note: 'A fee' });
    for (const who of [maker, approver, payer]) expect((await resolve(who)).body.code).toBe('separation_of_duties');
  });

  const invoiceOf = async (fee: string, client = maker): Promise<string> => {
    const money = { payoutCount: 1, principal: '0.00', fee };
    const invoice = { number: newId(), issuedOn: '2026-04-01', from: '2026-03-01', to: '2026-03-31', currency: 'DZD', totals: money };
    const lines = [{ officeCode: frame.officeCode, ...money }];
    return (await client.post(`${base()}/post-invoices`, { ...invoice, lines }).expect(201)).body.id;
  };
  const decide = (id: string, more: object = {}, client = approver) =>
    client.post(`/v1/post-invoices/${id}/decision`, { decision: 'accepted', ...more });

  it('the same fee is not agreed to twice without a word, however many decide at once; nor by who recorded it', async () => {
    const [one, two] = [await invoiceOf('1.00'), await invoiceOf('1.00')];
    expect((await decide(one, {}, maker).expect(403)).body.code).toBe('separation_of_duties');
    const both = await Promise.all([decide(one), decide(two)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 422]);
    const left = both[0]?.status === 200 ? two : one;
    expect((await maker.get(`/v1/post-invoices/${left}/lines`).expect(200)).body.items).toMatchObject([
      { feeBefore: { amount: '1.00' }, differences: expect.arrayContaining(['claimed_before']) },
    ]);
    await decide(left, { decision: 'partly_accepted', reason: 'As it agrees' }).expect(422);
    await app.query('begin');
    await app.query('insert into post_invoice_acceptances values ($1, 1, 0, 1)', [left]);
    await expect(
      app.query(`update post_invoices set state = 'accepted', decided_by = gen_random_uuid(), decided_at = now() where id = $1`, [left]),
    ).rejects.toMatchObject({ constraint: 'post_invoices_beyond_reasoned' });
    await app.query('rollback');
    await refused('post_invoices_decided_by_another', `update post_invoices set state = 'disputed', reason = 'Why', decided_by = $2, decided_at = now() where id = $1`, [left, maker.userId]); // biome-ignore format: one
    // More than the tariff gives wants a reason too.
    const dear = await invoiceOf('1.01');
    await decide(dear).expect(422);
    await decide(dear, { reason: 'Two visits' }).expect(200);
  });

  it('a fee that a settlement has paid stays in the books, and a line of the post finds no fee that was taken back', async () => {
    const invoiceId = await invoiceOf('1.00');
    await decide(invoiceId).expect(200);
    const { body } = await maker.post(`${base()}/settlements`, { fundId: frame.fundId, invoiceId, submit: true }).expect(201);
    await step(body.id, 'approval', approver).expect(200);
    await step(body.id, 'instruction', payer).expect(200);
    await step(body.id, 'confirmation', payer, { bankReference: 'BK-1' }).expect(200);
    const reversing = async (fundId: string) =>
      (await platform.owner.query(`select id from journal_entries where event = 'fee' and fund_id = $1 order by at desc`, [fundId])).rows[0]
        .id;
    const refusal = await clerk.post(`/v1/journal-entries/${await reversing(frame.fundId)}/reversal`, { reason: 'A mistake' });
    expect([refusal.status, refusal.body.code]).toEqual([409, 'claimed_by_settlement']);
    await refused(
      'journal_entries_fee_settled',
      `insert into journal_entries select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid(), 'reverses', e.id, 'event', 'reversal'))).*
      from journal_entries e where e.id = $1`,
      [await reversing(frame.fundId)],
    );
    const targets = async () =>
      (await platform.owner.query(`select from statement_targets where programme_id = $1 and target_type = 'fee'`, [frame.programmeId]))
        .rowCount;
    expect(await targets()).toBe(1);
    const other = await drafted('3.00');
    await step(other.id, 'rejection', approver, { reason: 'Not now' }).expect(200);
    const own = { fundId: frame.fundId, reference: 'FEE-1', officeId: frame.officeId, from: '2026-03-01', to: '2026-03-31' };
    await clerk.post(`${base()}/post-fees`, { ...own, amount: { amount: '2.00', currency: 'DZD' } }).expect(201);
    expect(await targets()).toBe(2);
    const entry = await platform.owner.query(
      `select e.id from journal_entries e join post_fee_shares s on s.id = e.subject_id join post_fees f on f.id = s.fee_id where f.reference = 'FEE-1' and f.programme_id = $1`,
      [frame.programmeId],
    );
    await clerk.post(`/v1/journal-entries/${entry.rows[0].id}/reversal`, { reason: 'A mistake' }).expect(201);
    expect(await targets()).toBe(1);
    const { body: books } = await clerk.get(`${base()}/identities`).expect(200);
    const bank = books.identities.find(({ identity }: { identity: string }) => identity === 'fund_bank');
    expect(bank).toMatchObject({ left: { amount: { amount: '9999999.00' } }, holds: true });
    expect(bank.right).toContainEqual({ term: 'settled', amount: { amount: '-1.00', currency: 'DZD' } });
  });
});
