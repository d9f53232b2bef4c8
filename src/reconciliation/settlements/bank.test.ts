import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camt, camtEntry } from '../../../test/support/camt.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { postTerms } from '../../../test/support/settled.ts';
import { insertMatch, stageStatement } from '../../../test/support/statements.ts';
import { newId } from '../../platform/index.ts';

describe('the bank’s word that the post was paid', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let approver: Client;
  let payer: Client;
  let agent: Client;
  let bookkeeper: Client;
  let today: string;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    const here = { programme: frame.programmeId };
    maker = await platform.as('finance_officer', here);
    approver = await platform.as('finance_officer', here);
    payer = await platform.as('finance_officer', here);
    agent = await platform.as('finance_officer', here);
    bookkeeper = await platform.as('finance_officer', here);
    today = platform.today();
    const [paid] = await payList(platform, frame, [{ amount: '100.00', agentId: agent.userId }]);
    await approver.put(`/v1/programmes/${frame.programmeId}/post-terms`, '"0"', postTerms()).expect(200);
    await bookkeeper.post(`/v1/programmes/${frame.programmeId}/post-terms/confirmation`, { version: 1 }).expect(200);
    const line = { serial: paid?.serial ?? '', amount: '100.00', officeCode: frame.officeCode };
    const { lineIds } = await stageStatement(platform, { programmeId: frame.programmeId, state: 'reconciled', lines: [line] });
    await insertMatch(platform.owner, lineIds[0] ?? '', paid?.payoutId ?? '', newId());
  });
  afterAll(() => platform.close());

  const step = (id: string, name: string, body: object, client: Client) => client.post(`/v1/settlements/${id}/${name}`, body);
  /** A settlement that the bank was told to pay. */
  const sent = async (amount: string): Promise<{ id: string; reference: string }> => {
    const items = [{ officeId: frame.officeId, amount: { amount, currency: 'DZD' } }];
    const wish = { fundId: frame.fundId, items, from: '2026-03-01', to: '2026-03-31', submit: true };
    const { body } = await maker.post(`/v1/programmes/${frame.programmeId}/settlements`, wish).expect(201);
    await step(body.id, 'approval', {}, approver).expect(200);
    await step(body.id, 'instruction', {}, payer).expect(200);
    return body;
  };
  /** The bank's statement of today, as a file. @returns the statement */
  const upload = async (entries: string, closing: string, client = bookkeeper): Promise<string> => {
    const path = `/v1/programmes/${frame.programmeId}/statements?name=Bank&source=bank&from=${today}&to=${today}`;
    const { body } = await client.post(path).type('application/xml').send(camt(entries, { closing })).expect(200);
    expect(body.statement.state).toBe('reconciled');
    return body.statement.id;
  };
  const debit = (amount: string, reference: string, quotes: string) => camtEntry(amount, reference, { quotes, bookedOn: today });
  const one = (id: string) => ({ type: 'settlement', id });
  const match = (statementId: string, row: number, id: string) =>
    bookkeeper.post(`/v1/statements/${statementId}/matches`, { row, targets: [one(id)], reason: 'The bank says so' });
  const unmatch = (statementId: string, row: number) =>
    bookkeeper.post(`/v1/statements/${statementId}/unmatchings`, { row, reason: 'It was another transfer' });
  const sheet = async (id: string) => (await maker.get(`/v1/settlements/${id}`).expect(200)).body;
  const posted = async (id: string): Promise<string> =>
    (
      await platform.owner.query(
        `select coalesce(sum(g.amount), 0)::text as moved from journal_entries e join postings g on g.entry_id = e.id
          join accounts a on a.id = g.account_id where e.subject_id = $1 and e.event = 'settlement' and a.kind = 'bank'`,
        [id],
      )
    ).rows[0].moved;
  const found = async (statementId: string) =>
    (
      await platform.owner.query(
        `select e.id, e.kind, l.reference as line, e.record_id as record, e.owner_id as owner from exceptions e left join statement_lines l on l.id = e.statement_line_id
        where e.statement_id = $1 and e.state <> 'resolved' order by e.kind, e.id`,
        [statementId],
      )
    ).rows;

  it('pays the settlement that its statement quotes, in the name of who sent it in, and closes it three ways', async () => {
    const { id, reference } = await sent('5.00');
    expect(reference).toMatch(/^S[0-9A-F]{32}$/);
    const statementId = await upload(debit('5.00', 'BK-1', reference), '95.00');
    const paid = await sheet(id);
    expect(paid).toMatchObject({
      state: 'paid',
      bankReference: 'BK-1',
      bankLine: expect.any(String),
      threeWays: { closed: true, missing: [], bank: { reference: 'BK-1', bookedOn: today } },
    });
    expect(paid.steps.at(-1)).toMatchObject({ step: 'paid', by: bookkeeper.userId });
    expect(await posted(id)).toBe('-5.00');
    await step(id, 'confirmation', { bankReference: 'BK-2' }, payer).expect(409);
    // Taken apart, it stays paid: what was posted stands.
    await unmatch(statementId, 1).expect(200);
    expect(await sheet(id)).toMatchObject({
      state: 'paid',
      bankLine: null,
      threeWays: { closed: false, missing: ['bank_line'], bank: null },
    });
    await match(statementId, 1, id).expect(200);
    expect(await sheet(id)).toMatchObject({ state: 'paid', bankReference: 'BK-1', bankLine: paid.bankLine, threeWays: { closed: true } });
    expect(await posted(id)).toBe('-5.00');
  });

  it('pays nothing by a line of another amount, and misses what the bank does not list', async () => {
    const { id, reference } = await sent('7.00');
    const { id: silent } = await sent('8.00');
    const statementId = await upload(debit('7.01', 'BK-3', reference) + debit('9.99', 'BK-4', 'NOTPROVIDED'), '83.00');
    const open = await found(statementId);
    expect(open).toMatchObject([
      { kind: 'amount_over', line: 'BK-3', record: id, owner: bookkeeper.userId },
      { kind: 'bank_not_in_statement', line: 'BK-4', record: null, owner: bookkeeper.userId },
      { kind: 'ours_not_in_statement', line: null, record: silent, owner: bookkeeper.userId },
    ]);
    expect((await match(statementId, 2, silent).expect(422)).body.errors).toEqual([
      { pointer: '/targets', detail: expect.stringContaining('amount') },
    ]);
    expect(await sheet(silent)).toMatchObject({ state: 'instructed', bankLine: null, threeWays: { missing: ['payment', 'bank_line'] } });
    // Whoever took a step of it does not close what the bank says against it.
    const resolution = { resolution: 'post_error', note: 'They told us on the telephone' };
    for (const client of [maker, approver, payer])
      expect((await client.post(`/v1/exceptions/${open[2].id}/resolution`, resolution).expect(403)).body.code).toBe('separation_of_duties');
    // The bank lists it later: who says so has paid it.
    const later = await upload(debit('8.00', 'BK-5', 'NOTPROVIDED') + debit('8.00', 'BK-6', 'NOTPROVIDED'), '84.00');
    await match(later, 1, silent).expect(200);
    const paid = await sheet(silent);
    expect(paid).toMatchObject({ state: 'paid', bankReference: 'BK-5', threeWays: { closed: true } });
    expect(paid.steps.at(-1)).toMatchObject({ step: 'paid', by: bookkeeper.userId });
    await step(id, 'cancellation', { reason: 'The bank paid too much' }, bookkeeper).expect(200);
    // Matched again, what was missing is missing no more.
    await bookkeeper.post(`/v1/statements/${statementId}/matching-runs`, { reason: 'The bank lists it in April' }).expect(202);
    await platform.settled();
    const { body } = await maker.get(`/v1/statements/${statementId}/matching`).expect(200);
    expect(body.run).toMatchObject({ state: 'done', stoppedBy: null });
    expect((await found(statementId)).map(({ kind }: { kind: string }) => kind)).toEqual(['amount_over', 'bank_not_in_statement']);
  });

  it('pays nothing by the amount alone of a line that quotes something else, and leaves that to be explained', async () => {
    const { id, reference } = await sent('6.00');
    const rent = await upload(debit('6.00', 'BK-R', 'RENT-OFFICE-NOVEMBER'), '94.00');
    expect(await sheet(id)).toMatchObject({ state: 'instructed', bankLine: null, threeWays: { missing: ['payment', 'bank_line'] } });
    expect(await posted(id)).toBe('0');
    expect(await found(rent)).toMatchObject([
      { kind: 'bank_not_in_statement', line: 'BK-R', record: null },
      { kind: 'ours_not_in_statement', line: null, record: id },
    ]);
    const own = await upload(debit('6.00', 'BK-S', reference), '94.00');
    expect(await sheet(id)).toMatchObject({ state: 'paid', bankReference: 'BK-S', threeWays: { closed: true } });
    expect(await found(own)).toEqual([]);
    // One that quotes nothing at all may be what nothing else is.
    const { id: silent } = await sent('5.50');
    await upload(camtEntry('5.50', 'BK-T', { bookedOn: today }), '94.50');
    expect(await sheet(silent)).toMatchObject({ state: 'paid', bankReference: 'BK-T' });
  });

  it('pays by what a debit comes to without the charges in it, which a fund bears', async () => {
    const { id, reference } = await sent('2.00');
    const charged = `<TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><Amt Ccy="DZD">2.00</Amt><Chrgs><Rcrd><Amt Ccy="DZD">0.50</Amt></Rcrd></Chrgs></TxDtls>`;
    const entry = camtEntry('2.50', 'BK-C', { bookedOn: today }).replace('</Ntry>', `<NtryDtls>${charged}</NtryDtls></Ntry>`);
    const statementId = await upload(entry, '97.50');
    expect(await sheet(id)).toMatchObject({ state: 'paid', bankReference: 'BK-C', threeWays: { closed: true } });
    const [fee] = await found(statementId);
    expect(fee).toMatchObject({ kind: 'bank_not_in_statement', line: 'BK-C', record: null });
    const proposal = { resolution: 'write_off', fundId: frame.fundId, note: 'The bank’s charge' };
    const { body } = await maker.post(`/v1/exceptions/${fee.id}/proposals`, proposal).expect(201);
    expect(body.decisions).toMatchObject([{ amount: { amount: '0.50' }, officeId: null }]);
    await payer.post(`/v1/exceptions/${fee.id}/proposals/${body.decisions[0].id}/approval`).expect(200);
    expect(await found(statementId)).toEqual([]);
  });

  it('waits for somebody else where who sent the statement in paid the cash, and is not called off meanwhile', async () => {
    const { id, reference } = await sent('6.00');
    await upload(debit('6.00', 'BK-7', reference), '94.00', agent);
    expect(await sheet(id)).toMatchObject({ state: 'instructed', threeWays: { missing: ['payment'], bank: { reference: 'BK-7' } } });
    expect(await posted(id)).toBe('0');
    expect((await step(id, 'confirmation', { bankReference: 'BK-7' }, agent).expect(403)).body.code).toBe('separation_of_duties');
    expect((await step(id, 'cancellation', { reason: 'A mistake' }, bookkeeper).expect(409)).body.detail).toContain(
      'Take that match apart',
    );
    await step(id, 'confirmation', { bankReference: 'BK-7' }, payer).expect(200);
    expect(await sheet(id)).toMatchObject({ state: 'paid', threeWays: { closed: true } });
  });

  it('pays all settlements of one transfer, and takes a line that comes to a settlement that is paid', async () => {
    const { id, reference } = await sent('3.00');
    const { id: other } = await sent('4.00');
    await step(other, 'confirmation', { bankReference: 'BK-8' }, payer).expect(200);
    const statementId = await upload(debit('7.00', 'BK-9', 'TOGETHER'), '93.00');
    await bookkeeper
      .post(`/v1/statements/${statementId}/matches`, { row: 1, targets: [one(id), one(other)], reason: 'One transfer' })
      .expect(200);
    expect(await sheet(id)).toMatchObject({ reference, state: 'paid', bankReference: 'BK-9', threeWays: { closed: true } });
    expect(await sheet(other)).toMatchObject({ state: 'paid', bankReference: 'BK-8', threeWays: { closed: true } });
  });
});
