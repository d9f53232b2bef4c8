/** Damm's totally anti-symmetric quasigroup of order 10 (H. M. Damm, 2004). */
const damm = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

function dammState(digits: string): number {
  if (!/^\d+$/.test(digits)) throw new RangeError('a check digit is computed over digits');
  let state = 0;
  for (const digit of digits) state = damm[state]?.[Number(digit)] ?? 0;
  return state;
}

/**
 * The Damm check digit, which catches every single wrong digit and every swap of neighbours.
 * @returns one digit
 */
export const dammDigit = (digits: string): string => String(dammState(digits));

/** Whether digits end in their own Damm check digit. */
export const hasDammDigit = (digits: string): boolean => /^\d{2,}$/.test(digits) && dammState(digits) === 0;

/** The letters of the ISO 7064 alphanumeric systems, in order of value. */
const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

function mod97(text: string): number {
  let rest = 0;
  for (const letter of text) {
    const value = alphabet.indexOf(letter);
    if (value < 0) throw new RangeError('ISO 7064 covers digits and capital letters');
    rest = (value > 9 ? rest * 100 + value : rest * 10 + value) % 97;
  }
  return rest;
}

/**
 * The two check digits of ISO 7064 MOD 97-10 over digits and capital letters (letters count 10 to 35).
 * @returns two digits
 */
export const mod97Digits = (text: string): string => String(98 - mod97(`${text}00`)).padStart(2, '0');

/** Whether a text ends in its own ISO 7064 MOD 97-10 check digits. */
export const hasMod97Digits = (text: string): boolean => /^[0-9A-Z]+\d\d$/.test(text) && mod97(text) === 1;
