import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import { termColumns } from './terms-store.ts';
import type { Programme, ProgrammeVersion } from './types.ts';

interface Row extends Omit<Programme, 'createdAt'> {
  readonly createdAt: Date;
  readonly version: number;
}

export interface StoredProgramme {
  readonly programme: Programme;
  readonly version: number;
}

const fixed = sql`p.id, p.code, p.currency, p.time_zone as "timeZone", p.created_at as "createdAt"`;

/** What a version may change. @param of `p` for the version of now, `v` for an earlier one */
const changing = (of: Sql): Sql => sql`${of}.name, ${of}.starts_on as "startsOn", ${of}.ends_on as "endsOn",
  ${of}.code_validity_days as "codeValidityDays", ${of}.hold_threshold as "holdThreshold", ${of}.duplicate_limit as "duplicateLimit",
  ${of}.self_registration_open as "selfRegistrationOpen", ${of}.require_stated_purpose as "requireStatedPurpose",
  ${of}.approval_reminder_days as "approvalReminderDays",
  jsonb_build_object('language', ${of}.message_language, 'codesBySms', ${of}.codes_by_sms, 'senderName', ${of}.sender_name,
    'reminderDays', ${of}.reminder_days, 'phoneHoldHours', ${of}.phone_hold_hours, 'segmentPrice', case when ${of}.segment_price is not null
      then jsonb_build_object('amount', ${of}.segment_price::text, 'currency', ${of}.segment_currency) end) as messages`;

const columns = sql`${fixed}, p.version, ${changing(sql`p`)}, ${termColumns(sql`p.id`, sql`p.version`)}`;

function stored({ version, createdAt, ...programme }: Row): StoredProgramme {
  return { programme: { ...programme, createdAt: createdAt.toISOString() }, version };
}

/** The columns that versions change. */
const rowOf = (programme: Programme) => ({
  name: programme.name,
  starts_on: programme.startsOn,
  ends_on: programme.endsOn,
  code_validity_days: programme.codeValidityDays,
  hold_threshold: programme.holdThreshold,
  duplicate_limit: programme.duplicateLimit,
  self_registration_open: programme.selfRegistrationOpen,
  require_stated_purpose: programme.requireStatedPurpose,
  approval_reminder_days: programme.approvalReminderDays,
  message_language: programme.messages.language,
  codes_by_sms: programme.messages.codesBySms,
  sender_name: programme.messages.senderName,
  reminder_days: programme.messages.reminderDays,
  phone_hold_hours: programme.messages.phoneHoldHours,
  segment_price: programme.messages.segmentPrice?.amount ?? null,
  segment_currency: programme.messages.segmentPrice?.currency ?? null,
});

/** Writes a programme; the database keeps it as version 1. */
export const insertProgramme = (tx: Tx, programme: Programme, createdBy: string): Promise<void> => {
  const { id, code, currency, timeZone, createdAt } = programme;
  return tx.insert('programmes', [
    { id, code, currency, time_zone: timeZone, ...rowOf(programme), version: 1, created_by: createdBy, created_at: createdAt },
  ]);
};

/** @param within whether it may be seen */
export async function findProgramme(db: Db, id: string, within: Sql = sql`true`): Promise<StoredProgramme | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from programmes p where p.id = ${id} and (${within})`);
  return row && stored(row);
}

/**
 * Writes a programme as it is from now on; the database keeps it as the next version.
 * @param from the version that the caller has read
 * @returns the version that the programme has now, or undefined when it was at another
 */
export async function updateProgramme(
  tx: Tx,
  programme: Programme,
  from: number,
  { by, at, reason }: { readonly by: string; readonly at: Date; readonly reason: string },
): Promise<number | undefined> {
  const change = { ...rowOf(programme), changed_by: by, changed_at: at, change_reason: reason };
  const row = await tx.first<{ version: number }>(sql`update programmes p set version = p.version + 1,
      (name, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit, self_registration_open, require_stated_purpose,
        approval_reminder_days, message_language, codes_by_sms, sender_name, reminder_days, phone_hold_hours,
        segment_price, segment_currency, changed_by, changed_at, change_reason) = (
        select name, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit, self_registration_open, require_stated_purpose,
          approval_reminder_days, message_language, codes_by_sms, sender_name, reminder_days, phone_hold_hours,
          segment_price, segment_currency, changed_by, changed_at, change_reason
        from jsonb_populate_record(null::programmes, ${JSON.stringify(change)}::jsonb))
    where p.id = ${programme.id} and p.version = ${from} returning p.version`);
  return row?.version;
}

interface VersionRow extends Omit<ProgrammeVersion, 'madeAt'> {
  readonly madeAt: Date;
}

const made = sql`v.number, v.made_by as "madeBy", v.made_at as "madeAt", v.reason`;

/** A programme as it was at a version. */
export async function findVersion(
  db: Db,
  id: string,
  version: number,
): Promise<(StoredProgramme & { readonly made: ProgrammeVersion }) | undefined> {
  const row = await db.first<Row & VersionRow>(sql`
    select ${fixed}, v.number as version, ${changing(sql`v`)}, ${termColumns(sql`v.programme_id`, sql`v.number`)}, ${made}
    from programme_versions v join programmes p on p.id = v.programme_id where v.programme_id = ${id} and v.number = ${version}`);
  if (!row) return undefined;
  const { number, madeBy, madeAt, reason, ...rest } = row;
  return { ...stored(rest), made: { number, madeBy, madeAt: madeAt.toISOString(), reason } };
}

/** A programme's versions, newest first. */
export async function pageOfVersions(db: Db, id: string, limit: number, before: number | undefined): Promise<Page<ProgrammeVersion>> {
  const rows = await db.all<VersionRow>(sql`select ${made} from programme_versions v
    where v.programme_id = ${id} and (${before ?? null}::int is null or v.number < ${before ?? null}::int)
    order by v.number desc limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => ({ ...row, madeAt: row.madeAt.toISOString() })),
    limit,
    ({ number }) => String(number),
  );
}

/** @param within the condition on programmes `p` that keeps to the reader's scope */
export async function pageOfProgrammes(db: Db, within: Sql, limit: number, after: string | undefined): Promise<Page<Programme>> {
  const rows = await db.all<Row>(sql`select ${columns} from programmes p
    where (${within}) and ${after ? sql`p.code > ${after}` : sql`true`}
    order by p.code limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => stored(row).programme),
    limit,
    ({ code }) => code,
  );
}

/** @param within which of them may be seen */
export const codesOf = (db: Db, ids: readonly string[], within: Sql): Promise<{ id: string; code: string }[]> =>
  db.all(sql`select p.id, p.code from programmes p where p.id = any(${ids}::uuid[]) and (${within})`);

/** The programme of a code, when people may register themselves in it. */
export async function findOpenProgramme(db: Db, code: string): Promise<Programme | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from programmes p where p.code = ${code} and p.self_registration_open`);
  return row && stored(row).programme;
}

/** Whether a programme asks that everybody who reads people says what for. @param programme the expression of its identifier */
export const demandsStatedPurpose = (programme: Sql): Sql =>
  sql`coalesce((select p.require_stated_purpose from programmes p where p.id = ${programme}), false)`;
