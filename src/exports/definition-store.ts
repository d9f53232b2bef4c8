import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { LocalTime } from './schedule.ts';
import type { ExportDefinition, ExportSchedule } from './types.ts';

type Row = Omit<ExportDefinition, 'createdAt' | 'schedule'> & {
  readonly createdAt: Date;
  readonly every: ExportSchedule['every'];
  readonly hour: number;
  readonly weekday: number | null;
  readonly monthDay: number | null;
};

const columns = sql`d.id, d.programme_id as "programmeId", d.name, d.dataset, d.is_personal as "isPersonal", d.format, d.period, d.every, d.hour, d.weekday,
  d.month_day as "monthDay", d.owner_id as "ownerId", d.recipient, d.purpose, d.reason, d.state, d.stop_reason as "stopReason",
  d.approved_by as "approvedBy", d.last_due_on as "lastDueOn", d.version, d.created_by as "createdBy", d.created_at as "createdAt"`;

const shown = ({ every, hour, weekday, monthDay, createdAt, ...rest }: Row): ExportDefinition => ({
  ...rest,
  schedule: { every, hour, ...(weekday === null ? {} : { weekday }), ...(monthDay === null ? {} : { monthDay }) },
  createdAt: createdAt.toISOString(),
});

export async function insertDefinition(
  tx: Tx,
  { id, programmeId, name, dataset, isPersonal, format, period, schedule, ownerId, recipient, purpose, reason, ...rest }: ExportDefinition,
): Promise<void> {
  const { every, hour, weekday = null, monthDay = null } = schedule;
  await tx.insert('export_definitions', [
    {
      id,
      programme_id: programmeId,
      name,
      dataset,
      is_personal: isPersonal,
      format,
      period,
      every,
      hour,
      weekday,
      month_day: monthDay,
      owner_id: ownerId,
      recipient,
      purpose,
      reason,
      state: rest.state,
      last_due_on: rest.lastDueOn,
      version: 1,
      created_by: rest.createdBy,
      created_at: rest.createdAt,
    },
  ]);
}

const one = async (db: Db, id: string, locking: Sql): Promise<ExportDefinition | undefined> => {
  const row = await db.first<Row>(sql`select ${columns} from export_definitions d where d.id = ${id} ${locking}`);
  return row && shown(row);
};

export const findDefinition = (db: Db, id: string): Promise<ExportDefinition | undefined> => one(db, id, sql``);

/** The same while nobody else changes it. */
export const lockDefinition = (tx: Tx, id: string): Promise<ExportDefinition | undefined> => one(tx, id, sql`for no key update`);

/** A programme's definitions, newest first. */
export async function pageOfDefinitions(
  db: Db,
  programmeId: string,
  limit: number,
  before: string | undefined,
): Promise<Page<ExportDefinition>> {
  const rows = await db.all<Row>(sql`select ${columns} from export_definitions d
    where d.programme_id = ${programmeId} and ${before ? sql`d.id < ${before}::uuid` : sql`true`} order by d.id desc limit ${limit + 1}`);
  return pageOf(rows.map(shown), limit, ({ id }) => id);
}

/** What becomes of a definition; the caller has locked it. */
export const updateDefinition = (tx: Tx, { id, state, stopReason, approvedBy, lastDueOn }: ExportDefinition): Promise<number> =>
  tx.run(sql`update export_definitions set state = ${state}, stop_reason = ${stopReason}, approved_by = ${approvedBy}::uuid,
    last_due_on = ${lastDueOn}::date, version = version + 1 where id = ${id}`);

const local = (now: Date): Sql => sql`(${now}::timestamptz at time zone p.time_zone)::date as day,
  extract(hour from ${now}::timestamptz at time zone p.time_zone)::int as hour`;

/** What the clock on the wall of a programme shows. */
export async function localTime(db: Db, programmeId: string, now: Date): Promise<LocalTime> {
  const row = await db.first<LocalTime>(sql`select ${local(now)} from programmes p where p.id = ${programmeId}`);
  if (!row) throw new Error('an export of no programme');
  return row;
}

/** A definition that is on, with the time of its programme. */
export interface Running {
  readonly id: string;
  readonly schedule: ExportSchedule;
  readonly lastDueOn: string;
  readonly now: LocalTime;
}

/** Every definition that is on. An agency has as many as it has readers. */
export async function runningDefinitions(db: Db, now: Date): Promise<Running[]> {
  const rows = await db.all<Pick<Row, 'id' | 'every' | 'weekday' | 'monthDay'> & { at: number; lastDueOn: string } & LocalTime>(sql`
    select d.id, d.every, d.hour as at, d.weekday, d.month_day as "monthDay", d.last_due_on as "lastDueOn", ${local(now)}
    from export_definitions d join programmes p on p.id = d.programme_id where d.state = 'on' order by d.id`);
  return rows.map(({ id, every, at, weekday, monthDay, lastDueOn, day, hour }) => ({
    id,
    schedule: { every, hour: at, ...(weekday === null ? {} : { weekday }), ...(monthDay === null ? {} : { monthDay }) },
    lastDueOn,
    now: { day, hour },
  }));
}
