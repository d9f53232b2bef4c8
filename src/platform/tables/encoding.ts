import { TextDecoder } from 'node:util';

/**
 * The encoding of a text, by its byte order mark or by what it looks like: UTF-16 by the zeros between its letters, UTF-8 where most
 * bytes beyond ASCII are its letters, and otherwise one of the two encodings that spreadsheets in North Africa save in. A text in UTF-8 with a
 * wrong byte in it stays one, so that its reader finds the byte instead of other letters throughout.
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

// Letters of the other encodings hardly ever make one of UTF-8 together.
function isUtf8(sample: Buffer): boolean {
  try {
    // As a stream, so that a letter cut in two by the sample's end is no fault.
    new TextDecoder('utf-8', { fatal: true }).decode(sample, { stream: true });
    return true;
  } catch {
    const letters = new TextDecoder('utf-8').decode(sample, { stream: true }).match(/[^\0-\x7f]/gu) ?? [];
    return letters.length >= 2 * letters.filter((letter) => letter === '\uFFFD').length;
  }
}

const everyByte = Uint8Array.from({ length: 256 }, (_none, byte) => byte);

// The bytes that are an Arabic letter in Windows-1256 are capitals and Spanish letters in Windows-1252; the small letters with French
// accents stand at the same bytes in both.
const arabicLetters = new Set(
  [...new TextDecoder('windows-1256').decode(everyByte)].flatMap((letter, byte) => (/\p{Script=Arabic}/u.test(letter) ? [byte] : [])),
);

const isLatinLetter = (byte: number | undefined): boolean => byte !== undefined && /[A-Za-z]/.test(String.fromCharCode(byte));

// Arabic letters stand beside each other; a Latin capital with an accent stands among Latin letters.
function looksArabic(sample: Buffer): boolean {
  let [arabic, latin] = [0, 0];
  sample.forEach((byte, i) => {
    if (!arabicLetters.has(byte)) return;
    const [before, after] = [sample[i - 1], sample[i + 1]];
    if (isLatinLetter(before) || isLatinLetter(after)) latin += 1;
    else if (arabicLetters.has(before ?? 0) || arabicLetters.has(after ?? 0)) arabic += 1;
  });
  return arabic > latin;
}
