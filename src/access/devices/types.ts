/** A public key of a device: ECDSA on P-256, as a JSON Web Key (RFC 7517, RFC 7518 section 6.2.1). */
export interface DevicePublicKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  /** base64url, as is `y`. */
  readonly x: string;
  readonly y: string;
}

/** Somebody who may sign in on a device with a PIN. */
export interface DeviceUser {
  readonly userId: string;
  readonly displayName: string;
  readonly enrolledAt: string;
  readonly lastUsedAt: string;
  readonly lockedAt: string | null;
  /** When it ends unless it is used before. */
  readonly expiresAt: string;
}

/** A telephone or a computer at a post office. */
export interface Device {
  readonly id: string;
  readonly officeId: string;
  readonly name: string;
  readonly keyVersion: number;
  readonly createdAt: string;
  readonly revokedAt: string | null;
  readonly users: DeviceUser[];
}

/** Something that a device has signed: an answer to a challenge. Both are base64url. */
export interface SignedChallenge {
  readonly challenge: string;
  /** r and s, 32 bytes each, as WebCrypto writes them (IEEE P1363). */
  readonly signature: string;
}

/** What a device is asked to sign for. */
export type DevicePurpose = 'enrol' | 'replace_key' | 'sign_in' | 'step_up';

/** Somebody on a device, as the device asks for them. */
export interface DeviceSeat {
  /** The enrolment; null when this user has none here that holds. */
  readonly enrolment: { readonly id: string; readonly pinHash: Buffer; readonly lastUsedAt: Date; readonly lockedAt: Date | null } | null;
  readonly officeId: string;
  readonly publicKey: DevicePublicKey;
}
