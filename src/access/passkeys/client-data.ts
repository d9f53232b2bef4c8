import { Buffer } from 'node:buffer';

/** What a browser says of the page that asked for a signature (WebAuthn Level 3 section 5.8.1), as far as it is looked at here. */
interface ClientData {
  readonly challenge: Buffer;
  /** Whether the page stood in a frame of somebody else's. */
  readonly isFramed: boolean;
}

/** @param encoded base64url @returns undefined when it is not what a browser writes */
export function readClientData(encoded: string): ClientData | undefined {
  try {
    const { challenge, crossOrigin } = JSON.parse(Buffer.from(encoded, 'base64url').toString());
    return typeof challenge === 'string' ? { challenge: Buffer.from(challenge, 'base64url'), isFramed: Boolean(crossOrigin) } : undefined;
  } catch {
    return undefined;
  }
}
