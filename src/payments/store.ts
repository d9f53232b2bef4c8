import { type Db, Money, type Page, pageOf, sql, type Tx } from '../platform/index.ts';
import type { Hand, ListState, PaymentList, ReasonCount, ReleasedLine, ShownLine, Signature, StateTotal, WilayaTotal } from './types.ts';

interface Row extends Omit<PaymentList, 'total' | 'createdAt' | 'submittedAt' | 'releasedAt'> {
  readonly currency: string;
  readonly total: string;
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
  readonly releasedAt: Date | null;
}

const columns = sql`id, programme_id as "programmeId", fund_id as "fundId", plan_id as "planId", name, state,
  line_count as "lineCount", total::text, currency, digest, built_by as "builtBy", created_at as "createdAt",
  submitted_at as "submittedAt", released_at as "releasedAt"`;

const listOf = ({ currency, total, createdAt, submittedAt, releasedAt, ...row }: Row): PaymentList => ({
  ...row,
  total: Money.of(total, currency).toJSON(),
  createdAt: createdAt.toISOString(),
  submittedAt: submittedAt?.toISOString() ?? null,
  releasedAt: releasedAt?.toISOString() ?? null,
});

export async function findList(db: Db, id: string): Promise<PaymentList | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from payment_lists where id = ${id}`);
  return row && listOf(row);
}

/** A list that nobody else can move until this transaction ends. */
export async function lockList(tx: Tx, id: string): Promise<PaymentList | undefined> {
  const row = await tx.first<Row>(sql`select ${columns} from payment_lists where id = ${id} for no key update`);
  return row && listOf(row);
}

/** A programme's lists, newest first. @param before the list that the page before ended with */
export async function pageOfLists(db: Db, programmeId: string, limit: number, before: string | undefined): Promise<Page<PaymentList>> {
  const rows = await db.all<Row>(sql`select ${columns} from payment_lists
    where programme_id = ${programmeId} and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit + 1}`);
  return pageOf(rows.map(listOf), limit, ({ id }) => id);
}

export const fundOf = (db: Db, id: string): Promise<{ programmeId: string; currency: string } | undefined> =>
  db.first(sql`select programme_id as "programmeId", currency from funds where id = ${id}`);

/** Makes lists of one programme wait for each other while they are drawn up, so that no instalment enters two. */
export const lockDrawingUp = (tx: Tx, programmeId: string): Promise<unknown> =>
  tx.first(sql`select from programmes where id = ${programmeId} for no key update`);

export async function insertList(
  tx: Tx,
  list: Pick<PaymentList, 'id' | 'programmeId' | 'fundId' | 'planId' | 'name' | 'builtBy'> & { readonly currency: string },
  now: Date,
): Promise<void> {
  const { id, programmeId, fundId, planId, name, currency, builtBy } = list;
  await tx.run(sql`insert into payment_lists (id, programme_id, fund_id, plan_id, name, currency, built_by, created_at)
    values (${id}, ${programmeId}, ${fundId}, ${planId}, ${name}, ${currency}, ${builtBy}, ${now})`);
}

/** Writes how many lines a draft has and what they add up to. */
export const countLines = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`
  update payment_lists l
    set (line_count, total) = (select count(*), coalesce(sum(amount), 0) from payment_list_lines where list_id = l.id)
  where id = ${id}`);

/**
 * SHA-256 over a list's lines in order of position: each is instalment, beneficiary, collector, amount (with all its minor
 * digits), currency and wilaya, joined with commas and ended with a line feed. None of these can hold either.
 * @returns hexadecimal
 */
export async function digestLines(db: Db, id: string): Promise<string> {
  const row = await db.first<{ digest: string }>(sql`
    select encode(sha256(convert_to(coalesce(string_agg(concat_ws(',', instalment_id, beneficiary_id, collector_id,
      round(amount, minor_units(currency)), currency, wilaya_number) || chr(10), '' order by position), ''), 'UTF8')), 'hex') as digest
    from payment_list_lines where list_id = ${id}`);
  return row?.digest ?? '';
}

export const moveList = (tx: Tx, id: string, state: ListState): Promise<number> =>
  tx.run(sql`update payment_lists set state = ${state}, version = version + 1 where id = ${id}`);

export const markSubmitted = (tx: Tx, id: string, digest: string, now: Date): Promise<number> =>
  tx.run(sql`update payment_lists set state = 'submitted', digest = ${digest}, submitted_at = ${now}, version = version + 1
    where id = ${id}`);

export const markReleased = (tx: Tx, id: string, now: Date): Promise<number> =>
  tx.run(sql`update payment_lists set state = 'released', released_at = ${now}, version = version + 1 where id = ${id}`);

/** Takes every line out of a list that will not be paid, so that its instalments can enter another. */
export const returnLines = (tx: Tx, id: string, reason: string): Promise<number> =>
  tx.run(sql`update payment_list_lines set state = 'returned', return_reason = ${reason} where list_id = ${id} and state = 'included'`);

/** Records a hand in a list. @throws Error by constraint `payment_list_hands_one_each` when the person has had one already */
export async function insertHand(
  tx: Tx,
  listId: string,
  userId: string,
  now: Date,
  { hand, step = null, role = null, digest = null }: { hand: Hand; step?: number | null; role?: string | null; digest?: string | null },
): Promise<void> {
  await tx.run(sql`insert into payment_list_hands (list_id, user_id, hand, step, role, digest, at)
    values (${listId}, ${userId}, ${hand}, ${step}, ${role}, ${digest}, ${now})`);
}

export async function signaturesOf(db: Db, listId: string): Promise<Signature[]> {
  const rows = await db.all<Omit<Signature, 'at'> & { at: Date }>(sql`
    select user_id as "userId", hand, step, at from payment_list_hands where list_id = ${listId} order by at, user_id`);
  return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
}

type Counted<Of> = Omit<Of, 'total'> & { readonly total: string; readonly currency: string };

const counted = <Of extends { readonly total: string; readonly currency: string }>({ total, currency, ...rest }: Of) => ({
  ...rest,
  total: Money.of(total, currency).toJSON(),
});

export async function totalsByWilaya(db: Db, listId: string): Promise<WilayaTotal[]> {
  const rows = await db.all<Counted<WilayaTotal>>(sql`
    select wilaya_number as "wilayaNumber", count(*)::int as lines, sum(amount)::text as total, currency
    from payment_list_lines where list_id = ${listId} group by wilaya_number, currency order by 1`);
  return rows.map(counted);
}

export async function totalsByState(db: Db, listId: string): Promise<StateTotal[]> {
  const rows = await db.all<Counted<StateTotal>>(sql`
    select state, count(*)::int as lines, sum(amount)::text as total, currency
    from payment_list_lines where list_id = ${listId} group by state, currency order by 1`);
  return rows.map(counted);
}

export const returnedByReason = (db: Db, listId: string): Promise<ReasonCount[]> =>
  db.all<ReasonCount>(sql`
  select return_reason as reason, count(*)::int as people
  from payment_list_lines where list_id = ${listId} and state = 'returned' group by return_reason order by 1`);

export async function releasedLines(db: Db, listId: string): Promise<ReleasedLine[]> {
  const rows = await db.all<Omit<ReleasedLine, 'amount'> & { amount: string; currency: string }>(sql`
    select id, beneficiary_id as "beneficiaryId", collector_id as "collectorId", amount::text, currency
    from payment_list_lines where list_id = ${listId} and state = 'released' order by position`);
  return rows.map(({ amount, currency, ...line }) => ({ ...line, amount: Money.of(amount, currency) }));
}

export async function pageOfLines(db: Db, listId: string, limit: number, after: number): Promise<Page<ShownLine>> {
  const rows = await db.all<Omit<ShownLine, 'amount'> & { amount: string; currency: string }>(sql`
    select l.id, l.position, b.registration_number as "registrationNumber", l.amount::text, l.currency,
      l.wilaya_number as "wilayaNumber", l.state, l.return_reason as "returnReason"
    from payment_list_lines l join beneficiaries b on b.id = l.beneficiary_id
    where l.list_id = ${listId} and l.position > ${after} order by l.position limit ${limit + 1}`);
  const lines = rows.map(({ amount, currency, ...line }) => ({ ...line, amount: Money.of(amount, currency).toJSON() }));
  return pageOf(lines, limit, ({ position }) => String(position));
}
