import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { booksOf } from '../../../test/support/books.ts';
import { camt, camtEntry } from '../../../test/support/camt.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { postTerms } from '../../../test/support/settled.ts';

describe('what the bank sends back, and what is nobody’s here', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let approver: Client;
  let bookkeeper: Client;
  let checker: Client;
  let agent: Client;
  let today: string;
  beforeAll(async () => {
    platform = await startPlatform();
    today = platform.today();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '100.00');
    [maker, approver, bookkeeper, checker, agent] = (await Promise.all(
      [1, 2, 3, 4, 5].map(() => platform.as('finance_officer', { programme: frame.programmeId })),
    )) as [Client, Client, Client, Client, Client];
    await payList(platform, frame, [{ amount: '50.00', agentId: agent.userId }]);
    await approver.put(`/v1/programmes/${frame.programmeId}/post-terms`, '"0"', postTerms()).expect(200);
    await bookkeeper.post(`/v1/programmes/${frame.programmeId}/post-terms/confirmation`, { version: 1 }).expect(200);
  });

  const drafted = (amount: string) => {
    const items = [{ officeId: frame.officeId, amount: { amount, currency: 'DZD' } }];
    const wish = { fundId: frame.fundId, items, from: '2026-03-01', to: '2026-03-31', submit: true };
    return maker.post(`/v1/programmes/${frame.programmeId}/settlements`, wish);
  };
  const sent = async (amount: string): Promise<{ id: string; reference: string }> => {
    const { body } = await drafted(amount).expect(201);
    await approver.post(`/v1/settlements/${body.id}/approval`, {}).expect(200);
    await maker.post(`/v1/settlements/${body.id}/instruction`, {}).expect(200);
    return body;
  };
  let statements = 0;
  const upload = async (entries: string, [opening, closing]: readonly [string, string], client = bookkeeper): Promise<string> => {
    statements += 1;
    const path = `/v1/programmes/${frame.programmeId}/statements?name=Bank-${statements}&source=bank&from=${today}&to=${today}`;
    const { body } = await client
      .post(path)
      .type('application/xml')
      .send(camt(entries, { opening, closing }).replaceAll('2026-03-31', today))
      .expect(200);
    return body.statement.id;
  };
  const entry = (amount: string, reference: string, quotes?: string, mark = 'DBIT') =>
    camtEntry(amount, reference, { mark, bookedOn: today, ...(quotes ? { quotes } : {}) });
  const reversing = (text: string) => text.replace('<Sts>', '<RvslInd>true</RvslInd><Sts>');
  const found = async (statementId: string) =>
    (
      await platform.owner.query(
        `select id, kind, record_id as record from exceptions where statement_id = $1 and state <> 'resolved' order by kind, id`,
        [statementId],
      )
    ).rows;
  const propose = (id: string, resolution: string, more: object = {}, client = bookkeeper) =>
    client.post(`/v1/exceptions/${id}/proposals`, { resolution, note: 'As the bank writes', ...more });
  const approve = async (id: string, client = checker) => {
    const { body } = await bookkeeper.get(`/v1/exceptions/${id}`).expect(200);
    return client.post(`/v1/exceptions/${id}/proposals/${body.decisions.at(-1).id}/approval`);
  };
  const sheet = async (id: string) => (await maker.get(`/v1/settlements/${id}`).expect(200)).body;
  const books = () => booksOf(maker, frame);
  const differences = async (): Promise<string[]> => {
    const { body } = await maker.get(`/v1/programmes/${frame.programmeId}/ledger-periods/next?endsOn=${today}`).expect(200);
    const check = body.checklist.find((one: { check: string }) => one.check === 'bank_balance');
    return check.open
      .filter(({ name }: { name: string }) => !name.includes('no statement'))
      .map(({ amount }: { amount: { amount: string } }) => amount.amount);
  };
  const identitiesHold = async () => {
    const { body } = await maker.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200);
    expect(body.identities.filter(({ holds }: { holds: boolean }) => !holds)).toEqual([]);
  };

  it('books a settlement that the bank takes back, which is owed again and settled anew', async () => {
    const { id, reference } = await sent('5.00');
    await upload(entry('5.00', 'BK-1', reference), ['100.00', '95.00']);
    expect(await sheet(id)).toMatchObject({ state: 'paid' });
    const back = await upload(reversing(entry('5.00', 'BK-1', reference, 'CRDT')), ['95.00', '100.00']);
    const [one] = await found(back);
    expect(one).toMatchObject({ kind: 'reversed', record: id });
    expect(await differences()).toEqual(['-5.00']);
    // By nobody who took a step of it or paid its cash, of all of it, and by two people.
    for (const client of [maker, approver, agent])
      expect((await propose(one.id, 'returned_by_bank', {}, client).expect(403)).body.code).toBe('separation_of_duties');
    await propose(one.id, 'returned_by_bank', { amount: { amount: '4.00', currency: 'DZD' } }).expect(422);
    await propose(one.id, 'not_ours').expect(422);
    await propose(one.id, 'returned_by_bank').expect(201);
    expect((await approve(one.id, bookkeeper)).status).toBe(403);
    expect((await books())['payable_to_post']).toBe('45.00');
    expect((await approve(one.id)).body).toMatchObject({ state: 'resolved', resolution: 'returned_by_bank' });
    expect(await books()).toMatchObject({ bank: '100.00', payable_to_post: '50.00' });
    expect(await sheet(id)).toMatchObject({ state: 'returned', threeWays: { closed: false, missing: ['payment', 'post'] } });
    expect((await sheet(id)).steps.at(-1)).toMatchObject({ step: 'returned', by: checker.userId });
    expect(await differences()).toEqual([]);
    await identitiesHold();
    // A mistake is taken back while nothing else was settled for it.
    const reopen = async () => {
      await bookkeeper.post(`/v1/exceptions/${one.id}/reopening`, { reason: 'They booked it twice' }).expect(200);
      return approve(one.id);
    };
    expect((await reopen()).status).toBe(200);
    expect(await sheet(id)).toMatchObject({ state: 'paid' });
    expect(await books()).toMatchObject({ bank: '95.00', payable_to_post: '45.00' });
    await propose(one.id, 'returned_by_bank').expect(201);
    expect((await approve(one.id)).status).toBe(200);
    await sent('50.00');
    expect((await reopen()).status).toBe(409);
    expect(await sheet(id)).toMatchObject({ state: 'returned' });
    await identitiesHold();
  });

  it('knows a return that comes as a plain deposit by the reference that it quotes', async () => {
    const { id, reference } = await sent('6.00');
    await upload(entry('6.00', 'BK-1', reference), ['100.00', '94.00']);
    const back = await upload(entry('6.00', 'BK-2', reference, 'CRDT'), ['94.00', '100.00']);
    const [one] = await found(back);
    expect(one).toMatchObject({ kind: 'reversed', record: id });
    await propose(one.id, 'returned_by_bank').expect(201);
    expect((await approve(one.id)).status).toBe(200);
    expect(await sheet(id)).toMatchObject({ state: 'returned' });
    expect(await differences()).toEqual([]);
    // Once: another line that says so again is of nothing.
    const again = await upload(entry('6.00', 'BK-3', reference, 'CRDT'), ['100.00', '106.00']);
    const [twice] = await found(again);
    await propose(twice.id, 'returned_by_bank').expect(422);
    await drafted('50.00').expect(201);
  });

  it('closes with an account that others have too, line by line, as two people say', async () => {
    const statement = await upload(entry('7.00', 'BK-O', 'OTHER-1') + entry('2.50', 'BK-P', 'OTHER-2', 'CRDT'), ['100.00', '95.50']);
    expect(await differences()).toEqual(['4.50']);
    const [debit, credit] = await found(statement);
    expect([debit.kind, credit.kind]).toEqual(['bank_not_in_statement', 'bank_not_in_statement']);
    await bookkeeper.post(`/v1/exceptions/${debit.id}/resolution`, { resolution: 'accepted', note: 'Theirs' }).expect(200);
    expect(await differences()).toEqual(['4.50']);
    await bookkeeper.post(`/v1/exceptions/${debit.id}/reopening`, { reason: 'It has to be said who' }).expect(200);
    const before = await books();
    for (const { id } of [debit, credit]) {
      expect((await propose(id, 'not_ours').expect(201)).body.decisions.at(-1)).toMatchObject({ fundId: null, officeId: null });
      expect((await approve(id, bookkeeper)).status).toBe(403);
      expect((await approve(id)).status).toBe(200);
    }
    expect(await differences()).toEqual([]);
    expect(await books()).toEqual(before);
    await identitiesHold();
    // It explains no second thing.
    const { id } = await sent('7.00');
    const match = { row: 1, targets: [{ type: 'settlement', id }], reason: 'Ours after all' };
    await checker.post(`/v1/statements/${statement}/matches`, match).expect(409);
    await bookkeeper.post(`/v1/exceptions/${debit.id}/reopening`, { reason: 'Ours after all' }).expect(200);
    expect((await approve(debit.id)).status).toBe(200);
    expect(await differences()).toEqual(['7.00']);
    await checker.post(`/v1/statements/${statement}/matches`, match).expect(200);
    expect(await sheet(id)).toMatchObject({ state: 'paid' });
    expect(await differences()).toEqual([]);
  });

  it('is held in plain SQL', async () => {
    const { id, reference } = await sent('5.00');
    const paid = await upload(entry('5.00', 'BK-1', reference) + entry('1.00', 'BK-2', 'OTHER'), ['100.00', '94.00']);
    const app = await platform.applicationClient();
    await expect(app.query(`update settlements set state = 'returned' where id = $1`, [id])).rejects.toMatchObject({
      constraint: 'settlements_returned',
    });
    const [line] = await found(paid);
    const insert = `insert into exception_decisions (id, exception_id, kind, amount, currency, fund_id, note, proposed_by, proposed_at)
      values (gen_random_uuid(), $1, $2, $3, 'DZD', $4, 'x', gen_random_uuid(), now())`;
    const attempt = (constraint: string, kind: string, amount: string, fund: string | null) =>
      expect(app.query(insert, [line.id, kind, amount, fund])).rejects.toMatchObject({ constraint });
    await attempt('exception_decisions_fit_kind', 'returned_by_bank', '1.00', frame.fundId);
    await attempt('exception_decisions_whole_line', 'not_ours', '0.50', null);
    await attempt('exception_decisions_amount', 'not_ours', '1.00', frame.fundId);
    await app.end();
  });
});
