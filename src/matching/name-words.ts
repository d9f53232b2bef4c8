import { compounds, partsOfName, variants } from './name-parts.ts';
import { remembering } from './remember.ts';
import { soundsOf } from './sound.ts';

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

const compoundFamilies = new Set(compounds.flatMap((name) => families.get(name) ?? []));

/** Whether a name is hardly ever all that somebody is called, and has a second one behind it that tells brothers apart: Mohamed, Fatima, Marie. */
export const beginsCompound = (word: string): boolean => familiesOf(word)?.some((family) => compoundFamilies.has(family)) === true;

/** The servant of: Abdelkader, Abdul Aziz, Abd er-Rahman. Between `abd` and the name stands an article, which changes with the letter after it. */
const servant = /^abd(?:[aeiou]{1,2})?(?:l(?=[b-df-hj-np-tv-z])|l(?=[ai]z|ali|ahad|il|ou[aeiy])|([rsndtz])(?=\1))(?=.{3})/;
const joinedArticle = /^[ae]l(?=[b-df-hjkm-z][a-z]{4})/;

/** Of the faith, behind another name: Noureddine, Nur al-Din, Nour Eldine. */
const ofTheFaith = /(?<=[a-z]{2})(?:[aeou]{0,2}(?:d|l)?)?d(?:i|ee|y)n[ei]?$/;

const plainly = (word: string): string => word.replace(servant, 'abd').replace(joinedArticle, '').replace(ofTheFaith, 'din');

/** Every way to read a name in normal form, the likeliest first. Well-known names are read as the first of their spellings. */
export const soundsOfWord = remembering((exact: string): readonly string[] => {
  const [family] = families.get(exact) ?? [];
  const [head = exact] = family === undefined ? [] : spellingsOf(family);
  return soundsOf(plainly(head));
});

/** A name in normal form with its sound. */
export const wordOf = remembering((exact: string): NameWord => ({ exact, sound: soundsOfWord(exact)[0] as string }));

/** Parts that many names have in common, so that they say little: the servant of, in front; of the faith, behind. */
const commonParts: readonly (readonly [common: RegExp, alone: RegExp])[] = [
  [
    /^abd[aeiou]{0,2}(?:l(?=[^aeiou]|[ai]z|ali|ahad|il|ou[aeiy])|([rsndtz])(?=\1))?(?=.{3})|^عبد(?=.{2})/,
    /^(?:abd(?:[aeiou]{1,2}l?)?|عبد[هو]?)$/,
  ],
  [/(?<=^[a-z]{2,})[aeou]{0,2}[dl]?d(?:i|ee|y)n[ei]?$|(?<=^.{2,})دين$/, /^(?:[ae]?d?din[ei]?|دين)$/],
];

/** A name without the part that many have in common; undefined where it has none, or is nothing else. */
export function withoutCommonPart(word: string): string | undefined {
  if (isCommonPart(word)) return undefined;
  for (const [common] of commonParts) {
    const rest = word.replace(common, '');
    if (rest !== word) return rest;
  }
  return undefined;
}

/** Whether a name is but the part that many have in common, such as Abdou, which stands for any servant of. */
export const isCommonPart = (word: string): boolean => commonParts.some(([, alone]) => alone.test(word));

/** Whether two names have the same part in common with many. */
export const haveCommonPart = (one: string, other: string): boolean =>
  commonParts.some(([common, alone]) => [one, other].every((word) => common.test(word) || alone.test(word)));

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
