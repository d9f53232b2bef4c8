import { existsSync, readFileSync } from 'node:fs';
import { outboxFile } from '../../src/messaging/index.ts';
import type { Arrived } from './tellers.ts';

/** The telephones: what has arrived on them, read from the file that stands for them. */
export interface Telephones {
  /** The next voucher whose message has come for the first time. */
  next(): Arrived | undefined;
  /** Messages so far, and how many of them came before word for word. */
  readonly messages: { arrived: number; repeated: number; different: number };
}

export function telephones(dataDir: string): Telephones {
  const texts = new Map<string, string>();
  const waiting: Arrived[] = [];
  const messages = { arrived: 0, repeated: 0, different: 0 };
  let lines = 0;

  function look(): void {
    if (!existsSync(outboxFile(dataDir))) return;
    // A worker that died while it wrote leaves half a line, which nobody received.
    const whole = readFileSync(outboxFile(dataDir), 'utf8').split('\n').slice(0, -1);
    for (const line of whole.slice(lines)) {
      const text = /"text":"((?:[^"\\]|\\.)*)"/.exec(line)?.[1] ?? '';
      const [serial, code] = [/\d{14}/.exec(text)?.[0], /\d{3} \d{3} \d{3}/.exec(text)?.[0]];
      if (!serial || !code) continue;
      messages.arrived += 1;
      const before = texts.get(serial);
      if (before === undefined) waiting.push({ serial, code });
      else if (before === text) messages.repeated += 1;
      else messages.different += 1;
      texts.set(serial, text);
    }
    lines = whole.length;
  }
  return {
    messages,
    next() {
      if (waiting.length === 0) look();
      return waiting.shift();
    },
  };
}
