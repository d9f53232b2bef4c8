import { atMost, type Db, Money, type Page, pageOf, sql } from '../../platform/index.ts';
import type { ShownInstalment, ShownNotOwed } from './types.ts';
import { linesOf, type Sum } from './workings.ts';

type Row = Omit<ShownInstalment, 'amount' | 'workings'> & Sum;

/** An entitlement's instalments, the latest first. */
export async function pageOfInstalments(
  db: Db,
  entitlementId: string,
  currency: string,
  limit: number,
  before: number | undefined,
): Promise<Page<ShownInstalment>> {
  const rows =
    await db.all<Row>(sql`select i.id, i.number, i.period, i.covers_from as "coversFrom", i.covers_to as "coversTo", i.due_on as "dueOn",
      i.amount::text, i.carried::text, i.workings, i.state,
      exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts) as "isListed"
    from instalments i where i.entitlement_id = ${entitlementId} and ${before === undefined ? sql`true` : sql`i.number < ${before}`}
    order by i.number desc limit ${atMost(limit + 1)}`);
  const { items, nextCursor } = pageOf(rows, limit, ({ number }) => String(number));
  return {
    items: items.map(({ carried, workings, amount, ...row }) => ({
      ...row,
      amount: Money.of(amount, currency).toJSON(),
      workings: linesOf({ amount, carried, workings, coversFrom: row.coversFrom, coversTo: row.coversTo }, currency),
    })),
    nextCursor,
  };
}

/** The periods for which somebody entitled was owed nothing, in no order that means anything, each once. */
export async function pageOfNotOwed(db: Db, entitlementId: string, limit: number, after: string | undefined): Promise<Page<ShownNotOwed>> {
  type NotOwedRow = Omit<ShownNotOwed, 'decidedAt' | 'liftedAt'> & {
    readonly id: string;
    readonly decidedAt: Date;
    readonly liftedAt: Date | null;
  };
  const rows =
    await db.all<NotOwedRow>(sql`select id, period, covers_from as "coversFrom", covers_to as "coversTo", due_on as "dueOn", reason,
      decided_at as "decidedAt", lifted_at as "liftedAt"
    from periods_not_owed where entitlement_id = ${entitlementId} and ${after ? sql`id > ${after}` : sql`true`}
    order by id limit ${atMost(limit + 1)}`);
  const { items, nextCursor } = pageOf(rows, limit, ({ id }) => id);
  return {
    items: items.map(({ id: _id, decidedAt, liftedAt, ...row }) => ({
      ...row,
      decidedAt: decidedAt.toISOString(),
      liftedAt: liftedAt?.toISOString() ?? null,
    })),
    nextCursor,
  };
}
