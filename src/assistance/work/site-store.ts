import { type Db, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { Site, SiteChange, StoredSite } from './types.ts';

type Row = Site & { readonly version: number };

const columns = sql`id, programme_id as "programmeId", name, wilaya_number as "wilayaNumber", capacity, supervisor_id as "supervisorId",
  is_open as "isOpen", version`;

const stored = ({ version, ...site }: Row): StoredSite => ({ site, version });

export async function insertSite(tx: Tx, site: Site, by: string, now: Date): Promise<void> {
  const { id, programmeId, name, wilayaNumber, capacity, supervisorId, isOpen } = site;
  await tx.run(sql`
    insert into work_sites (id, programme_id, name, wilaya_number, capacity, supervisor_id, is_open, created_by, created_at)
    values (${id}, ${programmeId}, ${name}, ${wilayaNumber}, ${capacity}, ${supervisorId}, ${isOpen}, ${by}, ${now})`);
}

export async function findSite(db: Db, id: string): Promise<StoredSite | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from work_sites where id = ${id}`);
  return row && stored(row);
}

/** A site that nobody else can send a sheet of, or change, until this transaction ends. */
export async function lockSite(tx: Tx, id: string): Promise<StoredSite | undefined> {
  const row = await tx.first<Row>(sql`select ${columns} from work_sites where id = ${id} for no key update`);
  return row && stored(row);
}

/** @returns the site as it is now, or undefined when it was not at the version given */
export async function updateSite(tx: Tx, id: string, version: number, change: SiteChange): Promise<StoredSite | undefined> {
  const row = await tx.first<Row>(sql`update work_sites set
      capacity = coalesce(${change.capacity ?? null}::int, capacity),
      supervisor_id = coalesce(${change.supervisorId ?? null}::uuid, supervisor_id),
      is_open = coalesce(${change.isOpen ?? null}::boolean, is_open),
      version = version + 1
    where id = ${id} and version = ${version} returning ${columns}`);
  return row && stored(row);
}

/** A programme's sites, by name. */
export async function pageOfSites(db: Db, programmeId: string, limit: number, after: string | undefined): Promise<Page<Site>> {
  const rows = await db.all<Row>(sql`select ${columns} from work_sites
    where programme_id = ${programmeId} and ${after === undefined ? sql`true` : sql`name > ${after}`} order by name limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => stored(row).site),
    limit,
    ({ name }) => name,
  );
}

/** What a site points at that is not there. */
export const missingOf = async (
  db: Db,
  wilayaNumber: string | null,
  supervisorId: string | null,
): Promise<{ wilaya: boolean; supervisor: boolean }> =>
  (await db.first<{ wilaya: boolean; supervisor: boolean }>(sql`
    select ${wilayaNumber}::text is not null and not exists (select from wilayas where number = ${wilayaNumber}) as wilaya,
      ${supervisorId}::uuid is not null and not exists (select from users where id = ${supervisorId}::uuid and disabled_at is null) as supervisor`)) ?? {
    wilaya: false,
    supervisor: false,
  };
