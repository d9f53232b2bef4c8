import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { shippedModel } from './model.ts';
import { profileOf } from './profile.ts';
import type { Decision, Particulars } from './types.ts';

/** As in a programme that has begun, and in a large one; as where the names are common, and where they are as rare as any. */
const settings = [1_000, 100_000].flatMap((population) =>
  [0.05, 0.002, undefined].map((share) => ({ model: shippedModel, frequencies: { of: () => share }, population })),
);

const household: Particulars = {
  family: 'Benabdallah',
  birth: { from: '2012-04-17', to: '2012-04-17' },
  sex: 'male',
  phones: ['+213550123456'],
  location: ['Oran', 'Bir El Djir'],
};

const decisions = (one: Partial<Particulars>, other: Partial<Particulars>): Decision[] =>
  settings.map((setting) => compare(profileOf({ ...household, ...one }), profileOf({ ...household, ...other }), setting).decision);

const siblings = [
  ['Mohamed Amine', 'Mohamed Islam'],
  ['Mohamed Amine', 'Mohamed Amir'],
  ['Mohamed Lamine', 'Mohamed Salah'],
  ['محمد أمين', 'محمد إسلام'],
  ['Mohamed Amine', 'محمد إسلام'],
  ['Fatima Zohra', 'Fatima Amina'],
  ['Fatima Zahra', 'Fatma Ezzahia'],
  ['فاطمة الزهراء', 'فاطمة أمينة'],
  ['Abdel Kader', 'Abdel Karim'],
  ['Abdelkader', 'Abdelkrim'],
  ['Abdel Moumen', 'Abdel Mounir'],
  ['عبد القادر', 'عبد الكريم'],
  ['عبد المؤمن', 'Abdelmounir'],
  ['Abdoul Aziz', 'Abdoul Rachid'],
  ['Nour Eddine', 'Nasr Eddine'],
  ['نور الدين', 'Nasreddine'],
  ['Seydina Oumar', 'Seydina Ali'],
  ['Marie Claire', 'Marie Louise'],
  ['Awa Marie', 'Awa Fanta'],
] as const;

describe('siblings whose names begin or end alike', () => {
  it.each(siblings)('%s is not %s, of one family, phone, address and birth', (one, other) => {
    expect(decisions({ given: one }, { given: other })).not.toContain('same');
  });

  it.each(siblings)('%s is not %s, nor where the family name stands in the same field', (one, other) => {
    const [whole, otherWhole] = [`${one} ${household.family}`, `${other} ${household.family}`];
    expect(decisions({ given: whole, family: undefined }, { given: otherWhole, family: undefined })).not.toContain('same');
    expect(decisions({ given: whole, family: undefined }, { given: other })).not.toContain('same');
    const [before, otherBefore] = [`${household.family} ${one}`, `${household.family} ${other}`];
    expect(decisions({ given: before, family: undefined }, { given: otherBefore, family: undefined })).not.toContain('same');
  });

  it('are told apart where the second name has a field of its own', () => {
    const middle = (name: string): Partial<Particulars> => ({ given: 'Mohamed', middle: name });
    expect(decisions(middle('Amine'), middle('Islam'))).not.toContain('same');
  });
});

describe('half of a name of two', () => {
  it.each([
    ['Mohamed Amine', 'Mohamed'],
    ['Mohamed Amine', 'Amine'],
    ['Mohamed Amine', 'M. Amine'],
    ['Mohamed Amine', 'Med Amine'],
    ['Mohamed Amine', 'Mohamed A.'],
    ['Mohamed Amine', 'أمين'],
    ['محمد أمين', 'Mohamed'],
    ['Fatima Zohra', 'Zohra'],
    ['Fatima Zohra', 'F. Zohra'],
    ['Fatima Zohra', 'Fatimazohra'],
    ['Abdel Karim', 'Karim'],
    ['Abdel Karim', 'Abdel'],
    ['عبد الكريم', 'Karim'],
    ['Abdourahmane', 'Abdou'],
    ['Nour Eddine', 'Nour'],
  ])('%s as %s is found', (whole, half) => {
    expect(decisions({ given: whole }, { given: half })).not.toContain('different');
    // With nothing but the family name and the birth beside it.
    const bare = { phones: [], location: [] };
    expect(decisions({ given: whole, ...bare }, { given: half, ...bare })).not.toContain('different');
  });

  it('is the same person with the whole of it, where all else agrees', () => {
    expect(decisions({ given: 'Mohamed Amine' }, { given: 'Mohamed' })).toEqual(settings.map(() => 'same'));
    expect(decisions({ given: 'Mohamed Amine' }, { given: 'Mohammed Lamine' })).toEqual(settings.map(() => 'same'));
  });
});
