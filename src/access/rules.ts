import type { ProblemPlace } from '../platform/index.ts';
import type { Role } from './permissions.ts';
import type { NewRole } from './types.ts';

const MINUTE_MS = 60_000;
const FREE_FAILURES = 5;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;

/**
 * How long nobody may sign in as a user, after so many failures in a row.
 * @returns milliseconds: none before the fifth failure, then one minute, doubling up to an hour
 */
export const pauseAfter = (failures: number): number =>
  failures < FREE_FAILURES ? 0 : Math.min(MINUTE_MS * 2 ** (failures - FREE_FAILURES), LONGEST_PAUSE_MS);

/** Wrong second factors that a session survives; the next one ends it, so that a stolen session cannot guess. */
export const WRONG_CODES_ALLOWED = 4;

/** The beginning of the hour that an instant lies in. */
export const hourOf = (instant: Date): Date => new Date(Math.floor(instant.getTime() / 3_600_000) * 3_600_000);

/** What sign-in knows about the user whose name was given. */
export interface SignInState {
  readonly disabledAt: Date | null;
  readonly blockedUntil: Date | null;
}

/** Why a sign-in is refused, or null. Only the audit trail tells; the caller learns none of it. */
export function refusalOf(
  { disabledAt, blockedUntil }: SignInState,
  passwordRight: boolean,
  step: number | null,
  now: Date,
): string | null {
  if (disabledAt) return 'disabled';
  if (blockedUntil && blockedUntil > now) return 'blocked';
  if (!passwordRight) return 'wrong password';
  return step === null ? 'wrong code' : null;
}

/** Roles that mean nothing, or far too much, without the place or the money they are for. */
const obligatoryScope: { readonly [R in Role]?: 'officeId' | 'fundId' } = {
  agent: 'officeId',
  office_supervisor: 'officeId',
  donor: 'fundId',
};

/** What is wrong with a role to be granted. */
export function faultsOf(grant: NewRole, now: Date): ProblemPlace[] {
  const faults: ProblemPlace[] = [];
  const missing = obligatoryScope[grant.role];
  if (missing && !grant[missing]) faults.push({ pointer: `/${missing}`, detail: `The role ${grant.role} is granted for one of these.` });
  if (grant.endsAt && new Date(grant.endsAt) <= now) faults.push({ pointer: '/endsAt', detail: 'A role ends in the future.' });
  return faults;
}
