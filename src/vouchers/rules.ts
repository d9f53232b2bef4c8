import type { Text } from '../platform/index.ts';
import { say } from './words.ts';

/** What may become of a voucher in each state. The database holds the same table (trigger `transition`). */
export const voucherMoves = {
  issued: ['activated', 'locked', 'cancelled'],
  activated: ['redeemed', 'locked', 'expired', 'cancelled'],
  locked: ['issued', 'activated', 'redeemed', 'expired', 'cancelled'],
  redeemed: ['activated'],
  expired: [],
  cancelled: [],
} as const;

export type VoucherState = keyof typeof voucherMoves;

/** Wrong codes after which a voucher is locked. */
export const ATTEMPTS_ALLOWED = 5;

/** What two people do to a voucher, and in which states of it. */
export const voucherChanges = {
  cancel: ['issued', 'activated', 'locked'],
  reissue: ['issued', 'activated', 'locked'],
  unlock: ['locked'],
} as const satisfies Readonly<Record<string, readonly VoucherState[]>>;

export type VoucherChangeKind = keyof typeof voucherChanges;

/** How far ahead the last day of a voucher may be put. */
export const DAYS_AHEAD = 366;

/**
 * Why a voucher's last day cannot be put there; undefined when it can.
 * @param today the day in the programme's time zone
 * @param lastDay the last day at present
 */
export function extensionFault(today: string, lastDay: string, wanted: string): Text | undefined {
  if (wanted <= lastDay) return say('voucher_last_day_too_early', { day: lastDay });
  const furthest = new Date(`${today}T00:00:00Z`);
  furthest.setUTCDate(furthest.getUTCDate() + DAYS_AHEAD);
  const limit = furthest.toISOString().slice(0, 10);
  return wanted > limit ? say('voucher_last_day_too_late', { day: limit }) : undefined;
}
