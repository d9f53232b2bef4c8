import type { Ground, Routes } from '../../platform/index.ts';
import { topUpByRule, topUpPeople } from './commands.ts';
import { previewTopUps } from './queries.ts';
import type { AssistedPorts } from './types.ts';

export const topUpRoutes = ({ db, execute }: Ground, ports: AssistedPorts): Routes<'topUpPeople' | 'previewTopUps' | 'topUpByRule'> => ({
  topUpPeople: ({ params, body, ...call }) => execute(topUpPeople, { ...params, ...body }, call),
  topUpByRule: ({ params, body, ...call }) => execute(topUpByRule(ports), { ...params, rule: body }, call),
  previewTopUps: ({ actor, params, body }) => previewTopUps(db, actor, params.planId, body, ports),
});
