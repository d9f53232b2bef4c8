import type { RateLimit } from '../../platform/index.ts';

/** More passkeys than anybody carries about. */
export const PASSKEYS_ALLOWED = 20;

/** Questions for sign-in options from one network address. */
export const optionsOfAddress: RateLimit = { name: 'passkey-options', points: 300, seconds: 600 };
