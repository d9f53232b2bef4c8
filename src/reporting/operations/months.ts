import { problem } from '../../platform/index.ts';
import type { Narrowed } from './types.ts';

const isFirst = (day: string): boolean => day.endsWith('-01');
const isLast = (day: string): boolean => new Date(Date.parse(day) + 86_400_000).getUTCDate() === 1;

/** The same, of whole months. @throws unprocessable when it begins or ends within one */
export function asMonths(narrowed: Narrowed): Narrowed {
  const { from, to } = narrowed;
  const faults = [
    ...(from === undefined || isFirst(from) ? [] : [{ pointer: '/query/from', detail: 'Begin with the first day of a month.' }]),
    ...(to === undefined || isLast(to) ? [] : [{ pointer: '/query/to', detail: 'End with the last day of a month.' }]),
  ];
  if (faults.length > 0) throw problem.unprocessable('This is kept month by month.', {}, faults);
  return narrowed;
}
