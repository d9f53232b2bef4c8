import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { approved, makePlan, makeTeam, type Team } from '../../test/support/plans.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { settled } from '../../test/support/settled.ts';
import { checkIdentities, type LedgerEvent, post } from '../ledger/index.ts';
import { type Actor, dateIn, Money, newId, sql } from '../platform/index.ts';
import { releaseList } from './commands/index.ts';
import type { IssueVouchers } from './index.ts';

/** A voucher room of the test's own. */
const doing = (part: IssueVouchers['part']): IssueVouchers => ({
  part,
  whenReleased: (listId) => [{ job: 'test.after_release', payload: { listId } }],
});

/** A released list of three vouchers over 100.00 each: one paid, one expired, one outstanding; one pay-out was voided, and the post is part settled. */
describe('the identities of the books', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let team: Team;
  let listId: string;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '1000.00');
    team = await makeTeam(platform, frame);
    const people = [
      await makePerson(platform, frame.programmeId),
      await makePerson(platform, frame.programmeId),
      await makePerson(platform, frame.programmeId),
    ];
    listId = (await approved(team, frame, await makePlan(platform, frame, people, '100.00'))).id;
    await platform.app.execute(releaseList(doing(async () => {})), { listId }, { actor: financeOfficer() });
    await deliver();
    await settled(platform, frame, '40.00');
  });
  afterAll(() => platform.close());

  /** Somebody who releases with a voucher room of the test's own. */
  const financeOfficer = (): Actor => ({
    id: newId(),
    kind: 'user',
    grants: [{ role: 'finance_officer', scope: {} }],
    secondFactorAt: platform.clock.now(),
  });

  const move = (event: LedgerEvent, subjectId: string, amount: string, officeId?: string) => ({
    event,
    programmeId: frame.programmeId,
    fundId: frame.fundId,
    subject: { type: 'test', id: subjectId },
    amount: Money.of(amount, 'DZD'),
    ...(officeId ? { officeId } : {}),
  });

  async function deliver(): Promise<void> {
    const now = platform.clock.now();
    await platform.app.database.transaction(async (tx) => {
      const lines = await tx.all<{ id: string; beneficiary_id: string }>(sql`select id, beneficiary_id from payment_list_lines
        where list_id = ${listId} and state = 'released' order by position`);
      const [paid, expired] = lines;
      const vouchers = new Map(lines.map(({ id }) => [id, newId()]));
      await tx.insert(
        'vouchers',
        lines.map(({ id, beneficiary_id }, i) => ({
          id: vouchers.get(id),
          serial: `1234567890123${i}`,
          line_id: id,
          list_id: listId,
          programme_id: frame.programmeId,
          fund_id: frame.fundId,
          beneficiary_id,
          collector_id: beneficiary_id,
          amount: '100.00',
          currency: 'DZD',
          state: 'issued',
          key_version: 1,
          counter: 0,
          failed_attempts: 0,
          issued_at: now,
        })),
      );
      await tx.run(sql`update vouchers set state = 'activated', activated_at = ${now}, expires_at = ${new Date(now.getTime() + 86_400_000)}
        where list_id = ${listId}`);
      const voucher = vouchers.get(paid?.id ?? '') ?? '';
      const payout = (id: string) =>
        tx.insert('payouts', [
          {
            id,
            voucher_id: voucher,
            office_id: frame.officeId,
            agent_id: newId(),
            collector_id: paid?.beneficiary_id,
            amount: '100.00',
            currency: 'DZD',
            document_type: 'passport',
            document_last_four: '1234',
            paid_at: now,
            paid_on: dateIn('Africa/Algiers', now),
          },
        ]);
      const [voided, kept] = [newId(), newId()];
      await tx.run(sql`update vouchers set state = 'redeemed' where id = ${voucher}`);
      await payout(voided);
      await tx.run(
        sql`update payouts set voided_at = ${now}, voided_by = ${newId()}, void_reason = 'Counted wrongly' where id = ${voided}`,
      );
      await tx.run(sql`update vouchers set state = 'activated', counter = counter + 1 where id = ${voucher}`);
      await tx.run(sql`update vouchers set state = 'redeemed' where id = ${voucher}`);
      await payout(kept);
      const lapsed = vouchers.get(expired?.id ?? '') ?? '';
      await tx.run(sql`update vouchers set state = 'expired' where id = ${lapsed}`);
      await post(tx, now, [move('payout', voided, '100.00', frame.officeId)]);
      await post(tx, now, [
        move('void', voided, '100.00', frame.officeId),
        move('payout', kept, '100.00', frame.officeId),
        move('expiry', lapsed, '100.00'),
        move('fee', newId(), '5.00', frame.officeId),
      ]);
    });
  }

  const identity = async (name: string, id: string) =>
    (await checkIdentities(platform.app.database.reader, frame.programmeId)).find((one) => one.identity === name && one.subject.id === id);
  const amounts = (terms: readonly { term: string; amount: { amount: string } }[]) =>
    Object.fromEntries(terms.map(({ term, amount }) => [term, amount.amount]));

  it('hold, with both sides shown', async () => {
    const { body } = await team.finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200);
    expect(body.identities.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
    expect(body.holds).toBe(true);
    const list = { paid: '100.00', outstanding: '100.00', expired: '100.00', cancelled: '0.00' };
    for (const name of ['list_vouchers', 'list_books']) {
      const found = await identity(name, listId);
      expect(found?.left.amount.amount).toBe('300.00');
      expect(amounts(found?.right ?? [])).toEqual(list);
    }
    expect(amounts((await identity('fund_received', frame.fundId))?.right ?? [])).toEqual({
      available: '795.00',
      committed: '0.00',
      outstanding: '100.00',
      paid: '100.00',
      fees: '5.00',
      exchange: '0.00',
      losses: '0.00',
      recovered: '0.00',
    });
    expect(await identity('office_payable', frame.officeId)).toMatchObject({ left: { amount: { amount: '65.00' } }, holds: true });
    expect(amounts((await identity('office_payable', frame.officeId))?.right ?? [])).toEqual({
      paid: '200.00',
      voided: '-100.00',
      fees: '5.00',
      settled: '-40.00',
      losses: '0.00',
      claimed: '0.00',
      released: '0.00',
    });
    expect(new Set(body.identities.map((one: { identity: string }) => one.identity)).size).toBe(9);
  });

  it('shows each account of a fund as what it holds', async () => {
    const { body } = await team.finance.get(`/v1/funds/${frame.fundId}/balances`).expect(200);
    expect(
      Object.fromEntries(body.balances.map(({ kind, balance }: { kind: string; balance: { amount: string } }) => [kind, balance.amount])),
    ).toEqual({
      bank: '960.00',
      fund_available: '795.00',
      fund_committed: '0.00',
      vouchers_outstanding: '100.00',
      payable_to_post: '65.00',
      claims: '0.00',
      advances: '0.00',
      exchange: '0.00',
    });
  });

  it('find a pay-out that never reached the books, and a balance that somebody moved', async () => {
    const { owner } = platform;
    await owner.query('begin');
    await owner.query(`update vouchers set state = 'redeemed' where list_id = $1 and state = 'activated'`, [listId]);
    await owner.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four,
        paid_at, paid_on)
      select gen_random_uuid(), id, $2, $2, collector_id, amount, currency, 'passport', '1234', now(), '2026-05-01' from vouchers v
      where list_id = $1 and state = 'redeemed' and not exists (select from payouts p where p.voucher_id = v.id)`,
      [listId, frame.officeId],
    );
    await owner.query('commit');
    await owner.query('alter table accounts disable trigger through_postings');
    await owner.query(`update accounts set balance = balance - 1 where fund_id = $1 and kind = 'fund_available'`, [frame.fundId]);
    await owner.query('alter table accounts enable trigger through_postings');
    const broken = (await checkIdentities(platform.app.database.reader, frame.programmeId)).filter(({ holds }) => !holds);
    expect(broken.map((one) => one.identity).sort()).toEqual(['fund_received', 'guarded_balance', 'list_books', 'office_payable']);
    const { body } = await team.finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200);
    expect(body.holds).toBe(false);
  });

  it('are handed on when a list is released: its good lines to the vouchers, and what follows to the jobs', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const list = await approved(team, frame, await makePlan(platform, frame, [person], '10.00'));
    const actor = financeOfficer();
    const failing = doing(async () => {
      throw new Error('no voucher could be made');
    });
    await expect(platform.app.execute(releaseList(failing), { listId: list.id }, { actor })).rejects.toThrow('no voucher could be made');
    expect((await team.finance.get(`/v1/payment-lists/${list.id}`).expect(200)).body.state).toBe('approved');

    const issued: unknown[] = [];
    const issue = doing(async (_context, { id }, lines) => void issued.push({ id, ...lines }));
    await platform.app.execute(releaseList(issue), { listId: list.id }, { actor });
    expect(issued).toEqual([{ id: list.id, from: 1, to: 1, count: 1 }]);
    const { rows } = await platform.owner.query(`delete from follow_ups where job = 'test.after_release' returning payload`);
    expect(rows).toContainEqual({ payload: { listId: list.id } });
    await team.finance.post(`/v1/payment-lists/${list.id}/cancel`, { reason: 'Released.' }).expect(409);
  });
});
