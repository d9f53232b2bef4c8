import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { booksOf } from '../../../test/support/books.ts';
import { makeStatement, open } from '../../../test/support/exceptions.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList, type Wish } from '../../../test/support/paid.ts';
import { type Client, clientOf, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type LedgerEvent, post } from '../../ledger/index.ts';
import { Money, newId } from '../../platform/index.ts';
import { type ExceptionKind, exceptionKinds } from '../types.ts';
import { postable } from './rules.ts';

describe('the resolution of an exception, attacked', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let checker: Client;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    app = await platform.applicationClient();
  });
  afterAll(async () => {
    await app.end();
    await platform.close();
  });
  beforeEach(async () => {
    frame = await makeFrame(platform, '100000.00');
    [maker, checker] = (await Promise.all([1, 2].map(() => platform.as('finance_officer', { programme: frame.programmeId })))) as [
      Client,
      Client,
    ];
  });

  const opened = async (kind: ExceptionKind, wish: Wish = {}, line?: { amount?: string }): Promise<{ id: string; paid: Paid }> => {
    const [paid] = (await payList(platform, frame, [wish])) as [Paid];
    return { id: await about(kind, paid, line), paid };
  };
  const about = async (kind: ExceptionKind, paid: Paid, line?: { amount?: string }): Promise<string> => {
    const { statementId, lineIds } = await makeStatement(platform, frame, line ? [{ serial: paid.serial, ...line }] : []);
    const isPaid = (await platform.owner.query('select from payouts where id = $1', [paid.payoutId])).rowCount === 1;
    const [id = ''] = await open(platform, frame, statementId, [
      { kind, detail: 'x', lineId: lineIds[0] ?? null, payoutId: isPaid ? paid.payoutId : null },
    ]);
    return id;
  };
  const dzd = (amount: string) => ({ amount: { amount, currency: 'DZD' } });
  const propose = (id: string, more: object = {}, client = maker) =>
    client.post(`/v1/exceptions/${id}/proposals`, { resolution: 'claim_on_post', note: 'Never listed', ...more });
  const proposalOf = async (id: string): Promise<string> => (await maker.get(`/v1/exceptions/${id}`)).body.decisions.at(-1).id;
  const approve = async (id: string, client = checker) => client.post(`/v1/exceptions/${id}/proposals/${await proposalOf(id)}/approval`);

  it('takes two people, neither of whom paid it, in its programme, with a fresh second factor', async () => {
    const { id } = await opened('ours_not_in_statement', { agentId: checker.userId });
    expect((await propose(id, {}, checker).expect(403)).body.code).toBe('separation_of_duties');
    const outsider = await platform.as('finance_officer', { programme: newId() });
    await propose(id, {}, outsider).expect(404);
    await propose(id, {}, await platform.as('programme_officer', { programme: frame.programmeId })).expect(403);
    await propose(id).expect(201);
    for (const who of [maker, checker]) expect((await approve(id, who)).body.code).toBe('separation_of_duties');
    expect((await approve(id, outsider)).status).toBe(404);
    const third = await platform.as('finance_officer', { programme: frame.programmeId });
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = $1`, [
      third.userId,
    ]);
    expect((await approve(id, clientOf(platform, third.userId, third.token))).body.code).toBe('step_up_required');
    const plain = await opened('wrong_office', { agentId: maker.userId });
    expect((await maker.post(`/v1/exceptions/${plain.id}/resolution`, { resolution: 'accepted', note: 'x' }).expect(403)).body.code).toBe(
      'separation_of_duties',
    );
    expect(await booksOf(maker, frame)).toMatchObject({ payable_to_post: '30000.00' });
  });

  it('happens once, however many ask at once', async () => {
    const { id } = await opened('reversed', {}, {});
    const proposals = await Promise.all([1, 2, 3].map(() => propose(id)));
    expect(proposals.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const plain = await maker.post(`/v1/exceptions/${id}/resolution`, { resolution: 'accepted', note: 'x' }).expect(409);
    expect(plain.body.code).toBe('decision_waits');
    const approvals = await Promise.all([1, 2, 3].map(() => approve(id)));
    expect(approvals.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await propose(id).expect(409)).body.code).toBe('exception_settled');
    expect(await booksOf(maker, frame)).toMatchObject({ claims: '15000.00' });
    // Two ends of one claim: one is proposed, the other told so.
    const ends = await Promise.all(['claim_recovered', 'claim_withdrawn'].map((resolution) => propose(id, { resolution })));
    expect(ends.map(({ status }) => status).sort()).toEqual([201, 409]);
    await approve(id);
    expect((await propose(id, { resolution: 'claim_withdrawn' }).expect(409)).body.code).toBe('claim_ended');
  });

  it('is of no more than is at stake, nor than was paid out by all exceptions together', async () => {
    const { id, paid } = await opened('amount_under', {}, { amount: '14000.00' });
    expect((await propose(id, dzd('1000.01')).expect(422)).body.code).toBe('exceeds_stake');
    for (const wrong of [dzd('0'), dzd('-1'), dzd('1.001'), { amount: { amount: '1', currency: 'EUR' } }, { fundId: newId() }])
      await propose(id, wrong).expect(422);
    await propose(id).expect(201);
    await approve(id);
    const [second, third] = [await about('reversed', paid, {}), await about('wrong_collector', paid, {})];
    expect((await propose(second).expect(422)).body.code).toBe('exceeds_stake');
    const both = await Promise.all([second, third].map((one) => propose(one, dzd('14000.00'))));
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422]);
    const over = await opened('amount_over', {}, { amount: '15001.00' });
    expect((await propose(over.id, { resolution: 'write_off', ...dzd('1.01') }).expect(422)).body.code).toBe('exceeds_stake');
  });

  it('does not bear what can still be collected, nor claim what was voided', async () => {
    const live = await opened('paid_not_in_list', { outcome: 'live' }, {});
    expect((await propose(live.id, { resolution: 'write_off' }).expect(409)).body.code).toBe('voucher_collectable');
    const voided = await opened('reversed', { outcome: 'voided' }, {});
    await propose(voided.id).expect(422);
    const claimed = await opened('ours_not_in_statement');
    await propose(claimed.id).expect(201);
    await expect(
      app.query(`update payouts set voided_at = paid_at, voided_by = gen_random_uuid(), void_reason = 'x y z' where id = $1`, [
        claimed.paid.payoutId,
      ]),
    ).rejects.toMatchObject({ constraint: 'payouts_void_unclaimed' });
  });

  it('cannot be gone round in plain SQL', async () => {
    const { id, paid } = await opened('ours_not_in_statement');
    const refused = (constraint: string, statement: string, values: unknown[] = []) =>
      expect(app.query(statement, values), statement).rejects.toMatchObject({ constraint });
    const resolve = `update exceptions set state = 'resolved', note = 'x', resolved_by = gen_random_uuid(), resolved_at = now(), resolution = `;
    await refused('exceptions_resolved_as_approved', `${resolve} 'claim_on_post' where id = $1`, [id]);
    const insert = `insert into exception_decisions (id, exception_id, kind, amount, currency, fund_id, office_id, note, proposed_by, proposed_at, state, reference)`;
    const decision = (
      kind: string,
      amount: string | null,
      more: { office?: string | null; fund?: string; state?: string; reference?: string } = {},
    ) => {
      const { office = frame.officeId, fund = frame.fundId, state = 'proposed', reference = null } = more;
      return [newId(), id, kind, amount, amount && 'DZD', amount && fund, office, newId(), state, reference];
    };
    const values = `values ($1, $2, $3, $4, $5, $6, $7, 'x', $8, now(), $9, $10)`;
    const attempt = (constraint: string, ...wish: Parameters<typeof decision>) =>
      refused(constraint, `${insert} ${values}`, decision(...wish));
    await attempt('exception_decisions_fit_kind', 'write_off', '1');
    await attempt('exception_decisions_at_stake', 'claim_on_post', '15000.01');
    await attempt('exception_decisions_fit_payout', 'claim_on_post', '1', { office: null });
    await attempt('exception_decisions_fit_fund', 'claim_on_post', '1', { fund: (await makeFrame(platform)).fundId });
    await attempt('exception_decisions_fit_claim', 'claim_withdrawn', '1');
    await attempt('exception_decisions_amount', 'claim_on_post', '1.001');
    await attempt('exception_decisions_first_state', 'claim_on_post', '1', { state: 'approved' });
    const made = decision('claim_on_post', '15000');
    await app.query(`${insert} ${values}`, made);
    await refused('exception_decisions_one_waiting', `${insert} ${values}`, decision('reopening', null, { office: null }));
    // Approved, but neither claimed nor posted.
    await refused(
      'exception_decisions_posted',
      `update exception_decisions set state = 'approved', decided_by = gen_random_uuid(), decided_at = now() where id = $1`,
      [made[0]],
    );
    await refused(
      'claims_by_decision',
      `insert into claims (id, exception_id, programme_id, fund_id, office_id, payout_id, amount, currency, opened_at)
      values ($1, $2, $3, $4, $5, $6, 15000, 'DZD', now())`,
      [made[0], id, frame.programmeId, frame.fundId, frame.officeId, paid.payoutId],
    );
    await checker.post(`/v1/exceptions/${id}/proposals/${made[0]}/approval`).expect(200);
    await refused('claims_by_decision', `update claims set state = 'recovered', ended_by = $1, ended_at = now() where id = $1`, [made[0]]);
    await refused('exception_decisions_undone_by_reopening', 'update exception_decisions set undone_by = id where id = $1', [made[0]]);
    await refused(
      'exceptions_resolved_as_approved',
      `update exceptions set state = 'open', resolution = null, resolved_by = null, resolved_at = null, reopened_at = now() where id = $1`,
      [id],
    );
    for (const statement of [
      'delete from claims',
      'delete from exception_decisions',
      'update exception_decisions set amount = 1',
      'update claims set amount = 1',
      'update exceptions set amount = 1',
      `update exception_events set reason = 'x'`,
    ])
      await expect(app.query(statement), statement).rejects.toMatchObject({ code: '42501' });
  });

  it('shows in the identities when something is posted that nobody decided', async () => {
    await opened('ours_not_in_statement');
    const { programmeId, fundId, officeId } = frame;
    const broken = async (event: LedgerEvent): Promise<string[]> => {
      const at = platform.clock.now();
      const transfer = { event, programmeId, fundId, officeId, subject: { type: 'claim', id: newId() }, amount: Money.of('1.00', 'DZD') };
      await platform.app.database.transaction((tx) => post(tx, at, [transfer]));
      const { body } = await maker.get(`/v1/programmes/${programmeId}/identities`).expect(200);
      const identities: { identity: string; holds: boolean }[] = body.identities;
      return identities.filter(({ holds }) => !holds).map(({ identity }) => identity);
    };
    expect(await broken('claim')).toEqual(['office_payable', 'office_claims']);
    // As if the claim had been kept: now the fund has what nobody gave it.
    expect(await broken('recovery')).toEqual(['fund_received', 'office_payable']);
  });

  it('takes of each kind what src/reconciliation/exceptions/rules.ts says', async () => {
    for (const kind of exceptionKinds)
      for (const decision of ['claim_on_post', 'write_off', 'cash_recovered', 'returned_by_bank', 'not_ours'] as const) {
        const { rows } = await app.query('select takes_decision($1, $2) as takes', [kind, decision]);
        expect([kind, decision, rows[0].takes]).toEqual([kind, decision, postable[kind].includes(decision)]);
      }
  });
});
