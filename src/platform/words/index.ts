import { defineTexts, type Said } from '../texts.ts';
import { arabic } from './ar.ts';
import { english } from './en.ts';
import { french } from './fr.ts';

/** What is said of any request. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });

/** Several of which one is meant, in words. @param choices one at least */
export const oneOf = (choices: readonly Said[]): Said => choices.reduce((one, other) => say('either', { one, other }));
