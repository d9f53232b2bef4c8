import { hasDammDigit, plainDigits, type RateLimit } from '../platform/index.ts';
import type { ToldException } from '../reconciliation/index.ts';
import type { Content, FeedbackCategory, FeedbackLanguage, FeedbackOutcome, FeedbackState } from './types.ts';

const HOUR_MS = 3_600_000;
const HOUR_S = 3_600;
const DAY_S = 86_400;

/** From where a case may be moved, beside answering it. The database holds the same table (trigger `transition`). */
export const movesFrom = {
  acknowledged: ['received'],
  in_progress: ['acknowledged', 'reopened'],
  answered: ['acknowledged', 'in_progress', 'reopened'],
  closed: ['answered'],
  reopened: ['answered', 'closed'],
} as const satisfies Partial<Record<FeedbackState, readonly FeedbackState[]>>;

/** How often the public door may be used. The settings of the deployment say how often at most. */
export const rates = {
  address: (points: number): RateLimit => ({ name: 'feedback-address', points, seconds: HOUR_S }),
  programme: (points: number): RateLimit => ({ name: 'feedback-programme', points, seconds: DAY_S }),
  /** Looking up under one reference, whether there is such a case or not. */
  lookUps: { name: 'feedback-look-up', points: 20, seconds: DAY_S } as RateLimit,
  /** Messages from one telephone that are answered. All are kept. */
  confirmationsTo: { name: 'feedback-confirmations', points: 3, seconds: DAY_S } as RateLimit,
} as const;

/** When a case has to be acknowledged and answered. */
export const dueAt = (
  receivedAt: Date,
  { acknowledgeHours, resolveHours }: { acknowledgeHours: number; resolveHours: number },
): { acknowledgeDueAt: Date; resolveDueAt: Date } => ({
  acknowledgeDueAt: new Date(receivedAt.getTime() + acknowledgeHours * HOUR_MS),
  resolveDueAt: new Date(receivedAt.getTime() + resolveHours * HOUR_MS),
});

/** Nine digits, however they are grouped, that stand alone. */
const codeLike = /(?<![\d٠-٩۰-۹][ .\-\u00a0]?)[\d٠-٩۰-۹](?:[ .\-\u00a0]?[\d٠-٩۰-۹]){8}(?![ .\-\u00a0]?[\d٠-٩۰-۹])/gu;

/** A text without what could be the code of a voucher: nine digits with their check digit. The code pays whoever has it, and is no matter of ours. */
export const withoutCodes = (text: string): string =>
  text.replaceAll(codeLike, (found) => (hasDammDigit(plainDigits(found).replaceAll(/\D/g, '')) ? '[…]' : found));

/** Whether a message is nothing but digits, as a code, a serial or half of one is. */
export function isOnlyDigits(text: string): boolean {
  const plain = plainDigits(text).replaceAll(/[\s.,:;#*()/_-]/g, '');
  return /^\d*$/.test(plain);
}

/** What is kept of what somebody told: without codes, and of whoever wants to stay unknown without a contact. */
export const kept = ({ text, contact }: Content, isAnonymous: boolean): Content => ({
  text: withoutCodes(text.trim()),
  contact: isAnonymous || !contact ? null : contact,
});

/** What whoever told us is shown of where it stands. */
export function ownStateOf(state: FeedbackState): FeedbackOutcome['state'] {
  if (state === 'received') return 'received';
  return state === 'answered' || state === 'closed' ? 'answered' : 'being_handled';
}

/** The exception of its pay-out that a case of this category gives rise to. */
export function exceptionOf(category: FeedbackCategory): ToldException['kind'] | undefined {
  if (category === 'payment_not_received') return 'not_received';
  return category === 'asked_to_pay' ? 'asked_to_pay' : undefined;
}

const hasArabic = /\p{Script=Arabic}/u;

/** Words that hold a sentence together in one language and mean nothing in the other. */
const commonWords: Readonly<Record<'fr' | 'en', ReadonlySet<string>>> = {
  fr: new Set(
    (
      'je tu il elle nous vous ils le la les un une des du de au aux et est sont suis ai avez ont pas ne que qui quoi mon ma mes votre vos notre pour avec ' +
      'dans sur bonjour salut merci oui non bureau argent aide quand comment pourquoi combien reçu recu où ou encore toujours jamais svp'
    ).split(' '),
  ),
  en: new Set(
    (
      'i you he she we they the an is are am was were be been have has had do does did not no my your our their and of for with from to in at this that ' +
      'there hello hi please thanks thank yes office money cash when where why how who what received receive got get paid pay still never yet need help'
    ).split(' '),
  ),
};

/** The language of a message that does not say: Arabic by its letters, English by its words, French otherwise. */
export function languageOf(text: string): FeedbackLanguage {
  if (hasArabic.test(text)) return 'ar';
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const known = (language: 'fr' | 'en'): number => words.filter((word) => commonWords[language].has(word)).length;
  return known('en') > known('fr') ? 'en' : 'fr';
}
