import { type Db, newId, sql, type Tx } from '../platform/index.ts';
import type { ColumnName } from './columns.ts';
import type { Mapping } from './mapping.ts';

/** A mapping of columns that somebody saved under a name. */
export interface SavedMapping {
  readonly name: string;
  readonly columns: { readonly header: string; readonly column: ColumnName | null }[];
  readonly savedAt: string;
}

interface Row {
  readonly name: string;
  readonly mapping: Readonly<Record<string, ColumnName | null>>;
  readonly savedAt: Date;
}

const fields = sql`name, mapping, saved_at as "savedAt"`;

export async function findMapping(db: Db, programmeId: string, name: string): Promise<Mapping | undefined> {
  const row = await db.first<Row>(sql`select ${fields} from column_mappings where programme_id = ${programmeId} and name = ${name}`);
  return row && new Map(Object.entries(row.mapping));
}

/** Saves a mapping, in place of the one that had the name. */
export async function saveMapping(tx: Tx, programmeId: string, name: string, mapping: Mapping, by: string, at: Date): Promise<void> {
  await tx.run(sql`insert into column_mappings (id, programme_id, name, mapping, saved_by, saved_at)
    values (${newId()}, ${programmeId}, ${name}, ${JSON.stringify(Object.fromEntries(mapping))}, ${by}, ${at})
    on conflict (programme_id, name) do update set mapping = excluded.mapping, version = column_mappings.version + 1,
      saved_by = excluded.saved_by, saved_at = excluded.saved_at`);
}

/** The mappings of a programme by name, one more than asked for. */
export async function mappingsOf(db: Db, programmeId: string, limit: number, after: string | undefined): Promise<SavedMapping[]> {
  const rows = await db.all<Row>(sql`select ${fields} from column_mappings
    where programme_id = ${programmeId} and ${after === undefined ? sql`true` : sql`name > ${after}`} order by name limit ${limit + 1}`);
  return rows.map(({ name, mapping, savedAt }) => ({
    name,
    columns: Object.entries(mapping).map(([header, column]) => ({ header, column })),
    savedAt: savedAt.toISOString(),
  }));
}
