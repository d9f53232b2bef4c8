import { faultsOfKind } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { faultsOfTranches } from './rules.ts';
import { insertTranches } from './store.ts';
import type { NewReintegration } from './types.ts';

/** A ceiling for each person, drawn in tranches as conditions are confirmed. People are entered afterwards. */
export const reintegrationCash: Kind<NewReintegration> = {
  faultsOf: (plan, programme) => {
    const amounts = plan.tranches.flatMap(({ amount }, i) => (amount === undefined ? [] : [[`/tranches/${i}/amount`, amount] as const]));
    return [...faultsOfKind(plan.kind, Object.fromEntries(amounts), programme), ...faultsOfTranches(plan, programme)];
  },
  termsOf: ({ tranches }) => ({ terms: { tranches } }),
  begin: ({ tx }, { id, terms }) => insertTranches(tx, id, (terms as Pick<NewReintegration, 'tranches'>).tranches),
};
