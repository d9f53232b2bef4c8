import { type Db, newId, type Page, pageOf, sql, type Tx } from '../platform/index.ts';
import type { Office, Wilaya } from './types.ts';

const columns = sql`id, code, wilaya_number as "wilayaNumber", commune, name_fr as "nameFr", name_ar as "nameAr",
  is_open as "isOpen", has_cash as "hasCash", time_zone as "timeZone", requires_till as "requiresTill"`;

/** @returns how many were new */
export async function insertOffices(
  tx: Tx,
  offices: readonly Omit<Office, 'id' | 'isOpen' | 'hasCash' | 'timeZone' | 'requiresTill'>[],
  createdBy: string,
  at: Date,
): Promise<number> {
  const rows = offices.map((office) => ({ id: newId(), ...office }));
  return tx.run(sql`insert into offices (id, code, wilaya_number, commune, name_fr, name_ar, created_by, created_at)
    select id, code, "wilayaNumber", commune, "nameFr", "nameAr", ${createdBy}, ${at}
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as o (id uuid, code text, "wilayaNumber" text, commune text, "nameFr" text, "nameAr" text)
    on conflict (code) do nothing`);
}

export async function findOffice(db: Db, id: string): Promise<{ office: Office; version: number } | undefined> {
  const row = await db.first<Office & { version: number }>(sql`select ${columns}, version from offices where id = ${id}`);
  if (!row) return undefined;
  const { version, ...office } = row;
  return { office, version };
}

/** @returns the version the office has now, or undefined when it was not at the version given */
export async function updateOffice(tx: Tx, id: string, version: number, office: Office): Promise<number | undefined> {
  const { isOpen, hasCash, timeZone, requiresTill } = office;
  const row = await tx.first<{
    version: number;
  }>(sql`update offices set is_open = ${isOpen}, has_cash = ${hasCash}, time_zone = ${timeZone},
      requires_till = ${requiresTill}, version = version + 1
    where id = ${id} and version = ${version} returning version`);
  return row?.version;
}

export async function pageOfOffices(db: Db, wilaya: string | undefined, limit: number, after: string | undefined): Promise<Page<Office>> {
  const rows = await db.all<Office>(sql`select ${columns} from offices
    where ${wilaya ? sql`wilaya_number = ${wilaya}` : sql`true`} and ${after ? sql`code > ${after}` : sql`true`}
    order by code limit ${limit + 1}`);
  return pageOf(rows, limit, ({ code }) => code);
}

export const allWilayas = (db: Db): Promise<Wilaya[]> =>
  db.all<Wilaya>(sql`select w.number, w.iso_3166_2 as "iso31662", coalesce(w.pcode, p.pcode) as pcode, w.name_fr as "nameFr", w.name_ar as "nameAr"
    from wilayas w left join wilayas p on p.number = w.parent_number order by w.number`);

export interface Geography {
  readonly wilayas: readonly Readonly<Record<string, string | null>>[];
  readonly communes: readonly Readonly<Record<string, string>>[];
}

/** Adds the wilayas and communes that are not there yet. @returns how many rows were new */
export async function insertGeography(tx: Tx, { wilayas, communes }: Geography): Promise<number> {
  const added = await tx.run(sql`insert into wilayas (number, iso_3166_2, pcode, name_fr, name_ar, parent_number, valid_from)
    select wilaya_no, iso_3166_2, nullif(pcode, ''), name_fr, name_ar, nullif(parent_wilaya_no, ''), valid_from
    from jsonb_to_recordset(${JSON.stringify(wilayas)}::jsonb)
      as w (wilaya_no text, iso_3166_2 text, pcode text, name_fr text, name_ar text, parent_wilaya_no text, valid_from date)
    on conflict do nothing`);
  return (
    added +
    (await tx.run(sql`insert into communes (wilaya_number, name_fr, name_ar)
    select wilaya_no, name_fr, name_ar from jsonb_to_recordset(${JSON.stringify(communes)}::jsonb)
      as c (wilaya_no text, name_fr text, name_ar text)
    on conflict do nothing`))
  );
}

/** Counts a change of an office that its own row does not hold. @returns the version it has now, or undefined when it was not at the version given */
export const nextVersion = async (tx: Tx, id: string, version: number): Promise<number | undefined> =>
  (
    await tx.first<{ version: number }>(
      sql`update offices set version = version + 1 where id = ${id} and version = ${version} returning version`,
    )
  )?.version;

/** Identifiers of offices by their codes. */
export async function officesByCode(tx: Tx): Promise<Map<string, string>> {
  const rows = await tx.all<{ code: string; id: string }>(sql`select code, id from offices`);
  return new Map(rows.map(({ code, id }) => [code, id]));
}

/** Counts a change of several offices. */
export async function nextVersions(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.run(sql`with aimed as materialized (select id from offices where id = any(${ids}::uuid[]) order by id for no key update)
    update offices o set version = o.version + 1 from aimed where o.id = aimed.id`);
}
