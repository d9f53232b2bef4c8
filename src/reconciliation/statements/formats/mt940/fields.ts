import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { encodingOf } from '../../../../platform/index.ts';
import { unreadable } from '../types.ts';

/** One field of a message with the lines that continue it. */
export interface Field {
  readonly tag: string;
  /** The line of the file that it begins on. */
  readonly line: number;
  readonly lines: string[];
}

/** What a message is made of: its fields, and an end after each. */
export type Token = Field | { readonly end: true; readonly line: number };

/** The tags of MT940 and what banks put among them. Anything else that looks like a tag goes on with the text before it. */
const tags = new Set([
  '20',
  '21',
  '25',
  '25P',
  '28',
  '28C',
  '13',
  '13D',
  '34F',
  '60F',
  '60M',
  '61',
  '86',
  '62F',
  '62M',
  '64',
  '65',
  '90D',
  '90C',
  'NS',
]);
/** Characters in a line; SWIFT writes 65. */
const LONGEST_LINE = 16 * 1024;
/** Lines of one field; SWIFT writes six. */
const MOST_LINES = 200;
const SAMPLE_BYTES = 64 * 1024;

/** The fields of a file of messages, as a stream. @throws unprocessable with the line where it is no text, or none that a bank wrote */
export async function* fieldsOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<readonly Token[], void> {
  let field: Field | undefined;
  for await (const lines of linesOf(bytes)) {
    const tokens: Token[] = [];
    for (const { text, line } of lines) {
      // Blanks before a field are of whoever saved the file; within a message they go on with the text of a field, which others have written.
      const begun = beginning(field ? text : text.trimStart(), line);
      const isEnd = /^-(?:\}.*|XXX)?\s*$/.test(text);
      if (begun || isEnd) {
        if (field) tokens.push(field);
        if (isEnd) tokens.push({ end: true, line });
        field = begun;
      } else if (field && field.lines.push(text) > MOST_LINES) throw unreadable(`A field has more than ${MOST_LINES} lines.`, line);
    }
    yield tokens;
  }
  if (field) yield [field];
}

/** @returns the field that a line begins; a SWIFT envelope (`{1:…}{4:`) may stand before it */
function beginning(text: string, line: number): Field | undefined {
  const parts = /^(?:\{.*\{4:)?:([0-9A-Z]{2,3}):(.*)$/s.exec(text);
  return parts && tags.has(parts[1] ?? '') ? { tag: parts[1] ?? '', line, lines: [parts[2] ?? ''] } : undefined;
}

interface Line {
  readonly text: string;
  readonly line: number;
}

async function* linesOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<readonly Line[], void> {
  let [rest, line] = ['', 0];
  for await (const text of textOf(bytes)) {
    const parts = `${rest}${text}`.split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? '';
    const lines = parts.map((part) => {
      line += 1;
      return checked(part, line);
    });
    checked(rest, line + 1);
    yield lines;
  }
  yield [checked(rest.replace(/\r$/, ''), line + 1)];
}

function checked(text: string, line: number): Line {
  if (text.length > LONGEST_LINE) throw unreadable(`The line has more than ${LONGEST_LINE} characters, which no statement has.`, line);
  if (/[\0\uFFFD]/.test(text)) throw unreadable('The line holds bytes that are no text. Send the file as the bank wrote it.', line);
  return { text, line };
}

async function* textOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    // As long as there are only ASCII letters the encoding is left open, so a file whose first accent comes late is read as well.
    if (!decoder && (!isAscii(chunk) || chunk.includes(0))) decoder = new TextDecoder(encodingOf(chunk.subarray(0, SAMPLE_BYTES)));
    yield decoder?.decode(chunk, { stream: true }) ?? chunk.toString('latin1');
  }
  yield decoder?.decode() ?? '';
}
