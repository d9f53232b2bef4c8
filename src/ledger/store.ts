import { newId, type Sql, sql, type Tx } from '../platform/index.ts';
import { postingRules } from './rules.ts';
import type { AccountKind, LedgerEvent, Transfer } from './types.ts';

/** The condition that what was posted of a record has been reversed. @param id the expression of the record's identifier */
export const isTakenBack = (event: LedgerEvent, id: Sql): Sql => sql`exists (select from journal_entries posted
  join journal_entries reversal on reversal.reverses = posted.id where posted.subject_id = ${id} and posted.event = ${event})`;

/** The accounts that a transfer debits and credits. @throws RangeError when it moves nothing, or backwards */
function sidesOf({ event, amount }: Transfer): readonly [debit: AccountKind, credit: AccountKind] {
  if (amount.isNegative || amount.isZero) throw new RangeError('a transfer moves an amount above zero');
  return postingRules[event];
}

/**
 * The expression that writes an entry with its two postings; accounts are opened on first use. For a statement that does more than
 * post, so that everything it does is one round trip.
 * @throws RangeError when the amount is not above zero; running it breaks the constraint `accounts_not_overdrawn` when a fund does not
 *   hold as much, and `journal_entries_once` when the event has happened to its subject before
 */
export function posting(at: Date, transfer: Transfer): Sql {
  const { event, programmeId, fundId, subject, amount, officeId = null, officerId = null, part = 0 } = transfer;
  const [debit, credit] = sidesOf(transfer);
  return sql`post_transfer(${newId()}::uuid, ${at}::timestamptz, ${event}::text, ${debit}::text, ${credit}::text, ${programmeId}::uuid,
    ${fundId}::uuid, ${subject.type}::text, ${subject.id}::uuid, ${amount.toString()}::numeric, ${amount.currency}::text,
    ${officeId}::uuid, ${officerId}::uuid, ${part}::int)`;
}

/**
 * Writes an entry with its two postings for each transfer, all in one statement; accounts are opened on first use.
 * @throws as {@link posting}
 */
export async function post(tx: Tx, at: Date, transfers: readonly Transfer[]): Promise<void> {
  if (transfers.length === 0) return;
  const moves = transfers.map((transfer) => {
    const { event, programmeId, fundId, subject, amount, officeId, officerId, part = 0 } = transfer;
    const [debit, credit] = sidesOf(transfer);
    return {
      entry_id: newId(),
      event,
      debit,
      credit,
      programme_id: programmeId,
      fund_id: fundId,
      subject_type: subject.type,
      subject_id: subject.id,
      amount: amount.toString(),
      currency: amount.currency,
      office_id: officeId,
      officer_id: officerId,
      part,
    };
  });
  await tx.run(sql`
    select post_transfer(entry_id, ${at}::timestamptz, event, debit, credit, programme_id, fund_id, subject_type, subject_id, amount,
      currency, office_id, officer_id, part)
    from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as m (entry_id uuid, event text, debit text, credit text,
      programme_id uuid, fund_id uuid, subject_type text, subject_id uuid, amount numeric, currency text, office_id uuid, officer_id uuid,
      part int)`);
}
