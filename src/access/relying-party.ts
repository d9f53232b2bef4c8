/** Who we are to browsers: the one place that passkeys and devices sign for. */
export interface RelyingParty {
  /** Domain that passkeys belong to (WebAuthn's RP ID). */
  readonly id: string;
  /** Scheme, host and port of the pages that may ask for a signature. */
  readonly origin: string;
}

/** @param publicUrl where people reach the platform with their browsers */
export function relyingParty(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl);
  return { id: hostname, origin };
}
