import { describe, expect, it } from 'vitest';
import { readStatement } from '../../../../test/support/statement-files.ts';

const bank = { source: 'bank' } as const;
const message = (inside: string) =>
  `<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>${inside}</Stmt></BkToCstmrStmt></Document>`;
const account = '<Acct><Id><IBAN>DZ1</IBAN></Id><Ccy>DZD</Ccy></Acct>';
const entry = ({ amount = '1.00', currency = 'DZD', mark = 'DBIT', status = '<Cd>BOOK</Cd>', more = '' } = {}) =>
  `<Ntry><Amt Ccy="${currency}">${amount}</Amt><CdtDbtInd>${mark}</CdtDbtInd>${more}<Sts>${status}</Sts><BookgDt><Dt>2026-03-10</Dt></BookgDt></Ntry>`;
const swift = (lines: readonly string[], { opening = 'C260310DZD10,00', closing = 'C260310DZD10,00', end = '62F' } = {}) =>
  [':20:A', ':25:DZ1', `:60F:${opening}`, ...lines, `:${end}:${closing}`, '-'].join('\r\n');

describe('amounts', () => {
  it.each([
    ['10000000000000000', 1],
    ['9999999999999999.99', 0],
    ['0009999999999999999.99', 0],
    ['999999999999999999', 1],
  ])('%s in camt: as much as the books hold, and no more', async (amount, faults) => {
    const read = await readStatement(message(entry({ amount })), bank);
    expect(read.faults).toHaveLength(faults);
    if (faults) expect(read.faults).toMatchObject([{ row: 1, cell: 'Amt' }]);
  });

  it('are in the currency of the account, or the statement is refused', async () => {
    const other = await readStatement(message(`${account}${entry()}${entry({ currency: 'EUR' })}`), bank);
    expect(other.faults).toMatchObject([
      { cell: 'currency', detail: expect.stringContaining('Ntry 2: the line is in EUR and the account in DZD') },
    ]);
    const balances = await readStatement(swift([], { closing: 'C260310EUR10,00' }), bank);
    expect(balances.faults).toMatchObject([{ cell: 'closing balance', detail: expect.stringContaining('in DZD and in EUR') }]);
  });

  it('of MT940 have a comma: with a point the line is refused where it stands, and no part of them is a reference', async () => {
    const { faults } = await readStatement(swift([':61:2603100310D5.00NTRFS1//B1'], { closing: 'C260310DZD5,00' }), bank);
    expect(faults).toMatchObject([{ row: 4, cell: '61', detail: expect.stringContaining('comma') }]);
  });

  it('of a row of totals are read, or the row is a fault', async () => {
    const table = (total: string) => `date;amount;currency\n2026-03-10;-10,00;DZD\n2026-03-11;-5,00;DZD\n${total}\n`;
    expect((await readStatement(table('Total;see overleaf;'), bank)).faults).toMatchObject([{ row: 4, cell: 'amount' }]);
    expect((await readStatement(table('Total;;'), bank)).faults).toEqual([]);
    expect((await readStatement(table('Total;15,00;'), bank)).faults).toEqual([]);
  });
});

describe('what is booked', () => {
  it('is what a status says in either form; reversals say which way they go', async () => {
    const of = async (...entries: string[]) => {
      const { lines, parts, faults } = await readStatement(message(entries.join('')), bank);
      expect(faults).toEqual([]);
      return [lines.map(({ kind }) => kind), parts[0]?.leftOut];
    };
    const reversal = '<RvslInd>true</RvslInd>';
    expect(await of(entry({ more: reversal }), entry({ mark: 'CRDT', more: reversal }), entry({ mark: 'CRDT' }))).toEqual([
      ['deposit_reversal', 'reversal', 'deposit'],
      0,
    ]);
    expect(
      await of(...['BOOK', '<Cd>BOOK</Cd>', 'PDNG', '<Cd>PDNG</Cd>', '<Cd>FUTR</Cd>', 'INFO'].map((status) => entry({ status }))),
    ).toEqual([['payment', 'payment'], 4]);
  });

  it('of a batch that is taken back is each of its transactions, taken back', async () => {
    const one = (amount: string, end: string) =>
      `<TxDtls><Refs><EndToEndId>${end}</EndToEndId></Refs><Amt Ccy="DZD">${amount}</Amt></TxDtls>`;
    const batch = entry({ amount: '3.00', mark: 'CRDT', more: '<RvslInd>1</RvslInd>' }).replace(
      '</Ntry>',
      `<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch>${one('1.00', 'E1')}${one('2.00', 'E2')}</NtryDtls></Ntry>`,
    );
    const { lines } = await readStatement(message(batch), bank);
    expect(lines.map(({ kind, amount, ourReference, reference }) => [kind, amount, ourReference, reference])).toEqual([
      ['reversal', '1.00 DZD', 'E1', ''],
      ['reversal', '2.00 DZD', 'E2', ''],
    ]);
  });

  it('of a batch is each of its transactions, wherever in them the bank writes the amount', async () => {
    const one = (amount: string, end: string, where: string) =>
      `<TxDtls><Refs><EndToEndId>${end}</EndToEndId></Refs><AmtDtls><${where}><Amt Ccy="DZD">${amount}</Amt></${where}></AmtDtls></TxDtls>`;
    for (const where of ['TxAmt', 'InstdAmt']) {
      const batch = entry({ amount: '3.00' }).replace(
        '</Ntry>',
        `<NtryDtls>${one('1.00', 'E1', where)}${one('2.00', 'E2', where)}</NtryDtls></Ntry>`,
      );
      const { lines } = await readStatement(message(batch), bank);
      expect(lines.map(({ amount, ourReference }) => [amount, ourReference])).toEqual([
        ['1.00 DZD', 'E1'],
        ['2.00 DZD', 'E2'],
      ]);
    }
  });

  it('is not what MT940 expects (EC, ED)', async () => {
    const { lines, faults, parts } = await readStatement(
      swift([':61:2603100310ED4,00NTRFNONREF', ':61:2603100310EC9,00NTRFNONREF', ':61:2603100310D1,00NTRFNONREF'], {
        closing: 'C260310DZD9,00',
      }),
      bank,
    );
    expect(faults).toEqual([]);
    expect(lines.map(({ kind, amount }) => `${kind} ${amount}`)).toEqual(['payment 1.00 DZD']);
    expect(parts).toMatchObject([{ leftOut: 2, lineCount: 1 }]);
  });

  it('stands in pages of MT940, of which the last one closes the day', async () => {
    const pages = [swift([], { end: '62M' }), swift([]).replace('60F', '60M')].join('\r\n');
    expect((await readStatement(pages, bank)).parts.map(({ isInterim }) => isInterim)).toEqual([true, false]);
  });

  it('stands in pages of camt, each between its balances, of which an interim one closes no day', async () => {
    const balance = (code: string, amount: string) =>
      `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-10</Dt></Dt></Bal>`;
    const page = (...balances: [code: string, amount: string][]) =>
      message(balances.map(([code, amount]) => balance(code, amount)).join('') + entry());
    const read = async (content: string) => {
      const { faults, remarks, parts } = await readStatement(content, bank);
      return faults.length > 0
        ? faults.map(({ cell }) => cell)
        : [remarks.length, ...parts.map(({ opening, closing, isInterim }) => `${opening} ${closing} ${isInterim}`)];
    };
    expect(await read(page(['OPBD', '10'], ['ITBD', '9']))).toEqual([0, '10.00 9.00 true']);
    expect(await read(page(['ITBD', '9'], ['ITBD', '8']))).toEqual([0, '9.00 8.00 true']);
    expect(await read(page(['ITBD', '8'], ['CLBD', '7']))).toEqual([0, '8.00 7.00 false']);
    expect(await read(page(['OPBD', '10'], ['ITBD', '8']))).toEqual(['closing balance']);
    expect(await read(page(['OPBD', '10'], ['ITBD', '3'], ['CLBD', '9']))).toEqual([0, '10.00 9.00 false']);
    expect(await read(page(['ITBD', '3']))).toEqual([0, 'null null false']);
  });

  it('opens camt with its own opening balance rather than with what was closed before, in any order', async () => {
    const balance = (code: string, amount: string, day: string) =>
      `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="DZD">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>${day}</Dt></Dt></Bal>`;
    const [previous, opening, closing] = [
      balance('PRCD', '12', '2026-03-07'),
      balance('OPBD', '10', '2026-03-10'),
      balance('CLBD', '9', '2026-03-10'),
    ];
    for (const balances of [previous + opening + closing, opening + previous + closing, opening + closing]) {
      const { faults, parts } = await readStatement(message(account + balances + entry()), bank);
      expect(faults).toEqual([]);
      expect(parts.map((part) => `${part.from} ${part.opening} ${part.closing}`)).toEqual(['2026-03-10 10.00 9.00']);
    }
    expect((await readStatement(message(account + previous + closing + entry({ amount: '3.00' })), bank)).faults).toEqual([]);
    expect((await readStatement(message(account + previous + closing + entry()), bank)).faults).toMatchObject([
      { cell: 'closing balance' },
    ]);
  });

  it('has in camt the day of its statement where it has none of its own, and says so', async () => {
    const undated = entry().replace(/<BookgDt>.*<\/BookgDt>/, '');
    const remark = { cell: 'BookgDt', detail: expect.stringMatching(/Ntry 1.*2026-03-09/) };
    for (const day of [
      '<CreDtTm>2026-03-09T08:00:00+01:00</CreDtTm>',
      '<CreDtTm>2026-03-11T08:00:00</CreDtTm><FrToDt><FrDtTm>2026-03-01T00:00:00</FrDtTm><ToDtTm>2026-03-09T23:59:59</ToDtTm></FrToDt>',
      '<CreDtTm>2026-03-11T08:00:00</CreDtTm><Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="DZD">9</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-09</Dt></Dt></Bal>',
    ]) {
      const { faults, remarks, lines } = await readStatement(message(day + undated + entry()), bank);
      expect([faults, lines.map(({ paidOn, valueOn }) => [paidOn, valueOn])]).toEqual([
        [],
        [
          ['2026-03-09', null],
          ['2026-03-10', null],
        ],
      ]);
      expect(remarks.filter(({ cell }) => cell === 'BookgDt')).toEqual([expect.objectContaining(remark)]);
    }
    expect((await readStatement(message(undated), bank)).faults).toMatchObject([{ cell: 'BookgDt' }]);
    const wrong = entry().replace('2026-03-10', '2026-02-30');
    expect((await readStatement(message(`<CreDtTm>2026-03-09T08:00:00</CreDtTm>${wrong}`), bank)).faults).toMatchObject([
      { cell: 'BookgDt' },
    ]);
  });

  it.each([' ', '\r\n', ' \r\n\t\r\n ', '{1:F01X}{2:I940X}{4:\r\n\r\n '])(
    'in MT940 is read after blanks and blank lines (%j)',
    async (before) => {
      const one = swift([':61:2603100310D1,00NTRFNONREF//B1'], { closing: 'C260310DZD9,00' });
      const { format, lines, faults } = await readStatement(`${before}${one}\r\n${before}${one}`, bank);
      expect([format, faults]).toEqual(['mt940', []]);
      expect(lines).toMatchObject([{ reference: 'B1' }, { reference: 'B1' }]);
    },
  );

  it('in MT940 is nothing that whoever paid has written behind a blank', async () => {
    const text = [
      ':61:2603100310D1,00NTRFNONREF//B1',
      ':86:RENT',
      ' :61:2603100310D9,00NTRFNONREF//B2',
      ' :61:2603100310C9,00NTRFNONREF//B3',
    ];
    const { lines, faults } = await readStatement(swift(text, { closing: 'C260310DZD9,00' }), bank);
    expect([faults, lines.map(({ reference }) => reference)]).toEqual([[], ['B1']]);
  });

  it('over New Year has the year that is closest, either way', async () => {
    const { lines } = await readStatement(
      swift([':61:2601021231D1,00NTRFX', ':61:2512310102D1,00NTRFY', ':61:2402290301D1,00NTRFZ'], { closing: 'C260310DZD7,00' }),
      bank,
    );
    expect(lines.map(({ paidOn, valueOn }) => [paidOn, valueOn])).toEqual([
      ['2025-12-31', '2026-01-02'],
      ['2026-01-02', '2025-12-31'],
      ['2024-03-01', '2024-02-29'],
    ]);
  });
});

describe('references', () => {
  it('end where the names of people begin', async () => {
    const { lines } = await readStatement(
      swift(
        [
          ':61:2603100310D1,00NTRFNONREF',
          ':86:166?00SEPA?20EREF+X JEAN DUPONT?21RUE X',
          ':61:2603100310D1,00NTRFNONREF//B 12 JEAN DUPONT',
          ':61:2603100310D1,00NTRFNONREF',
          `:86:EREF+${'9'.repeat(50)}DUPONT`,
        ],
        { closing: 'C260310DZD7,00' },
      ),
      bank,
    );
    expect(lines.map(({ reference, ourReference }) => [reference, ourReference])).toEqual([
      ['', 'X'],
      ['B 12', null],
      ['', '9'.repeat(35)],
    ]);
    const table = `reference;our reference;date;amount;currency\nVIR 77 JEAN DUPONT;JEAN-1 DUPONT;2026-03-10;1;DZD\nدفع;;2026-03-10;1;DZD\n`;
    expect((await readStatement(table, bank)).lines).toMatchObject([
      { reference: 'VIR 77', ourReference: 'JEAN-1' },
      { reference: '', ourReference: null },
    ]);
  });

  it('of MT940 that only say where the reference stands are none, and an account is the same with its currency', async () => {
    const { lines, parts } = await readStatement(
      swift(
        [':61:260310D1,00N541EREF', ':86:/EREF/S-2026-1//BENM//NAME/LA POSTE', ':61:260310D1,00NTRFEREF//B7', ':61:260310D1,00NTRFKREF+'],
        {
          closing: 'C260310DZD7,00',
        },
      ).replace(/:25:.*/, ':25:NL91ABNA0417164300 EUR'),
      bank,
    );
    expect(lines.map(({ reference, ourReference }) => [reference, ourReference])).toEqual([
      ['', 'S-2026-1'],
      ['B7', null],
      ['', null],
    ]);
    expect(parts.map(({ account: of }) => of)).toEqual(['NL91ABNA0417164300']);
  });

  it('of MT940 without a type of transaction are read whole, and a NONREF in its place is none', async () => {
    const written = ['NONREF', 'NONREF//B77', 'NOTPROVIDED', 'ABCD-12', 'FMSCABCD-13//B78', ' NTRFNONREF', ''];
    const { lines, faults } = await readStatement(
      swift(
        written.map((rest) => `:61:2603100310D1,00${rest}`),
        { closing: 'C260310DZD3,00' },
      ),
      bank,
    );
    expect(faults).toEqual([]);
    expect(lines.map(({ reference, isNamed, ourReference }) => [reference, isNamed, ourReference])).toEqual([
      ['', false, null],
      ['B77', true, null],
      ['', false, null],
      ['ABCD-12', false, 'ABCD-12'],
      ['B78', true, 'ABCD-13'],
      ['', false, null],
      ['', false, null],
    ]);
    const fee = await readStatement(swift([':61:2603100310D1,00NCHGNONREF'], { closing: 'C260310DZD9,00' }), bank);
    expect(fee.lines).toMatchObject([{ kind: 'fee', reference: '' }]);
  });

  it.each(['NONREF', 'NOTPROVIDED', 'not provided', 'n/a'])('of the post that say %s are none', async (text) => {
    const row = `reference;serial;date;office;amount;currency\n${text};10000000000001;2026-03-10;16000;1;DZD\n`;
    const { lines, faults } = await readStatement(row);
    expect([faults, lines.map(({ reference }) => reference)]).toEqual([[], ['']]);
  });
});
