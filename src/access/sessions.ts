import { createHash, randomBytes } from 'node:crypto';
import { newId, problem, sql, type Tx } from '../platform/index.ts';
import { say } from './words.ts';

const MINUTE_MS = 60_000;
/** How long a session lasts at most, however much it is used, unless the settings say otherwise. */
export const SESSION_MS = 12 * 60 * MINUTE_MS;
/** How long a session may rest, unless the settings say otherwise. */
export const IDLE_MS = 30 * MINUTE_MS;
/** Sessions that one user may have open; the database refuses one more. */
export const MOST_SESSIONS = 10;
const TOKEN_BYTES = 32;

/** What is kept of a session token: a copy of the table opens no session. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

const newToken = (): string => randomBytes(TOKEN_BYTES).toString('base64url');

export const ended = () => problem.unauthenticated(say('session_ended'));

/** How a session is to be held. What is left out is as for somebody who signs in with both factors and carries the token themselves. */
export interface SessionOptions {
  /** `full`: both factors were given; `device`: a PIN on a device that is enrolled. */
  readonly kind?: 'full' | 'device';
  readonly transport?: 'bearer' | 'cookie';
  /** By which a device's session was opened. It ends with the enrolment. */
  readonly enrolmentId?: string;
  /** How long it may rest, in milliseconds, to the second. */
  readonly idleMs?: number;
  /** How long it lasts however much it is used, in milliseconds. */
  readonly absoluteMs?: number;
  /** When the second factor was given: now unless said otherwise; null is never. */
  readonly secondFactorAt?: Date | null;
  /** The family of the browser or program that asks, in a word or two. */
  readonly agent?: string | undefined;
  /** The keyed digest of the network that it asks from. */
  readonly network?: Buffer | undefined;
}

/** A session that has just begun. */
export interface BegunSession {
  readonly id: string;
  /** The only time that it is seen: its digest is kept. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** Begins a session. Of more than ten, the one that was used least lately ends. */
export async function beginSession(tx: Tx, userId: string, now: Date, options: SessionOptions = {}): Promise<BegunSession> {
  const { kind = 'full', transport = 'bearer', idleMs = IDLE_MS, absoluteMs = SESSION_MS, secondFactorAt = now } = options;
  const id = newId();
  const token = newToken();
  const expiresAt = new Date(now.getTime() + absoluteMs);
  await makeRoom(tx, userId, now);
  await tx.run(sql`insert into sessions
      (id, token_hash, user_id, second_factor_at, created_at, expires_at, kind, transport, idle_seconds, agent, network,
      device_enrolment_id)
    values (${id}, ${hashToken(token)}, ${userId}, ${secondFactorAt}, ${now}, ${expiresAt}, ${kind}, ${transport},
      ${Math.max(Math.round(idleMs / 1000), 1)}, ${options.agent ?? null}, ${options.network ?? null},
      ${options.enrolmentId ?? null})`);
  return { id, token, expiresAt };
}

async function makeRoom(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx.first(sql`select from users where id = ${userId} for no key update`);
  await tx.run(sql`update sessions set ended_at = ${now}, end_reason = 'too many' where id in (
    select id from sessions where user_id = ${userId} and ended_at is null and expires_at > ${now}
    order by greatest(created_at, last_used_at) desc, id desc offset ${MOST_SESSIONS - 1})`);
}

/** How many wrong codes a session has seen. Tries in one session pass here one after another. @throws unauthenticated when it has ended */
export async function lockSession(tx: Tx, id: string): Promise<number> {
  const row = await tx.first<{ wrong_codes: number }>(
    sql`select wrong_codes from sessions where id = ${id} and ended_at is null for no key update`,
  );
  if (!row) throw ended();
  return row.wrong_codes;
}

/**
 * Makes the second factor of a session fresh, and gives the session another token: whoever has the old one has nothing
 * (OWASP ASVS 5.0, 7.2.4).
 * @returns the new token, which is kept nowhere
 */
export async function acceptSecondFactor(tx: Tx, id: string, now: Date): Promise<string> {
  const token = newToken();
  const count = await tx.run(sql`update sessions set second_factor_at = ${now}, wrong_codes = 0, token_hash = ${hashToken(token)}
    where id = ${id} and ended_at is null`);
  if (count === 0) throw ended();
  return token;
}

export async function countWrongCode(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update sessions set wrong_codes = wrong_codes + 1 where id = ${id}`);
}

/** Ends a session at once. @returns false when it had ended */
export async function endSession(tx: Tx, id: string, now: Date, reason = 'left'): Promise<boolean> {
  return (await tx.run(sql`update sessions set ended_at = ${now}, end_reason = ${reason} where id = ${id} and ended_at is null`)) === 1;
}

/**
 * Ends every session of a user at once.
 * @param kept one that goes on
 * @returns how many were open
 */
export function endSessionsOf(tx: Tx, userId: string, now: Date, reason = 'ended', kept: string | null = null): Promise<number> {
  return tx.run(sql`update sessions set ended_at = ${now}, end_reason = ${reason}
    where user_id = ${userId} and ended_at is null and id is distinct from ${kept}::uuid`);
}
