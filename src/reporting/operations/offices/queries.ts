import { headOf, type ViewFrame } from '../frame.ts';
import { asMonths } from '../months.ts';
import type { Narrowed, View } from '../types.ts';
import { loadByDay, loadByHour, loadByOffice } from './store.ts';
import type { LoadBy, OfficeLoadRow } from './types.ts';

/** What offices have paid, by office, by day or by the hour of the day. @throws unprocessable by the hour of days that are no whole months */
export async function officeLoad(
  frame: ViewFrame,
  { groupBy = 'office', ...narrowed }: Narrowed & { groupBy?: LoadBy },
): Promise<View<OfficeLoadRow>> {
  const rows = {
    office: () => loadByOffice(frame, narrowed),
    day: () => loadByDay(frame, narrowed),
    hour: () => loadByHour(frame, asMonths(narrowed)),
  };
  return { ...headOf(frame), rows: await rows[groupBy]() };
}
