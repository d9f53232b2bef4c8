import { describe, expect, it } from 'vitest';
import { workbook } from '../../../test/support/workbooks.ts';
import { dammDigit, readTable } from '../../platform/index.ts';
import { readDays, rowsOf } from './reading.ts';

const number = (digits: string) => digits + dammDigit(digits);
const amina = number('000123456');
async function* bytes(content: string | Buffer): AsyncGenerator<Buffer> {
  yield Buffer.from(content as string);
}
const read = async (content: string | Buffer) => readDays(await rowsOf(await readTable(bytes(content), 'text/csv')));

describe('a sheet of attendance', () => {
  it.each([
    ['Registration number,Date,Full or half day', '2026-03-02,half'],
    ["Numéro d'enregistrement,Jour,Présence", '02/03/2026,Demi-journée'],
    ['رقم التسجيل,اليوم,الحضور', '٠٢/٠٣/٢٠٢٦,نصف يوم'],
    ['REGISTRATION_NUMBER,day,presence', '2026-03-02,"0,5"'],
  ])('is read under the header %s', async (header, rest) => {
    expect(await read(`${header}\n${amina},${rest}\n`)).toEqual({
      rows: [{ row: 2, registrationNumber: amina, day: '2026-03-02', halfDays: 1 }],
      faults: [],
    });
  });

  it('is read from a workbook, which takes zeros off numbers and counts days', async () => {
    const text = (cell: string, value: string) => `<c r="${cell}" t="inlineStr"><is><t>${value}</t></is></c>`;
    const rows = `<row r="1">${text('A1', 'N° enregistrement')}${text('B1', 'Date')}</row>
      <row r="2"><c r="A2"><v>${Number(amina)}</v></c><c r="B2" s="1"><v>46083</v></c></row>`;
    expect(await read(await workbook({ rows, formats: ['dd/mm/yyyy'] }))).toEqual({
      rows: [{ row: 2, registrationNumber: amina, day: '2026-03-02', halfDays: 2 }],
      faults: [],
    });
  });

  it('names the cells that cannot be read, and keeps the other rows', async () => {
    const lines = [
      'Registration number,Day,Presence',
      `${number('1')},2026-02-30,maybe`,
      `${amina.slice(0, 9)}x,2026-03-02,1`,
      ',2026-03-02,1',
      `${amina},2026-03-02,1`,
    ];
    const { rows, faults } = await read(lines.join('\n'));
    expect(rows.map(({ row }) => row)).toEqual([5]);
    expect(faults).toEqual([
      { row: 2, cell: 'day', code: 'day_wrong' },
      { row: 2, cell: 'presence', code: 'presence_wrong' },
      { row: 3, cell: 'registrationNumber', code: 'number_wrong' },
      { row: 4, cell: 'registrationNumber', code: 'number_wrong' },
    ]);
  });

  it('is refused as a whole without its columns or its rows', async () => {
    await expect(read('Name,Day\nx,2026-03-02\n')).rejects.toMatchObject({ places: [{ row: 1, cell: 'registrationNumber' }] });
    await expect(read('Day,Date,Registration number\n')).rejects.toMatchObject({ places: [{ row: 1, cell: 'Date' }] });
    await expect(read('Registration number,Day\n')).rejects.toThrow(/no row/);
    const many = `Registration number,Day\n${`${amina},2026-03-02\n`.repeat(20_001)}`;
    await expect(read(many)).rejects.toThrow(/20000 rows/);
  });
});
