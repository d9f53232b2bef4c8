import { type Actor, type Clock, type Database, type Db, Gathering, type Language, Recent, sql } from '../platform/index.ts';
import { grantsOnDevice } from './devices/rules.ts';
import { minuteOf } from './rules.ts';
import { ended, hashToken } from './sessions.ts';

/** As many sessions are looked up at once at most. */
const LOOKED_UP_TOGETHER = 100;

/** A token as it is shown: by the digest that is kept of it, and the way that it came. */
interface Shown {
  readonly hash: Buffer;
  readonly transport: 'bearer' | 'cookie';
}

interface SessionRow extends Pick<Shown, 'transport'> {
  readonly token_hash: Buffer;
  readonly session_id: string;
  readonly user_id: string;
  readonly language: Language;
  readonly second_factor_at: Date | null;
  readonly last_use: Date;
  readonly grants: { role: string; scope: Record<string, string> }[];
  readonly device_id: string | null;
  readonly office_id: string | null;
}

/** The condition on sessions `s` under which one can be used. */
export const isOpen = (now: Date) => sql`s.ended_at is null and s.expires_at > ${now}
  and greatest(s.created_at, s.last_used_at) + make_interval(secs => s.idle_seconds) > ${now}`;

/** The sessions that can be used of those whose tokens are shown, with the roles that hold now: they are read each time, so what ends has ended. */
async function sessionsShown(db: Db, now: Date, shown: readonly Shown[]): Promise<(SessionRow | undefined)[]> {
  const tokens = JSON.stringify(shown.map(({ hash }) => ({ hash: `\\x${hash.toString('hex')}` })));
  const rows = await db.all<SessionRow>(sql`
    select s.token_hash, s.transport, s.id as session_id, s.user_id, u.language, s.second_factor_at, greatest(s.created_at, s.last_used_at) as last_use,
      coalesce((select jsonb_agg(jsonb_build_object('role', g.role, 'scope',
          jsonb_strip_nulls(jsonb_build_object('programme', g.programme_id, 'office', g.office_id, 'fund', g.fund_id))))
        from role_grants g where g.user_id = s.user_id and (g.ends_at is null or g.ends_at > ${now})), '[]') as grants,
      d.id as device_id, d.office_id
    from json_to_recordset(${tokens}::json) as q (hash bytea) join sessions s on s.token_hash = q.hash join users u on u.id = s.user_id
      left join device_enrolments e on e.id = s.device_enrolment_id and e.ended_at is null and e.locked_at is null
      left join devices d on d.id = e.device_id and d.revoked_at is null
    where ${isOpen(now)} and u.disabled_at is null
      and (s.kind = 'full' or d.id is not null)`);
  return shown.map(({ hash, transport }) => rows.find((row) => row.transport === transport && row.token_hash.equals(hash)));
}

/**
 * The actor that a session stands for.
 * @returns when the session was last known to be used, too
 * @throws unauthenticated when the session is unknown, ended, too old or has rested too long, or its user is disabled; on a device, when that is
 *   revoked or locked, too, or its user has no role left there
 */
function userOfSession(row: SessionRow | undefined): { actor: Actor & { sessionId: string }; lastUse: Date } {
  if (!row) throw ended();
  const { user_id: id, language, grants, second_factor_at: secondFactorAt, session_id: sessionId, last_use: lastUse } = row;
  if (row.device_id === null || row.office_id === null)
    return { actor: { id, kind: 'user', grants, secondFactorAt, sessionId, language }, lastUse };
  const held = grantsOnDevice(grants, row.office_id);
  if (held.length === 0) throw ended();
  const pin = secondFactorAt ? { pinAt: secondFactorAt } : {};
  return { actor: { id, kind: 'user', grants: held, secondFactorAt: null, sessionId, language, deviceId: row.device_id, ...pin }, lastUse };
}

/**
 * Recognises sessions, and keeps for each when it was last used, to the minute. Keeping it is bookkeeping like the counting of requests, so it
 * is no command; nobody waits for it, and when it fails the session only rests sooner.
 */
export class SessionActors {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #noted = new Recent<string, number>(10_000);
  /** Tokens that are shown at the same time are looked up together. */
  readonly #lookUps = new Gathering<Shown, SessionRow | undefined>(
    (shown) => sessionsShown(this.#database.reader, this.#clock.now(), shown),
    {
      most: LOOKED_UP_TOGETHER,
    },
  );

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** The user that a token stands for. A token works by the way that it was handed out for alone. @throws unauthenticated */
  async actorOf(token: string, transport: 'bearer' | 'cookie'): Promise<Actor> {
    const { actor, lastUse } = userOfSession(await this.#lookUps.join({ hash: hashToken(token), transport }));
    const minute = minuteOf(this.#clock.now());
    if (lastUse < minute && this.#noted.get(actor.sessionId) !== minute.getTime()) {
      this.#noted.set(actor.sessionId, minute.getTime());
      this.#note(actor.sessionId, minute).catch(() => {});
    }
    return actor;
  }

  async #note(id: string, minute: Date): Promise<void> {
    await this.#database.transaction((tx) =>
      tx.run(sql`update sessions set last_used_at = ${minute}
        where id = ${id} and ended_at is null and (last_used_at is null or last_used_at < ${minute})`),
    );
  }
}
