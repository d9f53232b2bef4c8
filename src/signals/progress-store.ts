import { type Db, sql, type Tx } from '../platform/index.ts';
import type { Settings, Slice } from './types.ts';

/** A transaction that began before and commits after a look is seen by the next one: none lives as long as this. */
const overlap = sql`interval '15 minutes'`;
/** How much of what came in one look takes on at most, where much has waited. */
const atOnce = sql`interval '1 day'`;

const since = sql`(select until - ${overlap} from signal_progress)`;

/** When the first of what has not been looked at came in, by the database's clock. */
const firstNews = sql`least((select min(recorded_at) from payouts where recorded_at > ${since}),
  (select min(recorded_at) from failed_codes where recorded_at > ${since}),
  (select min(recorded_at) from delivery_answers where answer = 'disputed' and recorded_at > ${since}))`;

/** Whether anything has come in that has not been looked at, or not for long enough. */
export const hasNews = async (db: Db): Promise<boolean> =>
  (await db.first<{ news: boolean }>(sql`select ${firstNews} is not null as news`))?.news === true;

/** What is to be looked at next. Whoever else looks waits until the transaction ends. @returns undefined when nothing is new */
export async function takeSlice(tx: Tx): Promise<(Pick<Slice, 'since' | 'until'> & { readonly isLast: boolean }) | undefined> {
  // A plan that is good for any slice would be one for reading everything.
  await tx.first(sql`select set_config('plan_cache_mode', 'force_custom_plan', true) from signal_progress for update`);
  return tx.first(sql`select since::text, least(now, first + ${atOnce})::text as until, now <= first + ${atOnce} as "isLast"
    from (select ${since} as since, ${firstNews} as first, clock_timestamp() as now) t where first is not null`);
}

export async function moveOn(tx: Tx, until: string): Promise<void> {
  await tx.run(sql`update signal_progress set until = greatest(until, ${until})`);
}

/** A programme that something in a slice may be of. */
interface Touched {
  readonly id: string;
  readonly timeZone: string;
  /** What came in: pay-outs of the programme and receipts of it that their witnesses dispute, and wrong codes, which may be of any. */
  readonly payouts: boolean;
  readonly disputes: boolean;
  readonly tries: boolean;
}

export const programmesIn = (tx: Tx, { since: from, until }: Pick<Slice, 'since' | 'until'>): Promise<Touched[]> =>
  tx.all(sql`with paid as materialized (select distinct v.programme_id from payouts p join vouchers v on v.id = p.voucher_id
        where p.recorded_at > ${from} and p.recorded_at <= ${until}),
      disputed as materialized (select distinct a.programme_id from delivery_answers s join payouts p on p.id = s.payout_id
        join advances a on a.id = p.advance_id where s.answer = 'disputed' and s.recorded_at > ${from} and s.recorded_at <= ${until}),
      tried as materialized (select exists (select from failed_codes f where f.recorded_at > ${from} and f.recorded_at <= ${until}) as tries)
    select g.id, g.time_zone as "timeZone", p.programme_id is not null as payouts,
      d.programme_id is not null as disputes, tries
    from programmes g cross join tried left join paid p on p.programme_id = g.id left join disputed d on d.programme_id = g.id
    where tries or p.programme_id is not null or d.programme_id is not null order by g.id`);

/** What is looked for in a programme. */
export const settingsOf = (tx: Tx, programmeId: string): Promise<Settings[]> =>
  tx.all(sql`select kind, is_on as "isOn", least, minutes, factor::text, opens, closes from signal_settings
    where programme_id = ${programmeId} and is_on`);
