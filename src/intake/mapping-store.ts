import type { DateOrder } from '../matching/index.ts';
import { type Db, newId, sql, type Tx } from '../platform/index.ts';
import type { ColumnName } from './columns.ts';
import type { DateOrders, Mapping } from './mapping.ts';

/** A mapping of columns that somebody saved under a name. */
export interface SavedMapping {
  readonly name: string;
  readonly columns: { readonly header: string; readonly column: ColumnName | null; readonly dateOrder?: DateOrder }[];
  readonly savedAt: string;
}

/** What a mapping says: what each header means, and how the dates are written. */
export interface Meaning {
  readonly mapping: Mapping;
  readonly dateOrders: DateOrders;
}

interface Row {
  readonly name: string;
  readonly mapping: Readonly<Record<string, ColumnName | null>>;
  readonly dateOrders: Readonly<Record<string, DateOrder>>;
  readonly savedAt: Date;
}

const fields = sql`name, mapping, date_orders as "dateOrders", saved_at as "savedAt"`;

export async function findMapping(db: Db, programmeId: string, name: string): Promise<Meaning | undefined> {
  const row = await db.first<Row>(sql`select ${fields} from column_mappings where programme_id = ${programmeId} and name = ${name}`);
  return row && { mapping: new Map(Object.entries(row.mapping)), dateOrders: new Map(Object.entries(row.dateOrders)) };
}

/** Saves a mapping, in place of the one that had the name. */
export async function saveMapping(
  tx: Tx,
  programmeId: string,
  name: string,
  { mapping, dateOrders }: Meaning,
  by: string,
  at: Date,
): Promise<void> {
  await tx.run(sql`insert into column_mappings (id, programme_id, name, mapping, date_orders, saved_by, saved_at)
    values (${newId()}, ${programmeId}, ${name}, ${inJson(mapping)}, ${inJson(dateOrders)}, ${by}, ${at})
    on conflict (programme_id, name) do update set mapping = excluded.mapping, date_orders = excluded.date_orders,
      version = column_mappings.version + 1, saved_by = excluded.saved_by, saved_at = excluded.saved_at`);
}

const inJson = (map: ReadonlyMap<string, string | null>): string => JSON.stringify(Object.fromEntries(map));

/** The mappings of a programme by name, one more than asked for. */
export async function mappingsOf(db: Db, programmeId: string, limit: number, after: string | undefined): Promise<SavedMapping[]> {
  const rows = await db.all<Row>(sql`select ${fields} from column_mappings
    where programme_id = ${programmeId} and ${after === undefined ? sql`true` : sql`name > ${after}`} order by name limit ${limit + 1}`);
  return rows.map(({ name, mapping, dateOrders, savedAt }) => ({
    name,
    columns: Object.entries(mapping).map(([header, column]) => {
      const dateOrder = new Map(Object.entries(dateOrders)).get(header);
      return { header, column, ...(dateOrder ? { dateOrder } : {}) };
    }),
    savedAt: savedAt.toISOString(),
  }));
}
