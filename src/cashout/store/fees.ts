import { type Db, Money, type Page, pageOf, problem, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { PostFee } from '../types.ts';

export async function fundCurrency(db: Db, programmeId: string, fundId: string): Promise<string | undefined> {
  const row = await db.first<{ currency: string }>(sql`select currency from funds where id = ${fundId} and programme_id = ${programmeId}`);
  return row?.currency;
}

/** What each office paid from a fund in a period, both days included; by office. */
export async function paidByOffice(
  db: Db,
  fundId: string,
  { from, to }: { from: string; to: string },
  currency: string,
): Promise<{ officeId: string; paid: Money }[]> {
  const rows = await db.all<{ officeId: string; paid: string }>(sql`select p.office_id as "officeId", sum(p.amount)::text as paid
    from payouts p join vouchers v on v.id = p.voucher_id
    where v.fund_id = ${fundId} and p.currency = ${currency} and p.paid_on between ${from} and ${to} and p.voided_at is null
      and p.office_id is not null
    group by 1 order by 1`);
  return rows.map(({ officeId, paid }) => ({ officeId, paid: Money.of(paid, currency) }));
}

/** An invoice that is being recorded. */
export interface NewFee {
  readonly id: string;
  readonly programmeId: string;
  readonly fundId: string;
  readonly reference: string;
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
  /** The settlement that it comes with; left out when it is recorded by itself. */
  readonly settlementId?: string;
  readonly by: string;
  readonly at: Date;
}

/** The part of an invoice that one office is owed. */
export interface FeeShare {
  readonly id: string;
  readonly officeId: string;
  readonly amount: Money;
}

/**
 * @throws Error by constraint: `post_fees_once` when it comes with a settlement and by itself too, `post_fees_reference_once` for a reference that was recorded before, `post_fees_within_share` when the fund
 *   gives no more to fees, `post_fee_shares_office_id_fkey` for an office that is not known
 */
export async function insertFee(tx: Tx, fee: NewFee, shares: readonly FeeShare[]): Promise<void> {
  const { id, programmeId, fundId, reference, from, to, amount, settlementId = null, by, at } = fee;
  await tx.run(sql`insert into post_fees (id, programme_id, fund_id, reference, from_date, to_date, amount, currency, settlement_id, recorded_by,
      recorded_at)
    values (${id}, ${programmeId}, ${fundId}, ${reference}, ${from}, ${to}, ${amount.toString()}, ${amount.currency}, ${settlementId}, ${by}, ${at})`);
  await tx.insert(
    'post_fee_shares',
    shares.map((share) => ({
      id: share.id,
      fee_id: id,
      office_id: share.officeId,
      amount: share.amount.toString(),
      currency: share.amount.currency,
    })),
  );
}

type Row = Omit<PostFee, 'amount' | 'shares' | 'recordedAt'> & {
  readonly amount: string;
  readonly currency: string;
  readonly recordedAt: Date;
  readonly shares: { officeId: string; officeCode: string; amount: string }[];
};

const columns = sql`f.id, f.programme_id as "programmeId", f.fund_id as "fundId", f.reference, f.from_date as "from", f.to_date as "to",
  f.amount, f.currency, f.recorded_by as "recordedBy", f.recorded_at as "recordedAt",
  (select jsonb_agg(jsonb_build_object('officeId', s.office_id, 'officeCode', o.code, 'amount', s.amount::text) order by o.code)
    from post_fee_shares s join offices o on o.id = s.office_id where s.fee_id = f.id) as shares`;

const shown = ({ amount, currency, shares, recordedAt, ...fee }: Row): PostFee => ({
  ...fee,
  amount: Money.of(amount, currency).toJSON(),
  shares: shares.map((share) => ({ ...share, amount: Money.of(share.amount, currency).toJSON() })),
  recordedAt: recordedAt.toISOString(),
});

/** @throws not_found */
export async function feeById(db: Db, id: string): Promise<PostFee> {
  const row = await db.first<Row>(sql`select ${columns} from post_fees f where f.id = ${id}`);
  if (!row) throw problem.not_found('There is no such record.');
  return shown(row);
}

/** The invoices of a programme, in the order in which they were recorded. @param within which of them may be seen */
export async function pageOfFees(
  db: Db,
  programmeId: string,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<PostFee>> {
  const rows = await db.all<Row>(sql`select ${columns} from post_fees f
    where f.programme_id = ${programmeId} and (${within}) and (${after ?? null}::uuid is null or f.id > ${after ?? null}::uuid)
    order by f.id limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}
