import type { Db, KeyRing } from '../platform/index.ts';
import { codeOf } from '../vouchers/index.ts';
import { equalTexts } from './device/bytes.ts';
import { type Entry, hashOf, type PayoutEntry, provenWords, type SignedEntry } from './device/entry.ts';
import { isSignedBy } from './device/keys.ts';
import { proofOf, type SlowHash, saltOf, stretch } from './device/verifier.ts';
import { readEntry } from './rules.ts';
import { signersOf } from './store/devices.ts';
import { type Arrival, findOpenPack, whatBecame } from './store/entries.ts';
import { codeSources } from './store/vouchers.ts';
import { twoAtATime } from './two-at-a-time.ts';

/** What a device sent, looked at. */
export interface Examined {
  /** What was new of it when it was looked at. */
  readonly arrivals: readonly Arrival[];
  /** The hash of each that was sent. */
  readonly hashes: readonly string[];
}

/**
 * Looks at what a device sent: whether the device signed it, what it says, and whether whoever wrote a pay-out knew the code. It is done before anything
 * is locked and before a transaction begins, because a proof is slow on purpose; what is here already is not looked at again.
 * @throws not_found when there is no such pack
 */
export async function examine(
  db: Db,
  keyRing: KeyRing,
  slowHash: SlowHash,
  packId: string,
  sent: readonly SignedEntry[],
): Promise<Examined> {
  const { deviceId, signingVersion, workFactor } = await findOpenPack(db, packId);
  const keys = await signersOf(db, deviceId, signingVersion ?? 1);
  const hashes = await Promise.all(sent.map(hashOf));
  const known = await whatBecame(db, packId, hashes);
  const arrivals: { arrival: Arrival; entry: Entry | undefined }[] = [];
  for (const [i, { payload, signature }] of sent.entries()) {
    const hash = hashes[i] ?? '';
    if (known.has(`${hash}.${signature}`)) continue;
    const isGenuine = await isSignedBy(keys, payload, signature);
    const read = isGenuine ? readEntry(payload) : undefined;
    const entry = read?.packId === packId && read.deviceId === deviceId ? read : undefined;
    const { sequence = null, kind = null } = entry ?? {};
    const serial = entry && 'serial' in entry ? entry.serial : null;
    arrivals.push({ arrival: { payload, signature, hash, isGenuine, isProven: false, sequence, serial, kind }, entry });
  }
  const payouts = arrivals.flatMap(({ entry }) => (entry?.kind === 'payout' ? [entry] : []));
  const proven = await provenAmong(db, keyRing, slowHash, packId, workFactor, payouts);
  return { arrivals: arrivals.map(({ arrival, entry }) => ({ ...arrival, isProven: entry !== undefined && proven.has(entry) })), hashes };
}

async function provenAmong(
  db: Db,
  keyRing: KeyRing,
  slowHash: SlowHash,
  packId: string,
  workFactor: number,
  payouts: readonly PayoutEntry[],
): Promise<ReadonlySet<Entry>> {
  const sources = new Map(
    (
      await codeSources(
        db,
        packId,
        payouts.map(({ serial }) => serial),
      )
    ).map((source) => [source.serial, source]),
  );
  const proven = new Set<Entry>();
  await twoAtATime(payouts, async (entry) => {
    const source = sources.get(entry.serial);
    if (!source || !keyRing.has(source.keyVersion)) return;
    const stretched = await stretch(slowHash, codeOf(keyRing, source), saltOf(packId, entry.serial), workFactor);
    if (equalTexts(await proofOf(stretched, provenWords(entry)), entry.proof)) proven.add(entry);
  });
  return proven;
}
