import { faultsOfKind } from '../amounts.ts';
import type { Kind } from '../kind.ts';
import { faultsOfTopUp } from './rules.ts';
import { insertTerms } from './store.ts';
import type { NewTopUps } from './types.ts';

/** Something added to what people were paid, for a reason. */
export const topUps: Kind<NewTopUps> = {
  faultsOf: ({ kind, topUp }, programme) => [
    ...faultsOfKind(kind, topUp.amount === undefined ? {} : { '/topUp/amount': topUp.amount }, programme),
    ...faultsOfTopUp(topUp, programme),
  ],
  termsOf: ({ topUp }) => ({ terms: { topUp } }),
  async begin({ tx }, { id, currency, terms }) {
    await insertTerms(tx, id, currency, (terms as Pick<NewTopUps, 'topUp'>).topUp);
  },
};
