import { allOf, type Db, Money, newId, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { ExceptionKind, Finding, Resolution, Stated } from '../types.ts';

/** Something that does not agree and waits for, or had, somebody's decision. */
export interface StatementException {
  readonly id: string;
  readonly programmeId: string;
  readonly statementId: string;
  readonly kind: ExceptionKind;
  readonly detail: string;
  readonly state: 'open' | 'resolved';
  readonly ownerId: string | null;
  readonly line: {
    readonly row: number;
    readonly kind: 'payment' | 'reversal';
    readonly reference: string;
    readonly serial: string;
    readonly amount: Stated;
    readonly officeCode: string;
    readonly paidOn: string;
  } | null;
  readonly payoutId: string | null;
  readonly resolution: Resolution | null;
  readonly note: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
  readonly openedAt: string;
}

interface Row extends Omit<StatementException, 'line' | 'resolvedAt' | 'openedAt'> {
  readonly line: (Omit<NonNullable<StatementException['line']>, 'amount'> & { amount: string; currency: string }) | null;
  readonly resolvedAt: Date | null;
  readonly openedAt: Date;
}

const selected = sql`select e.id, e.programme_id as "programmeId", e.statement_id as "statementId", e.kind, e.detail, e.state,
    e.owner_id as "ownerId", e.payout_id as "payoutId", e.resolution, e.note, e.resolved_by as "resolvedBy",
    e.resolved_at as "resolvedAt", e.opened_at as "openedAt",
    case when l.id is not null then jsonb_build_object('row', l.row_number, 'kind', l.kind, 'reference', l.reference,
      'serial', l.serial, 'amount', l.amount::text, 'currency', l.currency, 'officeCode', l.office_code, 'paidOn', l.paid_on) end as line
  from exceptions e left join statement_lines l on l.id = e.statement_line_id`;

function stored({ line, resolvedAt, openedAt, ...row }: Row): StatementException {
  const read = (stated: NonNullable<Row['line']>) => {
    const { amount, currency, ...rest } = stated;
    return { ...rest, amount: Money.of(amount, currency).toJSON() };
  };
  return { ...row, line: line && read(line), resolvedAt: resolvedAt?.toISOString() ?? null, openedAt: openedAt.toISOString() };
}

/** Opens an exception for each finding; whoever imported the statement owns them. */
export async function openExceptions(
  tx: Tx,
  { programmeId, statementId, ownerId, at }: { programmeId: string; statementId: string; ownerId: string; at: Date },
  findings: readonly Finding[],
): Promise<void> {
  await tx.insert(
    'exceptions',
    findings.map(({ kind, detail, lineId, payoutId }) => ({
      id: newId(),
      programme_id: programmeId,
      statement_id: statementId,
      kind,
      statement_line_id: lineId,
      payout_id: payoutId,
      detail,
      state: 'open',
      owner_id: ownerId,
      opened_at: at,
      version: 1,
    })),
  );
}

export async function findException(db: Db, id: string): Promise<StatementException | undefined> {
  const row = await db.first<Row>(sql`${selected} where e.id = ${id}`);
  return row && stored(row);
}

/** @returns whether the exception was open until now */
export async function closeException(
  tx: Tx,
  id: string,
  { resolution, note, by, at }: { resolution: Resolution; note: string; by: string; at: Date },
): Promise<boolean> {
  return (
    (await tx.run(sql`update exceptions set state = 'resolved', resolution = ${resolution}, note = ${note}, resolved_by = ${by},
    resolved_at = ${at}, version = version + 1 where id = ${id} and state = 'open'`)) === 1
  );
}

/** A programme's exceptions in the order they were opened. */
export async function pageOfExceptions(
  db: Db,
  programmeId: string,
  { state, kind }: { state?: string | undefined; kind?: string | undefined },
  limit: number,
  after: string | undefined,
): Promise<Page<StatementException>> {
  const rows = await db.all<Row>(sql`${selected}
    where ${allOf([
      sql`e.programme_id = ${programmeId}`,
      ...(state ? [sql`e.state = ${state}`] : []),
      ...(kind ? [sql`e.kind = ${kind}`] : []),
      ...(after ? [sql`e.id > ${after}`] : []),
    ])} order by e.id limit ${limit + 1}`);
  return pageOf(rows.map(stored), limit, ({ id }) => id);
}
