import { type Db, Money, sql } from '../../platform/index.ts';
import type { SigningRole } from './rules.ts';
import type { AwaitedSignature } from './types.ts';

/** How somebody may sign a list now. */
export interface Authority {
  readonly step: number;
  readonly role: SigningRole;
  readonly forUserId: string | null;
  readonly delegationId: string | null;
}

/**
 * How somebody may sign a submitted list: in their own right first.
 * @param forUserId in whose place; null is in their own right
 */
export const authorityOf = (db: Db, listId: string, userId: string, forUserId: string | null, now: Date): Promise<Authority | undefined> =>
  db.first<Authority>(sql`select step, role, for_user_id as "forUserId", delegation_id as "delegationId"
    from awaited_signers(${now}, ${listId}) where user_id = ${userId} and for_user_id is not distinct from ${forUserId}::uuid order by step, role limit 1`);

/** Why somebody may not sign a list now. */
export interface Hindrance {
  /** Whether they had a hand in it already, or somebody signed in their place. */
  readonly hadHand: boolean;
  /** The roles that the open step waits for. */
  readonly wanted: readonly SigningRole[];
  /** Whether they hold one of those where the list lies. */
  readonly holdsRole: boolean;
}

export async function hindranceOf(db: Db, listId: string, userId: string, now: Date): Promise<Hindrance> {
  const row = await db.first<Hindrance>(sql`
    with list as (select l as whole, l.id from payment_lists l where l.id = ${listId}),
    wanted as (select w.role, w.step, min(w.step) over () as first from list, signatures_wanted(list.whole) w)
    select exists (select from payment_list_hands h join list on list.id = h.list_id where ${userId}::uuid in (h.user_id, h.for_user_id)
        and (h.round = (list.whole).round or part_of(h.hand) <> 'signer')) as "hadHand",
      coalesce((select array_agg(role order by role) from wanted where step = first), '{}') as wanted,
      exists (select from list, role_grants g where g.user_id = ${userId} and (g.ends_at is null or g.ends_at > ${now})
        and reaches_list(g, list.whole) and g.role in (select role from wanted where step = first)) as "holdsRole"`);
  return row ?? { hadHand: false, wanted: [], holdsRole: false };
}

/** A role by which somebody may reject a list: of any step that it needs, where the list lies. @param forUserId as {@link authorityOf} */
export const rejectingRole = (
  db: Db,
  listId: string,
  userId: string,
  forUserId: string | null,
  now: Date,
): Promise<Omit<Authority, 'step'> | undefined> =>
  db.first(sql`select g.role, d.user_id as "forUserId", d.id as "delegationId"
    from payment_lists l cross join lateral (select distinct n.role from signatures_needed(l) n) n
    join role_grants g on g.role = n.role and (g.ends_at is null or g.ends_at > ${now}) and reaches_list(g, l)
    left join approval_delegations d on d.grant_id = g.id and d.deputy_id = ${userId} and d.starts_at <= ${now} and least(d.ends_at, d.ended_at) > ${now}
    where l.id = ${listId} and (case when ${forUserId}::uuid is null then g.user_id = ${userId} else d.user_id = ${forUserId}::uuid end)
    order by g.role limit 1`);

type Row = Omit<AwaitedSignature, 'total' | 'since'> & { readonly total: string; readonly currency: string; readonly since: Date };

/** The lists that wait for somebody, those that have waited longest first. @param after where the page before ended */
export async function pageOfAwaited(
  db: Db,
  userId: string,
  now: Date,
  limit: number,
  after: { readonly since: Date; readonly listId: string } | undefined,
): Promise<AwaitedSignature[]> {
  const rows = await db.all<Row>(sql`select * from (
      select distinct on (a.list_id) a.list_id as "listId", l.programme_id as "programmeId", l.name, l.line_count as "lineCount", l.total::text,
        l.currency, l.digest, a.step, a.role, date_trunc('milliseconds', a.since) as since, a.for_user_id as "forUserId"
      from awaited_signers(${now}) a join payment_lists l on l.id = a.list_id
      where a.user_id = ${userId} order by a.list_id, a.for_user_id nulls first, a.step, a.role) mine
    where ${after ? sql`(mine.since, mine."listId") > (${after.since}::timestamptz, ${after.listId}::uuid)` : sql`true`}
    order by mine.since, mine."listId" limit ${limit + 1}`);
  return rows.map(({ total, currency, since, ...row }) => ({
    ...row,
    total: Money.of(total, currency).toJSON(),
    since: since.toISOString(),
  }));
}
