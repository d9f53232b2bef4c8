import { command } from '../../platform/index.ts';
import { markLossReported, markLost, packById, scopeOfPack } from '../store/packs.ts';
import type { OfflinePack } from '../types.ts';
import { inOtherState } from './hand-out.ts';

/** Reports that the device of a pack is lost. Nothing changes before somebody else confirms it. @throws not_found; pack_in_other_state */
export const reportLoss = command<{ packId: string; reason: string }, OfflinePack>({
  name: 'offline.report_loss',
  scope: (db, { packId }) => scopeOfPack(db, packId),
  async run({ tx, actor, now }, { packId, reason }) {
    const before = await packById(tx, packId);
    if (!(await markLossReported(tx, packId, actor.id, now, reason))) throw inOtherState(before);
    const after = await packById(tx, packId);
    return { result: after, subject: { type: 'offline_pack', id: packId }, before, after, reason };
  },
});

/**
 * Confirms it. What the device reports from then on is for finance to decide, and its vouchers stay bound until the grace is over.
 * @throws not_found; pack_in_other_state when it is not out or nobody has reported it; separation_of_duties to who did
 */
export const confirmLoss = command<{ packId: string }, OfflinePack>({
  name: 'offline.confirm_loss',
  scope: (db, { packId }) => scopeOfPack(db, packId),
  async run({ tx, actor, now }, { packId }) {
    const before = await packById(tx, packId);
    if (!(await markLost(tx, packId, actor.id, now))) throw inOtherState(before);
    const after = await packById(tx, packId);
    return { result: after, subject: { type: 'offline_pack', id: packId }, before, after, reason: before.lossReason ?? undefined };
  },
});
