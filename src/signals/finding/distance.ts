import { sql } from '../../platform/index.ts';
import { byDay, firstPayouts, ofDay, touchedDays } from './payouts.ts';
import { ruleOf } from './rule.ts';

/**
 * An agent pays several people in a day who live in another wilaya. One that was made out of another in 2019 counts as that one: many offices
 * and people still go by the old border, and no list of neighbours is at hand whose source could be named.
 */
export const farFromHome = ruleOf(
  'far_from_home',
  (
    slice,
    { least },
  ) => sql`select ${ofDay}, case when count(*) >= 3 * ${least}::int then 'high' when count(*) >= 2 * ${least}::int then 'medium' else 'low' end
      as severity, jsonb_build_object('payoutIds', ${firstPayouts}) as evidence
    from (${touchedDays(slice)}) d join payment_list_lines l on l.id = d.line_id join wilayas home on home.number = l.wilaya_number
      join offices o on o.id = d.office_id join wilayas here on here.number = o.wilaya_number
    where coalesce(home.parent_number, home.number) <> coalesce(here.parent_number, here.number)
    group by ${byDay} having count(*) >= ${least}`,
);
