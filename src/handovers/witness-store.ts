import { allOf, type Db, Money, type Page, pageOf, problem, type Sql, sql, type Tx } from '../platform/index.ts';
import type { HandDelivered } from './types.ts';

type Row = Omit<HandDelivered, 'amount' | 'paidAt' | 'answeredAt' | 'voidedAt'> & {
  readonly amount: string;
  readonly currency: string;
  readonly paidAt: Date;
  readonly answeredAt: Date | null;
  readonly voidedAt: Date | null;
};

const columns = sql`p.id as "payoutId", p.advance_id as "advanceId", a.round, p.agent_id as "officerId", v.serial, p.amount, p.currency,
  p.paid_at as "paidAt", p.voided_at as "voidedAt", d.proof, d.witness_id as "witnessId", d.receipt_reference as "receiptReference",
  case when d.proof = 'receipt' then coalesce(w.answer, 'unanswered') end as answer, w.reason as "answerReason", w.answered_at as "answeredAt",
  s.answered_by as "acceptedBy", s.reason as "acceptReason"`;
const tables = sql`deliveries d join payouts p on p.id = d.payout_id join advances a on a.id = p.advance_id join vouchers v on v.id = p.voucher_id
  left join delivery_answers w on w.payout_id = d.payout_id and w.answer <> 'accepted'
  left join delivery_answers s on s.payout_id = d.payout_id and s.answer = 'accepted'`;

const shown = ({ amount, currency, paidAt, answeredAt, voidedAt, ...delivery }: Row): HandDelivered => ({
  ...delivery,
  amount: Money.of(amount, currency).toJSON(),
  paidAt: paidAt.toISOString(),
  answeredAt: answeredAt?.toISOString() ?? null,
  voidedAt: voidedAt?.toISOString() ?? null,
});

/** A delivery by hand, and where it lies. @throws not_found */
export async function deliveryById(
  db: Db,
  payoutId: string,
): Promise<{ delivery: HandDelivered; scope: { programme: string; fund: string } }> {
  const row = await db.first<
    Row & { programme: string; fund: string }
  >(sql`select ${columns}, a.programme_id as programme, a.fund_id as fund
    from ${tables} where d.payout_id = ${payoutId}`);
  if (!row) throw problem.not_found('There is no such record.');
  const { programme, fund, ...delivery } = row;
  return { delivery: shown(delivery), scope: { programme, fund } };
}

/** Which deliveries are wanted. */
export interface DeliveryFilter {
  readonly answer?: 'unanswered' | 'confirmed' | 'disputed' | undefined;
  readonly programmeId?: string | undefined;
  readonly advanceId?: string | undefined;
  readonly witnessId?: string | undefined;
}

/** Deliveries by hand that stand, in the order in which they were made. @param within which of them may be seen */
export async function pageOfDeliveries(
  db: Db,
  { answer, programmeId, advanceId, witnessId }: DeliveryFilter,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<HandDelivered>> {
  const rows = await db.all<Row>(
    sql`select ${columns} from ${tables} where ${allOf([
      sql`p.voided_at is null and (${within})`,
      ...(programmeId ? [sql`a.programme_id = ${programmeId}`] : []),
      ...(advanceId ? [sql`a.id = ${advanceId}`] : []),
      ...(witnessId ? [sql`d.witness_id = ${witnessId}`] : []),
      ...(answer ? [sql`d.proof = 'receipt' and coalesce(w.answer, 'unanswered') = ${answer}`] : []),
      ...(after ? [sql`d.payout_id > ${after}`] : []),
    ])} order by d.payout_id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ payoutId }) => payoutId);
}

/** What somebody says of a delivery. */
export interface Answer {
  readonly id: string;
  readonly payoutId: string;
  readonly answer: 'confirmed' | 'disputed' | 'accepted';
  readonly reason: string | null;
  readonly by: string;
  readonly at: Date;
}

/** @throws Error by constraint `delivery_answers_of_witness` or `delivery_answers_accepted_once` when it was said before */
export const insertAnswer = (tx: Tx, { id, payoutId, answer, reason, by, at }: Answer): Promise<number> =>
  tx.run(sql`insert into delivery_answers (id, payout_id, answer, reason, answered_by, answered_at)
    values (${id}, ${payoutId}, ${answer}, ${reason}, ${by}, ${at})`);
