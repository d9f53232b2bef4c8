import { scrypt } from 'node:crypto';
import type { SlowHash } from '../device/verifier.ts';
import { atMost } from './at-most.ts';

const R = 8;
/** Of the four threads that the whole process has for this, for files and for names of hosts. */
const AT_ONCE = 2;

const hash: SlowHash = (secret, salt, workFactor) =>
  new Promise((resolve, reject) => {
    const cost = 2 ** workFactor;
    scrypt(secret, salt, 64, { N: cost, r: R, p: 1, maxmem: 256 * cost * R }, (error, bytes) =>
      error ? reject(error) : resolve(new Uint8Array(bytes)),
    );
  });

/** scrypt as Node.js brings it, on a thread of its own, and for two at a time in a process. It takes 2^workFactor KiB. */
export const nodeSlowHash: SlowHash = atMost(AT_ONCE, hash);
