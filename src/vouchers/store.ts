import { type Db, Money, type Page, pageOf, problem, type Scope, sql, type Tx, type Use } from '../platform/index.ts';
import type { VoucherState } from './rules.ts';
import type { IssuedLines, IssuedList, Voucher } from './types.ts';

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

/** @throws not_found */
export async function voucherById(db: Db, id: string): Promise<{ voucher: Voucher; scope: { programme: string; fund: string } }> {
  const row = await db.first<Row>(sql`select ${columns} from vouchers v where v.id = ${id}`);
  if (!row) throw problem.not_found('There is no such record.');
  return { voucher: shown(row), scope: { programme: row.programmeId, fund: row.fundId } };
}

/** The vouchers of a list, by serial. */
export async function pageOfVouchers(db: Db, listId: string, limit: number, after: string | undefined): Promise<Page<Voucher>> {
  const rows = await db.all<Row>(sql`select ${columns} from vouchers v
    where v.list_id = ${listId} and v.serial > ${after ?? ''} order by v.serial limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ serial }) => serial);
}

/**
 * A voucher for each released line of a part of a list, under the names given, in order.
 * @returns how many
 */
export const insertVouchers = (
  tx: Tx,
  now: Date,
  { id, programmeId }: IssuedList,
  { from, to }: Pick<IssuedLines, 'from' | 'to'>,
  names: readonly { readonly id: string; readonly serial: string }[],
  keyVersion: number,
): Promise<number> =>
  tx.run(sql`
    insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id, collector_id, amount, currency, key_version, issued_at)
    select (${names.map((name) => name.id)}::uuid[])[l.n], lpad((${names.map(({ serial }) => serial)}::bigint[])[l.n]::text, 14, '0'), l.id, ${id},
      ${programmeId}, l.fund_id, l.beneficiary_id, l.collector_id, l.amount, l.currency, ${keyVersion}, ${now}
    from (select *, row_number() over (order by position) as n from payment_list_lines
      where list_id = ${id} and position between ${from} and ${to} and state = 'released') l`);

/** The versions of the master key that the codes of vouchers are derived from which may still be paid, or sent. */
export const codeVersions = (db: Db): Promise<Use[]> =>
  db.all(sql`select key_version as version, count(*)::int as rows,
      case when bool_and(expires_at is not null) then max(expires_at) end as until
    from vouchers where state in ('issued', 'activated', 'locked') group by 1 order by 1`);

/** Where a payment list belongs, or undefined when there is none: in a fund too when it draws on no other. */
export async function scopeOfList(db: Db, listId: string): Promise<Scope | undefined> {
  const row = await db.first<{ programme: string; fund: string | null }>(
    sql`select programme_id as programme, only_fund_of(id) as fund from payment_lists where id = ${listId}`,
  );
  return row && { programme: row.programme, ...(row.fund ? { fund: row.fund } : {}) };
}

/**
 * Makes issued vouchers payable. They stay so until the end of the last day of validity, counted from today in the time zone
 * of their programme, under whose terms their list was submitted. Vouchers in any other state, or with another code meanwhile, are left alone.
 */
export async function activate(
  tx: Tx,
  now: Date,
  sent: readonly { readonly voucherId: string; readonly counter: number }[],
): Promise<void> {
  await tx.run(sql`update vouchers v set state = 'activated', activated_at = ${now},
      expires_at = ((${now}::timestamptz at time zone p.time_zone)::date + t.code_validity_days + 1)::timestamp at time zone p.time_zone
    from jsonb_to_recordset(${JSON.stringify(sent)}::jsonb) as s ("voucherId" uuid, counter int), programmes p, payment_lists l, programme_versions t
    where v.id = s."voucherId" and v.counter = s.counter and v.state = 'issued' and p.id = v.programme_id
      and l.id = v.list_id and t.programme_id = l.programme_id and t.number = l.programme_version`);
}

/** Makes a voucher payable that no message was accepted for and that is carried to the person, as those are when their cash is handed over. */
export async function activateCarried(tx: Tx, now: Date, voucherId: string): Promise<void> {
  await activate(
    tx,
    now,
    await tx.all(sql`select id as "voucherId", counter from vouchers where id = ${voucherId} and state = 'issued' and is_carried(id)`),
  );
}

/** A fund with vouchers that have run out. */
export interface DueFund {
  readonly programmeId: string;
  readonly fundId: string;
}

export const fundsWithExpired = (db: Db, now: Date): Promise<DueFund[]> =>
  db.all<DueFund>(sql`select distinct programme_id as "programmeId", fund_id as "fundId" from vouchers
    where state in ('activated', 'locked') and expires_at <= ${now} and not is_bound(id) and not is_carried(id)`);

/** A voucher that has just expired. */
export interface Expired {
  readonly id: string;
  readonly amount: string;
  readonly currency: string;
}

/**
 * Expires a fund's vouchers that have run out, as many as the limit allows. One that is being paid at this moment is passed over, and so is one that an
 * office without a network may have paid, or that is being carried to the person.
 */
export const expire = (tx: Tx, now: Date, fundId: string, limit: number): Promise<Expired[]> =>
  tx.all<Expired>(sql`update vouchers v set state = 'expired' from (
      select id from vouchers where fund_id = ${fundId} and state in ('activated', 'locked') and expires_at <= ${now} and not is_bound(id)
        and not is_carried(id) order by expires_at limit ${limit} for no key update skip locked) due
    where v.id = due.id returning v.id, v.amount, v.currency`);

/** The states that these vouchers are in; those that do not exist are left out. */
export async function statesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, VoucherState>> {
  if (ids.length === 0) return new Map();
  const rows = await db.all<{ id: string; state: VoucherState }>(sql`select id, state from vouchers where id = any(${ids}::uuid[])`);
  return new Map(rows.map(({ id, state }) => [id, state]));
}

/** When a day is over in a time zone. @param day ISO 8601 */
export async function endOfDay(db: Db, timeZone: string, day: string): Promise<Date> {
  const row = await db.first<{ at: Date }>(sql`select (${day}::date + 1)::timestamp at time zone ${timeZone} as at`);
  if (!row) throw new Error('a day without an end');
  return row.at;
}
