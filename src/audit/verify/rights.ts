import { type Db, sql } from '../../platform/index.ts';
import { type Finding, finding, type TrailFinding } from './findings.ts';

type Kind = Extract<TrailFinding, `${string}_without_event`>;

/**
 * Holds who may do what against the trail: every user, every role that has not ended and every key, service account and partner has the event of
 * the command that made it. A grant is known by whom it is for, who gave it and when, and each needs an event of its own.
 */
export async function verifyRights(db: Db): Promise<Finding<TrailFinding>[]> {
  const rows = await db.all<{ kind: Kind; type: string; id: string }>(sql`
    with made as materialized (select command, subject_id, actor_id, at from audit_events
      where refusal is null and command = any(${makers}::text[])),
    granted as (select g.id, row_number() over same as place,
        (select count(*) from made m where m.command = 'access.grant_role' and m.subject_id = g.user_id::text
          and m.actor_id = g.granted_by and m.at = g.granted_at) as events, g.ends_at
      from role_grants g window same as (partition by g.user_id, g.granted_by, g.granted_at order by g.id))
    select 'grant_without_event' as kind, 'role_grant' as type, id::text from granted where place > events and (ends_at is null or ends_at > now())
    union all select 'user_without_event', 'user', u.id::text from users u where not exists (select from made m
      where m.subject_id = u.id::text and m.command in ('access.create_user', 'access.create_ready_user', 'access.invite_administrator'))
    union all select 'key_without_event', 'api_key', k.id::text from api_keys k where not exists (select from made m
      where m.subject_id = k.id::text and m.command in ('access.issue_key', 'access.rotate_key'))
    union all select 'machine_without_event', 'service_account', s.id::text from service_accounts s where not exists (select from made m
      where m.subject_id = s.id::text and m.command = 'access.create_service_account')
    union all select 'machine_without_event', 'partner', p.id::text from partners p where not exists (select from made m
      where m.subject_id = p.id::text and m.command = 'access.create_partner')
    order by 1, 3`);
  return rows.map(({ kind, type, id }) => finding(kind, type, id, 'no event of the trail says who made it'));
}

const makers = [
  'access.grant_role',
  'access.create_user',
  'access.create_ready_user',
  'access.invite_administrator',
  'access.issue_key',
  'access.rotate_key',
  'access.create_service_account',
  'access.create_partner',
];
