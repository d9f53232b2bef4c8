import { createHash } from 'node:crypto';
import type { RecordSeal } from './types.ts';

/** The identifier of a seal: the digest of all that it says, so that an event which names it has said all of it. */
export const sealId = ({ records, number, after, upTo, rows, digest }: Omit<RecordSeal, 'id'>): string =>
  createHash('sha256')
    .update(JSON.stringify([records, number, after, upTo, rows, digest.toString('hex')]))
    .digest('hex');

/** How long after it was made a row is sealed: whatever transaction wrote it has ended by then. */
export const SETTLED_MS = 15 * 60_000;

/** The lowest identifier (UUID version 7) that can be made at a moment. */
export const idAt = (moment: Date): string => {
  const time = moment.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
};
