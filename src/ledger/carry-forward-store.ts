import { type Db, Money, type Page, pageOf, sql, type Tx } from '../platform/index.ts';

/** What a period leaves owed to the post at one office, by name. */
export interface CarryForward {
  readonly id: string;
  readonly programmeId: string;
  readonly officeId: string;
  /** The last day of the period. */
  readonly endsOn: string;
  readonly amount: ReturnType<Money['toJSON']>;
  readonly reason: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly confirmedBy: string | null;
  readonly confirmedAt: string | null;
}

type Row = Omit<CarryForward, 'amount' | 'askedAt' | 'confirmedAt'> & {
  readonly amount: string;
  readonly currency: string;
  readonly askedAt: Date;
  readonly confirmedAt: Date | null;
};

const columns = sql`c.id, c.programme_id as "programmeId", c.office_id as "officeId", c.ends_on as "endsOn", c.amount, c.currency, c.reason,
  c.asked_by as "askedBy", c.asked_at as "askedAt", c.confirmed_by as "confirmedBy", c.confirmed_at as "confirmedAt"`;

const shown = ({ amount, currency, askedAt, confirmedAt, ...row }: Row): CarryForward => ({
  ...row,
  amount: Money.of(amount, currency).toJSON(),
  askedAt: askedAt.toISOString(),
  confirmedAt: confirmedAt?.toISOString() ?? null,
});

export async function findCarryForward(db: Db, id: string): Promise<CarryForward | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ledger_carry_forwards c where c.id = ${id}`);
  return row && shown(row);
}

/** A programme's, in the order in which they were asked for. */
export async function pageOfCarryForwards(
  db: Db,
  programmeId: string,
  limit: number,
  after: string | undefined,
): Promise<Page<CarryForward>> {
  const rows = await db.all<Row>(sql`select ${columns} from ledger_carry_forwards c where c.programme_id = ${programmeId}
    and (${after ?? null}::uuid is null or c.id > ${after ?? null}::uuid) order by c.id limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** @throws Error by constraint `ledger_carry_forwards_once` when the same was asked for before */
export const insertCarryForward = (
  tx: Tx,
  { id, programmeId, officeId, endsOn, amount, reason, askedBy, askedAt }: Omit<CarryForward, 'confirmedBy' | 'confirmedAt'>,
): Promise<number> =>
  tx.run(sql`insert into ledger_carry_forwards (id, programme_id, office_id, ends_on, amount, currency, reason, asked_by, asked_at)
    values (${id}, ${programmeId}, ${officeId}, ${endsOn}, ${amount.amount}, ${amount.currency}, ${reason}, ${askedBy}, ${askedAt})`);

/** @returns whether it was still to be confirmed */
export const confirmCarryForwardRow = async (tx: Tx, id: string, by: string, at: Date): Promise<boolean> =>
  (await tx.run(
    sql`update ledger_carry_forwards set confirmed_by = ${by}, confirmed_at = ${at} where id = ${id} and confirmed_by is null`,
  )) === 1;
