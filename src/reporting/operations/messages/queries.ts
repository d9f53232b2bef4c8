import { headOf, type ViewFrame } from '../frame.ts';
import type { Narrowed, View } from '../types.ts';
import { messagesBy } from './store.ts';
import type { MessagesBy, SmsRow } from './types.ts';

/** How messages fared, by gateway, by day, by kind or by what went wrong. */
export const smsDelivery = async (
  frame: ViewFrame,
  { groupBy = 'gateway', ...narrowed }: Narrowed & { groupBy?: MessagesBy },
): Promise<View<SmsRow>> => ({ ...headOf(frame), rows: await messagesBy(frame, groupBy, narrowed) });
