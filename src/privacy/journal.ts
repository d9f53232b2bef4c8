import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Erasure, ErasureGround } from './types.ts';

/** One person who was erased: identifiers and dates, nothing that names anybody. */
export interface JournalLine {
  readonly erasureId: string;
  /** Every record that went. */
  readonly records: readonly string[];
  readonly ground: ErasureGround;
  readonly erasedAt: string;
}

/** Where erasures are written down outside the database, so that they outlive a backup that is older than they are. */
export const journalFile = (dataDir: string): string => join(dataDir, 'erasures.jsonl');

export const lineOf = ({ id, records, ground, decidedAt }: Erasure): JournalLine => ({
  erasureId: id,
  records: records.map((record) => record.id),
  ground,
  erasedAt: decidedAt ?? '',
});

/** Adds a line, and returns once the disk has it. It begins anew, after whatever a power cut broke off; the same line twice does no harm. */
export async function appendToJournal(file: string, line: JournalLine): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const journal = await open(file, 'a', 0o600);
  try {
    await journal.appendFile(`\n${JSON.stringify(line)}\n`);
    await journal.sync();
  } finally {
    await journal.close();
  }
}

/** Every line, oldest first. One that a power cut broke off is passed over: its job ran again. @throws Error when there is no such file */
export async function readJournal(file: string): Promise<JournalLine[]> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as JournalLine];
    } catch {
      return [];
    }
  });
}
