import { partsOfName, variants } from './name-parts.ts';
import { soundOf } from './sound.ts';

/** One name: how it is spelled, in normal form, and how it sounds. */
export interface NameWord {
  readonly exact: string;
  readonly sound: string;
}

const families = new Map(variants.flatMap((names, family) => names.map((name) => [name, family] as const)));

/** The family of spellings that a well-known name belongs to, or undefined. Two different families are two different names. */
export const familyOf = (word: string): number | undefined => families.get(word);

/** All spellings of a well-known name. */
export const spellingsOf = (family: number): readonly string[] => variants[family] ?? [];

/** The servant of: Abdelkader, Abdul Aziz, Abd er-Rahman. Between `abd` and the name stands an article, which changes with the letter after it. */
const servant = /^abd(?:[aeiou]{1,2})?(?:l(?=[b-df-hj-np-tv-z])|l(?=[ai]z|ali|ahad)|([rsndtz])(?=\1))(?=.{3})/;
const joinedArticle = /^[ae]l(?=[b-df-hjkm-z][a-z]{4})/;

const plainSound = (word: string): string => soundOf(word.replace(servant, 'abd').replace(joinedArticle, ''));

const remembered = new Map<string, NameWord>();
const MOST_REMEMBERED = 50_000;

/** A name in normal form with its sound. Names come again and again, so sounds are remembered. */
export function wordOf(exact: string): NameWord {
  const known = remembered.get(exact);
  if (known) return known;
  const family = families.get(exact);
  const [head = exact] = family === undefined ? [] : (variants[family] ?? []);
  const word = { exact, sound: plainSound(head) };
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(exact, word);
  return word;
}

/**
 * The names in a text with their sounds, in the order written.
 * @param fewest honorifics that are names too stay where fewer names than this would be left
 */
export const wordsOfName = (text: string | undefined, fewest = 1): NameWord[] => (text ? partsOfName(text, fewest).map(wordOf) : []);

/** The words of a name box or of a stored name as they are found again: by spelling and by sound, in either script. */
export const nameTokens = (text: string): { exact: string; sound: string }[] => wordsOfName(text);
