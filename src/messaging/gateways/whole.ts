import { problem } from '../../platform/index.ts';
import { say } from '../words.ts';

const REPORT_KIB = 256;

/** All that a gateway sent, which is no more than a report may have. @throws too_large */
export async function whole(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > REPORT_KIB * 1024) throw problem.too_large(say('gateway_report_too_large', { kibibytes: REPORT_KIB }));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
