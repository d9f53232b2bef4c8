import { type KeyRing, newDataKey, openWith, sealWith } from '../platform/index.ts';
import type { Personal } from './types.ts';

const fields = ['names', 'birth', 'nationality', 'documents', 'phones', 'answers'] as const satisfies readonly (keyof Personal)[];
type Field = (typeof fields)[number];

/** The sealed columns of a beneficiary; all null once the person has been erased. */
export type SealedPerson = { readonly data_key: Buffer | null } & { readonly [Name in Field]: Buffer | null };

const keyPlace = (id: string): string => `beneficiary/${id}/data_key`;
const fieldPlace = (id: string, field: Field): string => `beneficiary/${id}/${field}`;

/**
 * Seals a person under a new key of their own, which is itself sealed under the master key.
 * @param id the beneficiary's, which the seals are bound to: a value copied to another row does not open
 */
export function sealPerson(keyRing: KeyRing, id: string, personal: Personal): SealedPerson {
  const key = newDataKey();
  const sealed = fields.map((field) => [field, sealWith(key, fieldPlace(id, field), JSON.stringify(personal[field]))] as const);
  return {
    data_key: keyRing.seal('data-key', keyPlace(id), key.toString('base64')),
    ...(Object.fromEntries(sealed) as { readonly [Name in Field]: Buffer }),
  };
}

/**
 * Opens what a reader needs of a person, and nothing else.
 * @returns null when the person has been erased
 */
export function openPerson<const Wanted extends Field>(
  keyRing: KeyRing, id: string, row: Pick<SealedPerson, 'data_key' | Wanted>, wanted: readonly Wanted[],
): Pick<Personal, Wanted> | null {
  if (!row.data_key) return null;
  const key = Buffer.from(keyRing.open('data-key', keyPlace(id), row.data_key), 'base64');
  const opened = wanted.map((field) => {
    const sealed = row[field];
    if (!sealed) throw new Error(`the ${field} of a person who was not erased are missing`);
    return [field, JSON.parse(openWith(key, fieldPlace(id, field), sealed))] as const;
  });
  return Object.fromEntries(opened) as Pick<Personal, Wanted>;
}
