import { hash } from 'node:crypto';
import type { ReadLine } from './formats/types.ts';

/**
 * The digest of everything that a line says, in hexadecimal: the first half of its SHA-256. Where it stands in its file is left out.
 * @param account the account of a bank's statement, without which two accounts would say the same
 * @param text what stands beside it in a table
 */
export function fingerprintOf(line: ReadLine, account: string | null, text = ''): string {
  const { kind, reference, isNamed, ourReference, serial, amount, officeCode, paidOn, valueOn, documentLastFour } = line;
  const said = [
    account,
    kind,
    reference,
    isNamed,
    ourReference,
    serial,
    amount.toString(),
    amount.currency,
    officeCode,
    paidOn,
    valueOn,
    documentLastFour,
    ...(text === '' ? [] : [text]),
  ];
  return hash('sha256', JSON.stringify(said), 'hex').slice(0, 32);
}

/**
 * Tells equal lines of one file apart by their turn, so that the second of two equal withdrawals is no repeat of a file that knew one.
 * It keeps sixteen bytes for each line.
 */
export class Turns {
  #keys = new Float64Array(1 << 10);
  #counts = new Uint32Array(1 << 10);
  #size = 0;

  /** @returns the fingerprint of this line among its equals */
  next(fingerprint: string): string {
    if (this.#size * 4 > this.#keys.length * 3) this.#grow();
    // Fifty-two bits of a digest, and never 0, which says that a slot is free.
    const key = Number.parseInt(fingerprint.slice(0, 13), 16) + 1;
    const slot = this.#slotOf(key);
    if (this.#keys[slot] === 0) this.#size += 1;
    this.#keys[slot] = key;
    const turn = (this.#counts[slot] ?? 0) + 1;
    this.#counts[slot] = turn;
    return turn === 1 ? fingerprint : hash('sha256', `${fingerprint}/${turn}`, 'hex').slice(0, 32);
  }

  #slotOf(key: number): number {
    const mask = this.#keys.length - 1;
    let slot = key & mask;
    while (this.#keys[slot] !== 0 && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, counts] = [this.#keys, this.#counts];
    this.#keys = new Float64Array(keys.length * 2);
    this.#counts = new Uint32Array(keys.length * 2);
    keys.forEach((key, i) => {
      if (key === 0) return;
      const slot = this.#slotOf(key);
      this.#keys[slot] = key;
      this.#counts[slot] = counts[i] ?? 0;
    });
  }
}
