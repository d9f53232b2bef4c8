import { sql, type Tx } from '../../platform/index.ts';
import type { DueInstalment } from '../payable.ts';
import type { AgeBand, Reason } from '../types.ts';
import type { Place } from './walk.ts';

/** How far the building of a list has come. */
export interface Build {
  /** The day whose instalments are due. */
  readonly day: string;
  readonly place: Place;
  /** How many lines it has. */
  readonly lines: number;
}

export const insertBuild = (tx: Tx, listId: string, day: string): Promise<number> =>
  tx.run(sql`insert into payment_list_builds (list_id, day, due) values (${listId}, ${day}, 0)`);

export async function buildOf(tx: Tx, listId: string): Promise<Build> {
  const row = await tx.first<Place & { day: string; lines: number }>(sql`
    select day, plan_id as "planId", due_on as "dueOn", instalment_id as "instalmentId", line_position as "linePosition",
      coalesce((select max(position) from payment_list_lines where list_id = ${listId}), 0) as lines
    from payment_list_builds where list_id = ${listId}`);
  if (!row) throw new Error('a list that is built has no build');
  const { day, lines, ...place } = row;
  return { day, place, lines };
}

export const advanceBuild = (tx: Tx, listId: string, { planId, dueOn, instalmentId, linePosition }: Place, seen: number): Promise<number> =>
  tx.run(sql`update payment_list_builds set plan_id = ${planId}, due_on = ${dueOn}, instalment_id = ${instalmentId},
    line_position = ${linePosition}, seen = seen + ${seen}, due = greatest(due, seen + ${seen}) where list_id = ${listId}`);

export const expectDue = (tx: Tx, listId: string, due: number): Promise<number> =>
  tx.run(sql`update payment_list_builds set due = greatest(seen, ${due}) where list_id = ${listId}`);

/** A line as it is drawn; the rest of it is what its instalment says. */
export interface DrawnLine {
  readonly id: string;
  readonly position: number;
  readonly instalmentId: string;
  readonly fundId: string;
  readonly beneficiaryId: string;
  readonly collectorId: string;
  readonly householdId: string;
  readonly wilayaNumber: string;
  readonly sex: string;
  readonly ageBand: AgeBand;
  readonly hasDisability: boolean;
}

/** Adds lines to a list, and what they come to to what it draws from each fund. */
export async function insertLines(tx: Tx, listId: string, lines: readonly DrawnLine[]): Promise<void> {
  if (lines.length === 0) return;
  await tx.run(sql`
    with drawn as (
      insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, fund_id, beneficiary_id, collector_id, household_id,
        covers_from, covers_to, amount, currency, wilaya_number, sex, age_band, has_disability)
      select d.id, ${listId}, d.position, i.id, i.plan_id, i.kind, i.purpose, d."fundId", d."beneficiaryId", d."collectorId", d."householdId",
        i.covers_from, i.covers_to, i.amount, i.currency, d."wilayaNumber", d.sex, d."ageBand", d."hasDisability"
      from jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) as d (id uuid, position int, "instalmentId" uuid, "fundId" uuid, "beneficiaryId" uuid,
        "collectorId" uuid, "householdId" uuid, "wilayaNumber" text, sex text, "ageBand" text, "hasDisability" boolean)
      cross join lateral (select * from instalments where id = d."instalmentId" limit 1) i
      returning fund_id, amount)
    insert into payment_list_funds (list_id, fund_id, line_count, total) select ${listId}, fund_id, count(*), sum(amount) from drawn group by fund_id
    on conflict (list_id, fund_id) do update
      set line_count = payment_list_funds.line_count + excluded.line_count, total = payment_list_funds.total + excluded.total`);
}

/** Writes down who is left out of a list, and why. */
export const insertLeftOut = (
  tx: Tx,
  listId: string,
  currency: string,
  leftOut: readonly (DueInstalment & { reason: Reason })[],
): Promise<void> =>
  tx.insert(
    'payment_list_left_out',
    leftOut.map((due) => ({
      list_id: listId,
      registration_number: due.registrationNumber,
      instalment_id: due.instalmentId,
      beneficiary_id: due.beneficiaryId,
      plan_id: due.planId,
      kind: due.kind,
      amount: due.amount,
      currency,
      reason: due.reason,
      detail: due.detail,
    })),
  );
