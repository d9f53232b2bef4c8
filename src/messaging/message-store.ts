import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { MessageState } from './rules.ts';
import type { DeadReason, DealtWithHow, Message, MessageCounts } from './types.ts';

interface Row extends Omit<Message, 'createdAt' | 'acceptedAt' | 'reportedAt' | 'dealtWith'> {
  readonly createdAt: Date;
  readonly acceptedAt: Date | null;
  readonly reportedAt: Date | null;
  readonly dealtAt: Date | null;
  readonly dealtBy: string | null;
  readonly dealtHow: DealtWithHow | null;
  readonly dealtReason: string | null;
}

const shown = ({ createdAt, acceptedAt, reportedAt, dealtAt, dealtBy, dealtHow, dealtReason, ...row }: Row): Message => ({
  ...row,
  createdAt: createdAt.toISOString(),
  acceptedAt: acceptedAt?.toISOString() ?? null,
  reportedAt: reportedAt?.toISOString() ?? null,
  dealtWith:
    dealtAt && dealtBy && dealtHow && dealtReason ? { at: dealtAt.toISOString(), by: dealtBy, how: dealtHow, reason: dealtReason } : null,
});

const found = sql`select m.id, m.kind, m.voucher_id as "voucherId", v.serial, m.state, m.attempts, m.last_error as reason, m.segments,
    m.created_at as "createdAt", m.accepted_at as "acceptedAt", m.reported_at as "reportedAt", m.dealt_with_at as "dealtAt",
    m.dealt_with_by as "dealtBy", m.dealt_with_how as "dealtHow", m.dealt_with_reason as "dealtReason"
  from messages m join vouchers v on v.id = m.voucher_id`;

/** Messages `m` to vouchers `v` that did not arrive, of which the voucher can still be paid under this code. */
const isLost = sql`m.state in ('failed', 'undelivered') and m.counter = v.counter and v.state in ('issued', 'activated')
  and m.last_error not in ('replaced', 'not_payable')`;

/** Those that somebody has to deal with. */
const isDead = sql`${isLost} and m.dealt_with_at is null`;

const ofProgramme = (programmeId: string): Sql => sql`m.list_id in (select id from payment_lists where programme_id = ${programmeId})`;

async function page(db: Db, conditions: readonly Sql[], limit: number, after: string | undefined): Promise<Page<Message>> {
  const rows = await db.all<Row>(
    sql`${found} where ${allOf([...conditions, ...(after ? [sql`m.id > ${after}`] : [])])} order by m.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** The messages of a list, by id. */
export const pageOfMessages = (
  db: Db,
  listId: string,
  state: MessageState | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Message>> => page(db, [sql`m.list_id = ${listId}`, ...(state ? [sql`m.state = ${state}`] : [])], limit, after);

/** The dead letters of a programme, by id. */
export const pageOfDeadLetters = (
  db: Db,
  programmeId: string,
  reason: DeadReason | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Message>> => page(db, [ofProgramme(programmeId), isDead, ...(reason ? [sql`m.last_error = ${reason}`] : [])], limit, after);

/** Messages by state, and dead letters by reason. */
async function counts(db: Db, which: Sql): Promise<MessageCounts> {
  const states = await db.all<MessageCounts['states'][number]>(
    sql`select m.state, count(*)::int as messages from messages m where ${which} group by 1 order by 1`,
  );
  const deadLetters = await db.all<MessageCounts['deadLetters'][number]>(sql`select m.last_error as reason, count(*)::int as messages
    from messages m join vouchers v on v.id = m.voucher_id where ${which} and ${isDead} group by 1 order by 1`);
  return { states, deadLetters };
}

export const countsOfList = (db: Db, listId: string): Promise<MessageCounts> => counts(db, sql`m.list_id = ${listId}`);
export const countsOfProgramme = (db: Db, programmeId: string): Promise<MessageCounts> => counts(db, ofProgramme(programmeId));

export async function findMessage(db: Db, id: string): Promise<(Message & { readonly listId: string }) | undefined> {
  const row = await db.first<Row & { listId: string }>(sql`select found.*, m.list_id as "listId" from (${found} where m.id = ${id}) found
    join messages m on m.id = found.id`);
  if (!row) return undefined;
  const { listId, ...rest } = row;
  return { ...shown(rest), listId };
}

/** A message without the list that it is of. */
export const withoutList = ({ listId: _list, ...message }: Message & { readonly listId: string }): Message => message;

/**
 * Puts messages on their way again that did not arrive, whether or not somebody has dealt with them, for a fresh number of attempts. Receipts of the time before are not taken for receipts of this one.
 * @param gatewayId that somebody wants them to go by
 * @returns which
 */
export const retryDead = (
  tx: Tx,
  now: Date,
  which: Sql,
  gatewayId: string | null,
  limit: number,
): Promise<{ id: string; listId: string }[]> =>
  tx.all(sql`with dead as (
      select m.id from messages m join vouchers v on v.id = m.voucher_id where ${which} and ${isLost} order by m.id limit ${limit} for update of m),
    forgotten as (delete from message_receipts r using messages m, dead where m.id = dead.id and r.gateway_id = m.gateway_id
      and r.reference in (m.id::text, m.gateway_reference))
    update messages m set state = 'pending', attempts = 0, turned_away = 0, passed_by = null, dated_at = null, last_error = null,
      next_try_at = ${now}, wanted_gateway_id = ${gatewayId}, gateway_reference = null, dealt_with_at = null, dealt_with_by = null,
      dealt_with_how = null, dealt_with_reason = null
    from dead where m.id = dead.id returning m.id, m.list_id as "listId"`);

export const isMessage = (id: string): Sql => sql`m.id = ${id}`;
/** Dead letters of a programme that have one reason, but what somebody has dealt with. */
export const hasReason = (programmeId: string, reason: DeadReason): Sql =>
  sql`${ofProgramme(programmeId)} and m.last_error = ${reason} and m.dealt_with_at is null`;

/** Notes that a person was told in another way. @returns whether the message was still a dead letter */
export async function markDealtWith(tx: Tx, now: Date, id: string, by: string, how: DealtWithHow, reason: string): Promise<boolean> {
  const changed = await tx.run(sql`update messages m set dealt_with_at = ${now}, dealt_with_by = ${by}, dealt_with_how = ${how},
      dealt_with_reason = ${reason}
    from vouchers v where v.id = m.voucher_id and m.id = ${id} and ${isDead}`);
  return changed > 0;
}
