import { problem } from '../../../platform/index.ts';
import { headOf, type ViewFrame } from '../frame.ts';
import { asMonths } from '../months.ts';
import type { Narrowed, View } from '../types.ts';
import { waitsBy } from './store.ts';
import type { WaitsBy, WaitsRow } from './types.ts';

/**
 * How long it took from approval to cash.
 * @throws unprocessable when it is narrowed both by office and by wilaya, or to days that are no whole months
 */
export async function timeToCash(
  frame: ViewFrame,
  { groupBy = 'wilaya', ...narrowed }: Narrowed & { groupBy?: WaitsBy },
): Promise<View<WaitsRow>> {
  const byOffice = groupBy === 'office' || narrowed.officeId !== undefined;
  if (byOffice && (groupBy === 'wilaya' || narrowed.wilayaNumber !== undefined))
    throw problem.unprocessable('People are counted where they live or where they were paid: ask for offices or for wilayas.', {}, [
      {
        pointer: narrowed.officeId === undefined ? '/query/wilayaNumber' : '/query/officeId',
        detail: 'Leave this out, or group by something else.',
      },
    ]);
  return { ...headOf(frame), rows: await waitsBy(frame, groupBy, byOffice ? 'wait_office' : 'wait_wilaya', asMonths(narrowed)) };
}
