import { type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { OfflineLimits } from '../types.ts';

type Row = Omit<OfflineLimits, 'maxCash' | 'setAt'> & { readonly maxCash: string; readonly currency: string; readonly setAt: Date };

const columns = sql`l.id, l.programme_id as "programmeId", l.office_id as "officeId", l.max_vouchers as "maxVouchers", l.max_cash as "maxCash",
  l.currency, l.max_hours as "maxHours", l.grace_hours as "graceHours", l.set_by as "setBy", l.set_at as "setAt"`;

const shown = ({ maxCash, currency, setAt, ...limits }: Row): OfflineLimits => ({
  ...limits,
  maxCash: Money.of(maxCash, currency).toJSON(),
  setAt: setAt.toISOString(),
});

/** The limits that count at an office: its own, or else the programme's; undefined when nothing may be out. */
export async function limitsAt(db: Db, programmeId: string, officeId: string): Promise<OfflineLimits | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from offline_limits l
    where l.programme_id = ${programmeId} and (l.office_id = ${officeId} or l.office_id is null)
    order by l.office_id is null, l.set_at desc, l.id desc limit 1`);
  return row && shown(row);
}

/** How many vouchers are out at an office. */
export async function countOut(db: Db, programmeId: string, officeId: string): Promise<number> {
  const row = await db.first<{ count: number }>(sql`select coalesce(sum(k.voucher_count), 0)::int as count from offline_packs k
    where k.programme_id = ${programmeId} and k.office_id = ${officeId} and k.state in ('prepared', 'out', 'lost')`);
  return row?.count ?? 0;
}

/** @throws Error by constraint `offline_limits_ceiling` beyond what anybody may allow */
export async function insertLimits(tx: Tx, limits: Omit<OfflineLimits, 'maxCash' | 'setAt'>, maxCash: Money, at: Date): Promise<void> {
  await tx.insert('offline_limits', [
    {
      id: limits.id,
      programme_id: limits.programmeId,
      office_id: limits.officeId,
      max_vouchers: limits.maxVouchers,
      max_cash: maxCash.toString(),
      currency: maxCash.currency,
      max_hours: limits.maxHours,
      grace_hours: limits.graceHours,
      set_by: limits.setBy,
      set_at: at,
    },
  ]);
}

/** The limits of a programme, in the order in which they were set. @param within which of them may be seen */
export async function pageOfLimits(
  db: Db,
  programmeId: string,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<OfflineLimits>> {
  const rows = await db.all<Row>(sql`select ${columns} from offline_limits l
    where l.programme_id = ${programmeId} and (${within}) and (${after ?? null}::uuid is null or l.id > ${after ?? null}::uuid)
    order by l.id limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}
