import { beginningOf } from '../../../platform/index.ts';
import { readCamt } from './camt/camt.ts';
import { readMt940 } from './mt940/mt940.ts';
import type { TableMapping } from './table/mapping.ts';
import { readTableStatement } from './table/table.ts';
import { type Pieces, type StatementFormat, type StatementSource, unreadable } from './types.ts';

/** Bytes that are looked at to tell what a file is. */
const SAMPLE_BYTES = 4096;

export interface Reading {
  readonly mapping: TableMapping;
  readonly source: StatementSource;
  /** Is told what the bytes turn out to be, before the first line. */
  told(format: StatementFormat): void;
}

/**
 * Reads a statement of any format as a stream; the bytes tell which it is. Faults of lines come among the pieces.
 * @throws unprocessable with the place when nothing can be made of the file from there on
 */
export async function* openStatement(bytes: AsyncIterable<Buffer>, { mapping, source, told }: Reading): Pieces {
  const { start, whole } = await beginningOf(bytes, SAMPLE_BYTES);
  const kind = kindOf(start.subarray(0, SAMPLE_BYTES));
  if (kind === 'xml') yield* readCamt(whole, told);
  else if (kind === 'mt940') {
    told('mt940');
    yield* readMt940(whole);
  } else yield* readTableStatement(whole, mapping, source, told);
}

/** Whose paper a file most likely is: only banks write camt and MT940. What nothing can be made of is taken for the post's, like a table. */
export async function likelySource(bytes: AsyncIterable<Buffer>): Promise<StatementSource> {
  const { start } = await beginningOf(bytes, SAMPLE_BYTES);
  return writtenAs(textOf(start.subarray(0, SAMPLE_BYTES))) === 'table' ? 'post' : 'bank';
}

/** Beginnings of files that people send by mistake, and what to do instead. */
const strangers: readonly (readonly [magic: string, advice: string])[] = [
  ['\x1f\x8b', 'The file is compressed (gzip). Unpack it and send the statement in it.'],
  ['%PDF', 'This is a PDF. Ask for the statement as CSV, XLSX, camt.053 or MT940.'],
  ['BZh', 'The file is compressed (bzip2). Unpack it and send the statement in it.'],
  ['Rar!', 'The file is an archive. Unpack it and send the statement in it.'],
  ['7z\xbc\xaf', 'The file is an archive. Unpack it and send the statement in it.'],
];

function kindOf(start: Buffer): 'xml' | 'mt940' | 'table' {
  const raw = start.toString('latin1');
  const stranger = strangers.find(([magic]) => raw.startsWith(magic));
  if (stranger) throw unreadable(stranger[1]);
  if (start.length === 0) throw unreadable('The file is empty.');
  const text = textOf(start);
  if (/^<(?:!doctype\s+html|html)\b/i.test(text)) throw unreadable('This is a web page. Download the statement itself.');
  return writtenAs(text);
}

/** The beginning of a file as text. Enough of UTF-16 for this: letters of ASCII with zeros between them. */
const textOf = (start: Buffer): string =>
  start
    .toString('latin1')
    .replace(/^(?:\u00EF\u00BB\u00BF|\u00FF\u00FE|\u00FE\u00FF)/, '')
    .replaceAll('\0', '')
    .trimStart();

function writtenAs(text: string): 'xml' | 'mt940' | 'table' {
  if (text.startsWith('<')) return 'xml';
  if (/(?:^|[\n\r]\s*|\{4:\s*):20:/.test(text) && /[\n\r]:(?:25P?|28C?|60[FM]):/.test(text)) return 'mt940';
  return 'table';
}
