import { hash } from 'node:crypto';
import { moved } from './formats/sum.ts';
import type { Booking, ReadLine } from './formats/types.ts';

/** The first half of a SHA-256, in hexadecimal. */
const digestOf = (said: readonly unknown[]): string => hash('sha256', JSON.stringify(said), 'hex').slice(0, 32);

/**
 * The digest of what a line says. Where it stands in its file is left out, and its value date: one file states it and another does not, and it is
 * by the day it was booked that a line is of one statement.
 * @param account the account of a bank's statement, without which two accounts would say the same
 * @param text what stands beside it in a table
 */
export function fingerprintOf(line: ReadLine, account: string | null, text = ''): string {
  const { kind, reference, isNamed, ourReference, serial, amount, officeCode, paidOn, documentLastFour } = line;
  return digestOf([
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
    documentLastFour,
    ...(text === '' ? [] : [text]),
  ]);
}

/** A line that the bank booked by itself, as a booking. */
export const bookingOf = (line: ReadLine): Booking => ({
  amount: line.amount,
  isCredit: !moved(line).isNegative,
  bookedOn: line.paidOn,
  reference: line.isNamed ? line.reference : null,
  batch: null,
  lineCount: 1,
});

/** The digests by which a booking is known again, whatever lines it is read as. */
export interface BookingDigests {
  /** By the bank's name for it; without any name by its turn among its equals. Null where only the name of its batch is known. */
  readonly booking: string | null;
  readonly batch: string | null;
}

/** @param turns of the file that it stands in */
export function digestsOf({ amount, isCredit, bookedOn, reference, batch }: Booking, account: string | null, turns: Turns): BookingDigests {
  const turnOf = (by: string, name: string | null): string =>
    turns.next(digestOf([by, account, isCredit, amount.toString(), amount.currency, bookedOn, name]));
  return {
    booking: reference === null && batch !== null ? null : turnOf('booking', reference),
    batch: batch === null ? null : turnOf('batch', batch),
  };
}

/**
 * Tells equal lines of one file apart by their turn, so that the second of two equal withdrawals is no repeat of a file that knew one.
 * It keeps sixteen bytes for each of them.
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
