import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { CheckResult, Closing, Period, PeriodSheet, Reopening } from './period-types.ts';

type Row = Omit<Period, 'from' | 'until'> & { readonly from: Date; readonly until: Date };

const columns = sql`p.id, p.programme_id as "programmeId", p.number, p.starts_on as "startsOn", p.ends_on as "endsOn",
  p.from_at as "from", p.until_at as "until", p.state`;

const periodOf = ({ from, until, ...row }: Row): Period => ({ ...row, from: from.toISOString(), until: until.toISOString() });

export async function findPeriod(db: Db, id: string): Promise<Period | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ledger_periods p where p.id = ${id}`);
  return row && periodOf(row);
}

/** A programme's periods, newest first. @param before the number that the page before ended with */
export async function pageOfPeriods(db: Db, programmeId: string, limit: number, before: number | undefined): Promise<Page<Period>> {
  const rows = await db.all<Row>(sql`select ${columns} from ledger_periods p
    where p.programme_id = ${programmeId} and (${before ?? null}::int is null or p.number < ${before ?? null}) order by p.number desc limit ${limit + 1}`);
  return pageOf(rows.map(periodOf), limit, ({ number }) => String(number));
}

/** What the next period follows from: the first that is open again, the last that is closed, and the day of the first entry. */
export interface BooksSoFar {
  readonly timeZone: string;
  readonly reopened: Period | undefined;
  readonly last: Pick<Period, 'number' | 'endsOn'> | undefined;
  readonly firstEntryOn: string | null;
}

/** @returns undefined when there is no such programme */
export async function booksSoFar(db: Db, programmeId: string): Promise<BooksSoFar | undefined> {
  const programme = await db.first<{ timeZone: string; firstEntryOn: string | null }>(sql`
    select p.time_zone as "timeZone", (select (min(first.at) at time zone p.time_zone)::date from funds f
      cross join lateral (select e.at from journal_entries e where e.fund_id = f.id order by e.at limit 1) first where f.programme_id = p.id) as "firstEntryOn"
    from programmes p where p.id = ${programmeId}`);
  if (!programme) return undefined;
  const reopened = await db.first<Row>(sql`select ${columns} from ledger_periods p
    where p.programme_id = ${programmeId} and p.state = 'open' order by p.number limit 1`);
  const last = await db.first<Pick<Period, 'number' | 'endsOn'>>(sql`select p.number, p.ends_on as "endsOn" from ledger_periods p
    where p.programme_id = ${programmeId} order by p.number desc limit 1`);
  return { ...programme, reopened: reopened && periodOf(reopened), last };
}

/** The moments at which a span of days begins and ends in a programme's time zone, the end not included. */
export async function momentsOf(
  db: Db,
  programmeId: string,
  { startsOn, endsOn }: { startsOn: string; endsOn: string },
): Promise<{ from: string; until: string }> {
  const row = await db.first<{ from: Date; until: Date }>(sql`
    select ${startsOn}::date::timestamp at time zone time_zone as "from", (${endsOn}::date + 1)::timestamp at time zone time_zone as "until"
    from programmes where id = ${programmeId}`);
  return { from: row?.from.toISOString() ?? '', until: row?.until.toISOString() ?? '' };
}

/** The moment for an entry that is booked on a day, and what stands against it. @param notBefore the moment of what it takes back */
export async function momentToBook(
  db: Db,
  programmeId: string,
  day: string,
  notBefore: Date,
  now: Date,
): Promise<{ moment: Date; isBefore: boolean; isAhead: boolean; isClosed: boolean }> {
  const row = await db.first<{ moment: Date; isBefore: boolean; isAhead: boolean; isClosed: boolean }>(sql`
    select least(d.ends - interval '1 millisecond', ${now}) as moment, d.ends <= ${notBefore} as "isBefore", d.begins > ${now} as "isAhead",
      exists (select from ledger_periods l where l.programme_id = p.id and l.state = 'closed' and l.until_at >= d.ends) as "isClosed"
    from programmes p cross join lateral (select ${day}::date::timestamp at time zone p.time_zone as begins,
      (${day}::date + 1)::timestamp at time zone p.time_zone as ends) d where p.id = ${programmeId}`);
  if (!row) throw new RangeError('an entry belongs to a programme');
  return row;
}

/** @throws Error by constraint `ledger_periods_number_once` when somebody else has closed it meanwhile */
export async function insertPeriod(tx: Tx, { state: _open, ...period }: Period, now: Date): Promise<void> {
  const { id, programmeId, number, startsOn, endsOn, from, until } = period;
  await tx.run(sql`insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
    values (${id}, ${programmeId}, ${number}, ${startsOn}, ${endsOn}, ${from}, ${until}, ${now})`);
}

/** Waits until every entry of a period that is on its way is in, and keeps others out until this transaction ends. */
export const lockPeriod = (tx: Tx, id: string): Promise<unknown> => tx.first(sql`select lock_ledger_period(${id}::uuid)`);

/** Closes a period that is locked and checked, keeping what each account held at its end. */
export async function insertClosing(
  tx: Tx,
  { id, until, programmeId }: Period,
  by: string,
  at: Date,
  checklist: readonly CheckResult[],
): Promise<void> {
  const row = await tx.first<{ number: number }>(sql`insert into ledger_closings (period_id, number, closed_by, closed_at, checklist)
    select ${id}, count(*) + 1, ${by}, ${at}, ${JSON.stringify(checklist)}::jsonb from ledger_closings where period_id = ${id} returning number`);
  await tx.run(sql`insert into ledger_closing_balances (period_id, closing, account_id, balance)
    select ${id}, ${row?.number ?? 0}, a.id, held.balance
    from funds f join accounts a on a.fund_id = f.id cross join lateral (select balance_until(a.id, ${until}) as balance offset 0) held
    where f.programme_id = ${programmeId} and held.balance <> 0`);
  await movePeriod(tx, id, 'closed');
}

export const movePeriod = (tx: Tx, id: string, state: Period['state']): Promise<number> =>
  tx.run(sql`update ledger_periods set state = ${state}, version = version + 1 where id = ${id}`);

interface SheetRow {
  readonly closings: Closing[];
  readonly reopenings: Reopening[];
}

const instant = <Text extends string | null>(text: Text): Text => (text === null ? text : (new Date(text).toISOString() as Text));

/** A period with its closings and reopenings. */
export async function findPeriodSheet(db: Db, id: string): Promise<PeriodSheet | undefined> {
  const period = await findPeriod(db, id);
  const row = await db.first<SheetRow>(sql`select
    coalesce((select jsonb_agg(jsonb_build_object('number', c.number, 'closedBy', c.closed_by, 'closedAt', c.closed_at, 'checklist', c.checklist)
      order by c.number) from ledger_closings c where c.period_id = ${id}), '[]') as closings,
    coalesce((select jsonb_agg(jsonb_build_object('id', r.id, 'closing', r.closing, 'reason', r.reason, 'askedBy', r.asked_by, 'askedAt', r.asked_at,
      'confirmedBy', r.confirmed_by, 'confirmedAt', r.confirmed_at, 'refusedBy', r.refused_by, 'refusedAt', r.refused_at, 'note', r.note) order by r.id)
      from ledger_reopenings r where r.period_id = ${id}), '[]') as reopenings`);
  return (
    period &&
    row && {
      ...period,
      closings: row.closings.map((closing) => ({ ...closing, closedAt: instant(closing.closedAt) })),
      reopenings: row.reopenings.map((reopening) => ({
        ...reopening,
        askedAt: instant(reopening.askedAt),
        confirmedAt: instant(reopening.confirmedAt),
        refusedAt: instant(reopening.refusedAt),
      })),
    }
  );
}

/** A reopening that was asked for, and the period in question. */
export const findReopening = (db: Db, id: string): Promise<{ periodId: string } | undefined> =>
  db.first(sql`select period_id as "periodId" from ledger_reopenings where id = ${id}`);

/** Asks for the last closing of a period to be undone. @throws Error by constraint `ledger_reopenings_once` while it is asked for, or was confirmed */
export const insertReopening = (tx: Tx, id: string, periodId: string, reason: string, by: string, at: Date): Promise<number> =>
  tx.run(sql`insert into ledger_reopenings (id, period_id, closing, reason, asked_by, asked_at)
    select ${id}, ${periodId}, max(number), ${reason}, ${by}, ${at} from ledger_closings where period_id = ${periodId}`);

const isAsked = sql`num_nonnulls(confirmed_by, refused_by) = 0`;

/** @returns whether it was still asked for */
export const confirmReopeningRow = async (tx: Tx, id: string, by: string, at: Date): Promise<boolean> =>
  (await tx.run(sql`update ledger_reopenings set confirmed_by = ${by}, confirmed_at = ${at} where id = ${id} and ${isAsked}`)) === 1;

/** @param note why @returns whether it was still asked for */
export const refuseReopeningRow = async (tx: Tx, id: string, note: string, by: string, at: Date): Promise<boolean> =>
  (await tx.run(
    sql`update ledger_reopenings set refused_by = ${by}, refused_at = ${at}, note = ${note} where id = ${id} and ${isAsked}`,
  )) === 1;

/** The condition that a moment lies within a period's. */
export const within = (moment: Sql, { from, until }: Pick<Period, 'from' | 'until'>): Sql =>
  sql`(${moment} >= ${from}::timestamptz and ${moment} < ${until}::timestamptz)`;
