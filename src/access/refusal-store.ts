import { type Db, sql } from '../platform/index.ts';

/** How often somebody was refused since then, as far as the trail keeps it. */
export async function countRefusals(db: Db, actorId: string, since: Date): Promise<number> {
  const row = await db.first<{ count: number }>(sql`select count(*)::int as count from audit_events
    where subject_id = ${actorId} and command = 'access.note_refusal' and at > ${since}`);
  return row?.count ?? 0;
}
