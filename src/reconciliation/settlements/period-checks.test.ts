import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { bankSays, postSays, settled } from '../../../test/support/settled.ts';
import { stageStatement } from '../../../test/support/statements.ts';

describe('closing a period', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let other: Frame;
  let finance: Client;
  let colleague: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    other = await makeFrame(platform);
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    colleague = await platform.as('finance_officer', { programme: frame.programmeId });
    await payList(platform, frame, [
      { amount: '100.00', paidOn: '2026-03-10' },
      { amount: '50.00', paidOn: '2026-03-11' },
      { amount: '30.00', paidOn: '2026-03-11', officeId: other.officeId },
      { amount: '9.00', paidOn: '2026-03-12', outcome: 'voided' },
    ]);
  });
  afterAll(() => platform.close());

  const path = () => `/v1/programmes/${frame.programmeId}`;
  const openOf = async (check: string) => {
    const { body } = await finance.get(`${path()}/ledger-periods/next`).expect(200);
    return body.checklist.find((one: { check: string }) => one.check === check);
  };

  it('waits for every pay-out at an office to be compared with paper, whatever days a statement says it covers', async () => {
    const uncovered = async () =>
      (await openOf('statements_cover')).open.map(({ name, amount }: { name: string; amount: { amount: string } }) => [
        name.replace(/ \d+$/, ''),
        amount.amount,
      ]);
    expect(await uncovered()).toEqual([
      [`${frame.officeCode} 2026-03-10`, '100.00'],
      [`${frame.officeCode} 2026-03-11`, '50.00'],
      [`${other.officeCode} 2026-03-11`, '30.00'],
    ]);
    // Another programme's statement covers nothing here, and neither does one that lists nothing of ours, or that a person told of.
    await postSays(platform, other.programmeId, '2026-03-01', '2026-03-31');
    const empty = await stageStatement(platform, { programmeId: frame.programmeId, state: 'reconciled', lines: [] });
    const exception = (kind: string, statementId: string | null) =>
      platform.owner.query(
        `insert into exceptions (id, programme_id, statement_id, kind, payout_id, detail, opened_at)
        select gen_random_uuid(), $1, $3, $2, p.id, 'A test', now() from payouts p join vouchers v on v.id = p.voucher_id
        where v.programme_id = $1 and p.paid_on = '2026-03-10'`,
        [frame.programmeId, kind, statementId],
      );
    await exception('not_received', null);
    expect(await uncovered()).toHaveLength(3);
    await postSays(platform, frame.programmeId, '2026-03-11', '2026-03-11');
    expect(await uncovered()).toEqual([[`${frame.officeCode} 2026-03-10`, '100.00']]);
    await exception('ours_not_in_statement', empty.id);
    expect((await openOf('statements_cover')).holds).toBe(true);
    await platform.owner.query(
      `update exceptions set state = 'resolved', resolution = 'accepted', resolved_by = gen_random_uuid(), resolved_at = now()
      where programme_id = $1`,
      [frame.programmeId],
    );
    expect((await openOf('statements_cover')).holds).toBe(true);
  });

  it('waits for settlements of its days to be paid, with the line of the bank', async () => {
    const id = await settled(platform, frame, '150.00', new Date('2026-03-30T12:00:00Z'));
    expect((await openOf('settlements_closed')).open).toMatchObject([{ type: 'settlement', id, amount: { amount: '150.00' } }]);
    await bankSays(platform, frame.programmeId, '150.00', id);
    expect((await openOf('settlements_closed')).holds).toBe(true);
    const late = await settled(platform, { ...frame, officeId: other.officeId }, '10.00', new Date('2026-04-02T12:00:00Z'));
    expect((await openOf('settlements_closed')).holds, late).toBe(true);
  });

  it('leaves owed what two people carry forward by name, and no more', async () => {
    const ask = (client = finance, body: object = { officeId: other.officeId, endsOn: '2026-03-31', reason: 'Their invoice is late' }) =>
      client.post(`${path()}/carry-forwards`, body);
    const confirm = (id: string, client: Client) => client.post(`/v1/carry-forwards/${id}/confirm`);
    const left = async () => (await openOf('post_settled')).open.map(({ amount }: { amount: { amount: string } }) => amount.amount);
    expect(await left()).toEqual(['20.00']);
    await ask(finance, { officeId: frame.officeId, endsOn: '2026-03-31', reason: 'None is left' }).expect(422);
    const { body: asked } = await ask().expect(201);
    expect(asked).toMatchObject({ amount: { amount: '20.00', currency: 'DZD' }, confirmedBy: null });
    await ask(colleague).expect(409);
    expect(await left()).toEqual(['20.00']);
    expect((await confirm(asked.id, finance).expect(403)).body.code).toBe('separation_of_duties');
    await confirm(asked.id, await platform.as('finance_officer', { programme: other.programmeId })).expect(404);
    const both = await Promise.all([confirm(asked.id, colleague), confirm(asked.id, colleague)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await left()).toEqual([]);
    await ask().expect(422);
    // What comes to be owed beside it is not carried forward with it.
    await payList(platform, frame, [{ amount: '1.00', paidOn: '2026-03-11', officeId: other.officeId }]);
    expect(await left()).toEqual(['21.00']);
    const { body: more } = await ask().expect(201);
    await confirm(more.id, colleague).expect(200);
    const { body } = await finance.get(`${path()}/carry-forwards?limit=1`).expect(200);
    expect(body.items).toMatchObject([{ id: asked.id, confirmedBy: colleague.userId }]);
    await (await platform.as('finance_officer', { programme: other.programmeId })).get(`${path()}/carry-forwards`).expect(404);
  });

  it('holds the books against the last statement of each account of the bank, and names days that none covers', async () => {
    const { rows } = await platform.owner.query(
      `select sum(balance_until(a.id, '2026-03-31 23:00Z'))::text as books from accounts a where a.fund_id = $1 and a.kind = 'bank'`,
      [frame.fundId],
    );
    const books = Number(rows[0].books);
    const open = async (): Promise<string[]> =>
      (await openOf('bank_balance')).open.map(
        ({ name, amount }: { name: string; amount: { amount: string } }) => `${name}: ${amount.amount}`,
      );
    type Part = [account: string, from: string, to: string, opening: number, closing: number, interim?: boolean];
    const bank = async (...parts: Part[]) => {
      const [from, to] = [
        parts.map(([, first]) => first).sort()[0] ?? '',
        parts
          .map(([, , last]) => last)
          .sort()
          .at(-1) ?? '',
      ];
      const { id } = await stageStatement(platform, {
        programmeId: frame.programmeId,
        source: 'bank',
        from,
        to,
        state: 'reconciled',
        lines: [],
      });
      for (const [i, [account, first, last, opening, closing, interim = false]] of parts.entries())
        await platform.owner.query(
          `insert into statement_parts (statement_id, number, place, account, currency, from_date, to_date, opening, closing, credits, debits, line_count, left_out, interim)
          values ($1, $2, 'x', $3, 'DZD', $4, $5, $6, $7, greatest($7::numeric - $6, 0), greatest($6::numeric - $7, 0), 0, 0, $8)`,
          [id, i + 1, account, first, last, opening, closing, interim],
        );
    };
    // The settlement of the 30th is in the statement that listed it; without one its day is named.
    expect(await open()).toEqual([]);
    await platform.owner.query(`alter table statements disable trigger user`);
    await platform.owner.query(`update statements set to_date = '2026-03-20' where programme_id = $1 and source = 'bank'`, [
      frame.programmeId,
    ]);
    await platform.owner.query(`alter table statements enable trigger user`);
    expect(await open()).toEqual(['DZD 2026-03-30 no statement: -150.00']);
    // Pages of one statement, and two statements of one day: the last closing counts, in whatever order they came.
    await bank(['A', '2026-03-31', '2026-03-31', books - 50, books - 5], ['B', '2026-03-29', '2026-03-30', 0, 2]);
    await bank(['A', '2026-03-30', '2026-03-31', 0, 77, true], ['A', '2026-03-30', '2026-03-31', 77, books - 50]);
    await bank(['A', '2026-02-10', '2026-03-10', 0, 7], ['B', '2026-03-30', '2026-04-30', 2, 99]);
    expect(await open()).toEqual(['DZD 2026-03-31: 3.00']);
    await bank(['A', '2026-03-31', '2026-03-31', books - 5, books - 2]);
    expect(await open()).toEqual([]);
    // The bank moved it on the last day, and its paper was read on the next morning; what it moved on the day after it had been told before.
    const late = await settled(platform, { ...frame, officeId: other.officeId }, '4.00', new Date('2026-04-01T08:00:00Z'));
    await bankSays(platform, frame.programmeId, '4.00', late);
    await bank(['A', '2026-03-31', '2026-03-31', books - 2, books - 6]);
    expect(await open()).toEqual([]);
    const early = await settled(platform, { ...frame, officeId: other.officeId }, '3.00', new Date('2026-03-31T10:00:00Z'));
    expect(await open()).toEqual(['DZD 2026-03-31: -3.00']);
    await bankSays(platform, frame.programmeId, '3.00', early, '2026-04-01');
    expect(await open()).toEqual([]);
  });

  it('closes with its checklist, and takes no settlement, fee or reversal any more until two people open it again', async () => {
    expect((await openOf('statements_cover')).open).toMatchObject([{ type: 'payout', amount: { amount: '1.00' } }]);
    await postSays(platform, frame.programmeId, '2026-03-11', '2026-03-11');
    const { body: closed } = await finance.post(`${path()}/ledger-periods`, {}).expect(201);
    expect(closed.closings[0].checklist.map(({ check }: { check: string }) => check)).toEqual(
      expect.arrayContaining(['post_settled', 'statements_cover', 'settlements_closed', 'bank_balance']),
    );
    const march = new Date('2026-03-30T12:00:00Z');
    const rest = { ...frame, officeId: other.officeId };
    await expect(settled(platform, rest, '1.00', march)).rejects.toMatchObject({ constraint: 'journal_entries_open_period' });
    await settled(platform, rest, '1.00', new Date('2026-04-03T12:00:00Z'));
    const { body: asked } = await finance.post(`/v1/ledger-periods/${closed.id}/reopenings`, { reason: 'A receipt was found' }).expect(201);
    await finance.post(`/v1/period-reopenings/${asked.reopenings[0].id}/confirm`).expect(403);
    await colleague.post(`/v1/period-reopenings/${asked.reopenings[0].id}/confirm`).expect(200);
    await settled(platform, rest, '1.00', march);
    expect((await openOf('settlements_closed')).openCount).toBe(1);
  });
});
