import type { CommandEvent, Tx } from '../platform/index.ts';
import { sql } from '../platform/index.ts';

/** Adds an event to the trail. Called by the command runner, in the command's transaction. */
export async function recordEvent(tx: Tx, event: CommandEvent): Promise<void> {
  const { programme = null, office = null, fund = null } = event.scope;
  await tx.run(sql`
    insert into audit_events (id, at, actor_id, command, subject_type, subject_id, programme_id, office_id, fund_id,
      before_digest, after_digest, reason, refusal, request_id)
    values (${event.id}, ${event.at}, ${event.actorId}, ${event.command}, ${event.subjectType}, ${event.subjectId},
      ${programme}, ${office}, ${fund}, ${event.beforeDigest}, ${event.afterDigest}, ${event.reason}, ${event.refusal},
      ${event.requestId})`);
}
