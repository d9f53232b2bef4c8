import { type Posting, posted } from '../../ledger/index.ts';
import { brokenConstraint, newId, type Sql, sql, type Tx } from '../../platform/index.ts';
import { ATTEMPTS_ALLOWED, type VoucherState } from '../../vouchers/index.ts';
import type { Candidate } from './candidates.ts';

/** A pay-out that is being made. */
export interface NewPayout {
  readonly id: string;
  /** The office that pays, or the advance that the cash comes out of. */
  readonly officeId: string | null;
  readonly advanceId: string | null;
  /** Who hands over the cash. */
  readonly agentId: string;
  readonly deviceId: string | null;
  readonly documentType: string;
  readonly documentLastFour: string;
  readonly paidOn: string;
  /** Who came in place of the collector; none where the collector came. */
  readonly alternateId?: string | null;
  /** Whether the document seen ends otherwise than every one that is known of who came; null where none is. */
  readonly documentDiffers?: boolean | null;
  /** When an office that had no network told of it, which is not held to what an office may pay today; null where it is made now. */
  readonly reportedAt?: Date | null;
}

/**
 * What the database says when it sees more than what the voucher was judged by: another record was paid, it went out in an offline pack, or with an
 * officer.
 */
const overtaken = ['payouts_once_for_person', 'payouts_of_bound_voucher', 'payouts_of_carried_voucher'];

/** A voucher, its pay-out and the entry of that. */
interface Paying {
  readonly now: Date;
  readonly voucher: Pick<Candidate, 'id' | 'counter'>;
  readonly payout: NewPayout;
  readonly entry: Posting;
}

/**
 * Redeems a voucher, writes its pay-out and posts it, in one statement for all that share the transaction: the voucher must still be active, unexpired and
 * under the same code, no other record of the person paid by it, and it is not out with another office that has no network, nor with an officer. What an
 * officer carries does not run out meanwhile.
 * @param entry the posting of the pay-out
 * @returns whether it was; if not, somebody else was here first
 */
export async function pay(tx: Tx, now: Date, voucher: Paying['voucher'], payout: NewPayout, entry: Posting): Promise<boolean> {
  try {
    return await tx.writeTogether(payAll, { now, voucher, payout, entry });
  } catch (error) {
    if (overtaken.includes(brokenConstraint(error) ?? '')) return false;
    throw error;
  }
}

/** The till that a pay-out at a counter comes out of, if one stands open: the database holds it to be that one when it is written. */
const tillOf = (
  redeemed: Sql,
): Sql => sql`case when ${redeemed}."reportedAt" is null then (select t.id from tills t join offices o on o.id = t.office_id
  where t.agent_id = ${redeemed}."agentId" and t.currency = ${redeemed}.currency and t.closed_at is null and t.office_id = ${redeemed}."officeId"
    and t.day = (${redeemed}."paidAt" at time zone o.time_zone)::date) end`;

// The rows are locked in order of id, so that two groups do not wait for each other in a circle. An office without a network does not hear that a
// voucher was locked, and has paid it.
async function payAll(tx: Tx, all: readonly Paying[]): Promise<boolean[]> {
  const asked = JSON.stringify(
    all.map(({ now, voucher, payout }) => ({ ...payout, voucherId: voucher.id, counter: voucher.counter, paidAt: now })),
  );
  const rows = await tx.all<{ id: string }>(sql`with asked as materialized (
      select * from json_to_recordset(${asked}::json) as q (id uuid, "voucherId" uuid, counter int, "officeId" uuid, "advanceId" uuid, "agentId" uuid,
        "deviceId" uuid, "documentType" text, "documentLastFour" text, "paidAt" timestamptz, "paidOn" date, "alternateId" uuid,
        "documentDiffers" boolean, "reportedAt" timestamptz)
    ), locked as materialized (
      select v.id from vouchers v where v.id in (select q."voucherId" from asked q) order by v.id for no key update
    ), redeemed as (
      update vouchers v set state = 'redeemed' from locked l join asked q on q."voucherId" = l.id
      where v.id = l.id and (v.state = 'activated' or v.state = 'locked' and q."reportedAt" is not null) and v.counter = q.counter
        and (v.expires_at > q."paidAt" or q."advanceId" is not null)
      returning v.collector_id, v.amount, v.currency, q.*
    ), paid as (
      insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four,
        paid_at, paid_on, device_id, advance_id, alternate_id, document_differs, reported_at, till_id)
      select id, "voucherId", "officeId", "agentId", collector_id, amount, currency, "documentType", "documentLastFour",
        "paidAt", "paidOn", "deviceId", "advanceId", "alternateId", "documentDiffers", "reportedAt", ${tillOf(sql`r`)}
      from redeemed r
      returning id
    ), ${posted(
      all.map(({ entry }) => entry),
      sql`join paid on paid.id = t.subject_id`,
    )} select id from paid`);
  const paid = new Set(rows.map(({ id }) => id));
  return all.map(({ payout }) => paid.has(payout.id));
}

/** Notes that an office without cash could not pay vouchers: one for each programme whose it may have been. */
export async function noteNoCash(
  tx: Tx,
  now: Date,
  { agentId, officeId, voucherIds }: { agentId: string; officeId: string; voucherIds: readonly string[] },
): Promise<void> {
  await tx.insert(
    'cash_refusals',
    voucherIds.map((voucherId) => ({ id: newId(), agent_id: agentId, office_id: officeId, voucher_id: voucherId, at: now })),
  );
}

/** Counts a wrong code: against the agent always, and against the vouchers it was tried on that it counts against, which the fifth one locks. */
export async function countFailure(
  tx: Tx,
  now: Date,
  { agentId, officeId, tried }: { agentId: string; officeId: string | null; tried: readonly string[] },
): Promise<void> {
  // The rows are locked in order of id, so that two wrong codes for one person do not wait for each other in a circle.
  await tx.run(sql`with aimed as materialized (
      select id from vouchers where id = any(${tried}::uuid[]) order by id for no key update
    ), counted as (
      update vouchers v set failed_attempts = v.failed_attempts + 1,
        state = case when v.failed_attempts + 1 >= ${ATTEMPTS_ALLOWED} then 'locked' else v.state end
      from aimed where v.id = aimed.id and v.state in ('issued', 'activated'))
    insert into failed_codes (id, agent_id, office_id, voucher_id, at)
    values (${newId()}, ${agentId}, ${officeId}, ${tried.length === 1 ? tried[0] : null}, ${now})`);
}

/** The state of a voucher once everybody has counted who is counting a wrong code against it now. Whoever counts one later waits. */
export async function stateOnceCounted(tx: Tx, id: string): Promise<VoucherState> {
  const row = await tx.first<{ state: VoucherState }>(sql`select state from vouchers where id = ${id} for no key update`);
  if (!row) throw new Error('the voucher that was just found is gone');
  return row.state;
}
