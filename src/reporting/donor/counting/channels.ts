import { type Channel, channels } from '../types.ts';
import { THRESHOLD } from './pool.ts';

/** What was paid by one channel, and to how many people. */
interface Through {
  readonly transfers: number;
  readonly people: number;
}

/**
 * By which channels a place may be said to be paid. Those of ten people or more, where that is true of every channel; otherwise the one by which most
 * was paid, which leaves open whether there was any other: a handful who were paid another way is neither told nor denied.
 * @param told pay-outs that are told of the place; null where they are hidden. Where these are not all of those by channel nothing is said: the
 *   difference, which was booked late, would tell how few the others are
 */
export function channelsTold(paidBy: Readonly<Record<Channel, Through>>, told: number | null): Channel[] {
  const all = channels.reduce((sum, channel) => sum + paidBy[channel].transfers, 0);
  if (told === null || told === 0 || all !== told) return [];
  const isMany = (channel: Channel): boolean => paidBy[channel].transfers >= THRESHOLD && paidBy[channel].people >= THRESHOLD;
  if (channels.every(isMany)) return [...channels];
  const most = Math.max(...channels.map((channel) => paidBy[channel].transfers));
  return channels.filter((channel) => paidBy[channel].transfers === most).slice(0, 1);
}
