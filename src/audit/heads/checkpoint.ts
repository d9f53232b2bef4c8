import { HASH_BYTES } from '../tree/hashing.ts';
import { textOf } from './note.ts';

/** What a signed head says: the log, how many events it holds, and the root of the tree over them. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

/** The text that is signed (C2SP tlog-checkpoint). */
export const checkpointText = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${root.toString('base64')}\n`;

/** What a note says; undefined when it is no checkpoint. Its signatures are another matter. */
export function checkpointIn(note: string): Checkpoint | undefined {
  const [origin = '', size = '', encoded = '', ...more] = (textOf(note) ?? '').split('\n');
  const root = Buffer.from(encoded, 'base64');
  if (!origin || more.length === 0 || !/^(0|[1-9]\d{0,15})$/.test(size)) return undefined;
  return root.length === HASH_BYTES && root.toString('base64') === encoded ? { origin, size: Number(size), root } : undefined;
}
