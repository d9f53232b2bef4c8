import { countFailure } from '../cashout/index.ts';
import { type CommandContext, Money } from '../platform/index.ts';
import { book, bookReason, reportReason } from './booking.ts';
import type { Entry, PayoutEntry } from './device/entry.ts';
import { clockReason, countedAt, placeOf, readEntry, stateReason } from './rules.ts';
import { openConflict } from './store/conflicts.ts';
import { revokedSince } from './store/devices.ts';
import { cashOut, type KeptEntry, markEntry, type OpenPack, waitingEntries } from './store/entries.ts';
import { type Reported, reported } from './store/vouchers.ts';
import type { OfflineReason } from './types.ts';

/** A voucher that was paid by what a device reported. */
export interface Booked {
  readonly voucher: Reported;
  readonly payoutId: string;
}

/** How far a pack's chain has come, and what was booked on the way. */
export interface TakenIn {
  readonly pack: OpenPack;
  readonly booked: readonly Booked[];
}

/**
 * Goes through everything of a pack that waits, in the order of its chain: books what can be booked, makes a conflict of what cannot, and leaves what
 * came before one that is missing. Whoever calls this has locked the pack.
 * @param isOver whether nothing more is waited for
 */
export async function takeIn(context: CommandContext, start: OpenPack, isOver: boolean): Promise<TakenIn> {
  const { tx, now } = context;
  const revokedAt = await revokedSince(tx, start.deviceId);
  const booked: Booked[] = [];
  let pack = start;
  const dispute = async (kept: KeptEntry, reason: OfflineReason, inChain = false) => {
    await markEntry(tx, kept.id, { state: 'conflict', inChain });
    await openConflict(tx, pack, kept, reason, now);
  };
  for (const kept of await waitingEntries(tx, pack.id)) {
    const entry = readEntry(kept.payload);
    const why = faultOf(kept, entry, pack);
    if (!entry || why) {
      await dispute(kept, why ?? 'unreadable');
      continue;
    }
    const place = placeOf(pack, entry);
    if (place === 'later' && !isOver) continue;
    if (place !== 'next') {
      await dispute(kept, place === 'later' ? 'gap' : place);
      continue;
    }
    const at = new Date(entry.at);
    if (entry.kind === 'payout') {
      const judged = pack.isFinished ? 'after_close' : clockReason(pack, entry, at, now, revokedAt);
      const done = judged ?? (await pay(context, pack, kept, entry));
      if (typeof done === 'string') await dispute(kept, done, true);
      else booked.push(done);
    } else {
      await markEntry(tx, kept.id, { state: 'noted', inChain: true });
      if (entry.kind === 'wrong_code') await countWrongCode(context, pack, kept, at);
    }
    pack = {
      ...pack,
      headSequence: entry.sequence,
      headHash: kept.hash,
      lastEntryAt: pack.lastEntryAt && pack.lastEntryAt > at ? pack.lastEntryAt : at,
      isFinished: pack.isFinished || entry.kind === 'close',
    };
  }
  return { pack, booked };
}

function faultOf({ isGenuine }: KeptEntry, entry: Entry | undefined, { id, deviceId, state }: OpenPack): OfflineReason | undefined {
  if (!isGenuine) return 'bad_signature';
  if (!entry) return 'unreadable';
  return entry.packId === id && entry.deviceId === deviceId ? stateReason(state) : 'other_pack';
}

/** Pays one, or says why not. */
async function pay(context: CommandContext, pack: OpenPack, kept: KeptEntry, entry: PayoutEntry): Promise<Booked | OfflineReason> {
  const { tx } = context;
  const at = new Date(entry.at);
  const voucher = await reported(tx, pack.id, pack.agentId, entry, at);
  if (!voucher) return 'not_in_pack';
  const reason = reportReason(voucher, entry, kept.isProven) ?? (await bookReason(tx, voucher, entry, at));
  if (reason) return reason;
  const out = Money.of(await cashOut(tx, pack.id), pack.currency).plus(Money.of(voucher.amount, voucher.currency));
  if (out.compare(Money.of(pack.cashLimit, pack.currency)) > 0) return 'over_cap';
  const payoutId = await book(context, pack, voucher, entry, { entryId: kept.id, inChain: true });
  return payoutId === undefined ? 'refused' : { voucher, payoutId };
}

/** A wrong code on a device counts as one at a counter does, when it was tried. */
async function countWrongCode({ tx, now }: CommandContext, pack: OpenPack, { voucherId }: KeptEntry, at: Date): Promise<void> {
  const { agentId, officeId } = pack;
  await countFailure(tx, countedAt(pack, at, now), { agentId, officeId, tried: voucherId === null ? [] : [voucherId] });
}
