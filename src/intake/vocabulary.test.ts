import { describe, expect, it } from 'vitest';
import { twoLetterCodes } from '../beneficiaries/index.ts';
import { countryOf } from './country-words.ts';
import { ageOf, consentMethodOf, dateOf, documentTypeOf, flagOf, relationshipOf, sexOf, wholeNumberOf, yearOf } from './vocabulary.ts';

describe('a cell', () => {
  it.each([
    ['MLI', ['Malienne', 'Mali', 'ML', 'ml', 'مالي', 'مالية', 'MLI']],
    ['NER', ['Niger', 'Nigérien', 'Nigérienne', 'النيجر', 'نيجري']],
    ['NGA', ['Nigeria', 'Nigérian', 'Nigerian', 'نيجيريا', 'نيجيرية']],
    ['CIV', ["Côte d'Ivoire", 'cote d’ivoire', 'Ivoirienne', 'ساحل العاج']],
    ['COD', ['RDC', 'République démocratique du Congo']],
    ['SDN', ['Soudan', 'soudanaise', 'السودان', 'سودانية']],
    ['SYR', ['SY', 'Syrie', 'Syria', 'سوريا', 'سورية']],
  ])('says %s by any of its names', (code, cells) => expect(cells.map(countryOf)).toEqual(cells.map(() => code)));

  it('says each country by its codes and its names, and none by the name of two', () => {
    for (const [three, two] of twoLetterCodes) {
      const names = ['fr', 'en', 'ar'].map((language) => new Intl.DisplayNames(language, { type: 'region' }).of(two) ?? '');
      for (const cell of [three, two, ...names]) expect(countryOf(cell), cell).toBe(three);
    }
    expect(['Congo', 'Atlantis', 'xxb'].map(countryOf)).toEqual(['CONGO', 'ATLANTIS', 'XXB']);
  });

  it('says who somebody is in the words of the field', () => {
    expect(['Mari', 'Femme', 'الزوجة', 'Chef de famille', 'بنت'].map(relationshipOf)).toEqual([
      'spouse',
      'spouse',
      'spouse',
      'head',
      'child',
    ]);
    expect(['Fille', 'Garçon', 'الأنثى', 'ذكر', 'أ', 'ذ'].map(sexOf)).toEqual(['female', 'male', 'female', 'male', 'female', 'male']);
    expect(['1', '2', 'نثي', ''].map(sexOf)).toEqual(Array(4).fill(undefined));
    const documents = ['CNI', 'جواز السفر', 'بطاقة التعريف الوطنية'];
    expect(documents.map(documentTypeOf)).toEqual(['national_id', 'passport', 'national_id']);
  });

  it('says what agencies write of kin, papers and consent', () => {
    const all = (cells: string, read: (cell: string) => unknown) => new Set(cells.split(', ').map(read));
    const kin =
      'Grandchild, Nephew, Cousin, Petit-fils, petit fils, Neveu, Grand-mère, Aunt, Tante, Oncle, Mother in law, Mother-in-law, Friend, Non apparenté, حفيد, العم';
    expect(all(kin, relationshipOf)).toEqual(new Set(['other']));
    expect(all('Self, Household head, Moi-même', relationshipOf)).toEqual(new Set(['head']));
    expect(all('Driving licence, Birth certificate, Acte de naissance, Laissez-passer, laissez passer, Permis de conduire, شهادة الميلاد', documentTypeOf)).toEqual(new Set(['other'])); // biome-ignore format: one line
    expect(all('UNHCR, Refugee card, Carte de réfugié, Asylum seeker certificate', documentTypeOf)).toEqual(new Set(['unhcr_certificate']));
    expect(documentTypeOf('ID')).toBe('national_id');
    expect(all('written, Thumbprint, empreinte', consentMethodOf)).toEqual(new Set(['signature']));
    expect(all('verbal, oral, شفوي', consentMethodOf)).toEqual(new Set(['witnessed_verbal']));
    expect(all('Phone, Remote-verbal', consentMethodOf)).toEqual(new Set(['remote_verbal']));
  });

  it('says an age in whole years, or none', () => {
    expect(['34', '34.0', '34 ans', '1 an', '34 years', '٣٤', '34 سنة', '0'].map(ageOf)).toEqual([34, 34, 34, 1, 34, 34, 34, 0]);
    expect(['121', '6 mois', '34-40', '3.5', 'adulte', '1990'].map(ageOf)).toEqual(Array(6).fill(undefined));
  });

  it('says yes or no in words and marks, or neither', () => {
    const yes = ['oui', 'O', 'Y', 'X', 'x', '✓', '✔️', '1', '1.0', '١', 'VRAI', 'نعم', 'أوافق', 'اوافق'];
    const no = ['Non', 'n', '0', '0.0', '٠', 'FAUX', 'لا', 'لا أوافق'];
    expect(yes.map(flagOf)).toEqual(yes.map(() => true));
    expect(no.map(flagOf)).toEqual(no.map(() => false));
    expect(['', '-', '?', 'peut-être', '2'].map(flagOf)).toEqual(Array(5).fill(undefined));
  });

  it('says a whole number, whatever a spreadsheet made of it', () => {
    expect(['5', '5.0', '5,0', '٥', '-1'].map(wholeNumberOf)).toEqual([5, 5, 5, 5, -1]);
    expect(['5.5', '12345', '', 'cinq'].map(wholeNumberOf)).toEqual(Array(4).fill(undefined));
  });

  it('says a day in numbers or words', () => {
    const written = [
      '12/03/1985',
      '12/03/85',
      '1985/03/12',
      '12 mars 1985',
      '12-Mar-1985',
      '١٢/٠٣/١٩٨٥',
      '12/03/1985 00:00:00',
      '12 مارس 1985',
    ];
    expect(written.map((cell) => dateOf(cell, '2026-03-01'))).toEqual(written.map(() => '1985-03-12'));
    const wrong = ['31/02/1990', '13 foo 1990', '12 constructor 1990', '1985', '03/25/1985', '00/00/1985'];
    expect(wrong.map((cell) => dateOf(cell, '2026-03-01'))).toEqual(wrong.map(() => undefined));
  });

  it('says a day with the month first, where its column writes it so', () => {
    const american = { order: 'month_first' } as const;
    const written = [
      '12/31/1985',
      '12/31/85',
      '12-31-1985 11:05:00 PM',
      'December 31, 1985',
      'Dec. 31st, 1985',
      '31 December 1985',
      '1985-12-31',
    ];
    expect(written.map((cell) => dateOf(cell, '2026-03-01', american))).toEqual(written.map(() => '1985-12-31'));
    expect(dateOf('03/04/1990', '2026-03-01', american)).toBe('1990-03-04');
    expect(dateOf('31/12/1985', '2026-03-01', american)).toBeUndefined();
  });

  it('says a day by the number that a spreadsheet counts it by', () => {
    expect(['32874', '32874.0', '32874.5', '٣٢٨٧٤'].map((cell) => dateOf(cell))).toEqual(Array(4).fill('1990-01-01'));
    expect(dateOf('31412', undefined, { from1904: true })).toBe('1990-01-01');
    expect(['9999', '328740', '99999', '00001'].map((cell) => dateOf(cell))).toEqual(Array(4).fill(undefined));
  });

  it('says a year of two digits that is not to come, and none where no century is known', () => {
    expect(['01/03/26', '02/03/26'].map((cell) => dateOf(cell, '2026-03-01'))).toEqual(['2026-03-01', '1926-03-02']);
    expect(dateOf('01/03/26')).toBeUndefined();
  });

  it('says a year alone, and whether it is a guess', () => {
    expect(['1985', 'né en 1985', '1985.0'].map(yearOf)).toEqual(Array(3).fill({ year: '1985', precision: 'year' }));
    expect(['vers 1985', 'environ 1985', 'حوالي ١٩٨٥'].map(yearOf)).toEqual(Array(3).fill({ year: '1985', precision: 'estimated' }));
    expect(['v 1985', '85', '12/1985'].map(yearOf)).toEqual(Array(3).fill(undefined));
  });
});
