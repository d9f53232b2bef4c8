import type { Db } from '../platform/index.ts';
import { formFaults } from './consent-rules.ts';
import type { Fault } from './faults.ts';
import type { StandingHousehold } from './household-store.ts';
import { type FindPlace, findPlaces, placeFaults } from './places.ts';
import { faultsOf, gapsOf, normalised } from './rules.ts';
import type { Candidate, Registration } from './types.ts';

/** Somebody who can be entered, or what is wrong. */
export type Checked = { readonly candidate: Candidate } | { readonly faults: readonly Fault[] };

/** What is to be known of the door that somebody comes in by. */
export interface Door {
  /** The household that a registration names, where it is registered already; none is that is made for whoever registers. */
  readonly standing?: (reference: string) => StandingHousehold | undefined;
  /** Whether people write of themselves there. */
  readonly isOwn?: boolean;
}

/**
 * Checks registrations as a form's are checked: everything that is wrong with each, and where they live.
 * @param today ISO 8601 date in the programme's time zone
 * @returns for each in the order given
 */
export async function checkAll(db: Db, registrations: readonly Registration[], today: string, door: Door = {}): Promise<Checked[]> {
  return checkedWith(await findPlaces(db, registrations), registrations, today, door);
}

/** As {@link checkAll}, where the places of all of them have been looked up. */
export function checkedWith(
  placeOf: FindPlace,
  registrations: readonly Registration[],
  today: string,
  { standing = () => undefined, isOwn = false }: Door,
): Checked[] {
  const begunHere = new Map<string, StandingHousehold>();
  return registrations.map((registration) => {
    const { relationship, household } = registration;
    const place = placeOf(registration);
    const { wilayaNumber, commune } = place;
    const isHead = relationship === 'head';
    const known = begunHere.get(household.reference) ?? standing(household.reference);
    const faults = [
      ...faultsOf(registration, today),
      ...gapsOf(registration),
      ...(isOwn ? [] : registration.consents.flatMap((consent, i) => formFaults(consent, registration.birth.from, `/consents/${i}`))),
      ...placeFaults(place),
      ...(isHead && known?.isHeaded ? [{ pointer: '/relationship', code: 'household_has_head' as const }] : []),
      ...(known && known.size !== household.size ? [{ pointer: '/household/size', code: 'household_size_differs' as const }] : []),
    ];
    if (faults.length > 0 || !wilayaNumber || !commune) return { faults };
    begunHere.set(household.reference, { isHeaded: isHead || known?.isHeaded === true, size: household.size });
    return { candidate: { registration: normalised(registration), place: { wilayaNumber, commune } } };
  });
}
