import { type Db, sql, type Tx } from '../platform/index.ts';
import type { FeedbackCategory, FeedbackLine, FeedbackRule } from './types.ts';

type Row = Omit<FeedbackRule, 'setAt'> & { readonly setAt: Date | null };

/** What holds of the categories of a programme. @param category one of them alone */
export async function rulesOf(db: Db, programmeId: string, category?: FeedbackCategory): Promise<FeedbackRule[]> {
  const rows =
    await db.all<Row>(sql`select r.category, r.version, r.is_sensitive as "isSensitive", r.acknowledge_hours as "acknowledgeHours",
      r.resolve_hours as "resolveHours", r.responsible, r.reason, r.set_by as "setBy", r.set_at as "setAt"
    from feedback_rules r where r.programme_id = ${programmeId} and ${category ? sql`r.category = ${category}` : sql`true`} order by r.position`);
  return rows.map((row) => ({ ...row, setAt: row.setAt?.toISOString() ?? null }));
}

/** @throws Error when there is no such programme */
export async function ruleOf(db: Db, programmeId: string, category: FeedbackCategory): Promise<FeedbackRule> {
  const [rule] = await rulesOf(db, programmeId, category);
  if (!rule) throw new Error('a category of a programme that does not exist');
  return rule;
}

export type NewRule = Pick<FeedbackRule, 'category' | 'isSensitive' | 'acknowledgeHours' | 'resolveHours' | 'responsible'> & {
  readonly reason: string;
};

export async function insertRule(tx: Tx, programmeId: string, rule: NewRule, version: number, by: string, at: Date): Promise<void> {
  await tx.run(sql`insert into feedback_settings (programme_id, category, version, is_sensitive, acknowledge_hours, resolve_hours, responsible, reason,
      set_by, set_at)
    values (${programmeId}, ${rule.category}, ${version}, ${rule.isSensitive}, ${rule.acknowledgeHours}, ${rule.resolveHours},
      ${rule.responsible}::uuid[], ${rule.reason}, ${by}, ${at})`);
}

/** Which of some users handle cases of a programme, or those of it that few may see. */
export async function handlersAmong(
  db: Db,
  { userIds, programmeId, isSensitive, at }: { userIds: readonly string[]; programmeId: string; isSensitive: boolean; at: Date },
): Promise<string[]> {
  const roles = isSensitive ? ['protection_officer'] : ['feedback_officer', 'protection_officer'];
  const rows = await db.all<{ id: string }>(sql`select distinct g.user_id as id from role_grants g join users u on u.id = g.user_id
    where g.user_id = any(${userIds}::uuid[]) and g.role = any(${roles}::text[]) and u.disabled_at is null
      and (g.programme_id is null or g.programme_id = ${programmeId}) and (g.ends_at is null or g.ends_at > ${at})`);
  return rows.map(({ id }) => id);
}

export async function insertLine(tx: Tx, { id, gatewayId, number, programmeId }: FeedbackLine, by: string, at: Date): Promise<void> {
  await tx.run(sql`insert into feedback_lines (id, gateway_id, number, programme_id, set_by, set_at)
    values (${id}, ${gatewayId}, ${number}, ${programmeId}, ${by}, ${at})`);
}

/** The lines that count: of each number of each gateway the one that was set last. */
export const standingLines = (db: Db): Promise<FeedbackLine[]> =>
  db.all(sql`select distinct on (gateway_id, number) id, gateway_id as "gatewayId", number, programme_id as "programmeId"
    from feedback_lines order by gateway_id, number, id desc`);

/** Whose a message is that came to a number of a gateway: the number's own programme before that of any number. */
export async function programmeOfLine(db: Db, gatewayId: string, number: string | undefined): Promise<string | undefined> {
  const row = await db.first<{ programmeId: string }>(sql`select programme_id as "programmeId" from feedback_lines
    where gateway_id = ${gatewayId} and (number is null or number = ${number ?? null}) order by number nulls last, id desc limit 1`);
  return row?.programmeId;
}

/** A programme by its code. What people tell of it comes in when it is over, too. */
export const programmeToTell = (db: Db, code: string): Promise<{ id: string; name: string } | undefined> =>
  db.first(sql`select id, name from programmes where code = ${code}`);

/** Which of some identifiers are users'. */
export async function usersAmong(db: Db, ids: readonly string[]): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`select id from users where id = any(${ids}::uuid[])`);
  return rows.map(({ id }) => id);
}
