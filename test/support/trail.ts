import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { signerOf } from '../../src/audit/heads/note.ts';
import { publisherTo } from '../../src/audit/heads/publish.ts';
import { type Sealer, sealBatch } from '../../src/audit/seal.ts';
import { Database, newId, ShiftedClock } from '../../src/platform/index.ts';
import { cloneDatabase } from './database.ts';

/** A database with a trail that is sealed when a test says so, and by nobody else. */
export interface TestTrail {
  readonly database: Database;
  readonly clock: ShiftedClock;
  readonly sealer: Sealer;
  /** The file of heads outside the database. */
  readonly file: string;
  readonly owner: pg.Client;
  applicationClient(): Promise<pg.Client>;
  /** Writes an event as the platform would. @returns its identifier */
  write(client?: pg.Client): Promise<string>;
  /** Seals until every event has its leaf, and takes the heads outside. Other databases of the server may hold it up for a moment. */
  seal(): Promise<void>;
  /** The events in the order of their leaves. */
  order(): Promise<string[]>;
  /** Plain SQL as the superuser, past every trigger. */
  tamper(statements: string, values?: readonly unknown[]): Promise<void>;
  close(): Promise<void>;
}

export async function startTrail(): Promise<TestTrail> {
  const { address, owner, applicationClient, drop } = await cloneDatabase();
  const folder = mkdtempSync(join(tmpdir(), 'sanad-trail-'));
  const database = new Database({ ...address, poolSize: 6 });
  const clock = new ShiftedClock();
  const sealer = { database, clock, signer: signerOf('test', randomBytes(32)) };
  const file = join(folder, 'heads.log');
  const publish = publisherTo(database.reader, file);
  const writer = await applicationClient();
  return {
    database,
    clock,
    sealer,
    file,
    owner,
    applicationClient,
    async write(client = writer) {
      const id = newId();
      await client.query(
        `insert into audit_events (id, at, actor_id, command, subject_type, subject_id) values ($1, $2, $1, 'test.write', 'test', $3)`,
        [id, clock.now(), id],
      );
      return id;
    },
    async seal() {
      for (let left = true; left; ) {
        const turn = await sealBatch(sealer, 1_000);
        if (turn === 'damaged') throw new Error('the tree is damaged');
        left =
          (await owner.query('select from audit_events e where not exists (select from audit_leaves l where l.event_id = e.id)'))
            .rowCount !== 0;
      }
      await publish();
    },
    order: async () => (await owner.query('select event_id from audit_leaves order by leaf_index')).rows.map(({ event_id }) => event_id),
    async tamper(statements, values = []) {
      await owner.query('set session_replication_role = replica');
      await owner.query(statements, [...values]);
      await owner.query('set session_replication_role = origin');
    },
    async close() {
      await database.close();
      await drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
