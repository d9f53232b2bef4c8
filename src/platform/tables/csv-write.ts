import { guardedCell } from './formula-guard.ts';
import { type TableFormat, unreadable } from './table.ts';
import { say } from './words.ts';

const PIECE_CHARACTERS = 64 * 1024;
/** Any of the delimiters, since a spreadsheet in another country splits at another one. */
const quoted = /[",;\t|\r\n]|^\s|\s$/;

/**
 * Writes rows as CSV (RFC 4180) in the encoding and with the delimiter of a format: UTF-8 with a byte order mark and commas where it names
 * none. A cell that a spreadsheet would run as a formula begins with an apostrophe, which reading takes away.
 * @throws unprocessable when a letter does not exist in the encoding asked for
 */
export async function* writeCsv(
  { encoding, delimiter = ',' }: TableFormat,
  rows: AsyncIterable<readonly string[]>,
): AsyncGenerator<Buffer, void> {
  const encode = encoderOf(encoding ?? 'utf-8');
  let [piece, line] = ['', 0];
  for await (const row of rows) {
    line += 1;
    piece += `${row.map(cellText).join(delimiter)}\r\n`;
    if (piece.length < PIECE_CHARACTERS) continue;
    yield encode(piece, line);
    piece = '';
  }
  yield encode(piece, line);
}

function cellText(cell: string): string {
  const guarded = guardedCell(cell);
  return quoted.test(guarded) ? `"${guarded.replaceAll('"', '""')}"` : guarded;
}

/** @param line that the text reaches */
type Encode = (text: string, line: number) => Buffer;

function encoderOf(encoding: string): Encode {
  if (encoding === 'utf-16le' || encoding === 'utf-16be') return marked((text) => inUtf16(text, encoding));
  if (encoding === 'windows-1252' || encoding === 'windows-1256') return inOneByte(encoding);
  return marked((text) => Buffer.from(text));
}

// The mark tells spreadsheets which Unicode it is.
function marked(encode: (text: string) => Buffer): Encode {
  let mark = '\uFEFF';
  return (text) => {
    const bytes = encode(`${mark}${text}`);
    mark = '';
    return bytes;
  };
}

function inUtf16(text: string, encoding: 'utf-16le' | 'utf-16be'): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16le' ? bytes : bytes.swap16();
}

function inOneByte(encoding: string): Encode {
  const letters = new TextDecoder(encoding).decode(Uint8Array.from({ length: 256 }, (_none, byte) => byte));
  const byteOf = new Map([...letters].map((letter, byte) => [letter, byte]));
  return (text, line) =>
    Buffer.from(
      Uint8Array.from([...text], (letter) => {
        const byte = byteOf.get(letter);
        if (byte === undefined) throw unreadable(say('letter_not_in_encoding', { line, encoding }), line);
        return byte;
      }),
    );
}
