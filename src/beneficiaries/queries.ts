import { command, type Db, type KeyRing, problem, type Scope } from '../platform/index.ts';
import type { Answers } from './answers.ts';
import { consentRowsOf, type KeptConsent, openConsent } from './consent-store.ts';
import { openPerson, type PersonalField, personalFields } from './sealing.ts';
import { type BeneficiaryRow, findBeneficiary, programmeOf, sealedPeople } from './store.ts';
import type { Attestation, Birth, IdentityDocument, Names, Personal } from './types.ts';

type Plain = Omit<BeneficiaryRow, 'data_key' | keyof Personal | 'registeredAt' | 'erasedAt' | 'version'>;

/** A person opened. One who was erased has nothing left to show. */
export interface Beneficiary extends Plain {
  readonly names: Names | null;
  readonly birth: Birth | null;
  readonly nationality: string | null;
  readonly documents: IdentityDocument[];
  readonly attestation: Attestation | null;
  readonly phones: string[];
  readonly answers: Answers;
  readonly consents: KeptConsent[];
  readonly registeredAt: string;
  /** When nothing was left of them but what the books need; null otherwise. */
  readonly erasedAt: string | null;
}

/** A person as they were read, and the version that they were at. */
export interface ReadBeneficiary {
  readonly beneficiary: Beneficiary;
  readonly version: number;
}

/** Where a beneficiary belongs. @throws not_found */
export async function beneficiaryScope(db: Db, beneficiaryId: string): Promise<Scope> {
  const found = await programmeOf(db, beneficiaryId);
  if (!found) throw problem.not_found('There is no such record.');
  return { programme: found.programmeId };
}

/** @throws not_found */
export async function openBeneficiary(db: Db, keyRing: KeyRing, id: string): Promise<ReadBeneficiary> {
  const [row, consents] = await Promise.all([findBeneficiary(db, id), consentRowsOf(db, id)]);
  if (!row) throw problem.not_found('There is no such record.');
  const { data_key, names, birth, nationality, documents, attestation, phones, answers, registeredAt, erasedAt, version, ...plain } = row;
  const person = openPerson(keyRing, id, row, personalFields);
  const beneficiary = {
    ...plain,
    names: person?.names ?? null,
    birth: person?.birth ?? null,
    nationality: person?.nationality ?? null,
    documents: [...(person?.documents ?? [])],
    attestation: person?.attestation ?? null,
    phones: [...(person?.phones ?? [])],
    answers: person?.answers ?? {},
    consents: consents.map((consent) => openConsent(keyRing, row, consent)),
    registeredAt: registeredAt.toISOString(),
    erasedAt: erasedAt?.toISOString() ?? null,
  };
  return { beneficiary, version };
}

// Reading a person leaves a trace in the trail, so these reads are commands.

/** Opens a person. @throws not_found */
export const readBeneficiary = command<{ beneficiaryId: string }, ReadBeneficiary>({
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
