import { type Language, languages } from './languages.ts';

/** The same in each language. */
export type Said = Readonly<Record<Language, string>>;

/** A sentence in each language, and the code by which machines know it. It is plain data: a kept answer holds it too. */
export interface Text extends Said {
  readonly code: string;
}

type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type Values<Sentence extends string> = [NamesIn<Sentence>] extends [never]
  ? []
  : [values: Readonly<Record<NamesIn<Sentence>, string | number | Said>>];

/** The codes of sentences that need no values. */
export type PlainCode<English> = {
  [Code in keyof English]: English[Code] extends `${string}{${string}}${string}` ? never : Code;
}[keyof English];

const registry = new Map<string, Text>();

/**
 * Adds sentences to the one registry. A name in braces stands for a value, the same names in each language.
 * @param texts code → sentence, in each language
 * @returns what makes a text of a code and its values; a code that exists already is refused
 */
export function defineTexts<const English extends Readonly<Record<string, string>>>(texts: {
  readonly en: English;
  readonly fr: Readonly<Record<keyof English, string>>;
  readonly ar: Readonly<Record<keyof English, string>>;
}): <Code extends keyof English & string>(code: Code, ...values: Values<English[Code]>) => Text {
  const all = texts as Readonly<Record<Language, Readonly<Record<string, string>>>>;
  for (const code of Object.keys(texts.en)) {
    if (registry.has(code)) throw new Error(`text "${code}" is defined twice`);
    const { ar = '', fr = '', en = '' } = Object.fromEntries(languages.map((language) => [language, all[language][code]]));
    registry.set(code, { code, ar, fr, en });
  }
  return (code, ...[values]) => filled(registry.get(code) as Text, values ?? {});
}

/** Every sentence, its names still in braces, sorted by code: for the tests. */
export const textsDefined = (): Text[] => [...registry.values()].sort((a, b) => (a.code < b.code ? -1 : 1));

/** The sentence of a code, if there is one that needs no values. */
export function textWithoutValues(code: string): Text | undefined {
  const text = registry.get(code);
  return text?.en.includes('{') ? undefined : text;
}

function filled(text: Text, values: Readonly<Record<string, string | number | Said>>): Text {
  const inLanguage = (language: Language) =>
    text[language].replace(/\{(\w+)\}/g, (_braces, name: string) => {
      const value = values[name] ?? '';
      if (typeof value === 'object') return value[language];
      // What is written from left to right keeps its direction in an Arabic line (Unicode isolates).
      return typeof value === 'string' && language === 'ar' ? `\u2068${value}\u2069` : String(value);
    });
  return { code: text.code, ar: inLanguage('ar'), fr: inLanguage('fr'), en: inLanguage('en') };
}
