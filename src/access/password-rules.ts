import type { Text } from '../platform/index.ts';
import { commonWords } from './common-passwords.ts';
import { say } from './words.ts';

/** Letters and digits that stand on keyboards side by side, or follow one another. */
const rows = ['abcdefghijklmnopqrstuvwxyz', '01234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'azertyuiop', 'qsdfghjklm', 'wxcvbn'];
const RUN = 4;
/** What is left of a password without what anybody would guess must be this long, and this varied. */
const OWN_SIGNS = 6;
const DIFFERENT_SIGNS = 5;
const SHORTEST_NAME = 4;

const letters: Readonly<Record<string, string>> = { '@': 'a', $: 's' };

// NFKC as RFC 8265 has it; accents and capitals do not make a guess harder.
const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[@$]/g, (sign) => letters[sign] ?? sign);

const digitLetters: Readonly<Record<string, string>> = { '0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't' };
const withoutDigits = (text: string): string => text.replaceAll(/[013457]/g, (digit) => digitLetters[digit] ?? digit);

/** Runs of a keyboard row or an alphabet, forwards and backwards, and one sign or a few over and over. */
function withoutRuns(text: string): string {
  let rest = text.replaceAll(/(.{1,4}?)\1{2,}/gu, ' ');
  for (const row of [...rows, ...rows.map((row) => [...row].reverse().join(''))]) {
    for (let length = row.length; length >= RUN; length -= 1) {
      for (let start = 0; start + length <= row.length; start += 1) rest = rest.replaceAll(row.slice(start, start + length), ' ');
    }
  }
  return rest;
}

const without = (text: string, words: readonly string[]): string => words.reduce((rest, word) => rest.replaceAll(word, ' '), text);
const signs = (text: string): string => text.replaceAll(/[^\p{L}\p{N}]/gu, '');

/** Whether a password is one that many use, or is made of such: `Password1234!`, `qwertyuiop99`, `sunshine123456`. */
function isCommon(password: string): boolean {
  const plain = folded(password);
  return [plain, withoutDigits(plain)].some((reading) => {
    const own = signs(withoutRuns(without(reading, commonWords)));
    return own.length < OWN_SIGNS || new Set(reading).size < DIFFERENT_SIGNS;
  });
}

/** The parts of a name and an address by which somebody is known. */
const namesOf = ({ email, displayName }: { email: string; displayName: string }): string[] =>
  folded(`${displayName} ${email.split('@')[0]}`)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part.length >= SHORTEST_NAME);

/**
 * What is wrong with a password that somebody chooses (NIST SP 800-63B-4, section 3.1.1.2: its length and whether it would be guessed, and no
 * rule about kinds of signs). The contract has checked the length.
 */
export function passwordFaults(password: string, owner: { email: string; displayName: string }): Text[] {
  const plain = folded(password);
  return [
    ...(isCommon(password) ? [say('password_common')] : []),
    ...(namesOf(owner).some((name) => plain.includes(name)) ? [say('password_of_name')] : []),
  ];
}
