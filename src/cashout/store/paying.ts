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

const payable = sql`('activated')`;
/** An office without a network does not hear that a voucher was locked, and has paid it. */
const payableUnheard = sql`('activated', 'locked')`;

/**
 * Redeems a voucher, writes its pay-out and posts it, in one statement: the voucher must still be active, unexpired and under the same
 * code, no other record of the person paid by it, and it is not out with another office that has no network, nor with an officer. What an officer
 * carries does not run out meanwhile.
 * @param entry the posting of the pay-out
 * @returns whether it was; if not, somebody else was here first
 */
export async function pay(
  tx: Tx,
  now: Date,
  { id, counter }: Pick<Candidate, 'id' | 'counter'>,
  payout: NewPayout,
  entry: Sql,
): Promise<boolean> {
  const statement = sql`with redeemed as (
      update vouchers set state = 'redeemed'
      where id = ${id} and state in ${payout.reportedAt ? payableUnheard : payable} and counter = ${counter}
        and (expires_at > ${now} or ${payout.advanceId}::uuid is not null)
      returning id, collector_id, amount, currency
    ), paid as (
      insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four,
        paid_at, paid_on, device_id, advance_id, alternate_id, document_differs, reported_at)
      select ${payout.id}::uuid, id, ${payout.officeId}::uuid, ${payout.agentId}::uuid, collector_id, amount, currency,
        ${payout.documentType}, ${payout.documentLastFour}, ${now}::timestamptz, ${payout.paidOn}::date,
        ${payout.deviceId}::uuid, ${payout.advanceId}::uuid, ${payout.alternateId ?? null}::uuid, ${payout.documentDiffers ?? null}::boolean,
        ${payout.reportedAt ?? null}::timestamptz
      from redeemed
      returning id)
    select ${entry} from paid`;
  try {
    return (await tx.run(statement)) === 1;
  } catch (error) {
    if (overtaken.includes(brokenConstraint(error) ?? '')) return false;
    throw error;
  }
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
