import { type Db, Money, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { Change } from '../schedule/types.ts';
import type { ChangeKind, NewChange, ShownChange } from './types.ts';

/** No entitlement is changed more often than this. */
export const MOST_CHANGES = 200;

interface Row {
  readonly number: number;
  readonly kind: ChangeKind;
  readonly from: string;
  readonly actsFrom: string;
  readonly amount: string | null;
  readonly currency: string | null;
  readonly reason: string;
  readonly runId: string | null;
  readonly madeBy: string;
  readonly madeAt: Date;
}

const rowsOf = (db: Db, entitlementId: string): Promise<Row[]> =>
  db.all<Row>(sql`select number, kind, from_day as "from", acts_from as "actsFrom", amount::text, currency, reason, run_id as "runId",
    made_by as "madeBy", made_at as "madeAt" from entitlement_changes where entitlement_id = ${entitlementId} order by number limit ${MOST_CHANGES}`);

/** What was decided of an entitlement, in order. */
export async function changesOf(db: Db, entitlementId: string): Promise<ShownChange[]> {
  return (await rowsOf(db, entitlementId)).map(({ kind, actsFrom, amount, currency, madeAt, ...row }, i, all) => ({
    ...row,
    change: kind,
    // A suspension that was ended on its first day has no arrears to speak of.
    arrears: kind === 'resume' ? actsFrom < row.from || all[i - 1]?.from === row.from : null,
    amount: amount === null || currency === null ? null : Money.of(amount, currency).toJSON(),
    madeAt: madeAt.toISOString(),
  }));
}

/** The same as the rules read it; a stop has moved the last day. */
export async function decidedOf(db: Db, entitlementId: string): Promise<Change[]> {
  return (await rowsOf(db, entitlementId)).flatMap(({ kind, from, actsFrom, amount, currency }): Change[] => {
    if (kind === 'amount' && amount !== null && currency !== null) return [{ kind, from, amount: Money.of(amount, currency) }];
    if (kind === 'resume') return [{ kind, from, actsFrom }];
    return kind === 'suspend' ? [{ kind, from }] : [];
  });
}

/** Where the suspension that an entitlement is in began; null for one that is in none. */
export async function suspendedFrom(db: Db, entitlementId: string): Promise<string | null> {
  const row = await db.first<{ from: string }>(sql`select from_day as "from" from entitlement_changes
    where entitlement_id = ${entitlementId} and kind = 'suspend' order by number desc limit 1`);
  return row?.from ?? null;
}

/** Whom of the entitlements `e` a change is for as they stand; the same as `faultOfChange` says of one. */
function fits({ change, from }: NewChange): Sql {
  const within = sql`e.starts_on <= ${from}::date and e.ends_on >= ${from}::date and e.changes < ${MOST_CHANGES}`;
  if (change === 'suspend') return sql`${within} and e.state = 'active'`;
  if (change === 'resume') return sql`${within} and e.state = 'suspended' and ${from}::date >= (${lastSuspension})`;
  return sql`${within} and e.state <> 'stopped'`;
}

const lastSuspension = sql`select c.from_day from entitlement_changes c where c.entitlement_id = e.id and c.kind = 'suspend'
  order by c.number desc limit 1`;

export interface Decision {
  readonly change: NewChange;
  readonly currency: string;
  readonly reason: string;
  readonly by: string;
  readonly now: Date;
  /** The run that it is part of. */
  readonly runId: string | null;
}

/**
 * Changes those of these entitlements that the change is for, and keeps it. What they are owed is to be settled by the caller.
 * @returns the entitlements that were changed
 */
export async function applyChange(
  tx: Tx,
  ids: readonly string[],
  { change: asked, currency, reason, by, now, runId }: Decision,
): Promise<string[]> {
  const { change, from, arrears = false, amount = null } = asked;
  const rows = await tx.all<{ id: string }>(sql`
    with chosen as (
      select e.id, e.changes + 1 as number,
        case when ${change === 'resume' && arrears} then (${lastSuspension}) else ${from}::date end as acts_from
      from entitlements e where e.id = any(${ids}::uuid[]) and ${fits(asked)}
    ), kept as (
      insert into entitlement_changes (entitlement_id, number, kind, from_day, acts_from, amount, currency, reason, run_id, made_by, made_at)
      select id, number, ${change}::text, ${from}::date, acts_from, ${amount}::numeric, ${amount === null ? null : currency}::text,
        ${reason}::text, ${runId}::uuid, ${by}::uuid, ${now}::timestamptz from chosen
    )
    update entitlements e set changes = c.number, is_plain = false,
      state = case ${change}::text when 'suspend' then 'suspended' when 'resume' then 'active' when 'stop' then 'stopped' else e.state end,
      ends_on = case when ${change === 'stop'} then ${from}::date - 1 else e.ends_on end
    from chosen c where e.id = c.id returning e.id`);
  return rows.map(({ id }) => id);
}
