import { permissions } from '../../access/index.ts';
import { type Db, type Sql, sql } from '../../platform/index.ts';

/** The condition that somebody holds a role under which exceptions of a programme are resolved. @param who the expression of whom */
export const reconciliationRoles = (
  who: Sql,
  programmeId: string,
  at: Date,
): Sql => sql`exists (select from users u join role_grants g on g.user_id = u.id
  where u.id = ${who} and u.disabled_at is null and g.role = any(${permissions['reconciliation.resolve_exception'].roles}::text[])
    and (g.ends_at is null or g.ends_at > ${at}) and g.office_id is null and g.fund_id is null
    and (g.programme_id is null or g.programme_id = ${programmeId}))`;

/** Those of these people who may resolve exceptions of a programme. */
export async function whoMayResolve(db: Db, programmeId: string, userIds: readonly string[], at: Date): Promise<ReadonlySet<string>> {
  const rows = await db.all<{ id: string }>(sql`select w.id from unnest(${userIds}::uuid[]) as w (id)
    where ${reconciliationRoles(sql`w.id`, programmeId, at)}`);
  return new Set(rows.map(({ id }) => id));
}
