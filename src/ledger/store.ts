import { newId, RetryTransaction, sql, type Tx } from '../platform/index.ts';
import { postingRules } from './rules.ts';
import type { Transfer } from './types.ts';

/**
 * Writes an entry with its two postings for each transfer, all in one statement; accounts are opened on first use.
 * @throws Error by constraint `accounts_not_overdrawn` when a fund does not hold as much, and `journal_entries_once` when an
 *   event has happened to its subject before
 */
export async function post(tx: Tx, at: Date, transfers: readonly Transfer[]): Promise<void> {
  if (transfers.length === 0) return;
  const moves = transfers.map(({ event, programmeId, fundId, subject, amount, officeId, officerId }) => {
    if (amount.isNegative || amount.isZero) throw new RangeError('a transfer moves an amount above zero');
    const [debit, credit] = postingRules[event];
    return {
      entry_id: newId(),
      event,
      programme_id: programmeId,
      fund_id: fundId,
      subject_type: subject.type,
      subject_id: subject.id,
      amount: amount.toString(),
      currency: amount.currency,
      debit,
      credit,
      office_id: officeId,
      officer_id: officerId,
    };
  });
  const written = await tx.run(sql`
    with moves as (
      select * from jsonb_to_recordset(${JSON.stringify(moves)}::jsonb) as m (entry_id uuid, event text, programme_id uuid,
        fund_id uuid, subject_type text, subject_id uuid, amount numeric, currency text, debit text, credit text,
        office_id uuid, officer_id uuid)
    ), legs as (
      select entry_id, fund_id, currency, leg, kind, sign * amount as amount,
        case kind when 'payable_to_post' then office_id end as office_id,
        case kind when 'advances' then officer_id end as officer_id
      from moves cross join lateral (values (1::smallint, debit, 1), (2::smallint, credit, -1)) as side (leg, kind, sign)
    ), known as materialized (
      select l.entry_id, l.leg, l.amount, l.currency, a.id as account_id, l.fund_id, l.kind, l.office_id, l.officer_id
      from legs l left join accounts a on a.fund_id = l.fund_id and a.kind = l.kind and a.currency = l.currency
        and a.office_id is not distinct from l.office_id and a.officer_id is not distinct from l.officer_id
    ), opened as (
      insert into accounts (id, kind, fund_id, currency, office_id, officer_id)
      select gen_random_uuid(), kind, fund_id, currency, office_id, officer_id from known where account_id is null
      group by kind, fund_id, currency, office_id, officer_id
      on conflict do nothing returning *
    ), entries as (
      insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id)
      select entry_id, ${at}::timestamptz, event, programme_id, fund_id, subject_type, subject_id from moves
    ), resolved as materialized (
      select entry_id, leg, account_id, amount, currency from known where account_id is not null
      union all
      select k.entry_id, k.leg, o.id, k.amount, k.currency from known k join opened o
        on k.account_id is null and o.fund_id = k.fund_id and o.kind = k.kind and o.currency = k.currency
        and o.office_id is not distinct from k.office_id and o.officer_id is not distinct from k.officer_id
    )
    insert into postings (entry_id, leg, account_id, amount, currency)
    select * from resolved where (select count(*) from resolved) = (select count(*) from known)`);
  // Another transaction opened the same account meanwhile; the next try sees it.
  if (written !== 2 * moves.length) throw new RetryTransaction('an account was being opened by somebody else');
}
