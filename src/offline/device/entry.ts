import { sha256 } from './bytes.ts';

interface Common {
  readonly format: 'sanad-offline-1';
  readonly packId: string;
  readonly deviceId: string;
  /** Counted from 1. */
  readonly sequence: number;
  /** The hash of the entry before, or of the beginning. */
  readonly previous: string;
  /** By the clock of the device, RFC 3339 in UTC. */
  readonly at: string;
}

/** Cash that was handed over. */
export interface PayoutEntry extends Common {
  readonly kind: 'payout';
  readonly serial: string;
  readonly amount: { readonly amount: string; readonly currency: string };
  readonly collectorId: string;
  /** Who came in the collector's place; left out where the collector came. */
  readonly alternateId?: string | undefined;
  readonly documentType: string;
  readonly documentLastFour: string;
  /** That the code was there. */
  readonly proof: string;
}

/** A wrong code that somebody tried. What was tried is not kept. */
export interface WrongCodeEntry extends Common {
  readonly kind: 'wrong_code';
  readonly serial: string;
}

/** The end: nothing is paid after it. */
export interface CloseEntry extends Common {
  readonly kind: 'close';
}

export type Entry = PayoutEntry | WrongCodeEntry | CloseEntry;

/** An entry as it is kept and sent. */
export interface SignedEntry {
  /** The entry as JSON, in the very letters that were signed. */
  readonly payload: string;
  /** base64url */
  readonly signature: string;
}

/** Where the chain of a pack begins. */
export const beginningOf = (packId: string): Promise<string> => sha256(`sanad-offline-chain/${packId}`);

/** What the next entry calls this one. */
export const hashOf = ({ payload }: Pick<SignedEntry, 'payload'>): Promise<string> => sha256(payload);

/** The words of a pay-out that the code is proved for. */
export const provenWords = (entry: Omit<PayoutEntry, 'proof'>): string =>
  [
    entry.format,
    entry.packId,
    entry.deviceId,
    entry.sequence,
    entry.previous,
    entry.at,
    entry.serial,
    entry.amount.amount,
    entry.amount.currency,
    entry.collectorId,
    entry.documentType,
    entry.documentLastFour,
    ...(entry.alternateId === undefined ? [] : [entry.alternateId]),
  ].join('\n');
