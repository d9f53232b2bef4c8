import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booksOf } from '../../../test/support/books.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { instructed } from '../../../test/support/settled.ts';
import { insertMatch, type Line, matchedStatement, matchesOf } from '../../../test/support/statements.ts';
import { newId } from '../../platform/index.ts';

describe('a line that is written off', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let checker: Client;
  let third: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '100000.00');
    [maker, checker, third] = (await Promise.all(
      [1, 2, 3].map(() => platform.as('finance_officer', { programme: frame.programmeId })),
    )) as [Client, Client, Client];
  });
  afterAll(() => platform.close());

  const staged = (source: 'post' | 'bank', lines: readonly Line[]) =>
    matchedStatement(platform, { programmeId: frame.programmeId, source, from: '2026-03-01', to: '2026-03-31', lines });
  const exceptionOf = async (lineId: string | undefined): Promise<string> =>
    (await platform.owner.query('select id from exceptions where statement_line_id = $1', [lineId])).rows[0].id;
  const propose = (id: string) =>
    maker.post(`/v1/exceptions/${id}/proposals`, { resolution: 'write_off', note: 'Theirs, they say', fundId: frame.fundId });
  const proposalOf = async (id: string): Promise<string> => (await maker.get(`/v1/exceptions/${id}`)).body.decisions.at(-1).id;
  const approve = async (id: string) => checker.post(`/v1/exceptions/${id}/proposals/${await proposalOf(id)}/approval`);
  const match = (statementId: string, type: string, id: string) =>
    third.post(`/v1/statements/${statementId}/matches`, { row: 1, targets: [{ type, id }], reason: 'It is this one' });
  const again = async (statementId: string): Promise<void> => {
    await third.post(`/v1/statements/${statementId}/matching-runs`, { reason: 'Once more' }).expect(202);
    await platform.settled();
  };
  const books = () => booksOf(maker, frame);

  it('is matched with nothing, proposed or approved, until its exception is open again', async () => {
    const [paid] = (await payList(platform, frame, [{ amount: '1000.00' }])) as [Paid];
    const mistyped: Line = { serial: '99999999999999', amount: '1000.00', officeCode: frame.officeCode };
    const { id, lineIds } = await staged('post', [mistyped]);
    const exception = await exceptionOf(lineIds[0]);
    await propose(exception).expect(201);
    const early = await match(id, 'payout', paid.payoutId).expect(409);
    expect(early.body.detail).toContain('Open its exception again first');
    expect((await approve(exception)).status).toBe(200);
    const before = await books();
    expect(before['payable_to_post']).toBe('2000.00');
    await match(id, 'payout', paid.payoutId).expect(409);
    await expect(insertMatch(platform.owner, lineIds[0] ?? '', paid.payoutId, newId())).rejects.toMatchObject({
      constraint: 'statement_matches_not_borne',
    });
    expect(await matchesOf(maker, id)).toEqual([]);
    expect(await books()).toEqual(before);
    await maker.post(`/v1/exceptions/${exception}/reopening`, { reason: 'The serial was mistyped' }).expect(200);
    await match(id, 'payout', paid.payoutId).expect(409);
    expect((await approve(exception)).status).toBe(200);
    await match(id, 'payout', paid.payoutId).expect(200);
    expect((await books())['payable_to_post']).toBe('1000.00');
    // The other way round: somebody works on it, so the match leaves it open, and it is borne no more.
    expect((await propose(exception).expect(422)).body.code).toBe('exceeds_stake');
    expect((await books())['payable_to_post']).toBe('1000.00');
  });

  it('of the bank pays no settlement, and passes leave it alone', async () => {
    const { id, lineIds } = await staged('bank', [
      { amount: '9.00', reference: 'BK-9' },
      { amount: '8.00', reference: 'BK-8' },
    ]);
    const borne = await exceptionOf(lineIds[0]);
    const free = await exceptionOf(lineIds[1]);
    await propose(borne).expect(201);
    expect((await approve(borne)).status).toBe(200);
    await payList(platform, frame, [{ amount: '17.00' }]);
    const moment = new Date('2026-03-10T12:00:00Z');
    const settlements = await Promise.all(
      ['9.00', '8.00'].map((amount, i) => instructed(platform, frame, amount, { moment, reference: `BK-${9 - i}` })),
    );
    const before = (await books())['bank'];
    await match(id, 'settlement', settlements[0] ?? '').expect(409);
    await again(id);
    expect((await matchesOf(maker, id)).map(({ row }) => row)).toEqual([2]);
    const states = await platform.owner.query('select id, state from settlements where id = any($1)', [settlements]);
    expect(Object.fromEntries(states.rows.map((row) => [row.id, row.state]))).toEqual({
      [settlements[0] ?? '']: 'instructed',
      [settlements[1] ?? '']: 'paid',
    });
    expect(Number((await books())['bank'])).toBe(Number(before) - 8);
    expect((await propose(free)).status).toBe(409);
  });

  it('is decided or matched, never both, when both happen at once', async () => {
    const paid = await payList(
      platform,
      frame,
      Array.from({ length: 6 }, () => ({ amount: '500.00' })),
    );
    const lines = paid.map(() => ({ serial: '99999999999999', amount: '500.00', officeCode: frame.officeCode }));
    for (const [i, line] of lines.entries()) {
      const { id, lineIds } = await staged('post', [{ ...line, reference: `Race ${i}` }]);
      const exception = await exceptionOf(lineIds[0]);
      const [proposed, matched] = await Promise.all([propose(exception), match(id, 'payout', paid[i]?.payoutId ?? '')]);
      const happened = [proposed.status === 201, matched.status === 200];
      expect(happened.filter(Boolean), `${proposed.status} ${matched.status}`).toHaveLength(1);
    }
  });

  it('keeps the match of which somebody bears what is over, whatever the passes become', async () => {
    const path = `/v1/programmes/${frame.programmeId}/matching-passes`;
    const passes = await maker.get(path).expect(200);
    const set = async (tolerance: string) => {
      const { headers } = await maker.get(path).expect(200);
      const changed = passes.body.passes.map((pass: { name: string }) => (pass.name === 'tolerance' ? { ...pass, tolerance } : pass));
      await maker.put(path, headers['etag'] ?? '', { reason: 'As agreed', passes: changed }).expect(200);
    };
    await set('1.00');
    const [paid] = (await payList(platform, frame, [{ amount: '700.00' }])) as [Paid];
    const { id, lineIds } = await staged('post', [{ serial: paid.serial, amount: '701.00', officeCode: frame.officeCode }]);
    const over = await exceptionOf(lineIds[0]);
    const one = { resolution: 'write_off', note: 'Rounded up', amount: { amount: '1.00', currency: 'DZD' } };
    await maker.post(`/v1/exceptions/${over}/proposals`, one).expect(201);
    expect((await approve(over)).status).toBe(200);
    await set('0');
    await again(id);
    expect(await matchesOf(maker, id)).toMatchObject([{ row: 1, pass: 'tolerance' }]);
  });
});
