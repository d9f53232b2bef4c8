import { type Db, Money, newId, type Page, pageOf, type Sql, sql, type Tx } from '../../platform/index.ts';
import type { LineKind, ReadLine } from './formats/types.ts';
import type { StatementLineShown } from './types.ts';

/** By what a line of the bank is known again: what it says, what was booked, and where that stands in an account. */
export interface Recognition {
  readonly fingerprint: string;
  readonly booking: string | null;
  readonly batch: string | null;
  /** How many lines there are of its booking; null on all but the first. */
  readonly bookingLines: number | null;
  /** Whether the bank gave its booking a name of its own. */
  readonly isBookingNamed: boolean;
  /** Whether its booking is read as several lines. */
  readonly isSplit: boolean;
  readonly account: string | null;
  /** What the account held before the statement, after the line, and after all of its booking. */
  readonly opening: Money | null;
  readonly balance: Money | null;
  readonly bookingBalance: Money | null;
  /** Whether it stands in a table, which may name no account: its fingerprint tells the tables of one account. */
  readonly isTable: boolean;
}

/** Lines on their way into the table: one array for each column. Only what the bank says is known again. */
export class LineBatch {
  readonly rows: number[] = [];
  readonly lines: ReadLine[] = [];
  readonly recognitions: (Recognition | null)[] = [];

  add(row: number, line: ReadLine, recognition: Recognition | null): void {
    this.rows.push(row);
    this.lines.push(line);
    this.recognitions.push(recognition);
  }

  get size(): number {
    return this.rows.length;
  }
}

/**
 * Plans each statement of this transaction for the tables as they are by then: what is planned while they are empty goes through all of
 * them when they are full.
 */
export async function planAnew(tx: Tx): Promise<void> {
  await tx.first(sql`select set_config('plan_cache_mode', 'force_custom_plan', true)`);
}

/**
 * Lines of the bank are compared with what the bank said before; what the post says twice it may be claiming twice. The equal lines come
 * first (`offset 0` keeps the planner from going through whole statements), and they are few.
 *
 * Two equal withdrawals may be two. A line is an earlier one only where the bank gave both the same reference of its own, where the account
 * held as much after the one as after the other and the statement does not begin where the earlier one ended, or where one of the two
 * statements is a notice without balances (camt.054), which one line of the account's statement bears out. A table without balances lists whole
 * days, as the tables do that it overlaps: the nth of its equal lines is the nth of theirs.
 */
const earlierLine = (programmeId: string, statementId: string): Sql => sql`(select e.id
  from (select l.id, l.statement_id, l.balance_after from statement_lines l
    where (n.account is not null or n.listed) and l.fingerprint = decode(n.fingerprint, 'hex') and l.repeats is null offset 0) e
    join statements s on s.id = e.statement_id
  where s.programme_id = ${programmeId} and s.source = 'bank' and s.state <> 'withdrawn' and s.id <> ${statementId} and (n.named
    or n.listed and (n.balance is null or e.balance_after is null)
    or n.balance = e.balance_after and not exists (select from statement_parts p
      where p.statement_id = e.statement_id and p.account = n.account and p.closing = n.opening)
    or e.balance_after is null and n.balance is not null and not exists (select from statement_lines r join statements o on o.id = r.statement_id
      where r.repeats = e.id and r.balance_after <> n.balance and o.state <> 'withdrawn')
    or e.balance_after is not null and n.balance is null and not exists (select from statement_lines r join statements o on o.id = r.statement_id
      where r.repeats = e.id and r.balance_after is null and o.format = 'camt.054' and o.state <> 'withdrawn'))
  order by e.id limit 1)`;

/** What an account held after all of the booking that a line is the first of. */
const heldAfter = (line: Sql): Sql => sql`(select y.balance_after from statement_lines y
  where y.statement_id = ${line}.statement_id and y.row_number = ${line}.row_number + ${line}.booking_lines - 1)`;

/**
 * The first line of a booking that an earlier statement has otherwise: a notice takes apart what the statement gives as one sum, and the other way
 * about. By the bank's own name it is one in any file, unless what it quotes of ours says another; by the name of its batch, or by none, only
 * where one of the two files splits it and the other does not, for what both give as one line is told by what that says. Without any name it
 * takes the balances, or a notice, as for lines, and a sum that quotes nothing of ours, as one payment of that amount might. A booking of very many lines has one candidate, as any other has.
 */
const earlierBooking = (programmeId: string, statementId: string): Sql => sql`(select e.id
  from (select l.*, true as by_name_or_turn from statement_lines l
      where (n.account is not null or n.listed) and l.booking = decode(n.booking, 'hex') and l.booking_lines is not null and l.repeats is null
    union all select l.*, false from statement_lines l
      where n.account is not null and l.batch = decode(n.batch, 'hex') and l.booking_lines is not null and (n.booking is null or l.booking is null)
        and l.repeats is null offset 0) e
    join statements s on s.id = e.statement_id
    cross join lateral (select e.booking_lines > 1 as split, ${heldAfter(sql`e`)} as held offset 0) b
  where s.programme_id = ${programmeId} and s.source = 'bank' and s.state <> 'withdrawn' and s.id <> ${statementId} and case
    when n.booking_named and e.by_name_or_turn then n.split or b.split or coalesce(n.ours = e.our_reference, true) and coalesce(n.serial = e.serial, true)
    when n.split = b.split then false
    when e.by_name_or_turn and (case when n.split then e.our_reference else n.ours end is not null or case when n.split then e.serial else n.serial end is not null)
      then false
    else not e.by_name_or_turn or n.listed and (n.held is null or b.held is null)
      or n.held = b.held and not exists (select from statement_parts p
        where p.statement_id = e.statement_id and p.account = n.account and p.closing = n.opening)
      or b.held is null and n.held is not null and not exists (select from statement_lines r join statements o on o.id = r.statement_id
        where r.repeats = e.id and ${heldAfter(sql`r`)} <> n.held and o.state <> 'withdrawn')
      or b.held is not null and n.held is null and not exists (select from statement_lines r join statements o on o.id = r.statement_id
        where r.repeats = e.id and r.balance_after is null and o.format = 'camt.054' and o.state <> 'withdrawn') end
  order by e.id limit 1)`;

/** Stores lines of a statement. @param programmeId of a bank's statement, whose repeats are looked for; null for any other */
export async function insertLines(
  tx: Tx,
  statementId: string,
  { rows, lines, recognitions }: LineBatch,
  programmeId: string | null,
): Promise<void> {
  const column = <Value>(read: (line: ReadLine) => Value): Value[] => lines.map(read);
  const known = <Value>(read: (recognition: Recognition) => Value): (Value | null)[] => recognitions.map((one) => one && read(one));
  const repeats = programmeId && sql`coalesce(${earlierLine(programmeId, statementId)}, ${earlierBooking(programmeId, statementId)})`;
  await tx.run(sql`insert into statement_lines (id, statement_id, row_number, place, kind, reference, our_reference, serial, amount, currency,
      office_code, paid_on, value_on, document_last_four, unread, fingerprint, booking, batch, booking_lines, balance_after, repeats)
    select n.id, ${statementId}, n.row, n.place, n.kind, n.reference, n.ours, n.serial, n.amount, n.currency, n.office, n.paid_on, n.value_on,
      n.last_four, string_to_array(n.unread, ','), decode(n.fingerprint, 'hex'), decode(n.booking, 'hex'), decode(n.batch, 'hex'), n.booking_lines, n.balance,
      ${repeats ?? sql`null`}
    from unnest(${lines.map(() => newId())}::uuid[], ${rows}::int[], ${column(({ place }) => place)}::text[], ${column(({ kind }) => kind)}::text[],
      ${column(({ reference }) => reference)}::text[], ${column(({ ourReference }) => ourReference)}::text[], ${column(({ serial }) => serial)}::text[],
      ${column(({ amount }) => amount.toString())}::numeric[], ${column(({ amount }) => amount.currency)}::text[],
      ${column(({ officeCode }) => officeCode)}::text[], ${column(({ paidOn }) => paidOn)}::date[], ${column(({ valueOn }) => valueOn)}::date[],
      ${column(({ documentLastFour }) => documentLastFour)}::text[], ${column(({ unread }) => (unread.length === 0 ? null : unread.join(',')))}::text[],
      ${column(({ isNamed }) => isNamed)}::boolean[],
      ${known(({ fingerprint }) => fingerprint)}::text[], ${known(({ booking }) => booking)}::text[], ${known(({ batch }) => batch)}::text[],
      ${known(({ bookingLines }) => bookingLines)}::int[], ${known(({ isBookingNamed }) => isBookingNamed)}::boolean[], ${known(({ isSplit }) => isSplit)}::boolean[],
      ${known(({ account }) => account)}::text[], ${known(({ opening }) => opening?.toString() ?? null)}::numeric[],
      ${known(({ balance }) => balance?.toString() ?? null)}::numeric[],
      ${known(({ bookingBalance }) => bookingBalance?.toString() ?? null)}::numeric[], ${known(({ isTable }) => isTable)}::boolean[])
      as n (id, row, place, kind, reference, ours, serial, amount, currency, office, paid_on, value_on, last_four, unread, named, fingerprint, booking, batch,
        booking_lines, booking_named, split, account, opening, balance, held, listed)`);
}

export const countRepeats = async (tx: Tx, statementId: string): Promise<number> =>
  (
    await tx.first<{ count: number }>(
      sql`select count(*)::int as count from statement_lines where statement_id = ${statementId} and repeats is not null`,
    )
  )?.count ?? 0;

type Row = Omit<StatementLineShown, 'amount'> & { readonly amount: string; readonly currency: string };

/** The lines of a statement in their order, each with what became of it. @param after the row to start after */
export async function pageOfLines(
  db: Db,
  statementId: string,
  { kind }: { readonly kind?: LineKind | undefined },
  limit: number,
  after: number,
): Promise<Page<StatementLineShown>> {
  const rows = await db.all<Row>(sql`
    select l.id, l.row_number as "row", l.place, l.kind, l.reference, l.our_reference as "ourReference", l.serial, l.amount::text, l.currency,
      l.office_code as "officeCode", l.paid_on as "paidOn", l.value_on as "valueOn", coalesce(l.unread, '{}') as unread, l.repeats,
      (select jsonb_build_object('pass', m.pass, 'reason', m.reason) from statement_matches m where m.statement_line_id = l.id) as match,
      coalesce((select jsonb_agg(jsonb_build_object('id', e.id, 'kind', e.kind, 'state', e.state) order by e.id)
        from exceptions e where e.statement_id = l.statement_id and e.statement_line_id = l.id), '[]') as exceptions
    from statement_lines l
    where l.statement_id = ${statementId} and l.row_number > ${after} and ${kind ? sql`l.kind = ${kind}` : sql`true`}
    order by l.row_number limit ${limit + 1}`);
  const shown = rows.map(({ amount, currency, ...line }) => ({ ...line, amount: Money.of(amount, currency).toJSON() }));
  return pageOf(shown, limit, ({ row }) => String(row));
}
