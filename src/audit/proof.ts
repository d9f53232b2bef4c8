import { canonicalJson } from '../platform/index.ts';
import { checkpointIn } from './heads/checkpoint.ts';
import { isSigned, type VerifierKey, verifierOf } from './heads/note.ts';
import { includes, isConsistent } from './tree/check.ts';
import { HASH_BYTES, leafHash } from './tree/hashing.ts';

/** Proves that an event is in the trail that a head was signed over. Whoever has the public key needs nothing else. */
export interface InclusionProof {
  readonly format: 'sanad-inclusion-1';
  /** Every column of the event that is not null; its canonical JSON (RFC 8785) is the entry of the tree. */
  readonly event: Readonly<Record<string, string>>;
  readonly leafIndex: number;
  /** Hashes from the leaf up, in base64 (RFC 9162 section 2.1.3). */
  readonly path: readonly string[];
  /** The signed head (C2SP tlog-checkpoint). */
  readonly head: string;
  /** Whose signature it is; to be compared with the key that the reader was given by another way. */
  readonly verifierKey: VerifierKey;
}

/** Proves that the trail behind a head is the beginning of the one behind a later head: nothing was changed, removed or put in between. */
export interface ConsistencyProof {
  readonly format: 'sanad-consistency-1';
  readonly first: string;
  readonly second: string;
  /** In base64 (RFC 9162 section 2.1.4). */
  readonly path: readonly string[];
  readonly verifierKeys: readonly VerifierKey[];
}

export type Proof = InclusionProof | ConsistencyProof;

/** What a proof shows, or why it shows nothing. */
export type Verdict = { readonly holds: true; readonly says: string } | { readonly holds: false; readonly why: string };

const no = (why: string): Verdict => ({ holds: false, why });

/** Checks a proof by itself, without a database. @param keys the public keys that the reader trusts @throws RangeError when one is none */
export function checkProof(proof: unknown, keys: readonly VerifierKey[]): Verdict {
  const verifiers = keys.map(verifierOf);
  const { format } = Object(proof) as { format?: unknown };
  const path = hashesIn((proof as { path?: unknown })?.path);
  if (!path) return no('it has no path of hashes');
  if (format === 'sanad-inclusion-1') {
    const { event, leafIndex, head } = proof as InclusionProof;
    const checkpoint = typeof head === 'string' ? checkpointIn(head) : undefined;
    if (!checkpoint) return no('it holds no head');
    if (!isSigned(head, verifiers)) return no('the head is not signed by this key');
    if (!includes(checkpoint.root, checkpoint.size, leafIndex, leafHash(Buffer.from(canonicalJson(event))), path)) {
      return no('the event is not in the trail that the head was signed over');
    }
    return {
      holds: true,
      says: `The event ${event['id']} is number ${leafIndex + 1} of the ${checkpoint.size} in the trail of ${checkpoint.origin}.`,
    };
  }
  if (format === 'sanad-consistency-1') {
    const { first, second } = proof as ConsistencyProof;
    const [older, newer] = [first, second].map((head) => (typeof head === 'string' ? checkpointIn(head) : undefined));
    if (!older || !newer) return no('it holds no two heads');
    if (!isSigned(first, verifiers) || !isSigned(second, verifiers)) return no('a head is not signed by this key');
    if (older.origin !== newer.origin) return no('the heads are of two trails');
    if (!isConsistent(older, newer, path)) return no('the later trail does not begin with the earlier one');
    return { holds: true, says: `The ${newer.size} events of ${newer.origin} begin with the ${older.size} that were there before.` };
  }
  return no('it is no proof that this version knows');
}

function hashesIn(path: unknown): Buffer[] | undefined {
  if (!Array.isArray(path)) return undefined;
  const hashes = path.map((step) => Buffer.from(String(step), 'base64'));
  return hashes.every((hash) => hash.length === HASH_BYTES) ? hashes : undefined;
}
