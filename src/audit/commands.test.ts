import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { permissions } from '../access/index.ts';
import {
  type Actor,
  type CommandEvent,
  type CommandPorts,
  commandRunner,
  type Database,
  type ForMany,
  KeyRing,
  newId,
  packageRoot,
  problem,
  sql,
  systemClock,
  type Tx,
} from '../platform/index.ts';
import { words } from './words.ts';

const source = join(packageRoot, 'src');
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.startsWith('contract'))
  .map((file) => ({ file, text: readFileSync(join(source, file), 'utf8') }));

/** Every command that the code base defines, by where it is defined; a definition whose name is handed in counts with each name it is given. */
const commands = files.flatMap(({ file, text }) =>
  [...text.matchAll(/\bcommand(?:<|\(\{)/g)]
    .filter(({ index }) => !/function |import |const command = $/.test(text.slice(text.lastIndexOf('\n', index) + 1, index)))
    .map(({ index }) => {
      const body = text.slice(index);
      const name = /name: '([a-z]+\.[a-z_]+)'/.exec(body.slice(0, body.indexOf('run')))?.[1];
      return {
        file,
        name,
        given: name ? [name] : [...text.matchAll(/(?<!(?:job|kind): )'([a-z]+\.[a-z_]+)'/g)].map(([, each = '']) => each),
      };
    }),
);
const names = [...new Set(commands.flatMap(({ given }) => given))].sort();

describe('every command', () => {
  it('is found, and no definition is without a name', () => {
    expect(names.length).toBeGreaterThan(80);
    expect(commands.filter(({ given }) => given.length === 0)).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['cashout.redeem', 'beneficiaries.suspend', 'access.sign_in', 'intake.take_rows']));
    // What may be done and is not read is done by a command of that name.
    const done = Object.keys(permissions).filter((name) => !/\.(read|search|see|list|preview)/.test(name));
    expect(done.filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each(names)('%s is in the table of permissions, and has its words in every language', (name) => {
    expect(Object.keys(permissions)).toContain(name);
    for (const text of Object.values(words[name] ?? {})) expect(text.length).toBeGreaterThan(2);
    expect(Object.keys(words[name] ?? {}).sort()).toEqual(['ar', 'en', 'fr']);
  });

  // Whatever a command does, the runner is what carries it out: its transaction cannot end well without the event.
  it.each(names)('%s leaves one event under its name, whether it is done or refused, and none when it fails', async (name) => {
    const outcomes = { done: undefined, refused: problem.conflict('Not now.') };
    for (const refusal of Object.values(outcomes)) {
      const { events, run } = runnerThatRecords();
      await run(name, async () => ({ result: 1, subject: { type: 'thing', id: 'x' }, ...(refusal ? { refusal } : {}) }));
      expect(events.map(({ command, refusal: code }) => [command, code])).toEqual([[name, refusal?.code ?? null]]);
    }
    const { events, run } = runnerThatRecords();
    await run(name, async () => {
      throw new Error('broken');
    });
    expect(events).toEqual([]);
  });

  it('is the only thing that writes: a transaction is opened by the runner, the sealer, the record of readings, and bookkeeping', () => {
    const opening = files.filter(({ text }) => /\bdatabase\.transaction\(/.test(text)).map(({ file }) => file);
    expect(opening.sort()).toEqual(
      [
        // When a session was last used.
        'access/session-actor.ts',
        'audit/jobs.ts',
        'audit/reads-jobs.ts',
        'audit/reads-recorder.ts',
        'audit/seal.ts',
        'platform/command.ts',
        'platform/housekeeping.ts',
        'platform/jobs.ts',
        'platform/rate-limits.ts',
      ].sort(),
    );
  });
});

/** The runner as it is, over a database that keeps what was committed. */
function runnerThatRecords() {
  const events: CommandEvent[] = [];
  let written: CommandEvent[] = [];
  const tx = {
    defer() {},
    insert: async () => {},
    run: async () => 0,
    all: async () => [],
    first: async () => undefined,
    writeTogether: async (write: ForMany<Tx, unknown, unknown>, asked: unknown) => (await write(tx, [asked]))[0],
  } as unknown as Tx;
  const database = {
    async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
      written = [];
      const result = await work(tx);
      events.push(...written);
      return result;
    },
  } as unknown as Database;
  const ports: CommandPorts = {
    authorise() {},
    record(all) {
      written.push(...all);
      return sql`select 1`;
    },
    recordReads: async () => {},
    start: async () => {},
  };
  const keyRing = new KeyRing(new Map([[1, Buffer.alloc(32, 1)]]), Buffer.alloc(32, 2));
  const execute = commandRunner(database, systemClock, keyRing, ports);
  const actor: Actor = { id: newId(), kind: 'system', grants: [], secondFactorAt: null };
  return {
    events,
    run: (name: string, run: Parameters<typeof execute<unknown, unknown>>[0]['run']) =>
      execute({ name, scope: () => ({}), run }, {}, { actor }).catch(() => {}),
  };
}
