import { type Db, sql } from '../../platform/index.ts';
import type { Item } from './types.ts';

// What is kept of a person for the kinds of assistance that ask for more than a plan: whoever confirmed, signed or entered it is not named.

/** The parts of their ceilings, and what has to be confirmed of each. */
export const tranchesOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select p.name as plan, c.amount::text as ceiling, r.name as tranche, d.amount::text as amount, d.currency, d.earliest_on as "earliestOn", d.state
    from entitlements t join plans p on p.id = t.plan_id join ceilings c on c.entitlement_id = t.id
      join tranche_draws d on d.entitlement_id = t.id join tranches r on r.id = d.tranche_id
    where t.beneficiary_id = any(${records}::uuid[]) order by t.id, r.number`);

/** What was confirmed of them, refused or put back. */
export const confirmationsOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db
    .all(sql`select said.* from (
      select r.name as tranche, c.name as condition, f.evidence, null as decision, null as reason, f.confirmed_at as at, d.id
      from draw_confirmations f join tranche_conditions c on c.id = f.condition_id join tranche_draws d on d.id = f.draw_id
        join tranches r on r.id = d.tranche_id join entitlements t on t.id = d.entitlement_id where t.beneficiary_id = any(${records}::uuid[])
      union all
      select r.name, null, null, e.decision, e.reason, e.decided_at, d.id
      from draw_decisions e join tranche_draws d on d.id = e.draw_id join tranches r on r.id = d.tranche_id
        join entitlements t on t.id = d.entitlement_id where t.beneficiary_id = any(${records}::uuid[])
    ) said (tranche, condition, evidence, decision, reason, at, draw) order by draw, at`)
    .then((rows) => (rows as (Item & { draw: string })[]).map(({ draw: _draw, ...item }) => item));

/** That they were entered for emergency cash, and why in spite of another plan. */
export const emergenciesOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select p.name as plan, e.due_on as "dueOn", e.despite as reason, e.entered_at as at
    from emergency_entries e join entitlements t on t.id = e.entitlement_id join plans p on p.id = t.plan_id
    where t.beneficiary_id = any(${records}::uuid[]) order by e.entered_at, t.id`);

/** When and where they worked. */
export const attendanceOf = (db: Db, records: readonly string[]): Promise<Item[]> =>
  db.all(sql`select p.name as plan, w.name as site, a.day, a.half_days as "halfDays", s.state
    from attendance a join attendance_sheets s on s.id = a.sheet_id join plans p on p.id = a.plan_id join work_sites w on w.id = a.site_id
    where a.beneficiary_id = any(${records}::uuid[]) order by a.day, s.id`);
