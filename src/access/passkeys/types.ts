import type { Asked } from '../challenges.ts';

/** How a browser reaches an authenticator (WebAuthn Level 3 section 5.8.4). */
type Transport = 'ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb';

/** A passkey as its owner sees it. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  /** Whether it may be copied to other devices of its owner. */
  readonly isSynced: boolean;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

/** A passkey that is to be kept. */
export interface NewPasskey extends Pick<Passkey, 'id' | 'name' | 'isSynced'> {
  readonly userId: string;
  readonly credentialId: Buffer;
  /** COSE_Key (RFC 9052 section 7). */
  readonly publicKey: Buffer;
  readonly transports: readonly string[];
  readonly signCount: number;
}

/** What an assertion is checked against. */
export interface VerificationKey {
  readonly id: string;
  readonly userId: string;
  readonly publicKey: Buffer;
}

/** How a browser finds a passkey, in base64url. */
export interface Descriptor {
  readonly id: string;
  readonly transports: Transport[];
}

/** What a browser answers when a passkey signs in (`PublicKeyCredential.toJSON()`), as far as it is read. Bytes are base64url. */
export interface Assertion {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly authenticatorData: string;
    readonly signature: string;
    readonly userHandle?: string | null;
  };
}

/** What a browser answers when a passkey is made, as far as it is read. Bytes are base64url. */
export interface Attestation {
  readonly id: string;
  readonly rawId: string;
  readonly type: 'public-key';
  readonly response: {
    readonly clientDataJSON: string;
    readonly attestationObject: string;
    readonly transports?: readonly string[];
  };
}

/** What has been found out about an assertion before anything was changed by it. */
export interface PasskeyAnswer {
  /** What it has to have been asked for. */
  readonly asked: Asked;
  readonly challenge: Buffer;
  /** The passkey that signed it; null when it was not signed as it must be. */
  readonly signer: { readonly passkeyId: string; readonly userId: string; readonly signCount: number } | null;
}
