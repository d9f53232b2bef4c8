import type { EnrolmentState, Language } from '../../beneficiaries/index.ts';
import { type Db, sql, type Tx, type Use } from '../../platform/index.ts';
import type { Kept } from './types.ts';

const columns = sql`s.id, s.programme_id as "programmeId", s.reference, s.language, s.content, s.state, s.key_version as "keyVersion",
  s.code_counter as "codeCounter", s.code_expires_at as "codeExpiresAt", s.wrong_codes as "wrongCodes",
  s.beneficiary_id as "beneficiaryId", s.expires_at as "expiresAt"`;

export interface NewKept {
  readonly id: string;
  readonly programmeId: string;
  readonly reference: string;
  readonly language: Language;
  readonly content: Buffer;
  readonly keyVersion: number;
  readonly expiresAt: Date;
}

/** @returns false when the reference is taken */
export async function insertKept(tx: Tx, kept: NewKept, now: Date): Promise<boolean> {
  const { id, programmeId, reference, language, content, keyVersion, expiresAt } = kept;
  const count = await tx.run(sql`insert into self_registrations (id, programme_id, reference, language, content, key_version, created_at,
      expires_at)
    values (${id}, ${programmeId}, ${reference}, ${language}, ${content}, ${keyVersion}, ${now}, ${expiresAt})
    on conflict (reference) do nothing`);
  return count === 1;
}

export const findKept = (db: Db, id: string): Promise<Kept | undefined> =>
  db.first(sql`select ${columns} from self_registrations s where s.id = ${id}`);

export const findByReference = (db: Db, reference: string): Promise<Kept | undefined> =>
  db.first(sql`select ${columns} from self_registrations s where s.reference = ${reference}`);

/** A self-registration on which tries pass one after another. */
export const lockByReference = (tx: Tx, reference: string): Promise<Kept | undefined> =>
  tx.first(sql`select ${columns} from self_registrations s where s.reference = ${reference} for no key update`);

export async function countWrongCode(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update self_registrations set wrong_codes = wrong_codes + 1 where id = ${id}`);
}

/** Makes another code the one that counts, once it is sent. @returns its counter */
export async function renewCode(tx: Tx, id: string, keyVersion: number): Promise<number> {
  const row = await tx.first<{ counter: number }>(sql`update self_registrations set code_counter = code_counter + 1, wrong_codes = 0,
    key_version = ${keyVersion}, code_expires_at = null where id = ${id} returning code_counter as counter`);
  return row?.counter ?? 0;
}

/** Lets the code count from now on, which it does not before it is sent. @returns until when; undefined when another code was asked for */
export async function openCode(tx: Tx, id: string, counter: number, until: Date): Promise<Date | undefined> {
  const row = await tx.first<{ until: Date }>(sql`update self_registrations set code_expires_at = coalesce(code_expires_at, ${until})
    where id = ${id} and code_counter = ${counter} returning code_expires_at as until`);
  return row?.until;
}

/** Empties it, now that the person stands among the others. */
export async function markEntered(tx: Tx, id: string, beneficiaryId: string): Promise<void> {
  await tx.run(sql`update self_registrations set state = 'entered', content = null, beneficiary_id = ${beneficiaryId} where id = ${id}`);
}

/** The versions of the master key that the codes of self-registrations are derived from which were sent and are good, or wait to be sent. */
export const codeVersions = (db: Db, now: Date): Promise<Use[]> =>
  db.all(sql`select key_version as version, count(*)::int as rows,
      max(coalesce(code_expires_at, expires_at)) as until
    from self_registrations where state <> 'expired' and code_expires_at > ${now}
      or state = 'awaiting_proof' and code_expires_at is null and expires_at > ${now} group by 1 order by 1`);

export const hasRunOut = async (db: Db, now: Date): Promise<boolean> =>
  (await db.first(sql`select from self_registrations where state = 'awaiting_proof' and expires_at <= ${now} limit 1`)) !== undefined;

/** Empties those that nobody has proved in time. @returns how many */
export const emptyRunOut = (tx: Tx, now: Date): Promise<number> =>
  tx.run(sql`update self_registrations set state = 'expired', content = null where state = 'awaiting_proof' and expires_at <= ${now}`);

export interface Standing {
  readonly state: EnrolmentState;
  readonly isBeingCompared: boolean;
}

/** Where somebody stands who was entered. */
export const standingOf = (db: Db, programmeId: string, beneficiaryId: string): Promise<Standing | undefined> =>
  db.first(sql`select e.state, exists (select from comparisons_due d where d.beneficiary_id = e.beneficiary_id) as "isBeingCompared"
    from enrolments e where e.programme_id = ${programmeId} and e.beneficiary_id = ${beneficiaryId}`);
