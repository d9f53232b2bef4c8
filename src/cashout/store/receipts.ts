import { type Db, Money, sql, type Tx } from '../../platform/index.ts';
import type { PlaceName } from '../words/index.ts';

/** What a receipt is printed from. */
export interface Printable {
  readonly payoutId: string;
  readonly beneficiaryId: string;
  readonly agentId: string;
  readonly office: PlaceName;
  readonly serial: string;
  readonly amount: ReturnType<Money['toJSON']>;
  readonly paidAt: Date;
  /** Of the programme, as the pay-out is dated. */
  readonly timeZone: string;
  readonly paidOn: string;
  readonly documentLastFour: string;
  readonly isVoided: boolean;
}

/** @returns undefined when it was paid at no office */
export async function findPrintable(db: Db, payoutId: string): Promise<Printable | undefined> {
  const row = await db.first<Omit<Printable, 'amount'> & { amount: string; currency: string }>(sql`select p.id as "payoutId",
      v.beneficiary_id as "beneficiaryId", p.agent_id as "agentId", jsonb_build_object('code', o.code, 'nameFr', o.name_fr, 'nameAr', o.name_ar) as office,
      v.serial, p.amount, p.currency, p.paid_at as "paidAt", g.time_zone as "timeZone", p.paid_on as "paidOn",
      p.document_last_four as "documentLastFour", p.voided_at is not null as "isVoided"
    from payouts p join vouchers v on v.id = p.voucher_id join programmes g on g.id = v.programme_id join offices o on o.id = p.office_id
    where p.id = ${payoutId}`);
  if (!row) return undefined;
  const { amount, currency, ...printable } = row;
  return { ...printable, amount: Money.of(amount, currency).toJSON() };
}

/** Counts a printing. @returns its number, of which the first is no copy @throws Error when two are counted at once: the second begins again */
export async function countPrinting(tx: Tx, payoutId: string, by: string, at: Date): Promise<number> {
  const row = await tx.first<{ number: number }>(sql`insert into receipts (payout_id, number, printed_by, printed_at)
    select ${payoutId}, coalesce(max(number), 0) + 1, ${by}, ${at} from receipts where payout_id = ${payoutId} returning number`);
  if (!row) throw new Error('a receipt was not counted');
  return row.number;
}
