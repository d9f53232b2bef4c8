import { createHash } from 'node:crypto';
import { type Actor, type Db, problem, sql } from '../platform/index.ts';

/** What is kept of a session token: a copy of the table opens no session. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

interface SessionRow {
  readonly session_id: string;
  readonly user_id: string;
  readonly second_factor_at: Date;
  readonly grants: { role: string; scope: Record<string, string> }[];
}

/**
 * The actor that a session token stands for, with the roles that hold now.
 * @throws unauthenticated when the session is unknown, ended or too old, or its user is disabled
 */
export async function authenticate(db: Db, now: Date, token: string): Promise<Actor> {
  const row = await db.first<SessionRow>(sql`
    select s.id as session_id, s.user_id, s.second_factor_at,
      coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'scope',
          jsonb_strip_nulls(jsonb_build_object('programme', g.programme_id, 'office', g.office_id, 'fund', g.fund_id))))
        from role_grants g where g.user_id = s.user_id and (g.ends_at is null or g.ends_at > ${now})), '[]') as grants
    from sessions s join users u on u.id = s.user_id
    where s.token_hash = ${hashToken(token)} and s.ended_at is null and s.expires_at > ${now} and u.disabled_at is null`);
  if (!row) throw problem.unauthenticated('Your session has ended. Sign in again.');
  return { id: row.user_id, kind: 'user', grants: row.grants, secondFactorAt: row.second_factor_at, sessionId: row.session_id };
}
