import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../test/support/database.ts';
import { Database, sqlState, type Tx } from './database.ts';
import { allOf, sql } from './sql.ts';

describe('SQL', () => {
  it('keeps values apart from the text, however deep a piece stands', () => {
    const inner = sql`b = ${2}`;
    const outer = sql`select * from t where a = ${1} and (${inner} or ${sql`c = ${3} and ${inner}`}) limit ${4}`;
    expect(outer.text).toBe('select * from t where a = $1 and (b = $2 or c = $3 and b = $4) limit $5');
    expect(outer.values).toEqual([1, 2, 3, 2, 4]);
  });

  it('joins conditions, and none is always true', () => {
    expect(allOf([]).text).toBe('true');
    expect(allOf([sql`a = ${1}`, sql`b = ${2}`])).toEqual(sql`a = ${1} and b = ${2}`);
  });
});

describe('the database', () => {
  let clone: TestDatabase;
  let database: Database;
  const stateOf = (work: Promise<unknown>) => work.then(() => undefined, sqlState);

  beforeAll(async () => {
    clone = await cloneDatabase();
    await clone.owner.query(`create table scratch (id int primary key, at timestamptz, secret bytea, facts jsonb, day date, amount numeric);
      grant update on scratch to sanad_app`);
    database = new Database(clone.address);
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  it('tells a question mark in the text from a value', async () => {
    const { reader } = database;
    const row = await reader.first(
      sql`select '{"a": 1}'::jsonb ? ${'a'} as has, '?' as mark, ${'?'}::text as value, ${"'; drop table scratch; --"}::text as trick`,
    );
    expect(row).toEqual({ has: true, mark: '?', value: '?', trick: "'; drop table scratch; --" });
  });

  it('keeps dates, big integers and amounts exact', async () => {
    expect(
      await database.reader.first(sql`select date '2026-03-29' as day, 9007199254740993::bigint as big, 0.10::numeric as amount`),
    ).toEqual({ day: '2026-03-29', big: '9007199254740993', amount: '0.10' });
  });

  it('inserts rows of every type in one statement', async () => {
    const at = new Date('2026-03-29T12:00:00.123Z');
    const rows = [
      { id: 1, at, secret: Buffer.from([0, 255]), facts: { text: "it's ?", list: [1, null] }, day: '2026-03-29', amount: '0.10' },
      { id: 2, at, secret: null, facts: null, day: null, amount: '9007199254740993.01' },
    ];
    await database.transaction((tx) => tx.insert('scratch', rows));
    await database.transaction((tx) => tx.insert('scratch', []));
    expect(await database.reader.all(sql`select * from scratch order by id`)).toEqual(rows);
  });

  it('rolls everything back when the work throws', async () => {
    const work = database.transaction(async (tx) => {
      await tx.run(sql`insert into scratch (id) values (10)`);
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(await database.reader.first(sql`select from scratch where id = 10`)).toBeUndefined();
  });

  it('fails as a whole, and says why, when a statement that nobody waited for fails', async () => {
    const twice = sql`insert into scratch (id) values (1)`;
    const last = database.transaction(async (tx) => {
      await tx.run(sql`insert into scratch (id) values (20)`);
      tx.defer(twice);
    });
    expect(await stateOf(last)).toBe('23505'); // unique_violation
    const first = database.transaction(async (tx) => {
      tx.defer(twice);
      await tx.run(sql`insert into scratch (id) values (21)`);
    });
    expect(await stateOf(first)).toBe('23505');
    const alone = database.transaction(async (tx) => {
      tx.defer(twice);
      throw new Error('its own reason');
    });
    await expect(alone).rejects.toThrow('its own reason');
    expect(await database.reader.all(sql`select from scratch where id in (20, 21)`)).toEqual([]);
  });

  it('outlives the loss of a connection, between statements and under one', async () => {
    const end = (pid: number) => clone.owner.query('select pg_terminate_backend($1)', [pid]);
    const pidOf = async (tx: Tx) => (await tx.first<{ pid: number }>(sql`select pg_backend_pid() as pid`))?.pid ?? 0;
    const between = database.transaction(async (tx) => {
      await end(await pidOf(tx));
      await new Promise((resolve) => setTimeout(resolve, 100));
      await tx.run(sql`insert into scratch (id) values (12)`);
    });
    await expect(between).rejects.toThrow();
    const under = database.transaction(async (tx) => {
      const pid = await pidOf(tx);
      setTimeout(() => void end(pid), 100);
      await tx.first(sql`select pg_sleep(5)`);
    });
    await expect(under).rejects.toThrow();
    expect(await database.reader.first(sql`select from scratch where id = 12`)).toBeUndefined();
    await database.transaction((tx) => tx.run(sql`insert into scratch (id) values (13)`));
  });

  it('has the server itself refuse a write outside a transaction', async () => {
    const smuggled = database.reader;
    expect(await stateOf(smuggled.first(sql`insert into scratch (id) values (11)`))).toBe('25006'); // read_only_sql_transaction
    expect(await stateOf(smuggled.first(sql`create table smuggled ()`))).toBe('25006');
    expect(await stateOf(smuggled.first(sql`select nextval(pg_get_serial_sequence('knex_migrations', 'id'))`))).not.toBeUndefined();
  });

  it('acts as the application role, which owns nothing and rewrites no history', async () => {
    expect(await database.reader.first(sql`select current_user::text as role`)).toEqual({ role: 'sanad_app' });
    const forbidden = [
      sql`create table mine ()`,
      sql`drop table scratch`,
      sql`alter table audit_events disable trigger all`,
      sql`update audit_events set reason = 'x'`,
      sql`delete from audit_events`,
      sql`truncate audit_events`,
      sql`update idempotency_keys set answer = ''`,
    ];
    for (const statement of forbidden) {
      expect(await stateOf(database.transaction((tx) => tx.run(statement))), statement.text).toBe('42501'); // insufficient_privilege
    }
  });

  it('waits for a free connection only so long', async () => {
    const small = new Database({ ...clone.address, poolSize: 1, patienceMs: 500 });
    await small.reader.first(sql`select 1`);
    const slow = small.reader.first(sql`select pg_sleep(1.5)`);
    await expect(small.reader.first(sql`select 1`)).rejects.toMatchObject({ name: 'DatabaseBusy' });
    await slow;
    expect(await small.reader.first(sql`select 1 as one`)).toEqual({ one: 1 });
    await small.close();
  });
});
