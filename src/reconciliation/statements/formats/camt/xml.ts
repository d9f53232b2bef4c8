import { TextDecoder } from 'node:util';
import { SaxesParser } from 'saxes';
import { Problem } from '../../../../platform/index.ts';
import { unreadable } from '../types.ts';

/** Bytes that may pass without a tag; the longest text of a message has 500 characters. */
const LONGEST_PIECE = 64 * 1024;
/** How many bytes are parsed at once. */
const STEP = 32 * 1024;
/** Elements inside elements; a message needs about fifteen. */
const DEEPEST = 64;
/** What messages are written in, by the label of the WHATWG Encoding Standard. */
const encodings: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  ascii: 'utf-8',
  'utf-16': 'utf-16',
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  cp1252: 'windows-1252',
  'iso-8859-15': 'iso-8859-15',
  'windows-1256': 'windows-1256',
};

/** What happens on the way through a document. Names come without their prefix. */
export interface XmlHandlers {
  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void;
  text(text: string): void;
  close(name: string, line: number): void;
}

/**
 * Reads an XML document as a stream and gives way after each piece. Document types, and with them entities and references to other
 * files, are refused.
 * @throws unprocessable with the line when it is no XML, breaks off, or was made to do harm
 */
export async function* readXml(bytes: AsyncIterable<Buffer>, { open, text, close }: XmlHandlers): AsyncGenerator<void, void> {
  const parser = new SaxesParser();
  let [depth, quiet] = [0, 0];
  parser.on('doctype', () => {
    throw unreadable('The file declares a document type. A message of a bank has none: ask for the message itself.', parser.line);
  });
  parser.on('opentag', ({ name, attributes }) => {
    quiet = 0;
    depth += 1;
    if (depth > DEEPEST) throw unreadable(`Elements stand more than ${DEEPEST} deep, which no message of a bank does.`, parser.line);
    open(withoutPrefix(name), attributes as Record<string, string>, parser.line);
  });
  parser.on('closetag', ({ name }) => {
    quiet = 0;
    depth -= 1;
    close(withoutPrefix(name), parser.line);
  });
  parser.on('text', text);
  parser.on('cdata', text);
  let decoder: TextDecoder | undefined;
  for await (const chunk of bytes) {
    decoder ??= decoderFor(chunk);
    for (let from = 0; from < chunk.length; from += STEP) {
      const piece = chunk.subarray(from, from + STEP);
      quiet += piece.length;
      if (quiet > LONGEST_PIECE) throw unreadable('The file goes on without a tag for longer than any message of a bank.', parser.line);
      feed(parser, () => decoder?.decode(piece, { stream: true }) ?? '');
    }
    yield;
  }
  feed(parser, () => decoder?.decode() ?? '');
  end(parser);
  yield;
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

/** @param start of the file, as much as its declaration needs */
function decoderFor(start: Buffer): TextDecoder {
  if (start[0] === 0xff && start[1] === 0xfe) return new TextDecoder('utf-16le', { fatal: true });
  if (start[0] === 0xfe && start[1] === 0xff) return new TextDecoder('utf-16be', { fatal: true });
  const declared = /^\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.:-]{1,40})["']/i.exec(
    start
      .subarray(0, 400)
      .toString('latin1')
      .replace(/^\u00EF\u00BB\u00BF/, ''),
  )?.[1];
  const label = encodings[(declared ?? 'utf-8').toLowerCase()];
  // UTF-16 begins with its mark (XML 1.0 section 4.3.3), and there was none.
  if (label === undefined || label === 'utf-16')
    throw unreadable('The file declares an encoding that it is not in, or that is not read here. Send it in UTF-8.', 1);
  return new TextDecoder(label, { fatal: true });
}

// What the parser says of a fault may quote the file, so it is not passed on.
function feed(parser: SaxesParser, piece: () => string): void {
  let text: string;
  try {
    text = piece();
  } catch {
    throw unreadable('The file holds bytes that are not in the encoding it declares. Send it as the bank wrote it.', parser.line);
  }
  try {
    parser.write(text);
  } catch (error) {
    throw error instanceof Problem ? error : unreadable('The XML is damaged here. Send the file as the bank wrote it.', parser.line);
  }
}

function end(parser: SaxesParser): void {
  try {
    parser.close();
  } catch (error) {
    throw error instanceof Problem ? error : unreadable('The file breaks off here. Send it whole.', parser.line);
  }
}
