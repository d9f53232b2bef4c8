import { scrypt } from 'node:crypto';
import type { SlowHash } from '../device/verifier.ts';

const R = 8;
/** Of the four threads that the whole process has for this, for files and for names of hosts. */
const AT_ONCE = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** scrypt as Node.js brings it, on a thread of its own, for two at a time in a process: others want the threads too. It takes 2^workFactor KiB. */
export const nodeSlowHash: SlowHash = async (secret, salt, workFactor) => {
  if (running < AT_ONCE) running += 1;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    return await hash(secret, salt, workFactor);
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running -= 1;
  }
};

const hash: SlowHash = (secret, salt, workFactor) =>
  new Promise((resolve, reject) => {
    const cost = 2 ** workFactor;
    scrypt(secret, salt, 64, { N: cost, r: R, p: 1, maxmem: 256 * cost * R }, (error, bytes) =>
      error ? reject(error) : resolve(new Uint8Array(bytes)),
    );
  });
