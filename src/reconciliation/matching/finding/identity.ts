import { allOf, type Sql, sql } from '../../../platform/index.ts';
import type { Pass } from '../types.ts';
import { agrees, amountsFit, daysFit, isFree, isTakenBack, type Look, mayBeOne, openLines } from './look.ts';

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

/** What a line is compared with. */
const compared = sql`p.id, p.amount, p.paid_on, p.office_id, p.document_last_four`;

const standing = sql`p.voided_at is null and p.office_id is not null and p.currency = l.currency`;

/** The pay-out that stands for the voucher of a line's serial. */
export const bySerial = (look: Look): Sql =>
  byIdentity(
    look,
    sql`l.serial`,
    sql`l.serial is not null`,
    sql`select ${compared} from vouchers v join payouts p on p.voucher_id = v.id and ${standing}
      where v.serial = l.serial and v.programme_id = ${look.statement.programmeId}`,
  );

/** The pay-out that a line quotes, whose voucher has the serial of the line where it has one. */
export const byQuote = (look: Look): Sql =>
  byIdentity(
    look,
    sql`${quotedId}::text`,
    quotesSomething,
    sql`select ${compared} from payouts p join vouchers v on v.id = p.voucher_id and v.programme_id = ${look.statement.programmeId}
      where p.id = ${quotedId} and ${standing} and (l.serial is null or l.serial = v.serial)`,
  );

/**
 * Of several lines that fit one pay-out it is the one that the file does not take back, then whose pass comes first, then the nearest in amount and in
 * days, then the first. Every look-up goes by an index from the line: the planner knows nothing yet of lines that were stored a moment ago.
 * @param key what lines that compete for one pay-out have in common
 * @param named that a line has it
 * @param payout the one pay-out of a line `l`
 */
function byIdentity(look: Look, key: Sql, named: Sql, payout: Sql): Sql {
  const { statement, group } = look;
  return sql`
    select distinct on (p.id) l.id as line_id, 'payout' as target_type, array[p.id] as targets, r.rank, abs(l.paid_on - p.paid_on) as days,
      abs(l.amount - p.amount) as difference, ${agrees(statement)} as agrees
    from statement_lines l
      cross join lateral (${payout} limit 1) p
      cross join lateral (select o.code from offices o where o.id = p.office_id limit 1) o
      cross join lateral (select ${rank(group.passes)} as rank) r
    where ${openLines(look, key)} and ${named} and r.rank is not null and ${isFree('payout', sql`p.id`)} and ${mayBeOne(sql`p.id`)}
    order by p.id, ${isTakenBack(look)}, r.rank, abs(l.amount - p.amount), abs(l.paid_on - p.paid_on), l.row_number`;
}

const isId = (text: Sql): Sql => sql`${text} ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'`;

/** The pay-out that a line quotes, as far as what it quotes looks like one. */
const quotedId = sql`(case when ${isId(sql`l.our_reference`)} then l.our_reference::uuid when ${isId(sql`l.reference`)} then l.reference::uuid end)`;
