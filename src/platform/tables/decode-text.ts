import { isAscii } from 'node:buffer';
import { TextDecoder } from 'node:util';
import { beginningOf } from './beginning.ts';
import { encodingOf } from './encoding.ts';
import { unreadable } from './table.ts';
import { say } from './words.ts';

/** How much of a file is looked at to tell its encoding, in bytes. */
const SAMPLE_BYTES = 1024 * 1024;

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
  const { start, whole } = await beginningOf(bytes, SAMPLE_BYTES);
  const encoding = encodingOf(start);
  const beginning = new TextDecoder(encoding).decode(start, { stream: true });
  return { encoding, beginning, pieces: decoded(whole, encoding, encoding === 'utf-8' && isAscii(start)) };
}

async function* decoded(bytes: AsyncIterable<Buffer>, told: string, isUndecided: boolean): AsyncGenerator<string, void> {
  let decoder = new LineDecoder(told);
  let undecided = isUndecided;
  for await (const chunk of bytes) {
    if (undecided && !isAscii(chunk)) {
      undecided = false;
      decoder = new LineDecoder(encodingOf(chunk), decoder.line);
    }
    yield decoder.decode(chunk);
  }
  yield decoder.end();
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
      const isNoText = text[wrong] === '\0';
      const encoding = this.#encoding.toUpperCase();
      throw unreadable(isNoText ? say('line_without_text', { line }) : say('line_in_other_encoding', { line, encoding }), line);
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
