import { hash } from 'node:crypto';

/** Bytes of every hash in the tree: SHA-256. */
export const HASH_BYTES = 32;

const sha256 = (bytes: Buffer): Buffer => hash('sha256', bytes, 'buffer');
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

/** The root of a tree without leaves (RFC 9162 section 2.1.1). */
export const emptyRoot: Buffer = sha256(Buffer.alloc(0));

/** The hash of one entry. The prefix keeps an entry from passing for a node (RFC 9162 section 2.1.1). */
export const leafHash = (entry: Buffer): Buffer => sha256(Buffer.concat([LEAF, entry]));

/** The hash of a node over its two children. */
export const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([NODE, left, right]));
