import { allOf, type Db, type Page, pageOf, type Sql, sql } from '../platform/index.ts';
import { type CaseRow, shownCase, shownColumns } from './case-store.ts';
import type { FeedbackCase, FeedbackState } from './types.ts';

/** Which cases are wanted. */
export interface CaseFilter {
  readonly state?: string | undefined;
  readonly category?: string | undefined;
  readonly ownerId?: string | undefined;
  readonly overdue?: boolean | undefined;
  readonly reference?: string | undefined;
}

/** Cases `c` that should have been acknowledged or answered by now. */
export const isOverdue = (now: Date): Sql => sql`(c.state = 'received' and c.acknowledge_due_at <= ${now}
  or c.state in ('received', 'acknowledged', 'in_progress', 'reopened') and c.resolve_due_at <= ${now})`;

const wanted = ({ state, category, ownerId, overdue, reference }: CaseFilter, now: Date): Sql[] => [
  ...(state ? [sql`c.state = ${state}`] : []),
  ...(category ? [sql`c.category = ${category}`] : []),
  ...(ownerId ? [sql`c.owner_id = ${ownerId}`] : []),
  ...(overdue === undefined ? [] : [overdue ? isOverdue(now) : sql`not ${isOverdue(now)}`]),
  ...(reference ? [sql`c.reference = ${reference}`] : []),
];

/** Cases, the newest first. @param within which of them `c` may be seen */
export async function pageOfCases(
  db: Db,
  within: Sql,
  filter: CaseFilter,
  now: Date,
  limit: number,
  before: string | undefined,
): Promise<Page<FeedbackCase>> {
  const rows = await db.all<CaseRow>(sql`select ${shownColumns} from feedback_cases c
    where ${allOf([sql`(${within})`, ...wanted(filter, now), ...(before ? [sql`c.id < ${before}`] : [])])} order by c.id desc limit ${limit + 1}`);
  return pageOf(rows.map(shownCase), limit, ({ id }) => id);
}

interface Escalation {
  readonly caseId: string;
  readonly reference: string;
  readonly of: 'acknowledge' | 'resolve';
  readonly level: number;
  readonly userId: string | null;
  readonly at: string;
  readonly state: FeedbackState;
}

const keyOf = ({ at, caseId, of, level }: Escalation): string => `${at}/${caseId}/${of}/${level}`;

/** Whether a text is where a page of escalations may end. */
export const isEscalationKey = (key: string): boolean => /^[0-9T:.Z-]{24}\/[0-9a-f-]{36}\/(?:acknowledge|resolve)\/[123]$/.test(key);

/** Escalations of the cases `c` that may be seen, the newest first. @param of whom they were told to, beside those told to everybody */
export async function escalationsOf(
  db: Db,
  within: Sql,
  of: string | undefined,
  limit: number,
  after: string | undefined,
): Promise<Page<Escalation>> {
  const [at, caseId, kind, level] = after?.split('/') ?? [];
  const rows = await db.all<
    Omit<Escalation, 'at'> & { at: Date }
  >(sql`select e.case_id as "caseId", c.reference, e.of, e.level, e.user_id as "userId",
      e.at, c.state
    from feedback_escalations e join feedback_cases c on c.id = e.case_id
    where (${within}) and ${of ? sql`(e.user_id is null or e.user_id = ${of})` : sql`true`}
      and ${at && caseId && kind && level ? sql`(e.at, e.case_id, e.of, e.level) < (${at}::timestamptz, ${caseId}::uuid, ${kind}, ${level}::int)` : sql`true`}
    order by e.at desc, e.case_id desc, e.of desc, e.level desc limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => ({ ...row, at: row.at.toISOString() })),
    limit,
    keyOf,
  );
}
