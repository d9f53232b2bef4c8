import type { Db } from '../platform/index.ts';
import type { Fault } from './faults.ts';
import { type FindPlace, findPlaces, placeFaults } from './places.ts';
import { faultsOf, gapsOf, normalised } from './rules.ts';
import type { Candidate, Registration } from './types.ts';

/** Somebody who can be entered, or what is wrong. */
export type Checked = { readonly candidate: Candidate } | { readonly faults: readonly Fault[] };

/**
 * Checks registrations as a form's are checked: everything that is wrong with each, and where they live.
 * @param today ISO 8601 date in the programme's time zone
 * @param isHeaded whether the household that a registration names has a head already; none has that is made for whoever registers
 * @returns for each in the order given
 */
export async function checkAll(
  db: Db,
  registrations: readonly Registration[],
  today: string,
  isHeaded: (reference: string) => boolean = () => false,
): Promise<Checked[]> {
  return checkedWith(await findPlaces(db, registrations), registrations, today, isHeaded);
}

/** As {@link checkAll}, where the places of all of them have been looked up. */
export function checkedWith(
  placeOf: FindPlace,
  registrations: readonly Registration[],
  today: string,
  isHeaded: (reference: string) => boolean,
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
      ...placeFaults(place),
      ...(isSecond ? [{ pointer: '/relationship', code: 'household_has_head' as const }] : []),
    ];
    if (faults.length > 0 || !wilayaNumber || !commune) return { faults };
    if (isHead) headedHere.add(household.reference);
    return { candidate: { registration: normalised(registration), place: { wilayaNumber, commune } } };
  });
}
