import { type Db, sql, type Tx } from '../../platform/index.ts';

/** A programme in which somebody has not been reminded for as long as it says. */
export interface DueProgramme {
  readonly programmeId: string;
}

// Whoever has been awaited for as many days as the programme says, and was not reminded in as many, on the calendar of the programme.
const due = (now: Date) => sql`
  select p.id as programme_id, a.user_id, (${now}::timestamptz at time zone p.time_zone)::date as day,
    count(distinct a.list_id)::int as waiting, min(a.since) as since
  from awaited_signers(${now}) a
  join payment_lists l on l.id = a.list_id
  join programmes p on p.id = l.programme_id
  join users u on u.id = a.user_id and u.activated_at is not null
  where (a.since at time zone p.time_zone)::date + p.approval_reminder_days <= (${now}::timestamptz at time zone p.time_zone)::date
    and not exists (select from approval_reminders r where r.programme_id = p.id and r.user_id = a.user_id
      and r.day > (${now}::timestamptz at time zone p.time_zone)::date - p.approval_reminder_days)
  group by p.id, a.user_id, p.time_zone`;

export const programmesToRemind = (db: Db, now: Date): Promise<DueProgramme[]> =>
  db.all<DueProgramme>(sql`select distinct programme_id as "programmeId" from (${due(now)}) due`);

/** Records whom to remind in a programme now; who was reminded today is not recorded again. @returns the reminders' identifiers */
export async function insertReminders(tx: Tx, programmeId: string, now: Date, limit: number): Promise<string[]> {
  const rows = await tx.all<{ id: string }>(sql`
    insert into approval_reminders (id, programme_id, user_id, day, waiting, since, created_at)
    select gen_random_uuid(), programme_id, user_id, day, waiting, since, ${now} from (${due(now)}) due
    where programme_id = ${programmeId} order by since, user_id limit ${limit}
    on conflict on constraint approval_reminders_once_a_day do nothing returning id`);
  return rows.map(({ id }) => id);
}

/** What a reminder says, to whom, if anything still waits for them. */
export interface Reminder {
  readonly id: string;
  readonly email: string;
  readonly language: 'ar' | 'fr' | 'en';
  readonly waiting: number;
  /** ISO date in the programme's time zone. */
  readonly since: string;
}

export const reminderToSend = (db: Db, id: string, now: Date): Promise<Reminder | undefined> =>
  db.first<Reminder>(sql`
    select r.id, u.email, u.language, count(distinct a.list_id)::int as waiting, min(a.since at time zone p.time_zone)::date as since
    from approval_reminders r join users u on u.id = r.user_id and u.disabled_at is null
    join programmes p on p.id = r.programme_id
    join awaited_signers(${now}) a on a.user_id = r.user_id
    join payment_lists l on l.id = a.list_id and l.programme_id = r.programme_id
    where r.id = ${id} group by r.id, u.email, u.language`);
