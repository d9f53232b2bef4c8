import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { camt, camtEntry } from '../../../test/support/camt.ts';
import { type Frame, receive } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { makeBookkeeping, type Sending, sendStatement } from '../../../test/support/statements.ts';

describe('what a bank states again', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const setUp = () => makeBookkeeping(platform);
  const bank: Sending = { type: 'application/xml', query: { source: 'bank' } };

  it('knows a line of the bank again in another message of the same account, and equal lines apart', async () => {
    const { frame, officer } = await setUp();
    const noon = camt(camtEntry('10.00', 'NONREF') + camtEntry('20.00', 'B'), { message: 'camt.054' });
    const first = (await sendStatement(officer, frame, noon, bank).expect(200)).body.statement;
    expect(first).toMatchObject({ state: 'reconciled', format: 'camt.054', lineCount: 2, repeatCount: 0 });
    const evening = camtEntry('10.00', 'NONREF') + camtEntry('20.00', 'B') + camtEntry('10.00', 'NONREF');
    const night = (await sendStatement(officer, frame, camt(evening, { closing: '60.00' }), bank).expect(200)).body.statement;
    expect(night).toMatchObject({ format: 'camt.053', lineCount: 3, repeatCount: 2 });
    expect(night.parts).toMatchObject([
      { account: 'DZ5800400174401001050486', opening: { amount: '100.00' }, debits: { amount: '40.00' }, closing: { amount: '60.00' } },
    ]);
    const repeats = async (id: string): Promise<unknown[]> =>
      (await officer.get(`/v1/statements/${id}/lines`).expect(200)).body.items.map((line: { repeats: string | null }) => line.repeats);
    const ids = (await officer.get(`/v1/statements/${first.id}/lines`)).body.items.map((line: { id: string }) => line.id);
    expect(await repeats(night.id)).toEqual([...ids, null]);
    const other = camt(evening, { closing: '60.00', account: 'DZ1' });
    expect((await sendStatement(officer, frame, other, bank).expect(200)).body.statement.repeatCount).toBe(0);
  });

  it('keeps equal withdrawals apart where one statement goes on from the other, and where nothing shows that they are one', async () => {
    const { frame, officer } = await setUp();
    const repeatsOf = async (content: string, sending = bank): Promise<number> =>
      (await sendStatement(officer, frame, content, sending).expect(200)).body.statement.repeatCount;
    const debit = camtEntry('10.00', 'NONREF');
    // Three statements of one day, each from where the last one ended; then the whole day, as the bank sends it at night.
    expect(await repeatsOf(camt(debit, { closing: '90.00' }))).toBe(0);
    expect(await repeatsOf(camt(debit, { opening: '90.00', closing: '80.00' }))).toBe(0);
    expect(await repeatsOf(camt(debit, { opening: '60.00', closing: '50.00' }))).toBe(0);
    expect(await repeatsOf(camt(debit + camtEntry('1.00', 'NONREF'), { closing: '89.00' }))).toBe(1);
    // A reference of the bank's own is known again anywhere.
    expect(await repeatsOf(camt(camtEntry('7.00', 'B-7'), { closing: '93.00' }))).toBe(0);
    expect(await repeatsOf(camt(camtEntry('7.00', 'B-7'), { opening: '40.00', closing: '33.00' }))).toBe(1);
    // Two notices may tell of two withdrawals. A line of the account bears out one notice, and another line does not.
    const notice = (id: string) => camt(camtEntry('3.00', 'NOTPROVIDED'), { message: 'camt.054' }).replace('<Id>1<', `<Id>${id}<`);
    expect([await repeatsOf(notice('1')), await repeatsOf(notice('2'))]).toEqual([0, 0]);
    const three = (opening: string, closing: string) => camt(camtEntry('3.00', 'NOTPROVIDED'), { opening, closing });
    expect(await repeatsOf(three('20.00', '17.00'))).toBe(1);
    expect(await repeatsOf(three('17.00', '14.00'))).toBe(1);
    expect(await repeatsOf(three('14.00', '11.00'))).toBe(0);
  });

  describe('what the bank books once and states twice', () => {
    const one = (amount: string, quotes: string) =>
      `<TxDtls><Refs><EndToEndId>${quotes}</EndToEndId></Refs><Amt Ccy="DZD">${amount}</Amt></TxDtls>`;
    const parts = one('10.00', 'E-1') + one('20.00', 'E-2') + one('30.00', 'E-3');
    const named = '<AcctSvcrRef>B-60</AcctSvcrRef>';
    const batch = '<Btch><MsgId>M-1</MsgId><PmtInfId>P-1</PmtInfId><NbOfTxs>3</NbOfTxs></Btch>';
    const value = '<ValDt><Dt>2026-03-11</Dt></ValDt>';
    const entry = ({ before = '', details = '', amount = '60.00' }) =>
      `<Ntry><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-10</Dt></BookgDt>${before}<NtryDtls>${details}</NtryDtls></Ntry>`;
    const notice = (content: string) => camt(content, { message: 'camt.054' });
    const statement = (content: string) => camt(content, { closing: '40.00' });
    const sent = async (officer: Client, frame: Frame, content: string) =>
      (await sendStatement(officer, frame, content, bank).expect(200)).body.statement;
    const linesOf = async (officer: Client, id: string): Promise<{ id: string; repeats: string | null; exceptions: object[] }[]> =>
      (await officer.get(`/v1/statements/${id}/lines`).expect(200)).body.items;

    it.each([
      ['its own reference', { before: named, details: parts }, { before: named }],
      [
        'its own reference, with a value date in one of the two',
        { before: value + named, details: parts },
        { before: named, details: batch },
      ],
      ['the name of the batch', { details: batch + parts }, { details: batch }],
      ['the name of the batch, though one of the two has a reference', { before: named, details: batch + parts }, { details: batch }],
      ['its amount, its day and the balance', { details: parts }, {}],
    ])('is known by %s, whether the notice that takes it apart comes first or the statement', async (_by, apart, whole) => {
      const first = await setUp();
      const itemised = await sent(first.officer, first.frame, notice(entry(apart)));
      expect(itemised).toMatchObject({ lineCount: 3, repeatCount: 0, exceptions: [{ kind: 'bank_not_in_statement', open: 3 }] });
      const sum = await sent(first.officer, first.frame, statement(entry(whole)));
      expect(sum).toMatchObject({ lineCount: 1, repeatCount: 1, matchedCount: 0, exceptions: [] });
      const [line] = await linesOf(first.officer, itemised.id);
      expect(await linesOf(first.officer, sum.id)).toMatchObject([{ repeats: line?.id, exceptions: [] }]);

      const other = await setUp();
      const before = await sent(other.officer, other.frame, statement(entry(whole)));
      expect(before).toMatchObject({ lineCount: 1, repeatCount: 0, exceptions: [{ kind: 'bank_not_in_statement', open: 1 }] });
      const after = await sent(other.officer, other.frame, notice(entry(apart)));
      expect(after).toMatchObject({ lineCount: 3, repeatCount: 3, matchedCount: 0, exceptions: [] });
      const [all] = await linesOf(other.officer, before.id);
      expect((await linesOf(other.officer, after.id)).map(({ repeats }) => repeats)).toEqual([all?.id, all?.id, all?.id]);
    });

    it('is known in MT940 as well, and of another account, day, amount, direction or name it is another', async () => {
      const { frame, officer } = await setUp();
      await sent(officer, frame, notice(entry({ before: named, details: parts })));
      const repeats = async (content: string) => (await sent(officer, frame, content)).repeatCount;
      const swift = (line: string, closing = '40,00') =>
        [':20:A', ':25:DZ5800400174401001050486', ':60F:C260309DZD100,00', line, `:62F:C260310DZD${closing}`, '-'].join('\r\n');
      const sum = entry({ before: named });
      expect(await repeats(swift(':61:2603100310D60,00NTRFNONREF//B-60'))).toBe(1);
      expect(await repeats(swift(':61:2603100310D60,00NTRFNONREF//B-61'))).toBe(0);
      expect(await repeats(swift(':61:2603100310C60,00NTRFNONREF//B-60', '160,00'))).toBe(0);
      expect(await repeats(statement(sum.replace('2026-03-10', '2026-03-09')))).toBe(0);
      expect(await repeats(camt(entry({ before: named, amount: '61.00' }), { closing: '39.00' }))).toBe(0);
      expect(await repeats(camt(sum, { closing: '40.00', account: 'DZ1' }))).toBe(0);
      expect(await repeats(statement(sum))).toBe(1);
    });

    it('is two where the statement goes on from the one that has it, or has two, or a notice is borne out already', async () => {
      const { frame, officer } = await setUp();
      const repeats = async (content: string) => (await sent(officer, frame, content)).repeatCount;
      await sent(officer, frame, notice(entry({ details: parts })));
      const nameless = (opening: string, closing: string) => camt(entry({}), { opening, closing });
      expect(await repeats(nameless('300.00', '240.00'))).toBe(1);
      expect(await repeats(nameless('240.00', '180.00'))).toBe(0);
      const again = await setUp();
      await sent(again.officer, again.frame, notice(entry({ before: named, details: parts })));
      const twice = await sent(
        again.officer,
        again.frame,
        camt(entry({ before: named }) + entry({ before: named }), { opening: '200.00', closing: '80.00' }),
      );
      expect(twice).toMatchObject({ repeatCount: 1, exceptions: [{ open: 1 }] });
    });

    it('is not one payment of its amount, which quotes something of ours', async () => {
      const { frame, officer } = await setUp();
      await sent(officer, frame, notice(entry({ details: parts })));
      const alone = `<TxDtls><Refs><EndToEndId>E-9</EndToEndId></Refs></TxDtls>`;
      expect(await sent(officer, frame, statement(entry({ details: alone })))).toMatchObject({ repeatCount: 0, exceptions: [{ open: 1 }] });
      expect(await sent(officer, frame, camt(entry({}), { opening: '500.00', closing: '440.00' }))).toMatchObject({ repeatCount: 1 });
      const other = await setUp();
      await sent(other.officer, other.frame, statement(entry({ details: alone })));
      expect(await sent(other.officer, other.frame, notice(entry({ details: parts })))).toMatchObject({ repeatCount: 0 });
    });

    it('is looked up once, however many lines there are of it in both files', async () => {
      const { frame, officer } = await setUp();
      const many = (mark: string) => Array.from({ length: 3_000 }, (_, n) => one('1.00', `${mark}-${n}`)).join('');
      const all = (mark: string) => entry({ before: named, details: many(mark), amount: '3000.00' });
      const first = await sent(officer, frame, notice(all('A')));
      expect(first).toMatchObject({ lineCount: 3_000, repeatCount: 0 });
      const second = await sent(officer, frame, camt(all('B'), { opening: '5000.00', closing: '2000.00' }));
      expect(second).toMatchObject({ lineCount: 3_000, repeatCount: 3_000, exceptions: [] });
      expect(
        await sent(officer, frame, camt(entry({ before: named, amount: '3000.00' }), { opening: '5000.00', closing: '2000.00' })),
      ).toMatchObject({
        repeatCount: 1,
      });
    }, 20_000);

    it('is not one because a name is: what they quote of ours tells payments of one name apart', async () => {
      const { frame, officer } = await setUp();
      const single = (quotes: string) => camtEntry('15.00', 'SALARIES', { quotes });
      await sent(officer, frame, camt(single('E-1'), { closing: '85.00' }));
      expect(await sent(officer, frame, camt(single('E-2'), { opening: '85.00', closing: '70.00' }))).toMatchObject({ repeatCount: 0 });
      expect(
        await sent(officer, frame, camt(single('E-2'), { opening: '85.00', closing: '70.00' }).replace('<Id>1<', '<Id>2<')),
      ).toMatchObject({
        repeatCount: 1,
      });
    });

    it('may have its value date in one file only: the line is the same by the day it was booked', async () => {
      const dated = camtEntry('10.00', 'B-1').replace('<AcctSvcrRef>', `${value}<AcctSvcrRef>`);
      for (const [first, second] of [
        [camtEntry('10.00', 'B-1'), dated],
        [dated, camtEntry('10.00', 'B-1')],
        [dated.replace('B-1', 'NONREF'), camtEntry('10.00', 'NONREF')],
      ] as const) {
        const { frame, officer } = await setUp();
        expect(await sent(officer, frame, notice(first))).toMatchObject({ repeatCount: 0, exceptions: [{ open: 1 }] });
        expect(await sent(officer, frame, camt(second, { closing: '90.00' }))).toMatchObject({ repeatCount: 1, exceptions: [] });
      }
    });
  });

  describe('a table of the bank that overlaps an earlier one', () => {
    const csv = (mapping?: string): Sending => ({ query: { source: 'bank', ...(mapping === undefined ? {} : { mapping }) } });
    const table = (rows: readonly string[], columns = 'date;reference;libellé;montant;devise') => [columns, ...rows].join('\n');
    const fee = '10/03/2026;;Frais de tenue;-25,00;DZD';
    const sent = async (officer: Client, frame: Frame, content: string, sending = csv()) =>
      (await sendStatement(officer, frame, content, sending).expect(200)).body.statement;
    const repeatsIn = async (officer: Client, id: string): Promise<(string | null)[]> =>
      (await officer.get(`/v1/statements/${id}/lines`).expect(200)).body.items.map((line: { repeats: string | null }) => line.repeats);
    const idsIn = async (officer: Client, id: string): Promise<string[]> =>
      (await officer.get(`/v1/statements/${id}/lines`).expect(200)).body.items.map((line: { id: string }) => line.id);

    it('repeats its charges, which wait to be posted once, and two equal ones twice', async () => {
      const { frame, officer } = await setUp();
      const withdrawal = '09/03/2026;V-1;Virement;-100,00;DZD';
      const first = await sent(officer, frame, table([withdrawal, fee, fee]));
      expect(first).toMatchObject({ repeatCount: 0, exceptions: [{ kind: 'bank_not_in_statement', open: 3 }] });
      const second = await sent(officer, frame, table([fee, fee, fee, fee.replace('tenue', 'virement'), fee.replace('10/03', '11/03')]));
      const [, ...fees] = await idsIn(officer, first.id);
      expect(await repeatsIn(officer, second.id)).toEqual([...fees, null, null, null]);
      expect(second).toMatchObject({ repeatCount: 2, exceptions: [{ kind: 'bank_not_in_statement', open: 3 }] });
      const [, , third] = await idsIn(officer, second.id);
      const all = await sent(officer, frame, table([fee, withdrawal, fee, fee]));
      expect(all).toMatchObject({ repeatCount: 4, exceptions: [] });
      expect(await repeatsIn(officer, all.id)).toEqual([fees[0], (await idsIn(officer, first.id))[0], fees[1], third]);
    });

    it('matches nothing a second time with a credit that it lists again', async () => {
      const { frame, officer } = await setUp();
      const credit = '01/01/2026;;Versement;+700,00;DZD';
      await receive(platform, frame, '700.00');
      expect(await sent(officer, frame, table([credit]))).toMatchObject({ matchedCount: 1 });
      await receive(platform, frame, '700.00');
      expect(await sent(officer, frame, table([credit, fee]))).toMatchObject({ matchedCount: 0, repeatCount: 1 });
      expect(await sent(officer, frame, table([credit, credit]))).toMatchObject({ matchedCount: 1, repeatCount: 1 });
    });

    it('is held to the balances beside its lines, by which equal lines are told apart', async () => {
      const { frame, officer } = await setUp();
      const columns = 'date;libellé;montant;devise;solde';
      const charge = (balance: string) => `10/03/2026;Frais;-25,00;DZD;${balance}`;
      const repeats = async (...rows: string[]) => (await sent(officer, frame, table(rows, columns))).repeatCount;
      expect(await repeats(charge('75,00'))).toBe(0);
      // It goes on from there, and nothing of it was listed before.
      expect(await repeats(charge('50,00'), '10/03/2026;Frais;-1,00;DZD;49,00')).toBe(0);
      expect(await repeats(charge('75,00'), '10/03/2026;Frais;-2,00;DZD;73,00')).toBe(1);
      const { parts } = await sent(officer, frame, table([charge('10,00'), charge('35,00')], columns));
      expect(parts).toMatchObject([{ opening: { amount: '60.00' }, debits: { amount: '50.00' }, closing: { amount: '10.00' } }]);
      const { errors } = (await sendStatement(officer, frame, table([charge('75,00'), charge('51,00')], columns), csv()).expect(422)).body;
      expect(errors).toMatchObject([{ row: 3, cell: 'balance' }]);
      // Of two that a table lists from the newest, the older one was known.
      const later = (balance: string) => charge(balance).replace('10/03', '11/03');
      expect(await repeats(later('-25,00'))).toBe(0);
      expect(await repeats(later('-50,00'), later('-25,00'))).toBe(1);
      expect(await repeats(later('-25,00'), later('-50,00'), later('-75,00'))).toBe(2);
      // Without balances, the nth repeats the nth.
      expect((await sent(officer, frame, table(['10/03/2026;Frais;-25,00;DZD'], 'date;libellé;montant;devise'))).repeatCount).toBe(1);
    });

    it('is of the account that it or its mapping says, else of that of its mapping, whatever version that has', async () => {
      const { frame, officer } = await setUp();
      const path = `/v1/programmes/${frame.programmeId}/statement-mappings`;
      const save = (name: string, definition: object) => officer.post(path, { name, definition }).expect(201);
      const saved = (name: string) =>
        sent(officer, frame, `${table([fee])}\n${++padding % 2 ? '' : '\n'}${' '.repeat(padding)}`, csv(name));
      let padding = 0;
      await save('CPA', { signs: 'negative_is_payment' });
      await save('BNA', { signs: 'negative_is_payment' });
      expect([(await saved('CPA')).repeatCount, (await saved('BNA')).repeatCount]).toEqual([0, 0]);
      await save('CPA', { signs: 'negative_is_payment', titleRows: 0 });
      expect((await saved('CPA')).repeatCount).toBe(1);
      await save('CPA', { signs: 'negative_is_payment', account: 'dz58 0040' });
      const named = await saved('CPA');
      expect([named.repeatCount, named.parts[0].account]).toEqual([0, 'DZ580040']);
      const columns = 'date;reference;libellé;montant;devise;compte';
      expect((await sent(officer, frame, table([`${fee};DZ58 0040`], columns))).repeatCount).toBe(1);
      expect((await sent(officer, frame, table([`${fee};DZ58 0041`], columns))).repeatCount).toBe(0);
      const { errors } = (await sendStatement(officer, frame, table([`${fee};1`, `${fee};2`], columns), csv()).expect(422)).body;
      expect(errors).toMatchObject([{ row: 3, cell: 'account' }]);
    });
  });
});
