import { escapedText } from '../../../platform/index.ts';
import type { Amount, ShownCount } from '../types.ts';
import type { PageLanguage } from './spoken.ts';

const locales: Readonly<Record<PageLanguage, string>> = { ar: 'ar-DZ', fr: 'fr-FR', en: 'en-GB' };
const points: Readonly<Record<PageLanguage, string>> = { ar: ',', fr: ',', en: '.' };

/** A number that keeps its direction and does not break, in Latin digits. */
const figure = (text: string): string => `<bdi dir="ltr" class="n">${escapedText(text)}</bdi>`;

/** Digits in threes, apart by a narrow space in every language. */
const inThrees = (digits: string): string => digits.replaceAll(/\B(?=(\d{3})+$)/g, '\u202F');

export const wholeNumber = (count: number): string => figure(inThrees(String(count)));

/** A count as it may be told: a dash for none, and what it is at least where some is held back. */
export const shownCount = ({ people, suppressed }: ShownCount): string =>
  people === null ? figure('–') : suppressed ? figure(`≥ ${inThrees(String(people))}`) : wholeNumber(people);

export const countOrDash = (count: number | null): string => (count === null ? figure('–') : wholeNumber(count));

function digitsOf({ amount }: Amount, language: PageLanguage): string {
  const [whole = '', part = ''] = amount.replace('-', '').split('.');
  const decimals = /[1-9]/.test(part) ? `${points[language]}${part}` : '';
  return `${amount.startsWith('-') ? '−' : ''}${inThrees(whole)}${decimals}`;
}

/** An amount under a heading that names its currency. */
export const plainAmount = (amount: Amount, language: PageLanguage): string => figure(digitsOf(amount, language));

export const amountText = (amount: Amount, language: PageLanguage): string =>
  figure(`${digitsOf(amount, language)}\u00A0${amount.currency}`);

export const decimalText = (value: string | number | null, language: PageLanguage): string =>
  value === null ? figure('–') : figure(String(value).replace('.', points[language]));

/** A share as percent, to a tenth. */
export const percentText = (share: string | null, language: PageLanguage): string =>
  share === null ? figure('–') : figure(`${(Number(share) * 100).toFixed(1).replace('.', points[language])}\u00A0%`);

/** A day as people say it. @param day ISO 8601 */
export const dayText = (day: string, language: PageLanguage): string =>
  `<bdi>${escapedText(new Intl.DateTimeFormat(locales[language], { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day)))}</bdi>`;
