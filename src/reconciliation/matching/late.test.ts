import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handedAdvance } from '../../../test/support/bank-records.ts';
import { booksOf } from '../../../test/support/books.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { documentLastFour, type Paid, payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { insertMatch, type Line, matchedStatement, type StatementWish, stageStatement } from '../../../test/support/statements.ts';
import { newId } from '../../platform/index.ts';

describe('what a later statement lists', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let colleague: Client;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '100000.00');
    officer = await platform.as('finance_officer', { programme: frame.programmeId });
    colleague = await platform.as('finance_officer', { programme: frame.programmeId });
  });

  const matched = (lines: readonly Line[], wish: Partial<StatementWish> = {}) =>
    matchedStatement(platform, { programmeId: frame.programmeId, lines, ...wish });
  const listing = (...paid: readonly Paid[]): Line[] => paid.map(({ serial, paidOn }) => ({ serial, paidOn }));
  const april = { name: 'Avril', from: '2026-04-01', to: '2026-04-30' };
  const missing = async (): Promise<{ id: string; payoutId: string; state: string; resolution: string | null }[]> =>
    (await officer.get(`/v1/programmes/${frame.programmeId}/exceptions?kind=ours_not_in_statement&limit=200`).expect(200)).body.items;
  const missingOf = async ({ payoutId }: Paid) => {
    const [one, ...others] = (await missing()).filter((exception) => exception.payoutId === payoutId);
    if (!one || others.length > 0) throw new Error('not one exception');
    return one;
  };
  const stateOf = async (paid: Paid) => {
    const { state, resolution } = await missingOf(paid);
    return resolution ?? state;
  };
  const match = (id: string, row: number, { payoutId }: Paid, client = officer) =>
    client.post(`/v1/statements/${id}/matches`, { row, targets: [{ type: 'payout', id: payoutId }], reason: 'Their letter says so' });
  const unmatch = (id: string, row: number) => officer.post(`/v1/statements/${id}/unmatchings`, { row, reason: 'It is not' });
  const again = async (id: string, client = officer) => {
    await client.post(`/v1/statements/${id}/matching-runs`, { reason: 'Once more' }).expect(202);
    await platform.settled();
  };
  const propose = async (paid: Paid, client = officer) =>
    client.post(`/v1/exceptions/${(await missingOf(paid)).id}/proposals`, { resolution: 'claim_on_post', note: 'Never listed' });

  it('is missing no more, whichever office, day or file it is in', async () => {
    const [here, elsewhere, late, never] = (await payList(platform, frame, [{}, {}, { paidOn: '2026-03-31' }, {}])) as [
      Paid,
      Paid,
      Paid,
      Paid,
    ];
    await matched(listing(here), { name: 'One office' });
    expect((await missing()).map(({ state }) => state)).toEqual(['open', 'open', 'open']);
    await matched(listing(elsewhere), { name: 'Other office' });
    expect([await stateOf(elsewhere), await stateOf(late), await stateOf(never)]).toEqual(['superseded', 'open', 'open']);
    await matched([{ serial: late.serial, paidOn: '2026-04-02' }], april);
    expect([await stateOf(elsewhere), await stateOf(late), await stateOf(never)]).toEqual(['superseded', 'superseded', 'open']);
    const { body } = await officer.get(`/v1/exceptions/${(await missingOf(late)).id}`).expect(200);
    expect(body.history).toMatchObject([{ what: 'superseded' }]);
    expect((await propose(late).then(({ body: refusal }) => refusal)).code).toBe('exception_settled');
  });

  it('is missing no more where a person matches it, and again where that is taken apart', async () => {
    const [here, byLetter] = (await payList(platform, frame, [{}, { paidOn: '2026-03-31' }])) as [Paid, Paid];
    const { id: march } = await matched(listing(here));
    const { id } = await matched([{ reference: 'By letter', paidOn: '2026-04-02' }], april);
    expect(await stateOf(byLetter)).toBe('open');
    await match(id, 1, byLetter).expect(200);
    expect(await stateOf(byLetter)).toBe('superseded');
    // April does not reach back to the day: the statement that had missed it misses it again.
    await unmatch(id, 1).expect(200);
    expect(await stateOf(byLetter)).toBe('open');
    expect((await officer.get(`/v1/statements/${march}/matching`).expect(200)).body.exceptions).toContainEqual({
      kind: 'ours_not_in_statement',
      open: 1,
      resolved: 0,
    });
  });

  it('is missing again where a later run takes the match back', async () => {
    const [here, late] = (await payList(platform, frame, [{}, { paidOn: '2026-03-31', amount: '777.00' }])) as [Paid, Paid];
    await matched(listing(here));
    const line = { officeCode: frame.officeCode, documentLastFour, amount: '777.00', paidOn: '2026-04-02' };
    const { id } = await matched([line], april);
    expect(await stateOf(late)).toBe('superseded');
    const path = `/v1/programmes/${frame.programmeId}/matching-passes`;
    const { body, headers } = await officer.get(path).expect(200);
    const passes = body.passes.filter(({ name }: { name: string }) => name !== 'document');
    await officer.put(path, headers['etag'] ?? '', { reason: 'Documents end alike too often', passes }).expect(200);
    await again(id);
    expect(await stateOf(late)).toBe('open');
  });

  it('leaves what somebody works on to them, and lets nothing be claimed for it', async () => {
    const [here, waiting, spoken] = (await payList(platform, frame, [{}, {}, {}])) as [Paid, Paid, Paid];
    await matched(listing(here));
    const proposed = (await propose(waiting)).body;
    await officer.post(`/v1/exceptions/${(await missingOf(spoken)).id}/comments`, { text: 'They will write' }).expect(201);
    await matched(listing(waiting, spoken), { name: 'Late' });
    expect([await stateOf(waiting), await stateOf(spoken)]).toEqual(['proposed', 'open']);
    const books = await booksOf(officer, frame);
    const proposal = `/v1/exceptions/${proposed.id}/proposals/${proposed.decisions[0].id}`;
    const refused = (await colleague.post(`${proposal}/approval`).expect(409)).body;
    expect(refused).toMatchObject({ code: 'listed_since', detail: expect.stringContaining('lists the pay-out by now') });
    expect((await propose(spoken)).body.code).toBe('listed_since');
    const back = { resolution: 'cash_recovered', reference: 'IN-1', note: 'It came back' };
    expect((await officer.post(`/v1/exceptions/${(await missingOf(spoken)).id}/proposals`, back).expect(409)).body.code).toBe(
      'listed_since',
    );
    expect(await booksOf(officer, frame)).toEqual(books);
    await colleague.post(`${proposal}/refusal`, { reason: 'They list it' }).expect(200);
    const plain = { resolution: 'post_error', note: 'Listed a day late' };
    for (const paid of [waiting, spoken]) await officer.post(`/v1/exceptions/${(await missingOf(paid)).id}/resolution`, plain).expect(200);
  });

  it('is claimed by no decision in plain SQL either, nor by one that meets the match', async () => {
    const [here, listed, raced] = (await payList(platform, frame, [{}, {}, {}])) as [Paid, Paid, Paid];
    await matched(listing(here));
    const [first, second] = [await missingOf(listed), await missingOf(raced)];
    const { lineIds } = await stageStatement(platform, { programmeId: frame.programmeId, lines: listing(listed, raced) });
    const [app, other] = [await platform.applicationClient(), await platform.applicationClient()];
    const decide = (exceptionId: string, kind = 'claim_on_post') =>
      app
        .query(
          `insert into exception_decisions (id, exception_id, kind, amount, currency, fund_id, office_id, reference, note, state, proposed_by, proposed_at)
          values ($1, $2, $3, 1, 'DZD', $4, $5, $6, 'x', 'proposed', $7, now())`,
          [
            newId(),
            exceptionId,
            kind,
            frame.fundId,
            kind === 'claim_on_post' ? frame.officeId : null,
            kind === 'claim_on_post' ? null : 'IN-2',
            newId(),
          ],
        )
        .then(
          () => 'nothing',
          ({ constraint }: { constraint: string }) => constraint,
        );
    await insertMatch(app, lineIds[0] ?? '', listed.payoutId, newId());
    expect(await decide(first.id)).toBe('exception_decisions_not_listed');
    expect(await decide(first.id, 'cash_recovered')).toBe('exception_decisions_not_listed');
    // The match is made and not committed: the decision waits for it, and sees it.
    await other.query('begin');
    await insertMatch(other, lineIds[1] ?? '', raced.payoutId, newId());
    const decision = decide(second.id);
    await other.query('commit');
    expect(await decision).toBe('exception_decisions_not_listed');
    await Promise.all([app.end(), other.end()]);
  });

  it('does not stop a run of somebody who had a hand in it: a colleague’s closes it', async () => {
    const [here, own] = (await payList(platform, frame, [{}, { agentId: officer.userId }])) as [Paid, Paid];
    await matched(listing(here));
    const { id } = await matched(listing(own), { name: 'Late', uploadedBy: officer.userId });
    expect(await stateOf(own)).toBe('open');
    await again(id, colleague);
    expect(await stateOf(own)).toBe('superseded');
    // Somebody else's match, closed by no run in the name of who paid.
    await again(id, officer);
    expect(await stateOf(own)).toBe('superseded');
  });

  it('may be a record of the bank', async () => {
    const advance = await handedAdvance(platform, frame, { reference: 'LATE-1', amount: '10000.00', on: '2026-03-31' });
    await matched([], { source: 'bank' });
    const stateOfRecord = async () =>
      (await platform.owner.query('select coalesce(resolution, state) as state from exceptions where record_id = $1', [advance])).rows;
    expect(await stateOfRecord()).toEqual([{ state: 'open' }]);
    await matched([{ reference: 'LATE-1', amount: '10000.00', paidOn: '2026-04-01' }], { source: 'bank', ...april });
    expect(await stateOfRecord()).toEqual([{ state: 'superseded' }]);
  });
});
