import { segmentsOf } from './segments.ts';
import { tellingIn } from './telling.ts';
import type { Language } from './types.ts';

/** An office as people name it. */
export interface OfficeName {
  readonly code: string;
  readonly nameFr: string;
  readonly nameAr: string;
}

const anywhere: Readonly<Record<Language, string>> = { ar: 'في مكتب البريد', fr: 'au bureau de poste', en: 'at a post office' };

const only: Readonly<Record<Language, (name: string) => string>> = {
  ar: (name) => `في مكتب البريد ${name} فقط`,
  fr: (name) => `au seul bureau de poste ${name}`,
  en: (name) => `only at the post office ${name}`,
};

/**
 * Where somebody collects, as a phrase within a sentence.
 * @param office the only one that pays at present; null where any does
 */
export const whereToCollect = (language: Language, office: OfficeName | null): string =>
  office ? only[language](nameOf(language, office)) : anywhere[language];

/** An office whose name would tell what no text may is named by its number, which stands over its door as well. */
function nameOf(language: Language, { code, nameFr, nameAr }: OfficeName): string {
  const name = language === 'ar' ? nameAr : withinGsm7(nameFr);
  return tellingIn(name).length > 0 ? code : name;
}

/** A name without the accents that would make a whole text travel as UCS-2. */
const withinGsm7 = (name: string): string =>
  [...name]
    .map((letter) => (segmentsOf(letter).encoding === 'GSM-7' ? letter : letter.normalize('NFD').replaceAll(/\p{M}/gu, '')))
    .join('');
