import { type Db, sql, type Tx } from '../../platform/index.ts';
import type { Receipt } from '../gateways/gateway.ts';

/** A message that a receipt has moved on. */
export interface Moved {
  readonly id: string;
  readonly listId: string;
  readonly voucherId: string;
  readonly counter: number;
  readonly state: 'delivered' | 'undelivered';
}

/**
 * Moves messages on as a gateway reports: those that it has, under its name for them or under ours. What was delivered stays so, and what waits to
 * be sent again is not given up for a report of the time before.
 * @returns what moved, and the receipts that found no message which they can be of yet
 */
export async function applyReceipts(
  tx: Tx,
  now: Date,
  gatewayId: string,
  receipts: readonly Receipt[],
): Promise<{ moved: Moved[]; early: Receipt[] }> {
  const rows = await tx.all<Moved & { reference: string; isMoved: boolean }>(sql`with said as (
      select distinct on (reference) reference, status, coalesce(at, ${now}::timestamptz) as at
      from jsonb_to_recordset(${JSON.stringify(receipts)}::jsonb) as r (reference text, status text, at timestamptz)
      order by reference, status = 'delivered' desc, at),
    of as materialized (
      select m.id, m.state, s.reference, s.status, s.at from said s join messages m on m.gateway_id = ${gatewayId} and m.gateway_reference = s.reference
      union select m.id, m.state, s.reference, s.status, s.at from said s join messages m on m.gateway_id = ${gatewayId}
        and m.id = case when s.reference ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then s.reference::uuid end),
    moved as (
      update messages m set state = o.status, leased_until = null, reported_at = least(o.at, ${now}::timestamptz),
        accepted_at = coalesce(m.accepted_at, ${now}::timestamptz), last_error = case o.status when 'undelivered' then o.status end
      from (select distinct on (id) id, status, at from of order by id, status = 'delivered' desc, at) o
      where m.id = o.id and (o.status = 'delivered' and m.state <> 'delivered' or o.status = 'undelivered' and m.state = 'accepted')
      returning m.id, m.list_id as "listId", m.voucher_id as "voucherId", m.counter, m.state)
    select moved.*, null as reference, true as "isMoved" from moved
    union all select null, null, null, null, null, of.reference, false from of
      where of.status = 'delivered' or of.state in ('accepted', 'delivered', 'undelivered')`);
  const settled = new Set(rows.flatMap(({ isMoved, reference }) => (isMoved ? [] : [reference])));
  const moved = rows.flatMap(({ isMoved, reference: _none, ...row }) => (isMoved ? [row] : []));
  return { moved, early: receipts.filter(({ reference }) => !settled.has(reference)) };
}

/** Keeps receipts until we know which messages they are of. */
export async function keepReceipts(tx: Tx, now: Date, gatewayId: string, receipts: readonly Receipt[]): Promise<void> {
  if (receipts.length === 0) return;
  await tx.run(sql`insert into message_receipts (gateway_id, reference, status, reported_at, received_at)
    select ${gatewayId}, reference, status, coalesce(at, ${now}::timestamptz), ${now}::timestamptz
    from jsonb_to_recordset(${JSON.stringify(receipts)}::jsonb) as r (reference text, status text, at timestamptz) on conflict do nothing`);
}

/** Takes out what is kept under some references. */
export const takeOut = (tx: Tx, gatewayId: string, references: readonly string[]): Promise<Receipt[]> =>
  tx.all<Receipt>(sql`delete from message_receipts where gateway_id = ${gatewayId} and reference = any(${references}::text[])
    returning reference, status, reported_at as at`);

/** Kept receipts whose messages have become known meanwhile, of one gateway. */
export const knownByNow = (db: Db): Promise<{ gatewayId: string; references: string[] }[]> =>
  db.all(sql`select gateway_id as "gatewayId", array_agg(distinct reference) as references from (
      select r.gateway_id, r.reference from message_receipts r join messages m on m.gateway_id = r.gateway_id and m.gateway_reference = r.reference
      where m.state in ('accepted', 'undelivered') limit 1000) r group by gateway_id`);

export const hasReceiptsBefore = async (db: Db, before: Date): Promise<boolean> =>
  (await db.first<{ has: boolean }>(sql`select exists (select from message_receipts where received_at < ${before}) as has`))?.has ?? false;

/** Forgets receipts that belong to no message of ours. @returns how many */
export const forgetBefore = (tx: Tx, before: Date): Promise<number> =>
  tx.run(sql`delete from message_receipts where received_at < ${before}`);
