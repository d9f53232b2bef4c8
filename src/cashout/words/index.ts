import { dateTimeIn, defineTexts, type Said } from '../../platform/index.ts';
import { arabic } from './ar.ts';
import { english } from './en.ts';
import { french } from './fr.ts';

/** What is said at a counter. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });

/** An office as people name it. */
export interface PlaceName {
  readonly code: string;
  readonly nameFr: string;
  readonly nameAr: string;
}

/** An office in each language. Digits and Latin letters keep their direction in an Arabic line (Unicode isolates). */
export const placeSaid = ({ code, nameFr, nameAr }: PlaceName): Said => ({
  ar: `\u2068${code}\u2069 ${nameAr}`,
  fr: `${code} ${nameFr}`,
  en: `${code} ${nameFr}`,
});

/** An instant by a clock, in each language. */
export const instantSaid = (at: Date, timeZone: string): Said => ({
  ar: dateTimeIn(timeZone, at, 'ar'),
  fr: dateTimeIn(timeZone, at, 'fr'),
  en: dateTimeIn(timeZone, at, 'en'),
});
