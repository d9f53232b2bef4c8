import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import supertest from 'supertest';
import { type Role, rolePlaces } from '../../src/access/index.ts';
import { hashToken } from '../../src/access/sessions.ts';
import { system } from '../../src/access/system.ts';
import { type App, createApp } from '../../src/app.ts';
import { createLogger, type DatabaseAddress, dateIn, newId, readConfig, type Scope, ShiftedClock } from '../../src/platform/index.ts';
import { cloneDatabase, type TestDatabase } from './database.ts';

/** A platform of its own for one test file: a fresh database, its HTTP application and its workers. */
export interface TestPlatform {
  readonly app: App;
  readonly clock: ShiftedClock;
  /** Where its database is, for another process on the same one. */
  readonly address: DatabaseAddress;
  /** The data folder, with the SMS outbox. */
  readonly dataDir: string;
  /** The day it is where the programmes lie; at night that is another one than UTC's. */
  today(): string;
  /** Everything that was logged. */
  readonly log: string[];
  /** The database as the owner: to prepare what no command makes, and to look at what is there. */
  readonly owner: pg.Client;
  /** The address of the database as the application role sees it, for plain SQL and parallel connections. */
  applicationClient(): Promise<pg.Client>;
  /** Signs somebody new in with one role. */
  as(role: Role, scope?: Scope): Promise<Client>;
  /** Waits until all background work that has been asked for is done, and every message that is due is sent. */
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
  /** The database to start on, which it drops when it closes; a clone of the template without one. */
  readonly database?: TestDatabase;
  /** Whether it carries out background jobs itself. */
  readonly works?: boolean;
  /** Whether recurring jobs start by themselves; a test can still trigger them. */
  readonly recurring?: boolean;
}

/** Clones the template database and starts a platform on it, with answers checked against the contract. */
export async function startPlatform({
  environment = {},
  database,
  works = true,
  recurring = true,
}: TestPlatformOptions = {}): Promise<TestPlatform> {
  const { name, address, owner, applicationClient, drop } = database ?? (await cloneDatabase());
  const dataDir = mkdtempSync(join(tmpdir(), 'sanad-data-'));
  const config = readConfig({ SANAD_ENV: 'test', SANAD_DATA_DIR: dataDir, REQUESTS_PER_MINUTE: '0', ...environment });
  const log: string[] = [];
  const logger = createLogger('info', { write: (line) => log.push(line) });
  const clock = new ShiftedClock();
  // A guess at an offline code is dear on purpose, and no test waits for it.
  const offlineWorkFactor = 4;
  const app = createApp({ config, address, clock, logger, validateResponses: true, queuePrefix: name, recurring, offlineWorkFactor });
  if (works) await app.work();
  const agent = supertest(app.http);

  return {
    app,
    clock,
    address,
    dataDir,
    today: () => dateIn('Africa/Algiers', clock.now()),
    log,
    owner,
    applicationClient,
    async as(role, wanted = {}) {
      const scope = placeFor(role, wanted);
      const userId = newId();
      const token = randomBytes(24).toString('base64url');
      const now = clock.now();
      await owner.query(
        `insert into users (id, email, display_name, language, password_hash, totp_secret, created_by, created_at)
        values ($1, $2, $3, 'en', '$argon2id$none', '', $1, $4)`,
        [userId, `${userId}@example.org`, `Test ${role}`, now],
      );
      await makePlaces(owner, scope);
      await owner.query(
        `insert into role_grants (id, user_id, role, programme_id, office_id, fund_id, granted_by, granted_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)`,
        [newId(), userId, role, scope['programme'], scope['office'], scope['fund'], system.id, now],
      );
      await owner.query(
        `insert into sessions (id, token_hash, user_id, second_factor_at, created_at, expires_at, idle_seconds)
        values ($1, $2, $3, $4, $4, $5, 400 * 86400)`,
        [newId(), hashToken(token), userId, now, new Date(now.getTime() + 400 * 86_400_000)],
      );
      return clientFor(agent, userId, token);
    },
    settled: () => app.settled(),
    async close() {
      await app.close();
      await drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** The place that a role is granted for: one made up where it means nothing without one and a test does not say which. */
function placeFor(role: Role, wanted: Scope): Scope {
  const { kinds, obligatory } = rolePlaces[role];
  const [kind] = kinds;
  return obligatory && kind && Object.keys(wanted).length === 0 ? { [kind]: newId() } : wanted;
}

/** Makes the places that a test has thought up, so that somebody can be given a role there. */
async function makePlaces(owner: pg.Client, { programme, office, fund }: Scope): Promise<void> {
  const home = programme ?? (fund && newId());
  const code = () => randomBytes(8).toString('hex').toUpperCase();
  if (home && (programme || !(await owner.query('select from funds where id = $1', [fund])).rowCount))
    await owner.query(
      `with made as (
        insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold,
          duplicate_limit, created_by, created_at)
        values ($1, $2, 'Another programme', 'DZD', 'Africa/Algiers', '2020-01-01', '2099-12-31', 60, 0.8, 0.2, $1, now())
        on conflict do nothing returning id)
      insert into approval_rules select id, 1, null, 0, 1, 'approver', 1 from made`,
      [home, code()],
    );
  if (fund)
    await owner.query(
      `insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at)
      values ($1, $2, 'Another donor', $3, 'DZD', $1, now()) on conflict do nothing`,
      [fund, home, code()],
    );
  if (office) {
    await owner.query(`insert into wilayas values ('16', 'DZ-16', 'DZ001', 'Alger', 'الجزائر', null, '1984-02-04') on conflict do nothing`);
    await owner.query(
      `insert into offices (id, code, wilaya_number, commune, name_fr, name_ar, created_by, created_at)
      values ($1, (select lpad((90000 + count(*))::text, 5, '0') from offices), '16', 'Alger Centre', 'Poste', 'البريد', $1, now())
      on conflict (id) do nothing`,
      [office],
    );
  }
}

/** Somebody who has signed in at a platform. */
export const clientOf = ({ app }: TestPlatform, userId: string, token: string): Client => clientFor(supertest(app.http), userId, token);

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
