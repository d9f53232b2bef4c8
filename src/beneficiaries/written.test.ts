import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nameFaults } from './identity-rules.ts';
import { hasControlCharacters } from './written.ts';

const codes = (given: string) => nameFaults({ given }).map(({ code }) => code);

describe('a text that names somebody', () => {
  it.each([
    ['Latin with accents, an apostrophe and a hyphen', 'N’Guessan-Éloïse'],
    ['Arabic with harakat and tatweel', 'مُحَمَّـد'],
    ['Persian with a zero-width non-joiner', 'علی\u200cرضا'],
    ['Hindi with a zero-width joiner', 'क्\u200dषितिज'],
    ['Malayalam that ends in a joiner', 'അന്\u200d'],
    ['Tifinagh', 'ⵎⴰⵙⵉⵏⵉⵙⴰ'],
    ['N’Ko', 'ߛߎߟߋߡߊߣߍ߫'],
    ['Amharic', 'አበበ'],
    ['Chinese beyond the basic plane', '𠮷田'],
  ])('may be %s', (_what, name) => expect(codes(name)).toEqual([]));

  it.each<readonly [string, string]>([
    ['NUL', 'Ami\u0000na'],
    ['a line feed', 'Amina\nBenali'],
    ['a tab', 'Amina\tBenali'],
    ['DEL', 'Amina\u007f'],
    ['a control of the second set', 'Ami\u0085na'],
    ...['\u202a', '\u202b', '\u202c', '\u202d', '\u202e'].map((mark) => ['an embedding or override', `Ami${mark}na`] as const),
    ...['\u2066', '\u2067', '\u2068', '\u2069'].map((mark) => ['an isolate', `${mark}Amina`] as const),
    ...['\u200e', '\u200f', '\u061c'].map((mark) => ['a direction mark', `محمد${mark}`] as const),
    ['a zero-width space', 'Ami\u200bna'],
    ['a byte order mark', '\ufeffAmina'],
    ['a soft hyphen', 'Ami\u00adna'],
    ['a line separator', 'Amina\u2028'],
    ['half a character', 'Amina\ud800'],
    ['a character of nobody’s', 'Ami\ue000na'],
    ['a tag', 'Amina\u{e0041}'],
    ['a joiner between Latin letters', 'Ami\u200dna'],
    ['a joiner that joins nothing', '\u200dعلی'],
    ['a joiner after a joiner', 'علی\u200c\u200cرضا'],
  ])('does not hold %s', (_what, name) => expect(codes(name)).toEqual(['control_characters']));

  it.each([
    ['Portuguese in capitals', 'JOÃO CONCEIÇÃO ÂNGELA'],
    ['a Portuguese word that ends in a capital', 'IRMÃ LÚCIA'],
    ['Norse', 'Øystein Bjørnebø'],
    ['Norse with a hyphen', 'BØ-HANSEN ØÅ'],
    ['Swedish', 'ÅSA ÄRLIG'],
    ['Icelandic', 'Þórður Ægir'],
    ['Estonian', 'ÕNNE JÜRI'],
    ['Vietnamese', 'NGÔ ĐÌNH CẨN'],
    ['Turkish', 'Çağrı İnönü'],
    ['Croatian', 'Žiga Šćepanović'],
    ['Arabic with the letters that UTF-8 begins with', 'طه ظافر عبد'],
    ['Arabic with vowel carriers', 'إيمان أمينة مؤمن رؤوف'],
    ['Persian with its own letters', 'عگبری ژاله پروین چراغی'],
    ['Urdu', 'غٹغ گڑیا'],
    ['a name with a dot and a digit', 'Awa N. 2'],
    ['one letter', 'A'],
  ])('is taken for what it is in %s', (_what, name) => expect(codes(name)).toEqual([]));

  it.each(['12345', '...', '😀', '١٢٣', '· ·'])('has letters, and %s has none', (name) =>
    expect(codes(name)).toEqual(['name_without_letters']),
  );

  it.each(['?????', '??? ????', 'Ch?rif', 'Ch\uFFFDrif'])('has kept its letters, and %s has not', (name) =>
    expect(codes(name)).toEqual(['name_lost_letters']),
  );

  it('was read in its own encoding', () => {
    const both = ['Élodie', 'Keïta', 'Çelik', 'Özil', 'N’Guessan Zoé', 'François', 'محمد', 'فاطمة الزهراء', 'Sœur Émilie'];
    for (const [encoding, names] of [
      ['windows-1252', [...both, 'Ağca', 'Şahin']],
      ['windows-1256', both], // where the Turkish letters look like Urdu
    ] as const) {
      for (const name of names) {
        const misread = new TextDecoder(encoding).decode(Buffer.from(name));
        expect(codes(name), name).toEqual([]);
        expect(codes(misread)[0], `${name} in ${encoding}: ${misread}`).toMatch(/name_lost_letters|control_characters/);
      }
    }
  });

  it('is judged alike wherever an unseen mark stands', () => {
    const marks = fc.constantFrom(...'\u0000\u0007\u001b\u200e\u200f\u202e\u2066\u2069\ufeff');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), marks, fc.nat(), (text, mark, at) => {
        const place = at % (text.length + 1);
        expect(hasControlCharacters(text.slice(0, place) + mark + text.slice(place))).toBe(true);
      }),
    );
  });

  it('is short', () => {
    expect(codes('م'.repeat(200))).toEqual([]);
    expect(codes('م'.repeat(201))).toEqual(['name_too_long']);
  });
});
