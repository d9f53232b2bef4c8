import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type PayoutEntry, provenWords } from '../../src/offline/device/entry.ts';
import { proofOf, saltOf, stretch } from '../../src/offline/device/verifier.ts';
import {
  type Chain,
  type DeviceKeys,
  enrolmentText,
  newAgreementPair,
  nodeSlowHash,
  OfflineTill,
  offlineJobs,
  openPack,
  type SignedEntry,
  signed,
} from '../../src/offline/index.ts';
import { dammDigit, newId } from '../../src/platform/index.ts';
import { readCode } from '../../src/vouchers/index.ts';
import { newDeviceKey } from './device.ts';
import { type Frame, makeFrame } from './fixtures.ts';
import type { Client, TestPlatform } from './platform.ts';
import { makeVouchers, type TestVoucher } from './vouchers.ts';

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
  const keys = { version: 1, recipient, agreementKey: publicJwk, signature };
  const { body } = await agent.post(`/v1/devices/${deviceId}/offline-keys`, keys).expect(201);
  return { deviceId, signing, agreement: secret, identity, platform: body.packKey };
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

/** A pack that is out, and the vouchers in it. */
export interface PackOut extends OpenTill {
  readonly packId: string;
  readonly vouchers: readonly TestVoucher[];
  readonly keys: DeviceKeys;
}

/** The document that every collector shows. */
export const seen = { documentType: 'passport', documentLastFour: '0042' };

/** Another code than this one, without a typing mistake. */
export function wrongCode(code: string): string {
  const digits = String((Number(code.slice(0, 8)) + 1) % 100_000_000).padStart(8, '0');
  return digits + dammDigit(digits);
}

/** An office without a network, with its staff and people who come. */
export class OfflineOffice {
  readonly platform: TestPlatform;
  readonly frame: Frame;
  readonly staff: OfflineStaff;
  readonly #supply: TestVoucher[];

  private constructor(platform: TestPlatform, frame: Frame, staff: OfflineStaff, supply: TestVoucher[]) {
    this.platform = platform;
    this.frame = frame;
    this.staff = staff;
    this.#supply = supply;
  }

  static async open(platform: TestPlatform, people: number): Promise<OfflineOffice> {
    const frame = await makeFrame(platform);
    const staff = await offlineStaff(platform, frame);
    await allowOffline(staff.finance, frame).expect(201);
    return new OfflineOffice(platform, frame, staff, await makeVouchers(platform, frame, people));
  }

  /** Has everybody give their second factor again, after the clock was moved. */
  async stepUp(): Promise<void> {
    await this.platform.owner.query('update sessions set second_factor_at = $1', [this.platform.clock.now()]);
  }

  fresh(count: number): TestVoucher[] {
    if (this.#supply.length < count) throw new Error('more vouchers are needed');
    return this.#supply.splice(0, count);
  }

  device(): Promise<DeviceKeys> {
    return makeOfflineDevice(this.platform, this.frame.officeId, this.staff.agent);
  }

  prepare(vouchers: object, { deviceId }: Pick<DeviceKeys, 'deviceId'>, more: object = {}, by = this.staff.supervisor) {
    return by.post(`/v1/programmes/${this.frame.programmeId}/offline-packs`, {
      officeId: this.frame.officeId,
      deviceId,
      agentId: this.staff.agent.userId,
      hours: 8,
      cashLimit: dzd('1000000.00'),
      vouchers,
      ...more,
    });
  }

  /** A pack of so many vouchers on a device of its own. @param now the clock of the device */
  async out(count: number, more: object = {}, now = () => this.platform.clock.now()): Promise<PackOut> {
    const [vouchers, keys] = [this.fresh(count), await this.device()];
    const { body } = await this.prepare(serialsOf(vouchers), keys, more).expect(201);
    return { packId: body.id as string, vouchers, keys, ...(await this.takeOut(body.id, keys, now)) };
  }

  /** Takes a pack out and opens it on its device. @param now the clock of the device */
  async takeOut(packId: string, keys: DeviceKeys, now = () => this.platform.clock.now()): Promise<OpenTill> {
    const { agent } = this.staff;
    await agent.post(`/v1/offline-packs/${packId}/hand-out`).expect(200);
    const { body } = await agent.get(`/v1/offline-packs/${packId}/file`).expect(200);
    const pack = await openPack(Buffer.from(body.file, 'base64url'), keys);
    const kept: SignedEntry[] = [];
    const append = async (entry: SignedEntry) => {
      kept.push(entry);
    };
    return { till: await OfflineTill.open(pack, keys, [], { now, slowHash: nodeSlowHash, readCode, append }), kept };
  }

  payOnline({ serial, code }: Pick<TestVoucher, 'serial' | 'code'>, by = this.staff.agent) {
    return by.post('/v1/payouts', { officeId: this.frame.officeId, locator: { serial }, code, ...seen });
  }

  /** Reports everything that a device kept, or what is given. */
  send({ packId, till, kept }: PackOut, entries: readonly SignedEntry[] = kept, by = this.staff.agent) {
    return by.post(`/v1/offline-packs/${packId}/syncs`, { length: till.length, entries });
  }

  /** Does what the worker does every minute. */
  async endPastGrace(): Promise<void> {
    const { execute, keyRing, database } = this.platform.app;
    const jobs = offlineJobs({ db: database.reader, execute, keyRing, clock: this.platform.clock });
    for (const job of jobs) await job.run({});
  }

  end(packId: string, how: 'close' | 'withdraw') {
    return this.staff.supervisor.post(`/v1/offline-packs/${packId}/${how}`);
  }

  async statesOf(vouchers: readonly TestVoucher[]): Promise<string[]> {
    const { rows } = await this.platform.owner.query(
      'select state from vouchers where id = any($1) order by array_position($1::uuid[], id)',
      [vouchers.map(({ id }) => id)],
    );
    return rows.map(({ state }) => state);
  }

  async broken(): Promise<string[]> {
    const { body } = await this.staff.finance.get(`/v1/programmes/${this.frame.programmeId}/identities`).expect(200);
    return body.identities.filter(({ holds }: { holds: boolean }) => !holds).map(({ identity }: { identity: string }) => identity);
  }

  async conflictsOf(packId: string) {
    const { body } = await this.staff.finance
      .get(`/v1/programmes/${this.frame.programmeId}/offline-conflicts?packId=${packId}`)
      .expect(200);
    return body.items;
  }

  resolve(conflictId: string, resolution: string, by = this.staff.finance) {
    return by.post(`/v1/offline-conflicts/${conflictId}/resolve`, { resolution, note: 'Asked the office.' });
  }
}

export const serialsOf = (vouchers: readonly Pick<TestVoucher, 'serial'>[]) => ({ serials: vouchers.map(({ serial }) => serial) });

export const payOffline = ({ till }: OpenTill, { serial, code }: Pick<TestVoucher, 'serial' | 'code'>) =>
  till.pay({ locator: { serial }, code, ...seen });

/** What a dishonest device writes: a pay-out with whatever its holder wants in it, signed and in its chain. */
export async function forge(
  { keys }: Pick<PackOut, 'keys'>,
  chain: Chain,
  { serial, code, person }: Pick<TestVoucher, 'serial' | 'code' | 'person'>,
  lie: Partial<PayoutEntry> = {},
): Promise<SignedEntry> {
  const told = { kind: 'payout', at: '', serial, amount: dzd('15000.00'), collectorId: person.id, ...seen, ...lie } as const;
  const entry = { ...chain.next<PayoutEntry>(told), ...lie, deviceId: keys.deviceId };
  const stretched = await stretch(nodeSlowHash, code, saltOf(chain.packId, serial), 4);
  return chain.add({ proof: await proofOf(stretched, provenWords(entry)), ...entry });
}
