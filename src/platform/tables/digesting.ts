import { createHash } from 'node:crypto';

/** Bytes whose digest is known once all have passed. They are read once. */
export class Digesting implements AsyncIterable<Buffer> {
  readonly #source: AsyncIterator<Buffer>;
  readonly #hash = createHash('sha256');

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  // Without `return`: a reader that has seen enough leaves the rest to the digest.
  [Symbol.asyncIterator](): AsyncIterator<Buffer> {
    return {
      next: async () => {
        const next = await this.#source.next();
        if (!next.done) this.#hash.update(next.value);
        return next;
      },
    };
  }

  /** SHA-256, in hexadecimal. Reads what nobody has read yet. */
  async digest(): Promise<string> {
    for await (const _rest of this);
    return this.#hash.digest('hex');
  }
}
