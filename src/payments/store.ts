import { type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Detail } from './overlap/index.ts';
import type { FundTotal, LeftOut, ListFilter, ListState, PaymentList, Progress, ShownLine } from './types.ts';

interface Row extends Omit<PaymentList, 'total' | 'funds' | 'createdAt' | 'submittedAt' | 'releasedAt' | 'closedAt'> {
  readonly currency: string;
  readonly total: string;
  readonly funds: readonly { readonly fundId: string; readonly lines: number; readonly total: string }[];
  readonly createdAt: Date;
  readonly submittedAt: Date | null;
  readonly releasedAt: Date | null;
  readonly closedAt: Date | null;
}

const columns = sql`id, programme_id as "programmeId", programme_version as "programmeVersion", round, name, source, state,
  line_count as "lineCount", total::text, currency, digest, built_by as "builtBy", created_at as "createdAt",
  submitted_at as "submittedAt", released_at as "releasedAt", closed_at as "closedAt",
  (select coalesce(jsonb_agg(jsonb_build_object('fundId', f.fund_id, 'lines', f.line_count, 'total', f.total::text) order by f.fund_id), '[]')
    from payment_list_funds f where f.list_id = payment_lists.id and f.line_count > 0) as funds`;

const listOf = ({ currency, total, funds, createdAt, submittedAt, releasedAt, closedAt, ...row }: Row): PaymentList => ({
  ...row,
  total: Money.of(total, currency).toJSON(),
  funds: funds.map((fund): FundTotal => ({ ...fund, total: Money.of(fund.total, currency).toJSON() })),
  createdAt: createdAt.toISOString(),
  submittedAt: submittedAt?.toISOString() ?? null,
  releasedAt: releasedAt?.toISOString() ?? null,
  closedAt: closedAt?.toISOString() ?? null,
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

/**
 * A programme's lists, newest first.
 * @param within which of them may be seen
 * @param before the list that the page before ended with
 */
export async function pageOfLists(
  db: Db,
  programmeId: string,
  within: Sql,
  limit: number,
  before: string | undefined,
): Promise<Page<PaymentList>> {
  const rows = await db.all<Row>(sql`select ${columns} from payment_lists
    where programme_id = ${programmeId} and (${within}) and (${before ?? null}::uuid is null or id < ${before ?? null}::uuid)
    order by id desc limit ${limit + 1}`);
  return pageOf(rows.map(listOf), limit, ({ id }) => id);
}

/** Makes lists of one programme wait for each other while they are drawn up, so that no instalment enters two. */
export const lockDrawingUp = (tx: Tx, programmeId: string): Promise<unknown> =>
  tx.first(sql`select from programmes where id = ${programmeId} for no key update`);

export async function insertList(
  tx: Tx,
  list: Pick<PaymentList, 'id' | 'programmeId' | 'name' | 'builtBy'> & { readonly source: ListFilter; readonly currency: string },
  now: Date,
): Promise<void> {
  const { id, programmeId, name, source, currency, builtBy } = list;
  await tx.run(sql`insert into payment_lists (id, programme_id, name, source, currency, built_by, created_at)
    values (${id}, ${programmeId}, ${name}, ${JSON.stringify(source)}::jsonb, ${currency}, ${builtBy}, ${now})`);
}

/** Adds up a list's lines that are not held back from what it draws from each fund. */
export const addUp = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`
    update payment_lists l
      set (line_count, total) = (select coalesce(sum(f.line_count), 0), coalesce(sum(f.total), 0) from payment_list_funds f where f.list_id = l.id)
    where id = ${id}`);

/**
 * SHA-256 over a list's lines that are not held back, in order of position: each is instalment, beneficiary, collector, fund, amount (with all
 * its minor digits), currency and wilaya, joined with commas and ended with a line feed. None of these can hold either. Lines are digested
 * by ten thousand positions, and the list is digested from those digests, each in hexadecimal and ended with a line feed.
 * @returns hexadecimal
 */
export async function digestLines(db: Db, id: string): Promise<string> {
  const row = await db.first<{ digest: string }>(sql`select payment_list_digest(${id}) as digest`);
  return row?.digest ?? '';
}

export const moveList = (tx: Tx, id: string, state: ListState): Promise<number> =>
  tx.run(sql`update payment_lists set state = ${state}, version = version + 1 where id = ${id}`);

export const markSubmitted = (tx: Tx, id: string, digest: string, now: Date): Promise<number> =>
  tx.run(sql`update payment_lists set state = 'submitted', digest = ${digest}, submitted_at = ${now}, version = version + 1,
      programme_version = (select p.version from programmes p where p.id = programme_id)
    where id = ${id}`);

export const markReleased = (tx: Tx, id: string, now: Date): Promise<number> =>
  tx.run(sql`update payment_lists set state = 'released', released_at = ${now}, version = version + 1 where id = ${id}`);

export const markClosed = (tx: Tx, id: string, now: Date): Promise<number> =>
  tx.run(sql`update payment_lists set state = 'closed', closed_at = ${now}, version = version + 1 where id = ${id}`);

/** How far a list that is being built or released has come; null for any other. */
export async function progressOf(db: Db, { id, state }: PaymentList): Promise<Progress | null> {
  if (state === 'building') {
    return (await db.first<Progress>(sql`select seen as done, due as "of" from payment_list_builds where list_id = ${id}`)) ?? null;
  }
  if (state !== 'releasing') return null;
  const row = await db.first<Progress>(sql`
    select coalesce((select max(to_position) from payment_list_batches where list_id = ${id}), 0) as done,
      coalesce((select max(position) from payment_list_lines where list_id = ${id}), 0) as "of"`);
  return row ?? null;
}

/** A line as it is stored: what refused it is not for everybody. */
export type StoredLine = Omit<ShownLine, 'returnDetail'> & { readonly detail: Detail | null };

/** A list's lines `l`, by position. @param within which of them may be seen */
export async function pageOfLines(db: Db, listId: string, within: Sql, limit: number, after: number): Promise<Page<StoredLine>> {
  const rows = await db.all<Omit<StoredLine, 'amount'> & { amount: string; currency: string }>(sql`
    select l.id, l.position, l.beneficiary_id as "beneficiaryId", b.registration_number as "registrationNumber", l.amount::text, l.currency,
      l.plan_id as "planId", l.kind, l.fund_id as "fundId", l.wilaya_number as "wilayaNumber", l.state, l.return_reason as "returnReason",
      l.return_detail as detail, l.held_reason as "heldReason", l.held_by as "heldBy"
    from payment_list_lines l join beneficiaries b on b.id = l.beneficiary_id
    where l.list_id = ${listId} and (${within}) and l.position > ${after} order by l.position limit ${limit + 1}`);
  const lines = rows.map(({ amount, currency, ...line }) => ({ ...line, amount: Money.of(amount, currency).toJSON() }));
  return pageOf(lines, limit, ({ position }) => String(position));
}

/** Somebody left out, as it is stored: what refused them is not for everybody. */
export type StoredLeftOut = Omit<LeftOut, 'detail'> & { readonly detail: Detail | null };

/** Who was left out of a list when it was built, by registration number. @param after registration number and instalment */
export async function pageOfLeftOut(
  db: Db,
  listId: string,
  limit: number,
  after: { readonly registrationNumber: string; readonly instalmentId: string } | undefined,
): Promise<Page<StoredLeftOut>> {
  const { registrationNumber = '', instalmentId = '00000000-0000-0000-0000-000000000000' } = after ?? {};
  const rows = await db.all<Omit<StoredLeftOut, 'amount'> & { amount: string; currency: string }>(sql`
    select beneficiary_id as "beneficiaryId", registration_number as "registrationNumber", instalment_id as "instalmentId", plan_id as "planId", kind,
      amount::text, currency, reason, detail
    from payment_list_left_out
    where list_id = ${listId} and (registration_number, instalment_id) > (${registrationNumber}, ${instalmentId}::uuid)
    order by registration_number, instalment_id limit ${limit + 1}`);
  const people = rows.map(({ amount, currency, ...row }) => ({ ...row, amount: Money.of(amount, currency).toJSON() }));
  return pageOf(people, limit, (one) => `${one.registrationNumber}/${one.instalmentId}`);
}

/** Whether any of these people was put on a list that counts, or on one that was released, since a moment. */
export const listedSince = async (db: Db, beneficiaryIds: readonly string[], since: Date): Promise<boolean> =>
  (await db.first(sql`select from payment_list_lines l join payment_lists p on p.id = l.list_id
    where l.beneficiary_id = any(${beneficiaryIds}::uuid[]) and l.counts and (p.created_at >= ${since} or p.released_at >= ${since})
    limit 1`)) !== undefined;

/** Released lists of which nothing is outstanding any more, and of which nothing was paid today, as that can still be voided. */
export const listsToClose = async (db: Db, now: Date): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`
      select l.id from payment_lists l join programmes p on p.id = l.programme_id
      where l.state = 'released'
        and not exists (select from vouchers v where v.list_id = l.id and v.state in ('issued', 'activated', 'locked'))
        and not exists (select from payouts o join vouchers v on v.id = o.voucher_id
          where v.list_id = l.id and o.paid_on >= (${now}::timestamptz at time zone p.time_zone)::date)
      order by l.id`)
  ).map(({ id }) => id);
