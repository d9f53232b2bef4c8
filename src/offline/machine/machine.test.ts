import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Encrypter } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../platform/index.ts';
import { isSignedBy, newAgreementPair, type PublicJwk, pepperOf } from '../device/keys.ts';
import type { Pack } from '../device/pack.ts';
import { saltOf, stretch, verifierOf } from '../device/verifier.ts';
import { packSignerOf } from '../pack-key.ts';
import { ChainFile } from './chain-file.ts';
import { offlineCommand } from './command-line.ts';
import { nodeSlowHash } from './slow-hash.ts';

const [serial, code] = ['12345678901234', '123456786'];
const signer = packSignerOf('sanad', Buffer.alloc(32, 9));
const entry = (n: number) => ({ payload: `{"n":${n}}`, signature: 'x' });

describe('the machine that an office without a network pays with', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sanad-till-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('keeps what it has done through a loss of power, and lets one program write at a time', async () => {
    const path = join(folder, 'one.chain');
    const file = await ChainFile.open(path);
    await file.append(entry(1));
    await file.append(entry(2));
    await expect(ChainFile.open(path)).rejects.toThrow('has this open');
    await file.close();
    await appendFile(path, '{"payload":"{\\"n\\":3');
    const again = await ChainFile.open(path);
    expect(again.kept).toEqual([entry(1), entry(2)]);
    await again.append(entry(3));
    await again.close();
    await writeFile(`${path}.lock`, '999999999');
    const afterCrash = await ChainFile.open(path);
    expect(afterCrash.kept).toEqual([entry(1), entry(2), entry(3)]);
    await afterCrash.close();
    await writeFile(path, 'x\n', { flag: 'a' });
    await expect(ChainFile.open(path)).rejects.toThrow();
  });

  it('works from the command line: keys, list, pay, close and report', async () => {
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
    const signing = join(folder, 'signing.jwk');
    await writeFile(signing, JSON.stringify(await crypto.subtle.exportKey('jwk', pair.privateKey)));
    const said: string[] = [];
    const run = (args: readonly string[], ...answers: string[]) => {
      const left = ['correct horse', ...answers];
      return offlineCommand(args, {
        ask: async () => left.shift() ?? '',
        print: (line) => said.push(line),
        now: () => new Date('2026-03-01T10:00:00Z'),
        workFactor: 4,
      });
    };
    const deviceId = newId();
    expect(await run(['keys', folder, '--device', deviceId, '--key', signing])).toBe(0);
    const { recipient, agreementKey } = JSON.parse(said.pop() ?? '') as { recipient: string; agreementKey: PublicJwk };
    const pack = join(folder, 'pack.age');
    await writeFile(pack, await packFor(deviceId, recipient, agreementKey));
    await expect(run(['list', folder, pack])).rejects.toThrow('does not know the key of the platform');
    const other = packSignerOf('sanad', Buffer.alloc(32, 8)).verifierKey;
    expect(await run(['trust', folder, other])).toBe(0);
    await expect(run(['list', folder, pack])).rejects.toThrow('has not signed this pack');
    expect(await run(['trust', folder, signer.verifierKey])).toBe(0);
    expect(await run(['list', folder, pack])).toBe(0);
    expect(said.pop()).toBe(`${serial}  1000000001  15000.00 DZD  Amina Benali`);
    const pay = ['pay', folder, pack, '--serial', serial, '--document', 'passport:0042'];
    expect(await run(pay, '876543218')).toBe(1);
    expect(said.splice(0)).toEqual(['Amina Benali: 15000.00 DZD', 'NOT PAID: code_mistyped.']);
    expect(await run(pay, '123 456 786')).toBe(0);
    expect(said.splice(0).at(-1)).toBe('PAID. Hand over 15000.00 DZD.');
    expect(await run(pay, code)).toBe(1);
    expect(said.splice(0).at(-1)).toBe('NOT PAID: paid.');
    expect(await run(['close', folder, pack])).toBe(0);
    expect(await run(['report', folder, pack])).toBe(0);
    const { length, entries } = JSON.parse(said.pop() ?? '');
    expect([length, entries.map(({ payload }: { payload: string }) => JSON.parse(payload).kind)]).toEqual([2, ['payout', 'close']]);
    const { x = '', y = '' } = await crypto.subtle.exportKey('jwk', pair.publicKey);
    expect(await isSignedBy([{ kty: 'EC', crv: 'P-256', x, y }], entries[0].payload, entries[0].signature)).toBe(true);
    expect(await run(['dance', folder, pack])).toBe(undefined);
    await expect(
      offlineCommand(['list', folder, pack], { ask: async () => 'wrong', print: () => {}, now: () => new Date() }),
    ).rejects.toThrow();
    expect(await readFile(join(folder, 'device.age'), 'latin1')).not.toContain('AGE-SECRET-KEY');
  });
});

async function packFor(deviceId: string, recipient: string, agreementKey: PublicJwk): Promise<Uint8Array> {
  const packId = newId();
  const { secret, publicJwk } = await newAgreementPair();
  const stretched = await stretch(nodeSlowHash, code, saltOf(packId, serial), 4);
  const amount = { amount: '15000.00', currency: 'DZD' };
  const pack: Pack = {
    format: 'sanad-offline-pack-2',
    packId,
    deviceId,
    agentId: newId(),
    office: { code: '16001', name: 'Grande Poste' },
    startsAt: '2026-03-01T08:00:00.000Z',
    endsAt: '2026-03-01T16:00:00.000Z',
    cashLimit: { amount: '20000.00', currency: 'DZD' },
    workFactor: 4,
    agreementKey: publicJwk,
    vouchers: [
      {
        serial,
        registrationNumber: '1000000001',
        amount,
        collectorId: newId(),
        collector: 'Amina Benali',
        beneficiary: 'Amina Benali',
        alternates: [],
        verifier: await verifierOf(await pepperOf(secret, agreementKey, packId), stretched),
      },
    ],
  };
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(signer.sign(`${JSON.stringify(pack)}\n`));
}
