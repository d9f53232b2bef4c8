import { faultsOfPayments } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { insertTerms } from './store.ts';
import type { NewEmergency } from './types.ts';

/** A sum that people who are in no plan are paid within days of being named. */
export const emergencyCash: Kind<NewEmergency> = {
  faultsOf: ({ kind, amountRule }, programme) =>
    amountRule.rule === 'by_tier'
      ? [{ pointer: '/amountRule/rule', detail: 'People in no plan are in no tier: say fixed or by_household_size.' }]
      : faultsOfPayments({ kind, amountRule }, programme),
  termsOf: ({ amountRule, withinDays }) => ({ amountRule, terms: { withinDays } }),
  async begin({ tx }, { id, terms }) {
    await insertTerms(tx, id, (terms as Pick<NewEmergency, 'withinDays'>).withinDays);
  },
};
