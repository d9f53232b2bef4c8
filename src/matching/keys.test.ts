import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keysOf } from './keys.ts';
import { profileOf } from './profile.ts';
import type { Particulars } from './types.ts';

const day = (date: string) => ({ from: date, to: date });
const person: Particulars = {
  given: 'Mohamed',
  family: 'Traoré',
  birth: day('1984-03-07'),
  sex: 'male',
  documents: ['MLI/AB123456'],
  phones: ['+213550123456'],
  location: ['Oran', 'Bir El Djir'],
};

const textsOf = (particulars: Particulars) => keysOf(profileOf(particulars)).map(({ kind, text }) => `${kind} ${text}`);
const sharedBy = (a: Particulars, b: Particulars) => textsOf(a).filter((key) => textsOf(b).includes(key));

describe('keys', () => {
  it.each<[string, Partial<Particulars>]>([
    ['another given name', { given: 'Seydou' }],
    ['another family name', { family: 'Keïta' }],
    ['names exchanged', { given: 'Traore', family: 'Muhammad' }],
    ['names in one field', { given: 'Mohamed Traoré', family: undefined }],
    ['the other script', { given: 'محمد', family: 'تراوري' }],
    ['another birth', { birth: day('1991-12-30') }],
    ['day and month exchanged', { birth: day('1984-07-03') }],
    ['the year alone', { birth: { from: '1984-01-01', to: '1984-12-31' } }],
    ['no birth', { birth: undefined }],
    ['a document typed wrong', { documents: ['MLI/AB123465'] }],
    ['another phone', { phones: ['+213770000001'] }],
    ['another place', { location: ['Alger', 'Bab Ezzouar'] }],
  ])('%s hides no pair, not even without document and phone', (_, change) => {
    const bare = { ...person, documents: [], phones: [] };
    expect(sharedBy(person, { ...person, ...change }).length).toBeGreaterThan(0);
    expect(sharedBy(bare, { ...bare, ...change, documents: [], phones: [] }).length).toBeGreaterThan(0);
  });

  it('meets on the document or the phone when everything else is wrong', () => {
    const other: Particulars = { given: 'Awa', family: 'Sow', birth: day('2001-05-06'), location: ['Adrar'] };
    expect(sharedBy(person, { ...other, documents: ['ab 123-456'] })).toHaveLength(1);
    expect(sharedBy(person, { ...other, phones: ['0550 12 34 56'] })).toHaveLength(1);
  });

  it('are nine at most, beside six of names that are read in several ways, and never empty, whatever is written', () => {
    const text = fc.option(fc.string({ unit: 'grapheme', maxLength: 30 }), { nil: undefined });
    const texts = fc.array(fc.string({ maxLength: 20 }), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.record({ given: text, middle: text, family: text, documents: texts, phones: texts, location: texts }),
        (particulars) => {
          const keys = keysOf(profileOf({ ...particulars, birth: day('1990-02-03') }));
          expect(keys.length).toBeLessThanOrEqual(15);
          for (const { kind, text: key } of keys) expect(kind.length * key.trim().length).toBeGreaterThan(0);
        },
      ),
    );
  });
});
