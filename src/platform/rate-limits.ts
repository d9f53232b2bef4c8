import { RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Clock } from './clock.ts';
import type { Database } from './database.ts';
import type { KeyRing } from './key-ring.ts';
import { problem } from './problems.ts';
import { sql } from './sql.ts';
import type { Said } from './texts.ts';
import { say } from './words/index.ts';

/** How often something may be done by, to or for one subject. */
export interface RateLimit {
  readonly name: string;
  readonly points: number;
  /** How long points count, from the first of them on. */
  readonly seconds: number;
}

interface Counted {
  readonly rows: readonly { readonly points: number; readonly expire: string }[];
}

// The library's rules over our connections and our clock: it reaches its store by the first of these methods and reads the answer by the second.
class Window extends RateLimiterPostgres {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor({ name, points, seconds }: RateLimit, database: Database, clock: Clock) {
    super({
      storeClient: database,
      storeType: 'client',
      tableName: 'rate_limits',
      tableCreated: true,
      clearExpiredByTimeout: false,
      keyPrefix: name,
      points,
      duration: seconds,
    });
    this.#database = database;
    this.#clock = clock;
  }

  _upsert(key: string, points: number, milliseconds: number): Promise<Counted> {
    const now = this.#clock.now().getTime();
    return this.#database.transaction(async (tx) => ({
      rows: await tx.all<Counted['rows'][number]>(sql`insert into rate_limits as r (key, points, expire)
        values (${key}, ${Math.max(points, 0)}, ${now + milliseconds})
        on conflict (key) do update set
          points = case when r.expire <= ${now} then excluded.points
            else greatest(least(r.points::bigint + ${points}::int, 2000000000), 0)::int end,
          expire = case when r.expire <= ${now} then excluded.expire else r.expire end
        returning points, expire`),
    }));
  }

  _getRateLimiterRes(_key: string, changed: number, { rows: [row] }: Counted): RateLimiterRes {
    const consumed = row?.points ?? changed;
    const wait = Math.max(Number(row?.expire ?? 0) - this.#clock.now().getTime(), 0);
    return new RateLimiterRes(Math.max(this.points - consumed, 0), wait, consumed, consumed === changed);
  }
}

/**
 * Counts how often is asked at doors that strangers can reach. Counts are kept in the database, which every process shares, under keyed digests:
 * neither an address nor a telephone number can be read from them. What cannot be counted is not allowed.
 */
export class RateLimits {
  readonly #windows = new Map<string, Window>();
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #keyRing: KeyRing;

  constructor(database: Database, clock: Clock, keyRing: KeyRing) {
    this.#database = database;
    this.#clock = clock;
    this.#keyRing = keyRing;
  }

  /**
   * Counts one request, or as many as it is worth. A request that is refused counts too.
   * @param subject whose requests are counted together
   * @throws too_many_requests saying when to try again; busy when nobody can count
   */
  async take(limit: RateLimit, subject: string, points = 1): Promise<void> {
    try {
      await this.#windowOf(limit).consume(this.#digest(limit, subject), points);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) {
        throw Object.assign(problem.busy(say('not_counted')), { cause: refusal });
      }
      const retryAfterSeconds = Math.max(Math.ceil(refusal.msBeforeNext / 1000), 1);
      throw problem.too_many_requests(say('asked_too_often', { wait: inWords(retryAfterSeconds) }), { retryAfterSeconds });
    }
  }

  /** Takes back what was counted for something that was not done after all. */
  async giveBack(limit: RateLimit, subject: string, points = 1): Promise<void> {
    await this.#windowOf(limit).reward(this.#digest(limit, subject), points);
  }

  #digest({ name }: RateLimit, subject: string): string {
    return this.#keyRing.blindIndex('rate-limit', `${name}/${subject}`).toString('hex');
  }

  #windowOf(limit: RateLimit): Window {
    const name = `${limit.name}/${limit.points}/${limit.seconds}`;
    const window = this.#windows.get(name) ?? new Window(limit, this.#database, this.#clock);
    this.#windows.set(name, window);
    return window;
  }
}

function inWords(seconds: number): Said {
  if (seconds < 120) return { en: `${seconds} seconds`, fr: `${seconds} secondes`, ar: `${seconds} ثانية` };
  const [minutes, hours] = [Math.ceil(seconds / 60), Math.ceil(seconds / 3_600)];
  return seconds < 7_200
    ? { en: `${minutes} minutes`, fr: `${minutes} minutes`, ar: `${minutes} دقيقة` }
    : { en: `${hours} hours`, fr: `${hours} heures`, ar: `${hours} ساعة` };
}
