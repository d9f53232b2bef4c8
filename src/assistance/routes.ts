import type { Ground, Routes } from '../platform/index.ts';
import { createPlan } from './commands.ts';
import { emergencyRoutes } from './emergency/routes.ts';
import { changeEntitlement, entitlePeople } from './entitlements/commands.ts';
import { listEntitlements, listInstalments, listNotOwed, readEntitlement } from './entitlements/queries.ts';
import { readForecast } from './forecast/queries.ts';
import { listPlans, readPlan } from './queries.ts';
import { startRun } from './runs/commands.ts';
import { listRuns } from './runs/queries.ts';
import { topUpRoutes } from './top-ups/routes.ts';
import type { AssistedPorts } from './top-ups/types.ts';
import { trancheRoutes } from './tranches/routes.ts';
import { workRoutes } from './work/routes.ts';

type Planning =
  | 'createPlan'
  | 'listPlans'
  | 'getPlan'
  | 'getPlanForecast'
  | 'entitlePeople'
  | 'listEntitlements'
  | 'startPlanRun'
  | 'listPlanRuns'
  | 'getEntitlement'
  | 'changeEntitlement'
  | 'listEntitlementInstalments'
  | 'listPeriodsNotOwed';

export const assistanceRoutes = (ground: Ground, ports: AssistedPorts) => ({
  ...planRoutes(ground),
  ...trancheRoutes(ground),
  ...topUpRoutes(ground, ports),
  ...emergencyRoutes(ground),
  ...workRoutes(ground),
});

const planRoutes = ({ db, execute, clock }: Ground): Routes<Planning> => ({
  createPlan: ({ params, body, ...call }) => execute(createPlan, { programmeId: params.programmeId, plan: body }, call),
  listPlans: ({ actor, params, query }) => listPlans(db, actor, params.programmeId, query),
  getPlan: ({ actor, params }) => readPlan(db, actor, params.planId),
  getPlanForecast: ({ actor, params }) => readForecast(db, actor, params.planId, clock.now()),
  entitlePeople: ({ params, body, ...call }) => execute(entitlePeople, { ...params, ...body }, call),
  listEntitlements: ({ actor, params, query }) => listEntitlements(db, actor, params.planId, query),
  startPlanRun: ({ params, body, ...call }) => execute(startRun, { planId: params.planId, run: body }, call),
  listPlanRuns: ({ actor, params, query }) => listRuns(db, actor, params.planId, query),
  getEntitlement: ({ actor, params }) => readEntitlement(db, actor, params.entitlementId, clock.now()),
  changeEntitlement: ({ params, body, ...call }) => execute(changeEntitlement, { ...params, ...body }, call),
  listEntitlementInstalments: ({ actor, params, query }) => listInstalments(db, actor, params.entitlementId, query),
  listPeriodsNotOwed: ({ actor, params, query }) => listNotOwed(db, actor, params.entitlementId, query),
});
