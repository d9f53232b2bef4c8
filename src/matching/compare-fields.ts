import type { LevelOf } from './levels.ts';
import { edits } from './likeness.ts';
import type { Profile } from './types.ts';

const yearsOf = (birth: string): readonly [number, number] => {
  const [from = '', to = from] = birth.split('-');
  return [Number(from.slice(0, 4)), Number(to.slice(0, 4))];
};

/** An age is told by guess, and grows while the years pass between two registrations. */
const MOST_YEARS_BETWEEN_AGES = 4;

/** How far two births agree. A year, and 1 January with it, weighs as a year; years that were guessed may lie next to each other. */
export function compareBirths(a: string | undefined, b: string | undefined): LevelOf<'birth'> | undefined {
  if (!a || !b) return undefined;
  if (a.length === 8 && b.length === 8) {
    if (a === b) return 'day';
    const sameYear = a.slice(0, 4) === b.slice(0, 4);
    if (sameYear && a.slice(4, 6) === b.slice(6, 8) && a.slice(6, 8) === b.slice(4, 6)) return 'exchanged';
    const distance = edits(a, b, 2);
    if (distance <= 1) return 'typing';
    if (a.slice(4) === b.slice(4)) return 'month_day';
    return distance === 2 ? 'alike' : 'different';
  }
  if (a === b) return 'year';
  const [fromA, toA] = yearsOf(a);
  const [fromB, toB] = yearsOf(b);
  const apart = Math.max(fromA - toB, fromB - toA);
  if (apart <= 0) return 'within_year';
  const guessed = a.length > 8 || b.length > 8;
  if (guessed) return apart <= MOST_YEARS_BETWEEN_AGES ? 'near_age' : 'different';
  return apart === 1 ? 'near_year' : 'different';
}

const numberOf = (document: string): string => document.slice(document.indexOf('/') + 1);
const shapeOf = (number: string): string => number.replace(/\d+/, (digits) => String(digits.length));

function compareDocument(a: string, b: string): LevelOf<'document'> {
  const [one, other] = [numberOf(a), numberOf(b)];
  const abroad = one.length < a.length && other.length < b.length && a.slice(0, a.indexOf('/')) !== b.slice(0, b.indexOf('/'));
  if (one === other) return abroad ? 'other_kind' : 'same';
  if (abroad) return 'other_kind';
  const distance = Math.min(one.length, other.length) >= 6 ? edits(one, other, 2) : 3;
  if (distance <= 2) return distance === 2 ? 'alike' : 'typing';
  return shapeOf(one) === shapeOf(other) ? 'different' : 'other_kind';
}

/** The best agreement of any two: people have several documents, and several phones. */
function bestOf<L extends string>(
  a: readonly string[] | undefined,
  b: readonly string[] | undefined,
  order: readonly L[],
  compare: (one: string, other: string) => L,
): L | undefined {
  if (!a?.length || !b?.length) return undefined;
  let best = order.length - 1;
  for (const one of a) for (const other of b) best = Math.min(best, order.indexOf(compare(one, other)));
  return order[best];
}

export const compareDocuments = (a: Profile['d'], b: Profile['d']): LevelOf<'document'> | undefined =>
  bestOf(a, b, ['same', 'typing', 'alike', 'other_kind', 'different'], compareDocument);

export const comparePhones = (a: Profile['p'], b: Profile['p']): LevelOf<'phone'> | undefined =>
  bestOf(a, b, ['same', 'typing', 'different'], (one, other) =>
    one === other ? 'same' : edits(one, other, 1) <= 1 ? 'typing' : 'different',
  );
