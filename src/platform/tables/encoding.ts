import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { unreadable } from './table.ts';

/** How much of a file is looked at to tell its encoding, in bytes. */
const SAMPLE_BYTES = 1024 * 1024;

/**
 * The encoding of a text, by its byte order mark or by what it looks like: UTF-8 where the bytes allow it, UTF-16 by the zeros between its
 * letters, and otherwise one of the two encodings that spreadsheets in North Africa save in.
 * @returns a label of the WHATWG Encoding Standard
 */
export function encodingOf(sample: Buffer): 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'windows-1256' {
  if (sample[0] === 0xff && sample[1] === 0xfe) return 'utf-16le';
  if (sample[0] === 0xfe && sample[1] === 0xff) return 'utf-16be';
  if (sample.includes(0)) {
    const [little, big] = [plausibleUnits(sample, 1), plausibleUnits(sample, 0)];
    if (Math.max(little, big) > 0.9) return little >= big ? 'utf-16le' : 'utf-16be';
  }
  if (isUtf8(sample)) return 'utf-8';
  return looksArabic(sample) ? 'windows-1256' : 'windows-1252';
}

// The share of 16-bit units that are ASCII, Latin or Arabic letters, or General Punctuation, when the high byte stands first or second.
function plausibleUnits(sample: Buffer, high: 0 | 1): number {
  let plausible = 0;
  for (let i = 0; i + 1 < sample.length; i += 2) {
    const [page, low] = [sample[i + high] ?? 0, sample[i + 1 - high] ?? 0];
    if (page === 0 ? low >= 0x20 || low === 0x0a || low === 0x0d || low === 0x09 : page === 0x01 || page === 0x06 || page === 0x20) {
      plausible += 1;
    }
  }
  return plausible / Math.max(1, sample.length >> 1);
}

function isUtf8(sample: Buffer): boolean {
  try {
    // As a stream, so that a letter cut in two by the sample's end is no fault.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    return false;
  }
}

// The bytes that are an Arabic or Persian letter in Windows-1256 and a capital or a Spanish letter in Windows-1252. The small letters with
// French accents stand at the same bytes in both.
const arabicLetters = new Set(
  [
    0x81,
    0x8d,
    0x8e,
    0x90,
    0x98,
    0x9a,
    0x9f,
    0xaa,
    0xc0,
    0xe1,
    0xec,
    0xed,
    0xff,
    ...Array.from({ length: 0xd6 - 0xc1 + 1 }, (_none, i) => 0xc1 + i),
    ...Array.from({ length: 0xdf - 0xd8 + 1 }, (_none, i) => 0xd8 + i),
    ...Array.from({ length: 0xe6 - 0xe3 + 1 }, (_none, i) => 0xe3 + i),
  ].filter((byte) => ![0xe7, 0xe8, 0xe9, 0xea, 0xeb].includes(byte)),
);

const isLatinLetter = (byte: number | undefined): boolean => byte !== undefined && /[A-Za-z]/.test(String.fromCharCode(byte));

// Arabic letters stand beside each other; a Latin capital with an accent stands among Latin letters.
function looksArabic(sample: Buffer): boolean {
  let [arabic, latin] = [0, 0];
  sample.forEach((byte, i) => {
    if (byte < 0x80 || !arabicLetters.has(byte)) return;
    const [before, after] = [sample[i - 1], sample[i + 1]];
    if (isLatinLetter(before) || isLatinLetter(after)) latin += 1;
    else if (arabicLetters.has(before ?? 0) || arabicLetters.has(after ?? 0)) arabic += 1;
  });
  return arabic > latin;
}

export interface DecodedText {
  readonly encoding: string;
  /** The text from its beginning, without the byte order mark. */
  readonly pieces: AsyncGenerator<string, void>;
  /** As much of it as the encoding was told from. */
  readonly beginning: string;
}

/**
 * Decodes a text whose encoding nobody has told. As long as there are only ASCII letters the question is left open, so a file whose first
 * accent comes late is read as well.
 * @throws unprocessable naming the line where the text is not in its own encoding any more, or holds what no text holds
 */
export async function decodeText(bytes: AsyncIterable<Buffer>): Promise<DecodedText> {
  const source = bytes[Symbol.asyncIterator]();
  const sample = await sampleOf(source);
  const encoding = encodingOf(sample);
  const beginning = new TextDecoder(encoding).decode(sample, { stream: true });
  return { encoding, beginning, pieces: decoded(sample, source, encoding) };
}

async function sampleOf(source: AsyncIterator<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let size = 0; size < SAMPLE_BYTES; ) {
    const { done, value } = await source.next();
    if (done) break;
    chunks.push(value);
    size += value.length;
  }
  return Buffer.concat(chunks);
}

async function* decoded(sample: Buffer, source: AsyncIterator<Buffer>, told: string): AsyncGenerator<string, void> {
  let decoder = new LineDecoder(told);
  let undecided = told === 'utf-8' && isAscii(sample);
  try {
    yield decoder.decode(sample);
    for (;;) {
      const { done, value } = await source.next();
      if (done) break;
      if (undecided && !isAscii(value)) {
        undecided = false;
        decoder = new LineDecoder(encodingOf(value), decoder.line);
      }
      yield decoder.decode(value);
    }
    yield decoder.end();
  } finally {
    await source.return?.();
  }
}

class LineDecoder {
  readonly #encoding: string;
  readonly #decoder: TextDecoder;
  /** The line that the text has come to. */
  line: number;

  constructor(encoding: string, line = 1) {
    this.#encoding = encoding;
    this.#decoder = new TextDecoder(encoding);
    this.line = line;
  }

  decode(bytes: Buffer): string {
    return this.#checked(this.#decoder.decode(bytes, { stream: true }));
  }

  end(): string {
    return this.#checked(this.#decoder.decode());
  }

  #checked(text: string): string {
    const wrong = text.search(/[\uFFFD\0]/);
    const line = this.line + linesIn(wrong < 0 ? text : text.slice(0, wrong));
    if (wrong >= 0) {
      const found = text[wrong] === '\0' ? 'holds a character that no text holds' : `is not in ${this.#encoding.toUpperCase()}`;
      throw unreadable(`Line ${line} ${found}. Save the file as "CSV UTF-8" and send it again.`, line);
    }
    this.line = line;
    return text;
  }
}

function linesIn(text: string): number {
  let lines = 0;
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lines += 1;
  return lines;
}
