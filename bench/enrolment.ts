import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type pg from 'pg';
import { copyFloor } from './copy-floor.ts';
import { type EnrolmentFrame, makeEnrolmentFrame } from './enrolment-frame.ts';
import { exportAll } from './export.ts';
import { note, sayFigures } from './figures.ts';
import { importFile } from './import.ts';
import type { Result } from './measure.ts';
import { measure } from './measure.ts';
import { invent } from './people/invent.ts';
import type { Invented } from './people/person.ts';
import { home, registrationForm } from './people/registration-file.ts';
import { postgresTime } from './processes.ts';
import { measureReadings, searchesFor } from './readings.ts';
import type { BenchServer } from './server.ts';
import { onStage } from './stage.ts';

const SMALL = 10_000;
const FILE = 100_000;
const LARGE = 131_072;
const MILLION = 1_000_000;
const SINGLES = 300;

/**
 * Enrolment as an agency does it: files through the API, one person at a time, lists, searches and the export, by a server in a process
 * of its own, beside what the same PostgreSQL takes to copy the same rows. `--million` goes on to a million people.
 */
async function main(): Promise<void> {
  await onStage(async ({ folder, client, serve }) => {
    const server = await serve();
    note('idle before anything, MiB', server.memory().toFixed(0));

    const small = await makeEnrolmentFrame(client);
    const few = [...invent(SMALL, 1, home.communes)];
    await importFile(server, small, few);
    await readings(server, client, small, few, SMALL);

    const frame = await makeEnrolmentFrame(client);
    const people = invent(process.argv.includes('--million') ? MILLION : LARGE, 2, home.communes);
    const some = take(people, FILE);
    const databaseComputed = await postgresTime(client);
    const before = databaseComputed();
    const first = await importFile(server, frame, some);
    const database = databaseComputed() - before;
    note(`import of ${FILE}, people/s`, (FILE / first.seconds).toFixed(0));
    note('  server computed per person, µs', ((first.computed / FILE) * 1e6).toFixed(0));
    note('  PostgreSQL computed per person, µs', ((database / FILE) * 1e6).toFixed(0));
    note('  most memory of the server, MiB', first.memory.toFixed(0));
    note('  people who may be duplicates', `${first.duplicates} (${first.planted} planted)`);
    const floor = await copyFloor(client, join(folder, 'postgres'));
    note(`COPY of the same rows and those of ${SMALL} others, people/s`, ((FILE + SMALL) / floor).toFixed(0));
    note('import to COPY', (first.seconds / FILE / (floor / (FILE + SMALL))).toFixed(1));

    await importFile(server, frame, take(people, LARGE - FILE));
    await client.query('vacuum analyze');
    await readings(server, client, frame, some, LARGE);
    const exported = await exportAll(server, frame);
    note(`export of ${exported.rows}, s`, exported.seconds.toFixed(1));
    note('  most memory of the server, MiB', exported.memory.toFixed(0));

    if (process.argv.includes('--million')) {
      let last = first;
      for (let count = LARGE; count < MILLION; count += FILE)
        last = await importFile(server, frame, take(people, Math.min(FILE, MILLION - count)));
      note('cost per person of the last file to the first', (last.seconds / last.rows / (first.seconds / FILE)).toFixed(2));
    }
    const singles = await enrolOneByOne(server, frame);
    const { rows } = await client.query<{ count: string }>('select count(*) from beneficiaries');
    note(`one person among ${rows[0]?.count}, p50 ms`, singles.p50.toFixed(1));
    note('  p95 ms', singles.p95.toFixed(1));
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    note('idle after everything, MiB', server.memory().toFixed(0));
    sayFigures();
  });
}

function take(people: Generator<Invented>, count: number): Invented[] {
  const taken: Invented[] = [];
  while (taken.length < count) {
    const { value, done } = people.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}

async function readings(
  server: BenchServer,
  client: pg.Client,
  frame: EnrolmentFrame,
  people: readonly Invented[],
  count: number,
): Promise<void> {
  const reader = { port: server.port, token: frame.officer, programmeId: frame.programmeId };
  const { list, search } = await measureReadings(reader, await searchesFor(client, frame.programmeId, people));
  const said = ({ perSecond, p50, p99 }: Result) => `${perSecond.toFixed(0)} (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms)`;
  note(`list pages/s at ${count}`, said(list));
  note(`searches/s at ${count}`, said(search));
}

async function enrolOneByOne(server: BenchServer, frame: EnrolmentFrame): Promise<Result> {
  const people = invent(SINGLES, 3, home.communes);
  return measure(1, Number.POSITIVE_INFINITY, async () => {
    const { value, done } = people.next();
    if (done) return null;
    const started = performance.now();
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/programmes/${frame.programmeId}/beneficiaries`, {
      method: 'POST',
      headers: { authorization: `Bearer ${frame.officer}`, 'content-type': 'application/json', 'idempotency-key': randomUUID() },
      body: JSON.stringify(registrationForm(value)),
    });
    if (answer.status !== 201) throw new Error(`a registration answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
    return { milliseconds: performance.now() - started };
  });
}

await main();
