import { type Db, sql, type Tx } from '../platform/index.ts';

/** How long before its end a key is warned of. */
export const WARNING_DAYS = 14;
/** An alert of one kind speaks of a key once in so long. */
const SILENCE_MS = 24 * 3_600_000;

/** When a key ends, and in which programme it is used; and nobody else looks at the key's alerts meanwhile. */
export const lockKey = (tx: Tx, id: string): Promise<{ prefix: string; expiresAt: Date; programmeId: string | null } | undefined> =>
  tx.first(sql`select k.prefix, k.expires_at as "expiresAt", coalesce(k.programme_id, a.programme_id) as "programmeId"
    from api_keys k left join service_accounts a on a.id = k.service_account_id where k.id = ${id} for no key update of k`);

/** Whether an alert of a kind was raised over a key a short while ago. */
export async function wasRaised(tx: Tx, kind: string, keyId: string, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - SILENCE_MS);
  return (await tx.first(sql`select from alerts where subject_id = ${keyId} and kind = ${kind} and at > ${since} limit 1`)) !== undefined;
}

/** Keys that end soon, that no other has taken over from, and that nobody was warned of. */
export async function keysToWarnOf(db: Db, now: Date): Promise<string[]> {
  const soon = new Date(now.getTime() + WARNING_DAYS * 86_400_000);
  const rows = await db.all<{ id: string }>(sql`select k.id from api_keys k left join service_accounts a on a.id = k.service_account_id
    where k.revoked_at is null and k.expires_at > ${now} and k.expires_at <= ${soon} and a.disabled_at is null
      and not exists (select from api_keys n where n.replaces = k.id)
      and not exists (select from alerts t where t.subject_id = k.id::text and t.kind = 'access.key_ends_soon')
    order by k.expires_at limit 500`);
  return rows.map(({ id }) => id);
}
