import { emergencyCash } from './emergency/kind.ts';
import { oneTimeGrant } from './grants/kind.ts';
import type { Kind } from './kind.ts';
import { stipend } from './schedule/kind.ts';
import { topUps } from './top-ups/kind.ts';
import { reintegrationCash } from './tranches/kind.ts';
import type { NewPlans, PlanKind } from './types.ts';
import { cashForWork } from './work/kind.ts';

/** Every kind of assistance that can be planned. */
const kinds: { readonly [K in PlanKind]: Kind<NewPlans[K]> } = {
  one_time_grant: oneTimeGrant,
  stipend,
  reintegration_cash: reintegrationCash,
  top_up: topUps,
  emergency_cash: emergencyCash,
  cash_for_work: cashForWork,
};

/** The kind of a plan. */
export const kindOf = <K extends PlanKind>({ kind }: { readonly kind: K }): Kind<NewPlans[K]> => kinds[kind];
