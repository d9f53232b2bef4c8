import { beginningOf } from './beginning.ts';
import { readCsv } from './csv-read.ts';
import { type IsHeader, type Records, type Table, tableOf, unreadable } from './table.ts';
import { say } from './words.ts';
import { readXlsx } from './xlsx-read.ts';

const SPREADSHEET = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const zipStart = Buffer.from('PK\x03\x04', 'latin1');
/** Compound File Binary: what Excel wrote before 2007, and what it wraps a workbook with a password in ([MS-CFB] 2.2). */
const compoundStart = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
const ENCRYPTED_STREAM = Buffer.from('EncryptedPackage', 'utf16le');

/**
 * Reads a file of cells as a stream: CSV in any usual encoding, or the first visible sheet of an XLSX workbook. The bytes tell which it is,
 * because the names and types that files are sent with are often wrong.
 * @param contentType what the sender calls it
 * @param isHeader as {@link tableOf} takes it
 * @throws unprocessable naming the place and what to do, here or while the rows are read
 */
export const readTable = async (bytes: AsyncIterable<Buffer>, contentType: string, isHeader?: IsHeader, said?: Said): Promise<Table> =>
  tableOf(await readRecords(bytes, contentType, said), isHeader);

/** What somebody has said of a file of cells. */
export interface Said {
  /** What stands between the cells of CSV. */
  readonly delimiter?: string | undefined;
  /** The name of the sheet that counts in a workbook, in place of the first that can be seen. */
  readonly sheet?: string | undefined;
}

/** As {@link readTable}, where the header is not always the first record and rows are named by where they stand. */
export async function readRecords(bytes: AsyncIterable<Buffer>, contentType: string, { delimiter, sheet }: Said = {}): Promise<Records> {
  const { start, whole } = await beginningOf(bytes, compoundStart.length);
  if (start.subarray(0, 8).equals(compoundStart)) throw await whyCompound(whole);
  if (start.subarray(0, 4).equals(zipStart)) return readXlsx(whole, sheet);
  if (contentType.startsWith(SPREADSHEET)) throw unreadable(say('workbook_expected'));
  return readCsv(whole, delimiter);
}

async function whyCompound(bytes: AsyncIterable<Buffer>) {
  let tail = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const text = Buffer.concat([tail, chunk]);
    if (text.includes(ENCRYPTED_STREAM)) return unreadable(say('workbook_locked'));
    tail = text.subarray(-ENCRYPTED_STREAM.length);
  }
  return unreadable(say('workbook_old'));
}
