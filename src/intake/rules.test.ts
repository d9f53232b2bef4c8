import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberedRow } from '../platform/index.ts';
import { chunksOf } from './chunks.ts';
import { VOUCHED_BY_SENDER } from './documents.ts';
import { guessColumns } from './guessing.ts';
import { type Layout, layoutOf, settledMapping } from './mapping.ts';
import { RowIndex } from './row-index.ts';
import { readRow } from './rows.ts';
import { tooManyDuplicates } from './rules.ts';

const today = '2026-03-01';
const consent = { purpose: 'registration', legalBasis: 'consent', method: 'signature', givenOn: '2026-02-01' } as const;
const layout = (header: readonly string[]): Layout => layoutOf(header, settledMapping(header, guessColumns(header), new Map()));

describe('the rules of a file', () => {
  it('stops a file whose share of duplicates is above the limit, not at it', () => {
    expect(tooManyDuplicates(40, 200, '0.2')).toBe(false);
    expect(tooManyDuplicates(41, 200, '0.2')).toBe(true);
    expect(tooManyDuplicates(1, 200, '0')).toBe(true);
    expect(tooManyDuplicates(0, 0, '0')).toBe(false);
    expect(tooManyDuplicates(1, 1, '0')).toBe(true);
  });

  it('lets a few rows hold as many duplicates as twenty', () => {
    expect(tooManyDuplicates(1, 1, '0.2')).toBe(false);
    expect(tooManyDuplicates(4, 4, '0.2')).toBe(false);
    expect(tooManyDuplicates(5, 5, '0.2')).toBe(true);
  });
});

describe('a row', () => {
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

  it('is read in English and Arabic as in French', () => {
    const { registration, faults } = readRow(layout(english), cells, today, 'fr');
    expect(faults).toEqual([]);
    expect(registration).toMatchObject({
      names: { given: 'Amina', family: 'Benali' },
      nationality: 'MLI',
      language: 'fr',
      phones: ['0550123456', '0551123456'],
      birth: { from: '1990-01-01', to: '1990-12-31', precision: 'year' },
      attestation: { reason: 'other', attestedBy: VOUCHED_BY_SENDER },
      consents: [consent],
    });
    const words = cells.with(2, 'رب الأسرة').with(5, 'أنثى').with(11, 'العربية').with(13, 'نعم').with(14, 'توقيع');
    expect(readRow(layout(arabic), words, today, 'fr')).toMatchObject({
      faults: [],
      registration: { sex: 'female', relationship: 'head', language: 'ar' },
    });
  });

  it('claims nothing of somebody without a document that the file does not say', () => {
    const attested = (columns: Record<string, string>) => {
      const { registration, faults } = readRow(
        layout([...english, ...Object.keys(columns)]),
        [...cells, ...Object.values(columns)],
        today,
        'fr',
      );
      return faults.length > 0 ? faults : registration.attestation;
    };
    const both = (reason: string, by: string) => attested({ 'Why no document': reason, 'Attested by': by });
    expect(both('lost', 'Imam Yahia')).toEqual({ reason: 'lost', attestedBy: 'Imam Yahia' });
    expect(attested({ 'Why no document': 'lost' })).toEqual({ reason: 'lost', attestedBy: VOUCHED_BY_SENDER });
    expect(attested({ 'Attested by': 'Imam Yahia' })).toEqual({ reason: 'other', attestedBy: 'Imam Yahia' });
    expect(both('', 'Imam Yahia')).toEqual([{ cell: 'Why no document', code: 'attestation_missing' }]);
    expect(both('', '')).toEqual([{ cell: 'Why no document', code: 'attestation_missing' }]);
    expect(both('lost', ' ')).toEqual([{ cell: 'Attested by', code: 'attestation_missing' }]);
    expect(attested({ 'Attested by': '' })).toEqual([{ cell: 'Attested by', code: 'attestation_missing' }]);
    const document = { 'Document type': 'Passport', 'Document number': 'P1' };
    expect(attested({ ...document, 'Why no document': '', 'Attested by': '' })).toBeUndefined();
  });

  it('says everything that a registration holds', () => {
    const more: Record<string, string> = {
      'Middle name': 'Zohra',
      'Document type': 'Passport',
      'Document number': 'P1',
      'Document type 3': 'National ID',
      'Document number 3': 'N3',
      'Issuing country 3': 'ner',
      'Phone 2': '0552123456',
      housing: 'Hosted',
      'Income source': 'Daily work',
      'Return status': 'planned',
      'Meals per day': '2',
      'Months of debt': '3',
      Stranded: 'oui',
      'Chronic illness': '0',
      'Difficulty seeing': 'A lot of difficulty',
      'wg/hearing': 'none',
      'Legal basis': 'Vital interest',
      'Consent reference': 'F-12',
      Witness: 'Omar Haddad',
      'Share with paying agent': 'yes',
      'May be contacted': 'no',
      'Share with partners': 'نعم',
    };
    const how = {
      legalBasis: 'vital_interest',
      method: 'signature',
      givenOn: '2026-02-01',
      evidence: { reference: 'F-12', witness: 'Omar Haddad' },
    };
    expect(readRow(layout([...english, ...Object.keys(more)]), [...cells, ...Object.values(more)], today, 'fr')).toMatchObject({
      faults: [],
      registration: {
        names: { given: 'Amina', middle: 'Zohra', family: 'Benali' },
        documents: [
          { type: 'passport', number: 'P1', issuingCountry: 'MLI' },
          { type: 'national_id', number: 'N3', issuingCountry: 'NER' },
        ],
        phones: ['0550123456', '0551123456', '0552123456'],
        answers: {
          housing: 'hosted',
          incomeSource: 'daily',
          returnStatus: 'planned',
          mealsPerDay: 2,
          debtMonths: 3,
          stranded: true,
          chronicIllness: false,
          washingtonGroup: { seeing: 'a_lot', hearing: 'none' },
        },
        consents: [
          { purpose: 'registration', ...how },
          { purpose: 'share_with_paying_agent', ...how },
          { purpose: 'share_with_partners', ...how },
        ],
      },
    });
  });

  it('may give the name whole, and a date with the time behind it', () => {
    const header = english.toSpliced(3, 2, 'Full name');
    expect(
      readRow(layout(header), cells.toSpliced(3, 2, 'Amina Benali').with(11, '2026-02-01T10:00:00.000+01:00'), today, 'fr'),
    ).toMatchObject({
      faults: [],
      registration: { names: { given: 'Amina Benali' } },
    });
  });

  it('leads from every fault to its cell', () => {
    const wrong = readRow(
      layout(english),
      cells.with(0, '').with(1, 'two').with(6, '31/02/1990').with(12, '2026-13-01').with(14, 'pigeon'),
      today,
      'fr',
    );
    expect(wrong.faults.map(({ cell, code }) => [cell, code])).toEqual([
      ['Registration date', 'registration_date_impossible'],
      ['DATE OF BIRTH', 'birth_impossible'],
      ['Household', 'household_missing'],
      ['Household size', 'household_size_invalid'],
    ]);
  });

  it('leads to the right one of several columns', () => {
    const header = [...english, 'Phone 2', 'Document type 2', 'Document number 2', 'Issuing country 2'];
    const { faults } = readRow(layout(header), [...cells, 'no phone', 'Passport', 'P2', 'Atlantis'], today, 'fr');
    expect(faults.map(({ cell, code }) => [cell, code])).toEqual([
      ['Issuing country 2', 'document_country_unknown'],
      ['Phone 2', 'phone_invalid'],
    ]);
  });

  it('has as many cells as the header, but for empty ones behind it', () => {
    const wrong = [{ cell: '', code: 'cells_wrong' }];
    expect(readRow(layout(english), cells.slice(1), today, 'fr').faults).toEqual(wrong);
    expect(readRow(layout(english), [...cells, 'more'], today, 'fr').faults).toEqual(wrong);
    expect(readRow(layout(english), [...cells, '', ' '], today, 'fr').faults).toEqual([]);
  });

  it('may be short of the empty cells at its end, but of none that it must have', () => {
    const header = [...english, 'Phone 2', 'Share with paying agent'];
    expect(readRow(layout(header), cells, today, 'fr').faults).toEqual([]);
    expect(readRow(layout(header), cells.slice(0, -1), today, 'fr').faults).toEqual([{ cell: '', code: 'cells_wrong' }]);
  });

  it('is at fault where nobody can tell whether the person agreed', () => {
    const header = [...english, 'Share with paying agent', 'May be contacted', 'Share with partners'];
    const read = (...agreed: string[]) => readRow(layout(header), [...cells, ...agreed], today, 'fr');
    const given = (...agreed: string[]) => read(...agreed).registration.consents?.map(({ purpose }) => purpose);
    expect(given('X', 'n', '')).toEqual(['registration', 'share_with_paying_agent']);
    expect(given('VRAI', '✓', 'أوافق')).toEqual(['registration', 'share_with_paying_agent', 'contact', 'share_with_partners']);
    expect(read('peut-être', '-', '?').faults).toEqual(header.slice(-3).map((cell) => ({ cell, code: 'consent_unclear' })));
    expect(readRow(layout(english), cells.with(13, 'perhaps'), today, 'fr').faults).toEqual([{ cell: 'Consent', code: 'consent_unclear' }]);
    expect(readRow(layout(english), cells.with(13, 'no'), today, 'fr').faults).toEqual([{ cell: 'Consent', code: 'consent_missing' }]);
  });

  it('has nothing in a cell that says so', () => {
    const header = [...english, 'Middle name', 'Document type', 'Document number', 'Phone 2', 'Dependants', 'Why no document'];
    for (const nothing of ['néant', 'NEANT', '-', 'N/A', 'لا يوجد']) {
      const { registration, faults } = readRow(layout(header), [...cells, ...Array(5).fill(nothing), 'lost'], today, 'fr');
      expect(faults, nothing).toEqual([]);
      expect(registration).toMatchObject({ documents: [], answers: {}, phones: ['0550123456', '0551123456'] });
      expect(registration.names).toEqual({ given: 'Amina', family: 'Benali' });
    }
    const ras = [...cells, 'Ras', 'RAS', 'RAS', 'RAS', 'RAS', 'lost'];
    expect(readRow(layout(header), ras, today, 'fr')).toMatchObject({
      faults: [],
      registration: { names: { middle: 'Ras' }, answers: {} },
    });
  });

  it('tells a birth by an exact day, a year or a guess', () => {
    const birth = (text: string) => readRow(layout(english), cells.with(6, text), today, 'fr').registration.birth;
    const whole = { from: '1985-01-01', to: '1985-12-31' };
    expect(birth('12 mars 1985')).toEqual({ from: '1985-03-12', to: '1985-03-12', precision: 'exact' });
    expect(birth('١٩٨٥')).toEqual({ ...whole, precision: 'year' });
    expect(birth('vers 1985')).toEqual({ ...whole, precision: 'estimated' });
    expect(birth('v 1985')).toBeUndefined();
  });

  it('takes the kind of a document from the header of its number where no column says it', () => {
    const documents = (extra: Record<string, string>) => {
      const { registration, faults } = readRow(
        layout([...english, ...Object.keys(extra)]),
        [...cells, ...Object.values(extra)],
        today,
        'fr',
      );
      return faults.length > 0 ? faults : registration.documents;
    };
    const passport = { type: 'passport', number: 'P1', issuingCountry: 'MLI' };
    expect(documents({ 'N° Passeport': 'P1' })).toEqual([passport]);
    expect(documents({ 'رقم جواز السفر': 'P1', 'N° Passeport 2': 'P2' })).toEqual([passport, { ...passport, number: 'P2' }]);
    expect(documents({ 'N° document': 'P1' })).toEqual([{ cell: 'N° document', code: 'document_incomplete' }]);
  });

  it('survives whatever is written into it', () =>
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 15, maxLength: 15 }), (row) => {
        const { registration, faults } = readRow(layout(english), row, today, 'fr');
        return faults.length > 0 || Object.keys(registration).length >= 13;
      }),
    ));
});

describe('the rows of a file', () => {
  async function* rows(count: number, width = 1): AsyncGenerator<NumberedRow> {
    for (let row = 1; row <= count; row += 1) yield { row: row * 2, cells: [String(row).padEnd(width, '.')] };
  }
  const sizes = async (source: AsyncIterable<NumberedRow>) => {
    const found: [number, number, number][] = [];
    for await (const { number, firstRow, fileRows, rows: taken } of chunksOf(source)) {
      found.push([number, firstRow, taken.length]);
      expect(fileRows).toEqual(taken.map((_cells, i) => (firstRow + i) * 2));
    }
    return found;
  };

  it('are gathered by the hundred, and fewer where they are wide', async () => {
    expect(await sizes(rows(1_100))).toEqual([
      [0, 1, 500],
      [1, 501, 500],
      [2, 1_001, 100],
    ]);
    expect(await sizes(rows(5, 400_000))).toEqual([
      [0, 1, 3],
      [1, 4, 2],
    ]);
    expect(await sizes(rows(0))).toEqual([]);
  });

  it('are known by what they say, however many there are', () => {
    const index = new RowIndex();
    for (let row = 1; row <= 20_000; row += 1) expect(index.first(`text ${row}`, row)).toBeUndefined();
    expect(index.size).toBe(20_000);
    for (let row = 1; row <= 20_000; row += 1) expect(index.first(`text ${row}`, 99)).toBe(row);
  });
});
