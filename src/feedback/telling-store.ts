import { type Db, sql, type Tx } from '../platform/index.ts';
import type { FeedbackState } from './types.ts';

export interface NewTelling {
  readonly id: string;
  readonly caseId: string;
  readonly how: 'sms' | 'phone' | 'in_person';
  readonly by: string;
  readonly toldAt: Date | null;
  /** Of a message: which answer is to be sent. */
  readonly replyDigest: Buffer | null;
}

export async function insertTelling(tx: Tx, { id, caseId, how, by, toldAt, replyDigest }: NewTelling, at: Date): Promise<void> {
  await tx.run(
    sql`insert into feedback_tellings (id, case_id, how, user_id, asked_at, told_at, reply_digest)
    values (${id}, ${caseId}, ${how}, ${by}, ${at}, ${toldAt}, ${replyDigest})`,
  );
  if (toldAt) await tx.run(sql`update feedback_cases set told_at = ${toldAt} where id = ${caseId}`);
}

/** A telling that waits, with what its message is made of. */
export interface Telling {
  readonly caseId: string;
  readonly programmeId: string;
  readonly isSettled: boolean;
  readonly state: FeedbackState;
  readonly isSensitive: boolean;
  readonly replyDigest: Buffer | null;
  readonly dataKey: Buffer | null;
  readonly content: Buffer | null;
  readonly reply: Buffer | null;
}

export const findTelling = (db: Db, id: string): Promise<Telling | undefined> =>
  db.first(sql`select t.case_id as "caseId", c.programme_id as "programmeId", t.told_at is not null or t.failed_at is not null as "isSettled",
      c.state, c.is_sensitive as "isSensitive", t.reply_digest as "replyDigest", c.data_key as "dataKey", c.content, c.reply
    from feedback_tellings t join feedback_cases c on c.id = t.case_id where t.id = ${id}`);

/** @returns whether it waited */
export async function settleTelling(tx: Tx, id: string, wasSent: boolean, at: Date): Promise<boolean> {
  const settled = await tx.first<{ caseId: string }>(sql`update feedback_tellings
    set told_at = case when ${wasSent} then ${at}::timestamptz end, failed_at = case when not ${wasSent} then ${at}::timestamptz end
    where id = ${id} and told_at is null and failed_at is null returning case_id as "caseId"`);
  if (settled && wasSent) await tx.run(sql`update feedback_cases set told_at = ${at} where id = ${settled.caseId}`);
  return settled !== undefined;
}
