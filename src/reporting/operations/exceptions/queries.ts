import { headOf, type ViewFrame } from '../frame.ts';
import type { View } from '../types.ts';
import { openExceptions } from './store.ts';
import type { ExceptionsRow } from './types.ts';

/** What the post's paper and ours do not agree on, and for how long. */
export const openExceptionLoad = async (frame: ViewFrame): Promise<View<ExceptionsRow>> => ({
  ...headOf(frame),
  rows: await openExceptions(frame),
});
