import type { Db } from '../platform/index.ts';
import type { Fault } from './faults.ts';
import { findPlaces, placeFaults } from './places.ts';
import { faultsOf, gapsOf, normalised } from './rules.ts';
import type { Candidate, Registration } from './types.ts';

/** Somebody who can be entered, or what is wrong. */
export type Checked = { readonly candidate: Candidate } | { readonly faults: readonly Fault[] };

/**
 * Checks registrations as a form's are checked: everything that is wrong with each, and where they live.
 * @param today ISO 8601 date in the programme's time zone
 * @returns for each in the order given
 */
export async function checkAll(db: Db, registrations: readonly Registration[], today: string): Promise<Checked[]> {
  const placeOf = await findPlaces(db, registrations);
  return registrations.map((registration) => {
    const place = placeOf(registration);
    const { wilayaNumber, commune } = place;
    const faults = [...faultsOf(registration, today), ...gapsOf(registration), ...placeFaults(place)];
    return faults.length > 0 || !wilayaNumber || !commune
      ? { faults }
      : { candidate: { registration: normalised(registration), place: { wilayaNumber, commune } } };
  });
}
