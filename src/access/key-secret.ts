import { createHash, randomBytes, randomInt } from 'node:crypto';

const SECRET_BYTES = 32;
const PREFIX_LENGTH = 12;
const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** What every key begins with, so that people and scanners of leaked secrets know one when they see it. */
const MARK = 'sanad_';
const form = /^sanad_([a-z0-9]{12})_[A-Za-z0-9_-]{43}$/;

/** Whether a bearer token means to be a key rather than a session's. */
export const isKey = (token: string): boolean => token.startsWith(MARK);

/** The public part of a key, or undefined when the token does not have a key's form. */
export const prefixOf = (token: string): string | undefined => form.exec(token)?.[1];

/** What is kept of a key: it holds 256 random bits, so one pass of SHA-256 lets nobody guess. */
export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest();

/** A new key and the public part of it. */
export function newKey(): { key: string; prefix: string } {
  const prefix = Array.from({ length: PREFIX_LENGTH }, () => alphabet[randomInt(alphabet.length)]).join('');
  return { key: `${MARK}${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`, prefix };
}
