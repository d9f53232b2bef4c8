import {
  type KeyRing,
  newDataKey,
  openWith,
  sealWith,
  type UnderDataKey,
  type UnderMaster,
  unwrapDataKey,
  wrapDataKey,
} from '../platform/index.ts';
import type { Personal } from './types.ts';

/** What is sealed of a person. Each is a column; that of the attestation is null for who has documents. */
export const personalFields = [
  'names',
  'birth',
  'nationality',
  'documents',
  'phones',
  'answers',
  'attestation',
] as const satisfies readonly (keyof Personal)[];
export type PersonalField = (typeof personalFields)[number];

/** The sealed columns of a beneficiary; all null once the person has been erased. */
export type SealedPerson = { readonly data_key: Buffer | null } & { readonly [Name in PersonalField]: Buffer | null };

/** Where the key of a person is kept, wrapped. */
export const personKeys = {
  table: 'beneficiaries',
  column: 'data_key',
  key: 'id',
  bound: ['id'],
  place: ({ id }) => `beneficiary/${id}/data_key`,
  purpose: 'data-key',
  isDataKey: true,
} as const satisfies UnderMaster;

const personKey = (keyRing: KeyRing, id: string, dataKey: Buffer): Buffer =>
  unwrapDataKey(keyRing, personKeys.purpose, personKeys.place({ id }), dataKey);
const fieldPlace = (id: string, field: PersonalField): string => `beneficiary/${id}/${field}`;
const notePlace = (id: string, place: string): string => `beneficiary/${id}/${place}`;

/** The sealed fields of a person as columns. */
export const personColumns: readonly UnderDataKey[] = personalFields.map((field) => ({
  table: 'beneficiaries',
  column: field,
  bound: ['id'],
  place: ({ id = '' }) => fieldPlace(id, field),
  dataKey: personKeys,
  holder: 'id',
}));

/**
 * A column of notes about people, as {@link sealNote} seals them.
 * @param bound the columns that the place is made of
 * @param placeOf the place that is given to sealNote, of a row
 */
export const noteColumn = <const Bound extends string>(
  table: string,
  column: string,
  bound: readonly Bound[],
  placeOf: (row: Readonly<Record<Bound, string>>) => string,
): UnderDataKey => ({
  table,
  column,
  bound: ['beneficiary_id', ...bound],
  place: (row) => notePlace(row['beneficiary_id'] ?? '', placeOf(row as Readonly<Record<Bound, string>>)),
  dataKey: personKeys,
  holder: 'beneficiary_id',
});

/**
 * Seals a person under a new key of their own, which is itself sealed under the master key.
 * @param id the beneficiary's, which the seals are bound to: a value copied to another row does not open
 */
export function sealPerson(keyRing: KeyRing, id: string, personal: Personal): SealedPerson {
  const key = newDataKey();
  return {
    data_key: wrapDataKey(keyRing, personKeys.purpose, personKeys.place({ id }), key),
    ...sealFields(key, id, personalFields, personal),
  };
}

/** Seals some fields anew under the key that a person has already. @param dataKey as the person's row holds it */
export const resealPerson = <const Changed extends PersonalField>(
  keyRing: KeyRing,
  id: string,
  dataKey: Buffer,
  changed: readonly Changed[],
  personal: Personal,
): Pick<SealedPerson, Changed> => sealFields(personKey(keyRing, id, dataKey), id, changed, personal);

function sealFields<const Name extends PersonalField>(key: Buffer, id: string, names: readonly Name[], personal: Personal) {
  const sealed = names.map((name) => {
    const value = personal[name];
    return [name, value === undefined ? null : sealWith(key, fieldPlace(id, name), JSON.stringify(value))] as const;
  });
  return Object.fromEntries(sealed) as Pick<SealedPerson, Name>;
}

/**
 * Opens what a reader needs of a person, and nothing else.
 * @returns null when the person has been erased
 */
export function openPerson<const Wanted extends PersonalField>(
  keyRing: KeyRing,
  id: string,
  row: Pick<SealedPerson, 'data_key' | Wanted>,
  wanted: readonly Wanted[],
): Pick<Personal, Wanted> | null {
  if (!row.data_key) return null;
  const key = personKey(keyRing, id, row.data_key);
  const opened = wanted.flatMap((field) => {
    const sealed: Buffer | null = row[field];
    if (sealed) return [[field, JSON.parse(openWith(key, fieldPlace(id, field), sealed))] as const];
    if (field !== 'attestation') throw new Error(`the ${field} of a person who was not erased are missing`);
    return [];
  });
  return Object.fromEntries(opened) as Pick<Personal, Wanted>;
}

/**
 * Seals what another table says about a person, under the person's own key: erasing them makes it unreadable too.
 * @param place the table and the rest of its key
 */
export const sealNote = (keyRing: KeyRing, id: string, dataKey: Buffer, place: string, note: unknown): Buffer =>
  sealWith(personKey(keyRing, id, dataKey), notePlace(id, place), JSON.stringify(note));

/** Opens what {@link sealNote} made. */
export const openNote = (keyRing: KeyRing, id: string, dataKey: Buffer, place: string, sealed: Buffer): unknown =>
  JSON.parse(openWith(personKey(keyRing, id, dataKey), notePlace(id, place), sealed));
