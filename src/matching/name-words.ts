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

/** A part that many names have in common, so that it says little, and what a name has beside it; nothing where it is that part alone. */
export interface CommonPart {
  readonly of: 'servant' | 'faith';
  readonly rest: string;
}

const commonParts: readonly (readonly [of: CommonPart['of'], common: RegExp, alone: RegExp])[] = [
  [
    'servant',
    /^abd[aeiou]{0,2}(?:l(?=[^aeiou]|[ai]z|ali|ahad|il|ou[aeiy])|([rsndtz])(?=\1))?(?=.{3})|^عبد(?=.{2})/,
    /^(?:abd(?:[aeiou]{1,2}l?)?|عبد[هو]?)$/,
  ],
  ['faith', /(?<=^[a-z]{2,})[aeou]{0,2}[dl]?d(?:i|ee|y)n[ei]?$|(?<=^.{2,})دين$/, /^(?:[ae]?d?din[ei]?|دين)$/],
];

/** The servant of, in front, as in Abdelkader and Abdelkarim; of the faith, behind, as in Noureddine and Badreddine. Null where a name has neither. */
export const commonPartOf = remembering((word: string): CommonPart | null => {
  for (const [of, common, alone] of commonParts) {
    if (alone.test(word)) return { of, rest: '' };
    const rest = word.replace(common, '');
    if (rest !== word) return { of, rest };
  }
  return null;
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
