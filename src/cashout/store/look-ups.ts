import { type Db, sql, type Tx } from '../../platform/index.ts';

/** How long a look-up is good for, in milliseconds. */
const GOOD_FOR = 10 * 60_000;

/** That an agent knew a voucher's code a moment ago. */
export interface LookUpRow {
  readonly id: string;
  readonly voucherId: string;
  readonly counter: number;
  readonly agentId: string;
  readonly officeId: string;
  readonly deviceId: string | null;
  readonly expiresAt: Date;
}

/** @returns undefined when there is none */
export const findLookUp = (db: Db, id: string): Promise<LookUpRow | undefined> =>
  db.first<LookUpRow>(sql`select id, voucher_id as "voucherId", counter, agent_id as "agentId", office_id as "officeId", device_id as "deviceId",
    expires_at as "expiresAt" from look_ups where id = ${id}`);

/** Keeps a look-up, which nothing secret is part of. @returns until when it is good */
export function insertLookUp(tx: Tx, now: Date, lookUp: Omit<LookUpRow, 'expiresAt'>): Date {
  const { id, voucherId, counter, agentId, officeId, deviceId } = lookUp;
  const expiresAt = new Date(now.getTime() + GOOD_FOR);
  tx.defer(sql`insert into look_ups (id, voucher_id, counter, agent_id, office_id, device_id, looked_at, expires_at)
    values (${id}, ${voucherId}, ${counter}, ${agentId}, ${officeId}, ${deviceId}, ${now}, ${expiresAt})`);
  return expiresAt;
}

/** Uses a look-up for its one pay-out, which has been made. */
export const useLookUp = (tx: Tx, id: string, payoutId: string): void =>
  tx.defer(sql`update look_ups set payout_id = ${payoutId} where id = ${id}`);

/** What stands in the way of a pay-out before it is made, and what an agent is told beside it. */
export interface Outlook {
  readonly householdId: string;
  readonly failedAttempts: number;
  readonly isOverPayout: boolean;
  readonly isOverDay: boolean;
  readonly lacksTill: boolean;
  readonly isTillShort: boolean;
  readonly isSafeShort: boolean;
}

/** Whether an office and its agent can pay a voucher as things stand; when it is paid, the database itself decides. */
export async function outlookFor(
  db: Db,
  now: Date,
  { officeId, agentId }: { officeId: string; agentId: string },
  voucherId: string,
): Promise<Outlook> {
  const row = await db.first<Outlook>(sql`select b.household_id as "householdId", v.failed_attempts as "failedAttempts",
      coalesce(v.amount > l.per_payout, false) as "isOverPayout",
      l.per_day is not null and v.amount + coalesce(s.paid, paid_at_office(o.id, d.day, v.currency)) > l.per_day as "isOverDay",
      o.requires_till and t.id is null as "lacksTill", coalesce(t.cash < v.amount, false) as "isTillShort",
      t.id is null and coalesce(f.cash < v.amount, false) as "isSafeShort"
    from vouchers v join beneficiaries b on b.id = v.beneficiary_id join offices o on o.id = ${officeId}
      cross join lateral (select (${now}::timestamptz at time zone o.time_zone)::date as day) d
      left join office_limits l on l.office_id = o.id and l.currency = v.currency
      left join office_spending s on s.office_id = o.id and s.day = d.day and s.currency = v.currency
      left join tills t on t.agent_id = ${agentId} and t.office_id = o.id and t.day = d.day and t.currency = v.currency and t.closed_at is null
      left join office_safes f on f.office_id = o.id and f.currency = v.currency
    where v.id = ${voucherId}`);
  if (!row) throw new Error('the voucher that was just found is gone');
  return row;
}
