import { dateIn } from '../../platform/index.ts';

/**
 * The last day of a code as a message says it: the voucher's own, once it is active. Before, it counts from when the message left first, so that
 * repeats say the same; the voucher counts from its activation, when a gateway takes the message, which is never earlier and at most two days later.
 * @returns `DD/MM/YYYY`
 */
export function lastDay(
  timeZone: string,
  { datedAt, validityDays, expiresAt }: { datedAt: Date; validityDays: number; expiresAt: Date | null },
): string {
  const day = new Date(`${dateIn(timeZone, expiresAt ? new Date(expiresAt.getTime() - 1) : datedAt)}T00:00:00Z`);
  if (!expiresAt) day.setUTCDate(day.getUTCDate() + validityDays);
  return day.toISOString().slice(0, 10).split('-').reverse().join('/');
}
