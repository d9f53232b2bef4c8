import { documentDiffers, documentOfAlternate, documentsOfCollector, earlierPayout, pay, voucherRefusal } from '../cashout/index.ts';
import { posting } from '../ledger/index.ts';
import { brokenConstraint, type CommandContext, dateIn, Money, newId, sql, type Tx } from '../platform/index.ts';
import type { PayoutEntry } from './device/entry.ts';
import { markEntry, type OpenPack } from './store/entries.ts';
import type { Reported } from './store/vouchers.ts';
import type { OfflineReason } from './types.ts';

const told = [
  'already_paid',
  'voucher_cancelled',
  'voucher_expired',
  'voucher_not_active',
  'paid_as_other_record',
  'consent_withdrawn',
] as const satisfies readonly OfflineReason[];

/**
 * Why the books would not take a pay-out, as a counter would see it at the time when it was made; undefined when they would. That a voucher was locked
 * meanwhile the device could not hear: whoever was paid is not to blame for who guessed elsewhere.
 */
export async function bookReason(
  tx: Tx,
  voucher: Reported,
  { alternateId }: Pick<PayoutEntry, 'alternateId'>,
  at: Date,
): Promise<OfflineReason | undefined> {
  const earlier = voucher.state === 'redeemed' ? await earlierPayout(tx, voucher.id) : undefined;
  const state = voucher.state === 'locked' ? 'activated' : voucher.state;
  const refusal = voucherRefusal({ ...voucher, state, boundTo: null }, earlier, at);
  if (refusal) return told.find((code) => code === refusal.code) ?? 'refused';
  if (voucher.isHandInList) return 'hand_in_list';
  if (alternateId === undefined) return undefined;
  const { doesAlternateStand, alternateUntil, timeZone } = voucher;
  return doesAlternateStand && alternateUntil !== null && alternateUntil >= dateIn(timeZone, at) ? undefined : 'not_a_collector';
}

/** What a pay-out says otherwise than the books, or does not show; undefined when it can be booked as it was reported. */
export function reportReason(
  voucher: Pick<Reported, 'amount' | 'currency' | 'collectorId'>,
  { amount: told, collectorId }: Pick<PayoutEntry, 'amount' | 'collectorId'>,
  isProven: boolean,
): OfflineReason | undefined {
  const { amount, currency } = Money.of(voucher.amount, voucher.currency).toJSON();
  if (amount !== told.amount || currency !== told.currency || voucher.collectorId !== collectorId) return 'wrong_amount';
  return isProven ? undefined : 'code_unproven';
}

/**
 * Books a pay-out that a device reported, by the statement that books one at a counter, with the time at which the cash was handed over.
 * @param inChain whether the entry stands in the chain of its pack
 * @returns the pay-out, or undefined when the database refused it, in which case nothing of it is left
 */
export async function book(
  { tx, now, keyRing }: CommandContext,
  pack: Pick<OpenPack, 'officeId' | 'agentId' | 'deviceId'>,
  voucher: Reported,
  entry: PayoutEntry,
  { entryId, inChain }: { readonly entryId: string; readonly inChain: boolean },
): Promise<string | undefined> {
  const { officeId, agentId, deviceId } = pack;
  const { programmeId, fundId, timeZone } = voucher;
  const [id, at] = [newId(), new Date(entry.at)];
  const { documentType, documentLastFour } = entry;
  const paidOn = dateIn(timeZone, at);
  const { alternateId = null } = entry;
  const known =
    alternateId === null
      ? documentsOfCollector(keyRing, voucher)
      : [documentOfAlternate(keyRing, alternateId, voucher, paidOn) ?? []].flat();
  const payout = {
    ...{ id, officeId, advanceId: null, agentId, deviceId, documentType, documentLastFour, paidOn, reportedAt: now, alternateId },
    documentDiffers: documentDiffers(known, documentLastFour),
  };
  const amount = Money.of(voucher.amount, voucher.currency);
  const posted = posting(now, { event: 'payout', programmeId, fundId, officeId, subject: { type: 'payout', id }, amount });
  await tx.run(sql`savepoint booking`);
  try {
    await markEntry(tx, entryId, { state: 'booked', inChain, payoutId: id });
    if (await pay(tx, at, voucher, payout, posted)) return id;
  } catch (error) {
    if (brokenConstraint(error) === undefined) throw error;
  }
  await tx.run(sql`rollback to savepoint booking`);
  return undefined;
}
