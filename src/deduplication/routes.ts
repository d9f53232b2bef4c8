import type { DuplicateCheck } from '../beneficiaries/index.ts';
import { furtherKey, type Ground, type Routes } from '../platform/index.ts';
import { decideDuplicatePairs, type PaidSince, undoMerger } from './commands.ts';
import { listDuplicatePairs, readDuplicatePair } from './queries.ts';

type Operation = 'listDuplicatePairs' | 'getDuplicatePair' | 'decideDuplicatePair' | 'decideDuplicatePairs' | 'undoMerger';

export function deduplicationRoutes({ execute }: Ground, duplicates: DuplicateCheck, paidSince: PaidSince): Routes<Operation> {
  const undo = undoMerger(paidSince);
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
  };
}
