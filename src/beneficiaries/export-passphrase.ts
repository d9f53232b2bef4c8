import { randomInt } from 'node:crypto';

/** Letters and digits that nobody mistakes for one another, read out or written by hand. */
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 6;
const GROUP_LENGTH = 4;

/** A new passphrase: 24 characters in groups of four, 118 bits. */
export const newPassphrase = (): string =>
  Array.from({ length: GROUPS }, () => Array.from({ length: GROUP_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')).join('-');
