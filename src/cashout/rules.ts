import { dateTimeIn, hasDammDigit, type Problem, type ProblemPlace } from '../platform/index.ts';
import { isSerial } from '../vouchers/index.ts';
import { refusal } from './problems.ts';
import type { Candidate, Counter } from './store/candidates.ts';
import type { EarlierPayout } from './store/payouts.ts';
import type { Locator } from './types.ts';

/** Wrong codes within an hour after which an agent pays nobody out for a while. */
export const AGENT_ATTEMPTS_ALLOWED = 20;

/** What keeps an office or an agent from paying anybody, before a code is looked at. */
export function counterRefusal({ isOpen, hasCash, failures }: Pick<Counter, 'isOpen' | 'hasCash' | 'failures'>): Problem | undefined {
  if (!isOpen) return refusal.office_closed('Send the person to another office. The code was not used.');
  if (!hasCash) return refusal.office_without_cash('Send the person to another office. The code was not used.');
  if (failures >= AGENT_ATTEMPTS_ALLOWED) return refusal.agent_locked('Call your supervisor, or wait an hour.');
  return undefined;
}

/** Numbers with a check digit that does not fit: a typing mistake tells nothing about what exists. */
export function locatorFaults(locator: Locator): ProblemPlace[] {
  if ('serial' in locator && !isSerial(locator.serial)) {
    return [{ pointer: '/locator/serial', detail: 'Read the serial again: its check digits do not fit.' }];
  }
  if ('registrationNumber' in locator && !hasDammDigit(locator.registrationNumber)) {
    return [{ pointer: '/locator/registrationNumber', detail: 'Read the number again: its check digit does not fit.' }];
  }
  return [];
}

/** Whether a voucher can be paid now, and so counts wrong codes. */
export const isLive = ({ state, expiresAt }: Pick<Candidate, 'state' | 'expiresAt'>, now: Date): boolean =>
  state === 'activated' && expiresAt !== null && expiresAt > now;

/** Why a voucher is not paid. Told only to somebody who knows its code. */
export function voucherRefusal(
  {
    state,
    expiresAt,
    timeZone,
    isWithheld,
    isPaidElsewhere,
  }: Pick<Candidate, 'state' | 'expiresAt' | 'timeZone' | 'isWithheld' | 'isPaidElsewhere'>,
  earlier: EarlierPayout | undefined,
  now: Date,
): Problem | undefined {
  if (earlier) {
    const { paidAt, officeCode, officeName } = earlier;
    const where = officeCode === null ? 'by hand, by a field officer' : `at ${officeCode} ${officeName}`;
    const detail = `Paid on ${dateTimeIn(timeZone, paidAt)} ${where}. Do not pay it again.`;
    return refusal.already_paid(detail, { paidAt: paidAt.toISOString(), officeCode, officeName });
  }
  if (state === 'cancelled') return refusal.voucher_cancelled('Send the person to the programme office.');
  if (state === 'expired' || (expiresAt !== null && expiresAt <= now)) {
    return refusal.voucher_expired('Send the person to the programme office.');
  }
  if (isPaidElsewhere) {
    return refusal.paid_as_other_record(
      'Do not pay. The person has another record, and the same payment was made to it or waits there under another code. Send them to the programme office.',
    );
  }
  if (isWithheld)
    return refusal.consent_withdrawn('Do not pay. Send the person to the programme office, which can record their consent again.');
  if (state === 'issued') return refusal.voucher_not_active('The message is still being confirmed. Try again in a few minutes.');
  if (state === 'locked')
    return refusal.voucher_locked('It is locked, by wrong codes or on purpose. Send the person to the programme office.');
  return undefined;
}
