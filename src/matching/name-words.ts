import { articles, familyOf, headOf, honorifics, prefixes, titles } from './known-names.ts';
import { isArabic, normalForm } from './normal-form.ts';
import { soundOf } from './sound.ts';

/** One name: how it is spelled, in normal form, and how it sounds. */
export interface NameWord {
  readonly exact: string;
  readonly sound: string;
}

const remembered = new Map<string, NameWord>();
const MOST_REMEMBERED = 50_000;

/** The servant of: Abdelkader, Abdul Aziz, Abd er-Rahman. What stands between `abd` and the name is an article, which changes with the letter after it. */
const servant = /^abd(?:[aeou]{1,2})?(?:l(?=[b-df-hj-np-tv-z])|l(?=[ai]z|ali|ahad)|([rsndtz])(?=\1))(?=.{3})/;
const joinedArticle = /^[ae]l(?=[b-df-hjkm-z][a-z]{4})/;
const arabicArticle = /^(عبد|)ال(?=.{3})/;

function spelled(word: string): string {
  return isArabic(word) && familyOf(word) === undefined && !word.endsWith('الله') ? word.replace(arabicArticle, '$1') : word;
}

function wordOf(exact: string): NameWord {
  const known = remembered.get(exact);
  if (known) return known;
  const family = familyOf(exact);
  const spoken = family === undefined ? exact.replace(servant, 'abd') : headOf(family);
  const word = { exact, sound: soundOf(family === undefined ? spoken.replace(joinedArticle, '') : spoken) };
  if (remembered.size >= MOST_REMEMBERED) remembered.clear();
  remembered.set(exact, word);
  return word;
}

/** Puts the small words of a name before the word that they belong to, and leaves articles out. */
function joined(words: readonly string[]): string[] {
  const names: string[] = [];
  let before = '';
  words.forEach((word, place) => {
    const last = place === words.length - 1;
    if (!last && articles.has(word)) return;
    if (!last && prefixes.has(word)) {
      before += word;
      return;
    }
    names.push(before + spelled(word));
    before = '';
  });
  return names;
}

/**
 * The names in a text, in the order written: forms of address off, articles off, small words joined to the word after them.
 * @param fewest honorifics that are names too stay where fewer than this would be left
 */
export function wordsOfName(text: string | undefined, fewest = 1): NameWord[] {
  if (!text) return [];
  const form = normalForm(text);
  if (form === '') return [];
  const all = form.split(' ');
  const named = all.filter((word) => !titles.has(word));
  const words = joined(named.length > 0 ? named : all);
  while (words.length > fewest && honorifics.has(words[0] as string)) words.shift();
  return words.map(wordOf);
}

/** The words of a name box or of a stored name as they are found again: by spelling and by sound, in either script. */
export const nameTokens = (text: string): { exact: string; sound: string }[] => wordsOfName(text);
