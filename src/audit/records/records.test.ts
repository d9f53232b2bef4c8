import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startTrail, type TestTrail } from '../../../test/support/trail.ts';
import { markAlertSeen } from '../../access/commands/alerts.ts';
import { raiseAlert } from '../../access/index.ts';
import { type Actor, commandRunner, type Db, KeyRing, newId, type Sql, sql } from '../../platform/index.ts';
import { verifierOf } from '../heads/note.ts';
import { recordEvents } from '../store.ts';
import { verifyRecords } from '../verify/records.ts';
import { verifyTrail } from '../verify/trail.ts';
import { recordJobs } from './jobs.ts';
import { sealId } from './rules.ts';
import { digestBetween, lastSeal } from './store.ts';

const HOUR_MS = 3_600_000;

describe('what is done to the record of who looked, and to alerts, as the superuser is found and named', () => {
  let trail: TestTrail;
  let reads: string[];
  let alerts: string[];
  /** Reads what the superuser has done and not committed, so that the next test finds everything as it was. */
  const db: Db = {
    all: async <Row>({ text, values }: Sql) => (await trail.owner.query(text, [...values])).rows as Row[],
    first: async <Row>({ text, values }: Sql) => (await trail.owner.query(text, [...values])).rows[0] as Row | undefined,
  };
  const insertRead = `insert into person_reads (id, at, actor_id, actor_kind, purpose, purpose_stated, operation, beneficiary_ids)
    values ($1, now(), $1, 'user', 'payment', true, 'getBeneficiary', array[$1::uuid])`;

  beforeAll(async () => {
    trail = await startTrail();
    const { database, clock } = trail;
    const keyRing = new KeyRing(new Map([[1, Buffer.alloc(32, 1)]]), Buffer.alloc(32, 2));
    const execute = commandRunner(database, clock, keyRing, {
      authorise() {},
      record: recordEvents,
      recordReads: async () => {},
      start: async () => {},
    });
    const [job] = recordJobs({ db: database.reader, execute, clock });
    const writer = await trail.applicationClient();
    // Two seals of three readings each, and one of two alerts.
    for (let seal = 0; seal < 2; seal += 1) {
      for (let i = 0; i < 3; i += 1) await writer.query(insertRead, [newId()]);
      if (seal === 0)
        for (let i = 0; i < 2; i += 1)
          await database.transaction((tx) =>
            raiseAlert(tx, clock.now(), { kind: 'audit.many_people_read', subject: { type: 'user', id: 'x' }, facts: { reads: i } }),
          );
      await job?.run({});
      clock.skip(HOUR_MS);
      await job?.run({});
      await job?.run({});
    }
    const idsOf = async (table: string) => (await trail.owner.query(`select id from ${table} order by id`)).rows.map(({ id }) => id);
    [reads, alerts] = [await idsOf('person_reads'), await idsOf('alerts')];
    const actor: Actor = { id: newId(), kind: 'user', grants: [], secondFactorAt: null };
    await execute(markAlertSeen, { alertId: alerts[0] ?? '' }, { actor });
    await trail.seal();
  });
  afterAll(() => trail.close());
  beforeEach(() => trail.owner.query('begin'));
  afterEach(() => trail.owner.query('rollback'));

  const found = async (): Promise<string[]> => {
    const verifiers = [verifierOf(trail.sealer.signer.verifierKey)];
    const findings: string[] = [];
    for await (const { kind, subject } of verifyRecords(db, trail.clock.now())) findings.push(`${kind} ${subject.type} ${subject.id}`);
    for await (const { kind, subject } of verifyTrail(db, { now: trail.clock.now(), verifiers, headsFile: trail.file }))
      findings.push(`${kind} ${subject.id}`);
    return findings;
  };
  const seals = async () => (await trail.owner.query('select * from record_seals order by records, number')).rows;

  it('nothing, when nothing was done; and each row is under one seal', async () => {
    expect(await found()).toEqual([]);
    expect((await seals()).map(({ records, number, row_count }) => [records, number, row_count])).toEqual([
      ['alerts', 1, 2],
      ['person_reads', 1, 3],
      ['person_reads', 2, 3],
    ]);
  });

  it.each([
    ['who', 'actor_id = gen_random_uuid()'],
    ['whom', 'beneficiary_ids = array[gen_random_uuid()]'],
    ['when, by a microsecond', `at = at + interval '1 microsecond'`],
    ['what for', `purpose = 'support'`],
    ['by what', `operation = 'searchBeneficiaries'`],
    ['where', 'programme_id = gen_random_uuid()'],
    ['in which session', 'session_id = gen_random_uuid()'],
  ])('a reading that says otherwise %s', async (_what, change) => {
    await trail.tamper(`update person_reads set ${change} where id = $1`, [reads[1]]);
    expect(await found()).toEqual(['records_changed person_reads 1']);
  });

  it('a reading deleted, one forged into the past, and one that took the place of another', async () => {
    await trail.tamper('delete from person_reads where id = $1', [reads[4]]);
    expect(await found()).toEqual(['records_missing person_reads 2']);
    await trail.tamper(insertRead, [`${reads[4]?.slice(0, -1)}${reads[4]?.endsWith('0') ? 1 : 0}`]);
    expect(await found()).toEqual(['records_changed person_reads 2']);
    await trail.tamper(insertRead, ['00000000-0000-7000-8000-000000000001']);
    expect(await found()).toEqual(['records_added person_reads 1', 'records_changed person_reads 2']);
  });

  it('an alert changed, deleted, put away or taken out again by nobody', async () => {
    await trail.tamper(`update alerts set facts = '{"reads": 7}' where id = $1`, [alerts[1]]);
    expect(await found()).toEqual(['records_changed alerts 1']);
    await trail.tamper(`update alerts set facts = '{"reads": 1}', seen_by = gen_random_uuid(), seen_at = at where id = $1`, [alerts[1]]);
    expect(await found()).toEqual([`alert_changed alert ${alerts[1]}`]);
    await trail.tamper('update alerts set seen_by = null, seen_at = null');
    expect(await found()).toEqual([`alert_changed alert ${alerts[0]}`]);
    await trail.tamper('delete from alerts');
    expect(await found()).toEqual(['records_missing alerts 1']);
  });

  it('a seal that was made to fit what was done, or taken away', async () => {
    const [, , last] = await seals();
    await trail.tamper('delete from person_reads where id = $1', [reads[5]]);
    const { rows, digest } = await digestBetween(db, 'person_reads', last.after_id, last.up_to);
    await trail.tamper('update record_seals set row_count = $2, digest = $3 where id = $1', [last.id, rows, digest]);
    expect(await found()).toEqual([`seal_changed record_seal ${last.id}`]);
    const seal = await lastSeal(db, 'person_reads');
    const id = seal ? sealId(seal) : '';
    await trail.tamper('update record_seals set id = $2 where id = $1', [last.id, id]);
    expect(await found()).toEqual([`seal_changed record_seal ${id}`, `seal_missing record_seal ${last.id}`]);
    const { rows: events } = await trail.owner.query('select id from audit_events where subject_id = $1', [last.id]);
    await trail.tamper('update audit_events set subject_id = $2 where id = $1', [events[0].id, id]);
    expect(await found()).toEqual([`event_changed ${events[0].id}`]);
  });

  it('a seal taken away, at the end or before another', async () => {
    const [, first, last] = await seals();
    await trail.tamper('delete from record_seals where id = $1', [last.id]);
    expect(await found()).toEqual([`seal_missing record_seal ${last.id}`]);
    await trail.tamper('delete from audit_events where subject_id = $1', [last.id]);
    expect((await found()).map((finding) => finding.split(' ')[0])).toEqual(['event_missing']);
    await trail.owner.query('rollback');
    await trail.owner.query('begin');
    await trail.tamper('delete from record_seals where id = $1', [first.id]);
    expect(await found()).toEqual(['seal_missing record_seal person_reads/2', `seal_missing record_seal ${first.id}`]);
  });

  it('readings that nobody sealed for a day', async () => {
    await trail.owner.query(insertRead, [newId()]);
    expect(await found()).toEqual([]);
    trail.clock.skip(23 * HOUR_MS);
    expect(await found()).toEqual([`records_unsealed person_reads ${reads[5]}`]);
  });

  it('covers every column but those that a command changes', async () => {
    for (const [table, free] of [
      ['person_reads', []],
      ['alerts', ['seen_at', 'seen_by']],
    ] as const) {
      const { rows } = await trail.owner.query(
        `select column_name as name from information_schema.columns where table_name = $1 and column_name <> 'id'`,
        [table],
      );
      const { rows: checks } = await trail.owner.query(
        `select conname as name from pg_constraint where conrelid = $1::regclass and contype = 'c'`,
        [table],
      );
      for (const { name } of checks) await trail.owner.query(`alter table ${table} drop constraint ${name}`);
      const [some] = await db.all<{ id: string }>(sql`select id from person_reads where ${table} = 'person_reads' union all
        select id from alerts where ${table} <> 'person_reads' order by id limit 1`);
      const unseen: string[] = [];
      for (const { name } of rows) {
        await trail.owner.query('savepoint column_changed');
        const { rows: before } = await trail.owner.query(`select ${name} is null as "isNull" from ${table} where id = $1`, [some?.id]);
        await trail.tamper(`alter table ${table} alter column ${name} drop not null`);
        await trail.tamper(`update ${table} set ${name} = ${before[0].isNull ? otherwise(name) : 'null'} where id = $1`, [some?.id]);
        if ((await found()).every((finding) => !finding.startsWith('records_'))) unseen.push(name);
        await trail.owner.query('rollback to savepoint column_changed');
      }
      expect(unseen.sort(), table).toEqual(free);
    }
  });

  it('is written in order by whoever writes, and taken away by nobody', async () => {
    const app = await trail.applicationClient();
    const refused = (values: string, constraint: string) =>
      expect(
        app.query(`insert into record_seals select ${values}, row_count, digest, now() from record_seals where number = 2`),
      ).rejects.toMatchObject({
        constraint,
      });
    await refused(`repeat('0', 64), records, 2, after_id, up_to`, 'record_seals_in_order');
    await refused(`repeat('0', 64), records, 4, up_to, gen_random_uuid()`, 'record_seals_in_order');
    await refused(`repeat('0', 64), records, 3, after_id, up_to`, 'record_seals_in_order');
    for (const statement of [
      'update record_seals set number = 7',
      'delete from record_seals',
      'delete from alerts',
      'delete from person_reads',
    ])
      await expect(app.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    await expect(trail.owner.query('delete from alerts')).rejects.toMatchObject({ constraint: 'alerts_append_only' });
  });
});

/** A value for a column that holds none. */
const otherwise = (column: string): string => {
  if (column.endsWith('_at')) return 'now()';
  return ['session_id', 'programme_id', 'caused_by', 'seen_by'].includes(column) ? 'gen_random_uuid()' : `'x'`;
};
