import { type CommandContext, command, type Db, problem } from '../../platform/index.ts';
import { book, bookReason, reportReason } from '../booking.ts';
import { offlineProblem } from '../problems.ts';
import { isAcceptable, readEntry } from '../rules.ts';
import { closeConflict, conflictById, type DisputedEntry, lockConflict, takeConflict } from '../store/conflicts.ts';
import { lockPack, type OpenPack } from '../store/entries.ts';
import { type Reported, reported } from '../store/vouchers.ts';
import type { OfflineConflict, OfflineReason, OfflineResolution } from '../types.ts';
import { say } from '../words.ts';

const scopeOf = async (db: Db, { conflictId }: { conflictId: string }) => {
  const { programmeId, officeId } = await conflictById(db, conflictId);
  return { programme: programmeId, office: officeId };
};

const notPayable = (reason: OfflineReason) => offlineProblem.conflict_not_payable(say('conflict_for_reason', { reason }), { reason });

/** What the device could not hear of when it paid: finance may accept it all the same, as far as the books take it. */
const notOnDevice: readonly OfflineReason[] = ['consent_withdrawn', 'not_a_collector'];

const closed = () => problem.conflict(say('conflict_closed'));

/** Takes a conflict on. @throws not_found; conflict when it is closed; separation_of_duties to who paid, prepared, or had a hand in the list */
export const takeOn = command<{ conflictId: string }, OfflineConflict>({
  name: 'offline.take_conflict',
  scope: scopeOf,
  async run({ tx, actor }, { conflictId }) {
    const before = await conflictById(tx, conflictId);
    if (!(await takeConflict(tx, conflictId, actor.id))) throw closed();
    const after = await conflictById(tx, conflictId);
    return { result: after, subject: { type: 'offline_conflict', id: conflictId }, before, after };
  },
});

/**
 * Decides what a device reported. What is accepted is booked as it was reported; nothing else is.
 * @throws not_found; conflict when it is closed; conflict_not_payable when it is not as the books have it, or they do not take it; separation_of_duties as {@link takeOn}
 */
export const resolveConflict = command<{ conflictId: string; resolution: OfflineResolution; note: string }, OfflineConflict>({
  name: 'offline.resolve_conflict',
  scope: scopeOf,
  async run(context, { conflictId, resolution, note }) {
    const { tx, actor, now } = context;
    const before = await conflictById(tx, conflictId);
    // In the order in which a report locks them.
    const pack = await lockPack(tx, before.packId);
    const disputed = await lockConflict(tx, conflictId);
    if (disputed?.state !== 'open') throw closed();
    const accepted = resolution === 'accepted' ? await accept(context, before, pack, disputed) : undefined;
    await closeConflict(tx, conflictId, { resolution, note, by: actor.id, at: now });
    const after = await conflictById(tx, conflictId);
    return {
      result: after,
      subject: { type: 'offline_conflict', id: conflictId },
      before,
      after,
      reason: `${resolution}: ${note}`,
      ...(accepted
        ? { others: [{ subject: { type: 'voucher', id: accepted.id }, before: { state: accepted.state }, after: { state: 'redeemed' } }] }
        : {}),
    };
  },
});

/** @returns the voucher that is booked as paid, as it was before */
async function accept(
  context: CommandContext,
  { packId, reason: disputedFor }: OfflineConflict,
  pack: OpenPack,
  { entryId, payload, isGenuine, isProven }: DisputedEntry,
): Promise<Pick<Reported, 'id' | 'state'>> {
  if (!isAcceptable(disputedFor)) throw notPayable(disputedFor);
  const entry = isGenuine ? readEntry(payload) : undefined;
  if (entry?.kind !== 'payout' || entry.packId !== packId || entry.deviceId !== pack.deviceId)
    throw offlineProblem.conflict_not_payable(say('conflict_no_payout'));
  const { tx } = context;
  const at = new Date(entry.at);
  const voucher = await reported(tx, packId, pack.agentId, entry, at);
  if (!voucher) throw offlineProblem.conflict_not_payable(say('conflict_no_voucher'));
  // What it is in conflict for may not be all that is wrong with it.
  const reason = reportReason(voucher, entry, isProven) ?? (await bookReason(tx, voucher, entry, at));
  if (reason && !notOnDevice.includes(reason)) throw notPayable(reason);
  if (!(await book(context, pack, voucher, entry, { entryId, inChain: false })))
    throw offlineProblem.conflict_not_payable(say('conflict_not_payable'));
  return voucher;
}
