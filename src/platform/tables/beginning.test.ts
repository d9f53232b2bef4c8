import { describe, expect, it } from 'vitest';
import { beginningOf } from './beginning.ts';

describe('the beginning of a stream', () => {
  /** Chunks as they come, and whether the source was told that nobody wants more. */
  function source(...chunks: string[]) {
    const seen = { isOver: false };
    async function* bytes(): AsyncGenerator<Buffer> {
      try {
        for (const chunk of chunks) yield Buffer.from(chunk);
      } finally {
        seen.isOver = true;
      }
    }
    return { bytes: bytes(), seen };
  }
  const read = async (bytes: AsyncIterable<Buffer>): Promise<string> => {
    let text = '';
    for await (const chunk of bytes) text += chunk.toString();
    return text;
  };

  it('is looked at as far as it was asked for, and every byte can be read afterwards', async () => {
    for (const [chunks, size, beginning] of [
      [['ab', 'cd', 'ef'], 3, 'abcd'],
      [['abcdef'], 3, 'abcdef'],
      [['a', '', 'b'], 9, 'ab'],
      [[], 3, ''],
    ] as const) {
      const { start, whole } = await beginningOf(source(...chunks).bytes, size);
      expect(start.toString()).toBe(beginning);
      expect(await read(whole)).toBe(chunks.join(''));
    }
  });

  it('lets go of the source when its reader leaves early', async () => {
    const { bytes, seen } = source('ab', 'cd', 'ef');
    const { whole } = await beginningOf(bytes, 3);
    for await (const _chunk of whole) break;
    expect(seen.isOver).toBe(true);
  });
});
