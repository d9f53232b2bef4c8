/** A stream whose beginning has been looked at. */
export interface Beginning {
  /** As many bytes as were asked for, and what came with the last of them; fewer where there are fewer. */
  readonly start: Buffer;
  /** All of it, from its first byte. It is read once. */
  readonly whole: AsyncGenerator<Buffer, void>;
}

/** Looks at the beginning of a stream, which can be read whole afterwards. @param size how many bytes are looked at */
export async function beginningOf(bytes: AsyncIterable<Buffer>, size: number): Promise<Beginning> {
  const source = bytes[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  for (let read = 0; read < size; ) {
    const { done, value } = await source.next();
    if (done) break;
    chunks.push(value);
    read += value.length;
  }
  const start = Buffer.concat(chunks);
  return { start, whole: again(start, source) };
}

async function* again(start: Buffer, source: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    if (start.length > 0) yield start;
    for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}
