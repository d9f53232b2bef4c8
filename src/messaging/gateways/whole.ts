import { problem } from '../../platform/index.ts';

const REPORT_BYTES = 256 * 1024;

/** All that a gateway sent, which is no more than a report may have. @throws too_large */
export async function whole(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > REPORT_BYTES) throw problem.too_large('A report may have 256 KiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
