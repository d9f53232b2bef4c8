import { type Sql, sql } from '../../platform/index.ts';
import { type Rate, ratesOf } from '../amounts.ts';
import type { AmountRule } from '../plan-base.ts';

/** What a rate comes to for one period: in parts of a minor unit, in minor units, and how a part of a period was worked out. */
export interface RateOfPeriod extends Rate {
  readonly shares: string;
  readonly minor: string;
  readonly workings: readonly object[] | null;
}

/**
 * A plan's rates as a common table expression, `rates`: `from_size`, `tier`, `amount` and, for one period, `shares`, `minor`, `workings`.
 * Which of them is somebody's, {@link rateFor} says.
 */
export function ratesSql(rates: readonly (Rate | RateOfPeriod)[]): Sql {
  const rows = rates.map(({ fromSize, ...rate }) => ({ ...rate, from_size: fromSize }));
  return sql`rates as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        as t (from_size int, tier text, amount numeric, shares numeric, minor numeric, workings jsonb)
    )`;
}

/** The same of an amount rule, for a whole period. */
export const ratesOfRule = (rule: AmountRule): Sql => ratesSql(ratesOf(rule));

/** Joins the rate `t` of a record `r`, of its `tier` or household's `size`; nulls when the plan has none for the like of it. */
export function rateFor({ rule }: AmountRule): Sql {
  const conditions = {
    fixed: sql`true`,
    by_tier: sql`t.tier = r.tier`,
    by_household_size: sql`t.from_size <= r.size order by t.from_size desc`,
  };
  return sql`left join lateral (select t.* from rates t where ${conditions[rule]} limit 1) t on true`;
}
