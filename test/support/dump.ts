import type pg from 'pg';

/** What a copy of a table holds. */
export interface DumpedTable {
  /** `schema.table` */
  readonly name: string;
  /** Its rows in the text form of COPY, without what is known to be no secret. */
  readonly text: string;
  /** Every value of bytes in it, decoded, whatever column or array it stands in. */
  readonly bytes: readonly Buffer[];
}

/** Columns to leave out, by `schema.table`; `*` for the whole table. */
export type LeftOut = Readonly<Record<string, readonly string[] | '*'>>;

/**
 * Copies every table of the database as whoever stole it would, with COPY, also what is stored aside: the job queue's tables, and those that no
 * code knows of.
 * @param only one table
 */
export async function dumpDatabase(owner: pg.Client, leftOut: LeftOut = {}, only?: string): Promise<DumpedTable[]> {
  const { rows } = await owner.query<{ name: string; columns: string[] }>(`
    select n.nspname || '.' || c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
    from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') group by 1 order by 1`);
  const tables: DumpedTable[] = [];
  for (const { name, columns } of rows.filter((row) => only === undefined || row.name === only)) {
    const without = leftOut[name] ?? [];
    if (without === '*') continue;
    const kept = columns.filter((column) => !without.includes(column)).map((column) => `"${column}"`);
    const [schema, table] = name.split('.');
    tables.push({ name, ...decoded(await copyOut(owner, `copy (select ${kept.join(', ')} from "${schema}"."${table}") to stdout`)) });
  }
  return tables;
}

// COPY writes bytes as \x and hexadecimal digits, with the backslash doubled.
function decoded(copied: string): Omit<DumpedTable, 'name'> {
  const bytes: Buffer[] = [];
  const text = copied.replaceAll(/\\+x((?:[0-9a-f]{2})*)/g, (_whole, hex: string) => {
    bytes.push(Buffer.from(hex, 'hex'));
    return '';
  });
  return { text, bytes };
}

interface Wire {
  query(text: string): void;
}

/** Runs `COPY … TO STDOUT`, which the client knows only half of: what comes is collected as it comes. */
function copyOut(client: pg.Client, statement: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let failure: Error | undefined;
    const copy = {
      submit: (connection: Wire) => connection.query(statement),
      // The client reads the next piece into the same memory.
      handleCopyData: ({ chunk }: { chunk: Buffer }) => pieces.push(Buffer.from(chunk)),
      handleCommandComplete: () => {},
      handleError: (error: Error) => {
        failure = error;
        reject(error);
      },
      handleReadyForQuery: () => failure ?? resolve(Buffer.concat(pieces).toString()),
    };
    client.query(copy as unknown as pg.Submittable);
  });
}
