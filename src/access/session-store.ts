import { type Db, sql } from '../platform/index.ts';
import { isOpen } from './session-actor.ts';

/** A session that can be used, as its user or an administrator sees it. */
export interface Session {
  readonly id: string;
  readonly kind: 'full' | 'device';
  readonly transport: 'bearer' | 'cookie';
  readonly startedAt: string;
  /** To the minute. */
  readonly lastUsedAt: string;
  readonly expiresAt: string;
  /** The family of the browser or program, in a word or two. */
  readonly device: string | null;
  /** Equal marks are one network, nearly always; nothing else can be read from it. */
  readonly network: string | null;
}

type Row = Omit<Session, 'startedAt' | 'lastUsedAt' | 'expiresAt' | 'network'> & {
  readonly [Time in 'startedAt' | 'lastUsedAt' | 'expiresAt']: Date;
} & { readonly network: Buffer | null };

/** Sessions of a user that can be used, the newest first: the database lets nobody have more than ten. */
export async function openSessions(db: Db, userId: string, now: Date): Promise<Session[]> {
  const rows = await db.all<Row>(sql`select s.id, s.kind, s.transport, s.created_at as "startedAt",
      greatest(s.created_at, s.last_used_at) as "lastUsedAt", s.expires_at as "expiresAt", s.agent as device, s.network
    from sessions s where s.user_id = ${userId} and ${isOpen(now)} order by s.id desc`);
  return rows.map(({ startedAt, lastUsedAt, expiresAt, network, ...session }) => ({
    ...session,
    startedAt: startedAt.toISOString(),
    lastUsedAt: lastUsedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    network: network?.toString('hex').slice(0, 8) ?? null,
  }));
}

/** Whose session it is that has not been ended. */
export const userOf = async (db: Db, sessionId: string): Promise<string | undefined> =>
  (await db.first<{ userId: string }>(sql`select user_id as "userId" from sessions where id = ${sessionId} and ended_at is null`))?.userId;
