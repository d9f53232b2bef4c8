import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { compare } from './compare.ts';
import { FileError, refuseToReplace, rowsOf } from './csv-file.ts';
import { type Model, shippedModel } from './model.ts';
import { profileOf } from './profile.ts';
import { Roster } from './roster.ts';
import { ThirdPerson } from './third-person.ts';
import type { Decision } from './types.ts';

export interface DedupeOptions {
  /** A CSV file or an XLSX workbook with a header. */
  readonly file: string;
  /** Where the pairs go. */
  readonly out: string;
  /** A second file: then only pairs across the two are compared. */
  readonly link?: string | undefined;
  /** Ages are counted from here. */
  readonly today: Date;
  /** What the run has to say; never a name. */
  readonly say: (line: string) => void;
  readonly model?: Model;
}

export interface DedupeSummary {
  readonly records: number;
  readonly compared: number;
  readonly same: number;
  readonly review: number;
}

const LINES_AT_ONCE = 2_000;
const RECORDS_BETWEEN_NEWS = 100_000;
const PAIRS_BETWEEN_NEWS = 1_000_000;

async function readInto(roster: Roster, ids: string[], file: string, { today, say }: DedupeOptions): Promise<void> {
  const known = new Set<string>();
  for await (const { cells, reader, number, row } of rowsOf(file, today, say)) {
    const id = reader.id(cells) ?? String(number);
    if (id === '') throw new FileError(`${file} has no id in row ${row}. Every row needs an id of its own.`);
    if (known.has(id))
      throw new FileError(`${file} has the id ${JSON.stringify(id)} twice, again in row ${row}. Every row needs an id of its own.`);
    known.add(id);
    ids.push(id);
    roster.add(profileOf(reader.particulars(cells)));
    if (ids.length % RECORDS_BETWEEN_NEWS === 0) say(`${ids.length} records read`);
  }
}

/** Compares everybody with their candidates and counts the decisions. */
class Comparing {
  readonly count = { compared: 0, same: 0, review: 0, different: 0 };
  readonly #roster: Roster;
  readonly #ids: readonly string[];
  readonly #from: number;
  readonly #options: DedupeOptions;

  constructor(roster: Roster, ids: readonly string[], from: number, options: DedupeOptions) {
    this.#roster = roster;
    this.#ids = ids;
    this.#from = from;
    this.#options = options;
  }

  /** The rows of the file of pairs: first those that are decided at once, last those that were in doubt. */
  *rows(): Generator<string[]> {
    const { say, model = shippedModel, link } = this.#options;
    const { profiles, frequencies } = this.#roster;
    const setting = { model, frequencies, population: profiles.length };
    const third = new ThirdPerson();
    for (const [a, b] of this.#roster.candidates(this.#from)) {
      const comparison = compare(profiles[a] ?? {}, profiles[b] ?? {}, setting);
      this.count.compared += 1;
      if (this.count.compared % PAIRS_BETWEEN_NEWS === 0) say(`${this.count.compared} pairs compared`);
      if (!link || comparison.decision === 'review') third.add(a, b, comparison);
      if (comparison.decision !== 'review') yield this.#row(a, b, comparison.probability, comparison.decision);
    }
    for (const { a, b, probability, decision } of third.settled()) yield this.#row(a, b, probability, decision);
  }

  #row(a: number, b: number, probability: number, decision: Decision): string[] {
    this.count[decision] += 1;
    return [this.#ids[a] as string, this.#ids[b] as string, probability.toFixed(4), decision];
  }
}

function* linesOf(rows: Iterable<string[]>): Generator<string> {
  let batch: string[][] = [['id_a', 'id_b', 'score', 'decision']];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < LINES_AT_ONCE) continue;
    yield stringify(batch);
    batch = [];
  }
  yield stringify(batch);
}

/**
 * Finds the people whom a file holds twice, or whom two files both hold, with no database: writes id_a, id_b, score and decision of every
 * pair that was compared. The score is a probability, 0 to 1.
 * @throws FileError in plain words, before anything is written
 */
export async function dedupeFile(options: DedupeOptions): Promise<DedupeSummary> {
  await refuseToReplace(options.out, [options.file, ...(options.link ? [options.link] : [])]);
  const roster = new Roster();
  const ids: string[] = [];
  await readInto(roster, ids, options.file, options);
  const from = options.link ? ids.length : 0;
  if (options.link) await readInto(roster, ids, options.link, options);
  const comparing = new Comparing(roster, ids, from, options);
  await pipeline(Readable.from(linesOf(comparing.rows())), createWriteStream(options.out));
  const { compared, same, review } = comparing.count;
  return { records: ids.length, compared, same, review };
}
