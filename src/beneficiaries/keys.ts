import { keysOf, type Profile, profileOf, soundsOfWord } from '../matching/index.ts';
import { type KeyRing, Recent } from '../platform/index.ts';

/**
 * By which rules keys are made. It goes up, with a migration that has the index of those with older keys, whenever a name comes to have other
 * words, sounds or blocks: then everybody gets new keys.
 */
export const KEYS_VERSION = 2;

/** What a blind key is made of. Documents and phones are found across programmes, everything else within one. */
export type KeyPurpose = 'document' | 'phone' | 'block' | 'name-exact' | 'name-sound';

/**
 * The first 64 bits of a keyed fingerprint, as a signed integer in decimal text. Two values in 2^64 may share one: whoever finds a
 * person by a key still looks at the person.
 */
export const blindKey = (keyRing: KeyRing, purpose: KeyPurpose, value: string): string => keyRing.blindNumber(purpose, value).toString();

/**
 * A document as it is compared: `COUNTRY/NUMBER` without spaces and punctuation; undefined when the number holds no letter or digit.
 * @param country ISO 3166-1 alpha-3
 */
export const plainDocument = (country: string, number: string): string | undefined =>
  plainDocumentNumber(number) && profileOf({ documents: [`${country}/${number}`] }).d?.[0];

/** A document's number as it is compared, where its country is not known. */
export const plainDocumentNumber = (number: string): string | undefined => profileOf({ documents: [number] }).d?.[0];

/** By this a person is found who holds a document. @param document as {@link plainDocument} or {@link plainDocumentNumber} writes it */
export const documentKey = (keyRing: KeyRing, document: string): string => blindKey(keyRing, 'document', document);

/** By this a person is found who has a telephone number. @param phone E.164 */
export const phoneKey = (keyRing: KeyRing, phone: string): string => blindKey(keyRing, 'phone', phone);

// A few thousand names are those of most people, and their keys take longer to work out than to remember.
const NAMES_KEPT = 5_000;
const PROGRAMMES_KEPT = 20;

/** The keys of words, by the word. */
interface NameKeys {
  readonly exact: Recent<string, string>;
  readonly sound: Recent<string, string>;
}

const nameKeys = new WeakMap<KeyRing, Recent<string, NameKeys>>();

function nameKeysOf(keyRing: KeyRing, programmeId: string): NameKeys {
  const programmes = nameKeys.get(keyRing) ?? new Recent<string, NameKeys>(PROGRAMMES_KEPT);
  nameKeys.set(keyRing, programmes);
  return programmes.getOrMake(programmeId, () => ({ exact: new Recent(NAMES_KEPT), sound: new Recent(NAMES_KEPT) }));
}

/** By this the people of a programme are found who bear a name. @param word as `nameTokens` of the matching room gives it */
export const nameKey = (keyRing: KeyRing, programmeId: string, likeness: 'exact' | 'sound', word: string): string =>
  nameKeysOf(keyRing, programmeId)[likeness].getOrMake(word, () => blindKey(keyRing, `name-${likeness}`, `${programmeId}/${word}`));

/** By these the people of a programme become candidates for one another. */
export const blockingKeys = (keyRing: KeyRing, programmeId: string, profile: Profile): string[] =>
  distinct(keysOf(profile).map(({ kind, text }) => blindKey(keyRing, 'block', `${programmeId}/${kind}/${text}`)));

/** The keys under which a person is kept: those by which candidates are found, and those by which somebody looks for them. */
export interface PersonKeys {
  readonly blocking: readonly string[];
  readonly search: readonly string[];
}

/** Every key of a person, each once. @param phones E.164 */
export function keysOfPerson(keyRing: KeyRing, programmeId: string, profile: Profile, phones: readonly string[]): PersonKeys {
  const { d: documents = [], g: given = [], m: middle = [], f: family = [] } = profile;
  return {
    blocking: blockingKeys(keyRing, programmeId, profile),
    search: distinct([
      // Whoever asks for a number may not know which country gave it.
      ...documents.flatMap((document) => [document, document.slice(document.indexOf('/') + 1)]).map((text) => documentKey(keyRing, text)),
      ...phones.map((phone) => phoneKey(keyRing, phone)),
      // Whoever hears a name writes it by one of the ways in which it may be read.
      ...[...given, ...middle, ...family].flatMap(([exact]) => [
        nameKey(keyRing, programmeId, 'exact', exact),
        ...soundsOfWord(exact).map((sound) => nameKey(keyRing, programmeId, 'sound', sound)),
      ]),
    ]),
  };
}

const distinct = (keys: readonly string[]): string[] => [...new Set(keys)];
