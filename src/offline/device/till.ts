import { equalTexts } from './bytes.ts';
import { Chain } from './chain.ts';
import { type CloseEntry, type PayoutEntry, provenWords, type SignedEntry, type WrongCodeEntry } from './entry.ts';
import { type DeviceKeys, type Key, pepperOf } from './keys.ts';
import type { Pack, PackVoucher } from './pack.ts';
import { proofOf, type SlowHash, saltOf, stretch, verifierOf } from './verifier.ts';

/** Wrong codes for one voucher after which the device pays it no more. */
export const ATTEMPTS_ON_DEVICE = 5;

/** What the machine around a till gives it. */
export interface TillPorts {
  readonly now: () => Date;
  readonly slowHash: SlowHash;
  /** Reads a code as somebody typed it. */
  readonly readCode: (text: string) => { readonly digits: string; readonly isIntact: boolean };
  /** Keeps an entry; resolves when it would survive a loss of power. */
  readonly append: (entry: SignedEntry) => Promise<void>;
}

/** How a voucher is found without a network: by what is on the SMS or on the card, and by nothing else of a person. */
export type OfflineLocator = { readonly serial: string } | { readonly registrationNumber: string };

/** Why a till pays nothing. */
export type TillRefusal =
  | 'not_in_pack'
  | 'not_yet_open'
  | 'over'
  | 'clock_went_back'
  | 'closed'
  | 'paid'
  | 'locked'
  | 'no_cash'
  | 'code_mistyped'
  | 'code_refused'
  | 'not_a_collector';

/** What came of a try: cash is handed over after `paid` and after nothing else. */
export type TillAnswer = { readonly paid: PackVoucher; readonly entry: SignedEntry } | { readonly refusal: TillRefusal };

export interface OfflinePayment {
  readonly locator: OfflineLocator;
  readonly code: string;
  /** Who came, if not the collector: one of the voucher's alternates. */
  readonly collectorId?: string | undefined;
  readonly documentType: string;
  readonly documentLastFour: string;
}

/** The counter of an office without a network. One thing is done at a time. */
export class OfflineTill {
  readonly pack: Pack;
  readonly #chain: Chain;
  readonly #pepper: Key;
  readonly #ports: TillPorts;
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(pack: Pack, chain: Chain, pepper: Key, ports: TillPorts) {
    this.pack = pack;
    this.#chain = chain;
    this.#pepper = pepper;
    this.#ports = ports;
  }

  /** @param kept the chain of this pack so far, as the device kept it @throws Error when the pack is of another device, or the chain is broken */
  static async open(pack: Pack, keys: DeviceKeys, kept: readonly SignedEntry[], ports: TillPorts): Promise<OfflineTill> {
    if (pack.deviceId !== keys.deviceId) throw new Error('this pack is for another device');
    const pepper = await pepperOf(keys.agreement, pack.agreementKey, pack.packId);
    return new OfflineTill(pack, await Chain.of(pack.packId, keys, kept, ports.append), pepper, ports);
  }

  /** How many entries the chain has, to be said with every report. */
  get length(): number {
    return this.#chain.length;
  }

  signedFrom(sequence: number): readonly SignedEntry[] {
    return this.#chain.signedFrom(sequence);
  }

  /** The vouchers that a locator points at, with the names to say aloud. */
  find(locator: OfflineLocator): readonly PackVoucher[] {
    return this.pack.vouchers.filter((voucher) =>
      'serial' in locator ? voucher.serial === locator.serial : voucher.registrationNumber === locator.registrationNumber,
    );
  }

  /** Pays a voucher to whoever brings its code. Resolves once what is done is kept. */
  pay(payment: OfflinePayment): Promise<TillAnswer> {
    return this.#alone(() => this.#pay(payment));
  }

  /** Ends the chain: nothing is paid after this. */
  close(): Promise<void> {
    return this.#alone(async () => {
      if (!this.#isClosed()) await this.#chain.add(this.#chain.next<CloseEntry>({ kind: 'close', at: this.#time() }));
    });
  }

  async #pay({ locator, code, collectorId: who, documentType, documentLastFour }: OfflinePayment): Promise<TillAnswer> {
    const shut = this.#refusalNow();
    if (shut) return { refusal: shut };
    const found = this.find(locator);
    if (found.length === 0) return { refusal: 'not_in_pack' };
    const { digits, isIntact } = this.#ports.readCode(code);
    if (!isIntact) return { refusal: 'code_mistyped' };
    const tried: PackVoucher[] = [];
    for (const voucher of found) {
      const refusal = this.#refusalOf(voucher);
      if (refusal && found.length === 1) return { refusal };
      if (refusal === 'locked') continue;
      const { packId, workFactor } = this.pack;
      const stretched = await stretch(this.#ports.slowHash, digits, saltOf(packId, voucher.serial), workFactor);
      if (!equalTexts(await verifierOf(this.#pepper, stretched), voucher.verifier)) {
        if (!refusal) tried.push(voucher);
        continue;
      }
      if (refusal) return { refusal };
      const { serial, amount, collectorId } = voucher;
      const alternateId = who === collectorId ? undefined : who;
      if (alternateId !== undefined && !this.#mayCome(voucher, alternateId)) return { refusal: 'not_a_collector' };
      const seen = { ...(alternateId === undefined ? {} : { alternateId }), documentType, documentLastFour };
      const unproven = this.#chain.next<PayoutEntry>({ kind: 'payout', at: this.#time(), serial, amount, collectorId, ...seen });
      const entry: PayoutEntry = { ...unproven, proof: await proofOf(stretched, provenWords(unproven)) };
      return { paid: voucher, entry: await this.#chain.add(entry) };
    }
    // Only now: a code that is right for one of several vouchers is wrong for the others.
    for (const { serial } of tried)
      await this.#chain.add(this.#chain.next<WrongCodeEntry>({ kind: 'wrong_code', at: this.#time(), serial }));
    return { refusal: 'code_refused' };
  }

  #refusalNow(): TillRefusal | undefined {
    const now = this.#time();
    if (this.#isClosed()) return 'closed';
    if (now < this.pack.startsAt) return 'not_yet_open';
    if (now > this.pack.endsAt) return 'over';
    const last = this.#chain.entries.at(-1);
    return last && now < last.at ? 'clock_went_back' : undefined;
  }

  #mayCome({ alternates }: PackVoucher, id: string): boolean {
    return alternates.some((alternate) => alternate.id === id && this.#time() < alternate.until);
  }

  #refusalOf({ serial, amount }: PackVoucher): TillRefusal | undefined {
    const { entries } = this.#chain;
    const payouts = entries.filter((entry) => entry.kind === 'payout');
    if (payouts.some((entry) => entry.serial === serial)) return 'paid';
    if (entries.filter((entry) => entry.kind === 'wrong_code' && entry.serial === serial).length >= ATTEMPTS_ON_DEVICE) return 'locked';
    const out = payouts.reduce((sum, entry) => sum + minor(entry.amount.amount), minor(amount.amount));
    return out > minor(this.pack.cashLimit.amount) ? 'no_cash' : undefined;
  }

  #isClosed(): boolean {
    return this.#chain.entries.at(-1)?.kind === 'close';
  }

  #time(): string {
    return this.#ports.now().toISOString();
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const mine = this.#busy.then(work, work);
    this.#busy = mine.catch(() => {});
    return mine;
  }
}

/** An amount in its smallest unit. All amounts of a pack are of one currency and written with as many decimals. */
const minor = (amount: string): bigint => BigInt(amount.replace('.', ''));
