import type { Ground, Routes } from '../platform/index.ts';
import { createPlan } from './commands.ts';
import { listPlans, readPlan } from './queries.ts';

export const assistanceRoutes = ({ db, execute }: Ground): Routes<'createPlan' | 'listPlans' | 'getPlan'> => ({
  createPlan: ({ params, body, ...call }) => execute(createPlan, { programmeId: params.programmeId, plan: body }, call),
  listPlans: ({ actor, params, query }) => listPlans(db, actor, params.programmeId, query),
  getPlan: ({ actor, params }) => readPlan(db, actor, params.planId),
});
