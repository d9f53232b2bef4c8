import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { Problem } from '../problems.ts';
import { unreadable } from './table.ts';
import { say } from './words.ts';

/** Characters that may pass without a tag: a cell with every letter escaped is not that long. */
const LONGEST_PIECE = 1024 * 1024;
/** Elements inside elements; a workbook needs about ten. */
const DEEPEST = 64;

export type Attributes = Readonly<Record<string, string>>;

/** What happens on the way through an XML document. Names come without their prefix. */
export interface XmlHandlers {
  open?(name: string, attributes: Attributes): void;
  text?(text: string): void;
  close?(name: string): void;
}

/**
 * Reads an XML document as a stream, and gives way after each piece. Document types, and with them entities, are refused.
 * @throws unprocessable when it is no XML, or XML that was made to do harm
 */
export async function* readXml(bytes: AsyncIterable<Buffer>, { open, text, close }: XmlHandlers): AsyncGenerator<void, void> {
  const parser = new SaxesParser({ position: false });
  let [depth, quiet] = [0, 0];
  parser.on('doctype', () => {
    throw unreadable(say('workbook_damaged'));
  });
  parser.on('opentag', ({ name, attributes }) => {
    quiet = 0;
    depth += 1;
    if (depth > DEEPEST) throw unreadable(say('workbook_damaged'));
    open?.(withoutPrefix(name), attributes as Attributes);
  });
  parser.on('closetag', ({ name }) => {
    quiet = 0;
    depth -= 1;
    close?.(withoutPrefix(name));
  });
  if (text) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    decoder ??= new TextDecoder(encodingOfXml(chunk), { fatal: true });
    quiet += chunk.length;
    if (quiet > LONGEST_PIECE) throw unreadable(say('workbook_cell_too_long'));
    parsing(() => parser.write(decoder?.decode(chunk, { stream: true }) ?? ''));
    yield;
  }
  parsing(() => parser.write(decoder?.decode() ?? '').close());
  yield;
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

// XML is in UTF-8 unless it begins with the mark of UTF-16 (XML 1.0 section 4.3.3).
function encodingOfXml(start: Buffer): string {
  if (start[0] === 0xff && start[1] === 0xfe) return 'utf-16le';
  return start[0] === 0xfe && start[1] === 0xff ? 'utf-16be' : 'utf-8';
}

// What the parser says of a fault may quote a cell, so it is not passed on.
function parsing(step: () => void): void {
  try {
    step();
  } catch (error) {
    throw error instanceof Problem ? error : unreadable(say('workbook_damaged'));
  }
}
