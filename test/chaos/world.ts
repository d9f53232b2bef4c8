import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { bootstrapUser } from '../../src/access/index.ts';
import { hashToken } from '../../src/access/sessions.ts';
import { sendingOf } from '../../src/messaging/index.ts';
import { applicationRole, migrate, newId } from '../../src/platform/index.ts';
import type { TestDatabase } from '../support/database.ts';
import { type Frame, makeFrame, makePerson } from '../support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { makeVouchers } from '../support/vouchers.ts';
import type { MortalPostgres } from './postgres.ts';
import type { Teller } from './tellers.ts';

/** A programme whose lists are released, and who pays them out: on a server that may be killed once this is there. */
export interface World {
  readonly platform: TestPlatform;
  /** The settings that every process of the platform needs. */
  readonly settings: Readonly<Record<string, string>>;
  readonly tellers: readonly Teller[];
  readonly vouchers: number;
  /** Has the messages of the next list sent. @returns whether there was one */
  release(): Promise<boolean>;
  close(): Promise<void>;
}

/** @param lists how many lists of so many people are released one after another */
export async function makeWorld(postgres: MortalPostgres, lists: number, people: number, redisUrl: string | undefined): Promise<World> {
  await migrate(postgres.url());
  const key = () => randomBytes(32).toString('base64');
  const settings = {
    SANAD_ENV: 'test',
    SANAD_MASTER_KEYS: `1:${key()}`,
    SANAD_INDEX_KEY: key(),
    AUDIT_SIGNING_KEY: key(),
    REQUESTS_PER_MINUTE: '0',
    AUDIT_SEAL_SECONDS: '1',
    ...(redisUrl ? { REDIS_URL: redisUrl } : {}),
  };
  const platform = await startPlatform({ database: await databaseOf(postgres), environment: settings, works: false });
  const frames = [await makeFrame(platform), await makeFrame(platform)] as const;
  const tellers = await Promise.all([...frames, ...frames].map((frame, n) => makeTeller(platform, frame, n)));
  const waiting: string[] = [];
  for (let n = 0; n < lists; n += 1) {
    const some = await Promise.all(Array.from({ length: people }, () => makePerson(platform, frames[0].programmeId)));
    const [voucher] = await makeVouchers(platform, frames[0], people, { people: some, amount: '100.00', send: false });
    if (voucher) waiting.push(voucher.listId);
  }
  return {
    platform,
    settings: { ...settings, SANAD_DATA_DIR: platform.dataDir },
    tellers,
    vouchers: lists * people,
    async release() {
      const listId = waiting.shift();
      if (!listId) return false;
      const followUp = { id: newId(), ...sendingOf(listId) };
      const client = new pg.Client(postgres.url());
      await client.connect();
      await client.query(
        `with due as (update messages set next_try_at = now() where list_id = $4)
        insert into follow_ups (id, job, payload, created_at) values ($1, $2, $3, now() - interval '1 minute')`,
        [followUp.id, followUp.job, followUp.payload, listId],
      );
      await client.end();
      await platform.app.jobs.start([followUp]);
      return true;
    },
    close: () => platform.close(),
  };
}

async function databaseOf(postgres: MortalPostgres): Promise<TestDatabase> {
  const owner = new pg.Client(postgres.url());
  // It dies with the server, and nobody needs it any more.
  owner.on('error', () => {});
  await owner.connect();
  return {
    name: 'sanad',
    address: { url: postgres.url(), role: applicationRole, poolSize: 12 },
    owner,
    applicationClient: () => Promise.reject(new Error('nobody asks here')),
    drop: () => owner.end().catch(() => {}),
  };
}

/** An agent whom a command made, as the trail demands, signed in for the day. */
async function makeTeller({ app, owner }: TestPlatform, { officeId }: Frame, n: number): Promise<Teller> {
  const user = {
    email: `teller.${n}@example.org`,
    displayName: `Teller ${n}`,
    language: 'fr' as const,
    password: randomBytes(15).toString('hex'),
  };
  const { id } = await bootstrapUser(app.execute, user, [{ role: 'agent', officeId }]);
  const token = randomBytes(24).toString('base64url');
  await owner.query(
    `insert into sessions (id, token_hash, user_id, second_factor_at, created_at, expires_at, idle_seconds)
    values ($1, $2, $3, now(), now(), now() + interval '1 day', 86400)`,
    [newId(), hashToken(token), id],
  );
  return { officeId, token };
}
