import { createPublicKey, verify } from 'node:crypto';
import type { DevicePublicKey, DevicePurpose, SignedChallenge } from './types.ts';

/** What a device signs: where, what for, which device, for whom, and the challenge. */
export interface DeviceStatement {
  /** Scheme, host and port of the page that the device shows. */
  readonly origin: string;
  readonly purpose: DevicePurpose;
  readonly deviceId: string;
  readonly userId: string;
  /** base64url */
  readonly challenge: string;
}

/** The bytes that are signed: one line for each part, after one that says what this is. No part can hold a line break. */
export const statementBytes = ({ origin, purpose, deviceId, userId, challenge }: DeviceStatement): Buffer =>
  Buffer.from(['sanad-device-v1', origin, purpose, deviceId, userId, challenge].join('\n'));

/** Whether a key can be a device's: a point of P-256. */
export function isDeviceKey(key: DevicePublicKey): boolean {
  try {
    createPublicKey({ key: { ...key }, format: 'jwk' });
    return true;
  } catch {
    return false;
  }
}

/** Whether a device signed this (ECDSA on P-256 with SHA-256, FIPS 186-5). */
export function isSigned(key: DevicePublicKey, statement: DeviceStatement, { signature }: Pick<SignedChallenge, 'signature'>): boolean {
  const publicKey = createPublicKey({ key: { ...key }, format: 'jwk' });
  const bytes = Buffer.from(signature, 'base64url');
  return verify('sha256', statementBytes(statement), { key: publicKey, dsaEncoding: 'ieee-p1363' }, bytes);
}
