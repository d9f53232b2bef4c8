import { createHash } from 'node:crypto';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';

// Dates stay text and big integers stay exact; numerics are text already.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

/** A piece of SQL with its values, made by the {@link sql} tag. */
export class Sql {
  readonly text: string;
  readonly values: readonly unknown[];

  constructor(text: string, values: readonly unknown[]) {
    this.text = text;
    this.values = values;
  }
}

/**
 * SQL with its values kept apart: sql`select … where id = ${id}`. A piece inside a piece is spliced in.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  let text = '';
  const bound: unknown[] = [];
  strings.forEach((part, i) => {
    text += part.replaceAll('?', '\\?');
    if (i === values.length) return;
    const value = values[i];
    if (value instanceof Sql) {
      text += value.text;
      bound.push(...value.values);
    } else {
      text += '?';
      bound.push(value);
    }
  });
  return new Sql(text, bound);
}

/** Joins conditions with `and`; none is always true. */
export const allOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`true` : conditions.slice(1).reduce((all, next) => sql`${all} and ${next}`, conditions[0] as Sql);

/** Reads from the database. */
export interface Db {
  /** Every row. */
  all<Row>(statement: Sql): Promise<Row[]>;
  /** The first row, or undefined. */
  first<Row>(statement: Sql): Promise<Row | undefined>;
}

declare const written: unique symbol;

/** A command's transaction: the only thing that writes. It is made by the command runner and nowhere else. */
export interface Tx extends Db {
  readonly [written]: true;
  /** Runs a statement that answers nothing. @returns how many rows it touched */
  run(statement: Sql): Promise<number>;
  /** Inserts rows of equal shape in one statement; keys are column names. */
  insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
}

type Connection = Pick<Knex, 'raw'>;

const names = new Map<string, string>();

// A named statement is parsed and planned once for each connection.
function nameOf(text: string): string {
  let name = names.get(text);
  if (!name) {
    name = createHash('sha1').update(text).digest('base64url');
    names.set(text, name);
  }
  return name;
}

async function query<Row>(connection: Connection, statement: Sql): Promise<pg.QueryResult<Row & pg.QueryResultRow>> {
  return connection.raw(statement.text, statement.values as Knex.RawBinding[]).options({ name: nameOf(statement.text) });
}

class Session implements Db {
  protected readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  async all<Row>(statement: Sql): Promise<Row[]> {
    return (await query<Row>(this.connection, statement)).rows;
  }

  async first<Row>(statement: Sql): Promise<Row | undefined> {
    return (await query<Row>(this.connection, statement)).rows[0];
  }

  async run(statement: Sql): Promise<number> {
    return (await query(this.connection, statement)).rowCount ?? 0;
  }

  async insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const columns = Object.keys(first);
    const list = columns.map((column) => `"${column}"`).join(', ');
    const json = JSON.stringify(rows, (_key, value) =>
      value?.type === 'Buffer' ? `\\x${Buffer.from(value.data).toString('hex')}` : value,
    );
    await this.run(
      new Sql(`insert into "${table}" (${list}) select ${list} from jsonb_populate_recordset(null::"${table}", ?::jsonb)`, [json]),
    );
  }
}

/** How to reach a PostgreSQL server. */
export interface DatabaseAddress {
  readonly url: string;
  /** The role to act as, when the URL's user is allowed to be more than that. */
  readonly role?: string | undefined;
  readonly poolSize: number;
  /** How long a request waits for a free connection, in milliseconds. */
  readonly patienceMs?: number;
  /** Whether the server itself refuses writes on these connections. */
  readonly readOnly?: boolean;
}

/** Session settings as PostgreSQL's start-up option. */
export function sessionOptions(address: Pick<DatabaseAddress, 'role' | 'readOnly'>, extra: Record<string, string> = {}): string {
  const settings: Record<string, string> = {
    timezone: 'UTC',
    lock_timeout: '5s',
    statement_timeout: '120s',
    idle_in_transaction_session_timeout: '60s',
    ...(address.role ? { role: address.role } : {}),
    ...(address.readOnly ? { default_transaction_read_only: 'on' } : {}),
    ...extra,
  };
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ');
}

// Knex would print what it also throws.
const silent = { warn() {}, error() {}, debug() {}, deprecate() {} };

function connect(address: DatabaseAddress): Knex {
  return knexFactory({
    client: 'pg',
    connection: { connectionString: address.url, options: sessionOptions(address), application_name: 'sanad' },
    pool: { min: 0, max: address.poolSize },
    log: silent,
    acquireConnectionTimeout: address.patienceMs ?? 15_000,
  });
}

/** The platform's two ways into PostgreSQL: a pool that can only read, and transactions for the command runner. */
export class Database {
  readonly #reading: Knex;
  readonly #writing: Knex;
  /** For reads outside a command. The server refuses a write on it. */
  readonly reader: Db;

  constructor(address: DatabaseAddress) {
    this.#reading = connect({ ...address, readOnly: true });
    this.#writing = connect(address);
    this.reader = new Session(this.#reading);
  }

  /** One transaction; an exception rolls it back. For the command runner and the job queue's own bookkeeping. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#writing.transaction((trx) => work(new Session(trx) as unknown as Tx));
  }

  /** Gives every connection back to the server, after the queries that are running. */
  async close(): Promise<void> {
    await Promise.all([this.#reading.destroy(), this.#writing.destroy()]);
  }
}

/** Thrown inside a transaction that has met another one: the command runner rolls it back and tries again. */
export class RetryTransaction extends Error {
  readonly code = '40001'; // serialization_failure
}

/** PostgreSQL's error code (SQLSTATE) of an exception, if it has one. */
export const sqlState = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** The constraint that an exception says was broken, if it says one. */
export const brokenConstraint = (error: unknown): string | undefined =>
  error instanceof Error && 'constraint' in error && typeof error.constraint === 'string' ? error.constraint : undefined;
