import { type Db, type Page, pageOf, type Sql, sql, type Tx } from '../platform/index.ts';
import type { Programme, ProgrammeChange } from './types.ts';

interface Row extends Omit<Programme, 'createdAt'> {
  readonly createdAt: Date;
  readonly version: number;
}

export interface StoredProgramme {
  readonly programme: Programme;
  readonly version: number;
}

const columns = sql`p.id, p.code, p.name, p.currency, p.time_zone as "timeZone", p.starts_on as "startsOn", p.ends_on as "endsOn",
  p.code_validity_days as "codeValidityDays", p.hold_threshold as "holdThreshold", p.duplicate_limit as "duplicateLimit",
  p.self_registration_open as "selfRegistrationOpen", p.created_at as "createdAt", p.version,
  (select jsonb_agg(jsonb_build_object('fromAmount', r.from_amount::text, 'step', r.step, 'role', r.role,
      'signatures', r.signatures) order by r.from_amount, r.step)
    from approval_rules r where r.programme_id = p.id) as "approvalRules"`;

function stored({ version, createdAt, ...programme }: Row): StoredProgramme {
  return { programme: { ...programme, createdAt: createdAt.toISOString() }, version };
}

export async function insertProgramme(tx: Tx, programme: Programme, createdBy: string): Promise<void> {
  const { id, code, name, currency, timeZone, startsOn, endsOn, codeValidityDays, holdThreshold, duplicateLimit, selfRegistrationOpen } =
    programme;
  await tx.run(sql`insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days,
      hold_threshold, duplicate_limit, self_registration_open, created_by, created_at)
    values (${id}, ${code}, ${name}, ${currency}, ${timeZone}, ${startsOn}, ${endsOn}, ${codeValidityDays}, ${holdThreshold},
      ${duplicateLimit}, ${selfRegistrationOpen}, ${createdBy}, ${programme.createdAt})`);
  await tx.insert(
    'approval_rules',
    programme.approvalRules.map(({ fromAmount, step, role, signatures }) => ({
      programme_id: id,
      from_amount: fromAmount,
      step,
      role,
      signatures,
    })),
  );
}

export async function findProgramme(db: Db, id: string): Promise<StoredProgramme | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from programmes p where p.id = ${id}`);
  return row && stored(row);
}

/** @returns the version that the programme has now, or undefined when it was not at the version given */
export async function updateProgramme(tx: Tx, id: string, version: number, change: ProgrammeChange): Promise<number | undefined> {
  const row = await tx.first<{ version: number }>(sql`update programmes set
      name = coalesce(${change.name ?? null}::text, name),
      ends_on = coalesce(${change.endsOn ?? null}::date, ends_on),
      code_validity_days = coalesce(${change.codeValidityDays ?? null}::int, code_validity_days),
      duplicate_limit = coalesce(${change.duplicateLimit ?? null}::numeric, duplicate_limit),
      self_registration_open = coalesce(${change.selfRegistrationOpen ?? null}::boolean, self_registration_open),
      version = version + 1
    where id = ${id} and version = ${version} returning version`);
  return row?.version;
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

/** The programme of a code, when people may register themselves in it. */
export async function findOpenProgramme(db: Db, code: string): Promise<Programme | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from programmes p where p.code = ${code} and p.self_registration_open`);
  return row && stored(row).programme;
}
