import { atMost, type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Day } from '../schedule/days.ts';
import type { Plan } from '../types.ts';

// A period has 366 days at most: what falls due earlier than that before a day does not reach it.
const REACH = 366;

/**
 * Instalments `i` of a plan `p` that a last day makes wrong. For a kind that pays by the calendar, what covers days after it, on a list or not:
 * what lists hold is made up for. Of work, periods that begin after it, and of any other, what falls due after it, as long as on no list.
 */
const pastEnd = (endsOn: Sql): Sql => sql`i.plan_id = p.id and i.state = 'due' and case
    when p.kind = 'one_time_grant' then i.covers_to > ${endsOn}
    when p.kind = 'stipend' then i.due_on > ${endsOn} - ${REACH}::int and i.covers_to > ${endsOn}
    when p.kind = 'cash_for_work' then i.covers_from > ${endsOn}
    else i.due_on > ${endsOn} end
  and (p.kind in ('one_time_grant', 'stipend')
    or not exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts))`;

/** Plans of a programme that owe something past its last day. */
export const plansPastEnd = async (db: Db, programmeId: string): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select p.id from plans p join programmes g on g.id = p.programme_id
      where p.programme_id = ${programmeId} and exists (select from instalments i where ${pastEnd(sql`g.ends_on`)}) order by p.id`)
  ).map(({ id }) => id);

/** What a plan owes past a last day. */
export interface PastEnd {
  readonly id: string;
  readonly entitlementId: string;
  /** The tranche that it is of. */
  readonly drawId: string | null;
}

/** The next of it, by identifier. */
export const nextPastEnd = (db: Db, { id }: Pick<Plan, 'id'>, endsOn: Day, after: string | null, batch: number): Promise<PastEnd[]> =>
  db.all<PastEnd>(sql`select i.id, i.entitlement_id as "entitlementId",
      case when i.kind = 'reintegration_cash' then (select d.id from tranche_draws d where d.instalment_id = i.id) end as "drawId"
    from plans p join instalments i on ${pastEnd(sql`${endsOn}::date`)}
    where p.id = ${id} and ${after ? sql`i.id > ${after}` : sql`true`} order by i.id limit ${atMost(batch)}`);

export const withdraw = (tx: Tx, ids: readonly string[]): Promise<number> =>
  tx.run(sql`update instalments set state = 'withdrawn' where id = any(${ids}::uuid[]) and state = 'due'`);

/** Stipends of a programme that its last day had cut short. @param was that day */
export const plansCutShort = async (db: Db, programmeId: string, was: Day): Promise<string[]> =>
  (
    await db.all<{
      id: string;
    }>(sql`select id from plans where programme_id = ${programmeId} and every is not null and ends_on > ${was}::date
      order by id`)
  ).map(({ id }) => id);

/**
 * Has the next of a plan's people settled today who ran past the day on which its programme ended before.
 * @param everybody rather than only those who are settled alone
 * @returns the last of them, or null when there were fewer than asked for
 */
export async function wakeNext(
  tx: Tx,
  planId: string,
  { was, today, everybody }: { readonly was: Day; readonly today: Day; readonly everybody: boolean },
  after: string | null,
  batch: number,
): Promise<{ people: number; after: string | null }> {
  const row = await tx.first<{ people: number; after: string | null }>(sql`
    with woken as (
      update entitlements e set is_plain = false, settle_on = ${today}::date
      where e.id in (select o.id from entitlements o where o.plan_id = ${planId} and ${after ? sql`o.beneficiary_id > ${after}` : sql`true`}
        and o.state <> 'stopped' and o.ends_on > ${was}::date and (o.settle_on is null or o.settle_on > ${today}::date) and (${everybody} or not o.is_plain)
        order by o.beneficiary_id limit ${atMost(batch)}) returning e.beneficiary_id
    )
    select count(*)::int as people, max(beneficiary_id::text)::uuid as after from woken`);
  return { people: row?.people ?? 0, after: row && row.people === batch ? row.after : null };
}
