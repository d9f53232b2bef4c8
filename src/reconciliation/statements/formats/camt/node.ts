import { unreadable } from '../types.ts';

/** An element that has been read to its end, with what stood in it. */
export interface Node {
  readonly name: string;
  readonly line: number;
  /** The attribute `Ccy` of an amount. */
  readonly currency: string | undefined;
  readonly children: Node[];
  text: string;
}

/** The longest texts of the standard have 500 characters; more than this is no statement. */
const LONGEST_TEXT = 20_000;
/** Elements of one entry, its transactions apart. */
const MOST_ELEMENTS = 5_000;

/** Puts one element together while the document goes by. */
export class NodeBuilder {
  readonly #open: Node[] = [];
  #elements = 0;
  /** How deep inside an element that is not kept. */
  #skipped = 0;
  readonly #skips: ReadonlySet<string>;

  /** @param skips the elements that are not kept, with all that stands in them */
  constructor(skips: ReadonlySet<string>) {
    this.#skips = skips;
  }

  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  open(name: string, attributes: Readonly<Record<string, string>>, line: number): void {
    if (this.#skipped > 0 || this.#skips.has(name)) {
      this.#skipped += 1;
      return;
    }
    this.#elements += 1;
    if (this.#elements > MOST_ELEMENTS) throw unreadable(`One entry has more than ${MOST_ELEMENTS} elements, which no bank writes.`, line);
    const node: Node = { name, line, currency: attributes['Ccy'], children: [], text: '' };
    this.#open.at(-1)?.children.push(node);
    this.#open.push(node);
  }

  text(piece: string): void {
    const node = this.#open.at(-1);
    if (!node || this.#skipped > 0) return;
    node.text += piece;
    if (node.text.length > LONGEST_TEXT) throw unreadable('One element holds more text than any message of a bank.', node.line);
  }

  /** @returns the element that ends here, and whether it is the outermost */
  close(): { node: Node; isWhole: boolean } | undefined {
    if (this.#skipped > 0) {
      this.#skipped -= 1;
      return undefined;
    }
    const node = this.#open.pop();
    if (!node) return undefined;
    const isWhole = this.#open.length === 0;
    if (isWhole) this.#elements = 0;
    return { node, isWhole };
  }

  /** Lets go of the last element that ended, once it has been read. */
  drop(): void {
    this.#open.at(-1)?.children.pop();
    this.#elements = this.#open.length;
  }
}

/** The first element at a path below another. */
export function at(node: Node | undefined, ...path: readonly string[]): Node | undefined {
  return path.reduce<Node | undefined>((inner, name) => inner?.children.find((child) => child.name === name), node);
}

/** Its text without the blanks around it; undefined where there is none. */
export function textAt(node: Node | undefined, ...path: readonly string[]): string | undefined {
  const text = at(node, ...path)?.text.trim();
  return text === '' ? undefined : text;
}

/** All text below an element. */
export const allText = (node: Node | undefined): string =>
  node ? [node.text.trim(), ...node.children.map(allText)].filter((text) => text !== '').join(' ') : '';
