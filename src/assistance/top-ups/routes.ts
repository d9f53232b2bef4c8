import type { Ground, Language, Routes } from '../../platform/index.ts';
import { inWords } from '../people/rules.ts';
import { topUpByRule, topUpPeople } from './commands.ts';
import { previewTopUps } from './queries.ts';
import type { AssistedPorts, TopUpTotals } from './types.ts';

const said = (totals: TopUpTotals, language: Language) => ({ ...totals, leftOut: inWords(totals.leftOut, language) });

export const topUpRoutes = ({ db, execute }: Ground, ports: AssistedPorts): Routes<'topUpPeople' | 'previewTopUps' | 'topUpByRule'> => ({
  async topUpPeople({ params, body, ...call }) {
    const { made, refused } = await execute(topUpPeople, { ...params, ...body }, call);
    return { made, refused: inWords(refused, call.language) };
  },
  topUpByRule: async ({ params, body, ...call }) => said(await execute(topUpByRule(ports), { ...params, rule: body }, call), call.language),
  previewTopUps: async ({ actor, params, body, language }) => said(await previewTopUps(db, actor, params.planId, body, ports), language),
});
