import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { packageRoot } from '../platform/index.ts';
import { normalForm } from './normal-form.ts';

const words = z.array(z.string().min(1));
const schema = z.strictObject({ titles: words, honorifics: words, articles: words, prefixes: words, variants: z.array(words.min(2)) });

const lists = schema.parse(JSON.parse(readFileSync(join(packageRoot, 'seeds/matching/names.json'), 'utf8')));
const setOf = (names: readonly string[]): ReadonlySet<string> => new Set(names.map(normalForm));

/** Forms of address that are never a name: Mme, Dr. */
export const titles = setOf(lists.titles);
/** Forms of address that are given as names too: Hadj, Cheikh. */
export const honorifics = setOf(lists.honorifics);
/** Articles that come and go before a name: El, ال. */
export const articles = setOf(lists.articles);
/** Words that make one name with the word after them: Ben Salah, Abd el Kader. */
export const prefixes = setOf(lists.prefixes);

const families = new Map(
  lists.variants.flatMap((names, family) => names.map((name) => [normalForm(name).replaceAll(' ', ''), family] as const)),
);
const heads = lists.variants.map(([head = '']) => normalForm(head));

/** The family of spellings that a well-known name belongs to, or undefined. Two different families are two different names. */
export const familyOf = (word: string): number | undefined => families.get(word);

/** The spelling that speaks for all spellings of a well-known name. */
export const headOf = (family: number): string => heads[family] as string;
