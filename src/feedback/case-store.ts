import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import type { FeedbackCase, FeedbackCategory, StoredCase, Told } from './types.ts';

type Times = 'receivedAt' | 'acknowledgeDueAt' | 'resolveDueAt' | 'acknowledgedAt' | 'answeredAt' | 'closedAt' | 'toldAt' | 'forgottenAt';

/** A case as a query of {@link shownColumns} reads it. */
export type CaseRow = Omit<FeedbackCase, Times> & {
  readonly [Name in Times]: Name extends 'receivedAt' | 'acknowledgeDueAt' | 'resolveDueAt' ? Date : Date | null;
};

/** What is shown of a case `c` in a list. */
export const shownColumns = sql`c.id, c.programme_id as "programmeId", c.reference, c.channel, c.language, c.category,
  c.is_sensitive as "isSensitive", c.is_anonymous as "isAnonymous", num_nonnulls(c.beneficiary_id, c.voucher_id) > 0 as "isLinked", c.state,
  c.owner_id as "ownerId", c.received_at as "receivedAt", c.acknowledge_due_at as "acknowledgeDueAt", c.resolve_due_at as "resolveDueAt",
  c.acknowledged_at as "acknowledgedAt", c.answered_at as "answeredAt", c.closed_at as "closedAt", c.told_at as "toldAt",
  c.forgotten_at as "forgottenAt"`;

export const shownCase = (row: CaseRow): FeedbackCase => ({
  ...row,
  receivedAt: row.receivedAt.toISOString(),
  acknowledgeDueAt: row.acknowledgeDueAt.toISOString(),
  resolveDueAt: row.resolveDueAt.toISOString(),
  acknowledgedAt: row.acknowledgedAt?.toISOString() ?? null,
  answeredAt: row.answeredAt?.toISOString() ?? null,
  closedAt: row.closedAt?.toISOString() ?? null,
  toldAt: row.toldAt?.toISOString() ?? null,
  forgottenAt: row.forgottenAt?.toISOString() ?? null,
});

type Kept = Omit<StoredCase, 'shown'>;

const find = async (db: Db, which: Sql): Promise<StoredCase | undefined> => {
  const row = await db.first<CaseRow & Kept>(sql`select ${shownColumns}, c.data_key as "dataKey", c.content, c.reply,
      c.accused_ids as "accusedIds", c.beneficiary_id as "beneficiaryId", c.person_is as "personIs", c.voucher_id as "voucherId",
      c.payout_id as "payoutId"
    from feedback_cases c where ${which}`);
  if (!row) return undefined;
  const { dataKey, content, reply, accusedIds, beneficiaryId, personIs, voucherId, payoutId, ...shown } = row;
  return { shown: shownCase(shown), dataKey, content, reply, accusedIds, beneficiaryId, personIs, voucherId, payoutId };
};

export const findCase = (db: Db, id: string): Promise<StoredCase | undefined> => find(db, sql`c.id = ${id}`);

/** A case that nobody else changes until the transaction ends. */
export const lockCase = (tx: Tx, id: string): Promise<StoredCase | undefined> => find(tx, sql`c.id = ${id} for no key update of c`);

export const findCaseByReference = (db: Db, reference: string): Promise<StoredCase | undefined> =>
  find(db, sql`c.reference = ${reference}`);

export interface NewCase extends Omit<Told, 'text' | 'contact'> {
  readonly id: string;
  readonly reference: string;
  readonly isSensitive: boolean;
  readonly hasContact: boolean;
  readonly dataKey: Buffer;
  readonly content: Buffer;
  readonly messageIndex: Buffer | null;
  readonly acknowledgeDueAt: Date;
  readonly resolveDueAt: Date;
}

/** @returns false when the reference is taken, or the message is known */
export async function insertCase(tx: Tx, told: NewCase, now: Date): Promise<boolean> {
  const { id, programmeId, reference, channel, language, category, isSensitive, isAnonymous, hasContact, dataKey, content } = told;
  const count =
    await tx.run(sql`insert into feedback_cases (id, programme_id, reference, channel, language, category, is_sensitive, is_anonymous,
      has_contact, data_key, content, message_index, received_at, acknowledge_due_at, resolve_due_at)
    values (${id}, ${programmeId}, ${reference}, ${channel}, ${language}, ${category}, ${isSensitive}, ${isAnonymous}, ${hasContact}, ${dataKey},
      ${content}, ${told.messageIndex}, ${now}, ${told.acknowledgeDueAt}, ${told.resolveDueAt})
    on conflict do nothing`);
  return count === 1;
}

/** Whether a message of a gateway is a case already. */
export const isKeptMessage = async (db: Db, index: Buffer): Promise<boolean> =>
  (await db.first(sql`select from feedback_cases where message_index = ${index}`)) !== undefined;

/** The same, for whoever is about to make it one. Whoever asks about the same one at the same time waits. */
export const isKnownMessage = async (tx: Tx, index: Buffer): Promise<boolean> => {
  await tx.first(sql`select pg_advisory_xact_lock(hashtextextended(${`feedback-message/${index.toString('hex')}`}, 0))`);
  return isKeptMessage(tx, index);
};

/**
 * Writes down a step of a case, which the caller holds.
 * @param seal seals why it was taken, by the number of the step; nothing where there are no words, or no key any more
 */
export async function addStep(
  tx: Tx,
  caseId: string,
  step: string,
  by: string,
  at: Date,
  seal?: (number: number) => Buffer,
): Promise<void> {
  const row = await tx.first<{ number: number }>(
    sql`select coalesce(max(number), 0) + 1 as number from feedback_steps where case_id = ${caseId}`,
  );
  const number = row?.number ?? 1;
  await tx.run(sql`insert into feedback_steps (case_id, number, step, user_id, at, reason)
    values (${caseId}, ${number}, ${step}, ${by}, ${at}, ${seal?.(number) ?? null})`);
}

/** Moves a case that the caller holds. */
export async function moveCase(
  tx: Tx,
  id: string,
  to: 'acknowledged' | 'in_progress' | 'closed' | 'reopened',
  by: string,
  at: Date,
): Promise<void> {
  await tx.run(sql`update feedback_cases set state = ${to}, owner_id = case when ${to}::text in ('acknowledged', 'in_progress') then ${by}::uuid else owner_id end,
      acknowledged_at = coalesce(acknowledged_at, ${at}), closed_at = case when ${to}::text = 'closed' then ${at}::timestamptz end
    where id = ${id}`);
}

export async function answerCase(tx: Tx, id: string, reply: Buffer, at: Date): Promise<void> {
  await tx.run(sql`update feedback_cases set state = 'answered', reply = ${reply}, answered_at = ${at}, told_at = null where id = ${id}`);
}

export async function assignCase(tx: Tx, id: string, ownerId: string | null): Promise<void> {
  await tx.run(sql`update feedback_cases set owner_id = ${ownerId}::uuid where id = ${id}`);
}

export async function categoriseCase(
  tx: Tx,
  id: string,
  to: { category: FeedbackCategory; isSensitive: boolean; ownerId: string | null; acknowledgeDueAt: Date; resolveDueAt: Date },
): Promise<void> {
  await tx.run(sql`update feedback_cases set category = ${to.category}, is_sensitive = ${to.isSensitive}, owner_id = ${to.ownerId}::uuid,
    acknowledge_due_at = ${to.acknowledgeDueAt}, resolve_due_at = ${to.resolveDueAt} where id = ${id}`);
}

export async function nameAccused(tx: Tx, id: string, userIds: readonly string[]): Promise<void> {
  await tx.run(sql`update feedback_cases set accused_ids = array(select unnest(accused_ids) union select unnest(${userIds}::uuid[])),
    owner_id = case when owner_id = any(${userIds}::uuid[]) then null else owner_id end where id = ${id}`);
}

export async function linkCase(
  tx: Tx,
  id: string,
  by: string,
  link: Pick<StoredCase, 'beneficiaryId' | 'personIs' | 'voucherId' | 'payoutId'>,
): Promise<void> {
  await tx.run(sql`update feedback_cases set beneficiary_id = ${link.beneficiaryId}::uuid, person_is = ${link.personIs},
    voucher_id = ${link.voucherId}::uuid, payout_id = ${link.payoutId}::uuid, linked_by = ${by} where id = ${id}`);
}

export async function insertNote(tx: Tx, note: { id: string; caseId: string; note: Buffer; by: string }, at: Date): Promise<void> {
  await tx.run(
    sql`insert into feedback_notes (id, case_id, note, user_id, at) values (${note.id}, ${note.caseId}, ${note.note}, ${note.by}, ${at})`,
  );
}

export const notesOf = (db: Db, caseId: string): Promise<{ id: string; note: Buffer; by: string; at: Date }[]> =>
  db.all(sql`select id, note, user_id as by, at from feedback_notes where case_id = ${caseId} order by id`);

export const stepsOf = (db: Db, caseId: string): Promise<{ number: number; step: string; by: string; at: Date; reason: Buffer | null }[]> =>
  db.all(sql`select number, step, user_id as by, at, reason from feedback_steps where case_id = ${caseId} order by number`);
