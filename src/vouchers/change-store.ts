import { type Db, type Page, pageOf, problem, sql, type Tx } from '../platform/index.ts';
import type { VoucherChangeKind } from './rules.ts';
import type { VoucherChange } from './types.ts';

type Row = Omit<VoucherChange, 'askedAt' | 'decidedAt'> & { readonly askedAt: Date; readonly decidedAt: Date | null };

const columns = sql`c.id, c.voucher_id as "voucherId", c.kind, c.state, c.reason, c.asked_by as "askedBy", c.asked_at as "askedAt",
  c.decided_by as "decidedBy", c.decided_at as "decidedAt"`;

const shown = ({ askedAt, decidedAt, ...change }: Row): VoucherChange => ({
  ...change,
  askedAt: askedAt.toISOString(),
  decidedAt: decidedAt?.toISOString() ?? null,
});

/** The changes of a voucher, in the order in which they were asked for. */
export async function pageOfChanges(db: Db, voucherId: string, limit: number, after: string | undefined): Promise<Page<VoucherChange>> {
  const rows = await db.all<Row>(sql`select ${columns} from voucher_changes c
    where c.voucher_id = ${voucherId} and (${after ?? null}::uuid is null or c.id > ${after ?? null}::uuid)
    order by c.id limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** A change and where its voucher lies. @throws not_found */
export async function changeById(db: Db, id: string): Promise<{ change: VoucherChange; scope: { programme: string; fund: string } }> {
  const row = await db.first<
    Row & { programme: string; fund: string }
  >(sql`select ${columns}, v.programme_id as programme, v.fund_id as fund
    from voucher_changes c join vouchers v on v.id = c.voucher_id where c.id = ${id}`);
  if (!row) throw problem.not_found('There is no such record.');
  const { programme, fund, ...change } = row;
  return { change: shown(change), scope: { programme, fund } };
}

/** @throws Error by constraint `voucher_changes_one_at_a_time` when something is asked for the voucher already */
export async function insertChange(
  tx: Tx,
  change: { id: string; voucherId: string; kind: VoucherChangeKind; reason: string; by: string; at: Date },
): Promise<void> {
  await tx.insert('voucher_changes', [
    {
      id: change.id,
      voucher_id: change.voucherId,
      kind: change.kind,
      state: 'asked',
      reason: change.reason,
      asked_by: change.by,
      asked_at: change.at,
    },
  ]);
}

/** @returns whether it was still asked for @throws Error by constraint `voucher_changes_two_people` to who asked and now confirms */
export const decideChange = async (
  tx: Tx,
  id: string,
  { state, by, at }: { state: 'done' | 'withdrawn'; by: string; at: Date },
): Promise<boolean> =>
  (await tx.run(
    sql`update voucher_changes set state = ${state}, decided_by = ${by}, decided_at = ${at} where id = ${id} and state = 'asked'`,
  )) === 1;
