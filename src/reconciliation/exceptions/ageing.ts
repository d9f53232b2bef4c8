import { type Db, Money, sql } from '../../platform/index.ts';
import type { ExceptionKind, Stated } from '../types.ts';
import { ageBands } from './rules.ts';

interface Tally {
  readonly count: number;
  readonly overdue: number;
  /** In each currency at stake. */
  readonly amounts: Stated[];
}

/** What waits in a programme, by how long it has. */
export interface Ageing {
  readonly asOf: string;
  readonly cells: (Tally & { readonly kind: ExceptionKind; readonly band: (typeof ageBands)[number]['band'] })[];
  readonly owners: (Tally & { readonly ownerId: string | null })[];
}

interface Row {
  readonly kind: ExceptionKind | null;
  readonly band: Ageing['cells'][number]['band'] | null;
  readonly ownerId: string | null;
  readonly byOwner: boolean;
  readonly currency: string | null;
  readonly count: number;
  readonly overdue: number;
  readonly amount: string | null;
}

/** Counts and amounts of what is not resolved, by kind and age and by owner: one pass over what waits. */
export async function ageingOf(db: Db, programmeId: string, now: Date): Promise<Ageing> {
  const rows = await db.all<Row>(sql`
    with waiting as (select e.kind, e.owner_id, e.currency, e.amount, today.day - (e.opened_at at time zone g.time_zone)::date as age, e.due_on < today.day as late
      from exceptions e join programmes g on g.id = e.programme_id
      cross join lateral (select (${now}::timestamptz at time zone g.time_zone)::date as day) today
      where e.programme_id = ${programmeId} and e.state <> 'resolved')
    select w.kind, b.band, w.owner_id as "ownerId", grouping(w.kind) = 1 as "byOwner", w.currency, count(*)::int as count,
      (count(*) filter (where w.late))::int as overdue, sum(w.amount)::text as amount
    from waiting w join jsonb_to_recordset(${JSON.stringify(ageBands)}::jsonb) as b (band text, "from" int, "to" int)
      on w.age >= b."from" and (b."to" is null or w.age <= b."to")
    group by grouping sets ((w.kind, b.band, b."from", w.currency), (w.owner_id, w.currency)) order by w.kind, b."from", w.owner_id, w.currency`);
  const cells = new Map<string, Ageing['cells'][number]>();
  const owners = new Map<string, Ageing['owners'][number]>();
  for (const row of rows) {
    const { kind, band, ownerId, byOwner } = row;
    if (byOwner) owners.set(ownerId ?? '', { ownerId, ...added(owners.get(ownerId ?? ''), row) });
    else if (kind && band) cells.set(`${kind}/${band}`, { kind, band, ...added(cells.get(`${kind}/${band}`), row) });
  }
  return { asOf: now.toISOString(), cells: [...cells.values()], owners: [...owners.values()] };
}

const added = (before: Tally | undefined, { count, overdue, amount, currency }: Row): Tally => ({
  count: (before?.count ?? 0) + count,
  overdue: (before?.overdue ?? 0) + overdue,
  amounts: [...(before?.amounts ?? []), ...(amount !== null && currency !== null ? [Money.of(amount, currency).toJSON()] : [])],
});
