import { readFile } from 'node:fs/promises';
import { outboxFile } from '../../src/messaging/index.ts';

/** A code as it stands on somebody's phone. */
export interface Received {
  readonly to: string;
  readonly serial: string;
  readonly code: string;
}

interface Line {
  readonly to: string;
  readonly text: string;
}

/** Reads every phone's inbox: people see digits in a text, and so does this. */
export async function inbox(dataDir: string): Promise<Received[]> {
  const lines = (await readFile(outboxFile(dataDir), 'utf8')).trim().split('\n');
  return lines.map((line) => {
    const { to, text } = JSON.parse(line) as Line;
    const code = /\d{3} \d{3} \d{3}/.exec(text)?.[0];
    const serial = /\d{14}/.exec(text)?.[0];
    if (!code || !serial) throw new Error('a message holds no code or no serial');
    return { to, serial, code };
  });
}
