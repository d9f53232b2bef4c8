import { unreadable } from './table.ts';
import { say } from './words.ts';
import { readXml } from './xml.ts';
import { unescaped } from './xml-text.ts';

/** Bytes of text that a workbook's table of texts may hold, and texts. */
const LARGEST = 256 * 1024 * 1024;
const MOST = 16_000_000;

/**
 * The texts that the cells of a workbook share, packed into bytes: a list of millions of JavaScript strings would weigh several times as
 * much.
 */
export class SharedStrings {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  /** Where each text ends. */
  #ends = new Uint32Array(1024);
  #count = 0;
  #size = 0;

  add(text: string): void {
    const length = Buffer.byteLength(text);
    if (this.#count === MOST || this.#size + length > LARGEST) throw unreadable(say('workbook_texts_too_many'));
    if (this.#size + length > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#size + length));
      this.#bytes.copy(wider, 0, 0, this.#size);
      this.#bytes = wider;
    }
    if (this.#count === this.#ends.length) {
      const longer = new Uint32Array(this.#ends.length * 2);
      longer.set(this.#ends);
      this.#ends = longer;
    }
    this.#size += this.#bytes.write(text, this.#size);
    this.#ends[this.#count] = this.#size;
    this.#count += 1;
  }

  /** @returns undefined when there is no such text */
  at(index: number): string | undefined {
    if (!(index >= 0 && index < this.#count)) return undefined;
    return this.#bytes.toString('utf8', index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }
}

/** Reads the table of texts; how parts of a text are coloured and how Japanese is pronounced is left out. */
export async function readSharedStrings(bytes: AsyncIterable<Buffer>): Promise<SharedStrings> {
  const strings = new SharedStrings();
  let [text, inText, inReading] = ['', false, false];
  for await (const _step of readXml(bytes, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 't') inText = !inReading;
      else if (name === 'rPh') inReading = true;
    },
    text(piece) {
      if (inText) text += piece;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') inReading = false;
      else if (name === 'si') strings.add(unescaped(text));
    },
  }));
  return strings;
}
