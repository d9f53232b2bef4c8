import type { Webhook } from './types.ts';

type Hands = Pick<Webhook, 'state' | 'pauseReason' | 'makers' | 'confirmedBy'>;

/**
 * Who has had a hand in where events go, after a change. Another address or other events switch it off until somebody enables it who has had none;
 * the database refuses anybody else. Who changes what nobody has confirmed yet stands beside who made the rest.
 */
export function makersAfter(before: Webhook, wanted: Pick<Webhook, 'url' | 'events'>, by: string): Hands {
  const { state, pauseReason, makers, confirmedBy } = before;
  const isOther = wanted.url !== before.url || wanted.events.toSorted().join() !== before.events.toSorted().join();
  if (!isOther) return { state, pauseReason, makers, confirmedBy };
  return { state: 'off', pauseReason: null, makers: confirmedBy === null ? [...new Set([...makers, by])] : [by], confirmedBy: null };
}
