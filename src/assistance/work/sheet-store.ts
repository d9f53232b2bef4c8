import { type Db, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { RowFault, Sheet, SheetState, WorkedDay } from './types.ts';

type Row = Omit<Sheet, 'enteredAt' | 'signedAt'> & { readonly enteredAt: Date; readonly signedAt: Date | null };

const columns = sql`s.id, s.plan_id as "planId", s.site_id as "siteId", w.programme_id as "programmeId", s.source, s.state, s.row_count as "rowCount",
  s.fault_count as "faultCount", s.replaces_id as "replacesId", s.entered_by as "enteredBy", s.entered_at as "enteredAt",
  s.signed_by as "signedBy", s.signed_at as "signedAt", s.reason`;
const tables = sql`attendance_sheets s join work_sites w on w.id = s.site_id`;

const sheetOf = (row: Row): Sheet => ({ ...row, enteredAt: row.enteredAt.toISOString(), signedAt: row.signedAt?.toISOString() ?? null });

export async function findSheet(db: Db, id: string): Promise<Sheet | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ${tables} where s.id = ${id}`);
  return row && sheetOf(row);
}

/** A sheet that nobody else can move until this transaction ends. */
export async function lockSheet(tx: Tx, id: string): Promise<Sheet | undefined> {
  const row = await tx.first<Row>(sql`select ${columns} from ${tables} where s.id = ${id} for no key update of s`);
  return row && sheetOf(row);
}

/** The sheet that the same content became before. @param content keyed digest, in hexadecimal */
export async function findByContent(
  db: Db,
  planId: string,
  siteId: string,
  content: string,
  replacesId: string | null,
): Promise<Sheet | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from ${tables} where s.plan_id = ${planId} and s.site_id = ${siteId}
    and s.content = ${content} and s.replaces_id is not distinct from ${replacesId}::uuid`);
  return row && sheetOf(row);
}

/** The sheets of a plan, the latest first. */
export async function pageOfSheets(
  db: Db,
  planId: string,
  state: SheetState | undefined,
  limit: number,
  before: string | undefined,
): Promise<Page<Sheet>> {
  const rows = await db.all<Row>(sql`select ${columns} from ${tables}
    where s.plan_id = ${planId} and ${before ? sql`s.id < ${before}` : sql`true`} and ${state ? sql`s.state = ${state}` : sql`true`}
    order by s.id desc limit ${limit + 1}`);
  return pageOf(rows.map(sheetOf), limit, ({ id }) => id);
}

/** A sheet that is entered, with the digest of what was sent. */
export type NewSheet = Pick<Sheet, 'id' | 'planId' | 'siteId' | 'source' | 'replacesId' | 'enteredBy'> & { readonly content: string };

export async function insertSheet(
  tx: Tx,
  { id, planId, siteId, source, replacesId, enteredBy, content }: NewSheet,
  days: readonly WorkedDay[],
  faults: readonly RowFault[],
  now: Date,
): Promise<void> {
  const faultRows = new Set(faults.map(({ row }) => row)).size;
  await tx.run(sql`
    insert into attendance_sheets (id, plan_id, site_id, source, content, row_count, fault_count, replaces_id, entered_by, entered_at)
    values (${id}, ${planId}, ${siteId}, ${source}, ${content}, ${days.length}, ${faultRows}, ${replacesId}, ${enteredBy}, ${now})`);
  await tx.insert(
    'attendance',
    days.map(({ row, beneficiaryId, day, halfDays, periodFrom, periodTo }) => ({
      sheet_id: id,
      row_number: row,
      plan_id: planId,
      site_id: siteId,
      beneficiary_id: beneficiaryId,
      day,
      half_days: halfDays,
      period_from: periodFrom,
      period_to: periodTo,
      counts: true,
    })),
  );
  await tx.insert(
    'attendance_faults',
    faults.map(({ row, cell, code }) => ({ sheet_id: id, row_number: row, cell, code })),
  );
}

export const markSigned = (tx: Tx, id: string, by: string, now: Date): Promise<number> =>
  tx.run(sql`update attendance_sheets set state = 'signed', signed_by = ${by}, signed_at = ${now}, version = version + 1 where id = ${id}`);

/** Takes a sheet out of account, with its rows. */
export async function discount(tx: Tx, id: string, state: 'rejected' | 'replaced', reason: string | null): Promise<void> {
  await tx.run(sql`update attendance_sheets set state = ${state}, reason = ${reason}, version = version + 1 where id = ${id}`);
  await tx.run(sql`update attendance set counts = false where sheet_id = ${id} and counts`);
}

/** A row of a sheet as it is shown. */
export interface ShownDay {
  readonly row: number;
  readonly beneficiaryId: string;
  readonly registrationNumber: string;
  readonly day: string;
  readonly presence: 'full' | 'half';
}

/** The rows of a sheet that were taken, in their order. */
export async function pageOfDays(db: Db, sheetId: string, limit: number, after: number): Promise<Page<ShownDay>> {
  const rows = await db.all<ShownDay>(sql`
    select a.row_number as row, a.beneficiary_id as "beneficiaryId", b.registration_number as "registrationNumber", a.day,
      case a.half_days when 2 then 'full' else 'half' end as presence
    from attendance a join beneficiaries b on b.id = a.beneficiary_id
    where a.sheet_id = ${sheetId} and a.row_number > ${after} order by a.row_number limit ${limit + 1}`);
  return pageOf(rows, limit, ({ row }) => String(row));
}

/** The places of a sheet where a row was not taken, in their order, as `[row, code]`. */
export const faultsAfter = (db: Db, sheetId: string, limit: number, [row, code]: readonly [number, string]): Promise<RowFault[]> =>
  db.all(sql`select row_number as row, cell, code from attendance_faults
    where sheet_id = ${sheetId} and (row_number, code) > (${row}, ${code}) order by row_number, code limit ${limit}`);
