import { networkOf, type RateLimits } from '../../platform/index.ts';
import { rates } from './rules.ts';

/** What stands at the public door and counts who comes. */
export interface Door {
  readonly limits: RateLimits;
  readonly registrationsPerDay: number;
  /** Counts one request of any kind from an address. @throws too_many_requests */
  knock(address: string): Promise<void>;
}

/**
 * The door of self-registration.
 * @param perAddress requests from one network address in an hour
 * @param registrationsPerDay self-registrations in one programme
 */
export const publicDoor = (limits: RateLimits, perAddress: number, registrationsPerDay: number): Door => ({
  limits,
  registrationsPerDay,
  knock: (address) => limits.take(rates.address(perAddress), networkOf(address)),
});
