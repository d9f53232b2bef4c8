import { allOf, atMost, type Db, Money, type Page, pageOf, type Sql, sql } from '../../platform/index.ts';
import type { ExceptionKind } from '../types.ts';
import type { Attachment, ExceptionState, StatementException, Step } from './types.ts';

interface Row extends Omit<StatementException, 'line' | 'amount' | 'resolvedAt' | 'openedAt'> {
  readonly line: (Omit<NonNullable<StatementException['line']>, 'amount'> & { amount: string; currency: string }) | null;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly resolvedAt: Date | null;
  readonly openedAt: Date;
}

/** The day in the programme's time zone. */
const dayOf = (moment: Sql): Sql => sql`(${moment} at time zone g.time_zone)::date`;

const isOverdue = (now: Date): Sql => sql`e.state <> 'resolved' and e.due_on < ${dayOf(sql`${now}::timestamptz`)}`;

/** @param chosen which exceptions, as rows of their table */
const selected = (
  now: Date,
  chosen: Sql,
): Sql => sql`select e.id, e.programme_id as "programmeId", e.statement_id as "statementId", e.kind, e.detail, e.state,
    e.owner_id as "ownerId", e.due_on as "dueOn", ${isOverdue(now)} as overdue,
    ${dayOf(sql`coalesce(e.resolved_at, ${now}::timestamptz)`)} - ${dayOf(sql`e.opened_at`)} as "ageDays", e.office_id as "officeId", e.amount, e.currency,
    e.payout_id as "payoutId", case when e.record_id is not null then jsonb_build_object('type', e.record_type, 'id', e.record_id) end as record,
    e.resolution, e.note, e.resolved_by as "resolvedBy", e.resolved_at as "resolvedAt", e.opened_at as "openedAt", e.version,
    case when l.id is not null then jsonb_build_object('row', l.row_number, 'kind', l.kind, 'reference', l.reference,
      'serial', l.serial, 'amount', l.amount::text, 'currency', l.currency, 'officeCode', l.office_code, 'paidOn', l.paid_on) end as line
  from (${chosen}) e join programmes g on g.id = e.programme_id left join statement_lines l on l.id = e.statement_line_id`;

function stored({ line, amount, currency, resolvedAt, openedAt, ...row }: Row): StatementException {
  const read = (stated: NonNullable<Row['line']>) => {
    const { amount, currency, ...rest } = stated;
    return { ...rest, amount: Money.of(amount, currency).toJSON() };
  };
  return {
    ...row,
    amount: amount !== null && currency !== null ? Money.of(amount, currency).toJSON() : null,
    line: line && read(line),
    resolvedAt: resolvedAt?.toISOString() ?? null,
    openedAt: openedAt.toISOString(),
  };
}

export async function findException(db: Db, id: string, now: Date): Promise<StatementException | undefined> {
  const row = await db.first<Row>(selected(now, sql`select * from exceptions where id = ${id}`));
  return row && stored(row);
}

/** Which of a programme's exceptions are wanted; amounts in the currency at stake. */
export interface ExceptionFilter {
  readonly state?: ExceptionState | undefined;
  readonly kind?: ExceptionKind | undefined;
  readonly ownerId?: string | undefined;
  /** Whether they are nobody's yet. */
  readonly unowned?: boolean | undefined;
  readonly overdue?: boolean | undefined;
  readonly officeId?: string | undefined;
  readonly statementId?: string | undefined;
  readonly payoutId?: string | undefined;
  readonly minAmount?: string | undefined;
  readonly maxAmount?: string | undefined;
}

/** The condition of a filter on exceptions `e` of programmes `g`. */
export const fits = (programmeId: string, filter: ExceptionFilter, now: Date): Sql =>
  allOf([
    sql`e.programme_id = ${programmeId}`,
    ...(filter.state ? [sql`e.state = ${filter.state}`] : []),
    // Said as the index says it.
    ...((filter.state ?? 'resolved') === 'resolved' ? [] : [sql`e.state <> 'resolved'`]),
    ...(filter.kind ? [sql`e.kind = ${filter.kind}`] : []),
    ...(filter.ownerId ? [sql`e.owner_id = ${filter.ownerId}`] : []),
    ...(filter.unowned === undefined ? [] : [sql`(e.owner_id is null) = ${filter.unowned}`]),
    ...(filter.overdue === undefined ? [] : [sql`(${isOverdue(now)}) = ${filter.overdue}`]),
    ...(filter.officeId ? [sql`e.office_id = ${filter.officeId}`] : []),
    ...(filter.statementId ? [sql`e.statement_id = ${filter.statementId}`] : []),
    ...(filter.payoutId ? [sql`e.payout_id = ${filter.payoutId}`] : []),
    ...(filter.minAmount ? [sql`e.amount >= ${filter.minAmount}::numeric`] : []),
    ...(filter.maxAmount ? [sql`e.amount <= ${filter.maxAmount}::numeric`] : []),
  ]);

/** A programme's exceptions in the order they were opened. */
export async function pageOfExceptions(
  db: Db,
  programmeId: string,
  filter: ExceptionFilter,
  now: Date,
  limit: number,
  after: string | undefined,
): Promise<Page<StatementException>> {
  const chosen = sql`select e.* from exceptions e join programmes g on g.id = e.programme_id where ${fits(programmeId, filter, now)}
    ${after ? sql`and e.id > ${after}` : sql``} order by e.id limit ${atMost(limit + 1)}`;
  const rows = await db.all<Row>(sql`${selected(now, chosen)} order by e.id`);
  return pageOf(rows.map(stored), limit, ({ id }) => id);
}

/** How many steps of an exception's life are shown: the last ones. */
const STEPS = 200;

interface AroundRow {
  readonly attachments: Attachment[];
  readonly history: Step[];
  readonly commentCount: number;
}

const instant = (text: string): string => new Date(text).toISOString();

/** What was attached to an exception, done with it and said about it. */
export async function aroundException(db: Db, id: string): Promise<AroundRow> {
  const row = await db.first<AroundRow>(sql`select
    coalesce((select jsonb_agg(jsonb_build_object('id', a.id, 'title', a.title, 'location', a.location, 'sha256', a.sha256, 'addedBy', a.added_by,
      'addedAt', a.added_at, 'removedBy', a.removed_by, 'removedAt', a.removed_at, 'removalReason', a.removal_reason) order by a.id)
      from exception_attachments a where a.exception_id = ${id}), '[]') as attachments,
    coalesce((select jsonb_agg(jsonb_build_object('id', h.id, 'at', h.at, 'by', h.by, 'what', h.what, 'reason', h.reason, 'facts', h.facts) order by h.id)
      from (select * from exception_events h where h.exception_id = ${id} order by h.id desc limit ${atMost(STEPS)}) h), '[]') as history,
    (select count(*)::int from exception_comments c where c.exception_id = ${id}) as "commentCount"`);
  const { attachments = [], history = [], commentCount = 0 } = row ?? {};
  return {
    attachments: attachments.map((one) => ({ ...one, addedAt: instant(one.addedAt), removedAt: one.removedAt && instant(one.removedAt) })),
    history: history.map((one) => ({ ...one, at: instant(one.at) })),
    commentCount,
  };
}
