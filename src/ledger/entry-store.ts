import { allOf, type Db, Money, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import { chart } from './chart.ts';
import type { AccountKind, EntryEvent, JournalEntry } from './types.ts';

interface Row extends Pick<JournalEntry, 'id' | 'programmeId' | 'fundId' | 'part' | 'reverses' | 'reversedBy' | 'reason' | 'causedBy'> {
  readonly at: Date;
  readonly position: string;
  readonly event: EntryEvent;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly legs: readonly {
    leg: number;
    accountId: string;
    kind: AccountKind;
    officeId: string | null;
    officerId: string | null;
    amount: string;
    currency: string;
  }[];
}

// Who and what caused an entry stands in the trail: the events of the transaction that wrote it. After a restore the numbers of
// transactions begin again, so the moment has to be the same too, or the entry itself be what the event speaks of. Pay-outs may share a transaction: of
// what is said of vouchers only what is said of the pay-out's own has caused its entry.
const entry = (where: Sql): Sql => sql`
  select e.id, e.at, e.at::text as position, e.event, e.programme_id as "programmeId", e.fund_id as "fundId", e.subject_type as "subjectType",
    e.subject_id as "subjectId", e.part, e.reverses, e.reason, (select r.id from journal_entries r where r.reverses = e.id) as "reversedBy",
    coalesce((select jsonb_agg(jsonb_build_object('leg', g.leg, 'accountId', g.account_id, 'kind', a.kind, 'officeId', a.office_id,
        'officerId', a.officer_id, 'amount', g.amount::text, 'currency', g.currency) order by g.leg)
      from postings g join accounts a on a.id = g.account_id where g.entry_id = e.id), '[]') as legs,
    coalesce((select jsonb_agg(jsonb_build_object('eventId', v.id, 'command', v.command, 'actorId', v.actor_id, 'at', v.at) order by v.id)
      from (select * from audit_events v where v.written_by = e.written_by and (v.at = e.at or v.subject_id = e.subject_id::text)
        and (v.fund_id = e.fund_id or v.fund_id is null) and (e.subject_type <> 'payout' or v.subject_type <> 'voucher'
          or v.subject_id = (select p.voucher_id::text from payouts p where p.id = e.subject_id)) order by v.id limit 5) v), '[]') as "causedBy"
  from journal_entries e where ${where}`;

function entryOf({ at, position: _position, subjectType, subjectId, legs, causedBy, ...row }: Row): JournalEntry {
  return {
    ...row,
    at: at.toISOString(),
    subject: { type: subjectType, id: subjectId },
    legs: legs.map(({ amount, currency, ...leg }) => {
      const money = Money.of(amount, currency);
      const side = money.isNegative ? 'credit' : 'debit';
      return { ...leg, code: chart[leg.kind].code, side, amount: (money.isNegative ? money.negated() : money).toJSON() };
    }),
    causedBy: causedBy.map((cause) => ({ ...cause, at: new Date(cause.at).toISOString() })),
  };
}

export async function findEntry(db: Db, id: string): Promise<JournalEntry | undefined> {
  const row = await db.first<Row>(entry(sql`e.id = ${id}`));
  return row && entryOf(row);
}

/** Which of a fund's entries are wanted: between days of the programme, both included. */
export interface EntryFilter {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly event?: EntryEvent | undefined;
  readonly subjectId?: string | undefined;
}

/** The moment that a day begins in the time zone of a fund's programme. */
export const beginningOf = (day: Sql, fundId: Sql): Sql => sql`(${day})::date::timestamp at time zone
  (select p.time_zone from programmes p join funds f on f.programme_id = p.id where f.id = ${fundId})`;

/** A fund's entries in the order in which they happened. @param after where the page before ended, as `moment~id` */
export async function pageOfEntries(
  db: Db,
  fundId: string,
  { from, to, event, subjectId }: EntryFilter,
  limit: number,
  after: string | undefined,
): Promise<Page<JournalEntry>> {
  const [at, id] = after?.split('~') ?? [];
  const where = allOf([
    sql`e.fund_id = ${fundId}`,
    ...(from ? [sql`e.at >= ${beginningOf(sql`${from}`, sql`${fundId}::uuid`)}`] : []),
    ...(to ? [sql`e.at < ${beginningOf(sql`${to}::date + 1`, sql`${fundId}::uuid`)}`] : []),
    ...(event ? [sql`e.event = ${event}`] : []),
    ...(subjectId ? [sql`e.subject_id = ${subjectId}`] : []),
    ...(at && id ? [sql`(e.at, e.id) > (${at}::timestamptz, ${id}::uuid)`] : []),
  ]);
  const rows = await db.all<Row>(sql`${entry(where)} order by e.at, e.id limit ${limit + 1}`);
  const { nextCursor, items } = pageOf(rows, limit, ({ position, id }) => `${position}~${id}`);
  return { items: items.map(entryOf), nextCursor };
}

/** The entries that were posted of one record in one fund, and what each is reversed by. */
export const entriesOfSubject = (
  db: Db,
  subjectId: string,
  fundId: string | undefined,
): Promise<{ id: string; event: EntryEvent; fundId: string; programmeId: string; at: Date; reversedBy: string | null }[]> =>
  db.all(sql`select e.id, e.event, e.fund_id as "fundId", e.programme_id as "programmeId", e.at,
      (select r.id from journal_entries r where r.reverses = e.id) as "reversedBy"
    from journal_entries e where e.subject_id = ${subjectId} and e.event <> 'reversal' and (${fundId ?? null}::uuid is null or e.fund_id = ${fundId ?? null})
    order by e.fund_id, e.at, e.id`);

/** Writes, for each of these entries, the one that takes it back: its legs the other way. @param reversals identifiers of both */
export async function insertReversals(
  tx: Tx,
  at: Date,
  reason: string,
  reversals: readonly { readonly id: string; readonly reverses: string }[],
): Promise<void> {
  const pairs = sql`jsonb_to_recordset(${JSON.stringify(reversals)}::jsonb) as n (id uuid, reverses uuid)`;
  await tx.run(sql`insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id, reverses, reason)
    select n.id, ${at}, 'reversal', o.programme_id, o.fund_id, 'journal_entry', o.id, o.id, ${reason}
    from ${pairs} join journal_entries o on o.id = n.reverses`);
  await tx.run(sql`insert into postings (entry_id, leg, account_id, amount, currency, at)
    select n.id, g.leg, g.account_id, -g.amount, g.currency, ${at} from ${pairs} join postings g on g.entry_id = n.reverses`);
}
