import { hasDammDigit, type Problem, problem } from '../platform/index.ts';
import { isSerial } from '../vouchers/index.ts';
import { refusal, refused } from './problems.ts';
import type { Candidate, Counter } from './store/candidates.ts';
import type { EarlierPayout } from './store/payouts.ts';
import type { Locator } from './types.ts';
import { instantSaid, placeSaid, say } from './words/index.ts';

/** Wrong codes within an hour after which an agent pays nobody out for a while. */
export const AGENT_ATTEMPTS_ALLOWED = 20;

/** What keeps an office or an agent from paying anybody, before a code is looked at. */
export function counterRefusal(
  counter: Pick<Counter, 'isOpen' | 'isWithinHours' | 'opensAt' | 'officeTimeZone' | 'hasCash' | 'failures'>,
): Problem | undefined {
  const { isOpen, isWithinHours, opensAt, officeTimeZone, hasCash, failures } = counter;
  if (!isOpen) return refused('office_closed');
  if (!isWithinHours) {
    const facts = { opensAt: opensAt?.toISOString() ?? null };
    return opensAt
      ? refusal.office_outside_hours(say('office_outside_hours', { when: instantSaid(opensAt, officeTimeZone) }), facts)
      : refusal.office_outside_hours(say('office_outside_hours_unknown'), facts);
  }
  if (!hasCash) return refused('office_without_cash');
  if (failures >= AGENT_ATTEMPTS_ALLOWED) return refused('agent_locked');
  return undefined;
}

/** A number with check digits that do not fit: a typing mistake, which tells nothing about what exists. */
export function locatorRefusal(locator: Locator): Problem | undefined {
  if ('serial' in locator && !isSerial(locator.serial)) return mistyped('/locator/serial', 'serial_mistyped');
  if ('registrationNumber' in locator && !hasDammDigit(locator.registrationNumber))
    return mistyped('/locator/registrationNumber', 'number_mistyped');
  return undefined;
}

const mistyped = (pointer: string, text: 'serial_mistyped' | 'number_mistyped'): Problem =>
  problem.unprocessable(say('locator_mistyped'), {}, [{ pointer, detail: say(text) }]);

type Living = Pick<Candidate, 'state' | 'expiresAt'> & Partial<Pick<Candidate, 'isCarried'>>;

/** Whether a voucher can be paid now, if not here then at somebody's door. */
export const isLive = ({ state, expiresAt, isCarried = false }: Living, now: Date): boolean =>
  state === 'activated' && expiresAt !== null && (isCarried || expiresAt > now);

/** Whether wrong codes count against a voucher: it can be paid now, or once its message has been accepted. */
export const isGuessable = (voucher: Living, now: Date): boolean => voucher.state === 'issued' || isLive(voucher, now);

/**
 * Whether nothing is told of a voucher even to somebody with its code. It is locked, and the office without a network that it is bound to still pays
 * it under that code: whoever goes on guessing elsewhere does not find it out.
 */
export const isSilent = ({ state, boundTo }: Pick<Candidate, 'state' | 'boundTo'>): boolean => state === 'locked' && boundTo !== null;

/** Why a voucher is not paid. Told only to somebody who knows its code. */
export function voucherRefusal(
  {
    state,
    expiresAt,
    timeZone,
    isWithheld,
    isPaidElsewhere,
    boundTo,
    isCarried,
  }: Pick<Candidate, 'state' | 'expiresAt' | 'timeZone' | 'isWithheld' | 'isPaidElsewhere'> &
    Partial<Pick<Candidate, 'boundTo' | 'isCarried'>>,
  earlier: EarlierPayout | undefined,
  now: Date,
): Problem | undefined {
  if (earlier) return alreadyPaid(earlier, timeZone);
  if (state === 'cancelled') return refused('voucher_cancelled');
  if (state === 'expired' || (!isCarried && expiresAt !== null && expiresAt <= now)) return refused('voucher_expired');
  if (isPaidElsewhere) return refused('paid_as_other_record');
  if (isWithheld) return refused('consent_withdrawn');
  if (state === 'issued') return refused('voucher_not_active');
  if (state === 'locked') return refused('voucher_locked');
  if (isCarried) return refused('being_brought');
  if (!boundTo) return undefined;
  return refusal.wrong_office(say('wrong_office', { where: placeSaid(boundTo) }), { officeCode: boundTo.code, officeName: boundTo.nameFr });
}

function alreadyPaid({ paidAt, office }: EarlierPayout, timeZone: string): Problem {
  const when = instantSaid(paidAt, timeZone);
  const facts = { paidAt: paidAt.toISOString(), officeCode: office?.code ?? null, officeName: office?.nameFr ?? null };
  return office
    ? refusal.already_paid(say('already_paid', { when, where: placeSaid(office) }), facts)
    : refusal.already_paid(say('already_paid_by_hand', { when }), facts);
}
