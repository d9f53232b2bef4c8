import { type Sql, sql } from '../../../platform/index.ts';
import { quotesNothing } from '../references.ts';
import { agrees, amountsFit, daysFit, isFree, isTakenBack, isUnidentified, type Look, mayBeOne, onlyPass, openLines } from './look.ts';

/**
 * Pay-outs that nothing identifies, by office, document, amount and day: only where one line and one pay-out fit each other and nothing
 * else, but for lines that the file takes back. A line that has a serial, even one that cannot be read, or quotes another pay-out, is not one of these.
 */
export function byLikeness(look: Look): Sql {
  const { statement, group } = look;
  const pass = onlyPass(group);
  return sql`
    select line_id, 'payout' as target_type, array[payout_id] as targets, 0 as rank, days, difference, agrees from (
      select fits.*, count(*) over (partition by line_id) as of_line, count(*) over (partition by payout_id) as of_payout from (
      select l.id as line_id, p.id as payout_id, abs(l.paid_on - p.paid_on) as days, abs(l.amount - p.amount) as difference,
        ${agrees(statement)} as agrees, ${isTakenBack(look)} as is_taken_back, bool_and(${isTakenBack(look)}) over (partition by p.id) as all_are
      from statement_lines l join offices o on o.code = l.office_code
        join payouts p on p.office_id = o.id and p.document_last_four = l.document_last_four and p.currency = l.currency
          and ${amountsFit(pass, sql`p.amount`)} and ${daysFit(pass, sql`p.paid_on`)} and p.voided_at is null
      where ${openLines(look, sql`l.office_code`)} and l.serial is null and ${isUnidentified} and coalesce(lower(l.our_reference) = p.id::text, true)
        and ${quotesNothing(statement)}
        and exists (select from vouchers v where v.id = p.voucher_id and v.programme_id = ${statement.programmeId})
        and ${isFree('payout', sql`p.id`)} and ${mayBeOne(sql`p.id`)}
      ) fits where is_taken_back = all_are
    ) pairs where of_line = 1 and of_payout = 1`;
}
