import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStatement } from '../../../../../test/support/statement-files.ts';
import type { TableMapping } from './mapping.ts';

const read = (rows: readonly string[], mapping: TableMapping = {}, header = 'date;libellé;montant;solde') =>
  readStatement([header, ...rows].join('\n'), { source: 'bank', mapping: { currency: 'DZD', signs: 'negative_is_payment', ...mapping } });
const sidesOf = async (rows: readonly string[], mapping?: TableMapping, header?: string) => {
  const { faults, parts } = await read(rows, mapping, header);
  return faults.length > 0 ? faults : [parts[0]?.opening?.toString(), parts[0]?.closing?.toString()];
};

const oldestFirst = ['09/03/2026;a;-10,00;90,00', '09/03/2026;b;+30,00;120,00', '10/03/2026;c;-25,00;95,00'];
const newestFirst = oldestFirst.toReversed();

describe('balances beside the lines of a table', () => {
  it('are read whichever line comes first, and say what the account held before and after', async () => {
    for (const rows of [oldestFirst, newestFirst, oldestFirst.slice(0, 2), newestFirst.slice(1)])
      expect(await sidesOf(rows), rows.join()).toEqual(['100.00', rows.length === 3 ? '95.00' : '120.00']);
    expect(await sidesOf(['09/03/2026;a;-10,00;90,00'])).toEqual(['100.00', '90.00']);
  });

  it('may stand beside the last line of a day alone, below zero, with a mark, and beside lines of nothing', async () => {
    const sparse = ['09/03/2026;a;-10,00;', ...oldestFirst.slice(1), '10/03/2026;d;-5,00;', '10/03/2026;e;0,00;90,00'];
    expect(await sidesOf(sparse)).toEqual(['100.00', '90.00']);
    expect(await sidesOf(sparse.toReversed())).toEqual(['100.00', '90.00']);
    expect(await sidesOf(['09/03/2026;a;-10,00;2,00 C', '09/03/2026;b;-3,00;1,00 DR', '09/03/2026;b;-1,00;(2,00)'])).toEqual([
      '12.00',
      '-2.00',
    ]);
  });

  it('that do not follow from one another refuse the table, with row and cell', async () => {
    const fault = (row: number, stated: string, counted: string) => [
      { row, cell: 'balance', detail: expect.stringMatching(`stated as ${stated} DZD; .* come to ${counted}`) },
    ];
    expect(await sidesOf(oldestFirst.with(2, '10/03/2026;c;-25,00;96,00'))).toEqual(fault(4, '96.00', '95.00'));
    expect(await sidesOf(oldestFirst.toSpliced(1, 1))).toEqual(fault(3, '95.00', '65.00'));
    expect(await sidesOf(newestFirst.toSpliced(1, 1))).toEqual(fault(3, '90.00', '120.00'));
    expect(await sidesOf([...oldestFirst, '10/03/2026;d;-1,00;soon'])).toMatchObject([{ row: 5, cell: 'balance' }]);
    const foreign = ['09/03/2026;a;-10,00;90,00;DZD', '09/03/2026;b;-3,00;87,00;EUR'];
    expect(await sidesOf(foreign, {}, 'date;libellé;montant;solde;devise')).toMatchObject([{ row: 3, cell: 'currency' }]);
    expect(await sidesOf(oldestFirst, { columns: { balance: 'Position' } })).toMatchObject([{ row: 1, cell: 'balance' }]);
  });

  it('are held against rows that state what the account held before and after', async () => {
    const framed = (opening: string, closing: string) => [
      `;Solde initial;;${opening}`,
      ...oldestFirst,
      `10/03/2026;Nouveau solde;;${closing}`,
    ];
    expect(await sidesOf(framed('100,00', '95,00'))).toEqual(['100.00', '95.00']);
    expect(await sidesOf(framed('100,00', '95,00').toReversed())).toEqual(['100.00', '95.00']);
    expect(await sidesOf(framed('101,00', '95,00'))).toMatchObject([{ row: 2, cell: 'opening balance' }]);
    expect(await sidesOf(framed('100,00', '94,00'))).toMatchObject([{ row: 6, cell: 'closing balance' }]);
    expect(await sidesOf(framed('', '95,00'))).toMatchObject([{ row: 2, cell: 'opening balance' }]);
    expect(await sidesOf(framed('x', '95,00'))).toMatchObject([{ row: 2, cell: 'opening balance' }]);
    expect(await sidesOf([...framed('100,00', '95,00'), ';Solde initial;;99,00'])).toMatchObject([{ row: 7, cell: 'opening balance' }]);
    const split = (closing: string) => ['Report;;5,00', '09/03/2026;10,00;', '10/03/2026;;7,00', `Fin;${closing};`];
    const mapping: TableMapping = { signs: 'debit_credit', openingMarks: ['Report'], closingMarks: ['Fin'] };
    expect(await sidesOf(['Report;;5,00', '09/03/2026;10,00;', 'Fin;5,00;'], mapping, 'date;débit;crédit')).toEqual(['5.00', '-5.00']);
    expect(await sidesOf(split('2,00'), mapping, 'date;débit;crédit')).toMatchObject([
      { row: 5, cell: 'closing balance', detail: expect.stringContaining('come to 2.00') },
    ]);
    const one = await read([';Solde initial;100,00', '09/03/2026;a;-10,00'], {}, 'date;libellé;montant');
    expect(one).toMatchObject({ faults: [], lines: [{ row: 3 }], remarks: [{ detail: expect.stringContaining('one balance only') }] });
  });

  const moves = fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 2, maxLength: 8 });

  it('let no line be lost from the middle, nor any balance be changed', async () => {
    await fc.assert(
      fc.asyncProperty(moves, fc.boolean(), fc.nat(), fc.boolean(), async (amounts, isNewest, at, isLost) => {
        let held = 0;
        const rows = amounts.map((amount) => {
          held -= amount;
          return `09/03/2026;;-${amount},00;${held},00`;
        });
        const row = isLost ? 1 + (at % Math.max(rows.length - 2, 1)) : at % rows.length;
        const changed = isLost ? rows.toSpliced(row, 1) : rows.with(row, rows[row]?.replace(/,00$/, ',01') ?? '');
        const listed = (list: readonly string[]) => (isNewest ? list.toReversed() : list);
        expect(await sidesOf(listed(rows))).toEqual(['0.00', `${held}.00`]);
        if (changed.length > 1 && !(isLost && rows.length < 3)) expect(await sidesOf(listed(changed))).toMatchObject([{ cell: 'balance' }]);
      }),
      { numRuns: 150 },
    );
  });
});
