import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import { isOverdue } from './list-store.ts';
import type { FeedbackLanguage } from './types.ts';

/** How many cases one command takes, at most. */
const BATCH = 200;
const LEVELS = 3;

/** Cases and how far each should have been escalated by now: once when its time is over, and once more for each day after it, three times at most. */
const due = (now: Date): Sql => sql`select c.id, c.programme_id, c.category, o.of,
    least(${LEVELS}::int, 1 + floor(extract(epoch from ${now}::timestamptz - o.due_at) / 86400)::int) as level
  from feedback_cases c cross join lateral (
    select 'acknowledge' as of, c.acknowledge_due_at as due_at where c.state = 'received'
    union all select 'resolve', c.resolve_due_at) o
  where ${isOverdue(now)} and o.due_at <= ${now}`;

const missing = (now: Date): Sql => sql`select d.* from (${due(now)}) d
  where not exists (select from feedback_escalations e where e.case_id = d.id and e.of = d.of and e.level >= d.level)`;

/** Whether a case has to be told of. */
export const hasOverdue = async (db: Db, now: Date): Promise<boolean> => (await db.first(sql`${missing(now)} limit 1`)) !== undefined;

export interface Escalated {
  readonly caseId: string;
  readonly programmeId: string;
  readonly of: 'acknowledge' | 'resolve';
  readonly level: number;
}

/** Users `u` who handle the case `c` at a moment, with their grants `g`: those with the role whom it is not about. */
const handlers = (now: Date): Sql => sql`users u join role_grants g on g.user_id = u.id and u.disabled_at is null
  and (g.programme_id is null or g.programme_id = c.programme_id) and (g.ends_at is null or g.ends_at > ${now})
  and (g.role = 'protection_officer' or g.role = 'feedback_officer' and not c.is_sensitive) and u.id <> all (c.accused_ids)`;

/**
 * Writes down who is told of which case. Who is responsible and handles such cases no more, or whom the case is about, is passed over for the next;
 * where nobody is left, everybody with the role is told.
 */
export const escalateOverdue = (tx: Tx, now: Date): Promise<Escalated[]> =>
  tx.all(sql`insert into feedback_escalations (case_id, of, level, user_id, at)
    select m.id, m.of, m.level, (select named.id from unnest(r.responsible) with ordinality as named (id, level)
        where named.level >= m.level and exists (select from ${handlers(now)} where u.id = named.id) order by named.level limit 1), ${now}::timestamptz
    from (${missing(now)} order by 1, 4 limit ${BATCH}) m join feedback_cases c on c.id = m.id
      join feedback_rules r on r.programme_id = m.programme_id and r.category = m.category
    on conflict do nothing
    returning case_id as "caseId", (select programme_id from feedback_cases f where f.id = case_id) as "programmeId", of, level`);

/** Somebody who is told by mail. */
export interface Recipient {
  readonly userId: string;
  readonly email: string;
  readonly language: FeedbackLanguage;
  readonly reference: string;
}

/** Who is told of an escalation while its case still waits: the one it names, or everybody who handles such cases, when that one does so no more. */
export const recipientsOf = (
  db: Db,
  { caseId, of, level }: Pick<Escalated, 'caseId' | 'of'> & { readonly level: number },
  now: Date,
): Promise<Recipient[]> =>
  db.all(sql`select h.id as "userId", h.email, h.language, c.reference
    from feedback_escalations e join feedback_cases c on c.id = e.case_id
      cross join lateral (select distinct u.id, u.email, u.language from ${handlers(now)}) h
    where e.case_id = ${caseId} and e.of = ${of} and e.level = ${level} and ${isOverdue(now)}
      and (e.user_id is null or e.user_id = h.id or not exists (select from ${handlers(now)} where u.id = e.user_id))`);
