import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import { giveHeadBack, takeHeadAway } from './household-store.ts';
import type { SealedPerson } from './sealing.ts';
import type { EnrolmentState, Language, Relationship, Sex } from './types.ts';

/** A beneficiary as the table holds one, sealed. */
export interface BeneficiaryRow extends SealedPerson {
  readonly id: string;
  readonly registrationNumber: string;
  readonly programmeId: string;
  readonly state: EnrolmentState;
  readonly household: { id: string; reference: string; size: number; headId: string | null };
  readonly relationship: Relationship;
  readonly sex: Sex;
  readonly language: Language;
  readonly wilayaNumber: string;
  readonly commune: string;
  readonly pcode: string | null;
  readonly pcodeOf: string | null;
  readonly mergedInto: string | null;
  readonly comparisonDue: boolean;
  readonly source: 'officer' | 'file' | 'self' | 'partner' | 'kobo';
  readonly needsVerification: boolean;
  readonly verifiedBy: string | null;
  readonly version: number;
  readonly registeredBy: string;
  readonly registeredAt: Date;
  readonly erasedAt: Date | null;
}

const columns = sql`b.id, b.registration_number as "registrationNumber", h.programme_id as "programmeId", e.state,
  jsonb_build_object('id', h.id, 'reference', h.reference, 'size', h.size, 'headId', h.head_id) as household, b.relationship, b.sex, b.language,
  b.wilaya_number as "wilayaNumber", b.commune, b.merged_into as "mergedInto", b.registered_by as "registeredBy",
  b.registered_at as "registeredAt", b.erased_at as "erasedAt", b.data_key, b.names, b.birth, b.nationality, b.documents, b.phones, b.answers, b.attestation,
  b.source, b.version, e.needs_verification as "needsVerification", e.verified_by as "verifiedBy",
  exists (select from comparisons_due d where d.beneficiary_id = b.id) as "comparisonDue",
  coalesce(w.pcode, p.pcode) as pcode, case when w.pcode is null then p.number else w.number end as "pcodeOf"`;
const tables = sql`beneficiaries b join households h on h.id = b.household_id
  join enrolments e on e.programme_id = h.programme_id and e.beneficiary_id = b.id
  join wilayas w on w.number = b.wilaya_number left join wilayas p on p.number = w.parent_number`;

export const findBeneficiary = (db: Db, id: string): Promise<BeneficiaryRow | undefined> =>
  db.first(sql`select ${columns} from ${tables} where b.id = ${id}`);

/** A person whom nobody else changes until the transaction ends. */
export const lockBeneficiary = (tx: Tx, id: string): Promise<BeneficiaryRow | undefined> =>
  tx.first(sql`select ${columns} from ${tables} where b.id = ${id} for no key update of b`);

export const programmeOf = (db: Db, beneficiaryId: string): Promise<{ programmeId: string } | undefined> =>
  db.first(
    sql`select h.programme_id as "programmeId" from beneficiaries b join households h on h.id = b.household_id where b.id = ${beneficiaryId}`,
  );

/** Which of these registration numbers somebody has. */
export async function takenNumbers(tx: Tx, numbers: readonly string[]): Promise<Set<string>> {
  const rows = await tx.all<{ number: string }>(
    sql`select registration_number as number from beneficiaries where registration_number = any(${numbers}::text[])`,
  );
  return new Set(rows.map(({ number }) => number));
}

export interface Enrolment {
  readonly state: EnrolmentState;
  readonly enteredBy: string;
}

/** An enrolment, which nobody else changes until the transaction ends. */
export const lockEnrolment = (tx: Tx, programmeId: string, beneficiaryId: string): Promise<Enrolment | undefined> =>
  tx.first(sql`select state, entered_by as "enteredBy" from enrolments
    where programme_id = ${programmeId} and beneficiary_id = ${beneficiaryId} for update`);

/** Whether somebody has been entered or changed and not been compared with everybody since. */
export const isBeingCompared = async (db: Db, beneficiaryId: string): Promise<boolean> =>
  (await db.first(sql`select from comparisons_due where beneficiary_id = ${beneficiaryId}`)) !== undefined;

export async function setEnrolment(
  tx: Tx,
  programmeId: string,
  beneficiaryId: string,
  state: EnrolmentState,
  at: Date,
  verifiedBy: string | null = null,
): Promise<void> {
  await tx.run(sql`update enrolments set state = ${state}, changed_at = ${at}, verified_by = coalesce(${verifiedBy}::uuid, verified_by)
    where programme_id = ${programmeId} and beneficiary_id = ${beneficiaryId}`);
}

/** Enrols those of these people who are applicants, need nobody to verify them and consent to being registered. */
export function enrolApplicants(tx: Tx, beneficiaryIds: readonly string[], at: Date): void {
  tx.defer(
    sql`update enrolments set state = 'enrolled', changed_at = ${at} where beneficiary_id = any(${beneficiaryIds}::uuid[]) and state = 'applicant'
      and (not needs_verification or verified_by is not null)
      -- A look-up for each, and not "exists", which the planner turns into reading every consent there is.
      and (select true from consents c where c.beneficiary_id = enrolments.beneficiary_id and c.purpose = 'registration'
        and c.withdrawn_at is null limit 1)`,
  );
}

/** Where a record stood before it was merged. */
export interface Unmerged {
  readonly state: EnrolmentState;
  /** The records that pointed at it. */
  readonly records: readonly string[];
  /** The household that it headed. */
  readonly headOf?: string;
}

/**
 * Makes one record point at the record of the same person, with everything that pointed at it before. A household that it headed has no head
 * until one is named. @returns where it stood
 */
export async function mergeInto(tx: Tx, loserId: string, survivorId: string, { by, at }: { by: string; at: Date }): Promise<Unmerged> {
  const before = await tx.first<Unmerged>(sql`select e.state,
      array(select id from beneficiaries where merged_into = ${loserId} order by id for no key update) as records
    from enrolments e join beneficiaries b on b.id = e.beneficiary_id join households h on h.id = b.household_id and h.programme_id = e.programme_id
    where b.id = ${loserId}`);
  if (!before) throw new Error('a record is merged that does not exist');
  await tx.run(
    sql`update beneficiaries set merged_into = ${survivorId}, version = version + 1 where id = ${loserId} or merged_into = ${loserId}`,
  );
  await tx.run(
    sql`update enrolments set state = 'merged', changed_at = ${at} where beneficiary_id = ${loserId} and state in ('applicant', 'enrolled', 'suspended')`,
  );
  const headOf = await takeHeadAway(tx, loserId, { reason: 'The head was merged into another record', by, at });
  return { ...before, ...(headOf ? { headOf } : {}) };
}

/** A record that points at another, and what it was before. */
export interface Merged {
  readonly loserId: string;
  readonly survivorId: string;
  readonly mergedAt: Date;
  readonly before: Unmerged;
}

/**
 * Takes a record out of the one it was merged into, with what pointed at it before. Who has taken their consent to registration back
 * meanwhile, as either record, does not come back enrolled. A household that it headed has it for its head again, unless another was named.
 */
export async function separate(tx: Tx, merged: Merged, { by, at }: { by: string; at: Date }): Promise<void> {
  const {
    loserId,
    survivorId,
    mergedAt,
    before: { state, records, headOf },
  } = merged;
  await tx.run(sql`update beneficiaries set merged_into = null, version = version + 1 where id = ${loserId}`);
  await tx.run(sql`update beneficiaries set merged_into = ${loserId}, version = version + 1 where id = any(${records}::uuid[])`);
  const isWithdrawn = sql`exists (select from consents c where c.beneficiary_id in (${loserId}, ${survivorId}) and c.purpose = 'registration'
    and c.withdrawn_at >= ${mergedAt} and not exists (select from consents again where again.beneficiary_id = c.beneficiary_id
      and again.purpose = c.purpose and again.withdrawn_at is null))`;
  await tx.run(sql`update enrolments set changed_at = ${at},
      state = case when ${state}::text = 'enrolled' and ${isWithdrawn} then 'suspended' else ${state}::text end
    where beneficiary_id = ${loserId} and state = 'merged'`);
  if (headOf) await giveHeadBack(tx, headOf, loserId, { reason: 'The merger of the head was undone', by, at });
}

export const sealedPeople = (db: Db, ids: readonly string[]): Promise<(SealedPerson & { id: string })[]> =>
  db.all(
    sql`select id, data_key, names, birth, nationality, documents, phones, answers, attestation from beneficiaries where id = any(${ids}::uuid[])`,
  );

/** All records of a person: the one that goes on and those that were merged into it. @param survivorId in the statement around it */
export const recordsOf = (survivorId: Sql): Sql =>
  sql`array(select ${survivorId} union all select r.id from beneficiaries r where r.merged_into = ${survivorId})`;
