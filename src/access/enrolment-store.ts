import { sql, type Tx } from '../platform/index.ts';

/** Keeps the sealed secret of an authenticator that is being set up, in place of one begun before. */
export async function beginEnrolment(tx: Tx, userId: string, sealedSecret: Buffer, now: Date): Promise<void> {
  await tx.run(sql`insert into totp_enrolments (user_id, totp_secret, started_at) values (${userId}, ${sealedSecret}, ${now})
    on conflict (user_id) do update set totp_secret = excluded.totp_secret, started_at = excluded.started_at`);
}

/** The sealed secret of the authenticator that is being set up, if it was begun since an instant. */
export async function lockEnrolment(tx: Tx, userId: string, since: Date): Promise<Buffer | undefined> {
  const row = await tx.first<{ sealedSecret: Buffer }>(sql`select totp_secret as "sealedSecret" from totp_enrolments
    where user_id = ${userId} and started_at > ${since} for update`);
  return row?.sealedSecret;
}

export async function endEnrolment(tx: Tx, userId: string): Promise<void> {
  await tx.run(sql`delete from totp_enrolments where user_id = ${userId}`);
}
