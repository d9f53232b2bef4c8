import { defineTexts, type Language, type ProblemPlace, type Text } from '../platform/index.ts';
import { arabic } from './faults-ar.ts';
import { english, type FaultCode } from './faults-en.ts';
import { french } from './faults-fr.ts';

export type { FaultCode } from './faults-en.ts';

const say = defineTexts({ en: english, fr: french, ar: arabic });

/** What to do about a fault. @param row of the file that it has to do with, where there is one */
export const faultText = (code: FaultCode, row = 0): Text => say(code as 'household_head_twice', { row });

/** The same in the language of who reads it. */
export const faultDetail = (code: FaultCode, language: Language, row?: number): string => faultText(code, row)[language];

/** What is wrong, and where: a JSON pointer into the registration. */
export interface Fault {
  readonly pointer: string;
  readonly code: FaultCode;
}

/** Faults as a problem shows them. */
export const placesOf = (faults: readonly Fault[]): (ProblemPlace & { readonly pointer: string })[] =>
  faults.map(({ pointer, code }) => ({ pointer, detail: faultText(code) }));
