import { appendFileSync, readFileSync } from 'node:fs';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTrail, type TestTrail } from '../../test/support/trail.ts';
import { canonicalJson, newId, sql } from '../platform/index.ts';
import { checkpointIn } from './heads/checkpoint.ts';
import { headsIn } from './heads/head-file.ts';
import { isSigned, verifierOf } from './heads/note.ts';
import { publisherTo } from './heads/publish.ts';
import { leafText, type SealedEvent, sealedColumns } from './leaf.ts';
import { type Sealer, sealBatch } from './seal.ts';

describe('the sealer', () => {
  let trail: TestTrail;
  let sealer: Sealer;
  let writer: pg.Client;
  beforeEach(async () => {
    trail = await startTrail();
    sealer = trail.sealer;
    writer = await trail.applicationClient();
  });
  afterEach(() => trail.close());
  const write = (client?: pg.Client) => trail.write(client);
  const order = () => trail.order();

  it('passes over no event, in whatever order transactions commit', async () => {
    const before = await write();
    await trail.seal();
    const [early, late] = [await trail.applicationClient(), await trail.applicationClient()];
    await early.query('begin');
    const first = await write(early);
    await late.query('begin');
    const second = await write(late);
    await late.query('commit');
    // The later one has committed, and waits for the earlier one.
    expect(await sealBatch(sealer, 100)).toEqual({ sealed: 0 });
    await early.query('commit');
    await trail.seal();
    expect(await order()).toEqual([before, first, second]);
    const [third, ignored] = [await trail.applicationClient(), await trail.applicationClient()];
    await ignored.query('begin');
    await write(ignored);
    await ignored.query('rollback');
    const [a, b] = [await write(third), await write()];
    await trail.seal();
    expect(await order()).toEqual([before, first, second, a, b]);
    expect(await sealBatch(sealer, 100)).toEqual({ sealed: 0 });
  });

  it('loses nothing and doubles nothing while many write and several seal', async () => {
    const writers = await Promise.all(Array.from({ length: 6 }, () => trail.applicationClient()));
    const written: string[] = [];
    let busy = true;
    const sealing = [1, 2].map(async () => {
      while (busy) await sealBatch(sealer, 7);
    });
    await Promise.all(
      writers.map(async (client, n) => {
        for (let i = 0; i < 40; i += 1) {
          await client.query('begin');
          for (let j = 0; j <= (i + n) % 3; j += 1) written.push(await write(client));
          await client.query('commit');
        }
      }),
    );
    busy = false;
    await Promise.all(sealing);
    await trail.seal();
    expect((await order()).sort()).toEqual(written.sort());
    const verifier = verifierOf(sealer.signer.verifierKey);
    const { rows: heads } = await trail.owner.query('select * from audit_heads order by tree_size');
    for (const { note, tree_size, root } of heads) {
      expect(isSigned(note, [verifier])).toBe(true);
      expect(checkpointIn(note)).toEqual({ origin: 'test', size: Number(tree_size), root });
    }
  });

  it('cuts a large transaction in batches, and one sealer makes the other come again', async () => {
    await writer.query(
      `insert into audit_events (id, at, actor_id, command, subject_type, subject_id)
      select gen_random_uuid(), now(), gen_random_uuid(), 'test.write', 'test', n::text from generate_series(1, 700) n`,
    );
    const [one, other] = await Promise.all([sealBatch(sealer, 300), sealBatch(sealer, 300)]);
    expect([one, other].filter((turn) => turn === 'not_alone').length).toBeLessThanOrEqual(1);
    await trail.seal();
    expect(await order()).toHaveLength(700);
    const { rows } = await trail.owner.query('select level, count(*)::int as nodes from audit_nodes group by 1');
    expect(rows).toEqual([{ level: 8, nodes: 2 }]);
  });

  it('goes on in a restored database, whose transactions are numbered from the beginning', async () => {
    await write();
    await trail.seal();
    // As a restored dump brings them: sealed or not, with numbers that the new system has not come to.
    const left = newId();
    await trail.owner.query(
      `insert into audit_events (id, at, actor_id, command, subject_type, subject_id, written_by)
      values ($1, now(), $1, 'test.write', 'test', 'x', '900000000')`,
      [left],
    );
    await trail.owner.query('alter table audit_heads disable trigger append_only');
    await trail.owner.query(`update audit_heads set system_identifier = 1, sealed_below = '950000000'`);
    await trail.owner.query('alter table audit_heads enable trigger append_only');
    const next = await write();
    expect(await sealBatch(sealer, 1)).toMatchObject({ sealed: 1 }); // cut short, so it looks through all again
    expect(await sealBatch(sealer, 100)).toMatchObject({ sealed: 1 });
    const last = await write();
    await trail.seal();
    expect((await order()).slice(1)).toEqual([next, left, last]);
  });

  it('signs nothing on top of a tree that is not the one it signed last', async () => {
    await write();
    await trail.seal();
    await trail.owner.query('alter table audit_leaves disable trigger append_only');
    await trail.owner.query(`update audit_leaves set hash = sha256('another')`);
    await write();
    expect(await sealBatch(sealer, 100)).toBe('damaged');
    expect(await sealBatch(sealer, 100)).toBe('damaged');
    expect(await order()).toHaveLength(1);
    const { rows } = await trail.owner.query(`select kind, facts from alerts`);
    expect(rows).toEqual([{ kind: 'audit.tree_damaged', facts: { treeSize: 1 } }]);
  });

  it('seals every column of an event, as canonical JSON', async () => {
    await trail.owner.query(
      `insert into audit_events (id, at, actor_id, command, subject_type, subject_id, programme_id, office_id, fund_id, before_digest,
        after_digest, reason, refusal, request_id)
      values ($2, now(), $2, 'a.b', 'c', 'd', $2, $2, $2, repeat('0', 64), repeat('1', 64), $1, 'refused', 'r-1')`,
      ['Pilote "é" \u2028 \\ \b سند \u{1f600}', newId()],
    );
    await write();
    const events = await trail.database.reader.all<SealedEvent>(sql`select ${sealedColumns} from audit_events e`);
    for (const event of events) {
      expect(leafText(event)).toBe(canonicalJson(Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null))));
    }
    const { rows } = await trail.owner.query(
      `select column_name as name from information_schema.columns where table_name = 'audit_events' order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(events[0] ?? {}).sort());
  });

  it('takes every head outside, mends a torn line, and says when the last one there is a stranger', async () => {
    const { file } = trail;
    const publish = publisherTo(trail.database.reader, file);
    expect(await publish()).toEqual({ appended: 0 });
    const seal = async (size: number) => {
      while ((await order()).length < size) await sealBatch(sealer, 100);
    };
    await write();
    await seal(1);
    expect(await publish()).toEqual({ appended: 1 });
    expect(await publish()).toEqual({ appended: 0 });
    appendFileSync(file, '{"note":"test\\n2\\nhalf of a li');
    const second = await write();
    await seal(2);
    expect(await Promise.all([publish(), publish()])).toEqual([{ appended: 1 }, { appended: 0 }]);
    const sizes = async () => {
      const found: number[] = [];
      for await (const { checkpoint } of headsIn(file)) found.push(checkpoint.size);
      return found;
    };
    expect(await sizes()).toEqual([1, 2]);
    expect(readFileSync(file, 'utf8').split('\n')).toHaveLength(4);
    // Another process finds what is there, and adds nothing.
    expect(await publisherTo(trail.database.reader, file)()).toEqual({ appended: 0 });
    await trail.tamper('delete from audit_heads where tree_size = 2');
    await trail.tamper('delete from audit_leaves where leaf_index = 1');
    await trail.tamper('delete from audit_events where id = $1', [second]);
    const client = await trail.applicationClient();
    await client.query('begin');
    await write(client);
    await write(client);
    await write(client);
    await client.query('commit');
    await seal(4);
    expect(await publisherTo(trail.database.reader, file)()).toEqual({ appended: 1, stranger: 2 });
    expect(await sizes()).toEqual([1, 2, 4]);
  });

  it('is written by nobody but in order: the database refuses the rest', async () => {
    await write();
    await trail.seal();
    const refused = async (statement: string, constraint: string | undefined, code: string) =>
      expect(writer.query(statement)).rejects.toMatchObject(constraint ? { constraint, code } : { code });
    const id = await write();
    await refused(`insert into audit_leaves values (2, '${id}', sha256('x'))`, 'audit_leaves_dense', '23000');
    await refused(`insert into audit_leaves values (1, '${newId()}', sha256('x'))`, 'audit_leaves_event_id_known', '23503');
    await refused(`insert into audit_leaves select 1, event_id, hash from audit_leaves`, 'audit_leaves_event_once', '23505');
    await refused(`insert into audit_leaves values (0, '${id}', sha256('x'))`, 'audit_leaves_pkey', '23505');
    await refused(`insert into audit_leaves values (1, '${id}', 'short')`, 'audit_leaves_hash_check', '23514');
    await refused(
      `insert into audit_heads select 2, root, note, verifier_key, signed_at, sealed_below, system_identifier from audit_heads`,
      'audit_heads_whole_tree',
      '23000',
    );
    await refused(`insert into audit_nodes values (3, 0, sha256('x'))`, 'audit_nodes_level_check', '23514');
    for (const table of ['audit_leaves', 'audit_nodes', 'audit_heads', 'audit_keys']) {
      for (const statement of [`delete from ${table}`, `truncate ${table}`]) await refused(statement, undefined, '42501');
    }
    await refused(`update audit_leaves set hash = hash`, undefined, '42501');
    await refused(`update audit_heads set note = note`, undefined, '42501');
    // Which transaction wrote an event is not for the writer to say.
    await refused(
      `insert into audit_events (id, at, actor_id, command, subject_type, subject_id, written_by)
        values ('${newId()}', now(), '${id}', 'a.b', 'c', 'd', '5')`,
      undefined,
      '42501',
    );
    await expect(trail.owner.query('delete from audit_leaves')).rejects.toMatchObject({ constraint: 'audit_leaves_append_only' });
  });
});
