import { type Db, type Page, pageOf, type Scope, type Sql, sql, type Tx } from '../platform/index.ts';
import type { KeptFile } from './export-parts.ts';
import type { ExportEnd, NewExport, NewListExport, NewRefusedRowsExport, PersonExport } from './export-types.ts';

/** An export as the table holds it. */
export interface StoredExport {
  readonly export: PersonExport;
  readonly attempt: number;
  readonly parts: number | null;
  readonly passphrase: Buffer | null;
  readonly requestedSession: string | null;
}

type Row = Omit<PersonExport, 'createdAt' | 'readyAt' | 'endedAt' | 'expiresAt'> &
  Omit<StoredExport, 'export'> & {
    readonly createdAt: Date;
    readonly readyAt: Date | null;
    readonly endedAt: Date | null;
    readonly expiresAt: Date;
  };

const columns = sql`x.id, x.programme_id as "programmeId", x.list_id as "listId", x.file_id as "fileId", x.instruction, x.requested_by as "requestedBy", x.requested_session as "requestedSession",
  x.purpose, x.reason, x.format, x.fields, x.language, x.filter, x.encryption, x.recipient, x.passphrase, x.state, x.people, x.attempt,
  x.written_people as "writtenPeople", x.parts, x.bytes::float8 as bytes, encode(x.sha256, 'hex') as sha256, x.downloads,
  x.created_at as "createdAt", x.ready_at as "readyAt", x.ended_at as "endedAt", x.end_reason as "endReason", x.expires_at as "expiresAt"`;

function stored({ attempt, parts, passphrase, requestedSession, createdAt, readyAt, endedAt, expiresAt, ...plain }: Row): StoredExport {
  return {
    export: {
      ...plain,
      createdAt: createdAt.toISOString(),
      readyAt: readyAt?.toISOString() ?? null,
      endedAt: endedAt?.toISOString() ?? null,
      expiresAt: expiresAt.toISOString(),
    },
    attempt,
    parts,
    passphrase,
    requestedSession,
  };
}

export async function findExport(db: Db, id: string): Promise<StoredExport | undefined> {
  const row = await db.first<Row>(sql`select ${columns} from person_exports x where x.id = ${id}`);
  return row && stored(row);
}

/** The same while nobody else changes it. */
export async function lockExport(tx: Tx, id: string): Promise<StoredExport | undefined> {
  const row = await tx.first<Row>(sql`select ${columns} from person_exports x where x.id = ${id} for no key update`);
  return row && stored(row);
}

/** @param within which rows `x` may be seen */
export async function pageOfExports(db: Db, within: Sql, limit: number, before: string | undefined): Promise<Page<PersonExport>> {
  const rows = await db.all<Row>(sql`select ${columns} from person_exports x
    where ${within} and ${before ? sql`x.id < ${before}::uuid` : sql`true`} order by x.id desc limit ${limit + 1}`);
  return pageOf(
    rows.map((row) => stored(row).export),
    limit,
    ({ id }) => id,
  );
}

export const insertExport = async (
  tx: Tx,
  id: string,
  input: NewExport | NewListExport | NewRefusedRowsExport,
  by: { readonly actorId: string; readonly sessionId: string | null; readonly people: number; readonly passphrase: Buffer | null },
  now: Date,
  expiresAt: Date,
): Promise<void> => {
  const { listId, fileId, instruction, filter } = { listId: null, fileId: null, instruction: null, filter: {}, ...input };
  await tx.run(sql`insert into person_exports (id, programme_id, list_id, file_id, requested_by, requested_session, purpose, reason, format, fields,
      language, filter, instruction, encryption, recipient, passphrase, state, people, created_at, expires_at)
    values (${id}, ${input.programmeId}, ${listId}, ${fileId}, ${by.actorId}, ${by.sessionId}, ${input.purpose}, ${input.reason}, ${input.format},
      ${input.fields}::text[], ${input.language}, ${JSON.stringify(filter)}, ${instruction && JSON.stringify(instruction)}, ${input.encryption},
      ${input.recipient}, ${by.passphrase}, 'preparing', ${by.people}, ${now}, ${expiresAt})`);
};

/** Begins the writing, from nothing: what an attempt before left is deleted. @returns the number of this attempt */
export async function beginAttempt(tx: Tx, id: string): Promise<number> {
  await tx.run(sql`delete from person_export_parts where export_id = ${id}`);
  const row = await tx.first<{ attempt: number }>(sql`update person_exports set attempt = attempt + 1 where id = ${id} returning attempt`);
  return row?.attempt ?? 0;
}

export const insertPart = (tx: Tx, exportId: string, attempt: number, number: number, content: Buffer, at: Date): Promise<void> =>
  tx.insert('person_export_parts', [{ export_id: exportId, attempt, number, content, written_at: at }]);

/** What is known of a file once it has been written. */
export interface Written extends KeptFile {
  readonly people: number;
}

/** The file is there, and the passphrase is not needed any more. */
export const markReady = (tx: Tx, id: string, { people, parts, bytes, sha256 }: Written, now: Date): Promise<number> =>
  tx.run(sql`update person_exports set state = 'ready', passphrase = null, written_people = ${people}, parts = ${parts}, bytes = ${bytes},
    sha256 = decode(${sha256}, 'hex'), ready_at = ${now} where id = ${id}`);

export const countDownload = (tx: Tx, id: string): Promise<number> =>
  tx.run(sql`update person_exports set downloads = downloads + 1 where id = ${id}`);

/** Ends an export: the file and the passphrase are deleted, the record stays. */
export async function endExport(tx: Tx, id: string, reason: ExportEnd, now: Date): Promise<void> {
  await tx.run(sql`delete from person_export_parts where export_id = ${id}`);
  await tx.run(sql`update person_exports set state = ${reason === 'time' ? 'expired' : 'revoked'}, passphrase = null, ended_at = ${now},
    end_reason = ${reason} where id = ${id}`);
}

const exportsOf = (programmeId: string): Sql => sql`hashtextextended('person_exports/' || ${programmeId}::text, 0)`;

/** Whoever ends the exports of a programme waits until the transaction ends, and sees the one that it begins. */
export async function holdExports(tx: Tx, programmeId: string): Promise<void> {
  await tx.all(sql`select pg_advisory_xact_lock_shared(${exportsOf(programmeId)})`);
}

/**
 * Ends every open export of these programmes, because somebody who may be in them was erased. One that begins meanwhile waits, and does not
 * find them.
 * @returns the exports that it ended
 */
export async function endExportsOf(tx: Tx, programmeIds: readonly string[], now: Date): Promise<PersonExport[]> {
  for (const programmeId of [...programmeIds].sort()) await tx.all(sql`select pg_advisory_xact_lock(${exportsOf(programmeId)})`);
  const open = await tx.all<Row>(sql`select ${columns} from person_exports x
    where x.programme_id = any(${programmeIds}::uuid[]) and x.ended_at is null order by x.id for no key update`);
  for (const { id } of open) await endExport(tx, id, 'erasure', now);
  return open.map((row) => stored(row).export);
}

export const partOf = (db: Db, exportId: string, attempt: number, number: number): Promise<{ content: Buffer } | undefined> =>
  db.first(sql`select content from person_export_parts where export_id = ${exportId} and attempt = ${attempt} and number = ${number}`);

/** Exports whose day is over and that nobody has ended. */
export const overdueExports = (db: Db, now: Date, limit: number): Promise<{ id: string; scope: Scope }[]> =>
  db.all(sql`select id, jsonb_build_object('programme', programme_id) as scope from person_exports
    where ended_at is null and expires_at <= ${now} order by expires_at limit ${limit}`);
