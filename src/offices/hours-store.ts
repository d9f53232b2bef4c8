import { type Db, sql, type Tx } from '../platform/index.ts';
import { isWithinHours, opensNext } from './opening.ts';
import type { OfficeHours, OpenHours, SpecialDay } from './types.ts';

/** Days ahead that are shown; nobody writes down more. */
const DAYS_SHOWN = 400;

/** When an office is open, from today by its clock. @returns undefined when there is no such office */
export async function hoursOf(db: Db, officeId: string, now: Date): Promise<{ hours: OfficeHours; version: number } | undefined> {
  const row = await db.first<Pick<OfficeHours, 'timeZone' | 'weekly' | 'specialDays' | 'isOpenNow'> & { version: number }>(sql`
    select o.version, o.time_zone as "timeZone", o.is_open and ${isWithinHours(sql`o`, now)} as "isOpenNow",
      (select coalesce(jsonb_agg(jsonb_build_object('weekday', h.weekday, 'opens', left(h.opens::text, 5), 'closes', left(h.closes::text, 5))
        order by h.weekday, h.opens), '[]') from office_hours h where h.office_id = o.id) as weekly,
      (select coalesce(jsonb_agg(jsonb_build_object('day', d.day, 'opens', left(d.opens::text, 5), 'closes', left(d.closes::text, 5), 'note', d.note)
        order by d.day), '[]') from (select * from office_days d where d.office_id = o.id
          and d.day >= (${now}::timestamptz at time zone o.time_zone)::date order by d.day limit ${DAYS_SHOWN}) d) as "specialDays"
    from offices o where o.id = ${officeId}`);
  if (!row) return undefined;
  const { version, ...hours } = row;
  const opensAt = hours.isOpenNow ? undefined : await opensNext(db, officeId, now);
  return { hours: { officeId, ...hours, opensAt: opensAt?.toISOString() ?? null }, version };
}

/** Gives offices other weeks. @param weeks by office */
export async function replaceWeeks(tx: Tx, weeks: ReadonlyMap<string, readonly OpenHours[]>): Promise<void> {
  await tx.run(sql`delete from office_hours where office_id = any(${[...weeks.keys()]}::uuid[])`);
  await tx.insert(
    'office_hours',
    [...weeks].flatMap(([office_id, week]) => week.map((hours) => ({ office_id, ...hours }))),
  );
}

/** Writes single days; one that is known says what it says now. */
export async function putDays(tx: Tx, days: readonly (SpecialDay & { readonly officeId: string })[]): Promise<void> {
  await tx.run(sql`insert into office_days (office_id, day, opens, closes, note)
    select "officeId", day, opens, closes, note from jsonb_to_recordset(${JSON.stringify(days)}::jsonb)
      as d ("officeId" uuid, day date, opens time, closes time, note text)
    on conflict (office_id, day) do update set opens = excluded.opens, closes = excluded.closes, note = excluded.note`);
}

/** @returns whether there was one */
export const removeDay = async (tx: Tx, officeId: string, day: string): Promise<boolean> =>
  (await tx.run(sql`delete from office_days where office_id = ${officeId} and day = ${day}`)) === 1;
