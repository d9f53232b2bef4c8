import { type Db, problem, sql, type Tx } from '../../../platform/index.ts';

/** @throws not_found */
export async function currencyOf(db: Db, programmeId: string): Promise<string> {
  const row = await db.first<{ currency: string }>(sql`select currency from programmes where id = ${programmeId}`);
  if (!row) throw problem.not_found('There is no such record.');
  return row.currency;
}

/** Programmes that go on and whose forecast is older than a moment. */
export const programmesDue = async (db: Db, now: Date, before: Date): Promise<string[]> =>
  (
    await db.all<{ id: string }>(sql`select p.id from programmes p where p.ends_on >= (${now}::timestamptz at time zone p.time_zone)::date
      and exists (select from plans l where l.programme_id = p.id)
      and not exists (select from operations_forecasts f where f.programme_id = p.id and f.worked_out_at > ${before}) order by p.id`)
  ).map(({ id }) => id);

/** The plans of a programme that go by the calendar. */
export const plansOf = async (db: Db, programmeId: string): Promise<string[]> =>
  (
    await db.all<{ id: string }>(
      sql`select id from plans where programme_id = ${programmeId} and kind in ('stipend', 'one_time_grant') order by id`,
    )
  ).map(({ id }) => id);

/** Instalments that are on no list that counts, by the month in which they are due: `YYYY-MM`. */
export const unlistedByMonth = (db: Db, programmeId: string): Promise<{ month: string; amount: string }[]> =>
  db.all(sql`select to_char(i.due_on, 'YYYY-MM') as month, sum(i.amount)::text as amount from instalments i
    where i.programme_id = ${programmeId} and i.state = 'due' and not exists (select from payment_list_lines l where l.instalment_id = i.id and l.counts)
    group by 1`);

/** Keeps a forecast instead of the last one. */
export async function keepForecast(
  tx: Tx,
  programmeId: string,
  now: Date,
  months: readonly { readonly month: string; readonly unlisted: string; readonly expected: string }[],
): Promise<void> {
  await tx.run(sql`select pg_advisory_xact_lock(hashtextextended('operations/forecast/' || ${programmeId}, 0))`);
  await tx.run(sql`delete from operations_forecasts where programme_id = ${programmeId}`);
  // Where nothing is owed, it is this month that says so, and when that was found.
  const kept = months.length > 0 ? months : [{ month: now.toISOString().slice(0, 7), unlisted: '0', expected: '0' }];
  await tx.run(sql`insert into operations_forecasts (programme_id, month, unlisted, expected, worked_out_at)
    select ${programmeId}, (m.month || '-01')::date, m.unlisted, m.expected, ${now}
    from jsonb_to_recordset(${JSON.stringify(kept)}::jsonb) as m (month text, unlisted numeric, expected numeric)`);
}
