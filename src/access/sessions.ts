import { createHash, randomBytes } from 'node:crypto';
import { type Actor, type Db, newId, problem, sql, type Tx } from '../platform/index.ts';

/** How long a session lasts at most, however much it is used. */
const SESSION_MS = 12 * 60 * 60_000;
const TOKEN_BYTES = 32;

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
export async function userOfSession(db: Db, now: Date, token: string): Promise<Actor> {
  const row = await db.first<SessionRow>(sql`
    select s.id as session_id, s.user_id, s.second_factor_at,
      coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'scope',
          jsonb_strip_nulls(jsonb_build_object('programme', g.programme_id, 'office', g.office_id, 'fund', g.fund_id))))
        from role_grants g where g.user_id = s.user_id and (g.ends_at is null or g.ends_at > ${now})), '[]') as grants
    from sessions s join users u on u.id = s.user_id
    where s.token_hash = ${hashToken(token)} and s.ended_at is null and s.expires_at > ${now} and u.disabled_at is null`);
  if (!row) throw ended();
  return { id: row.user_id, kind: 'user', grants: row.grants, secondFactorAt: row.second_factor_at, sessionId: row.session_id };
}

export const ended = () => problem.unauthenticated('Your session has ended. Sign in again.');

/** Begins a session, with the second factor given now. @returns the token, which is kept nowhere */
export async function beginSession(tx: Tx, userId: string, now: Date): Promise<{ id: string; token: string; expiresAt: Date }> {
  const id = newId();
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const expiresAt = new Date(now.getTime() + SESSION_MS);
  await tx.run(sql`insert into sessions (id, token_hash, user_id, second_factor_at, created_at, expires_at)
    values (${id}, ${hashToken(token)}, ${userId}, ${now}, ${now}, ${expiresAt})`);
  return { id, token, expiresAt };
}

/** How many wrong codes a session has seen. Tries in one session pass here one after another. @throws unauthenticated when it has ended */
export async function lockSession(tx: Tx, id: string): Promise<number> {
  const row = await tx.first<{ wrong_codes: number }>(
    sql`select wrong_codes from sessions where id = ${id} and ended_at is null for no key update`,
  );
  if (!row) throw ended();
  return row.wrong_codes;
}

export async function acceptSecondFactor(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.run(sql`update sessions set second_factor_at = ${now}, wrong_codes = 0 where id = ${id}`);
}

export async function countWrongCode(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update sessions set wrong_codes = wrong_codes + 1 where id = ${id}`);
}

export async function endSession(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.run(sql`update sessions set ended_at = ${now} where id = ${id} and ended_at is null`);
}

/** Ends every session of a user. */
export async function endSessionsOf(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.run(sql`update sessions set ended_at = ${now} where user_id = ${userId} and ended_at is null`);
}
