import { faultsOfPayments } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { insertTerms } from './store.ts';
import type { EmergencyTerms, NewEmergency } from './types.ts';

/** A sum that people are paid within days of being named. Whom it is for: {@link EMERGENCY_IS_FOR}. */
export const emergencyCash: Kind<NewEmergency> = {
  faultsOf: ({ kind, amountRule }, programme) =>
    amountRule.rule === 'by_tier'
      ? [{ pointer: '/amountRule/rule', detail: 'Nobody has been assessed for an emergency: say fixed or by_household_size.' }]
      : faultsOfPayments({ kind, amountRule }, programme),
  termsOf: ({ amountRule, withinDays, namedAmounts = false }) => ({ amountRule, terms: { withinDays, namedAmounts } }),
  async begin({ tx }, { id, terms }) {
    await insertTerms(tx, id, terms as unknown as EmergencyTerms);
  },
};
