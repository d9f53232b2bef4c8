import { type Db, Money, type Page, pageOf, type Scope, sql, type Tx } from '../platform/index.ts';
import type { Voucher } from './types.ts';

interface Row extends Omit<Voucher, 'amount' | 'issuedAt' | 'activatedAt' | 'expiresAt'> {
  readonly amount: string;
  readonly currency: string;
  readonly issuedAt: Date;
  readonly activatedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly programmeId: string;
  readonly fundId: string;
}

const columns = sql`v.id, v.serial, v.list_id as "listId", v.line_id as "lineId", v.beneficiary_id as "beneficiaryId",
  v.collector_id as "collectorId", v.state, v.amount, v.currency, v.issued_at as "issuedAt", v.activated_at as "activatedAt",
  v.expires_at as "expiresAt", v.programme_id as "programmeId", v.fund_id as "fundId"`;

function shown({ amount, currency, issuedAt, activatedAt, expiresAt, programmeId: _programme, fundId: _fund, ...voucher }: Row): Voucher {
  return {
    ...voucher,
    amount: Money.of(amount, currency).toJSON(),
    issuedAt: issuedAt.toISOString(),
    activatedAt: activatedAt?.toISOString() ?? null,
    expiresAt: expiresAt?.toISOString() ?? null,
  };
}

export async function findVoucher(db: Db, id: string): Promise<{ voucher: Voucher; scope: Scope } | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from vouchers v where v.id = ${id}`);
  return row && { voucher: shown(row), scope: { programme: row.programmeId, fund: row.fundId } };
}

/** The vouchers of a list, by serial. */
export async function pageOfVouchers(db: Db, listId: string, limit: number, after: string | undefined): Promise<Page<Voucher>> {
  const rows = await db.all<Row>(sql`select ${columns} from vouchers v
    where v.list_id = ${listId} and v.serial > ${after ?? ''} order by v.serial limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ serial }) => serial);
}

/** Where a payment list belongs, or undefined when there is none. */
export async function scopeOfList(db: Db, listId: string): Promise<Scope | undefined> {
  return db.first<{ programme: string; fund: string }>(
    sql`select programme_id as programme, fund_id as fund from payment_lists where id = ${listId}`,
  );
}

/**
 * Makes issued vouchers payable. They stay so until the end of the last day of validity, counted from today in the time zone
 * of their programme. Vouchers in any other state, or with another code meanwhile, are left alone.
 */
export async function activate(
  tx: Tx,
  now: Date,
  sent: readonly { readonly voucherId: string; readonly counter: number }[],
): Promise<void> {
  await tx.run(sql`update vouchers v set state = 'activated', activated_at = ${now},
      expires_at = ((${now}::timestamptz at time zone p.time_zone)::date + p.code_validity_days + 1)::timestamp at time zone p.time_zone
    from jsonb_to_recordset(${JSON.stringify(sent)}::jsonb) as s ("voucherId" uuid, counter int), programmes p
    where v.id = s."voucherId" and v.counter = s.counter and v.state = 'issued' and p.id = v.programme_id`);
}

/** A fund with vouchers that have run out. */
export interface DueFund {
  readonly programmeId: string;
  readonly fundId: string;
}

export const fundsWithExpired = (db: Db, now: Date): Promise<DueFund[]> =>
  db.all<DueFund>(sql`select distinct programme_id as "programmeId", fund_id as "fundId" from vouchers
    where state in ('activated', 'locked') and expires_at <= ${now}`);

/** A voucher that has just expired. */
export interface Expired {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
}

/** Expires a fund's vouchers that have run out, as many as the limit allows. One that is being paid at this moment is passed over. */
export const expire = (tx: Tx, now: Date, fundId: string, limit: number): Promise<Expired[]> =>
  tx.all<Expired>(sql`update vouchers v set state = 'expired' from (
      select id from vouchers where fund_id = ${fundId} and state in ('activated', 'locked') and expires_at <= ${now}
      order by expires_at limit ${limit} for no key update skip locked) due
    where v.id = due.id returning v.id, v.amount, v.currency`);
