import { partsOfName, variants } from './name-parts.ts';
import { remembering } from './remember.ts';
import { soundOf } from './sound.ts';

/** One name: how it is spelled, in normal form, and how it sounds. */
export interface NameWord {
  readonly exact: string;
  readonly sound: string;
}

const families = new Map<string, readonly number[]>();
variants.forEach((names, family) => {
  for (const name of names) families.set(name, [...(families.get(name) ?? []), family]);
});

/** The families of spellings that a well-known name belongs to, or undefined: Pat is short for Patrick and for Patricia. */
export const familiesOf = (word: string): readonly number[] | undefined => families.get(word);

/** All spellings of a well-known name. */
export const spellingsOf = (family: number): readonly string[] => variants[family] ?? [];

/** The servant of: Abdelkader, Abdul Aziz, Abd er-Rahman. Between `abd` and the name stands an article, which changes with the letter after it. */
const servant = /^abd(?:[aeiou]{1,2})?(?:l(?=[b-df-hj-np-tv-z])|l(?=[ai]z|ali|ahad)|([rsndtz])(?=\1))(?=.{3})/;
const joinedArticle = /^[ae]l(?=[b-df-hjkm-z][a-z]{4})/;

const plainSound = (word: string): string => soundOf(word.replace(servant, 'abd').replace(joinedArticle, ''));

/** A name in normal form with its sound. */
export const wordOf = remembering((exact: string): NameWord => {
  const [family] = families.get(exact) ?? [];
  const [head = exact] = family === undefined ? [] : spellingsOf(family);
  return { exact, sound: plainSound(head) };
});

const besideOthers = remembering((text): readonly NameWord[] => partsOfName(text, 1).map(wordOf));
const standingAlone = remembering((text): readonly NameWord[] => partsOfName(text, 2).map(wordOf));

/**
 * The names in a text with their sounds, in the order written.
 * @param alone whether the text is the only name, so that an honorific that is a name too stays before a single name
 */
export const wordsOfName = (text: string | undefined, alone = false): readonly NameWord[] =>
  text ? (alone ? standingAlone(text) : besideOthers(text)) : [];

/** The words of a name box or of a stored name as they are found again: by spelling and by sound, in either script. */
export const nameTokens = (text: string): { exact: string; sound: string }[] => [...wordsOfName(text)];
