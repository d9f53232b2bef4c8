import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import supertest from 'supertest';
import type { Role } from '../../src/access/index.ts';
import { hashToken } from '../../src/access/sessions.ts';
import { type App, createApp } from '../../src/app.ts';
import { createLogger, newId, readConfig, type Scope, ShiftedClock } from '../../src/platform/index.ts';
import { cloneDatabase } from './database.ts';

/** A platform of its own for one test file: a fresh database, its HTTP application and its workers. */
export interface TestPlatform {
  readonly app: App;
  readonly clock: ShiftedClock;
  /** The data folder, with the SMS outbox. */
  readonly dataDir: string;
  /** Everything that was logged. */
  readonly log: string[];
  /** The database as the owner: to prepare what no command makes, and to look at what is there. */
  readonly owner: pg.Client;
  /** The address of the database as the application role sees it, for plain SQL and parallel connections. */
  applicationClient(): Promise<pg.Client>;
  /** Signs somebody new in with one role. */
  as(role: Role, scope?: Scope): Promise<Client>;
  /** Waits until all background work that has been asked for is done. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Somebody signed in, with the verbs of the API. Every POST carries a fresh Idempotency-Key unless one is given. */
export interface Client {
  readonly userId: string;
  readonly token: string;
  get(path: string): supertest.Test;
  post(path: string, body?: object | string, idempotencyKey?: string): supertest.Test;
  put(path: string, etag: string, body: object): supertest.Test;
  patch(path: string, etag: string, body: object): supertest.Test;
  delete(path: string): supertest.Test;
}

export interface TestPlatformOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

/** Clones the template database and starts a platform on it, with answers checked against the contract. */
export async function startPlatform({ environment = {} }: TestPlatformOptions = {}): Promise<TestPlatform> {
  const { name, address, owner, applicationClient, drop } = await cloneDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'sanad-data-'));
  const config = readConfig({ SANAD_ENV: 'test', SANAD_DATA_DIR: dataDir, ...environment });
  const log: string[] = [];
  const logger = createLogger('info', { write: (line) => log.push(line) });
  const clock = new ShiftedClock();
  const app = createApp({ config, address, clock, logger, validateResponses: true, queuePrefix: name });
  await app.work();
  const agent = supertest(app.http);

  return {
    app,
    clock,
    dataDir,
    log,
    owner,
    applicationClient,
    async as(role, scope = {}) {
      const userId = newId();
      const token = randomBytes(24).toString('base64url');
      const now = clock.now();
      await owner.query(
        `insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
        values ($1, $2, $3, '$argon2id$none', '', $1, $4)`,
        [userId, `${userId}@example.org`, `Test ${role}`, now],
      );
      await owner.query(
        `insert into role_grants (id, user_id, role, programme_id, office_id, fund_id, granted_by, granted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [newId(), userId, role, scope['programme'], scope['office'], scope['fund'], newId(), now],
      );
      await owner.query(
        `insert into sessions (id, token_hash, user_id, second_factor_at, created_at, expires_at)
        values ($1, $2, $3, $4, $4, $5)`,
        [newId(), hashToken(token), userId, now, new Date(now.getTime() + 400 * 86_400_000)],
      );
      return clientFor(agent, userId, token);
    },
    settled: () => app.jobs.drained(),
    async close() {
      await app.close();
      await drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

function clientFor(agent: ReturnType<typeof supertest>, userId: string, token: string): Client {
  const signed = (test: supertest.Test) => test.set('Authorization', `Bearer ${token}`);
  return {
    userId,
    token,
    get: (path) => signed(agent.get(path)),
    post(path, body, idempotencyKey = randomUUID()) {
      const test = signed(agent.post(path)).set('Idempotency-Key', idempotencyKey);
      return typeof body === 'string' ? test.type('text/csv').send(body) : test.send(body);
    },
    put: (path, etag, body) => signed(agent.put(path)).set('If-Match', etag).send(body),
    patch: (path, etag, body) => signed(agent.patch(path)).set('If-Match', etag).send(body),
    delete: (path) => signed(agent.delete(path)),
  };
}
