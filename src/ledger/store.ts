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

/** An entry that is to be written, as a row. */
export type Posting = Readonly<Record<string, unknown>> & { readonly subject_id: string };

/** The entry of a transfer, for a statement that does more than post. @throws RangeError when the amount is not above zero */
export function posting(at: Date, transfer: Transfer): Posting {
  const { event, programmeId, fundId, subject, amount, officeId, officerId, part = 0 } = transfer;
  const [debit, credit] = sidesOf(transfer);
  return {
    entry_id: newId(),
    at,
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
}

// Each is one step into the index, however many offices a fund owes.
const knownAccount = sql`case
  when leg.office_id is not null then (select a.id from accounts a where a.fund_id = t.fund_id and a.kind = leg.kind and a.currency = t.currency
    and a.office_id = leg.office_id and a.officer_id is null)
  when leg.officer_id is null then (select a.id from accounts a where a.fund_id = t.fund_id and a.kind = leg.kind and a.currency = t.currency
    and a.office_id is null and a.officer_id is null) end`;

/**
 * The part of a `with` that writes entries, each with its two postings; accounts are opened on first use. So a statement that does more than post is
 * one round trip all the same.
 * @param only a join or a condition on `t`, the entries, where not all of them are to be written
 * @throws nothing itself; running it breaks the constraint `accounts_not_overdrawn` when a fund does not hold as much, and `journal_entries_once`
 *   when the event has happened to its subject before
 */
export const posted = (postings: readonly Posting[], only: Sql = sql``): Sql => sql`
  transfers as materialized (select t.* from json_to_recordset(${JSON.stringify(postings)}::json) as t (entry_id uuid, at timestamptz, event text,
    debit text, credit text, programme_id uuid, fund_id uuid, subject_type text, subject_id uuid, amount numeric, currency text, office_id uuid,
    officer_id uuid, part int) ${only}),
  entered as (insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id, part)
    select entry_id, at, event, programme_id, fund_id, subject_type, subject_id, part from transfers),
  moved as (insert into postings (entry_id, leg, account_id, amount, currency, at)
    select t.entry_id, leg.number, coalesce(${knownAccount}, account_of(t.fund_id, leg.kind, t.currency, leg.office_id, leg.officer_id)), leg.amount,
      t.currency, t.at
    from transfers t cross join lateral (values (1, t.debit, t.amount), (2, t.credit, -t.amount)) side (number, kind, amount)
      cross join lateral (select side.*, case when side.kind in ('payable_to_post', 'claims') then t.office_id end as office_id,
        case side.kind when 'advances' then t.officer_id end as officer_id) leg)`;

/**
 * Writes an entry with its two postings for each transfer, all in one statement.
 * @throws as {@link posting} and {@link posted}
 */
export async function post(tx: Tx, at: Date, transfers: readonly Transfer[]): Promise<void> {
  if (transfers.length === 0) return;
  await tx.run(sql`with ${posted(transfers.map((transfer) => posting(at, transfer)))} select from transfers`);
}
