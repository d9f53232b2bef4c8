/** What XML 1.0 cannot hold, even as a reference. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
const impossible = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/**
 * A text of a message: on one line, without what XML cannot hold, cut to the letters that its field takes, and escaped.
 * @param longest in characters as the schema counts them, which are code points
 */
export function textOf(text: string, longest: number): string {
  const plain = text.replace(impossible, '').replace(/\s+/g, ' ').trim();
  const cut = plain.length > longest ? [...plain].slice(0, longest).join('').trim() : plain;
  return cut.replace(/[&<>"']/g, (mark) => marks[mark] ?? mark);
}

/** An element with what it holds, or nothing when that is empty: the schema has no empty elements. */
export const element = (name: string, content: string, attributes = ''): string =>
  content === '' ? '' : `<${name}${attributes}>${content}</${name}>`;
