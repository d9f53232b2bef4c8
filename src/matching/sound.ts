import { isArabic } from './normal-form.ts';

/** How the Arabic letters are commonly written in Latin ones; the rules below then read both alike. `a` also stands for ayn. */
const latin: Readonly<Record<string, string>> = {
  ا: 'a',
  ب: 'b',
  ت: 't',
  ث: 't',
  ج: 'j',
  ح: 'h',
  خ: 'kh',
  د: 'd',
  ذ: 'd',
  ر: 'r',
  ز: 'z',
  س: 's',
  ش: 'sh',
  ص: 's',
  ض: 'd',
  ط: 't',
  ظ: 'd',
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
  if (first === 'o' && second === 'u' && isVowel(third) && third !== 'w') return ['W', 2];
  if (first === 'i' && (second === 'a' || second === 'o' || second === 'e' || second === 'u')) return ['Y', 1];
  return isVowel(first) || first === 'h' ? ['A', 1] : ['', 0];
}

/**
 * The consonants of a word as they sound, so that one name written in Arabic, French, English or Portuguese letters has one key:
 * vowels and h fall away after the beginning, doubled letters count once, and letters that are mistaken for each other share a code.
 * @param word in normal form
 * @returns capital letters, or the word itself when it has no letter that is known
 */
export function soundOf(word: string): string {
  const arabic = isArabic(word);
  const text = arabic ? Array.from(word, (letter) => latin[letter] ?? '').join('') : word;
  let [sound, at] = opening(text, arabic);
  let doubled = '';
  while (at < text.length) {
    const [code, length] = codeAt(text, at);
    if (code !== doubled || code === '') sound += code;
    doubled = code;
    at += length;
  }
  return sound || word;
}
