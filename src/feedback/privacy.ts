import { type Db, type KeyRing, type Sql, sql, type Tx } from '../platform/index.ts';
import { sealOf } from './sealing.ts';

/** What becomes of a case whose words go: its key is destroyed, and nothing that was told, noted or answered opens any more. */
const forget = (tx: Tx, which: Sql, at: Date): Promise<number> =>
  tx.run(sql`with forgotten as (
      update feedback_cases c set data_key = null, content = null, reply = null, has_contact = false, forgotten_at = ${at}
      where ${which} and c.forgotten_at is null returning c.id)
    insert into feedback_steps (case_id, number, step, user_id, at)
    select f.id, coalesce((select max(s.number) from feedback_steps s where s.case_id = f.id), 0) + 1, 'forgotten',
      '00000000-0000-0000-0000-000000000001', ${at}::timestamptz from forgotten f`);

/** Destroys the words of every case that is linked with somebody who is erased. That there was a case, and how it went, stays. */
export async function eraseFromFeedback(tx: Tx, beneficiaryIds: readonly string[], at: Date): Promise<void> {
  await forget(tx, sql`c.beneficiary_id = any(${beneficiaryIds}::uuid[])`, at);
}

/** Cases of a programme that were closed before a moment and whose words are still there, as a query of their ids. */
export const oldCases = (programmeId: string, before: Date): Sql => sql`select c.id::text as id from feedback_cases c
  where c.programme_id = ${programmeId} and c.closed_at < ${before} and c.forgotten_at is null`;

export async function forgetCases(tx: Tx, ids: readonly string[], at: Date): Promise<void> {
  await forget(tx, sql`c.id = any(${ids}::uuid[]) and c.state = 'closed'`, at);
}

/** A case as its own person is told of it. */
export interface OwnCase {
  readonly reference: string;
  readonly channel: string;
  readonly category: string;
  readonly state: string;
  readonly receivedAt: Date;
  readonly text: string | null;
  readonly reply: string | null;
}

/**
 * The ordinary cases that are linked with a person's records, with their words where the person wrote them. Of sensitive ones whoever handles
 * them tells the person: the file passes through other hands.
 */
export async function ownCases(db: Db, keyRing: KeyRing, records: readonly string[]): Promise<OwnCase[]> {
  type Row = OwnCase & { id: string; isAuthor: boolean; dataKey: Buffer | null; content: Buffer | null; sealedReply: Buffer | null };
  const rows = await db.all<Row>(sql`select c.id, c.reference, c.channel, c.category, c.state, c.received_at as "receivedAt",
      c.person_is = 'author' as "isAuthor", c.data_key as "dataKey", c.content, c.reply as "sealedReply"
    from feedback_cases c where c.beneficiary_id = any(${records}::uuid[]) and not c.is_sensitive order by c.id`);
  return rows.map(({ id, isAuthor, dataKey, content, sealedReply, ...row }) => {
    const seal = dataKey && isAuthor ? sealOf(keyRing, id, dataKey) : undefined;
    return {
      ...row,
      text: seal && content ? seal.openContent(content).text : null,
      reply: seal && sealedReply ? seal.openReply(sealedReply) : null,
    };
  });
}

/** The ordinary cases that are linked with records, for the story of a person. */
export async function casesInStory(db: Db, records: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`select id from feedback_cases where beneficiary_id = any(${records}::uuid[]) and not is_sensitive`,
  );
  return rows.map(({ id }) => id);
}
