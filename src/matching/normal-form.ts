import { westernDigits } from '../platform/index.ts';

/** Signs that change how a text looks but not who is meant: direction marks, joiners, the tatweel, apostrophes. Harakat go with the accents. */
const unseen = /[\u0640\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF'’‘ʼʾʿ`´′]/g;

/** Letters that are written in several ways, and the one way they are compared in. */
const folded: Readonly<Record<string, string>> = {
  أ: 'ا',
  إ: 'ا',
  آ: 'ا',
  ٱ: 'ا',
  ؤ: 'و',
  ئ: 'ي',
  ى: 'ي',
  ی: 'ي',
  ې: 'ي',
  ے: 'ي',
  ء: '',
  ة: 'ه',
  ۀ: 'ه',
  ە: 'ه',
  ہ: 'ه',
  ھ: 'ه',
  ک: 'ك',
  ڪ: 'ك',
  ٹ: 'ت',
  ڈ: 'د',
  ڑ: 'ر',
  ں: 'ن',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  ŋ: 'ng',
  ɛ: 'e',
  ɔ: 'o',
  ɓ: 'b',
  ɗ: 'd',
  ƙ: 'k',
  ƴ: 'y',
  ɲ: 'ny',
};

const plain = /^[a-z0-9]+(?: [a-z0-9]+)*$/;
const ascii = /^[\x20-\x7e]*$/;
const foldable = new RegExp(`[${Object.keys(folded).join('')}]`, 'g');
const combining = /\p{M}+/gu;
const between = /[^\p{L}\p{N}]+/gu;

/**
 * A text as it is compared: one form for each letter in small letters, digits 0 to 9, one space between words and nothing else.
 * The Arabic letters keep their script; the original is the caller's to keep.
 */
export function normalForm(text: string): string {
  const small = text.toLowerCase();
  if (plain.test(small)) return small;
  if (ascii.test(small)) {
    return small
      .replace(/['`]/g, '')
      .replace(/[^a-z0-9]+/g, ' ')
      .trim();
  }
  const oneFormEach = small
    .normalize('NFKC')
    .toLowerCase()
    .replace(unseen, '')
    .replace(foldable, (letter) => folded[letter] ?? letter);
  return westernDigits(oneFormEach).normalize('NFD').replace(combining, '').normalize('NFC').replace(between, ' ').trim();
}

const bare = /^[a-zA-Z0-9]+$/;

/** The letters and digits of a number that people write with dashes, dots, slashes and spaces, in capitals. */
export const bareNumber = (text: string): string => (bare.test(text) ? text : normalForm(text).replaceAll(' ', '')).toUpperCase();

/** Whether a word in normal form is in Arabic script. */
export const isArabic = (word: string): boolean => {
  const code = word.charCodeAt(0);
  return code >= 0x600 && code < 0x700;
};
