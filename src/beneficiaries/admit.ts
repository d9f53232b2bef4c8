import { type CommandContext, newId } from '../platform/index.ts';
import { consentRow } from './consent-store.ts';
import { ensureHouseholds } from './household-store.ts';
import { matchProfileRow } from './match-profile.ts';
import { newRegistrationNumber } from './registration-number.ts';
import { sealPerson } from './sealing.ts';
import { takenNumbers } from './store.ts';
import type { Candidate, Entry } from './types.ts';

export interface Admission {
  readonly ids: readonly string[];
}

/**
 * Enters people into a programme as applicants, however many there are, with the same few statements. They are compared with everybody
 * once this has been committed (`DuplicateCheck.compare`), and nobody is paid before.
 * @returns their ids in the order given
 */
export async function admit(
  context: CommandContext,
  programmeId: string,
  { enteredBy, source, sourceId, needsVerification = false }: Entry,
  candidates: readonly Candidate[],
): Promise<Admission> {
  if (candidates.length === 0) return { ids: [] };
  const { tx, keyRing, now } = context;
  const people = candidates.map((candidate) => ({ ...candidate, id: newId() }));
  const sealed = people.map(({ id, registration }) => sealPerson(keyRing, id, registration));
  const households = await ensureHouseholds(
    tx,
    programmeId,
    people.map(({ id, registration }) => ({ ...registration.household, headId: registration.relationship === 'head' ? id : null })),
    { reason: 'The head was registered', by: enteredBy, at: now },
  );
  const numbers = await freeNumbers(context, people.length);
  await tx.insert(
    'beneficiaries',
    people.map(({ id, registration, place, sourceRow = null }, i) => ({
      id,
      registration_number: numbers[i],
      household_id: households.get(registration.household.reference),
      relationship: registration.relationship,
      sex: registration.sex,
      language: registration.language,
      wilaya_number: place.wilayaNumber,
      commune: place.commune,
      ...sealed[i],
      source,
      source_id: sourceId ?? null,
      source_row: sourceRow,
      registered_by: enteredBy,
      registered_at: now,
    })),
  );
  await tx.insert(
    'enrolments',
    people.map(({ id }) => ({
      programme_id: programmeId,
      beneficiary_id: id,
      state: 'applicant',
      entered_by: enteredBy,
      needs_verification: needsVerification,
      changed_at: now,
    })),
  );
  await tx.insert(
    'consents',
    people.flatMap(({ id, registration }, i) =>
      registration.consents.map((consent) => consentRow(keyRing, { id, data_key: sealed[i]?.data_key ?? null }, consent, enteredBy, now)),
    ),
  );
  await tx.insert(
    'match_profiles',
    people.map(({ id, registration, place }) => matchProfileRow(keyRing, programmeId, id, registration, place)),
  );
  return { ids: people.map(({ id }) => id) };
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
