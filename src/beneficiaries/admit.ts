import { type CommandContext, insertion, type KeyRing, newId } from '../platform/index.ts';
import { consentRow } from './consent-store.ts';
import { ensureHouseholds } from './household-store.ts';
import { matchProfileRow } from './match-profile.ts';
import { newRegistrationNumber } from './registration-number.ts';
import { type SealedPerson, sealPerson } from './sealing.ts';
import { takenNumbers } from './store.ts';
import type { Candidate, Entry } from './types.ts';

/** Somebody who is ready to be entered into a programme: sealed, and with the keys by which they are found. */
export interface Applicant extends Candidate {
  readonly id: string;
  readonly sealed: SealedPerson;
  readonly profile: ReturnType<typeof matchProfileRow>;
}

/** Makes somebody ready to be entered. It takes most of the time that entering them takes, and needs no transaction. */
export function applicantOf(keyRing: KeyRing, programmeId: string, candidate: Candidate): Applicant {
  const id = newId();
  const { registration, place } = candidate;
  return {
    ...candidate,
    id,
    sealed: sealPerson(keyRing, id, registration),
    profile: matchProfileRow(keyRing, programmeId, id, registration, place),
  };
}

/**
 * Enters people into a programme as applicants, however many there are, with the same few statements. They are compared with everybody
 * once this has been committed (`DuplicateCheck.compare`), and nobody is paid before.
 */
export async function admit(
  context: CommandContext,
  programmeId: string,
  { enteredBy, source, sourceId, needsVerification = false }: Entry,
  people: readonly Applicant[],
): Promise<void> {
  if (people.length === 0) return;
  const { tx, keyRing, now } = context;
  const [numbers, households] = await Promise.all([
    freeNumbers(context, people.length),
    ensureHouseholds(
      tx,
      programmeId,
      people.map(({ id, registration }) => ({ ...registration.household, headId: registration.relationship === 'head' ? id : null })),
      { reason: 'The head was registered', by: enteredBy, at: now },
    ),
  ]);
  const entered = people.map(({ id, registration, place, sealed, sourceRow = null }, i) => ({
    id,
    registration_number: numbers[i],
    household_id: households.get(registration.household.reference),
    relationship: registration.relationship,
    sex: registration.sex,
    language: registration.language,
    wilaya_number: place.wilayaNumber,
    commune: place.commune,
    ...sealed,
    source_row: sourceRow,
  }));
  const consents = people.flatMap(({ id, registration, sealed: { data_key } }) =>
    registration.consents.map((consent) => consentRow(keyRing, { id, data_key }, consent)),
  );
  // Nobody waits for them: they leave with what follows, and the commit tells whether they were taken.
  tx.defer(insertion('beneficiaries', entered, { source, source_id: sourceId ?? null, registered_by: enteredBy, registered_at: now }));
  tx.defer(
    insertion(
      'enrolments',
      people.map(({ id }) => ({ beneficiary_id: id })),
      { programme_id: programmeId, state: 'applicant', entered_by: enteredBy, needs_verification: needsVerification, changed_at: now },
    ),
  );
  if (consents.length > 0) tx.defer(insertion('consents', consents, { recorded_by: enteredBy, recorded_at: now }));
  const profiles = people.map(({ profile }) => profile);
  tx.defer(insertion('match_profiles', profiles));
}

async function freeNumbers({ tx }: CommandContext, count: number): Promise<string[]> {
  const free = new Set<string>();
  while (free.size < count) {
    const tried = Array.from({ length: count - free.size }, newRegistrationNumber);
    const taken = await takenNumbers(tx, tried);
    for (const number of tried) if (!taken.has(number)) free.add(number);
  }
  return [...free];
}
