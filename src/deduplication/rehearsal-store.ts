import { type Db, type RoomColumns, sql, type Tx } from '../platform/index.ts';

/** This room's columns of bytes. */
export const deduplicationColumns: RoomColumns = {
  unsealed: { 'rehearsed_people.profile': 'sealed under a key that the process alone has which compares them, and gone with it' },
};

/** Somebody of a rehearsal, as they are kept while it lasts. */
export interface RehearsedRow {
  readonly id: string;
  readonly rowNumber: number;
  readonly sealed: Buffer;
}

export const beginRehearsal = (tx: Tx, id: string, programmeId: string, at: Date): Promise<unknown> =>
  tx.run(sql`insert into rehearsals (id, programme_id, begun_at) values (${id}, ${programmeId}, ${at}) on conflict (id) do nothing`);

/** Keeps people of a rehearsal. @param people with the keys that they are found by as candidates, and those that names are counted by */
export async function insertRehearsed(
  tx: Tx,
  rehearsalId: string,
  people: readonly (RehearsedRow & { readonly keys: readonly string[]; readonly search: readonly string[] })[],
): Promise<void> {
  await tx.insert(
    'rehearsed_people',
    people.map(({ id, rowNumber, sealed, search }) => ({
      rehearsal_id: rehearsalId,
      id,
      row_number: rowNumber,
      profile: sealed,
      search_keys: search,
    })),
  );
  const keys = people.flatMap(({ id, keys: of }) => of.map((key) => ({ id, key })));
  // In the order of the index.
  await tx.run(sql`insert into rehearsed_keys (rehearsal_id, key, person_id)
    select ${rehearsalId}, key, person_id from unnest(${keys.map(({ key }) => key)}::bigint[], ${keys.map(({ id }) => id)}::uuid[]) as k (key, person_id)
    order by key, person_id`);
}

export const rehearsedPeople = (db: Db, rehearsalId: string, ids: readonly string[]): Promise<RehearsedRow[]> =>
  db.all(sql`select id, row_number as "rowNumber", profile as sealed from rehearsed_people
    where rehearsal_id = ${rehearsalId} and id = any(${ids}::uuid[])`);

/** The rehearsals that began before a moment: their processes ended before them. */
export async function leftRehearsals(db: Db, before: Date): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`select id from rehearsals where begun_at < ${before}`);
  return rows.map(({ id }) => id);
}

export async function deleteRehearsal(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from rehearsed_keys where rehearsal_id = ${id}`);
  await tx.run(sql`delete from rehearsals where id = ${id}`);
}
