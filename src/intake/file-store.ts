import { type DateOrder, learntOrder } from '../matching/index.ts';
import { type Db, type Sql, sql, type Tx } from '../platform/index.ts';
import { type ColumnName, dateColumns } from './columns.ts';
import { type DateOrders, type Mapping, mappingFaults } from './mapping.ts';
import type { Meaning } from './mapping-store.ts';
import type { SealedChunk, StagedFile } from './staging.ts';
import type { FileColumn, FileState, Findings, RegistrationFile } from './types.ts';

type StoredMapping = Readonly<Record<string, ColumnName | null>>;

interface FileRow extends Omit<RegistrationFile, 'uploadedAt' | 'finishedAt' | 'emptiedAt' | 'columns' | 'unsettled'> {
  readonly columns: readonly FileColumn[];
  readonly mapping: StoredMapping | null;
  readonly dateOrders: Readonly<Record<string, DateOrder>>;
  readonly attempt: number;
  readonly comparedRows: number;
  readonly checkedBasis: string | null;
  readonly version: number;
  readonly uploadedBy: string;
  readonly uploadedAt: Date;
  readonly finishedAt: Date | null;
  readonly emptiedAt: Date | null;
}

export interface StoredFile {
  readonly file: RegistrationFile;
  readonly header: readonly string[];
  /** Null until every column is decided on. */
  readonly mapping: Mapping | null;
  /** How the dates of its columns are read: as somebody has said, or as the column shows. */
  readonly dateOrders: DateOrders;
  /** Which reading of the rows counts. */
  readonly attempt: number;
  /** How many of the rows that are done have been compared, and their duplicates counted. */
  readonly comparedRows: number;
  /** What the comparisons of the dry run that stands went by; null when there is none. */
  readonly checkedBasis: string | null;
  readonly version: number;
  readonly uploadedBy: string;
}

const fields = sql`id, programme_id as "programmeId", state, format, columns, mapping, date_orders as "dateOrders", sheets_beside as "sheetsBeside", continues_households as "continuesHouseholds", total_rows as "totalRows", done_rows as "doneRows",
  accepted_rows as "acceptedRows", refused_rows as "refusedRows", known_rows as "knownRows", duplicate_rows as "duplicateRows", findings,
  attempt, compared_rows as "comparedRows", checked_basis as "checkedBasis", version, uploaded_by as "uploadedBy", uploaded_at as "uploadedAt", finished_at as "finishedAt",
  emptied_at as "emptiedAt"`;

function stored(row: FileRow | undefined): StoredFile | undefined {
  if (!row) return undefined;
  const {
    uploadedBy,
    uploadedAt,
    finishedAt,
    emptiedAt,
    mapping: json,
    dateOrders,
    columns,
    attempt,
    comparedRows,
    checkedBasis,
    version,
    ...file
  } = row;
  const said: DateOrders = new Map(Object.entries(dateOrders));
  const mapping = json && new Map(Object.entries(json));
  const header = columns.map((column) => column.header);
  const guessed = new Map(columns.filter(({ confidence }) => confidence === 'certain').map(({ header: cell, guess }) => [cell, guess]));
  return {
    file: {
      ...file,
      columns: columns.map((column) => shown(column, mapping?.get(column.header) ?? null, said)),
      unsettled: mapping ? [] : mappingFaults(header, guessed),
      uploadedAt: uploadedAt.toISOString(),
      finishedAt: finishedAt?.toISOString() ?? null,
      emptiedAt: emptiedAt?.toISOString() ?? null,
    },
    header,
    mapping,
    dateOrders: new Map([
      ...columns.flatMap(({ header: cell, dates }) => (dates ? [[cell, learntOrder(dates).order] as const] : [])),
      ...said,
    ]),
    attempt,
    comparedRows,
    checkedBasis,
    version,
    uploadedBy,
  };
}

/** A column as it is shown: how its dates are read stands with what is a date, or seems to be one. */
function shown({ dates, ...column }: FileColumn, decided: ColumnName | null, said: DateOrders): RegistrationFile['columns'][number] {
  const isDate = dateColumns.has(decided ?? column.guess);
  const order = said.get(column.header);
  const read = dates && { ...learntOrder(dates), ...(order ? { order, known: 'said' as const } : {}), ...dates };
  return { ...column, column: decided, ...(isDate && read ? { dates: read } : {}) };
}

const json = (map: ReadonlyMap<string, string | null> | null): string | null => map && JSON.stringify(Object.fromEntries(map));

/** What is known of a file when it comes. */
export interface NewFile {
  readonly columns: readonly FileColumn[];
  readonly mapping: Mapping | null;
  readonly dateOrders: DateOrders;
  readonly continuesHouseholds: boolean;
}

/** @returns whether it is new: the same content is in a programme once */
export async function insertFile(
  tx: Tx,
  programmeId: string,
  { id, contentIndex, dataKey, format, sheetsBeside, totalRows }: StagedFile,
  { columns, mapping, dateOrders, continuesHouseholds }: NewFile,
  uploadedBy: string,
  at: Date,
): Promise<boolean> {
  const count =
    await tx.run(sql`insert into registration_files (id, programme_id, content_index, data_key, format, columns, mapping, date_orders, sheets_beside,
      continues_households, total_rows, uploaded_by, uploaded_at)
    values (${id}, ${programmeId}, ${contentIndex}, ${dataKey}, ${JSON.stringify(format)}, ${JSON.stringify(columns)}, ${json(mapping)}, ${json(dateOrders)},
      ${JSON.stringify(sheetsBeside)}, ${continuesHouseholds}, ${totalRows}, ${uploadedBy}, ${at})
    on conflict (programme_id, content_index) do nothing`);
  return count === 1;
}

export async function insertChunk(tx: Tx, fileId: string, { number, firstRow, fileRows, rowCount, rows }: SealedChunk): Promise<void> {
  await tx.run(sql`insert into registration_chunks (file_id, number, first_row, file_rows, row_count, rows)
    values (${fileId}, ${number}, ${firstRow}, ${fileRows}::int[], ${rowCount}, ${rows})`);
}

export const findFile = async (db: Db, id: string): Promise<StoredFile | undefined> =>
  stored(await db.first<FileRow>(sql`select ${fields} from registration_files where id = ${id}`));

export const findFileByContent = async (db: Db, programmeId: string, contentIndex: Buffer): Promise<StoredFile | undefined> =>
  stored(
    await db.first<FileRow>(
      sql`select ${fields} from registration_files where programme_id = ${programmeId} and content_index = ${contentIndex}`,
    ),
  );

/** The files of a programme, the latest first, one more than asked for. */
export const filesOf = async (db: Db, programmeId: string, limit: number, after: string | undefined): Promise<StoredFile[]> => {
  const rows = await db.all<FileRow>(sql`select ${fields} from registration_files
    where programme_id = ${programmeId} and ${after ? sql`id < ${after}` : sql`true`} order by id desc limit ${limit + 1}`);
  return rows.flatMap((row) => stored(row) ?? []);
};

/** A file whose rows nobody else takes until the transaction ends. */
export const lockFile = async (tx: Tx, id: string): Promise<StoredFile | undefined> =>
  stored(await tx.first<FileRow>(sql`select ${fields} from registration_files where id = ${id} for update`));

async function change(tx: Tx, id: string, set: Sql): Promise<StoredFile> {
  const file = stored(await tx.first<FileRow>(sql`update registration_files set ${set} where id = ${id} returning ${fields}`));
  if (!file) throw new Error('a file that was locked is gone');
  return file;
}

/** Decides on the columns; what a dry run has found with others before is no longer so. */
export const setMapping = (tx: Tx, id: string, { mapping, dateOrders }: Meaning): Promise<StoredFile> =>
  change(
    tx,
    id,
    sql`mapping = ${json(mapping)}, date_orders = ${json(dateOrders)}, state = 'received', findings = null, checked_basis = null, version = version + 1`,
  );

/** Says whether the people of a file may join households that another source has begun. */
export const continueHouseholds = (tx: Tx, id: string, continues: boolean): Promise<StoredFile> =>
  change(
    tx,
    id,
    sql`continues_households = ${continues}, checked_basis = case when continues_households = ${continues} then checked_basis end`,
  );

/** Begins a reading of the rows from the first one on. */
export const beginCheck = (tx: Tx, id: string, findings: Findings): Promise<StoredFile> =>
  change(
    tx,
    id,
    sql`state = 'checking', findings = ${JSON.stringify(findings)}, checked_basis = null, attempt = attempt + 1, version = version + 1`,
  );

export const recordFindings = (tx: Tx, id: string, findings: Findings): Promise<StoredFile> =>
  change(tx, id, sql`findings = ${JSON.stringify(findings)}`);

/** Ends a dry run. @param basis what it went by */
export const endCheck = (tx: Tx, id: string, findings: Findings, basis: string): Promise<StoredFile> =>
  change(tx, id, sql`state = 'checked', findings = ${JSON.stringify(findings)}, checked_basis = ${basis}, version = version + 1`);

/** Gives a dry run up. */
export const abandonCheck = (tx: Tx, id: string): Promise<StoredFile> =>
  change(tx, id, sql`state = 'received', findings = null, version = version + 1`);

/**
 * Begins the run, or goes on where it was cancelled or has stopped.
 * @param duplicates how many of the rows that were compared are duplicates now
 */
export const beginRun = (tx: Tx, { file: { id, state }, attempt }: StoredFile, duplicates: number): Promise<StoredFile> =>
  change(
    tx,
    id,
    sql`state = 'running', attempt = ${state === 'cancelled' || state === 'stopped' ? attempt : attempt + 1},
      duplicate_rows = ${duplicates}, finished_at = null, version = version + 1`,
  );

/** Rows that were compared with everybody, and how many of them are duplicates. */
export interface Compared {
  /** How many rows had been compared before. */
  readonly from: number;
  readonly through: number;
  readonly duplicates: number;
}

// A comparison that somebody else has counted meanwhile is not counted again.
const counting = ({ from, through, duplicates }: Compared): Sql => sql`
  duplicate_rows = duplicate_rows + case when compared_rows = ${from} then ${duplicates} else 0 end,
  compared_rows = case when compared_rows = ${from} then ${through} else compared_rows end`;

export const countCompared = (tx: Tx, id: string, compared: Compared): Promise<StoredFile> => change(tx, id, counting(compared));

/** What became of some rows. */
export interface Taken {
  readonly accepted: number;
  readonly refused: number;
  readonly known: number;
}

export const countRows = (tx: Tx, id: string, { accepted, refused, known }: Taken, compared: Compared): Promise<StoredFile> =>
  change(
    tx,
    id,
    sql`done_rows = done_rows + ${accepted + refused + known}, accepted_rows = accepted_rows + ${accepted},
      refused_rows = refused_rows + ${refused}, known_rows = known_rows + ${known}, ${counting(compared)}`,
  );

export const endRun = (tx: Tx, id: string, state: FileState & ('done' | 'stopped' | 'cancelled'), at: Date): Promise<StoredFile> =>
  change(tx, id, sql`state = ${state}, finished_at = ${at}, version = version + 1`);

/** Stops a run of which nobody has been entered. @param findings why */
export const stopAtFirst = (tx: Tx, id: string, findings: Findings, at: Date): Promise<StoredFile> =>
  change(tx, id, sql`state = 'stopped', findings = ${JSON.stringify(findings)}, finished_at = ${at}, version = version + 1`);
