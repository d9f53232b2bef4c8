import { documentKey, phoneKey, plainDocument } from '../beneficiaries/index.ts';
import { type KeyRing, type Sql, sql } from '../platform/index.ts';
import type { Locator } from './types.ts';

/** Vouchers that one locator can bring up, those that can be paid first: as many as people who share a telephone may have. */
const CANDIDATES = 30;

/** The vouchers that a locator points at, as a query. Phones and documents are looked up by their keyed fingerprints. */
export function vouchersAt(keyRing: KeyRing, locator: Locator): Sql {
  if ('serial' in locator) return sql`select * from vouchers where serial = ${locator.serial}`;
  return sql`select * from vouchers where collector_id in (${collectors(keyRing, locator)})
    order by (state = 'activated') desc, issued_at desc, id limit ${CANDIDATES}`;
}

function collectors(keyRing: KeyRing, locator: Exclude<Locator, { serial: string }>): Sql {
  if ('registrationNumber' in locator) return sql`select id from beneficiaries where registration_number = ${locator.registrationNumber}`;
  const document = 'phone' in locator ? undefined : plainDocument(locator.issuingCountry, locator.documentNumber);
  const key = 'phone' in locator ? phoneKey(keyRing, locator.phone) : document && documentKey(keyRing, document);
  return sql`select beneficiary_id from beneficiary_keys where key = ${key ?? null}`;
}
