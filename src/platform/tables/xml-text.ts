/** Characters that XML cannot hold, a line break that its readers would change, and an underscore that would be taken for an escape. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
const unsafe = /[\0-\x08\x0B-\x1F\uFFFE\uFFFF]|_(?=x[0-9A-Fa-f]{4}_)/g;
const byCode = /_x([0-9A-Fa-f]{4})_/g;
const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// Most cells have nothing of it, and one look is cheaper than two replacements.
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const anything = /[\0-\x08\x0B-\x1F\uFFFE\uFFFF&<>"]|_x/;

/** A text as it stands in a sheet, where `_x000D_` is a character by its code (ECMA-376 part 1, 22.9.2.19). */
export function escaped(text: string): string {
  if (!anything.test(text)) return text;
  return text
    .replace(unsafe, (character) => `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`)
    .replace(/[&<>"]/g, (mark) => marks[mark] ?? mark);
}

/** Undoes that, when an XML reader has undone its own part. */
export const unescaped = (text: string): string =>
  text.includes('_x') ? text.replace(byCode, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16))) : text;
