import { type Actor, type Db, sql } from '../platform/index.ts';

/**
 * A user as an actor, for work that is done in their name while they are not there: with the roles that they hold at this moment, and without a
 * session or a second factor.
 * @returns undefined when there is no such user, or they were disabled
 */
export async function userActor(db: Db, now: Date, id: string): Promise<Actor | undefined> {
  const row = await db.first<Pick<Actor, 'grants'>>(sql`select coalesce(jsonb_agg(jsonb_build_object('role', g.role, 'scope',
      jsonb_strip_nulls(jsonb_build_object('programme', g.programme_id, 'office', g.office_id, 'fund', g.fund_id)))) filter (where g.id is not null), '[]') as grants
    from users u left join role_grants g on g.user_id = u.id and (g.ends_at is null or g.ends_at > ${now})
    where u.id = ${id} and u.disabled_at is null group by u.id`);
  return row && { id, kind: 'user', grants: row.grants, secondFactorAt: null };
}
