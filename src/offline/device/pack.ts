import { Decrypter } from 'age-encryption';
import type { PublicJwk } from './keys.ts';

interface Amount {
  readonly amount: string;
  readonly currency: string;
}

/** A voucher as a device knows it. */
export interface PackVoucher {
  readonly serial: string;
  readonly registrationNumber: string;
  readonly amount: Amount;
  readonly collectorId: string;
  /** Who may collect, to say aloud; null for somebody who was erased. */
  readonly collector: string | null;
  /** Whom the money is for. */
  readonly beneficiary: string | null;
  readonly verifier: string;
}

/** What is inside a pack. */
export interface Pack {
  readonly format: 'sanad-offline-pack-1';
  readonly packId: string;
  readonly deviceId: string;
  readonly agentId: string;
  readonly office: { readonly code: string; readonly name: string };
  readonly startsAt: string;
  readonly endsAt: string;
  readonly cashLimit: Amount;
  readonly workFactor: number;
  /** The other half of what the pepper is made from. */
  readonly agreementKey: PublicJwk;
  readonly vouchers: readonly PackVoucher[];
}

/** Opens a pack. @param identity the age identity of the device @throws Error when it was locked for another device, or is no pack */
export async function openPack(file: Uint8Array, identity: string): Promise<Pack> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const pack = JSON.parse(await decrypter.decrypt(file, 'text')) as Pack;
  if (pack.format !== 'sanad-offline-pack-1') throw new Error('this is no pack');
  return pack;
}
