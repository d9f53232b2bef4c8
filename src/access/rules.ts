import { type AmountError, isCurrency, Money, oneOf, type ProblemPlace, type RateLimit, type Said } from '../platform/index.ts';
import { rolePlaces, type ScopeKind, scopeKinds, signingRoles } from './roles.ts';
import type { NewRole } from './types.ts';
import { say } from './words.ts';

const MINUTE_MS = 60_000;
const FREE_FAILURES = 5;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;

/** After so long without a failure, those before it are forgotten. */
export const FAILURES_COUNT_MS = 24 * 60 * MINUTE_MS;

/** Whether so many tries on one account from one side raise an alert: the tenth, the hundredth, the thousandth and so on. */
export const alertsAt = (tries: number): boolean => /^10+$/.test(String(tries));

/** So many accounts that strangers tried in vain within an hour raise an alert. */
export const ACCOUNTS_TO_ALERT = 10;

/** So many requests in an hour from strangers at one network address, or from one known device. What succeeds is not counted. */
export const rates = {
  signIns: { name: 'sign-in', points: 100, seconds: 3_600 },
  links: { name: 'account-link', points: 60, seconds: 3_600 },
  resetsAtAddress: { name: 'password-reset-address', points: 20, seconds: 3_600 },
  /** More than these are not sent, and nobody is told. */
  resetsOfAccount: { name: 'password-reset-account', points: 4, seconds: 3_600 },
} as const satisfies Record<string, RateLimit>;

/**
 * How long a device, or every stranger, may not sign in as a user, after so many failures in a row.
 * @returns milliseconds: none before the fifth failure, then one minute, doubling up to an hour
 */
export const pauseAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(MINUTE_MS * 2 ** (failures - FREE_FAILURES), LONGEST_PAUSE_MS);

/** Wrong second factors that a session survives; the next one ends it, so that a stolen session cannot guess. */
export const WRONG_CODES_ALLOWED = 4;

/** The beginning of the minute that an instant lies in. */
export const minuteOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / MINUTE_MS) * MINUTE_MS);

/** The beginning of the hour that an instant lies in. */
export const hourOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / 3_600_000) * 3_600_000);

/** What sign-in knows about the user whose name was given, and of failures from where it was given. */
export interface SignInState {
  readonly disabledAt: Date | null;
  readonly pausedUntil: Date | null;
}

/** Why a sign-in is refused, or null. Only the audit trail tells; the caller learns none of it. */
export function refusalOf(
  { disabledAt, pausedUntil }: SignInState,
  passwordRight: boolean,
  factorRight: boolean,
  now: Date,
): string | null {
  if (disabledAt) return 'disabled';
  if (pausedUntil && pausedUntil > now) return 'paused';
  if (!passwordRight) return 'wrong password';
  return factorRight ? null : 'wrong code';
}

const named = (kinds: readonly ScopeKind[]): Said => oneOf(kinds.map((kind) => say(`place_${kind}`)));

function limitFaults({ role, limit }: NewRole): ProblemPlace[] {
  if (!limit) return [];
  if (!signingRoles.includes(role)) return [{ pointer: '/limit', detail: say('role_signs_nothing', { role }) }];
  try {
    if (isCurrency(limit.currency) && Money.zero(limit.currency).compare(Money.of(limit.amount, limit.currency)) < 0) return [];
    return [{ pointer: '/limit', detail: say('role_limit_unfit') }];
  } catch (error) {
    return [{ pointer: '/limit/amount', detail: (error as AmountError).text }];
  }
}

/** What is wrong with a role to be granted. */
export function faultsOf(grant: NewRole, now: Date): ProblemPlace[] {
  const { kinds, obligatory } = rolePlaces[grant.role];
  const given = scopeKinds.filter((kind) => grant[`${kind}Id`]);
  const faults: ProblemPlace[] = given
    .filter((kind) => !kinds.includes(kind))
    .map((kind) => ({ pointer: `/${kind}Id`, detail: say('role_not_for_place', { role: grant.role, places: named(kinds) }) }));
  const fitting = given.filter((kind) => kinds.includes(kind));
  if (obligatory && fitting.length === 0)
    faults.push({ pointer: `/${kinds[0]}Id`, detail: say('role_needs_place', { role: grant.role, places: named(kinds) }) });
  for (const kind of fitting.slice(1)) faults.push({ pointer: `/${kind}Id`, detail: say('role_one_place') });
  faults.push(...limitFaults(grant));
  if (grant.endsAt && new Date(grant.endsAt) <= now) faults.push({ pointer: '/endsAt', detail: say('role_end_past') });
  return faults;
}

/** So many refusals of one actor in an hour raise an alert, and no more of them are written to the trail. */
export const REFUSALS_AN_HOUR = 20;
