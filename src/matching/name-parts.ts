import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../platform/index.ts';
import { isArabic, normalForm } from './normal-form.ts';

const words = z.array(z.string().min(1));
const schema = z.strictObject({
  titles: words,
  honorifics: words,
  articles: words,
  prefixes: words,
  suffixes: words,
  notArticles: words,
  generations: z.record(z.string(), z.string()),
  compounds: words,
  variants: z.array(words.min(2)),
});

const lists = schema.parse(JSON.parse(readFileSync(join(packageRoot, 'seeds/matching/names.json'), 'utf8')));
const setOf = (names: readonly string[]): ReadonlySet<string> => new Set(names.map(normalForm));

const titles = setOf(lists.titles);
const honorifics = setOf(lists.honorifics);
const articles = setOf(lists.articles);
const prefixes = setOf(lists.prefixes);
const suffixes = setOf(lists.suffixes);
const generations = new Map(Object.entries(lists.generations));
const notArticles = setOf(lists.notArticles);
const arabicArticle = /^(عبد|)ال(?=.{3})/;

/** Inside a name that is written in one, as in نورالدين. */
const innerArticle = /(?<=.{2})ال(?=دين$)/;

const withoutArticle = (word: string): string =>
  !isArabic(word) || word.endsWith('الله') || notArticles.has(word) ? word : word.replace(arabicArticle, '$1').replace(innerArticle, '');

/** An article that has taken the sound of what follows it: Er-Rahmani, Ech-Cherif. */
const isAssimilated = (part: string, next: string): boolean => /^[ae](?:[rsndtz]|[cs]h)$/.test(part) && next.startsWith(part.slice(1));

/** Small words go with the name that they belong to: Ben Salah, Abd el Kader, Salah Eddine. Articles come and go, so they are left out: El Hachemi. */
function joined(parts: readonly string[]): string[] {
  const names: string[] = [];
  let before = '';
  parts.forEach((part, place) => {
    const last = place === parts.length - 1;
    if (names.length > 0 && before === '' && suffixes.has(part)) {
      names.push(names.pop() + withoutArticle(part));
      return;
    }
    if (!last && (articles.has(part) || isAssimilated(part, parts[place + 1] ?? ''))) return;
    if (!last && prefixes.has(part)) {
      before += part;
      return;
    }
    names.push(before + withoutArticle(part));
    before = '';
  });
  return names;
}

/**
 * The names in a text, in normal form and the order written: forms of address off, articles off, small words joined to the name after them.
 * @param fewest honorifics that are names too (Hadj, Cheikh) stay where fewer names than this would be left
 */
export function partsOfName(text: string, fewest = 1): string[] {
  const form = normalForm(text);
  if (form === '') return [];
  const all = form.split(' ');
  const named = all.filter((word) => !titles.has(word) && !generations.has(word));
  const names = joined(named.length > 0 ? named : all);
  while (names.length > fewest && honorifics.has(names[0] as string)) names.shift();
  return names;
}

/** Which of two bearers of one name somebody is, father or son: `jr`, `sr`, `ii`; undefined where the name does not say. */
export function generationOf(text: string | undefined): string | undefined {
  const last = text && normalForm(text).split(' ').slice(1).at(-1);
  return last ? generations.get(last) : undefined;
}

/** Lists of the spellings that one well-known name has, most of them in both scripts. */
export const variants: readonly (readonly string[])[] = lists.variants.map((names) => names.map((name) => partsOfName(name).join('')));

/** Names that are mostly the first of two that belong together. */
export const compounds: readonly string[] = lists.compounds;
