import { randomBytes } from 'node:crypto';

// Asking the system for a few bytes costs more than sealing with them, so they are fetched many at a time. Each is handed out once.
const POOL_BYTES = 8_192;
let pool = Buffer.alloc(0);
let drawn = 0;

/** Random bytes, as good as any key needs them. */
export function freshBytes(count: number): Buffer {
  if (drawn + count > pool.length) {
    pool = randomBytes(POOL_BYTES);
    drawn = 0;
  }
  drawn += count;
  return pool.subarray(drawn - count, drawn);
}
