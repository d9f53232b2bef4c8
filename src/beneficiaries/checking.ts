import type { Db } from '../platform/index.ts';
import { formFaults } from './consent-rules.ts';
import type { Fault } from './faults.ts';
import { type FindPlace, findPlaces, placeFaults } from './places.ts';
import { faultsOf, gapsOf, normalised } from './rules.ts';
import type { Candidate, Registration } from './types.ts';

/** Somebody who can be entered, or what is wrong. */
export type Checked = { readonly candidate: Candidate } | { readonly faults: readonly Fault[] };

/** What is to be known of the door that somebody comes in by. */
export interface Door {
  /** Whether the household that a registration names has a head already; none has that is made for whoever registers. */
  readonly isHeaded?: (reference: string) => boolean;
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
  { isHeaded = () => false, isOwn = false }: Door,
): Checked[] {
  const headedHere = new Set<string>();
  return registrations.map((registration) => {
    const { relationship, household } = registration;
    const place = placeOf(registration);
    const { wilayaNumber, commune } = place;
    const isHead = relationship === 'head';
    const isSecond = isHead && (headedHere.has(household.reference) || isHeaded(household.reference));
    const faults = [
      ...faultsOf(registration, today),
      ...gapsOf(registration),
      ...(isOwn ? [] : registration.consents.flatMap((consent, i) => formFaults(consent, registration.birth.from, `/consents/${i}`))),
      ...placeFaults(place),
      ...(isSecond ? [{ pointer: '/relationship', code: 'household_has_head' as const }] : []),
    ];
    if (faults.length > 0 || !wilayaNumber || !commune) return { faults };
    if (isHead) headedHere.add(household.reference);
    return { candidate: { registration: normalised(registration), place: { wilayaNumber, commune } } };
  });
}
