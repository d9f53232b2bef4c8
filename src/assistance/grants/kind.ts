import { faultsOfPayments } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { beginScheduled } from '../schedule/begin.ts';
import { say } from '../words.ts';
import type { NewGrant } from './types.ts';

/** A sum that everybody enrolled whom the scorecard found eligible, and everybody named, is owed once. */
export const oneTimeGrant: Kind<NewGrant> = {
  faultsOf: (plan, programme) => [
    ...faultsOfPayments(plan, programme),
    ...(plan.dueOn < programme.startsOn || plan.dueOn > programme.endsOn
      ? [{ pointer: '/dueOn', detail: say('programme_runs', programme) }]
      : []),
  ],
  termsOf: ({ amountRule, dueOn, scorecardId }) => ({ amountRule, dueOn, ...(scorecardId ? { scorecardId } : {}) }),
  begin: beginScheduled,
};
