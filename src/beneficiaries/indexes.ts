import type { KeyRing } from '../platform/index.ts';
import type { Personal } from './types.ts';

/** What a person can be found by without being readable. */
export type IndexKind = 'document' | 'phone' | 'birth';

/** Document numbers are compared without case, spaces and punctuation. */
export const plainDocumentNumber = (number: string): string => number.toUpperCase().replaceAll(/[^0-9A-Z]/g, '');

/** The keyed fingerprint of one value of a kind. Documents: `COUNTRY/NUMBER`; phones: E.164; births: an exact ISO date. */
export const indexOf = (keyRing: KeyRing, kind: IndexKind, value: string): Buffer => keyRing.blindIndex(kind, value);

/** Every index of a person. */
export function indexesOf(keyRing: KeyRing, { documents, phones, birth }: Personal): { kind: IndexKind; value: Buffer }[] {
  return [
    ...documents.map(({ issuingCountry, number }) => ({
      kind: 'document' as const,
      value: `${issuingCountry}/${plainDocumentNumber(number)}`,
    })),
    ...phones.map((phone) => ({ kind: 'phone' as const, value: phone })),
    ...(birth.precision === 'exact' ? [{ kind: 'birth' as const, value: birth.from }] : []),
  ].map(({ kind, value }) => ({ kind, value: indexOf(keyRing, kind, value) }));
}
