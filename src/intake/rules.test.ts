import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, readHeader } from './columns.ts';
import { batchesOf, csvLine, recordsOf } from './csv.ts';
import { readRow } from './rows.ts';
import { tooManyDuplicates } from './rules.ts';

const today = '2026-03-01';
const consent = { purpose: 'registration', legalBasis: 'consent', method: 'signature', givenOn: '2026-02-01' } as const;

describe('the rules of a file', () => {
  it('stops a file whose share of duplicates is above the limit, not at it', () => {
    expect(tooManyDuplicates(40, 200, '0.2')).toBe(false);
    expect(tooManyDuplicates(41, 200, '0.2')).toBe(true);
    expect(tooManyDuplicates(1, 200, '0')).toBe(true);
  });
});

describe('the columns of a file', () => {
  const english = [
    'Household',
    'Household size',
    'Relationship',
    'First name',
    'Surname',
    'Sex',
    'DATE OF BIRTH',
    'Nationality',
    'Phone',
    'Wilaya',
    'Commune',
    'Language',
    'Registration date',
    'Consent',
    'Consent method',
  ];
  const cells = [
    'H1',
    '2',
    'head',
    'Amina',
    'Benali',
    'F',
    '1990',
    'mli',
    '0550123456 / 0551123456',
    '16',
    'Alger Centre',
    'français',
    '2026-02-01',
    'yes',
    'Signature',
  ];

  it('are read in English and Arabic as in French', () => {
    const { registration, faults } = readRow(readHeader(english), cells, today);
    expect(faults).toEqual([]);
    expect(registration).toMatchObject({
      names: { given: 'Amina', family: 'Benali' },
      nationality: 'MLI',
      language: 'fr',
      phones: ['0550123456', '0551123456'],
      birth: { from: '1990-01-01', to: '1990-12-31', precision: 'year' },
      consents: [consent],
    });
    const arabic = [
      'الأسرة',
      'حجم الأسرة',
      'صلة القرابة',
      'الاسم',
      'اللقب',
      'الجنس',
      'تاريخ الميلاد',
      'الجنسية',
      'الهاتف',
      'الولاية',
      'البلدية',
      'اللغة',
      'تاريخ التسجيل',
      'الموافقة',
      'طريقة الموافقة',
    ];
    const words = cells.with(2, 'رب الأسرة').with(5, 'أنثى').with(11, 'العربية').with(13, 'نعم').with(14, 'توقيع');
    expect(readRow(readHeader(arabic), words, today)).toMatchObject({
      faults: [],
      registration: { sex: 'female', relationship: 'head', language: 'ar' },
    });
  });

  it('are named when they are missing, unknown or there twice', () => {
    expect(() => readHeader([...english.slice(1), 'Sexe', 'Colour'])).toThrow(
      expect.objectContaining({
        status: 422,
        places: [
          { cell: 'Sexe', detail: expect.stringContaining('twice') },
          { cell: 'Colour', detail: expect.stringContaining('not known') },
          { cell: 'Ménage', detail: expect.stringContaining('missing') },
        ],
      }),
    );
  });

  it('lead from every fault to its cell', () => {
    const header = readHeader(english);
    const wrong = readRow(header, cells.with(0, '').with(1, 'two').with(6, '31/02/1990').with(12, '2026-13-01').with(14, 'pigeon'), today);
    expect(wrong.faults.map(({ pointer, code }) => [cellAt(header, pointer), code])).toEqual([
      ['Registration date', 'registration_date_impossible'],
      ['DATE OF BIRTH', 'birth_impossible'],
      ['Household', 'household_missing'],
      ['Household size', 'household_size_invalid'],
    ]);
    expect(readRow(header, cells.slice(1), today).faults).toEqual([{ pointer: '', code: 'cells_wrong' }]);
  });

  it('survive whatever is written into them', () =>
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 15, maxLength: 15 }), (row) => {
        const { registration, faults } = readRow(readHeader(english), row, today);
        return faults.length > 0 || Object.keys(registration).length === 13;
      }),
    ));
});

describe('CSV', () => {
  const collect = async (text: string) => {
    const records: string[][] = [];
    for await (const record of recordsOf(text)) records.push(record);
    return records;
  };

  it('is read with commas, semicolons or tabs, and without empty rows', async () => {
    expect(await collect('\uFEFFa;b\r\n1,5;2\r\n\r\n;\r\n"x;y";z\r\n')).toEqual([
      ['a', 'b'],
      ['1,5', '2'],
      ['x;y', 'z'],
    ]);
    expect(await collect('a\tb\n1\t2')).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
  });

  it('is refused when it is in another encoding or ends inside a quotation', async () => {
    await expect(collect('a;b\nCond\uFFFD;1')).rejects.toMatchObject({ status: 422 });
    await expect(collect('a;b\n"never closed;1\n')).rejects.toMatchObject({ status: 422 });
  });

  it('comes in batches that go on where the last one ended', async () => {
    const text = ['h', ...Array.from({ length: 5 }, (_, i) => String(i + 1))].join('\n');
    const from = async (skip: number) => {
      const batches: [number, string[]][] = [];
      for await (const { firstRow, rows } of batchesOf(text, skip, 2)) batches.push([firstRow, rows.flat()]);
      return batches;
    };
    expect(await from(0)).toEqual([
      [1, ['1', '2']],
      [3, ['3', '4']],
      [5, ['5']],
    ]);
    expect(await from(2)).toEqual([
      [3, ['3', '4']],
      [5, ['5']],
    ]);
    expect(await from(5)).toEqual([]);
  });

  it('never gives a spreadsheet a formula to run, and says the same otherwise', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 2 }), (cells) => {
        const [back = []] = parse(csvLine(cells, ';'), { delimiter: ';' }) as string[][];
        expect(back.map((cell, i) => (cell === cells[i] ? cell : cell.slice(1)))).toEqual(cells);
        expect(back.some((cell) => /^[=+@\t\r-]/.test(cell))).toBe(false);
      }),
    ));
});
