import { type Command, command, newId } from '../../platform/index.ts';
import { examine } from '../arrivals.ts';
import type { SignedEntry } from '../device/entry.ts';
import type { SlowHash } from '../device/verifier.ts';
import { keepArrivals, lockPack, missingSequences, moveHead, whatBecame } from '../store/entries.ts';
import { scopeOfPack } from '../store/packs.ts';
import { takeIn } from '../taking-in.ts';
import type { OfflineSync } from '../types.ts';

/** What a device reports. */
export interface Report {
  readonly packId: string;
  /** How many entries the chain of the device has. */
  readonly length: number;
  readonly entries: readonly SignedEntry[];
}

/**
 * Takes in what a device reports: each good pay-out is booked once, in the order of the chain; what cannot be booked becomes a conflict; what came before
 * one that is missing waits for it.
 * @throws not_found when there is no such pack
 */
export const syncPack = (slowHash: SlowHash): Command<Report, OfflineSync> =>
  command({
    name: 'offline.sync',
    scope: (db, { packId }) => scopeOfPack(db, packId),
    async run(context, { packId, length, entries }) {
      const { tx, actor, now } = context;
      // Before anything is locked: it is slow on purpose.
      const { arrivals, hashes } = await examine(tx, context.keyRing, slowHash, packId, entries);
      const before = await lockPack(tx, packId);
      await keepArrivals(
        tx,
        packId,
        arrivals.map((arrival) => ({ id: newId(), ...arrival })),
        actor.id,
        now,
      );
      const { pack, booked } = await takeIn(context, before, false);
      // Of a pack that has ended nothing more is waited for.
      const declaredLength = pack.state === 'out' ? Math.max(pack.declaredLength, pack.headSequence, length) : pack.declaredLength;
      await moveHead(tx, { ...pack, declaredLength }, now);
      const became = await whatBecame(tx, packId, hashes);
      const result: OfflineSync = {
        packId,
        state: pack.state,
        received: pack.headSequence,
        missing: await missingSequences(tx, packId),
        entries: entries.map(({ signature }, i) => became.get(`${hashes[i]}.${signature}`) ?? { state: 'waiting', reason: null }),
      };
      return {
        result,
        subject: { type: 'offline_pack', id: packId },
        before: { head: before.headHash },
        after: { head: pack.headHash, arrived: arrivals.map(({ hash }) => hash) },
        others: booked.map(({ voucher, payoutId }) => ({
          subject: { type: 'voucher', id: voucher.id },
          scope: { office: pack.officeId, programme: voucher.programmeId, fund: voucher.fundId },
          before: { state: 'activated' },
          after: { state: 'redeemed', payoutId },
        })),
      };
    },
  });
