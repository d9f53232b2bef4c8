import type { Signer } from '../audit/index.ts';
import type { Ground, Routes } from '../platform/index.ts';
import { examine } from './arrivals.ts';
import { resolveConflict, takeOn } from './commands/conflicts.ts';
import { closePack, withdrawPack } from './commands/end-pack.ts';
import { enrolKeys } from './commands/enrol-keys.ts';
import { handOutPack } from './commands/hand-out.ts';
import { setLimits } from './commands/limits.ts';
import { confirmLoss, reportLoss } from './commands/loss.ts';
import { preparePack } from './commands/prepare.ts';
import { authoriseReport, syncPack } from './commands/sync.ts';
import { nodeSlowHash } from './machine/slow-hash.ts';
import { packFile } from './pack-file.ts';
import { listConflicts, listLimits, listPacks, readPack } from './queries.ts';

type Operation =
  | 'setOfflineLimits'
  | 'listOfflineLimits'
  | 'enrolOfflineKeys'
  | 'prepareOfflinePack'
  | 'listOfflinePacks'
  | 'getOfflinePack'
  | 'handOutOfflinePack'
  | 'getOfflinePackFile'
  | 'syncOfflinePack'
  | 'closeOfflinePack'
  | 'withdrawOfflinePack'
  | 'reportOfflineLoss'
  | 'confirmOfflineLoss'
  | 'listOfflineConflicts'
  | 'takeOfflineConflict'
  | 'resolveOfflineConflict';

/**
 * @param workFactor of the packs that are prepared: the base-two logarithm of what one guess at a code costs
 * @param signer signs their files
 */
export function offlineRoutes(
  ground: Ground,
  { workFactor, signer }: { readonly workFactor: number; readonly signer: Signer },
): Routes<Operation> {
  const { db, execute } = ground;
  return {
    setOfflineLimits: ({ params, body, ...call }) => execute(setLimits, { ...params, ...body }, call),
    listOfflineLimits: ({ actor, params, query }) => listLimits(db, actor, params.programmeId, query),
    enrolOfflineKeys: async ({ params, body, ...call }) => ({
      ...(await execute(enrolKeys, { ...params, ...body }, call)),
      packKey: signer.verifierKey,
    }),
    prepareOfflinePack: ({ params, body, ...call }) => execute(preparePack, { ...params, ...body, workFactor }, call),
    listOfflinePacks: ({ actor, params, query }) => listPacks(db, actor, params.programmeId, query),
    getOfflinePack: ({ actor, params }) => readPack(db, actor, params.packId),
    handOutOfflinePack: ({ params, ...call }) => execute(handOutPack, params, call),
    getOfflinePackFile: ({ actor, params }) => packFile(ground, { slowHash: nodeSlowHash, signer }, actor, params.packId),
    syncOfflinePack: async ({ params, body, ...call }) => {
      await authoriseReport(db, call.actor, params.packId);
      const examined = await examine(db, ground.keyRing, nodeSlowHash, params.packId, body.entries);
      return execute(syncPack(examined), { ...params, ...body }, call);
    },
    closeOfflinePack: ({ params, ...call }) => execute(closePack, params, call),
    withdrawOfflinePack: ({ params, ...call }) => execute(withdrawPack, params, call),
    reportOfflineLoss: ({ params, body, ...call }) => execute(reportLoss, { ...params, ...body }, call),
    confirmOfflineLoss: ({ params, ...call }) => execute(confirmLoss, params, call),
    listOfflineConflicts: ({ actor, params, query }) => listConflicts(db, actor, params.programmeId, query),
    takeOfflineConflict: ({ params, ...call }) => execute(takeOn, params, call),
    resolveOfflineConflict: ({ params, body, ...call }) => execute(resolveConflict, { ...params, ...body }, call),
  };
}
