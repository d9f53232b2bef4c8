import { type Db, type Page, pageOf, type Scope, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { SigningRole } from './rules.ts';
import type { Delegation } from './types.ts';

type Row = Omit<Delegation, 'startsAt' | 'endsAt' | 'endedAt'> & {
  readonly startsAt: Date;
  readonly endsAt: Date;
  readonly endedAt: Date | null;
};

const columns = sql`d.id, d.user_id as "userId", d.deputy_id as "deputyId", d.role, g.programme_id as "programmeId", g.fund_id as "fundId",
  d.starts_at as "startsAt", d.ends_at as "endsAt", d.ended_at as "endedAt"`;
const tables = sql`approval_delegations d join role_grants g on g.id = d.grant_id`;

const shown = ({ startsAt, endsAt, endedAt, ...row }: Row): Delegation => ({
  ...row,
  startsAt: startsAt.toISOString(),
  endsAt: endsAt.toISOString(),
  endedAt: endedAt?.toISOString() ?? null,
});

/** A role that somebody holds now and may delegate, and where it is granted; undefined when they hold no such role. */
export const grantToDelegate = (
  db: Db,
  userId: string,
  grantId: string,
  now: Date,
): Promise<{ role: SigningRole; place: Scope } | undefined> =>
  db.first(sql`select g.role, jsonb_strip_nulls(jsonb_build_object('fund', g.fund_id, 'programme',
      coalesce(g.programme_id, (select f.programme_id from funds f where f.id = g.fund_id)))) as place
    from role_grants g where g.id = ${grantId} and g.user_id = ${userId} and g.role in ('approver', 'programme_officer', 'finance_officer')
      and (g.ends_at is null or g.ends_at > ${now})`);

export const insertDelegation = (
  tx: Tx,
  delegation: Omit<Delegation, 'programmeId' | 'fundId' | 'endedAt'> & { grantId: string },
  now: Date,
) =>
  tx.insert('approval_delegations', [
    {
      id: delegation.id,
      grant_id: delegation.grantId,
      user_id: delegation.userId,
      deputy_id: delegation.deputyId,
      role: delegation.role,
      starts_at: delegation.startsAt,
      ends_at: delegation.endsAt,
      created_by: delegation.userId,
      created_at: now,
    },
  ]);

/** How many of somebody's delegations are not over. */
export async function openDelegations(db: Db, userId: string, now: Date): Promise<number> {
  const row = await db.first<{ open: number }>(
    sql`select count(*)::int as open from approval_delegations where user_id = ${userId} and ended_at is null and ends_at > ${now}`,
  );
  return row?.open ?? 0;
}

export async function findDelegation(db: Db, id: string): Promise<Delegation | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ${tables} where d.id = ${id}`);
  return row && shown(row);
}

/** @returns false when it was over already */
export async function endDelegation(tx: Tx, id: string, now: Date): Promise<boolean> {
  return (
    (await tx.run(sql`update approval_delegations set ended_at = ${now} where id = ${id} and ended_at is null and ends_at > ${now}`)) === 1
  );
}

/** Those that somebody gave or was given, newest first. @param overseen which others of `d`, by grants `g`, they see besides */
export async function pageOfDelegations(
  db: Db,
  { userId, overseen }: { readonly userId: string; readonly overseen: Sql },
  limit: number,
  before: string | undefined,
): Promise<Page<Delegation>> {
  const rows = await db.all<Row>(sql`select ${columns} from ${tables} where (${userId}::uuid in (d.user_id, d.deputy_id) or (${overseen}))
    and (${before ?? null}::uuid is null or d.id < ${before ?? null}::uuid) order by d.id desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** Somebody who could sign in another's place. */
export interface Colleague {
  readonly userId: string;
  readonly displayName: string;
}

/** Who else holds a role wherever it is granted by this grant, by identifier. */
export async function pageOfColleagues(
  db: Db,
  { grantId, userId }: { readonly grantId: string; readonly userId: string },
  now: Date,
  limit: number,
  after: string | undefined,
): Promise<Page<Colleague>> {
  const rows = await db.all<Colleague>(sql`select distinct u.id as "userId", u.display_name as "displayName"
    from role_grants own join role_grants g on g.role = own.role and covers(g, own) and (g.ends_at is null or g.ends_at > ${now})
    join users u on u.id = g.user_id and u.disabled_at is null
    where own.id = ${grantId} and own.user_id = ${userId} and u.id <> ${userId} and (${after ?? null}::uuid is null or u.id > ${after ?? null}::uuid)
    order by u.id limit ${limit + 1}`);
  return pageOf(rows, limit, ({ userId: id }) => id);
}
