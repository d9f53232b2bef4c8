import { allOf, type Db, Money, type Page, pageOf, problem, type Sql, sql, type Tx } from '../platform/index.ts';
import { hadHandIn } from '../vouchers/index.ts';
import { type AdvanceState, type RoundVoucher, restOf } from './rules.ts';
import type { Advance, AdvanceReturn } from './types.ts';

type Row = Omit<
  Advance,
  'amount' | 'delivered' | 'returned' | 'lost' | 'recovered' | 'rest' | 'askedAt' | 'handedAt' | 'endedAt' | 'lossReportedAt'
> & {
  readonly amount: string;
  readonly delivered: string;
  readonly returned: string;
  readonly lost: string;
  readonly recovered: string;
  readonly currency: string;
  readonly askedAt: Date;
  readonly handedAt: Date | null;
  readonly endedAt: Date | null;
  readonly lossReportedAt: Date | null;
};

const columns = (now: Date): Sql => sql`a.id, a.programme_id as "programmeId", a.fund_id as "fundId", a.officer_id as "officerId", a.round,
  a.visit_on as "visitOn", a.state, a.amount, a.delivered, a.returned, a.lost, a.recovered, a.currency,
  (select count(*)::int from advance_vouchers r where r.advance_id = a.id) as "voucherCount",
  a.asked_at as "askedAt", a.handed_by as "handedBy", a.handed_at as "handedAt", a.handed_reference as "handedReference",
  a.ended_by as "endedBy", a.ended_at as "endedAt", a.end_reason as "endReason",
  a.loss_reported_by as "lossReportedBy", a.loss_reported_at as "lossReportedAt", a.loss_reason as "lossReason", a.loss_reference as "lossReference",
  case a.state when 'handed' then greatest(0, extract(day from ${now}::timestamptz - a.handed_at))::int end as "daysOut"`;

function shown({
  amount,
  delivered,
  returned,
  lost,
  recovered,
  currency,
  askedAt,
  handedAt,
  endedAt,
  lossReportedAt,
  ...advance
}: Row): Advance {
  const money = (text: string) => Money.of(text, currency);
  const [drawn, out, back, missing] = [money(amount), money(delivered), money(returned), money(lost)];
  return {
    ...advance,
    amount: drawn.toJSON(),
    delivered: out.toJSON(),
    returned: back.toJSON(),
    lost: missing.toJSON(),
    recovered: money(recovered).toJSON(),
    rest: (advance.handedBy === null ? Money.zero(currency) : restOf(drawn, out, back, missing)).toJSON(),
    askedAt: askedAt.toISOString(),
    handedAt: handedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    lossReportedAt: lossReportedAt?.toISOString() ?? null,
  };
}

/** @param now from which its days are counted @throws not_found */
export async function advanceById(db: Db, now: Date, id: string): Promise<Advance> {
  const row = await db.first<Row>(sql`select ${columns(now)} from advances a where a.id = ${id}`);
  if (!row) throw problem.not_found('There is no such record.');
  return shown(row);
}

/** Where an advance lies. @throws not_found */
export async function scopeOfAdvance(db: Db, id: string): Promise<{ programme: string; fund: string }> {
  const row = await db.first<{ programme: string; fund: string }>(
    sql`select programme_id as programme, fund_id as fund from advances where id = ${id}`,
  );
  if (!row) throw problem.not_found('There is no such record.');
  return row;
}

/** Which advances are wanted. */
export interface AdvanceFilter {
  readonly state?: AdvanceState | undefined;
  readonly programmeId?: string | undefined;
  readonly officerId?: string | undefined;
}

/** Advances, in the order in which they were asked for. @param within which of them may be seen */
export async function pageOfAdvances(
  db: Db,
  now: Date,
  { state, programmeId, officerId }: AdvanceFilter,
  within: Sql,
  limit: number,
  after: string | undefined,
): Promise<Page<Advance>> {
  const rows = await db.all<Row>(
    sql`select ${columns(now)} from advances a where ${allOf([
      sql`(${within})`,
      ...(programmeId ? [sql`a.programme_id = ${programmeId}`] : []),
      ...(officerId ? [sql`a.officer_id = ${officerId}`] : []),
      ...(state ? [sql`a.state = ${state}`] : []),
      ...(after ? [sql`a.id > ${after}`] : []),
    ])} order by a.id limit ${limit + 1}`,
  );
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

export async function fundCurrency(db: Db, programmeId: string, fundId: string): Promise<string | undefined> {
  const row = await db.first<{ currency: string }>(sql`select currency from funds where id = ${fundId} and programme_id = ${programmeId}`);
  return row?.currency;
}

/** Those of these vouchers of a fund that can be paid, are on no round and out with no office that has no network, by serial. */
export async function carriableVouchers(db: Db, now: Date, fundId: string, serials: readonly string[]): Promise<Map<string, RoundVoucher>> {
  const rows = await db.all<RoundVoucher>(sql`select v.id, v.serial, v.amount from vouchers v
    where v.serial = any(${serials}::text[]) and v.fund_id = ${fundId} and v.state in ('issued', 'activated')
      and (v.expires_at is null or v.expires_at > ${now})
      and not is_bound(v.id) and not exists (select from advance_vouchers r where r.voucher_id = v.id and r.is_open)`);
  return new Map(rows.map((row) => [row.serial, row]));
}

/** Whether somebody had a hand in one of these vouchers. */
export const hadHandInAny = async (db: Db, userId: string, voucherIds: readonly string[]): Promise<boolean> =>
  (await db.first(sql`select from vouchers v where v.id = any(${voucherIds}::uuid[]) and ${hadHandIn(sql`v`, userId)} limit 1`)) !==
  undefined;

/** An advance that is being asked for. */
export interface AskedAdvance {
  readonly id: string;
  readonly programmeId: string;
  readonly fundId: string;
  readonly officerId: string;
  readonly round: string;
  readonly visitOn: string;
  readonly amount: Money;
  readonly at: Date;
}

/** @throws Error by constraint `advance_vouchers_once` or `advance_vouchers_unbound` when a voucher came onto another round, or into a pack, meanwhile */
export async function insertAdvance(tx: Tx, advance: AskedAdvance, voucherIds: readonly string[]): Promise<void> {
  await tx.insert('advances', [
    {
      id: advance.id,
      programme_id: advance.programmeId,
      fund_id: advance.fundId,
      officer_id: advance.officerId,
      round: advance.round,
      visit_on: advance.visitOn,
      amount: advance.amount.toString(),
      currency: advance.amount.currency,
      asked_at: advance.at,
      state: 'asked',
      delivered: '0',
      returned: '0',
    },
  ]);
  await tx.insert(
    'advance_vouchers',
    voucherIds.map((voucherId) => ({ advance_id: advance.id, voucher_id: voucherId, is_open: true })),
  );
}

/** @returns whether it was still asked for */
export const markHanded = async (
  tx: Tx,
  id: string,
  { by, at, reference }: { by: string; at: Date; reference: string },
): Promise<boolean> =>
  (await tx.run(sql`update advances set state = 'handed', handed_by = ${by}, handed_at = ${at}, handed_reference = ${reference}
    where id = ${id} and state = 'asked'`)) === 1;

/** The vouchers of a round that no code has been sent for, with what an activation needs. */
export const inactiveVouchers = (tx: Tx, advanceId: string): Promise<{ voucherId: string; counter: number }[]> =>
  tx.all(sql`select v.id as "voucherId", v.counter from advance_vouchers r join vouchers v on v.id = r.voucher_id
    where r.advance_id = ${advanceId} and v.state = 'issued'`);

/** Locks the vouchers of a round before its advance, as a delivery does, so that the two never wait for each other in a circle. */
export const lockRound = (tx: Tx, advanceId: string): Promise<number> =>
  tx.run(sql`select from vouchers v where v.id in (select r.voucher_id from advance_vouchers r where r.advance_id = ${advanceId})
    order by v.id for no key update`);

/**
 * @param from the state that it must be in
 * @returns whether it was
 * @throws Error by constraint `advances_closed_at_zero` when some of the cash is still out, `advances_witnessed` when a witness has not confirmed
 */
export const markEnded = async (
  tx: Tx,
  id: string,
  from: AdvanceState,
  { state, by, at, reason }: { state: AdvanceState; by: string; at: Date; reason: string | null },
): Promise<boolean> =>
  (await tx.run(sql`update advances set state = ${state}, ended_by = ${by}, ended_at = ${at}, end_reason = ${reason}
    where id = ${id} and state = ${from}`)) === 1;

/** Cash that comes back. */
export interface NewReturn {
  readonly id: string;
  readonly advanceId: string;
  readonly amount: Money;
  readonly reference: string;
  /** Whether it was lost before. */
  readonly isRecovery: boolean;
  readonly by: string;
  readonly at: Date;
}

/**
 * @throws Error by constraint `advances_within_drawn` when more comes back than is out, `advances_recovered` when more than was lost,
 *   `advance_returns_of_advance` when nothing is
 */
export async function insertReturn(tx: Tx, { id, advanceId, amount, reference, isRecovery, by, at }: NewReturn): Promise<AdvanceReturn> {
  await tx.run(sql`insert into advance_returns (id, advance_id, amount, currency, reference, taken_by, taken_at, is_recovery)
    values (${id}, ${advanceId}, ${amount.toString()}, ${amount.currency}, ${reference}, ${by}, ${at}, ${isRecovery})`);
  return { id, advanceId, amount: amount.toJSON(), reference, isRecovery, takenBy: by, takenAt: at.toISOString() };
}
