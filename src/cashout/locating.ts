import { documentKey, phoneKey, plainDocument } from '../beneficiaries/index.ts';
import type { KeyRing } from '../platform/index.ts';
import type { Located } from './store/candidates.ts';
import type { Locator } from './types.ts';

/** What the vouchers that a locator points at are found by: phones and documents by their keyed fingerprints. */
export function locatedBy(keyRing: KeyRing, locator: Locator): Located {
  if ('serial' in locator || 'registrationNumber' in locator) return locator;
  const document = 'phone' in locator ? undefined : plainDocument(locator.issuingCountry, locator.documentNumber);
  return { key: 'phone' in locator ? phoneKey(keyRing, locator.phone) : document ? documentKey(keyRing, document) : null };
}
