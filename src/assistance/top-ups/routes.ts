import { authoriseRead } from '../../access/index.ts';
import type { Ground, Routes } from '../../platform/index.ts';
import { planScope } from '../queries.ts';
import { countByRule, topUpByRule, topUpPeople } from './commands.ts';
import type { AssistedPorts } from './types.ts';

export const topUpRoutes = ({ db, execute }: Ground, ports: AssistedPorts): Routes<'topUpPeople' | 'previewTopUps' | 'topUpByRule'> => ({
  topUpPeople: ({ params, body, ...call }) => execute(topUpPeople(ports), { ...params, ...body }, call),
  topUpByRule: ({ params, body, ...call }) => execute(topUpByRule(ports), { ...params, rule: body }, call),
  async previewTopUps({ actor, params, body }) {
    authoriseRead(actor, 'assistance.read');
    authoriseRead(actor, 'assistance.read', await planScope(db, params));
    return countByRule(db, params.planId, body, ports);
  },
});
