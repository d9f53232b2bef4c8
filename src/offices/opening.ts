import { type Db, type Moment, type Sql, sql } from '../platform/index.ts';

/** How many days ahead it is looked for when an office opens. */
const DAYS_AHEAD = 60;

/**
 * Whether an office is open at a moment by its own clock: by the hours of that day where it has any, otherwise by those of the week. An office
 * without hours is open.
 * @param office the alias of its row
 */
export const isWithinHours = (office: Sql, now: Moment): Sql => sql`(select coalesce(
    (select bool_or(coalesce(l.at::time >= d.opens and l.at::time < d.closes, false)) from office_days d
      where d.office_id = ${office}.id and d.day = l.at::date),
    (select bool_or(h.weekday = extract(isodow from l.at) and l.at::time >= h.opens and l.at::time < h.closes) from office_hours h
      where h.office_id = ${office}.id), true)
  from (select ${now}::timestamptz at time zone ${office}.time_zone as at) l)`;

/** When an office that is closed by its hours opens next; undefined where that is not within sixty days. */
export async function opensNext(db: Db, officeId: string, now: Date): Promise<Date | undefined> {
  const row = await db.first<{ at: Date | null }>(sql`select min((n.day + n.opens) at time zone n.time_zone) as at from (
      select o.time_zone, d.day::date as day, i.opens
      from offices o cross join lateral (select (${now}::timestamptz at time zone o.time_zone)::date as today) t
        cross join lateral generate_series(t.today, t.today + ${DAYS_AHEAD}::int, interval '1 day') d(day)
        cross join lateral (
          select s.opens from office_days s where s.office_id = o.id and s.day = d.day::date and s.opens is not null
          union all select h.opens from office_hours h where h.office_id = o.id and h.weekday = extract(isodow from d.day)
            and not exists (select from office_days s where s.office_id = o.id and s.day = d.day::date)
          union all select time '00:00' where not exists (select from office_hours h where h.office_id = o.id)
            and not exists (select from office_days s where s.office_id = o.id and s.day = d.day::date)) i
      where o.id = ${officeId}) n
    where (n.day + n.opens) at time zone n.time_zone > ${now}`);
  return row?.at ?? undefined;
}
