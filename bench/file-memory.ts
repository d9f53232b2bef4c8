import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Ready } from './file-server.ts';

const ROWS = Number(process.argv[2] ?? 1_000_000);
/** How far to take the file: `upload` alone, `check`, or `run`. */
const until = process.argv[3] ?? 'upload';

const columns =
  'Registration date,Household,Household size,Relationship,Given name,Family name,Sex,Date of birth,Nationality,Document type,Document number,Phone,Wilaya,Commune,Language,Consent,Consent method\n';
const syllables = ['ba', 'do', 'fu', 'ki', 'le', 'mo', 'nu', 'ra', 'si', 'ta', 'wé', 'cha', 'ghi', 'pou', 'zi', 'yo'];

// Names as varied as people's, and about as many of them.
const name = (n: number): string => [0, 4, 8].map((shift) => syllables[(n >> shift) % 16]).join('');

function* rows(): Generator<string> {
  yield columns;
  for (let n = 0; n < ROWS; n += 1) {
    const mixed = Math.imul(n + 1, 2_654_435_761) >>> 0;
    const birth = `${String(1 + (mixed % 28)).padStart(2, '0')}/${String(1 + (n % 12)).padStart(2, '0')}/${1940 + (mixed % 77)}`;
    yield `2026-01-15,H${n >> 2},4,${n % 4 === 0 ? 'head' : 'child'},${name(mixed)},${name(mixed >>> 12)},${n % 2 ? 'F' : 'M'},${birth},MLI,Passport,P${n},05${String(10_000_000 + n).slice(-8)},16,Alger Centre,fr,yes,signature\n`;
  }
}

/** What a process has held at most, in MiB. */
const peak = (pid: number): number => Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** Uploads a file of so many rows to a server of its own, takes it as far as asked, and prints the time and the server's memory. */
async function main(): Promise<void> {
  const server = fork(fileURLToPath(new URL('./file-server.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] });
  try {
    const [ready] = (await once(server, 'message')) as [Ready];
    const timed = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
      const start = performance.now();
      const result = await work();
      const seconds = (performance.now() - start) / 1000;
      process.stdout.write(
        `${label}: ${seconds.toFixed(1)} s, ${Math.round(ROWS / seconds)} rows a second, ${peak(server.pid ?? 0).toFixed(0)} MiB at most\n`,
      );
      return result;
    };
    const { id } = await timed('upload', () =>
      call(ready, 'POST', `/v1/programmes/${ready.programmeId}/registration-files`, Readable.from(batched())),
    );
    if (until !== 'upload') await timed('dry run', () => carriedOut(ready, id, 'check', 'checked'));
    if (until === 'run') await timed('run', () => carriedOut(ready, id, 'run', 'done'));
  } finally {
    server.send('stop');
    await once(server, 'exit');
  }
}

// A thousand rows at a time, so that the sender costs little.
function* batched(): Generator<string> {
  let batch = '';
  let count = 0;
  for (const row of rows()) {
    batch += row;
    count += 1;
    if (count % 1_000 === 0) {
      yield batch;
      batch = '';
    }
  }
  yield batch;
}

async function carriedOut(ready: Ready, id: string, verb: string, state: string): Promise<void> {
  await call(ready, 'POST', `/v1/registration-files/${id}/${verb}`);
  for (;;) {
    const file = await call(ready, 'GET', `/v1/registration-files/${id}`);
    if (file.state === state) return;
    if (file.state === 'stopped') throw new Error('the file stopped');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function call({ url, token }: Ready, method: string, path: string, body?: Readable): Promise<{ id: string; state: string }> {
  const asked = request(`${url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Idempotency-Key': randomUUID(), ...(body ? { 'Content-Type': 'text/csv' } : {}) },
  });
  if (body) body.pipe(asked);
  else asked.end();
  const [answer] = (await once(asked, 'response')) as [import('node:http').IncomingMessage];
  const text = (await answer.toArray()).join('');
  if ((answer.statusCode ?? 500) >= 400) throw new Error(text);
  return JSON.parse(text);
}

await main();
