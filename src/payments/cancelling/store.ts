import { type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Cancellation, Instalments } from './types.ts';

type Row = Omit<Cancellation, 'total' | 'cancelled' | 'proposedAt' | 'decidedAt' | 'finishedAt'> & {
  readonly total: string;
  readonly currency: string;
  readonly cancelledLines: number;
  readonly cancelledTotal: string;
  readonly proposedAt: Date;
  readonly decidedAt: Date | null;
  readonly finishedAt: Date | null;
};

const columns = sql`c.id, c.list_id as "listId", c.whole, c.instalments, c.reason, c.state, c.line_count as "lineCount", c.total::text, c.currency,
  o.lines as "cancelledLines", o.total as "cancelledTotal", c.proposed_by as "proposedBy", c.proposed_at as "proposedAt",
  c.decided_by as "decidedBy", c.decided_at as "decidedAt", c.finished_at as "finishedAt"`;
const tables = sql`payment_list_cancellations c cross join lateral (
  select count(*)::int as lines, coalesce(sum(l.amount), 0)::text as total from payment_list_lines l where l.cancellation_id = c.id) o`;

function shown({ total, currency, cancelledLines, cancelledTotal, proposedAt, decidedAt, finishedAt, ...row }: Row): Cancellation {
  return {
    ...row,
    total: Money.of(total, currency).toJSON(),
    cancelled: { lines: cancelledLines, total: Money.of(cancelledTotal, currency).toJSON() },
    proposedAt: proposedAt.toISOString(),
    decidedAt: decidedAt?.toISOString() ?? null,
    finishedAt: finishedAt?.toISOString() ?? null,
  };
}

export async function findCancellation(db: Db, id: string): Promise<Cancellation | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ${tables} where c.id = ${id}`);
  return row && shown(row);
}

/** The same, decided by nobody else until this transaction ends. */
export async function lockCancellation(tx: Tx, id: string): Promise<Cancellation | undefined> {
  await tx.first(sql`select from payment_list_cancellations where id = ${id} for no key update`);
  return findCancellation(tx, id);
}

/** A list's cancellations, newest first. */
export async function pageOfCancellations(db: Db, listId: string, limit: number, before: string | undefined): Promise<Page<Cancellation>> {
  const rows = await db.all<Row>(sql`select ${columns} from ${tables}
    where c.list_id = ${listId} and (${before ?? null}::uuid is null or c.id < ${before ?? null}::uuid) order by c.id desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** Lines `l` of a list that nobody was paid for, with their voucher `v`. */
const unpaid = (listId: string): Sql => sql`payment_list_lines l join vouchers v on v.line_id = l.id
  where l.list_id = ${listId} and l.state = 'released' and v.state <> 'redeemed'`;

/** What is unpaid of a list, or of some of its lines. @param lineIds null is of all */
export async function unpaidOf(
  db: Db,
  listId: string,
  lineIds: readonly string[] | null,
): Promise<{ lines: number; total: Money } | undefined> {
  const row = await db.first<{ lines: number; total: string; currency: string | null }>(sql`
    select count(*)::int as lines, coalesce(sum(l.amount), 0)::text as total, min(l.currency) as currency
    from ${unpaid(listId)} and (${lineIds}::uuid[] is null or l.id = any(${lineIds}::uuid[]))`);
  return row?.currency ? { lines: row.lines, total: Money.of(row.total, row.currency) } : undefined;
}

/** What somebody proposes to cancel. */
export interface Proposal {
  readonly id: string;
  readonly listId: string;
  readonly lineIds: readonly string[] | null;
  readonly instalments: Instalments;
  readonly reason: string;
  readonly lines: number;
  readonly total: Money;
  readonly proposedBy: string;
}

export async function insertProposal(tx: Tx, proposal: Proposal, now: Date): Promise<void> {
  const { id, listId, lineIds, instalments, reason, lines, total, proposedBy } = proposal;
  await tx.insert('payment_list_cancellations', [
    {
      id,
      list_id: listId,
      whole: lineIds === null,
      instalments,
      reason,
      state: 'proposed',
      line_count: lines,
      total: total.toString(),
      currency: total.currency,
      proposed_by: proposedBy,
      proposed_at: now,
    },
  ]);
  await tx.insert(
    'payment_list_cancellation_lines',
    (lineIds ?? []).map((lineId) => ({ cancellation_id: id, line_id: lineId })),
  );
}

export const decide = (tx: Tx, id: string, state: 'confirmed' | 'withdrawn', by: string, now: Date): Promise<number> =>
  tx.run(sql`update payment_list_cancellations set state = ${state}, decided_by = ${by}, decided_at = ${now} where id = ${id}`);

export const finish = (tx: Tx, id: string, now: Date): Promise<number> =>
  tx.run(sql`update payment_list_cancellations set state = 'done', finished_at = ${now} where id = ${id}`);

/** A line that is to be cancelled, and its voucher. */
export interface LineToCancel {
  readonly id: string;
  readonly voucherId: string;
  /** Whether the voucher is over already, so that the fund has its money back. */
  readonly isOver: boolean;
}

/**
 * The next lines that a confirmed cancellation is of. Whoever pays one of their vouchers or lets it expire at this moment is waited for; what was
 * paid is not among them. The vouchers stay as they are said to be until this transaction ends.
 */
export const linesToCancel = (
  tx: Tx,
  { id, listId, whole }: Pick<Cancellation, 'id' | 'listId' | 'whole'>,
  limit: number,
): Promise<LineToCancel[]> =>
  tx.all<LineToCancel>(sql`select l.id, v.id as "voucherId", v.state in ('expired', 'cancelled') as "isOver" from ${unpaid(listId)}
    and (${whole} or exists (select from payment_list_cancellation_lines n where n.cancellation_id = ${id} and n.line_id = l.id))
    order by l.position limit ${limit} for no key update of v`);

export const markCancelled = async (tx: Tx, id: string, lineIds: readonly string[]): Promise<string[]> =>
  (
    await tx.all<{ id: string }>(sql`update payment_list_lines set state = 'cancelled', cancellation_id = ${id}
      where id = any(${lineIds}::uuid[]) and state = 'released' returning id`)
  ).map((line) => line.id);

/** Withdraws the instalments of these lines: no list pays them any more. */
export const withdrawInstalments = (tx: Tx, lineIds: readonly string[]): Promise<number> =>
  tx.run(sql`update instalments i set state = 'withdrawn' from payment_list_lines l
    where l.id = any(${lineIds}::uuid[]) and i.id = l.instalment_id and i.state = 'due'`);

/** Takes the next lines out of a list that will not be paid, so that their instalments can enter another. @returns how many */
export const returnLines = (tx: Tx, listId: string, limit: number): Promise<number> =>
  tx.run(sql`update payment_list_lines set state = 'returned', return_reason = 'list_cancelled' where id = any(array(
    select id from payment_list_lines where list_id = ${listId} and state = 'included' order by position limit ${limit}))`);
