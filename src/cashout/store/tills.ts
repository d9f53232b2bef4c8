import { allOf, type Db, Money, type Page, pageOf, problem, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Pieces, Till } from '../types.ts';

const amounts = ['opening', 'toppedUp', 'paid', 'putBack', 'cash'] as const;
type Amounts = (typeof amounts)[number];

type Row = Omit<Till, Amounts | 'counted' | 'difference' | 'count' | 'openedAt' | 'closedAt' | 'signedAt'> & {
  readonly [Name in Amounts]: string;
} & {
  readonly currency: string;
  readonly counted: string | null;
  readonly difference: string | null;
  readonly count: (Pieces & { readonly denomination: string })[];
  readonly openedAt: Date;
  readonly closedAt: Date | null;
  readonly signedAt: Date | null;
};

const columns = sql`t.id, t.office_id as "officeId", t.agent_id as "agentId", t.day, t.currency, t.opening, t.topped_up as "toppedUp", t.paid,
  t.put_back as "putBack", t.cash, t.payout_count as "payoutCount", t.opened_by as "openedBy", t.opened_at as "openedAt", t.counted, t.difference,
  t.closed_by as "closedBy", t.closed_at as "closedAt", t.signed_by as "signedBy", t.signed_at as "signedAt", t.remark,
  (select coalesce(jsonb_agg(jsonb_build_object('denomination', c.denomination::text, 'pieces', c.pieces) order by c.denomination desc), '[]')
    from till_counts c where c.till_id = t.id) as count`;

function shown({ currency, counted, difference, count, openedAt, closedAt, signedAt, ...row }: Row): Till {
  const money = (amount: string) => Money.of(amount, currency).toJSON();
  const { opening, toppedUp, paid, putBack, cash, ...till } = row;
  return {
    ...till,
    opening: money(opening),
    toppedUp: money(toppedUp),
    paid: money(paid),
    putBack: money(putBack),
    cash: money(cash),
    counted: counted === null ? null : money(counted),
    difference: difference === null ? null : money(difference),
    count,
    openedAt: openedAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
    signedAt: signedAt?.toISOString() ?? null,
  };
}

/** @returns undefined when there is none */
export async function findTill(db: Db, id: string): Promise<Till | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from tills t where t.id = ${id}`);
  return row && shown(row);
}

/** @throws not_found */
export async function tillById(db: Db, id: string): Promise<Till> {
  const till = await findTill(db, id);
  if (!till) throw problem.not_found('There is no such record.');
  return till;
}

/** A till that is being opened. */
export interface NewTill {
  readonly id: string;
  readonly officeId: string;
  readonly agentId: string;
  readonly opening: Money;
}

/**
 * Opens a till of today by the clock of its office.
 * @returns whether it was; if not, nobody works there as an agent under this identifier
 * @throws Error by the constraint `tills_one_open`, and `tills_opened_by_another`
 */
export const insertTill = async (tx: Tx, { id, officeId, agentId, opening }: NewTill, by: string, at: Date): Promise<boolean> =>
  (await tx.run(sql`insert into tills (id, office_id, agent_id, day, currency, opening, opened_by, opened_at)
    select ${id}, o.id, ${agentId}, (${at}::timestamptz at time zone o.time_zone)::date, ${opening.currency}, ${opening.toString()}::numeric, ${by}, ${at}
    from offices o where o.id = ${officeId} and exists (select from role_grants g join users u on u.id = g.user_id
      where g.user_id = ${agentId} and g.office_id = o.id and g.role = 'agent' and (g.ends_at is null or g.ends_at > ${at}) and u.disabled_at is null)`)) ===
  1;

/** Puts cash from the safe into a till. @throws Error by one of the constraints that start with `till_top_ups` */
export async function insertTopUp(
  tx: Tx,
  topUp: { readonly id: string; readonly tillId: string; readonly amount: Money; readonly reference: string },
  by: string,
  at: Date,
): Promise<void> {
  const { id, tillId, amount, reference } = topUp;
  await tx.insert('till_top_ups', [
    { id, till_id: tillId, amount: amount.toString(), currency: amount.currency, reference, given_by: by, given_at: at },
  ]);
}

/** Closes a till with what was counted. @returns whether it was open */
export async function closeRow(tx: Tx, id: string, count: readonly Pieces[], counted: Money, by: string, at: Date): Promise<boolean> {
  // Locked first, so that the notes and coins are those of whoever closes it.
  if (!(await tx.first(sql`select from tills where id = ${id} and closed_at is null for no key update`))) return false;
  await tx.insert(
    'till_counts',
    count.map(({ denomination, pieces }) => ({ till_id: id, denomination, pieces })),
  );
  return (await tx.run(sql`update tills set counted = ${counted.toString()}, closed_by = ${by}, closed_at = ${at} where id = ${id}`)) === 1;
}

/** Signs for a till that is closed. @throws Error by `tills_signed_by_another` and `tills_difference_explained` */
export const signRow = async (tx: Tx, id: string, remark: string | null, by: string, at: Date): Promise<boolean> =>
  (await tx.run(sql`update tills set signed_by = ${by}, signed_at = ${at}, remark = ${remark}
    where id = ${id} and closed_at is not null and signed_at is null`)) === 1;

/** Which tills are wanted. */
export interface TillFilter {
  readonly day?: string | undefined;
  readonly onlyOpen?: boolean | undefined;
  /** Only those that were counted and differ. */
  readonly onlyDifferences?: boolean | undefined;
}

/** Tills in the order in which they were opened. @param within which of them may be seen */
export async function pageOfTills(
  db: Db,
  { day, onlyOpen, onlyDifferences }: TillFilter,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<Till>> {
  const rows = await db.all<Row>(
    sql`select ${columns} from tills t where ${allOf([
      sql`(${within})`,
      ...(day ? [sql`t.day = ${day}`] : []),
      ...(onlyOpen ? [sql`t.closed_at is null`] : []),
      ...(onlyDifferences ? [sql`t.difference <> 0`] : []),
      ...(after ? [sql`t.id > ${after}`] : []),
    ])} order by t.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}
