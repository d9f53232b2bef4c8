import type { DuplicateCheck } from '../beneficiaries/index.ts';
import { furtherKey, type Ground, type Routes } from '../platform/index.ts';
import { decideDuplicatePairs, type PaidSince, undoMerger } from './commands.ts';
import { compareModel, estimateModel, useModel } from './model-commands.ts';
import { listModels, readModel } from './model-queries.ts';
import { Profiles } from './profiles.ts';
import { listDuplicatePairs, readDuplicatePair } from './queries.ts';

type Operation =
  | 'listDuplicatePairs'
  | 'getDuplicatePair'
  | 'decideDuplicatePair'
  | 'decideDuplicatePairs'
  | 'undoMerger'
  | 'listMatchingModels'
  | 'getMatchingModel'
  | 'estimateMatchingModel'
  | 'compareMatchingModel'
  | 'useMatchingModel';

export function deduplicationRoutes({ db, execute, keyRing }: Ground, duplicates: DuplicateCheck, paidSince: PaidSince): Routes<Operation> {
  const undo = undoMerger(paidSince);
  const profiles = new Profiles(keyRing);
  const estimate = estimateModel(profiles);
  const compare = compareModel(profiles);
  return {
    listDuplicatePairs: ({ params, query, ...call }) => execute(listDuplicatePairs, { ...params, query }, call),
    getDuplicatePair: ({ params, query, ...call }) => execute(readDuplicatePair, { ...params, ...query }, call),
    async decideDuplicatePair({ params, query, body: { decision, reason, ...read }, ...call }) {
      await execute(decideDuplicatePairs, { pairs: [{ ...params, ...read }], decision, reason }, call);
      await duplicates.compare([params.firstId, params.secondId]);
      return execute(readDuplicatePair, { ...params, ...query }, { ...call, idempotencyKey: furtherKey(call.idempotencyKey, 'read') });
    },
    async decideDuplicatePairs({ params, body, ...call }) {
      const decided = await execute(decideDuplicatePairs, { ...params, ...body }, call);
      await duplicates.compare(body.pairs.flatMap(({ firstId, secondId }) => [firstId, secondId]));
      return decided;
    },
    async undoMerger({ params, query, body, ...call }) {
      const pair = await execute(undo, { ...params, ...body }, call);
      await duplicates.compare([pair.firstId, pair.secondId]);
      return execute(readDuplicatePair, { ...pair, ...query }, { ...call, idempotencyKey: furtherKey(call.idempotencyKey, 'read') });
    },
    listMatchingModels: ({ actor, params }) => listModels(db, actor, params.programmeId),
    getMatchingModel: ({ actor, params }) => readModel(db, actor, params.programmeId, params.version),
    estimateMatchingModel: ({ params, ...call }) => execute(estimate, params, call),
    compareMatchingModel: ({ params, ...call }) => execute(compare, params, call),
    useMatchingModel: ({ params, ...call }) => execute(useModel, params, call),
  };
}
