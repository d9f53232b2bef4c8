import { faultsOfKind } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { say } from '../words.ts';
import { faultsOfWork } from './rules.ts';
import { insertTerms } from './store.ts';
import type { NewWork } from './types.ts';

/** Days of work at so much a day. Who worked is said by sheets of attendance. */
export const cashForWork: Kind<NewWork> = {
  faultsOf: ({ kind, work, scorecardId }, programme) => [
    ...faultsOfKind(kind, {}, programme),
    ...faultsOfWork(work, programme),
    ...(work.tiers && !scorecardId ? [{ pointer: '/scorecardId', detail: say('work_tiers_without_scorecard') }] : []),
  ],
  termsOf: ({ work, scorecardId }) => ({ terms: { work }, ...(scorecardId ? { scorecardId } : {}) }),
  tiersOf: ({ work }) => (work.tiers ?? []).map((tier, i) => ({ tier, pointer: `/work/tiers/${i}` })),
  async begin({ tx }, { id, currency, terms }) {
    await insertTerms(tx, id, currency, (terms as Pick<NewWork, 'work'>).work);
  },
};
