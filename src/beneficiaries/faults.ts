import { arabic } from './faults-ar.ts';
import { english, type FaultCode } from './faults-en.ts';
import { french } from './faults-fr.ts';
import type { Language } from './types.ts';

export type { FaultCode } from './faults-en.ts';

const details: Readonly<Record<Language, Readonly<Record<FaultCode, string>>>> = { en: english, fr: french, ar: arabic };

/** What to do about each fault, in English. */
export const faultDetails = english;

/** What to do about a fault, in the language of who reads it. */
export const faultDetail = (code: FaultCode, language: Language): string => details[language][code];

/** What is wrong, and where: a JSON pointer into the registration. */
export interface Fault {
  readonly pointer: string;
  readonly code: FaultCode;
}

/** Faults as a problem shows them. */
export const placesOf = (faults: readonly Fault[], language: Language = 'en'): { pointer: string; detail: string }[] =>
  faults.map(({ pointer, code }) => ({ pointer, detail: faultDetail(code, language) }));
