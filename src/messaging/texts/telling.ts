import { nationalities, nationalityEndings, type Tells, tellingCapitals, tellingWords } from './telling-words.ts';

/** A word of a text that tells more than a phone should show. */
export interface Telling {
  /** As it stands in the text. */
  readonly word: string;
  readonly tells: Tells;
  /** Where it begins, the first letter being 1. */
  readonly at: number;
}

/** A name that belongs to those who send, and that no text may bear. */
export interface OwnName {
  readonly name: string;
  readonly tells: Tells;
}

interface Token {
  readonly text: string;
  readonly folded: string;
  /** The same without the particles that Arabic writes onto a word: and, by, for, the. */
  readonly bare: string;
  readonly at: number;
}

/** Letters that are one for a reader: case, accents, vowel marks and joining marks aside. */
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Cf}\u0640]/gu, '')
    .replaceAll('ى', 'ي')
    .replaceAll('ة', 'ه')
    .toLowerCase();

/** Invisible letters and marks stand inside a word, so that nobody hides one by them; an apostrophe ends a word, as in l'aide. */
const words = /[\p{L}\p{N}][\p{L}\p{N}\p{M}\p{Cf}]*/gu;
const particles = /^[وف]?(?:[بك]?ال|لل|[بكل])?(?=.{3})/u;

function tokensOf(text: string): Token[] {
  // The English "don't" is not the French "don".
  const plain = text.replaceAll(/\b([Dd][Oo])([Nn])(?=['’][Tt]\b)/g, '$1\0');
  return [...plain.matchAll(words)].map(({ 0: word, index }) => {
    const whole = folded(word);
    return { text: word, folded: whole, bare: whole.replace(particles, ''), at: [...text.slice(0, index)].length + 1 };
  });
}

interface Phrase {
  readonly words: readonly string[];
  readonly tells: Tells;
}

const phraseOf = (name: string, tells: Tells): Phrase => ({ words: (name.match(words) ?? []).map(folded), tells });
const shipped: readonly Phrase[] = (['an agency', 'aid'] as const).flatMap((tells) =>
  tellingWords[tells].map((name) => phraseOf(name, tells)),
);
const nationality = new RegExp(`^(?:${nationalities.map(folded).join('|')})${nationalityEndings}$`, 'u');
const aNationality: Tells = 'a nationality';
const anAgency: Tells = 'an agency';

/** Which words of a text tell of an agency, of aid, of a nationality, or are a name of those who send it. In the order in which they stand. */
export function tellingIn(text: string, own: readonly OwnName[] = []): Telling[] {
  const tokens = tokensOf(text);
  const phrases = [...own.map(({ name, tells }) => phraseOf(name, tells)), ...shipped].filter((phrase) => phrase.words.length > 0);
  return tokens.flatMap((token, i) => {
    const { text: word, folded: whole, bare, at } = token;
    if (tellingCapitals.includes(word)) return [{ word, tells: anAgency, at }];
    if (nationality.test(whole) || nationality.test(bare)) return [{ word, tells: aNationality, at }];
    const found = phrases.find(
      ({ words: [first = '', ...rest] }) => isWord(token, first) && rest.every((next, n) => isWord(tokens[i + 1 + n], next)),
    );
    return found ? [{ word: spelled(tokens, i, found.words.length), tells: found.tells, at }] : [];
  });
}

const isWord = (token: Token | undefined, word: string): boolean =>
  token !== undefined && (token.folded === word || token.bare === word || token.bare === word.replace(particles, ''));

const spelled = (tokens: readonly Token[], from: number, count: number): string =>
  tokens
    .slice(from, from + count)
    .map(({ text }) => text)
    .join(' ');
