import { hkdfSync } from 'node:crypto';
import { type Signer, signerOf } from '../audit/index.ts';

/**
 * Who signs packs. Its key is made out of the one that signs tree heads, so that there is no other secret to keep, and is not that one: no signature of a pack
 * is ever one of a head.
 * @param origin the name of this platform's log
 * @param seed what the key of its tree heads is made of
 */
export const packSignerOf = (origin: string, seed: Buffer): Signer =>
  signerOf(`${origin}/offline-packs`, Buffer.from(hkdfSync('sha256', seed, '', 'sanad-offline-packs', 32)));
