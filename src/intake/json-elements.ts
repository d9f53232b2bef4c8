import { TextDecoder } from 'node:util';
import { problem } from '../platform/index.ts';
import { say } from './words.ts';

/** Characters in one element, and objects inside objects: a household with all its answers is far from either. */
const LONGEST_ELEMENT = 4 * 1024 * 1024;
const DEEPEST = 64;
/** Objects and lists in one element, each of which may be somebody who gets all that was answered around them: many households have fewer. */
const MOST_PARTS = 2_000;
const broken = () => problem.unprocessable(say('submissions_no_export'));

/** Whether {@link elementsOf} gives a value back from the list of them that it is written in. */
export const fitsAsElement = (value: unknown): boolean =>
  isWithin(value, DEEPEST - 1) && partsOf(value) <= MOST_PARTS && JSON.stringify(value).length <= LONGEST_ELEMENT;

const isWithin = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' || value === null || (depth > 0 && Object.values(value).every((part) => isWithin(part, depth - 1)));

const partsOf = (value: unknown): number =>
  typeof value !== 'object' || value === null ? 0 : Object.values(value).reduce<number>((sum, part) => sum + partsOf(part), 1);

/**
 * The elements of the one list in a JSON document, each as its JSON text: of the document itself, or of its member `results`. Never more
 * than one element is held, whatever the document is.
 * @throws unprocessable when there is no such list, it ends too early, or an element is too large or too deep
 */
export async function* elementsOf(bytes: AsyncIterable<Buffer>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const splitter = new Splitter();
  for await (const chunk of bytes) yield* splitter.take(decoding(() => decoder.decode(chunk, { stream: true })));
  yield* splitter.take(decoding(() => decoder.decode()));
  splitter.end();
}

function decoding(decode: () => string): string {
  try {
    return decode();
  } catch {
    throw problem.unprocessable(say('submissions_not_utf8'));
  }
}

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
const isOpening = (code: number): boolean => code === 0x7b || code === 0x5b;
const isClosing = (code: number): boolean => code === 0x7d || code === 0x5d;
const LIST = 0x5b;

/** Follows brackets and strings through a document that comes in pieces; what stands inside an element is for the JSON parser to judge. */
class Splitter {
  #depth = 0;
  /** The depth inside the list, once it has begun; 0 before and after it. */
  #listDepth = 0;
  #lists = 0;
  #inString = false;
  #escaped = false;
  /** The last string directly inside the outermost object: the name of the member that follows. */
  #name = '';
  /** The element so far, or undefined between elements. */
  #element: string | undefined;
  #wantsComma = false;
  #count = 0;
  /** Objects and lists in the element so far. */
  #parts = 0;

  *take(piece: string): Generator<string, void> {
    let from = 0;
    for (let i = 0; i < piece.length; i += 1) {
      const code = piece.charCodeAt(i);
      if (this.#inString) {
        this.#inside(code, piece[i] ?? '');
      } else if (isSpace(code)) {
      } else if (this.#listDepth > 0 && this.#depth === this.#listDepth && !isClosing(code)) {
        if (this.#between(code)) from = i;
      } else if (code === QUOTE) {
        this.#inString = true;
        if (this.#depth === 1) this.#name = '';
      } else if (isOpening(code)) {
        this.#open(code);
      } else if (isClosing(code)) {
        this.#depth -= 1;
        if (this.#depth < 0) throw broken();
        if (this.#element !== undefined && this.#depth === this.#listDepth) {
          yield this.#element + piece.slice(from, i + 1);
          this.#element = undefined;
          this.#wantsComma = true;
        } else if (this.#depth < this.#listDepth) {
          this.#listDepth = 0;
          this.#wantsComma = false;
        }
      } else if (this.#depth === 0) {
        throw broken();
      }
    }
    if (this.#element === undefined) return;
    this.#element += piece.slice(from);
    if (this.#element.length > LONGEST_ELEMENT) throw problem.unprocessable(say('submission_too_large', { number: this.#count }));
  }

  end(): void {
    if (this.#depth !== 0 || this.#inString) throw problem.unprocessable(say('submission_broken_off', { number: this.#count }));
    if (this.#lists === 0) throw broken();
  }

  #inside(code: number, character: string): void {
    if (this.#escaped) this.#escaped = false;
    else if (code === BACKSLASH) this.#escaped = true;
    else if (code === QUOTE) this.#inString = false;
    else if (this.#depth === 1 && this.#listDepth === 0 && this.#name.length < 20) this.#name += character;
  }

  /** Between two elements. @returns whether one begins */
  #between(code: number): boolean {
    if (this.#wantsComma !== (code === COMMA)) throw problem.unprocessable(say('submission_no_json', { number: this.#count + 1 }));
    this.#wantsComma = false;
    if (code === COMMA) return false;
    this.#count += 1;
    if (!isOpening(code)) throw problem.unprocessable(say('submission_none', { number: this.#count }));
    this.#element = '';
    this.#parts = 1;
    this.#depth += 1;
    return true;
  }

  #open(code: number): void {
    const isList =
      code === LIST && this.#listDepth === 0 && (this.#depth === 0 ? this.#lists === 0 : this.#depth === 1 && this.#name === 'results');
    if (this.#depth === 0 && this.#count > 0) throw broken();
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw problem.unprocessable(say('submission_too_deep', { number: this.#count }));
    this.#parts += 1;
    if (this.#element !== undefined && this.#parts > MOST_PARTS)
      throw problem.unprocessable(say('submission_too_many_people', { number: this.#count }));
    if (!isList) return;
    this.#listDepth = this.#depth;
    this.#lists += 1;
  }
}
