import { command, type Db, type KeyRing, problem, type Scope } from '../platform/index.ts';
import { documentKey, phoneKey } from './keys.ts';
import { openPerson, type PersonalField } from './sealing.ts';
import { type BeneficiaryRow, consentsOf, findBeneficiary, idsByKey, programmeOf, sealedPeople } from './store.ts';
import type { Answers, Birth, Consent, IdentityDocument, Names, Personal } from './types.ts';

type Plain = Omit<BeneficiaryRow, 'data_key' | keyof Personal | 'registeredAt'>;

/** A person opened. One who was erased has nothing left to show. */
export interface Beneficiary extends Plain {
  readonly names: Names | null;
  readonly birth: Birth | null;
  readonly nationality: string | null;
  readonly documents: IdentityDocument[];
  readonly phones: string[];
  readonly answers: Answers;
  readonly consents: (Consent & { withdrawnAt: string | null })[];
  readonly registeredAt: string;
}

/** Where a beneficiary belongs. @throws not_found */
export async function beneficiaryScope(db: Db, beneficiaryId: string): Promise<Scope> {
  const found = await programmeOf(db, beneficiaryId);
  if (!found) throw problem.not_found('There is no such record.');
  return { programme: found.programmeId };
}

/** @throws not_found */
export async function openBeneficiary(db: Db, keyRing: KeyRing, id: string): Promise<Beneficiary> {
  const row = await findBeneficiary(db, id);
  if (!row) throw problem.not_found('There is no such record.');
  const { data_key, names, birth, nationality, documents, phones, answers, registeredAt, ...plain } = row;
  const person = openPerson(keyRing, id, row, ['names', 'birth', 'nationality', 'documents', 'phones', 'answers']);
  const consents = await consentsOf(db, id);
  return {
    ...plain,
    names: person?.names ?? null,
    birth: person?.birth ?? null,
    nationality: person?.nationality ?? null,
    documents: [...(person?.documents ?? [])],
    phones: [...(person?.phones ?? [])],
    answers: person?.answers ?? {},
    consents: consents.map((consent) => ({ ...consent, withdrawnAt: consent.withdrawnAt?.toISOString() ?? null })),
    registeredAt: registeredAt.toISOString(),
  };
}

// Reading a person leaves a trace in the trail, so these reads are commands.

/** Opens a person. @throws not_found */
export const readBeneficiary = command<{ beneficiaryId: string }, Beneficiary>({
  name: 'beneficiaries.read',
  scope: (db, { beneficiaryId }) => beneficiaryScope(db, beneficiaryId),
  async run({ tx, keyRing }, { beneficiaryId }) {
    return { result: await openBeneficiary(tx, keyRing, beneficiaryId), subject: { type: 'beneficiary', id: beneficiaryId } };
  },
});

/**
 * Opens what a reader needs of several people at once.
 * @returns by id; null for those who were erased
 */
export async function openPeople<const Wanted extends PersonalField>(
  db: Db,
  keyRing: KeyRing,
  ids: readonly string[],
  wanted: readonly Wanted[],
): Promise<Map<string, Pick<Personal, Wanted> | null>> {
  const rows = await sealedPeople(db, ids);
  return new Map(rows.map((row) => [row.id, openPerson(keyRing, row.id, row, wanted)]));
}

/** Who has this document (as `plainDocument` writes it); the survivor where records were merged. */
export const findByDocument = (db: Db, keyRing: KeyRing, document: string): Promise<string[]> =>
  idsByKey(db, documentKey(keyRing, document));

/** Who has this telephone number (E.164); the survivor where records were merged. */
export const findByPhone = (db: Db, keyRing: KeyRing, phone: string): Promise<string[]> => idsByKey(db, phoneKey(keyRing, phone));
