import { faultsOfPayments } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { say } from '../words.ts';
import { insertTerms } from './store.ts';
import type { EmergencyTerms, NewEmergency } from './types.ts';

/** A sum that people are paid within days of being named. It is for people who are in no other plan of the same purpose, unless it is said why. */
export const emergencyCash: Kind<NewEmergency> = {
  faultsOf: ({ kind, amountRule }, programme) =>
    amountRule.rule === 'by_tier'
      ? [{ pointer: '/amountRule/rule', detail: say('emergency_by_tier') }]
      : faultsOfPayments({ kind, amountRule }, programme),
  termsOf: ({ amountRule, withinDays, namedAmounts = false }) => ({ amountRule, terms: { withinDays, namedAmounts } }),
  async begin({ tx }, { id, terms }) {
    await insertTerms(tx, id, terms as unknown as EmergencyTerms);
  },
};
