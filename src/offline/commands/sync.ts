import { authoriseRead } from '../../access/index.ts';
import { type Actor, type Command, command, type Db, newId, type Problem, type Scope } from '../../platform/index.ts';
import type { Examined } from '../arrivals.ts';
import type { SignedEntry } from '../device/entry.ts';
import { offlineProblem } from '../problems.ts';
import { findOpenPack, keepArrivals, lockPack, missingSequences, moveHead, unsignedCount, whatBecame } from '../store/entries.ts';
import { scopeOfPack } from '../store/packs.ts';
import { takeIn } from '../taking-in.ts';
import type { OfflineSync } from '../types.ts';
import { say } from '../words.ts';

/** What a device reports. */
export interface Report {
  readonly packId: string;
  /** How many entries the chain of the device has. */
  readonly length: number;
  readonly entries: readonly SignedEntry[];
}

/**
 * Refuses a report of anybody but the agent whose pack it is, or a supervisor of the office.
 * @returns where the pack lies
 * @throws forbidden; not_found
 */
export async function authoriseReport(db: Db, actor: Actor, packId: string): Promise<Scope> {
  authoriseRead(actor, 'offline.sync');
  const scope = await scopeOfPack(db, packId);
  authoriseRead(actor, 'offline.sync', scope, (await findOpenPack(db, packId)).agentId);
  return scope;
}

/** How much is kept of a pack that its device did not sign: enough to see what became of it on the way. */
const UNSIGNED_KEPT = 50;

/**
 * Takes in what a device reports: each good pay-out is booked once, in the order of the chain; what cannot be booked becomes a conflict; what came before
 * one that is missing waits for it.
 * @param examined what was found of the report before; it is no part of the input, so that a request that is repeated stays the same
 * @throws not_found when there is no such pack; too_much_unsigned
 */
export const syncPack = ({ arrivals, hashes }: Examined): Command<Report, OfflineSync> =>
  command({
    name: 'offline.sync',
    // Whose pack it is counts beside where it lies.
    scope: () => undefined,
    async run(context, { packId, length, entries }) {
      const { tx, actor, now } = context;
      const scope = await authoriseReport(tx, actor, packId);
      const before = await lockPack(tx, packId);
      await keepArrivals(
        tx,
        packId,
        arrivals.map((arrival) => ({ id: newId(), ...arrival })),
        actor.id,
        now,
      );
      const unsigned = arrivals.filter(({ isGenuine }) => !isGenuine);
      if (unsigned.length > 0 && (await unsignedCount(tx, packId)) > UNSIGNED_KEPT)
        throw tooMuchUnsigned(entries, new Set(unsigned.map(({ hash, signature }) => `${hash}.${signature}`)), hashes);
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
        scope,
        before: { head: before.headHash },
        after: { head: pack.headHash, arrived: arrivals.map(({ hash }) => hash) },
        others: booked.map(({ voucher, payoutId }) => ({
          subject: { type: 'voucher', id: voucher.id },
          scope: { office: pack.officeId, programme: voucher.programmeId, fund: voucher.fundId },
          before: { state: voucher.state },
          after: { state: 'redeemed', payoutId },
        })),
      };
    },
  });

const tooMuchUnsigned = (entries: readonly SignedEntry[], unsigned: ReadonlySet<string>, hashes: readonly string[]): Problem =>
  offlineProblem.too_much_unsigned(
    say('too_much_unsigned', { kept: UNSIGNED_KEPT }),
    { kept: UNSIGNED_KEPT },
    entries.flatMap(({ signature }, i) =>
      unsigned.has(`${hashes[i]}.${signature}`) ? [{ pointer: `/entries/${i}`, detail: say('entry_unsigned') }] : [],
    ),
  );
