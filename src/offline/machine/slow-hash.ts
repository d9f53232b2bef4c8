import { scrypt } from 'node:crypto';
import type { SlowHash } from '../device/verifier.ts';

const R = 8;

/** scrypt as Node.js brings it, on a thread of its own. It takes 2^workFactor KiB. */
export const nodeSlowHash: SlowHash = (secret, salt, workFactor) =>
  new Promise((resolve, reject) => {
    const cost = 2 ** workFactor;
    scrypt(secret, salt, 64, { N: cost, r: R, p: 1, maxmem: 256 * cost * R }, (error, bytes) =>
      error ? reject(error) : resolve(new Uint8Array(bytes)),
    );
  });
