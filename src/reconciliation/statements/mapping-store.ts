import { type Db, newId, type Page, pageOf, sql, type Tx } from '../../platform/index.ts';
import type { TableMapping } from './formats/table/mapping.ts';

/** A mapping as it was saved under a name; the latest version is the one that is used. */
export interface SavedMapping {
  readonly id: string;
  readonly programmeId: string;
  readonly name: string;
  readonly version: number;
  readonly definition: TableMapping;
  readonly savedBy: string;
  readonly savedAt: string;
}

type Row = Omit<SavedMapping, 'savedAt'> & { readonly savedAt: Date };

const fields = sql`id, programme_id as "programmeId", name, version, definition, saved_by as "savedBy", saved_at as "savedAt"`;

const saved = ({ savedAt, ...row }: Row): SavedMapping => ({ ...row, savedAt: savedAt.toISOString() });

export async function findMapping(db: Db, programmeId: string, name: string): Promise<SavedMapping | undefined> {
  const row = await db.first<Row>(
    sql`select ${fields} from statement_mappings where programme_id = ${programmeId} and name = ${name} order by version desc limit 1`,
  );
  return row && saved(row);
}

/** The very version that a statement was sent with. */
export async function mappingById(db: Db, id: string): Promise<SavedMapping | undefined> {
  const row = await db.first<Row>(sql`select ${fields} from statement_mappings where id = ${id}`);
  return row && saved(row);
}

/** Saves a mapping as the next version of its name. */
export async function insertMapping(
  tx: Tx,
  { programmeId, name, definition, by, at }: { programmeId: string; name: string; definition: TableMapping; by: string; at: Date },
): Promise<SavedMapping> {
  const row = await tx.first<Row>(sql`insert into statement_mappings (id, programme_id, name, version, definition, saved_by, saved_at)
    select ${newId()}, ${programmeId}, ${name}, coalesce(max(version), 0) + 1, ${JSON.stringify(definition)}::jsonb, ${by}, ${at}::timestamptz
    from statement_mappings where programme_id = ${programmeId} and name = ${name}
    returning ${fields}`);
  return saved(row as Row);
}

/** The latest versions in a programme, by name. */
export async function pageOfMappings(db: Db, programmeId: string, limit: number, after: string | undefined): Promise<Page<SavedMapping>> {
  const rows = await db.all<Row>(sql`select distinct on (name) ${fields} from statement_mappings
    where programme_id = ${programmeId} and ${after === undefined ? sql`true` : sql`name > ${after}`}
    order by name, version desc limit ${limit + 1}`);
  return pageOf(rows.map(saved), limit, ({ name }) => name);
}
