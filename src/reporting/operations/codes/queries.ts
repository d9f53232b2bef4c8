import { headOf, type ViewFrame } from '../frame.ts';
import type { Narrowed, View } from '../types.ts';
import { unpaidCodesBy } from './store.ts';
import type { CodesBy, UnpaidCodesRow } from './types.ts';

/** How long codes have been waiting to be paid. */
export const unpaidCodes = async (
  frame: ViewFrame,
  { groupBy = 'wilaya', ...narrowed }: Narrowed & { groupBy?: CodesBy },
): Promise<View<UnpaidCodesRow>> => ({ ...headOf(frame), rows: await unpaidCodesBy(frame, groupBy, narrowed) });
