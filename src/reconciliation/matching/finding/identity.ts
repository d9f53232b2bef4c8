import { allOf, type Sql, sql } from '../../../platform/index.ts';
import type { Pass } from '../types.ts';
import { agrees, amountsFit, daysFit, isTakenBack, type Look, linesOf } from './look.ts';

/** The pass of a group that holds first, by its number; null where none does. */
const rank = (passes: readonly Pass[]): Sql =>
  sql`case ${passes.reduce((cases, pass, i) => sql`${cases} when ${holds(pass)} then ${i}::int`, sql``)} end`;

const holds = (pass: Pass): Sql =>
  allOf([
    amountsFit(pass, sql`p.amount`),
    daysFit(pass, sql`p.paid_on`),
    ...(pass.serial ? [sql`l.serial is not null`] : []),
    ...(pass.office ? [sql`l.office_code = o.code`] : []),
    ...(pass.document ? [sql`l.document_last_four = p.document_last_four`] : []),
  ]);

/** That a line says something as long as an identifier of ours. */
export const quotesSomething = sql`(length(l.our_reference) = 36 or length(l.reference) = 36)`;

/** The pay-outs that stand for the vouchers of the lines' serials. */
export const bySerial = (look: Look): Sql =>
  byIdentity(look, sql`l.serial`, sql`l.serial is not null`, {
    vouchers: sql`v.serial = any(array(select key from lines))`,
    payouts: sql`p.voucher_id = any(array(select id from vouchers_of))`,
    key: sql`v.serial`,
    isTheirs: sql`true`,
  });

/** The pay-outs that lines quote, whose voucher has the serial of the line where it has one. */
export const byQuote = (look: Look): Sql =>
  byIdentity(look, sql`${quotedId}::text`, quotesSomething, {
    vouchers: sql`v.id = any(array(select p.voucher_id from payouts p where p.id = any(array(select key::uuid from lines))))`,
    payouts: sql`p.id = any(array(select key::uuid from lines))`,
    key: sql`p.id::text`,
    // A pay-out of another programme has no voucher among these.
    isTheirs: sql`p.serial is not null and (l.serial is null or l.serial = p.serial)`,
  });

/** How lines lead to pay-outs: each of these is a condition that an index answers for all of them at once. */
interface Naming {
  readonly vouchers: Sql;
  readonly payouts: Sql;
  /** What of a pay-out `p`, or its voucher `v`, a line's key is. */
  readonly key: Sql;
  readonly isTheirs: Sql;
}

/**
 * Of several lines that fit one pay-out it is the one that the file does not take back, then whose pass comes first, then the nearest in amount
 * and in days, then the first. Each table is gone through once, for all keys in the order of its index, and the rows are put together in
 * memory: a look-up for every line costs several times as much. The planner knows nothing yet of lines that were stored a moment ago and might
 * compare all with all; a full join is never a nested loop.
 * @param key what lines that compete for one pay-out have in common
 * @param named that a line has it
 */
function byIdentity(look: Look, key: Sql, named: Sql, naming: Naming): Sql {
  const { statement, group } = look;
  return sql`
    with listed as materialized (
      select l.id, l.row_number, l.serial, l.amount, l.currency, l.office_code, l.paid_on, l.document_last_four, ${key} as key
      from statement_lines l where ${linesOf(look, key)} and ${named}),
    lines as materialized (select * from listed where id not in (
      select m.statement_line_id from statement_matches m where m.statement_line_id = any(array(select id from listed)))),
    vouchers_of as materialized (select v.id, v.serial from vouchers v where v.programme_id = ${statement.programmeId} and ${naming.vouchers}),
    payouts_of as materialized (
      select p.id, p.voucher_id, p.office_id, p.amount, p.currency, p.paid_on, p.document_last_four
      from payouts p where ${naming.payouts} and p.voided_at is null and p.office_id is not null),
    known as materialized (
      select p.*, v.serial, ${naming.key} as key from payouts_of p full join vouchers_of v on v.id = p.voucher_id),
    pairs as materialized (
      select l.id as line_id, l.row_number, p.id, o.code, ${rank(group.passes)} as rank, abs(l.paid_on - p.paid_on) as days,
        abs(l.amount - p.amount) as difference, ${agrees(statement)} as agrees, ${isTakenBack(look)} as is_taken_back, ${naming.isTheirs} as is_theirs
      from lines l full join known p on p.key = l.key and p.currency = l.currency left join offices o on o.id = p.office_id)
    select distinct on (id) line_id, 'payout' as target_type, array[id] as targets, rank, days, difference, agrees
    from pairs
    where line_id is not null and code is not null and rank is not null and is_theirs
      and id not in (select t.target_id from statement_match_targets t
        where t.target_type = 'payout' and t.target_id = any(array(select id from payouts_of)))
      and (line_id, id) not in (select d.statement_line_id, d.target_id from statement_decisions d
        where d.verdict = 'apart' and d.statement_line_id = any(array(select id from lines)))
    order by id, is_taken_back, rank, difference, days, row_number`;
}

const isId = (text: Sql): Sql => sql`${text} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`;

/** The pay-out that a line quotes, as far as what it quotes looks like one. */
const quotedId = sql`(case when ${isId(sql`l.our_reference`)} then l.our_reference::uuid when ${isId(sql`l.reference`)} then l.reference::uuid end)`;
