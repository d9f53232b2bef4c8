import { readFile, rename, writeFile } from 'node:fs/promises';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { type DeviceKeys, enrolmentText, newAgreementPair, type PublicJwk, signed } from '../device/keys.ts';

/** The base-two logarithm of what one guess at a passphrase costs whoever has stolen the file. */
const WORK_FACTOR = 17;

interface Stored {
  readonly deviceId: string;
  readonly signing: object;
  readonly agreement: object;
  readonly identity: string;
  /** The key by which the platform signs packs; none before it was said. */
  readonly platform?: string;
}

/** What is sent to enrol the keys of a device. */
export interface KeyEnrolment {
  readonly version: number;
  readonly recipient: string;
  readonly agreementKey: PublicJwk;
  readonly signature: string;
}

const importSigning = (jwk: object) => crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
const importAgreement = (jwk: object) => crypto.subtle.importKey('jwk', jwk, { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']);

/**
 * Makes the keys that packs are locked with, and keeps them in a file under a passphrase, together with the key that the device is known by.
 * @param device `signing` is that key, with its secret part (RFC 7517)
 * @param workFactor the base-two logarithm of what one guess at the passphrase costs
 */
export async function makeKeyFile(
  path: string,
  passphrase: string,
  { deviceId, signing, version = 1 }: { readonly deviceId: string; readonly signing: object; readonly version?: number },
  workFactor = WORK_FACTOR,
): Promise<KeyEnrolment> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const { secret, publicJwk } = await newAgreementPair();
  const stored: Stored = { deviceId, signing, agreement: await crypto.subtle.exportKey('jwk', secret), identity };
  await writeFile(path, await locked(stored, passphrase, workFactor), { mode: 0o600, flag: 'wx' });
  const text = enrolmentText(deviceId, version, recipient, publicJwk);
  return { version, recipient, agreementKey: publicJwk, signature: await signed(await importSigning(signing), text) };
}

function locked(stored: Stored, passphrase: string, workFactor: number): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  return encrypter.encrypt(JSON.stringify(stored));
}

async function unlocked(path: string, passphrase: string): Promise<Stored> {
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  return JSON.parse(await decrypter.decrypt(await readFile(path), 'text')) as Stored;
}

/**
 * Keeps, with the keys, the one by which the platform signs packs: from then on a pack that it has not signed is none.
 * @param platform as the platform answered when the keys were enrolled
 * @throws Error when the passphrase is wrong
 */
export async function trustPlatform(path: string, passphrase: string, platform: string, workFactor = WORK_FACTOR): Promise<void> {
  const stored = await unlocked(path, passphrase);
  await writeFile(`${path}.new`, await locked({ ...stored, platform }, passphrase, workFactor), { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Opens the file of keys. @throws Error when the passphrase is wrong, or the platform's key was never said */
export async function readKeyFile(path: string, passphrase: string): Promise<DeviceKeys> {
  const { deviceId, signing, agreement, identity, platform } = await unlocked(path, passphrase);
  if (!platform) throw new Error('this device does not know the key of the platform: say it with "offline trust"');
  return { deviceId, signing: await importSigning(signing), agreement: await importAgreement(agreement), identity, platform };
}
