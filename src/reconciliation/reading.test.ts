import { describe, expect, it } from 'vitest';
import { readStatement } from './reading.ts';

const linesOf = (content: string) => {
  const reading = readStatement(content);
  return 'lines' in reading ? reading.lines.map(({ amount, ...line }) => ({ ...line, amount: amount.toString() })) : reading.faults;
};

describe('reading a statement', () => {
  it('knows columns by French and English names, whatever their case, accents and order', () => {
    expect(
      linesOf(
        '\uFEFFDEVISE;Montant;code bureau;Numéro de série;DATE;Reference;Nature\ndzd;"1 234 567,5";1000;1234 5678 9012 34;5/3/2026;R 1;Annulation\n',
      ),
    ).toEqual([
      {
        row: 2,
        kind: 'reversal',
        reference: 'R 1',
        serial: '12345678901234',
        amount: '1234567.50',
        officeCode: '01000',
        paidOn: '2026-03-05',
        documentLastFour: null,
      },
    ]);
    expect(
      linesOf(
        'reference,serial,date,office code,amount,currency,document last four\nA1,12345678901234,2026-03-05,16000,1500.00,DZD,ab12\n',
      ),
    ).toEqual([
      {
        row: 2,
        kind: 'payment',
        reference: 'A1',
        serial: '12345678901234',
        amount: '1500.00',
        officeCode: '16000',
        paidOn: '2026-03-05',
        documentLastFour: 'AB12',
      },
    ]);
  });

  it('reads no-break spaces between thousands, and a currency without decimals', () => {
    const csv = (amount: string, currency: string) =>
      `reference;serial;date;office;amount;currency\nA;12345678901234;2026-03-05;16000;${amount};${currency}`;
    expect(linesOf(csv('15\u202F000,00', 'DZD'))).toMatchObject([{ amount: '15000.00' }]);
    expect(linesOf(csv('15\u00A0000', 'XOF'))).toMatchObject([{ amount: '15000' }]);
    for (const [amount, currency] of [
      ['1,5', 'XOF'],
      ['1,234', 'DZD'],
      ['0', 'DZD'],
      ['-5', 'DZD'],
      ['1.000,00', 'DZD'],
      ['1e3', 'DZD'],
      ['15 00', 'DZD'],
    ] as const) {
      expect(linesOf(csv(amount, currency))).toMatchObject([{ row: 2, cell: 'amount' }]);
    }
  });

  it('says which columns are missing or doubled, and where quotation marks break', () => {
    expect(linesOf('reference;serial;série;date;amount;currency\n')).toMatchObject([
      { row: 1, cell: 'serial' },
      { row: 1, cell: 'office' },
    ]);
    expect(linesOf('reference;serial;date;office;amount;currency\n"A;1;2;3')).toMatchObject([
      { detail: 'The row breaks off inside quotation marks.' },
    ]);
    expect(linesOf('reference;serial;date;office;amount;currency\n')).toMatchObject([{ detail: 'The statement lists no operation.' }]);
    expect(linesOf('reference,serial,date,office,amount,currency\nA,12345678901234,2026-03-05,16000,1500,00,DZD')).toMatchObject([
      { row: 2 },
    ]);
  });
});
