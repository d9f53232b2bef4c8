import { allOf, type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Alert } from './types.ts';

type AlertRow = Omit<Alert, 'at' | 'seenAt'> & { readonly at: Date; readonly seenAt: Date | null };

const columns = sql`a.id, a.kind, a.at, jsonb_build_object('type', a.subject_type, 'id', a.subject_id) as subject,
  a.programme_id as "programmeId", a.facts, a.seen_by as "seenBy", a.seen_at as "seenAt"`;

const alertOf = ({ at, seenAt, ...row }: AlertRow): Alert => ({ ...row, at: at.toISOString(), seenAt: seenAt?.toISOString() ?? null });

interface Filter {
  readonly kind?: string | undefined;
  readonly seen?: boolean | undefined;
}

/** @param within which alerts `a` the reader may see */
export async function pageOfAlerts(
  db: Db,
  within: Sql,
  { kind, seen }: Filter,
  limit: number,
  before: string | undefined,
): Promise<Page<Alert>> {
  const rows = await db.all<AlertRow>(sql`select ${columns} from alerts a
    where ${allOf([
      within,
      ...(kind === undefined ? [] : [sql`a.kind = ${kind}`]),
      ...(seen === undefined ? [] : [seen ? sql`a.seen_at is not null` : sql`a.seen_at is null`]),
      ...(before === undefined ? [] : [sql`a.id < ${before}`]),
    ])}
    order by a.id desc limit ${limit + 1}`);
  return pageOf(rows.map(alertOf), limit, ({ id }) => id);
}

export async function findAlert(db: Db, id: string): Promise<Alert | undefined> {
  const row = await db.first<AlertRow>(sql`select ${columns} from alerts a where a.id = ${id}`);
  return row && alertOf(row);
}

/** @returns false when somebody has seen it already */
export async function setSeen(tx: Tx, id: string, by: string, now: Date): Promise<boolean> {
  return (await tx.run(sql`update alerts set seen_by = ${by}, seen_at = ${now} where id = ${id} and seen_at is null`)) === 1;
}
