import { type Db, newId, sql, type Tx } from '../platform/index.ts';

/** Puts new codes in the place of those that are left. @param digests of the codes */
export async function replaceRecoveryCodes(tx: Tx, userId: string, digests: readonly Buffer[], now: Date): Promise<void> {
  await tx.run(sql`update recovery_codes set replaced_at = ${now} where user_id = ${userId} and used_at is null and replaced_at is null`);
  await tx.insert(
    'recovery_codes',
    digests.map((digest) => ({ id: newId(), user_id: userId, digest, created_at: now })),
  );
}

/** Uses a code up. @param digest in hexadecimal @returns false when there is no such code, or it was used before */
export async function takeRecoveryCode(tx: Tx, userId: string, digest: string, now: Date): Promise<boolean> {
  const taken = await tx.run(sql`update recovery_codes set used_at = ${now}
    where user_id = ${userId} and digest = ${Buffer.from(digest, 'hex')} and used_at is null and replaced_at is null`);
  return taken === 1;
}

/** How many codes somebody has left. */
export async function recoveryCodesLeft(db: Db, userId: string): Promise<number> {
  const row = await db.first<{ n: number }>(
    sql`select count(*)::int as n from recovery_codes where user_id = ${userId} and used_at is null and replaced_at is null`,
  );
  return row?.n ?? 0;
}
