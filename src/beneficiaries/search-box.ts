import { nameTokens } from '../matching/index.ts';
import { hasDammDigit, westernDigits } from '../platform/index.ts';
import { plainDocument, plainDocumentNumber } from './keys.ts';
import { normalPhone } from './phones/phone.ts';

/** A word of a name, by its spelling and by its sound. */
export type NameWord = ReturnType<typeof nameTokens>[number];

/** What somebody typed into the search box may mean. */
export interface Meaning {
  /** Ten digits whose last one fits. */
  readonly registrationNumber?: string;
  /** In E.164. */
  readonly phone?: string;
  /** As `COUNTRY/NUMBER`, and the number alone. */
  readonly documents: readonly string[];
  /** Words of a name, each sound once. */
  readonly words: readonly NameWord[];
}

/** What is left out of a long name finds nobody more. */
const MOST_WORDS = 8;

const countryAndNumber = /^([A-Za-z]{3})[\s/:-]*(.*\d.*)$/;

/** Reads the search box: what holds a digit is a number of some kind, anything else the words of a name. */
export function meaningOf(query: string): Meaning {
  const text = westernDigits(query.normalize('NFKC')).trim();
  return /\d/.test(text) ? { ...numberIn(text), words: [] } : { documents: [], words: wordsIn(text) };
}

function numberIn(text: string): Omit<Meaning, 'words'> {
  const bare = text.replaceAll(/[\s-]/g, '');
  const phone = normalPhone(text);
  const [, country = '', number = ''] = countryAndNumber.exec(text) ?? [];
  const documents = [plainDocument(country, number), plainDocumentNumber(text)].filter((document) => document !== undefined);
  return {
    ...(bare.length === 10 && hasDammDigit(bare) ? { registrationNumber: bare } : {}),
    ...(phone ? { phone } : {}),
    documents: [...new Set(documents)],
  };
}

function wordsIn(text: string): NameWord[] {
  const bySound = new Map<string, NameWord>();
  for (const word of nameTokens(text)) if (word.sound !== '' && !bySound.has(word.sound)) bySound.set(word.sound, word);
  return [...bySound.values()].slice(0, MOST_WORDS);
}
