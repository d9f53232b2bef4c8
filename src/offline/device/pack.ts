import { Decrypter } from 'age-encryption';
import type { DeviceKeys, PublicJwk } from './keys.ts';
import { textSignedBy } from './note.ts';

interface Amount {
  readonly amount: string;
  readonly currency: string;
}

/** Somebody who may come in the collector's place, as a device knows them: whom to call, and nothing of their document. */
export interface PackAlternate {
  readonly id: string;
  readonly name: string;
  /** They may not come from then on. */
  readonly until: string;
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
  readonly alternates: readonly PackAlternate[];
  readonly verifier: string;
}

/** What is inside a pack. */
export interface Pack {
  readonly format: 'sanad-offline-pack-2';
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

/** A pack that this platform did not make for this device: nothing of it is used. */
export class NotOurPack extends Error {}

/**
 * Opens a pack, and holds its signature against the platform's key before anything in it is read.
 * @param keys the age identity of the device, and the platform's key that it knows
 * @throws NotOurPack when the platform has not signed it, or for another device; Error when it was locked for another device
 */
export async function openPack(
  file: Uint8Array,
  { deviceId, identity, platform }: Pick<DeviceKeys, 'deviceId' | 'identity' | 'platform'>,
): Promise<Pack> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const text = await textSignedBy(platform, await decrypter.decrypt(file, 'text'));
  if (text === undefined) throw new NotOurPack('the platform that this device knows has not signed this pack');
  const pack = JSON.parse(text) as Pack;
  if (pack.format !== 'sanad-offline-pack-2' || pack.deviceId !== deviceId) throw new NotOurPack('this is no pack for this device');
  return pack;
}
