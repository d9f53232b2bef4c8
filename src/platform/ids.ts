import { v7 } from 'uuid';
import { freshBytes } from './fresh-bytes.ts';

let milliseconds = 0;
let sequence = 0;

/** A new identifier: UUID version 7 (RFC 9562), which sorts by the time it was made, and in this process by the order too. */
export function newId(): string {
  const random = freshBytes(16);
  const now = Date.now();
  // As the library counts by itself, which asks the system for random bytes each time.
  if (now > milliseconds) [milliseconds, sequence] = [now, random.readUInt32BE(6) >>> 1];
  else {
    sequence = (sequence + 1) | 0;
    if (sequence === 0) milliseconds += 1;
  }
  return v7({ random, msecs: milliseconds, seq: sequence });
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether a text is an identifier as it is written here, in small letters. PostgreSQL would take capitals for the same one, but seals and keyed
 * digests, which are bound to the text, would not.
 */
export const isId = (text: string): boolean => uuid.test(text);
