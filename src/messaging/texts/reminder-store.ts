import { hasWithdrawn } from '../../beneficiaries/index.ts';
import { type Db, type Sql, sql, type Tx } from '../../platform/index.ts';
import { isDecentHour, isOut, putOff, putOffReasons } from './put-off.ts';

/** No programme reminds people earlier than this. */
const EARLIEST = sql`interval '62 days'`;

/**
 * Vouchers `v` of programmes `p` whose collectors are to be reminded: their code went out before the day of the reminder, they have not
 * been reminded of it, and have taken no consent back.
 */
const due = (now: Date): Sql => sql`vouchers v join programmes p on p.id = v.programme_id join payment_lists l on l.id = v.list_id
  join programme_versions t on t.programme_id = l.programme_id and t.number = l.programme_version
  cross join lateral (select ((v.expires_at - interval '1 microsecond') at time zone p.time_zone)::date - t.reminder_days as day) reminder
  join messages c on c.voucher_id = v.id and c.kind = 'code' and c.counter = v.counter and ${isOut}
    and (c.accepted_at at time zone p.time_zone)::date < reminder.day
  where v.state = 'activated' and v.expires_at > ${now} and v.expires_at <= ${now}::timestamptz + ${EARLIEST}
    and (${now}::timestamptz at time zone p.time_zone)::date >= reminder.day and ${isDecentHour(sql`p.time_zone`, now)}
    and not exists (select from messages m where m.voucher_id = v.id and m.kind = 'reminder' and m.counter = v.counter)
    and not ${hasWithdrawn(sql`v.beneficiary_id`, ['registration', 'share_with_paying_agent'])}
    and not ${hasWithdrawn(sql`v.collector_id`, ['registration', 'share_with_paying_agent', 'contact'])}`;

/** Programmes with somebody to remind at this moment. */
export const programmesToRemind = (db: Db, now: Date): Promise<{ programmeId: string }[]> =>
  db.all(sql`select r.id as "programmeId" from programmes r
    where ${isDecentHour(sql`r.time_zone`, now)} and exists (select from programme_versions w where w.programme_id = r.id and w.reminder_days is not null)
      and exists (select from ${due(now)} and v.programme_id = r.id) order by r.id`);

/** A list, and how many of its people are reminded. */
export interface Reminded {
  readonly listId: string;
  readonly reminders: number;
}

/** Makes a reminder for each voucher of a programme that needs one, as many as the limit allows. */
export const insertReminders = (tx: Tx, now: Date, programmeId: string, limit: number): Promise<Reminded[]> =>
  tx.all<Reminded>(sql`with made as (
      insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, next_try_at, created_at)
      select gen_random_uuid(), 'reminder', v.id, v.counter, v.collector_id, v.list_id, ${now}::timestamptz, ${now}::timestamptz from ${due(now)}
        and v.programme_id = ${programmeId} order by v.expires_at limit ${limit}
      on conflict do nothing returning list_id)
    select list_id as "listId", count(*)::int as reminders from made group by list_id order by list_id`);

/** Whether what a message was put off for is over, or nobody waits for it any more: whoever sends it finds that out. */
const mayGo = (now: Date): Sql => sql`m.state = 'pending' and m.last_error = any(${putOffReasons}::text[])
  and (${putOff(now)} is null or v.state not in ('issued', 'activated'))`;

/** Lists with messages that were put off and may go now. */
export const listsToResume = (db: Db, now: Date): Promise<{ listId: string }[]> =>
  db.all(sql`select distinct m.list_id as "listId" from messages m join vouchers v on v.id = m.voucher_id join programmes p on p.id = v.programme_id
    where m.state = 'pending' and m.last_error in ('phone_held', 'pack_not_out', 'on_round', 'quiet_hours') and ${mayGo(now)} order by 1`);

/** @returns how many messages of a list wait for their turn and for nothing else any more */
export const resumeMessages = (tx: Tx, now: Date, listId: string): Promise<number> =>
  tx.run(sql`update messages m set last_error = null, dated_at = null, next_try_at = ${now} from vouchers v join programmes p on p.id = v.programme_id
    where v.id = m.voucher_id and m.list_id = ${listId} and ${mayGo(now)}`);
