import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from '../../test/support/database.ts';
import type { Actor } from './actor.ts';
import { ShiftedClock } from './clock.ts';
import {
  type Command,
  type CommandContext,
  type CommandEvent,
  canonicalJson,
  commandRunner,
  type Execute,
  type FollowUp,
  type Outcome,
  stateDigest,
} from './command.ts';
import { Database, type Db, insertion, RetryTransaction, type Tx } from './database.ts';
import { newId } from './ids.ts';
import { KeyRing, newDataKey } from './key-ring.ts';
import { Problem, problem } from './problems.ts';
import { sql } from './sql.ts';

describe('a command', () => {
  let clone: TestDatabase;
  let database: Database;
  let execute: Execute;
  const actor: Actor = { id: newId(), kind: 'user', grants: [], secondFactorAt: null };
  const events: CommandEvent[] = [];
  const started: FollowUp[] = [];
  let refuse: ((scope: unknown) => void) | undefined;

  let keyRing: KeyRing;
  beforeAll(async () => {
    clone = await cloneDatabase();
    await clone.owner.query(`create table scratch (id int primary key, n int not null default 0);
      grant update on scratch to sanad_app;
      insert into scratch (id) select generate_series(1, 60)`);
    database = new Database(clone.address);
    keyRing = new KeyRing(new Map([[1, newDataKey()]]), newDataKey());
    execute = commandRunner(database, new ShiftedClock(), keyRing, {
      authorise: (_actor, _command, _now, scope) => refuse?.(scope),
      record: (all) => {
        events.push(...all);
        return insertion(
          'audit_events',
          all.map((event) => ({
            id: event.id,
            at: event.at,
            actor_id: event.actorId,
            command: event.command,
            subject_type: event.subjectType,
            subject_id: event.subjectId,
            before_digest: event.beforeDigest,
            after_digest: event.afterDigest,
            reason: event.reason,
            refusal: event.refusal,
          })),
        );
      },
      recordReads: async () => {},
      start: async (followUps) => void started.push(...followUps),
    });
  });
  afterAll(async () => {
    await database.close();
    await clone.drop();
  });

  type Run = (context: CommandContext, row: number) => Promise<Partial<Outcome<unknown>>>;

  /** A command on one row of the scratch table, with a subject of its own so that its events can be told apart. */
  function onScratch(run: Run): { definition: Command<number, unknown>; subject: string } {
    const subject = newId();
    return {
      subject,
      definition: {
        name: 'scratch.change',
        scope: () => ({ programme: 'p' }),
        run: async (context, row) => ({ result: null, subject: { type: 'scratch', id: subject }, ...(await run(context, row)) }),
      },
    };
  }

  const add = ({ tx }: CommandContext, row: number) =>
    tx.first<{ n: number }>(sql`update scratch set n = n + 1 where id = ${row} returning n`);
  const adding: Run = async (context, row) => ({ result: await add(context, row) });
  const countIn = async (row: number) => (await database.reader.first<{ n: number }>(sql`select n from scratch where id = ${row}`))?.n;
  const eventsOf = (subject: string) =>
    database.reader.all<{ refusal: string | null }>(sql`select * from audit_events where subject_id = ${subject}`);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'none',
      (error) => (error instanceof Problem ? error.code : `not a problem: ${error}`),
    );

  it('leaves its effect, its event and its follow-ups together', async () => {
    const { definition, subject } = onScratch(async (context, row) => ({
      result: await add(context, row),
      before: { n: 0 },
      after: { n: 1 },
      reason: 'because',
      followUps: [{ job: 'scratch.tell', payload: { row: String(row) } }],
    }));
    expect(await execute(definition, 1, { actor, requestId: 'request-1' })).toEqual({ n: 1 });
    expect(await eventsOf(subject)).toMatchObject([
      {
        actor_id: actor.id,
        command: 'scratch.change',
        reason: 'because',
        before_digest: stateDigest(keyRing, { n: 0 }),
        after_digest: stateDigest(keyRing, { n: 1 }),
      },
    ]);
    expect(await database.reader.all(sql`select job, payload, attempts from follow_ups`)).toEqual([
      { job: 'scratch.tell', payload: { row: '1' }, attempts: 0 },
    ]);
    expect(started).toMatchObject([{ job: 'scratch.tell', payload: { row: '1' } }]);
    expect(events.at(-1)).toMatchObject({ requestId: 'request-1', scope: { programme: 'p' } });
  });

  it('leaves an event for each of the records that it touched, and one without a place when it keeps to the grants itself', async () => {
    const [here, there] = [newId(), newId()];
    const { definition, subject } = onScratch(async () => ({
      others: [
        { subject: { type: 'scratch', id: here }, scope: { programme: 'p' }, after: 1 },
        { subject: { type: 'scratch', id: there }, scope: { programme: 'q' }, after: 2 },
      ],
    }));
    await execute({ ...definition, scope: () => undefined }, 1, { actor, idempotencyKey: `key-${subject}` });
    const left = [subject, here, there].map((id) => events.find(({ subjectId }) => subjectId === id)?.scope);
    expect(left).toEqual([{}, { programme: 'p' }, { programme: 'q' }]);
    for (const id of [subject, here, there]) expect(await eventsOf(id)).toHaveLength(1);
  });

  it('leaves nothing at all when it throws, and its key free', async () => {
    const { definition, subject } = onScratch(async (context, row) => {
      await add(context, row);
      throw new Error('broken');
    });
    const execution = { actor, idempotencyKey: 'key-of-a-failure' };
    await expect(execute(definition, 2, execution)).rejects.toThrow('broken');
    expect(await countIn(2)).toBe(0);
    expect(await eventsOf(subject)).toEqual([]);
    expect(await database.reader.all(sql`select from idempotency_keys where key = 'key-of-a-failure'`)).toEqual([]);
    expect(await execute(onScratch(adding).definition, 2, execution)).toEqual({ n: 1 });
  });

  it('answers a repeated key with the first answer and does nothing more', async () => {
    const { definition, subject } = onScratch(adding);
    const execution = { actor, idempotencyKey: 'the-same-key' };
    expect(await execute(definition, 3, execution)).toEqual({ n: 1 });
    expect(await execute(definition, 3, execution)).toEqual({ n: 1 });
    expect(await countIn(3)).toBe(1);
    expect(await eventsOf(subject)).toHaveLength(1);
    expect(await codeOf(execute(definition, 4, execution))).toBe('idempotency_key_reused');
    expect(await codeOf(execute({ ...definition, name: 'scratch.other' }, 3, execution))).toBe('idempotency_key_reused');
    expect(await execute(definition, 3, { ...execution, actor: { ...actor, id: newId() } })).toEqual({ n: 2 }); // another actor's key is another key
  });

  it('does not repeat an answer to whoever may no longer do it, or no longer in that place', async () => {
    const { definition, subject } = onScratch(adding);
    const execution = { actor, idempotencyKey: newId() };
    expect(await execute(definition, 15, execution)).toEqual({ n: 1 });
    refuse = (scope) => {
      if (scope) throw problem.not_found('There is no such record.');
    };
    expect(await codeOf(execute(definition, 15, execution))).toBe('not_found');
    refuse = () => {
      throw problem.forbidden('no role');
    };
    expect(await codeOf(execute(definition, 15, execution))).toBe('forbidden');
    refuse = undefined;
    expect(await execute(definition, 15, execution)).toEqual({ n: 1 });
    expect([await countIn(15), (await eventsOf(subject)).length]).toEqual([1, 1]);
  });

  it('keeps neither the input nor the answer of a key in the clear', async () => {
    const { definition } = onScratch(async () => ({ result: { phone: '+213550000001' } }));
    await execute(definition, 5, { actor, idempotencyKey: 'key-with-a-phone' });
    const [row] = await database.reader.all<{ answer: Buffer; input_digest: string }>(
      sql`select answer, input_digest from idempotency_keys where key = 'key-with-a-phone'`,
    );
    expect(row?.answer.toString('latin1')).not.toContain('213550000001');
    expect(row?.input_digest).not.toBe(stateDigest(keyRing, { name: 'scratch.change', input: 5 }));
  });

  it('happens once however many requests carry one key at the same time', async () => {
    const { definition, subject } = onScratch(adding);
    const answers = await Promise.all(Array.from({ length: 10 }, () => execute(definition, 6, { actor, idempotencyKey: 'parallel-key' })));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(new Set(['{"n":1}']));
    expect(await countIn(6)).toBe(1);
    expect(await eventsOf(subject)).toHaveLength(1);
  });

  it('says so when the first request under a key takes its time', async () => {
    let finish = () => {};
    const { definition } = onScratch(async (context, row) => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return { result: await add(context, row) };
    });
    const execution = { actor, idempotencyKey: 'slow-key' };
    const first = execute(definition, 7, execution);
    await expect
      .poll(() =>
        database.reader.first(sql`select from pg_locks where locktype = 'advisory' and granted
          and database = (select oid from pg_database where datname = current_database())`),
      )
      .toBeDefined();
    expect(await codeOf(execute(definition, 7, execution))).toBe('in_progress');
    finish();
    expect(await first).toEqual({ n: 1 });
    expect(await execute(definition, 7, execution)).toEqual({ n: 1 });
  });

  it('commits what a refusal leaves behind, and answers a repetition with the same refusal', async () => {
    const { definition, subject } = onScratch(async (context, row) => ({
      ...(await adding(context, row)),
      refusal: problem.too_many_requests('Wait a while.', { left: 4 }, [{ pointer: '/code', detail: 'is wrong' }]),
    }));
    const execution = { actor, idempotencyKey: 'key-of-a-refusal' };
    const refusal = () => execute(definition, 8, execution).catch((error: Problem) => error.toJSON());
    const first = await refusal();
    expect(first).toMatchObject({ code: 'too_many_requests', left: 4, errors: [{ pointer: '/code' }] });
    expect(await refusal()).toEqual(first);
    expect(await countIn(8)).toBe(1);
    expect(await eventsOf(subject)).toMatchObject([{ refusal: 'too_many_requests' }]);
  });

  it('tries again when it has met another transaction, and only so often', async () => {
    let tries = 0;
    const { definition, subject } = onScratch(async (context, row) => {
      tries += 1;
      const result = await add(context, row);
      if (tries < 3) throw new RetryTransaction('met another');
      return { result };
    });
    expect(await execute(definition, 9, { actor })).toEqual({ n: 1 });
    expect(tries).toBe(3);
    expect(await eventsOf(subject)).toHaveLength(1);
    const hopeless = onScratch(async () => {
      tries += 1;
      throw new RetryTransaction('met another');
    });
    tries = 0;
    expect(await codeOf(execute(hopeless.definition, 9, { actor }))).toBe('busy');
    expect(tries).toBe(4);
  });

  it('outlives a deadlock', async () => {
    const { definition } = onScratch(async (context, row) => {
      await add(context, row);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return { result: await add(context, row === 10 ? 11 : 10) };
    });
    await Promise.all([execute(definition, 10, { actor }), execute(definition, 11, { actor })]);
    expect([await countIn(10), await countIn(11)]).toEqual([2, 2]);
  });

  it('outlives a serialization failure', async () => {
    const { definition } = onScratch(async ({ tx }, row) => {
      await tx.run(sql`set transaction isolation level serializable`);
      const [sum] = await tx.all<{ sum: string }>(sql`select sum(n) from scratch where id in (12, 13)`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await tx.run(sql`update scratch set n = ${Number(sum?.sum) + 1} where id = ${row}`);
      return {};
    });
    await Promise.all([execute(definition, 12, { actor }), execute(definition, 13, { actor })]);
    expect([await countIn(12), await countIn(13)].sort()).toEqual([1, 2]); // one after the other, never both from nothing
  });

  it('asks who may, first without and then within the scope, before it touches anything', async () => {
    const { definition, subject } = onScratch(adding);
    refuse = () => {
      throw problem.forbidden('No.');
    };
    expect(await codeOf(execute(definition, 14, { actor }))).toBe('forbidden');
    refuse = (scope) => {
      if (scope) throw problem.not_found('None here.');
    };
    expect(await codeOf(execute(definition, 14, { actor }))).toBe('not_found');
    refuse = undefined;
    expect(await countIn(14)).toBe(0);
    expect(await eventsOf(subject)).toEqual([]);
  });

  describe('that many call at once', () => {
    /** What a sharing command does to a row, and what it does besides. */
    const addAll = async (tx: Tx, rows: readonly number[]) => {
      const added = await tx.all<{ id: number; n: number }>(
        sql`update scratch set n = n + 1 where id = any(${rows}::int[]) returning id, n`,
      );
      return rows.map((row) => added.find(({ id }) => id === row)?.n);
    };
    const sharing = (run: Run = async ({ tx }, row) => ({ result: await tx.writeTogether(addAll, row) })) => {
      const { definition, subject } = onScratch(run);
      return { subject, definition: { ...definition, claims: (row: number) => [String(row)] } };
    };
    /** Each is asked for at the same moment; one before them, so that the others meet while it is under way. */
    const all = (
      definition: Command<number, unknown>,
      rows: readonly number[],
      keyOf: (row: number) => string | undefined = () => undefined,
    ) => Promise.allSettled(rows.map((row) => execute(definition, row, { actor, idempotencyKey: keyOf(row), requestId: `row-${row}` })));
    const transactionsOf = async (subject: string) =>
      (
        await database.reader.all<{ n: number }>(
          sql`select count(*)::int as n from audit_events where subject_id = ${subject} group by written_by`,
        )
      ).map(({ n }) => n);
    const values = (settled: readonly PromiseSettledResult<unknown>[]) =>
      settled.map((each) => (each.status === 'fulfilled' ? each.value : String(each.reason.code ?? each.reason.message)));

    it('shares a transaction, with an event and an answer for each', async () => {
      const { definition, subject } = sharing();
      const rows = [21, 22, 23, 24, 25];
      const key = newId();
      expect(values(await all(definition, rows, (row) => `${key}-${row}`))).toEqual([1, 1, 1, 1, 1]);
      expect(await transactionsOf(subject)).toEqual([5]);
      const requests = events.filter(({ subjectId }) => subjectId === subject).map(({ requestId }) => requestId);
      expect(requests).toEqual(rows.map((row) => `row-${row}`));
      // Each answer stands under its own key.
      expect(values(await all(definition, rows, (row) => `${key}-${row}`))).toEqual([1, 1, 1, 1, 1]);
      expect(await Promise.all(rows.map(countIn))).toEqual([1, 1, 1, 1, 1]);
      expect(await codeOf(execute(definition, 21, { actor, idempotencyKey: `${key}-22` }))).toBe('idempotency_key_reused');
    });

    it('waits for no company when it comes alone, and never shares with one that claims the same', async () => {
      const { definition, subject } = sharing();
      expect(await execute(definition, 26, { actor })).toBe(1);
      expect(values(await all(definition, [26, 26, 27]))).toEqual([2, 3, 1]);
      expect((await transactionsOf(subject)).sort()).toEqual([1, 1, 2]);
    });

    it('lets who is refused before they wrote anything go, and keeps what the others did', async () => {
      const { definition, subject } = sharing(async ({ tx }, row) => {
        if (row === 29) throw problem.conflict('Not this one.');
        return { result: await tx.writeTogether(addAll, row) };
      });
      expect(values(await all(definition, [28, 29, 30]))).toEqual([1, 'conflict', 1]);
      expect(await transactionsOf(subject)).toEqual([2]);
    });

    it('undoes all of it when one fails, and carries each out alone, which tells its own error', async () => {
      const fails: Record<number, () => Error> = {
        32: () => new Error('broken'),
        33: () => problem.conflict('Too late to refuse.'),
      };
      const { definition, subject } = sharing(async ({ tx }, row) => {
        const result = await tx.writeTogether(addAll, row);
        const failure = fails[row];
        if (failure) throw failure();
        return { result };
      });
      expect(values(await all(definition, [31, 32, 33, 34]))).toEqual([1, 'broken', 'conflict', 1]);
      expect(await Promise.all([31, 32, 33, 34].map(countIn))).toEqual([1, 0, 0, 1]);
      expect(await transactionsOf(subject)).toEqual([1, 1]);
    });

    it('undoes all of it when the database refuses one, however the command puts that', async () => {
      await clone.owner.query('alter table scratch add constraint scratch_not_37 check (id <> 37 or n = 0)');
      const { definition } = sharing(async ({ tx }, row) => ({
        result: await tx.writeTogether(addAll, row).catch(() => {
          throw problem.conflict('The database says no.');
        }),
      }));
      expect(values(await all(definition, [36, 37, 38]))).toEqual([1, 'conflict', 1]);
      expect(await Promise.all([36, 37, 38].map(countIn))).toEqual([1, 0, 1]);
    });

    it('has a transaction of its own for whatever else it writes', async () => {
      const writes: Record<number, Run> = {
        40: adding,
        41: async ({ tx }, row) => ({ result: await tx.run(sql`update scratch set n = n + 1 where id = ${row}`) }),
        42: async ({ tx }, row) => {
          tx.defer(sql`update scratch set n = n + 1 where id = ${row}`);
          return { result: 1 };
        },
        43: async ({ tx }) => {
          await tx.insert('scratch', [{ id: 143, n: 0 }]);
          return { result: 1 };
        },
        44: async ({ tx }) => ({ result: (await tx.first(sql`select 1 as n from scratch where id = 44 for update`)) && 1 }),
      };
      const { definition, subject } = sharing(async (context, row) =>
        writes[row] ? writes[row](context, row) : { result: await context.tx.writeTogether(addAll, row) },
      );
      expect(values(await all(definition, [39, 40, 41, 42, 43, 44, 45]))).toEqual([1, { n: 1 }, 1, 1, 1, 1, 1]);
      expect(await Promise.all([39, 40, 41, 42, 45].map(countIn))).toEqual([1, 1, 1, 1, 1]);
      expect((await transactionsOf(subject)).sort()).toEqual([1, 1, 1, 1, 1, 2]);
    });

    it('reads together too, each its own, and in its own time', async () => {
      const asked: number[] = [];
      const readAll = async (db: Db, rows: readonly number[]) => {
        asked.push(rows.length);
        const found = await db.all<{ id: number; n: number }>(sql`select id, n from scratch where id = any(${rows}::int[])`);
        return rows.map((row) => found.find(({ id }) => id === row)?.n);
      };
      const { definition } = sharing(async ({ tx }, row) => {
        // One reads by itself first: the others wait for it.
        if (row === 47) await tx.first(sql`select 1`);
        const [one, two] = await Promise.all([tx.readTogether(readAll, row), tx.readTogether(readAll, row + 1)]);
        return { result: [one, two] };
      });
      expect(values(await all(definition, [46, 47, 48]))).toEqual([
        [0, 0],
        [0, 0],
        [0, 0],
      ]);
      expect(asked).toEqual([6]);
    });

    it('is not held up by who is held up', async () => {
      const { definition } = sharing();
      await clone.owner.query('begin');
      await clone.owner.query('select from scratch where id = 51 for update');
      const held = execute(definition, 51, { actor });
      expect(values(await all(definition, [52, 53]))).toEqual([1, 1]);
      expect(values(await all(definition, [54, 55]))).toEqual([1, 1]);
      await clone.owner.query('rollback');
      expect(await held).toBe(1);
    });
  });
});

describe('a digest', () => {
  it('does not depend on the order of keys, and on nothing else but the value', () => {
    expect(canonicalJson({ b: 1, a: { d: [1, 2], c: null } })).toBe(canonicalJson({ a: { c: null, d: [1, 2] }, b: 1 }));
    expect(canonicalJson({ a: [1, 2] })).not.toBe(canonicalJson({ a: [2, 1] }));
    expect(canonicalJson({ b: 1, a: 'é' })).toBe('{"a":"é","b":1}');
  });
});
