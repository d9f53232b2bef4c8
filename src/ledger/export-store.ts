import { allOf, type Db, type Sql, sql } from '../platform/index.ts';
import { beginningOf } from './entry-store.ts';
import type { AccountKind, EntryEvent } from './types.ts';

/** A leg of an entry, as it is written to a file. */
export interface ExportedLeg {
  readonly entryId: string;
  readonly leg: number;
  /** The moment to the microsecond. */
  readonly position: string;
  /** The day in the programme's time zone. */
  readonly day: string;
  readonly event: EntryEvent;
  /** What a reversal takes back. */
  readonly reverses: string | null;
  readonly reversedEvent: EntryEvent | null;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly kind: AccountKind;
  readonly officeCode: string | null;
  readonly officerId: string | null;
  readonly amount: string;
  readonly currency: string;
}

export interface ExportedFund {
  readonly id: string;
  readonly agreement: string;
  readonly donor: string;
  readonly timeZone: string;
}

/** The funds of a programme that a file is of. @param reached the condition on funds `f` that keeps to what the reader may see */
export const fundsToExport = (db: Db, programmeId: string, fundId: string | undefined, reached: Sql): Promise<ExportedFund[]> =>
  db.all(sql`select f.id, f.agreement, f.donor, p.time_zone as "timeZone" from funds f join programmes p on p.id = f.programme_id
    where ${allOf([sql`f.programme_id = ${programmeId}`, sql`(${reached})`, ...(fundId ? [sql`f.id = ${fundId}`] : [])])} order by f.agreement, f.id`);

/** Entries that happened after a place: whole, in order. */
export const legsAfter = (
  db: Db,
  { id, timeZone }: ExportedFund,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  entries: number,
  after: Pick<ExportedLeg, 'position' | 'entryId'> | undefined,
): Promise<ExportedLeg[]> => {
  const fund = sql`${id}::uuid`;
  return db.all(sql`
    select e.id as "entryId", g.leg, e.at::text as position, (e.at at time zone ${timeZone})::date as day, e.event, e.reverses,
      (select o.event from journal_entries o where o.id = e.reverses) as "reversedEvent", e.subject_type as "subjectType", e.subject_id as "subjectId",
      a.kind, (select o.code from offices o where o.id = a.office_id) as "officeCode", a.officer_id as "officerId", g.amount::text, g.currency
    from (select * from journal_entries e where ${allOf([
      sql`e.fund_id = ${id}`,
      ...(from ? [sql`e.at >= ${beginningOf(sql`${from}`, fund)}`] : []),
      ...(to ? [sql`e.at < ${beginningOf(sql`${to}::date + 1`, fund)}`] : []),
      ...(after ? [sql`(e.at, e.id) > (${after.position}::timestamptz, ${after.entryId}::uuid)`] : []),
    ])} order by e.at, e.id limit ${entries}) e
    join postings g on g.entry_id = e.id join accounts a on a.id = g.account_id order by e.at, e.id, g.leg`);
};
