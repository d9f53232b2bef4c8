import { separationOfDuties } from '../../access/index.ts';
import { type CommandContext, command, type Outcome } from '../../platform/index.ts';
import { offlineProblem } from '../problems.ts';
import { lockPack, moveHead } from '../store/entries.ts';
import { markEnded, packById, scopeOfPack } from '../store/packs.ts';
import { takeIn } from '../taking-in.ts';
import type { OfflinePack } from '../types.ts';
import { say } from '../words.ts';
import { inOtherState } from './hand-out.ts';

interface Which {
  readonly packId: string;
}

/**
 * Closes a pack whose device has ended its chain, all of which is here. What was not paid pays anywhere again, but for what finance has not decided.
 * @throws not_found; pack_in_other_state; pack_not_whole; separation_of_duties to the agent
 */
export const closePack = command<Which, OfflinePack>({
  name: 'offline.close',
  scope: (db, { packId }) => scopeOfPack(db, packId),
  async run(context, { packId }) {
    const before = await packById(context.tx, packId);
    if (before.state !== 'out') throw inOtherState(before);
    if (before.agentId === context.actor.id) throw separationOfDuties('offline_packs_closed_by_another');
    if (!before.isFinished)
      throw offlineProblem.pack_not_whole(say('pack_not_whole'), {
        received: before.received,
        length: before.length,
      });
    return end(context, before, 'closed');
  },
});

/** Takes a pack back that has not gone out. @throws not_found; pack_in_other_state */
export const withdrawPack = command<Which, OfflinePack>({
  name: 'offline.withdraw',
  scope: (db, { packId }) => scopeOfPack(db, packId),
  async run(context, { packId }) {
    const before = await packById(context.tx, packId);
    if (before.state !== 'prepared') throw inOtherState(before);
    return end(context, before, 'withdrawn');
  },
});

/** Ends a pack whose grace is over: what has come of it is decided, and its vouchers are free. */
export const endPack = command<Which, OfflinePack>({
  name: 'offline.end_pack',
  scope: (db, { packId }) => scopeOfPack(db, packId),
  run: async (context, { packId }) => end(context, await packById(context.tx, packId), 'over'),
});

async function end(context: CommandContext, before: OfflinePack, state: 'closed' | 'withdrawn' | 'over'): Promise<Outcome<OfflinePack>> {
  const { tx, actor, now } = context;
  const locked = await lockPack(tx, before.id);
  if (locked.state !== before.state) throw inOtherState(locked);
  const { pack } = await takeIn(context, locked, true);
  await moveHead(tx, pack, locked.syncedAt);
  if (!(await markEnded(tx, before.id, [before.state], state, actor.id, now))) throw inOtherState(before);
  const after = await packById(tx, before.id);
  return { result: after, subject: { type: 'offline_pack', id: before.id }, before, after };
}
