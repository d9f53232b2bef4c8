import { type Db, type KeyRing, newId, type Sql, sql, type Tx } from '../platform/index.ts';
import { noteColumn, openNote, sealNote } from './sealing.ts';
import { recordsOf } from './store.ts';
import type { Consent, ConsentEvidence, ConsentPurpose } from './types.ts';

/** A consent as it is kept: what, how, by whom, and whether it was taken back. */
export interface KeptConsent extends Omit<Consent, 'evidence'> {
  readonly id: string;
  /** Null where there was none, and once the person has been erased. */
  readonly evidence: ConsentEvidence | null;
  readonly recordedBy: string;
  readonly recordedAt: string;
  readonly withdrawnBy: string | null;
  readonly withdrawnAt: string | null;
}

export type ConsentRow = Omit<KeptConsent, 'evidence' | 'recordedAt' | 'withdrawnAt'> & {
  readonly evidence: Buffer | null;
  readonly recordedAt: Date;
  readonly withdrawnAt: Date | null;
};

/** Whose consents they are, and the key that their evidence is sealed under. */
interface Consenting {
  readonly id: string;
  readonly data_key: Buffer | null;
}

const columns = sql`id, purpose, legal_basis as "legalBasis", method, given_on as "givenOn", evidence, recorded_by as "recordedBy",
  recorded_at as "recordedAt", withdrawn_by as "withdrawnBy", withdrawn_at as "withdrawnAt"`;

const evidencePlace = (consentId: string): string => `consents/${consentId}`;
export const consentEvidence = noteColumn('consents', 'evidence', ['id'], ({ id }) => evidencePlace(id));

/** Opens the evidence of a consent. @param whose the person who gave it */
export const openConsent = (keyRing: KeyRing, { id, data_key }: Consenting, row: ConsentRow): KeptConsent => ({
  ...row,
  evidence: data_key && row.evidence ? (openNote(keyRing, id, data_key, evidencePlace(row.id), row.evidence) as ConsentEvidence) : null,
  recordedAt: row.recordedAt.toISOString(),
  withdrawnAt: row.withdrawnAt?.toISOString() ?? null,
});

/** A consent as a row, but for who records it and when. @param whose a person who was not erased */
export function consentRow(keyRing: KeyRing, whose: Consenting, consent: Consent) {
  const id = newId();
  const { purpose, legalBasis, method, givenOn, evidence } = consent;
  if (evidence && !whose.data_key) throw new Error('nothing is recorded of a person who was erased');
  return {
    id,
    beneficiary_id: whose.id,
    purpose,
    legal_basis: legalBasis,
    method,
    given_on: givenOn,
    evidence: evidence && whose.data_key ? sealNote(keyRing, whose.id, whose.data_key, evidencePlace(id), evidence) : null,
  };
}

// Standing and withdrawn consents have an index each, so each half is said by itself.
const allOfPerson = (beneficiaryId: string): Sql =>
  sql`((beneficiary_id = ${beneficiaryId} and withdrawn_at is null) or (beneficiary_id = ${beneficiaryId} and withdrawn_at is not null))`;

/** The consents of a person in the order they were recorded, with their evidence still sealed. */
export const consentRowsOf = (db: Db, beneficiaryId: string, limit = 100, after?: string): Promise<ConsentRow[]> =>
  db.all(sql`select ${columns} from consents
    where ${allOfPerson(beneficiaryId)} and ${after ? sql`id > ${after}` : sql`true`} order by id limit ${limit}`);

/** As {@link consentRowsOf}, opened. */
export const consentsOf = async (db: Db, keyRing: KeyRing, whose: Consenting, limit?: number, after?: string): Promise<KeptConsent[]> =>
  (await consentRowsOf(db, whose.id, limit, after)).map((row) => openConsent(keyRing, whose, row));

export const standingPurposes = async (db: Db, beneficiaryId: string): Promise<ReadonlySet<ConsentPurpose>> => {
  const rows = await db.all<{ purpose: ConsentPurpose }>(
    sql`select purpose from consents where beneficiary_id = ${beneficiaryId} and withdrawn_at is null`,
  );
  return new Set(rows.map(({ purpose }) => purpose));
};

/** @returns the consent that stood, or undefined when none did */
export async function withdrawStandingConsent(
  tx: Tx,
  keyRing: KeyRing,
  whose: Consenting,
  purpose: ConsentPurpose,
  by: string,
  at: Date,
): Promise<KeptConsent | undefined> {
  const row = await tx.first<ConsentRow>(sql`update consents set withdrawn_at = ${at}, withdrawn_by = ${by}
    where beneficiary_id = ${whose.id} and purpose = ${purpose} and withdrawn_at is null returning ${columns}`);
  return row && openConsent(keyRing, whose, row);
}

/**
 * Whether somebody has taken a consent back and not given it again, for one of these purposes, on whichever of their records. Who was
 * never asked has taken nothing back.
 * @param beneficiaryId the person's id in the statement around it, or that of a record which was merged into theirs; of several, `any(…)`
 */
// A person who withdraws does not know which of their records counts, so that on any of them counts for all, until they consent again on
// that record or, later than they withdrew, on the one that goes on. What stood on another record before they withdrew changes nothing.
export const hasWithdrawn = (beneficiaryId: Sql, purposes: readonly ConsentPurpose[]): Sql => sql`exists (select from beneficiaries asked
  cross join lateral (select coalesce(asked.merged_into, asked.id) as id) survivor
  join consents taken on taken.beneficiary_id = any(${recordsOf(sql`survivor.id`)})
  where asked.id = ${beneficiaryId} and taken.purpose = any(${purposes}::text[]) and taken.withdrawn_at is not null
    and not exists (select from consents standing where standing.beneficiary_id in (taken.beneficiary_id, survivor.id)
      and standing.purpose = taken.purpose and standing.withdrawn_at is null
      and (standing.beneficiary_id = taken.beneficiary_id or standing.recorded_at >= taken.withdrawn_at)))`;

/** Whether somebody is suspended for no other reason than that they took their consent to registration back. */
export const isSuspendedByWithdrawal = async (tx: Tx, programmeId: string, beneficiaryId: string): Promise<boolean> =>
  // One command wrote both times, and any move since would have written another.
  (await tx.first(sql`select from enrolments e join consents c on c.beneficiary_id = e.beneficiary_id and c.withdrawn_at = e.changed_at
    where e.programme_id = ${programmeId} and e.beneficiary_id = ${beneficiaryId} and e.state = 'suspended' and c.purpose = 'registration'
    for update of e`)) !== undefined;
