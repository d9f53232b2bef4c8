import { headOf, type ViewFrame } from '../frame.ts';
import type { View } from '../types.ts';
import { budgetOf } from './rules.ts';
import { fundsOf, movesOf, needsOf } from './store.ts';
import type { BudgetRow, RunsDry } from './types.ts';

/** What a view of the budget says beside its rows. */
export interface Budget extends View<BudgetRow> {
  /** When it was last worked out what plans will want; null for never. */
  readonly forecastAsOf: string | null;
  readonly runsDry: RunsDry[];
}

/** What funds held and spent month by month, what plans will want of them, and when they run dry. */
export async function budget(frame: ViewFrame, { fundId }: { fundId?: string }): Promise<Budget> {
  const { db, programmeId, today, currency } = frame;
  // Who looks at one fund still sees what is left for it after those that are drawn on before.
  const all = await fundsOf(db, programmeId, undefined);
  const [moves, needs] = await Promise.all([movesOf(frame, all), needsOf(db, programmeId)]);
  const { rows, runsDry } = budgetOf(all, moves, needs, today.slice(0, 7), currency);
  const isShown = (row: { readonly fundId: string | null }) => fundId === undefined || row.fundId === fundId;
  return {
    ...headOf(frame),
    forecastAsOf: needs[0]?.at.toISOString() ?? null,
    rows: rows.filter(isShown),
    runsDry: runsDry.filter(isShown),
  };
}
