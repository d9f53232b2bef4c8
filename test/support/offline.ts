import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import {
  type DeviceKeys,
  enrolmentText,
  newAgreementPair,
  nodeSlowHash,
  OfflineTill,
  openPack,
  type SignedEntry,
  signed,
} from '../../src/offline/index.ts';
import { newId } from '../../src/platform/index.ts';
import { readCode } from '../../src/vouchers/index.ts';
import { newDeviceKey } from './device.ts';
import type { Frame } from './fixtures.ts';
import type { Client, TestPlatform } from './platform.ts';

/** A device of an office with the keys that packs are locked with, known without the rooms that make one known. */
export async function makeOfflineDevice(platform: TestPlatform, officeId: string, agent: Client): Promise<DeviceKeys> {
  const deviceId = newId();
  const key = newDeviceKey();
  await platform.owner.query(
    `with made as (insert into devices (id, office_id, name, enrolled_by, created_at) values ($1, $2, 'Counter 1', $3, $4) returning id)
    insert into device_keys (device_id, version, public_key, created_by, created_at) select id, 1, $5, $3, $4 from made`,
    [deviceId, officeId, agent.userId, platform.clock.now(), JSON.stringify(key.publicKey)],
  );
  const signing = await crypto.subtle.importKey(
    'jwk',
    key.privateKey.export({ format: 'jwk' }) as object,
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['sign'],
  );
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const { secret, publicJwk } = await newAgreementPair();
  const signature = await signed(signing, enrolmentText(deviceId, 1, recipient, publicJwk));
  await agent.post(`/v1/devices/${deviceId}/offline-keys`, { version: 1, recipient, agreementKey: publicJwk, signature }).expect(201);
  return { deviceId, signing, agreement: secret, identity };
}

export interface OfflineStaff {
  readonly finance: Client;
  readonly supervisor: Client;
  readonly agent: Client;
}

/** Whoever an office without a network needs. */
export const offlineStaff = async (platform: TestPlatform, { programmeId, officeId }: Frame): Promise<OfflineStaff> => ({
  finance: await platform.as('finance_officer', { programme: programmeId }),
  supervisor: await platform.as('office_supervisor', { office: officeId }),
  agent: await platform.as('agent', { office: officeId }),
});

export const dzd = (amount: string) => ({ amount, currency: 'DZD' });

/** Sets limits for a programme. */
export const allowOffline = (finance: Client, { programmeId }: Frame, limits: object = {}) =>
  finance.post(`/v1/programmes/${programmeId}/offline-limits`, {
    maxVouchers: 200,
    maxCash: dzd('10000000.00'),
    maxHours: 24,
    graceHours: 48,
    ...limits,
  });

/** A till with a pack in it, and what the device keeps of it. */
export interface OpenTill {
  readonly till: OfflineTill;
  readonly kept: SignedEntry[];
}

/** Takes a pack out and opens it on its device. @param now the clock of the device */
export async function takeOut(
  packId: string,
  agent: Client,
  keys: DeviceKeys,
  now: () => Date,
): Promise<OpenTill> {
  await agent.post(`/v1/offline-packs/${packId}/hand-out`).expect(200);
  const { body } = await agent.get(`/v1/offline-packs/${packId}/file`).expect(200);
  const pack = await openPack(Buffer.from(body.file, 'base64url'), keys.identity);
  const kept: SignedEntry[] = [];
  const append = async (entry: SignedEntry) => {
    kept.push(entry);
  };
  return { till: await OfflineTill.open(pack, keys, [], { now, slowHash: nodeSlowHash, readCode, append }), kept };
}

/** Reports entries. */
export const report = (packId: string, by: Client, length: number, entries: readonly SignedEntry[], key?: string) =>
  by.post(`/v1/offline-packs/${packId}/syncs`, { length, entries }, key);
