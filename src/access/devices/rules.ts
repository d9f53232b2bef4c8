import type { Grant, RateLimit } from '../../platform/index.ts';
import { counter } from '../permissions.ts';
import type { RoleGrant } from '../types.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A working day, and how long a counter may be left alone. */
export const deviceSession = { kind: 'device', idleMs: 15 * MINUTE_MS, absoluteMs: 8 * HOUR_MS } as const;

/** Wrong PINs on one device, of everybody together, after which a PIN opens nothing there. */
export const WRONG_PINS_ALLOWED = 5;

/** Wrong PINs on one device in one day (UTC), however many right ones came between, of which an administrator is told. */
export const WRONG_PINS_TO_ALERT = 10;

/** How long an enrolment lasts that nobody uses. */
export const ENROLMENT_IDLE_MS = 90 * DAY_MS;

/** How often one device may be asked for from one network address: only somebody who knows its identifier uses this up. */
export const challengesOfDevice: RateLimit = { name: 'device-challenges', points: 60, seconds: 600 };

/** How often devices may be asked for at all from one network: a whole office's, all day. */
export const challengesOfNetwork: RateLimit = { name: 'device-challenges-network', points: 300, seconds: 600 };

/** Signatures that do not fit, from one network address. Those that do are never counted, so nobody is kept out by others. */
export const wrongSignatures: RateLimit = { name: 'device-signatures', points: 60, seconds: 600 };

/**
 * What somebody holds while they work on a device: of their roles, those of a counter at its office. A field officer whose role names no office
 * may use a device of any.
 */
export const grantsOnDevice = (grants: readonly Grant[], officeId: string): Grant[] =>
  grants.filter(
    ({ role, scope }) =>
      (counter as readonly string[]).includes(role) &&
      (scope['office'] === officeId || (role === 'field_officer' && scope['office'] === undefined)),
  );

/** A role as permissions are looked up by. */
export const grantOf = ({ role, programmeId, officeId, fundId }: RoleGrant): Grant => ({
  role,
  scope: { programme: programmeId ?? undefined, office: officeId ?? undefined, fund: fundId ?? undefined },
});

/** Whether an enrolment was used lately enough to go on. */
export const isInUse = (lastUsedAt: Date, now: Date): boolean => lastUsedAt.getTime() + ENROLMENT_IDLE_MS > now.getTime();

const daysIn = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isDay = (month: number, day: number): boolean => day >= 1 && day <= (daysIn[month - 1] ?? 0);
const FIRST_YEAR = 1930;

// Six digits that may be somebody's date: DDMMYY, YYMMDD, or a year beside a month or a day.
function isDate(pin: string, now: Date): boolean {
  const [a = 0, b = 0, c = 0] = pin.match(/\d\d/g)?.map(Number) ?? [];
  const isYear = (year: number): boolean => year >= FIRST_YEAR && year <= now.getUTCFullYear() + 1;
  return isDay(b, a) || isDay(b, c) || isYear(Number(pin.slice(0, 4))) || isYear(Number(pin.slice(2)));
}

// Digits that follow one another, however far each is from the last: 123456, 864208, 777777.
function isRun(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, i) => (digit - (digits[i] ?? 0) + 10) % 10);
  return new Set(steps).size === 1;
}

const isRepeated = (pin: string): boolean => /^(\d+)\1+$/.test(pin) || /^(\d)\1+(\d)\2+$/.test(pin) || /^(\d)\1(\d)\2(\d)\3$/.test(pin);

/** Whether a PIN is among those that are guessed first. @param pin six digits */
export const isWeakPin = (pin: string, now: Date): boolean => isRun(pin) || isRepeated(pin) || isDate(pin, now);
