import { isUtf8 } from 'node:buffer';
import { profileOf } from '../../src/matching/index.ts';
import type { DumpedTable } from './dump.ts';

/** What must not be readable anywhere. */
export interface Person {
  readonly names: readonly string[];
  readonly documents: readonly string[];
  /** E.164 */
  readonly phones: readonly string[];
  /** ISO 8601 */
  readonly births: readonly string[];
}

/** A word of two letters stands anywhere by chance. */
const SHORTEST_WORD = 3;
/** Among random bytes a short word stands by chance, too; whole readable values are found by being readable. */
const SHORTEST_IN_BYTES = 7;
const SHORTEST_READABLE = 32;

/** And times of day: seconds and their millionths are eight digits. */
const identifiers =
  /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?<![0-9a-z])[0-9a-f]{64}(?![0-9a-z])|(?<!\d)\d\d:\d\d:\d\d\.\d{1,6}(?!\d)/gi;
const base64 = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
/** Signatures and digests spell short names by chance, about once in five demonstrations; nobody writes a sentence so. */
const random = /(?=[A-Za-z0-9+/_-]*[a-z])(?=[A-Za-z0-9+/_-]*[A-Z])(?=[A-Za-z0-9+/_-]*\d)[A-Za-z0-9+/_-]{40,}={0,2}/g;
const alphanumeric = /[\p{L}\p{N}]+/gu;
const letters = /\p{L}+/gu;
const spacedDigits = /\d(?:[ .()-]?\d){7,15}/g;
const dates = /\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}/g;

/**
 * Text without case, accents and vowel marks, which nobody hides a name behind. In text one sign may stand for a whole word (ﷲ); among random
 * bytes such a sign stands by chance.
 */
const folded = (text: string, form: 'NFKD' | 'NFD' = 'NFKD'): string => text.normalize(form).replaceAll(/\p{M}/gu, '').toLowerCase();

const wordsOf = (text: string): string[] => folded(text).match(letters) ?? [];

/** Secrets in every form in which they might be written, and the search for them. */
export class Leaks {
  readonly #words = new Set<string>();
  readonly #tokens = new Set<string>();
  readonly #dates = new Set<string>();

  constructor(people: readonly Person[], codes: readonly string[]) {
    for (const person of people) this.#addPerson(person);
    // Eight digits of a code and a check digit: the eight would do.
    for (const code of codes) for (const form of [code, code.slice(0, 8)]) this.#tokens.add(form);
  }

  /** How many forms are looked for. */
  get size(): number {
    return this.#words.size + this.#tokens.size + this.#dates.size;
  }

  /** What of the secrets a table holds, each once. */
  inTable({ text, bytes }: DumpedTable): string[] {
    return [...new Set([...this.inText(unescaped(text)), ...bytes.flatMap((value) => this.inBytes(value))])];
  }

  inText(text: string): string[] {
    const plain = text.replaceAll(identifiers, ' ');
    const encoded = (plain.match(base64) ?? []).flatMap((token) =>
      this.#search(folded(Buffer.from(token, 'base64').toString(), 'NFD'), SHORTEST_IN_BYTES),
    );
    const signed = (plain.match(random) ?? []).flatMap((token) => this.#search(folded(token), SHORTEST_IN_BYTES));
    return [...this.#search(folded(plain.replaceAll(random, ' ')), SHORTEST_WORD), ...signed, ...encoded];
  }

  inBytes(bytes: Buffer): string[] {
    const readable = bytes.length >= SHORTEST_READABLE && isUtf8(bytes) ? [`readable bytes: ${bytes.length}`] : [];
    return [...readable, ...this.#search(folded(bytes.toString(), 'NFD'), SHORTEST_IN_BYTES)];
  }

  #search(plain: string, shortest: number): string[] {
    const known = (pattern: RegExp, secrets: ReadonlySet<string>, form = (token: string) => token) =>
      (plain.match(pattern) ?? []).map(form).filter((token) => Buffer.byteLength(token) >= shortest && secrets.has(token));
    return [
      ...known(letters, this.#words),
      ...known(alphanumeric, this.#tokens),
      ...known(spacedDigits, this.#tokens, (run) => run.replaceAll(/\D/g, '')),
      ...known(dates, this.#dates, (date) => date.replaceAll(/[/.]/g, '-')),
      ...known(alphanumeric, this.#dates),
    ];
  }

  #addPerson({ names, documents, phones, births }: Person): void {
    const { g = [], m = [], f = [] } = profileOf({ given: names[0] ?? '', family: names.at(-1) ?? '' });
    const compared = [...g, ...m, ...f].flatMap(([exact]) => exact);
    for (const word of [...names, ...compared].flatMap(wordsOf)) if (word.length >= SHORTEST_WORD) this.#words.add(word);
    for (const document of documents) this.#addDocument(folded(document));
    for (const phone of phones) this.#addPhone(phone.replace('+', ''));
    for (const birth of births) this.#addBirth(birth);
  }

  #addDocument(document: string): void {
    const digits = document.replaceAll(/\D/g, '');
    for (const form of [document, document.replaceAll(/[^\p{L}\p{N}]/gu, ''), digits]) if (form.length >= 6) this.#tokens.add(form);
  }

  #addPhone(digits: string): void {
    this.#tokens.add(digits).add(`00${digits}`).add(digits.slice(-8)).add(digits.slice(-9));
    if (digits.startsWith('213')) this.#tokens.add(`0${digits.slice(3)}`);
  }

  #addBirth(birth: string): void {
    const [year = '', month = '', day = ''] = birth.split('-');
    const [m, d] = [String(Number(month)), String(Number(day))];
    for (const form of [birth, `${year}-${m}-${d}`, `${day}-${month}-${year}`, `${d}-${m}-${year}`, `${month}-${day}-${year}`])
      this.#dates.add(form);
    const milliseconds = Date.parse(birth);
    this.#dates
      .add(year + month + day)
      .add(day + month + year)
      .add(String(milliseconds))
      .add(String(milliseconds / 1000));
  }
}

/** The text form of COPY, and JSON within it, as they are meant: an escaped line break is no letter before a name. */
const unescaped = (copied: string): string =>
  copied
    .replaceAll(/\\(.)/g, (_whole, character: string) => ('bfnrtv'.includes(character) ? ' ' : character))
    .replaceAll(/\\u([0-9a-fA-F]{4})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\[bfnrt]/g, ' ');
