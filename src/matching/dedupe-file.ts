import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import { columnsOf } from './columns.ts';
import { compare } from './compare.ts';
import { type Model, shippedModel } from './model.ts';
import { profileOf } from './profile.ts';
import { dateOrderOf } from './read-birth.ts';
import { Roster } from './roster.ts';
import { RowReader } from './row.ts';

/** Why a file cannot be compared, in words for the person who has it. */
export class FileError extends Error {}

export interface DedupeOptions {
  /** A CSV file with a header. */
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

const DATES_LOOKED_AT = 1_000;
const LINES_AT_ONCE = 2_000;
const SAY_EVERY = 100_000;

async function separatorOf(file: string): Promise<string> {
  const handle = await open(file).catch(() => {
    throw new FileError(`There is no file ${file}, or it cannot be read.`);
  });
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(65_536), 0, 65_536, 0);
    const [line = ''] = buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1);
    return [',', ';', '\t', '|'].reduce((best, next) => (line.split(next).length > line.split(best).length ? next : best));
  } finally {
    await handle.close();
  }
}

async function* rowsOf(file: string): AsyncGenerator<string[]> {
  const parser = createReadStream(file).pipe(
    parse({
      bom: true,
      delimiter: await separatorOf(file),
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      max_record_size: 1_000_000,
    }),
  );
  try {
    for await (const row of parser) yield row as string[];
  } catch (error) {
    if (error instanceof CsvError)
      throw new FileError(`${file} cannot be read from line ${Number(error['lines'])} on. Look for a quotation mark that is not closed.`);
    throw error;
  }
}

async function* withReader(
  file: string,
  { today, say }: DedupeOptions,
): AsyncGenerator<{ row: string[]; reader: RowReader; line: number }> {
  let columns: ReturnType<typeof columnsOf> | undefined;
  let reader: RowReader | undefined;
  let held: string[][] = [];
  let line = 0;
  const dated = (rows: readonly string[][]) => {
    const place = columns?.findIndex((column) => column?.holds === 'birth') ?? -1;
    return new RowReader(columns ?? [], dateOrderOf(rows.map((row) => row[place] ?? '')), today);
  };
  for await (const row of rowsOf(file)) {
    if (row.some((cell) => cell.includes('\uFFFD'))) throw new FileError(`${file} is not in UTF-8. Save it as "CSV UTF-8" and try again.`);
    if (!columns) {
      columns = columnsOf(row);
      announce(file, row, columns, say);
      continue;
    }
    if (reader) {
      line += 1;
      yield { row, reader, line };
      continue;
    }
    held.push(row);
    if (held.length < DATES_LOOKED_AT) continue;
    reader = dated(held);
    for (const early of held) yield { row: early, reader, line: (line += 1) };
    held = [];
  }
  if (held.length > 0) {
    reader = dated(held);
    for (const row of held) yield { row, reader, line: (line += 1) };
  }
}

function announce(file: string, header: readonly string[], columns: ReturnType<typeof columnsOf>, say: (line: string) => void): void {
  const ignored = header.filter((_, place) => !columns[place]).map((name) => `"${name.trim()}"`);
  const compared = columns.filter((column) => column && column.holds !== 'id' && column.holds !== 'household');
  if (compared.length === 0)
    throw new FileError(
      `${file} has no column that is known. Name its columns id, given_name, family_name, birth_date, sex, document_number, phone, location.`,
    );
  if (ignored.length > 0) say(`${file}: columns not used: ${ignored.join(', ')}`);
  if (!columns.some((column) => column?.holds === 'id')) say(`${file}: no column is named id; the rows are numbered from 1.`);
}

async function readInto(roster: Roster, ids: string[], file: string, options: DedupeOptions): Promise<void> {
  const known = new Set<string>();
  for await (const { row, reader, line } of withReader(file, options)) {
    const id = reader.id(row) ?? String(line);
    if (known.has(id))
      throw new FileError(`${file} has the id ${JSON.stringify(id)} twice (again in row ${line}). Every row needs an id of its own.`);
    known.add(id);
    ids.push(id);
    roster.add(profileOf(reader.particulars(row)));
    if (ids.length % SAY_EVERY === 0) options.say(`${ids.length} records read`);
  }
  if (known.size === 0) throw new FileError(`${file} has no rows.`);
}

/**
 * Finds the people whom a file holds twice, or whom two files both hold, with no database: writes id_a, id_b, score and decision of every
 * pair that was compared. The score is a probability, 0 to 1.
 * @throws FileError in plain words, before anything is written
 */
export async function dedupeFile(options: DedupeOptions): Promise<DedupeSummary> {
  const { file, link, out, say, model = shippedModel } = options;
  const roster = new Roster();
  const ids: string[] = [];
  await readInto(roster, ids, file, options);
  const from = link ? ids.length : 0;
  if (link) await readInto(roster, ids, link, options);
  const setting = { model, frequencies: roster.frequencies, population: ids.length };
  const count = { compared: 0, same: 0, review: 0, different: 0 };
  function* lines(): Generator<string> {
    yield stringify([['id_a', 'id_b', 'score', 'decision']]);
    let rows: string[][] = [];
    for (const [a, b] of roster.candidates(from)) {
      const { probability, decision } = compare(roster.profiles[a] ?? {}, roster.profiles[b] ?? {}, setting);
      count.compared += 1;
      count[decision] += 1;
      rows.push([ids[a] as string, ids[b] as string, probability.toFixed(4), decision]);
      if (count.compared % (SAY_EVERY * 10) === 0) say(`${count.compared} pairs compared`);
      if (rows.length < LINES_AT_ONCE) continue;
      yield stringify(rows);
      rows = [];
    }
    yield stringify(rows);
  }
  await pipeline(Readable.from(lines()), createWriteStream(out));
  return { records: ids.length, compared: count.compared, same: count.same, review: count.review };
}
