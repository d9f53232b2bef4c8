import { type CommandContext, newId } from '../platform/index.ts';
import { consentRow } from './consent-store.ts';
import type { DuplicateCheck } from './duplicate-check.ts';
import { ensureHouseholds } from './household-store.ts';
import { indexesOf } from './indexes.ts';
import { newRegistrationNumber } from './registration-number.ts';
import { sealPerson } from './sealing.ts';
import { lockIndexes, takenNumbers } from './store.ts';
import type { Candidate } from './types.ts';

export interface Admission {
  readonly ids: readonly string[];
  /** How many may be people who were there before. */
  readonly duplicates: number;
}

/**
 * Enters people into a programme, however many there are, with the same few statements: sealed, indexed, compared with everybody,
 * and enrolled unless a shared document has to be looked into first.
 * @param enteredBy the user who brought them, who may not verify them later
 * @returns their ids in the order given
 */
export async function admit(
  context: CommandContext,
  duplicates: DuplicateCheck,
  programmeId: string,
  enteredBy: string,
  candidates: readonly Candidate[],
): Promise<Admission> {
  const { tx, keyRing, now } = context;
  const people = candidates.map((candidate) => ({
    ...candidate,
    id: newId(),
    indexes: distinctIndexes(indexesOf(keyRing, candidate.registration)),
  }));
  const sealed = people.map(({ id, registration }) => sealPerson(keyRing, id, registration));
  await lockIndexes(
    tx,
    people.flatMap(({ indexes }) => indexes.filter(({ kind }) => kind !== 'birth').map(({ value }) => value)),
  );
  const households = await ensureHouseholds(
    tx,
    programmeId,
    people.map(({ id, registration }) => ({ ...registration.household, headId: registration.relationship === 'head' ? id : null })),
    now,
  );
  const numbers = await freeNumbers(context, people.length);
  await tx.insert(
    'beneficiaries',
    people.map(({ id, registration, place }, i) => ({
      id,
      registration_number: numbers[i],
      household_id: households.get(registration.household.reference),
      relationship: registration.relationship,
      sex: registration.sex,
      language: registration.language,
      wilaya_number: place.wilayaNumber,
      commune: place.commune,
      ...sealed[i],
      registered_by: enteredBy,
      registered_at: now,
    })),
  );
  await tx.insert(
    'beneficiary_indexes',
    people.flatMap(({ id, indexes }) => indexes.map((index) => ({ ...index, beneficiary_id: id }))),
  );
  await tx.insert(
    'consents',
    people.flatMap(({ id, registration }, i) =>
      registration.consents.map((consent) => consentRow(keyRing, { id, data_key: sealed[i]?.data_key ?? null }, consent, enteredBy, now)),
    ),
  );
  const ids = people.map(({ id }) => id);
  const { blocked, held } = await duplicates.compare(context, programmeId, ids);
  await tx.insert(
    'enrolments',
    ids.map((id) => ({
      programme_id: programmeId,
      beneficiary_id: id,
      state: blocked.has(id) ? 'applicant' : 'enrolled',
      entered_by: enteredBy,
      changed_at: now,
    })),
  );
  return { ids, duplicates: held.size };
}

type Indexes = ReturnType<typeof indexesOf>;

const distinctIndexes = (indexes: Indexes): Indexes => [
  ...new Map(indexes.map((index) => [`${index.kind}/${index.value.toString('hex')}`, index])).values(),
];

async function freeNumbers({ tx }: CommandContext, count: number): Promise<string[]> {
  const free = new Set<string>();
  while (free.size < count) {
    const tried = Array.from({ length: count - free.size }, newRegistrationNumber);
    const taken = await takenNumbers(tx, tried);
    for (const number of tried) if (!taken.has(number)) free.add(number);
  }
  return [...free];
}
