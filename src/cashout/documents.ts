import { type IdentityDocument, openIdentity, openPerson, plainDocumentNumber } from '../beneficiaries/index.ts';
import type { KeyRing } from '../platform/index.ts';
import type { KnownCollectors } from './store/candidates.ts';

/** Fewer characters of a number say nothing. */
const SEEN = 4;

/** The documents that are known of a voucher's collector; none of one who was erased. */
export function documentsOfCollector(
  keyRing: KeyRing,
  { collectorId, dataKey, documents }: Pick<KnownCollectors, 'dataKey' | 'documents'> & { readonly collectorId: string },
): readonly IdentityDocument[] {
  return documents ? (openPerson(keyRing, collectorId, { data_key: dataKey, documents }, ['documents'])?.documents ?? []) : [];
}

/** The document of the alternate who is said to have come; undefined when the household has no such alternate on that day. */
export function documentOfAlternate(
  keyRing: KeyRing,
  id: string,
  { alternateIdentity, alternateHouseholdId, alternateUntil }: KnownCollectors,
  day: string,
): IdentityDocument | undefined {
  if (!alternateIdentity || !alternateHouseholdId || !alternateUntil || alternateUntil < day) return undefined;
  return openIdentity(keyRing, alternateHouseholdId, id, alternateIdentity).document;
}

/** Whether what was seen ends otherwise than every document that is known; null where none is known that could be compared. */
export function documentDiffers(known: readonly IdentityDocument[], lastFour: string): boolean | null {
  const ends = known
    .flatMap(({ number }) => plainDocumentNumber(number)?.toUpperCase().slice(-SEEN) ?? [])
    .filter((end) => end.length === SEEN);
  return ends.length === 0 ? null : !ends.includes(lastFour);
}
