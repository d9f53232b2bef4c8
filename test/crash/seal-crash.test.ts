import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifierOf, verifyTrail } from '../../src/audit/index.ts';
import { startTrail, type TestTrail } from '../support/trail.ts';
import { type DoomedProcess, startDoomed } from './doomed-process.ts';

/** Enough that a node of the tree is kept with each batch. */
const EVENTS = 300;

describe('a sealer whose process is killed', () => {
  let trail: TestTrail;
  let doomed: DoomedProcess;
  beforeAll(async () => {
    trail = await startTrail();
    doomed = await startDoomed(trail, 'sealer.ts', {});
  }, 60_000);
  afterAll(async () => {
    doomed.child.kill('SIGKILL');
    doomed.proxy.close();
    await trail.close();
  });

  const write = () =>
    trail.owner.query(
      `insert into audit_events (id, at, actor_id, command, subject_type, subject_id)
      select gen_random_uuid(), now(), gen_random_uuid(), 'test.write', 'test', n::text from generate_series(1, ${EVENTS}) n`,
    );

  /** What sealing leaves behind: leaves, the events that they are of, nodes, heads, and heads on their way elsewhere. */
  const traces = async (): Promise<Record<string, number>> =>
    (
      await trail.owner.query(
        `select (select count(*)::int from audit_leaves) as leaves, (select count(*)::int from audit_nodes) as nodes,
          (select count(distinct event_id)::int from audit_leaves join audit_events e on e.id = event_id) as events,
          (select count(*)::int from audit_heads) as heads, (select count(*)::int from follow_ups where job = 'audit.send_head') as sendings`,
      )
    ).rows[0];

  async function findings(): Promise<string[]> {
    const found: string[] = [];
    const verifiers = [verifierOf(trail.sealer.signer.verifierKey)];
    const checking = verifyTrail(trail.database.reader, { now: trail.clock.now(), verifiers, headsFile: trail.file });
    for await (const { kind, subject } of checking) found.push(`${kind} ${subject.id}`);
    return found;
  }

  it('has left nothing of the batch that it was in, and the next one misses nothing and doubles nothing', async () => {
    await write();
    await trail.seal();
    const before = await traces();
    expect(before).toEqual({ leaves: EVENTS, events: EVENTS, nodes: 1, heads: 1, sendings: 0 });

    await write();
    // The head is the last that a batch writes: whoever waits for that has written the leaves and the nodes.
    const hand = await trail.applicationClient();
    await trail.owner.query('begin');
    await trail.owner.query('lock table audit_heads in exclusive mode');
    doomed.child.send('seal');
    const waiting = `select from pg_locks where not granted and relation = 'audit_heads'::regclass`;
    while ((await hand.query(waiting)).rowCount === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const exit = once(doomed.child, 'exit');
    doomed.child.kill('SIGKILL');
    expect((await exit)[1]).toBe('SIGKILL');
    await trail.owner.query('rollback');
    await doomed.proxy.released();
    expect(await traces()).toEqual(before);

    await write();
    await trail.seal();
    // In how many turns the next one did it does not matter.
    expect(await traces()).toMatchObject({ leaves: 3 * EVENTS, events: 3 * EVENTS, nodes: 3, sendings: 0 });
    expect(await findings()).toEqual([]);
  }, 60_000);
});
