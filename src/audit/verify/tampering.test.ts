import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTrail, type TestTrail } from '../../../test/support/trail.ts';
import { type Db, newId, type Sql } from '../../platform/index.ts';
import { checkpointText } from '../heads/checkpoint.ts';
import { signerOf, verifierOf } from '../heads/note.ts';
import { eventHash, type SealedEvent, sealedColumns } from '../leaf.ts';
import { Frontier } from '../tree/frontier.ts';
import type { Finding } from './findings.ts';
import { verifyGuards } from './guards.ts';
import { verifyTrail } from './trail.ts';

const HOUR_MS = 3_600_000;

describe('what is done to the trail as the superuser is found and named', () => {
  let trail: TestTrail;
  let events: string[];
  let outside: string;
  /** Reads what the superuser has done and not committed, so that the next test finds the trail as it was. */
  const db: Db = {
    all: async <Row>({ text, values }: Sql) => (await trail.owner.query(text, [...values])).rows as Row[],
    first: async <Row>({ text, values }: Sql) => (await trail.owner.query(text, [...values])).rows[0] as Row | undefined,
  };
  beforeAll(async () => {
    trail = await startTrail();
    // Three heads, over four events each, which are sealed together as they were written together.
    const writer = await trail.applicationClient();
    for (let head = 0; head < 3; head += 1) {
      await writer.query('begin');
      for (let i = 0; i < 4; i += 1) await trail.write(writer);
      await writer.query('commit');
      await trail.seal();
    }
    events = await trail.order();
    outside = readFileSync(trail.file, 'utf8');
    trail.clock.skip(HOUR_MS);
  });
  afterAll(() => trail.close());
  beforeEach(() => trail.owner.query('begin'));
  afterEach(async () => {
    await trail.owner.query('rollback');
    writeFileSync(trail.file, outside);
  });

  const verified = async (
    file: string | null = trail.file,
    keys: readonly string[] = [],
  ): Promise<{ findings: Finding[]; events: number }> => {
    const verifiers = [trail.sealer.signer.verifierKey, ...keys].map(verifierOf);
    const findings: Finding[] = await verifyGuards(db);
    const checking = verifyTrail(db, { now: trail.clock.now(), verifiers, headsFile: file ?? undefined });
    for (;;) {
      const next = await checking.next();
      if (next.done) return { findings, events: next.value.events };
      findings.push(next.value);
    }
  };
  /** Findings as `kind subject`. */
  const found = async (...how: Parameters<typeof verified>): Promise<string[]> =>
    (await verified(...how)).findings.map(({ kind, subject }) => `${kind} ${subject.id}`);

  it('nothing, when nothing was done', async () => {
    expect(await verified()).toEqual({ findings: [], events: 12 });
  });

  it.each([
    ['its reason', `reason = 'another'`],
    ['its actor', 'actor_id = gen_random_uuid()'],
    ['its time, by a microsecond', `at = at + interval '1 microsecond'`],
    ['its subject', `subject_id = 'x'`],
    ['its digest', `after_digest = repeat('a', 64)`],
    ['the transaction it is of', `written_by = '3'`],
  ])('an event changed: %s', async (_what, change) => {
    await trail.tamper(`update audit_events set ${change} where id = $1`, [events[5]]);
    expect(await found()).toEqual([`event_changed ${events[5]}`]);
  });

  it('an event changed together with its leaf', async () => {
    await trail.tamper(`update audit_events set reason = 'another' where id = $1`, [events[5]]);
    const { rows } = await trail.owner.query(`select ${sealedColumns.text} from audit_events e where id = $1`, [events[5]]);
    await trail.tamper(`update audit_leaves set hash = $2 where event_id = $1`, [events[5], eventHash(rows[0] as SealedEvent)]);
    expect(await found()).toEqual(['head_forked 8', 'head_forked 1 more']);
  });

  it('an event deleted', async () => {
    await trail.tamper('delete from audit_events where id = $1', [events[6]]);
    expect(await found()).toEqual([`event_missing ${events[6]}`]);
  });

  it('an event deleted with its leaf', async () => {
    await trail.tamper('delete from audit_events where id = $1', [events[6]]);
    await trail.tamper('delete from audit_leaves where event_id = $1', [events[6]]);
    expect(await found()).toEqual(['event_missing 6', 'head_forked 8', 'head_forked 1 more']);
  });

  it('an event deleted, and those after it renumbered', async () => {
    await trail.tamper('delete from audit_events where id = $1', [events[6]]);
    await trail.tamper('delete from audit_leaves where event_id = $1', [events[6]]);
    await trail.tamper('update audit_leaves set leaf_index = leaf_index + 1000 where leaf_index > 6');
    await trail.tamper('update audit_leaves set leaf_index = leaf_index - 1001 where leaf_index > 1000');
    expect(await found()).toEqual(['head_forked 8', 'event_missing 12', 'head_forked 1 more']);
  });

  it('two events that changed places in the tree', async () => {
    await trail.tamper('update audit_leaves set leaf_index = 1000 where leaf_index = 4');
    await trail.tamper('update audit_leaves set leaf_index = 4 where leaf_index = 7');
    await trail.tamper('update audit_leaves set leaf_index = 7 where leaf_index = 1000');
    expect((await found()).sort()).toEqual([`order_changed ${events[4]}`, `order_changed ${events[7]}`].sort());
  });

  it('two events that changed places, their leaves staying', async () => {
    const other = newId();
    await trail.tamper('update audit_leaves set event_id = $2 where leaf_index = $1', [4, other]);
    await trail.tamper('update audit_leaves set event_id = $2 where leaf_index = $1', [7, events[4]]);
    await trail.tamper('update audit_leaves set event_id = $2 where leaf_index = $1', [4, events[7]]);
    expect((await found()).sort()).toEqual([`order_changed ${events[4]}`, `order_changed ${events[7]}`].sort());
  });

  it('an event forged into the past', async () => {
    const forged = newId();
    await trail.tamper(
      `insert into audit_events select $1, at, actor_id, 'forged.command', subject_type, subject_id, programme_id, office_id, fund_id,
        before_digest, after_digest, reason, refusal, request_id, actor_kind, key_id, written_by from audit_events where id = $2`,
      [forged, events[2]],
    );
    expect(await found()).toEqual([`event_added ${forged}`]);
  });

  it('an event forged with a leaf of its own at the end', async () => {
    const forged = await trail.write(trail.owner);
    await trail.tamper(`insert into audit_leaves values (12, $1, sha256('x'))`, [forged]);
    expect(await found()).toEqual(['event_added 12']);
  });

  it('an event that nobody sealed for an hour', async () => {
    const late = await trail.write(trail.owner);
    expect(await found()).toEqual([]);
    trail.clock.skip(HOUR_MS);
    expect(await found()).toEqual([`event_added ${late}`]);
  });

  it('a leaf changed', async () => {
    await trail.tamper(`update audit_leaves set hash = sha256('x') where leaf_index = 5`);
    expect(await found()).toEqual(['leaf_changed 5']);
  });

  it('a head dropped, in the middle and at the end', async () => {
    await trail.tamper('delete from audit_heads where tree_size = 8');
    expect(await found()).toEqual(['head_missing 8']);
    await trail.tamper('delete from audit_heads where tree_size = 12');
    await trail.tamper(`update audit_events set reason = 'another' where id = $1`, [events[11]]);
    expect(await found()).toEqual(['head_missing 8', 'head_missing 12', `event_changed ${events[11]}`]);
  });

  it('a head that says something else than its note, and one that was signed anew by somebody', async () => {
    await trail.tamper(`update audit_heads set root = sha256('x') where tree_size = 8`);
    expect(await found(null)).toEqual(expect.arrayContaining(['head_changed 8']));
    await trail.tamper('update audit_heads set root = (select root from audit_heads where tree_size = 4) where tree_size = 8');
    const stranger = signerOf('test', randomBytes(32));
    const { rows } = await trail.owner.query('select root from audit_heads where tree_size = 12');
    const note = stranger.sign(checkpointText({ origin: 'test', size: 12, root: rows[0].root }));
    await trail.tamper('update audit_heads set note = $1 where tree_size = 12', [note]);
    expect(await found()).toEqual(expect.arrayContaining(['head_changed 8', 'head_signature_bad 12']));
    expect(await found(trail.file, [stranger.verifierKey])).not.toContain('head_signature_bad 12');
  });

  /** Rewrites event 9, its leaf, and every head after it, as whoever holds this signer can. */
  async function rewriteTail(signer: TestTrail['sealer']['signer']): Promise<void> {
    await trail.tamper(`update audit_events set reason = 'rewritten' where id = $1`, [events[9]]);
    const { rows } = await trail.owner.query(
      `select ${sealedColumns.text} from audit_events e join audit_leaves l on l.event_id = e.id order by l.leaf_index`,
    );
    const tree = new Frontier();
    for (const row of rows as SealedEvent[]) tree.add(eventHash(row));
    await trail.tamper('update audit_leaves set hash = $2 where event_id = $1', [events[9], eventHash(rows[9] as SealedEvent)]);
    const note = signer.sign(checkpointText({ origin: signer.name, size: 12, root: tree.root() }));
    await trail.tamper('update audit_heads set root = $1, note = $2 where tree_size = 12', [tree.root(), note]);
  }

  it('a tail rewritten consistently, by somebody without the key', async () => {
    await rewriteTail(signerOf('test', randomBytes(32)));
    expect((await found()).sort()).toEqual(['head_forked 12', 'head_missing 12', 'head_signature_bad 12']);
    expect(await found(null)).toContain('head_signature_bad 12');
  });

  it('a tail rewritten consistently by somebody with the key: by the heads outside', async () => {
    await rewriteTail(trail.sealer.signer);
    expect((await found()).sort()).toEqual(['head_forked 12', 'head_missing 12']);
  });

  it('an older dump restored', async () => {
    await trail.tamper('delete from audit_heads where tree_size > 4');
    await trail.tamper('delete from audit_events where id = any($1)', [events.slice(4)]);
    await trail.tamper('delete from audit_leaves where leaf_index > 3');
    expect((await found()).sort()).toEqual(['event_missing 12', 'event_missing 8', 'head_missing 12', 'head_missing 8']);
  });

  it('heads outside that were taken away, in part or all', async () => {
    const lines = readFileSync(trail.file, 'utf8').split('\n');
    writeFileSync(trail.file, lines.filter((_, i) => i !== 1).join('\n'));
    expect(await found()).toEqual(['head_missing 8']);
    rmSync(trail.file);
    expect(await found()).toEqual([`outside_missing ${trail.file}`, 'head_missing 4', 'head_missing 8', 'head_missing 12']);
    expect((await verified(null)).events).toBe(12);
  });

  it('guards taken off: triggers, constraints, functions, privileges', async () => {
    await trail.owner.query('alter table audit_events disable trigger append_only');
    await trail.owner.query('drop trigger checked on payouts');
    await trail.owner.query('alter table accounts drop constraint accounts_not_overdrawn');
    await trail.owner.query('drop index payouts_once');
    await trail.owner.query(`create or replace function check_postings() returns trigger language plpgsql as $$ begin return null; end $$`);
    await trail.owner.query('grant update (reason) on audit_events to sanad_app');
    await trail.owner.query('grant delete on referrals to public');
    await trail.owner.query('grant update (number) on registration_chunks to sanad_app');
    expect((await found()).sort()).toEqual([
      'constraint_missing accounts_not_overdrawn',
      'constraint_missing payouts_once',
      'function_changed check_postings',
      'privilege_excessive audit_events',
      'privilege_excessive referrals',
      'privilege_excessive registration_chunks',
      'trigger_missing audit_events.append_only',
      'trigger_missing payouts.checked',
    ]);
  });

  it.each([
    ['only under a condition', 'append_only before update or delete or truncate on audit_heads when (false)'],
    ['for fewer events', 'append_only before delete or truncate on audit_heads'],
    ['too late', 'append_only after update or delete or truncate on audit_heads'],
    ['for some columns', 'append_only before update of note or delete or truncate on audit_heads'],
    ['to do something else', 'append_only before update or delete or truncate on audit_heads', 'let_pass()'],
    [
      'with other transitions',
      'transition before update of state on vouchers for each row',
      `refuse_forbidden_transition('issued>activated', 'redeemed>activated', 'expired>activated')`,
    ],
    ['where it had been made anew', 'kept_while_person before update on referrals for each row', 'let_pass()'],
  ])('a guard made anew under its name, %s', async (_how, terms, called = 'refuse_change()') => {
    const [, name, table] = /^(\w+) .* on (\w+)/.exec(terms) ?? [];
    await trail.owner.query(`create function let_pass() returns trigger language plpgsql as $$ begin return new; end $$`);
    await trail.owner.query(`drop trigger ${name} on ${table}`);
    await trail.owner.query(`create trigger ${terms} execute function ${called}`);
    expect(await found()).toEqual([`trigger_changed ${table}.${name}`]);
  });

  it('a platform that owns a table', async () => {
    await trail.owner.query('alter table payouts owner to sanad_app');
    expect(await found()).toContain('privilege_excessive payouts');
  });
});

const foundIn = async (trail: TestTrail): Promise<string[]> => {
  const verifiers = [verifierOf(trail.sealer.signer.verifierKey)];
  const findings: string[] = [];
  for await (const { kind, subject } of verifyTrail(trail.database.reader, { now: trail.clock.now(), verifiers, headsFile: trail.file })) {
    findings.push(`${kind} ${subject.id}`);
  }
  return findings;
};

describe('an older dump restored, and grown past what was lost', () => {
  it('is two trails with one beginning and two ends, for as long as the heads outside are kept', async () => {
    const trail = await startTrail();
    try {
      // In one transaction each, so that one head takes them all however busy the server is.
      const client = await trail.applicationClient();
      const sealTogether = async (events: number) => {
        await client.query('begin');
        for (let i = 0; i < events; i += 1) await trail.write(client);
        await client.query('commit');
        await trail.seal();
      };
      for (const events of [4, 4, 4]) await sealTogether(events);
      const lost = (await trail.order()).slice(4);
      await trail.tamper('delete from audit_heads where tree_size > 4');
      await trail.tamper('delete from audit_events where id = any($1)', [lost]);
      await trail.tamper('delete from audit_leaves where leaf_index > 3');
      await sealTogether(12);
      const forked = ['head_forked 12', 'head_forked 8', 'head_missing 12', 'head_missing 8'];
      expect((await foundIn(trail)).sort()).toEqual(forked);
      await trail.write();
      await trail.seal();
      expect((await foundIn(trail)).sort()).toEqual(forked);
    } finally {
      await trail.close();
    }
  });
});

describe('a larger trail', () => {
  it('is verified through its stored nodes, and a changed node is named', async () => {
    const trail = await startTrail();
    try {
      await trail.owner.query(
        `insert into audit_events (id, at, actor_id, command, subject_type, subject_id)
        select gen_random_uuid(), now(), gen_random_uuid(), 'test.write', 'test', n::text from generate_series(1, 1500) n`,
      );
      await trail.seal();
      expect(await foundIn(trail)).toEqual([]);
      await trail.tamper(`update audit_nodes set hash = sha256('x') where node_index = 3`);
      await trail.tamper(`insert into audit_nodes values (8, 77, sha256('x'))`);
      expect(await foundIn(trail)).toEqual(['node_changed 8/3', 'node_changed 6']);
    } finally {
      await trail.close();
    }
  });
});
