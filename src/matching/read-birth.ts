import type { DateOrder } from './date-order.ts';
import { normalForm } from './normal-form.ts';
import type { Particulars } from './types.ts';

type Birth = NonNullable<Particulars['birth']>;

const months: Readonly<Record<string, number>> = Object.fromEntries(
  [
    'jan january janvier janv ene enero يناير جانفي كانونالثاني',
    'feb february fevrier fev fevr febrero فبراير فيفري شباط',
    'mar march mars marzo مارس اذار',
    'apr april avril avr abril ابريل افريل نيسان',
    'may mai mayo مايو ماي ايار',
    'jun june juin junio يونيو جوان حزيران',
    'jul july juillet juil julio يوليو جويليه تموز',
    'aug august aout agosto اغسطس اوت اب',
    'sep sept september septembre septiembre سبتمبر ايلول',
    'oct october octobre octubre اكتوبر تشرينالاول',
    'nov november novembre noviembre نوفمبر تشرينالثاني',
    'dec december decembre diciembre ديسمبر كانونالاول',
  ].flatMap((names, month) => names.split(' ').map((name) => [name, month + 1])),
);

/** The month of a name in French, English, Spanish or Arabic, whole or cut short. @returns 1 is January */
export function monthNamed(name: string): number | undefined {
  const form = normalForm(name).replaceAll(' ', '');
  return Object.hasOwn(months, form) ? months[form] : undefined;
}

const two = (number: number | string): string => String(number).padStart(2, '0');

function dayOf(year: string, month: number | string, day: number | string): Birth {
  const date = `${year}-${two(month)}-${two(day)}`;
  return { from: date, to: date };
}

/** Everybody who was born in a year. */
export const wholeYear = (year: number | string): Birth => ({ from: `${year}-01-01`, to: `${year}-12-31` });

/** Everybody who has an age today, give or take the year that ages are rounded and grow old by. */
export function bornAt(age: number, today: Date): Birth {
  const year = today.getUTCFullYear() - age;
  return { from: `${year - 1}-01-01`, to: `${year}-12-31` };
}

const fullYear = (year: string, today: Date): string =>
  year.length === 4 ? year : String(Number(year) > today.getUTCFullYear() % 100 ? 1900 + Number(year) : 2000 + Number(year));

function inNumbers(parts: readonly string[], order: DateOrder, today: Date): Birth | undefined {
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1) {
    if (first.length === 4) return wholeYear(first);
    if (first.length === 8) return inNumbers([first.slice(0, 4), first.slice(4, 6), first.slice(6)], order, today);
    return undefined;
  }
  if (parts.length === 2) return first.length === 4 ? wholeYear(first) : second.length === 4 ? wholeYear(second) : undefined;
  if (first.length === 4) return Number(second) === 0 ? wholeYear(first) : dayOf(first, second, Number(third) === 0 ? 1 : third);
  const year = fullYear(third, today);
  if (year.length !== 4) return undefined;
  if (Number(first) === 0 || Number(second) === 0) return wholeYear(year);
  const dayFirst = Number(first) > 12 || (order === 'day_first' && Number(second) <= 12);
  return dayFirst || Number(second) <= 12 === (order === 'day_first') ? dayOf(year, second, first) : dayOf(year, first, second);
}

/**
 * A birth as people write it: 1984-08-07, 19840807, 07/08/1984, 7 août 1984, 1984. A day that no calendar has stays as written, since a
 * typing error is still like the right date.
 * @returns undefined where there is no date to be read
 */
export function readBirth(text: string, order: DateOrder, today: Date): Birth | undefined {
  const form = normalForm(text.replace(/[T ]\d{1,2}:\d\d.*$/, '').replace(/\.0+$/, ''));
  if (form === '') return undefined;
  const parts = form.split(' ');
  if (parts.every((part) => /^\d+$/.test(part))) return inNumbers(parts, order, today);
  const month = parts.map(monthNamed).find((found) => found !== undefined);
  const numbers = parts.filter((part) => /^\d+(?:st|nd|rd|th|er)?$/.test(part)).map((part) => part.replace(/\D/g, ''));
  const year = numbers.find((number) => number.length === 4);
  const day = numbers.find((number) => number.length <= 2);
  if (!year) return undefined;
  return month && day ? dayOf(year, month, day) : wholeYear(year);
}
