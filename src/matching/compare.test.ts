import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { type Evidence, type Field, fields, levels } from './levels.ts';
import { shippedModel } from './model.ts';
import { profileOf } from './profile.ts';
import type { Particulars } from './types.ts';
import { inWords, type Language } from './words.ts';

const day = (date: string) => ({ from: date, to: date });
const year = (number: number) => ({ from: `${number}-01-01`, to: `${number}-12-31` });
const common = new Map([
  ['MMD', 0.05],
  ['ADRS', 0.0001],
]);
const setting = { model: shippedModel, frequencies: { of: (sound: string) => common.get(sound) ?? 0.01 }, population: 100_000 };
const compared = (a: Particulars, b: Particulars) => compare(profileOf(a), profileOf(b), setting);
const levelOf = (a: Particulars, b: Particulars, field: Field) => compared(a, b).evidence.find((one) => one.field === field)?.level;
const weightOf = (a: Particulars, b: Particulars, field: Field) => compared(a, b).evidence.find((one) => one.field === field)?.weight ?? 0;

const fatima: Particulars = {
  given: 'Fatima',
  family: 'Ben Salah',
  birth: day('1988-04-17'),
  sex: 'female',
  phones: ['+213550123456'],
  location: ['Oran', 'Bir El Djir'],
};

describe('one person', () => {
  it.each<[string, Partial<Particulars>]>([
    ['in the other script', { given: 'فاطمة', family: 'بن صالح' }],
    ['in another spelling', { given: 'Fatoumata', family: 'Bensaleh' }],
    ['with names exchanged', { given: 'Ben Salah', family: 'Fatima' }],
    ['with names in one field', { given: 'Ben Salah Fatima', family: undefined }],
    ['with day and month exchanged', { birth: day('1988-04-17'), given: 'Fatma' }],
    ['who moved and has another phone', { phones: ['+213770999888'] }],
    ['with a typing error in the phone', { phones: ['+213550123465'], given: 'Fatiam' }],
  ])('%s', (_, change) => {
    expect(compared(fatima, { ...fatima, ...change }).decision).toBe('same');
  });
});

describe('relatives', () => {
  const of = (change: Partial<Particulars>) => compared(fatima, { ...fatima, ...change });

  it.each<[string, Partial<Particulars>]>([
    ['a sister of the same household', { given: 'Khadija', birth: day('1991-09-02') }],
    ['a twin', { given: 'Khadija' }],
    ['a twin brother', { given: 'Hassan', sex: 'male' }],
    ['a sister with the names exchanged', { given: 'Ben Salah', family: 'Khadija' }],
    ['a daughter of the same name', { birth: day('2011-11-30') }],
  ])('%s is not the same person', (_, change) => {
    expect(of(change).decision).not.toBe('same');
    expect(of(change).evidence.map(({ field }) => field)).toContain('household');
  });

  it('tells Hassan and Hussein apart, in either script', () => {
    const hassan: Particulars = { ...fatima, given: 'Hassan', sex: 'male' };
    for (const given of ['Hussein', 'Houcine', 'حسين', 'Housseini']) {
      expect(levelOf(hassan, { ...hassan, given }, 'given')).toBe('different');
      expect(compared(hassan, { ...hassan, given }).decision).not.toBe('same');
    }
  });

  it('tells a brother and a sister apart whose names differ by a letter', () => {
    const karim: Particulars = { ...fatima, given: 'Karim', sex: 'male' };
    expect(compared(karim, { ...karim, given: 'Karima', sex: 'female' }).decision).not.toBe('same');
  });

  it('tells senior and junior apart', () => {
    const senior: Particulars = { given: 'Harold', family: 'Jenkins', birth: year(1960) };
    expect(compared(senior, { ...senior, family: 'Jenkins Jr' }).probability).toBeLessThan(compared(senior, senior).probability);
  });
});

describe('evidence', () => {
  it('says more of a rare name than of a common one', () => {
    const rare: Particulars = { given: 'Idris' };
    const usual: Particulars = { given: 'Mohamed' };
    expect(weightOf(rare, rare, 'given')).toBeGreaterThan(weightOf(usual, usual, 'given') + 5);
  });

  it('weighs 1 January as a year', () => {
    const [first, known] = [{ birth: day('1984-01-01') }, { birth: year(1984) }];
    expect(levelOf(first, first, 'birth')).toBe('year');
    expect(weightOf(first, first, 'birth')).toBe(weightOf(known, known, 'birth'));
    expect(levelOf(first, { birth: day('1984-06-09') }, 'birth')).toBe('within_year');
  });

  it.each<[Field, Particulars, Particulars, string]>([
    ['birth', { birth: day('1984-08-07') }, { birth: day('1984-07-08') }, 'exchanged'],
    ['birth', { birth: day('1984-08-07') }, { birth: day('1948-08-07') }, 'typing'],
    ['birth', { birth: day('1984-08-07') }, { birth: day('1957-08-07') }, 'month_day'],
    ['document', { documents: ['MLI/AB1234567'] }, { documents: ['ab-123 4567'] }, 'same'],
    ['document', { documents: ['MLI/AB1234567'] }, { documents: ['NER/AB1234567'] }, 'other_kind'],
    ['document', { documents: ['2427882'] }, { documents: ['2427828'] }, 'typing'],
    ['phone', { phones: ['+213550123456'] }, { phones: ['0550 12 34 56'] }, 'same'],
    ['location', { location: ['Oran'] }, { location: ['وهران'] }, 'place'],
    [
      'location',
      { location: ['NSW', 'Kyogle', '118 Tattersall Crescent'] },
      { location: ['nsw', 'kyogle', '118 tattersal cres'] },
      'address',
    ],
    ['given', { given: 'J', family: 'Brown' }, { given: 'Joshua', family: 'Brown' }, 'initial'],
    ['given', { given: 'Abdoul Karim', family: 'Bah' }, { given: 'Karim', family: 'Bah' }, 'part'],
    ['given', { given: 'Mohamed', family: 'Bah' }, { given: 'محمد', family: 'Bah' }, 'spelling'],
  ])('on %s', (field, a, b, level) => {
    expect(levelOf(a, b, field)).toBe(level);
  });
});

const letters = fc.constantFrom('Mohamed', 'محمد', 'Fatou', 'Traoré', 'بن صالح', 'J', 'Abd el Kader', 'Al Hassan', '', 'Brown', "M'hamed");
const several = (values: readonly string[]) => fc.array(fc.constantFrom(...values), { maxLength: 2 });
const people: fc.Arbitrary<Particulars> = fc.record({
  given: letters,
  middle: letters,
  family: letters,
  birth: fc.constantFrom(undefined, day('1984-08-07'), day('1984-07-08'), day('1984-01-01'), year(1985), {
    from: '1980-01-01',
    to: '1981-12-31',
  }),
  sex: fc.constantFrom(undefined, 'female' as const, 'male' as const),
  documents: several(['MLI/AB1234567', 'AB1234576', '99']),
  phones: several(['+213550123456', '0550123465']),
  location: several(['Oran', 'وهران', '118 Tattersall Crescent Kyogle']),
  household: fc.constantFrom(undefined, 'h1', 'h2'),
});

describe('always', () => {
  it('gives the same answer in either order, and a probability', () => {
    fc.assert(
      fc.property(people, people, (a, b) => {
        const [one, other] = [compared(a, b), compared(b, a)];
        expect(one.probability).toBeCloseTo(other.probability, 9);
        expect(one.probability).toBeGreaterThanOrEqual(0);
        expect(one.probability).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('makes nothing of what is missing', () => {
    const missing: [Field, keyof Particulars][] = [
      ['birth', 'birth'],
      ['sex', 'sex'],
      ['document', 'documents'],
      ['phone', 'phones'],
      ['location', 'location'],
    ];
    fc.assert(
      fc.property(people, people, fc.constantFrom(...missing), (a, b, [field, name]) => {
        const without = compared({ ...a, [name]: undefined, given: 'Awa' }, { ...b, given: 'Awa' });
        expect(without.evidence.map((one) => one.field)).not.toContain(field);
      }),
    );
  });

  it('holds no value of a person in its evidence', () => {
    expect(JSON.stringify(compared(fatima, { ...fatima, given: 'Fatma' }).evidence)).not.toMatch(/fat|salah|1988|oran|550/i);
  });

  it('is said in three languages', () => {
    for (const field of fields) {
      for (const level of levels[field]) {
        const said = (['en', 'fr', 'ar'] as Language[]).map((language) => inWords({ field, level, weight: 0 } as Evidence, language));
        expect(new Set(said).size).toBe(3);
        for (const words of said) expect(words.length).toBeGreaterThan(5);
      }
    }
  });
});
