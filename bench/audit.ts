import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { table } from '../scripts/support/table.ts';
import { signerOf, verifierOf } from '../src/audit/heads/note.ts';
import { publisherTo } from '../src/audit/heads/publish.ts';
import { checkProof } from '../src/audit/proof.ts';
import { inclusionProof } from '../src/audit/prove.ts';
import { sealBatch } from '../src/audit/seal.ts';
import { verifyTrail } from '../src/audit/verify/trail.ts';
import { applicationRole, Database, ShiftedClock } from '../src/platform/index.ts';
import { onStage } from './stage.ts';

const EVENTS = Number(process.argv[2] ?? 1_000_000);
const AT_A_TIME = 20_000;
const PROOFS = 200;

/** So many audit events written, sealed, verified and proved, with the memory that it took. */
async function main(): Promise<void> {
  const rows = [['what', 'events', 'seconds', 'events/s', 'MiB']];
  const timed = async (what: string, work: () => Promise<number>): Promise<void> => {
    const started = performance.now();
    const events = await work();
    const seconds = (performance.now() - started) / 1000;
    rows.push([
      what,
      String(events),
      seconds.toFixed(1),
      (events / seconds).toFixed(0),
      (process.memoryUsage().rss / 1024 ** 2).toFixed(0),
    ]);
  };
  await onStage(async ({ folder, url, client }) => {
    const database = new Database({ url, role: applicationRole, poolSize: 4 });
    const sealer = { database, clock: new ShiftedClock(), signer: signerOf('bench', randomBytes(32)) };
    const headsFile = join(folder, 'heads.log');
    await timed('written', async () => {
      for (let from = 0; from < EVENTS; from += AT_A_TIME) await write(client, Math.min(AT_A_TIME, EVENTS - from));
      return EVENTS;
    });
    await timed('sealed', async () => {
      for (let sealed = 0; sealed < EVENTS; ) {
        const turn = await sealBatch(sealer, AT_A_TIME);
        if (typeof turn !== 'object') throw new Error(turn);
        sealed += turn.sealed;
      }
      await publisherTo(database.reader, headsFile)();
      return EVENTS;
    });
    const { verifierKey } = sealer.signer;
    await timed('verified', async () => {
      const checking = verifyTrail(database.reader, { now: sealer.clock.now(), verifiers: [verifierOf(verifierKey)], headsFile });
      for (;;) {
        const next = await checking.next();
        if (next.done) return next.value.events;
        throw new Error(`${next.value.kind}: ${next.value.detail}`);
      }
    });
    const { rows: some } = await client.query<{ id: string }>('select event_id as id from audit_leaves order by random() limit $1', [
      PROOFS,
    ]);
    await timed('proved and checked', async () => {
      for (const { id } of some) {
        const verdict = checkProof(await inclusionProof(database.reader, id), [verifierKey]);
        if (!verdict.holds) throw new Error(verdict.why);
      }
      return some.length;
    });
    const { rows: sizes } = await client.query<{ name: string; size: string }>(
      `select relname as name, pg_size_pretty(pg_total_relation_size(oid)) as size from pg_class
      where relname in ('audit_events', 'audit_leaves', 'audit_nodes', 'audit_heads') order by relname`,
    );
    process.stdout.write(`\n${table(rows)}\n\n${sizes.map(({ name, size }) => `${name} ${size}`).join(', ')}\n`);
    await database.close();
  });
}

// As the platform's events are: identifiers by time, a few commands, digests before and after.
const write = (client: pg.Client, count: number): Promise<unknown> =>
  client.query(
    `insert into audit_events (id, at, actor_id, command, subject_type, subject_id, programme_id, before_digest, after_digest, request_id)
    select (substr(t, 1, 8) || '-' || substr(t, 9, 4) || '-7' || substr(r, 16, 21))::uuid,
      clock_timestamp(), gen_random_uuid(), (array['cashout.redeem', 'beneficiaries.register', 'beneficiaries.read'])[1 + n % 3], 'voucher',
      gen_random_uuid(), gen_random_uuid(), encode(sha256(n::text::bytea), 'hex'), encode(sha256((n || 'x')::bytea), 'hex'), gen_random_uuid()
    from generate_series(1, $1::int) n,
      lateral (select lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint + n * 0), 12, '0') as t, (gen_random_uuid())::text as r) made`,
    [count],
  );

await main();
