import type { KeyRing } from '../../platform/index.ts';
import type { Descriptor } from './types.ts';

/** What authenticators in use give: how long their identifiers are, and how they are reached. */
const kinds: readonly { readonly bytes: number; readonly transports: Descriptor['transports'] }[] = [
  { bytes: 20, transports: ['hybrid', 'internal'] },
  { bytes: 32, transports: ['internal'] },
  { bytes: 16, transports: ['hybrid', 'internal'] },
  { bytes: 48, transports: ['nfc', 'usb'] },
];
/** Of 256 people with passkeys, this many are taken to have two. */
const WITH_TWO = 64;

/**
 * Passkeys that nobody has, for an address without any: the same each time, and to be told from real ones only with the index key.
 * @param email in small letters
 */
export function decoyPasskeys(keyRing: KeyRing, email: string): Descriptor[] {
  const [first = 0] = keyRing.blindIndex('passkey-decoy', email);
  return Array.from({ length: first < WITH_TWO ? 2 : 1 }, (_, i) => {
    const seeds = [0, 1].map((part) => keyRing.blindIndex('passkey-decoy', `${email}/${i}/${part}`));
    const bytes = Buffer.concat(seeds);
    const kind = kinds[(bytes.at(-1) ?? 0) % kinds.length] ?? { bytes: 32, transports: [] };
    return { id: bytes.subarray(0, kind.bytes).toString('base64url'), transports: kind.transports };
  });
}
