import { isArabic } from './normal-form.ts';

/** How the Arabic letters are commonly written in Latin ones; the rules below then read both alike. `a` also stands for ayn. */
const latin: Readonly<Record<string, string>> = {
  ا: 'a',
  ب: 'b',
  ت: 't',
  ث: 'th',
  ج: 'j',
  ح: 'h',
  خ: 'kh',
  د: 'd',
  ذ: 'dh',
  ر: 'r',
  ز: 'z',
  س: 's',
  ش: 'sh',
  ص: 's',
  ض: 'dh',
  ط: 't',
  ظ: 'dh',
  ع: 'a',
  غ: 'gh',
  ف: 'f',
  ق: 'k',
  ك: 'k',
  ل: 'l',
  م: 'm',
  ن: 'n',
  ه: 'h',
  و: 'w',
  ي: 'y',
  پ: 'p',
  چ: 'ch',
  ژ: 'j',
  گ: 'g',
  ڤ: 'v',
};

const isVowel = (letter: string | undefined): boolean => letter !== undefined && 'aeiouyw'.includes(letter);
const softens = (letter: string | undefined): boolean => letter === 'e' || letter === 'i' || letter === 'y';

/** Several letters that sound as one, tried before the single ones. The first letter that is not taken ends the match. */
const clusters: readonly (readonly [string, string])[] = [
  ['sch', 'X'],
  ['tch', 'X'],
  ['sh', 'X'],
  ['ph', 'F'],
  ['dj', 'J'],
  ['ck', 'K'],
  ['gh', 'G'],
];

const single: Readonly<Record<string, string>> = {
  b: 'B',
  p: 'B',
  d: 'D',
  f: 'F',
  v: 'F',
  g: 'K',
  j: 'J',
  k: 'K',
  q: 'K',
  c: 'K',
  l: 'L',
  m: 'M',
  n: 'N',
  r: 'R',
  s: 'S',
  t: 'T',
  x: 'KS',
  z: 'Z',
};

/** The code of the letters at a place in a word, and how many letters it takes. */
function codeAt(word: string, at: number): readonly [string, number] {
  const letter = word[at] as string;
  const next = word[at + 1];
  for (const [letters, code] of clusters) if (word.startsWith(letters, at)) return [code, letters.length];
  if (letter === 'c' && next === 'h') return isVowel(word[at + 2]) || at + 2 === word.length ? ['X', 2] : ['K', 2];
  if (letter === 'c' && softens(next)) return ['S', 1];
  if (letter === 'g' && softens(next)) return ['J', 1];
  // West Africa writes Diallo and Djallo, Diarra and Jarra.
  if (letter === 'd' && at === 0 && (next === 'i' || next === 'y') && isVowel(word[2])) return ['J', 2];
  return [single[letter] ?? '', 1];
}

/** What a word begins with, where that is no consonant: W and Y before a vowel, A for every other vowel, ayn and h. */
function opening(word: string, arabic: boolean): readonly [string, number] {
  const [first, second, third] = word;
  if (first === 'w') return ['W', 1];
  if (first === 'y') return ['Y', 1];
  if (arabic) return first === 'a' || first === 'h' ? ['A', 1] : ['', 0];
  if (first === 'o' && second === 'u' && isVowel(third) && third !== 'w' && third !== 'u') return ['W', 2];
  if (first === 'i' && (second === 'a' || second === 'o' || second === 'e' || second === 'u')) return ['Y', 1];
  return isVowel(first) || first === 'h' ? ['A', 1] : ['', 0];
}

/** A word in Latin letters, as they are commonly written for Arabic ones. */
const inLatin = (word: string): string => (isArabic(word) ? Array.from(word, (letter) => latin[letter] ?? '').join('') : word);

/**
 * The consonants of a word as they sound, so that one name written in Arabic, French, English or Portuguese letters has one key:
 * vowels and h fall away after the beginning, doubled letters count once, and letters that are mistaken for each other share a code.
 * @param word in normal form
 * @returns capital letters, or the word itself when it has no letter that is known
 */
export const soundOf = (word: string): string => codesOf(inLatin(word), isArabic(word)) || word;

function codesOf(text: string, arabic: boolean): string {
  let [sound, at] = opening(text, arabic);
  let doubled = '';
  while (at < text.length) {
    const [code, length] = codeAt(text, at);
    // Arabic writes one letter for a doubled one, but for the lam of an article.
    if (code !== doubled || code === '' || (arabic && code !== 'L')) sound += code;
    doubled = code;
    at += length;
  }
  return sound;
}

/** Spellings that are read in a second way as well, each with what the second reading is written like. */
interface SecondReading {
  readonly of: RegExp;
  readonly as: string;
  /** Only of words that were written in Latin letters. */
  readonly latin?: true;
}

const secondReadings: readonly SecondReading[] = [
  // The Arabic ghayn is a French r, and where it is written g, or g in Italian before e, it may be meant: Ghezali and Rezali, Gebre and Ghebre.
  { of: /gh/g, as: 'r' },
  { of: /g(?![hn])/g, as: 'gh', latin: true },
  // Egypt says g for j.
  { of: /g(?![ehiny])/g, as: 'j', latin: true },
  // An article that has grown together with its name: Larbi and El Arbi, Lhadi, Elhadi, Errahmani, Echcherif.
  { of: /^l(?=a+([bcdfghjkmnpqrstvxz])\1?[aeiou]*(?!\1)[bcdfghjklmnpqrstvxz])|^l(?=h[aeiou])/, as: '', latin: true },
  { of: /^[ae]l(?=[a-z]{4})|^[ae]([rsndtz])(?=\1[a-z]{3})|^e(?:ch|sh)(?=[cs]h[a-z]{2})/, as: '', latin: true },
  // Bouzid and Abou Zid.
  { of: /^ab(?:ou?|u|w)(?=[bcdfghjklmnpqrstvwxz][a-z]{2})/, as: 'bou' },
  // Ould and Wuld, Oury and Wurie.
  { of: /^ou(?=[bcdfghjklmnpqrstvxz])/, as: 'w', latin: true },
  // The end of a woman's name: Fatima, Fatimata, Fatimatou; Najat and Naja.
  { of: /(?<=[a-z]{2}[ae])t(?:ou|[aeiou])?$/, as: '' },
  // The letters tha, dhal and za in the mouths of those who do not say them: Harith and Haris, Hafedh and Hafez.
  { of: /th/g, as: 's' },
  { of: /dh/g, as: 'z' },
  { of: /^kh(?=[aeiou])/, as: 'h' },
  // West Africa: Kadiatou and Kadjatou, Thierno and Cherno, Sagna and Sanya.
  { of: /(?<=.)d[iy](?=[aeou])/g, as: 'j', latin: true },
  { of: /th?[iy](?=[aeou])/g, as: 'ch', latin: true },
  { of: /gn/g, as: 'n', latin: true },
];

/** Somali writes x for the Arabic ha and c for ayn, and long vowels double; it has neither p nor v nor z. */
const somali = /^(?=.*x|cabd|(?=.*c(?!h)).*(?:aa|ii|uu))[^pvz]*$/;

const MOST_SOUNDS = 6;

/**
 * Every way in which a word may be read, the likeliest first: some spellings stand for two sounds, and which is meant the word does not say.
 * Words that share a reading may be one name.
 */
export function soundsOf(word: string): string[] {
  const arabic = isArabic(word);
  const texts = [inLatin(word)];
  const first = texts[0] as string;
  if (!arabic && somali.test(first) && !first.includes('ou'))
    texts.push(
      first
        .replace(/^c(?!h)/, 'a')
        .replace(/c(?!h)/g, '')
        .replace(/x/g, 'h'),
    );
  for (const { of, as, latin: latinAlone } of secondReadings) {
    if (latinAlone && arabic) continue;
    for (const text of [...texts]) {
      const other = text.replace(of, as);
      if (other !== text && texts.length < MOST_SOUNDS) texts.push(other);
    }
  }
  const [sound, ...others] = texts.map((text) => codesOf(text, arabic));
  return [...new Set([sound || word, ...others.filter((other) => other.length > 1)])];
}
