import { command, type Db, type KeyRing, type Page, pageOf, pageRequestById, problem, type Scope } from '../platform/index.ts';
import type { Answers } from './answers.ts';
import { consentsOf, type KeptConsent } from './consent-store.ts';
import { documentKey, phoneKey } from './keys.ts';
import { openPerson, type PersonalField, personalFields } from './sealing.ts';
import { type BeneficiaryRow, beneficiariesOf, findBeneficiary, idsByKey, programmeOf, sealedPeople } from './store.ts';
import type { Attestation, Birth, EnrolmentState, IdentityDocument, Names, Personal } from './types.ts';

type Plain = Omit<BeneficiaryRow, 'data_key' | keyof Personal | 'registeredAt' | 'version'>;

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
}

/** A person as they were read, and the version that they were at. */
export interface ReadBeneficiary {
  readonly beneficiary: Beneficiary;
  readonly version: number;
}

/** What a list shows of a person. */
export type BeneficiaryLine = Pick<
  Beneficiary,
  'id' | 'registrationNumber' | 'state' | 'names' | 'sex' | 'relationship' | 'wilayaNumber' | 'commune' | 'registeredAt'
> & { readonly householdReference: string };

/** Where a beneficiary belongs. @throws not_found */
export async function beneficiaryScope(db: Db, beneficiaryId: string): Promise<Scope> {
  const found = await programmeOf(db, beneficiaryId);
  if (!found) throw problem.not_found('There is no such record.');
  return { programme: found.programmeId };
}

/** @throws not_found */
export async function openBeneficiary(db: Db, keyRing: KeyRing, id: string): Promise<ReadBeneficiary> {
  const row = await findBeneficiary(db, id);
  if (!row) throw problem.not_found('There is no such record.');
  const { data_key, names, birth, nationality, documents, attestation, phones, answers, registeredAt, version, ...plain } = row;
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
    consents: await consentsOf(db, keyRing, row),
    registeredAt: registeredAt.toISOString(),
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

export interface ListRequest {
  readonly programmeId: string;
  readonly query: { readonly limit?: number; readonly cursor?: string; readonly state?: EnrolmentState };
}

/** A page of a programme's people in the order they were registered. */
export const listBeneficiaries = command<ListRequest, Page<BeneficiaryLine>>({
  name: 'beneficiaries.read',
  scope: (_db, { programmeId }) => ({ programme: programmeId }),
  async run({ tx, keyRing }, { programmeId, query }) {
    const { limit, after } = pageRequestById(query);
    const { items, nextCursor } = pageOf(await beneficiariesOf(tx, programmeId, query.state, limit, after), limit, ({ id }) => id);
    const lines = items.map(
      ({ id, registrationNumber, state, household, sex, relationship, wilayaNumber, commune, registeredAt, data_key, names }) => ({
        id,
        registrationNumber,
        state,
        names: openPerson(keyRing, id, { data_key, names }, ['names'])?.names ?? null,
        sex,
        relationship,
        householdReference: household.reference,
        wilayaNumber,
        commune,
        registeredAt: registeredAt.toISOString(),
      }),
    );
    return {
      result: { items: lines, nextCursor },
      subject: { type: 'beneficiaries_of_programme', id: programmeId },
      after: lines.map(({ id }) => id),
    };
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
