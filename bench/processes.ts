import { readdirSync, readFileSync } from 'node:fs';
import type pg from 'pg';

const TICKS_PER_SECOND = 100;

interface Times {
  readonly parent: number;
  readonly ticks: number;
}

/** What Linux says of a process; undefined once it has ended. */
function timesOf(pid: number): Times | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ')
      .map(Number);
    const [parent = 0] = fields.slice(1);
    // Its own time, and that of children that have ended.
    return { parent, ticks: fields.slice(11, 15).reduce((sum, ticks) => sum + ticks, 0) };
  } catch {
    return undefined;
  }
}

/** How long a process and its children that have ended have been computing, in seconds. Nothing where there is no /proc. */
export const processTime = (pid: number): number => (timesOf(pid)?.ticks ?? Number.NaN) / TICKS_PER_SECOND;

/** How much memory a process holds, in MiB. Nothing where there is no /proc. */
export function processMemory(pid: number): number {
  try {
    const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kibibytes) / 1024;
  } catch {
    return Number.NaN;
  }
}

/** Reads how long all of a PostgreSQL server's processes have been computing, in seconds. Nothing where there is no /proc. */
export async function postgresTime(client: pg.Client): Promise<() => number> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  const server = timesOf(rows[0]?.pid ?? 0)?.parent;
  if (server === undefined) return () => Number.NaN;
  return () => {
    const all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    const ticks = all.map((pid) => [pid, timesOf(pid)] as const).filter(([pid, times]) => pid === server || times?.parent === server);
    return ticks.reduce((sum, [, times]) => sum + (times?.ticks ?? 0), 0) / TICKS_PER_SECOND;
  };
}
