import { command, problem, type Tx } from '../platform/index.ts';
import { type Aimed, counted, type Dated, refuse } from './changing.ts';
import { dayFaults, readHoursFile, weekFaults } from './hours-rules.ts';
import { hoursOf, putDays, removeDay, replaceWeeks } from './hours-store.ts';
import { nextVersions, officesByCode } from './store.ts';
import type { OfficeHours, OpenHours, RefusedRow, SpecialDay } from './types.ts';

/** @throws not_found */
async function hoursNow(tx: Tx, id: string, now: Date): Promise<OfficeHours> {
  const found = await hoursOf(tx, id, now);
  if (!found) throw problem.not_found('There is no such record.');
  return found.hours;
}

/** Changes when an office is open, and answers with its hours as they are then. */
const changing = <Input extends Aimed>(change: (tx: Tx, input: Input) => Promise<void>) => ({
  scope: (_db: unknown, { id }: Input) => ({ office: id }),
  async run({ tx, now }: { tx: Tx; now: Date }, input: Input) {
    const before = await hoursNow(tx, input.id, now);
    const version = await counted(tx, input);
    await change(tx, input);
    const after = await hoursNow(tx, input.id, now);
    return { result: { value: after, version }, subject: { type: 'office', id: input.id }, before, after };
  },
});

/** Gives an office another week. @throws not_found; conflict; unprocessable for hours that end before they begin, or overlap */
export const setHours = command<Aimed & { weekly: readonly OpenHours[] }, Dated<OfficeHours>>({
  name: 'offices.set_hours',
  ...changing(async (tx, { id, weekly }: Aimed & { weekly: readonly OpenHours[] }) => {
    refuse(weekFaults(weekly));
    await replaceWeeks(tx, new Map([[id, weekly]]));
  }),
});

/** Says that a day is otherwise, or a holiday. @throws as {@link setHours} */
export const setSpecialDay = command<Aimed & SpecialDay, Dated<OfficeHours>>({
  name: 'offices.set_special_day',
  ...changing(async (tx, { id, version: _, ...day }: Aimed & SpecialDay) => {
    refuse(dayFaults(day));
    await putDays(tx, [{ officeId: id, ...day }]);
  }),
});

/** Says that a day is like any other after all. @throws not_found when nothing else was said of it; conflict */
export const endSpecialDay = command<Aimed & { day: string }, Dated<OfficeHours>>({
  name: 'offices.end_special_day',
  ...changing(async (tx, { id, day }: Aimed & { day: string }) => {
    if (!(await removeDay(tx, id, day))) throw problem.not_found('There is no such record.');
  }),
});

/** What became of a file of hours. */
export interface HoursImport {
  readonly weeks: number;
  readonly days: number;
  readonly refused: RefusedRow[];
}

/** Takes the hours of a CSV file: good rows are taken, bad rows come back with reasons. @throws unprocessable when the file cannot be read at all */
export const importHours = command<{ csv: string }, HoursImport>({
  name: 'offices.import_hours',
  scope: () => ({}),
  async run({ tx }, { csv }) {
    const { weeks, days, refused } = readHoursFile(csv, await officesByCode(tx));
    const offices = [...new Set([...weeks.keys(), ...days.map(({ officeId }) => officeId)])];
    await nextVersions(tx, offices);
    await replaceWeeks(tx, weeks);
    await putDays(tx, days);
    const result = { weeks: weeks.size, days: days.length, refused };
    return { result, subject: { type: 'offices', id: 'import' }, after: { weeks: [...weeks], days } };
  },
});
