import { type Db, sql } from '../../platform/index.ts';
import type { ListSource } from '../types.ts';

/** Where a walk through what is due has come to. */
export interface Place {
  readonly planId: string | null;
  readonly dueOn: string | null;
  readonly instalmentId: string | null;
  /** For a list of another's lines: the position of the last one looked at. */
  readonly linePosition: number;
}

/** Instalments that are due and on no list that counts, and where to go on after them; null when nothing is left. */
export interface Step {
  readonly ids: readonly string[];
  readonly place: Place;
  readonly isLast: boolean;
}

// Each look-up is one step into an index, whatever the planner believes of tables that grow while a list is built.
const isListed = sql`lateral (select true as listed from payment_list_lines l where l.instalment_id = i.id and l.counts limit 1) l`;

/** Goes on through what is due: plan by plan, in each by the day it is due. */
export async function walk(db: Db, source: ListSource, day: string, from: Place, limit: number): Promise<Step> {
  if (source.fromListId) return walkLines(db, source.fromListId, day, from, limit);
  const ids: string[] = [];
  let place = from;
  for (const planId of await plansFrom(db, source, from.planId)) {
    const isSame = planId === from.planId;
    const rows = await db.all<{ id: string; dueOn: string }>(sql`
      select i.id, i.due_on as "dueOn" from instalments i left join ${isListed} on true
      where i.plan_id = ${planId} and i.state = 'due' and i.due_on <= ${day}::date and l.listed is null
        and (i.due_on, i.id) > (${isSame ? from.dueOn : '-infinity'}::date, ${isSame ? from.instalmentId : NO_ID}::uuid)
      order by i.due_on, i.id limit ${limit - ids.length}`);
    ids.push(...rows.map(({ id }) => id));
    const last = rows.at(-1);
    if (last) place = { ...from, planId, dueOn: last.dueOn, instalmentId: last.id };
    if (ids.length >= limit) return { ids, place, isLast: false };
  }
  return { ids, place, isLast: true };
}

const NO_ID = '00000000-0000-0000-0000-000000000000';

/** The plans that a filter lets through, in order, from one on. */
const plansFrom = async (db: Db, { programmeId, kind, planIds }: ListSource, first: string | null): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select id from plans where programme_id = ${programmeId}
      and (${kind ?? null}::text is null or kind = ${kind ?? null}) and (${planIds ?? null}::uuid[] is null or id = any(${planIds ?? null}::uuid[]))
      and (${first}::uuid is null or id >= ${first}::uuid) order by id`)
  ).map(({ id }) => id);

/** Goes on through the lines of a list that did not pay what they are for. */
async function walkLines(db: Db, listId: string, day: string, from: Place, limit: number): Promise<Step> {
  const rows = await db.all<{ id: string; position: number }>(sql`
    select i.id, own.position from payment_list_lines own join instalments i on i.id = own.instalment_id left join ${isListed} on true
    where own.list_id = ${listId} and own.position > ${from.linePosition} and not own.counts
      and i.state = 'due' and i.due_on <= ${day}::date and l.listed is null
    order by own.position limit ${limit}`);
  const linePosition = rows.at(-1)?.position ?? from.linePosition;
  return { ids: rows.map(({ id }) => id), place: { ...from, linePosition }, isLast: rows.length < limit };
}

/** How many instalments a walk from the beginning comes by. */
export async function countDue(db: Db, { programmeId, kind, planIds, fromListId }: ListSource, day: string): Promise<number> {
  const due = sql`i.state = 'due' and i.due_on <= ${day}::date and l.listed is null`;
  const row = await db.first<{ due: number }>(
    fromListId
      ? sql`select count(*)::int as due from payment_list_lines own join instalments i on i.id = own.instalment_id left join ${isListed} on true
          where own.list_id = ${fromListId} and not own.counts and ${due}`
      : sql`select count(*)::int as due from plans p join instalments i on i.plan_id = p.id left join ${isListed} on true
          where p.programme_id = ${programmeId} and (${kind ?? null}::text is null or p.kind = ${kind ?? null})
            and (${planIds ?? null}::uuid[] is null or p.id = any(${planIds ?? null}::uuid[])) and ${due}`,
  );
  return row?.due ?? 0;
}
