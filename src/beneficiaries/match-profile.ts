import { type Particulars, type Profile, profileOf } from '../matching/index.ts';
import { type KeyRing, Recent, type UnderMaster } from '../platform/index.ts';
import { KEYS_VERSION, keysOfPerson } from './keys.ts';
import type { Birth, Place, Registration } from './types.ts';

/** Between dates further apart than this nothing is known of a birth that tells two people apart. */
const WIDEST_BIRTH_YEARS = 10;

const isTelling = ({ from, to }: Birth): boolean => Number(to.slice(0, 4)) - Number(from.slice(0, 4)) <= WIDEST_BIRTH_YEARS;

/** What is compared of a person. */
export type Compared = Pick<Registration, 'names' | 'birth' | 'sex' | 'documents' | 'phones'> & {
  readonly household: { readonly reference: string };
};

/** What of a person is compared with others. Members of one household name the same reference. */
export const particularsOf = ({ names, birth, sex, documents, phones, household }: Compared, place: Place): Particulars => ({
  ...names,
  birth: isTelling(birth) ? birth : undefined,
  sex,
  documents: documents.map(({ issuingCountry, number }) => `${issuingCountry}/${number}`),
  phones,
  location: [place.wilayaNumber, place.commune],
  household: household.reference,
});

export const profiles = {
  table: 'match_profiles',
  column: 'profile',
  key: 'beneficiary_id',
  bound: ['beneficiary_id'],
  place: ({ beneficiary_id }) => `match_profiles/${beneficiary_id}`,
  purpose: 'match-profile',
} as const satisfies UnderMaster;

// Who was entered a moment ago is compared next, and what was sealed for that need not be opened.
const SEALED_KEPT = 1_000;
/** The authentication tag of AES-GCM. */
const SEAL_BYTES = 16;
const justSealed = new WeakMap<KeyRing, Recent<string, Profile>>();

function sealedBy(keyRing: KeyRing): Recent<string, Profile> {
  const known = justSealed.get(keyRing) ?? new Recent<string, Profile>(SEALED_KEPT);
  justSealed.set(keyRing, known);
  return known;
}

/** The end of what is sealed is its authentication tag: whoever has the same has the same profile of the same person. */
const sealOf = (beneficiaryId: string, sealed: Buffer): string =>
  `${beneficiaryId}/${sealed.toString('latin1', sealed.length - SEAL_BYTES)}`;

/** The row of `match_profiles` that goes with a person: written when they are entered, and again whenever any of this changes. */
export function matchProfileRow(keyRing: KeyRing, programmeId: string, beneficiaryId: string, compared: Compared, home: Place) {
  const profile = profileOf(particularsOf(compared, home));
  const { blocking, search } = keysOfPerson(keyRing, programmeId, profile, compared.phones);
  // Under a key of its own, so that comparing opens nothing else of a person.
  const sealed = keyRing.seal(profiles.purpose, profiles.place({ beneficiary_id: beneficiaryId }), JSON.stringify(profile));
  sealedBy(keyRing).set(sealOf(beneficiaryId, sealed), profile);
  return {
    beneficiary_id: beneficiaryId,
    programme_id: programmeId,
    profile: sealed,
    blocking_keys: blocking,
    search_keys: search,
    keys_version: KEYS_VERSION,
  };
}

/** Opens the profile of a person, as {@link matchProfileRow} sealed it. */
export const openMatchProfile = (keyRing: KeyRing, beneficiaryId: string, sealed: Buffer): Profile =>
  sealedBy(keyRing).get(sealOf(beneficiaryId, sealed)) ??
  (JSON.parse(keyRing.open(profiles.purpose, profiles.place({ beneficiary_id: beneficiaryId }), sealed)) as Profile);
