import type { Text } from '../platform/index.ts';
import { readRows } from './rules.ts';
import type { OpenHours, RefusedRow, SpecialDay } from './types.ts';
import { say } from './words.ts';

const columns = ['office_code', 'day', 'opens', 'closes', 'note'] as const;
type Cells = Readonly<Record<(typeof columns)[number], string>>;

interface Fault {
  readonly pointer: string;
  readonly detail: Text;
}

const isTime = (text: string): boolean => /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(text);
const isDay = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) === true;

/** What is wrong with the hours of a week: each closes after it opens, and no two of one day overlap. */
export function weekFaults(weekly: readonly OpenHours[]): Fault[] {
  return weekly.flatMap((hours, i) => {
    if (hours.closes <= hours.opens) return [{ pointer: `/weekly/${i}/closes`, detail: say('hours_past_midnight') }];
    const overlaps = weekly
      .slice(0, i)
      .some((other) => other.weekday === hours.weekday && other.opens < hours.closes && hours.opens < other.closes);
    return overlaps ? [{ pointer: `/weekly/${i}/opens`, detail: say('hours_overlap') }] : [];
  });
}

/** What is wrong with the hours of one day: both are given, in order, or neither. */
export function dayFaults({ opens, closes }: Pick<SpecialDay, 'opens' | 'closes'>): Fault[] {
  if ((opens === null) !== (closes === null)) return [{ pointer: '/closes', detail: say('hours_half_given') }];
  if (opens !== null && closes !== null && closes <= opens) return [{ pointer: '/closes', detail: say('hours_in_wrong_order') }];
  return [];
}

/** What a file of hours says: whole weeks by office, and single days. */
export interface HoursFile {
  readonly weeks: ReadonlyMap<string, readonly OpenHours[]>;
  readonly days: readonly (SpecialDay & { readonly officeId: string })[];
  readonly refused: RefusedRow[];
}

/**
 * Reads a file of hours. A row is of a weekday, 1 for Monday to 7, or of a day; the weekdays of an office are its whole week, so one that has a
 * wrong row among them keeps the week it had.
 * @param offices identifiers by office code
 * @throws unprocessable when the file cannot be read or lacks a column
 */
export function readHoursFile(text: string, offices: ReadonlyMap<string, string>): HoursFile {
  const rows = readRows(text, columns).map((cells, i) => ({ cells, row: i + 1, fault: faultOf(cells, offices) }));
  const refused: RefusedRow[] = rows.flatMap(({ row, fault }) => (fault ? [{ row, ...fault }] : []));
  const weeks = new Map<string, OpenHours[]>();
  // A date that there is not is no row of a week.
  const weekdays = rows.filter(({ cells }) => !cells.day.includes('-'));
  for (const code of new Set(weekdays.map(({ cells }) => cells.office_code))) {
    const week = weekdays.filter(({ cells }) => cells.office_code === code);
    const hours = week.map(({ cells }) => ({ weekday: Number(cells.day), opens: cells.opens, closes: cells.closes }));
    const officeId = offices.get(code);
    const overlapping = week.some(({ fault }) => fault) ? [] : weekFaults(hours);
    const isWhole = officeId !== undefined && overlapping.length === 0 && !week.some(({ fault }) => fault);
    if (isWhole) weeks.set(officeId, hours);
    else
      refused.push(
        ...week.flatMap(({ row, fault }) =>
          fault ? [] : [{ row, cell: 'opens', detail: overlapping[0]?.detail ?? say('hours_of_wrong_week') }],
        ),
      );
  }
  const days = new Map<string, SpecialDay & { officeId: string }>();
  for (const { cells, fault } of rows) {
    const officeId = offices.get(cells.office_code);
    if (fault || officeId === undefined || !isDay(cells.day)) continue;
    const { day, opens, closes, note } = cells;
    days.set(`${officeId}/${day}`, { officeId, day, opens: opens || null, closes: closes || null, note });
  }
  return { weeks, days: [...days.values()], refused: refused.sort((a, b) => a.row - b.row) };
}

function faultOf(cells: Cells, offices: ReadonlyMap<string, string>): Omit<RefusedRow, 'row'> | undefined {
  const { office_code, day, opens, closes, note } = cells;
  if (!offices.has(office_code)) return { cell: 'office_code', detail: say('office_code_unknown') };
  if (!isDay(day) && !/^[1-7]$/.test(day)) return { cell: 'day', detail: say('hours_day_unfit') };
  const isClosed = isDay(day) && opens === '' && closes === '';
  if (isDay(day) && (note === '' || note.length > 100)) return { cell: 'note', detail: say('hours_note_unfit') };
  if (!isClosed && !isTime(opens)) return { cell: 'opens', detail: say('hours_time_unfit', { example: '08:00' }) };
  if (!isClosed && !isTime(closes)) return { cell: 'closes', detail: say('hours_time_unfit', { example: '16:30' }) };
  if (!isClosed && closes <= opens) return { cell: 'closes', detail: say('hours_in_wrong_order') };
  return undefined;
}
