import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';
import { Sql, sql } from './sql.ts';

// Dates stay text and big integers stay exact; numerics are text already.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);

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
  /**
   * Sends a statement whose answer nobody waits for: it goes out together with the next one, or with the commit. When it fails, so does
   * the transaction.
   */
  defer(statement: Sql): void;
  /** Inserts rows of equal shape in one statement, and none without one; see {@link insertion}. */
  insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void>;
  /** Reads what others who share this transaction read too, all in one: once everybody waits, what they ask of a function is one call of it. */
  readTogether<Asked, Answer>(read: ForMany<Db, Asked, Answer>, asked: Asked): Promise<Answer>;
  /** As {@link readTogether}, for what writes. */
  writeTogether<Asked, Answer>(write: ForMany<Tx, Asked, Answer>, asked: Asked): Promise<Answer>;
}

/** Does something for many at once. @returns an answer for each, in their order */
export type ForMany<In extends Db, Asked, Answer> = (db: In, asked: readonly Asked[]) => Promise<readonly Answer[]>;

interface Prepared {
  readonly name: string;
  readonly text: string;
}

const byText = new Map<string, Prepared>();
// A statement without pieces keeps the very array that its place in the source has, so its text is put together once.
const byPlace = new WeakMap<readonly string[], Prepared>();

// A named statement is parsed and planned once for each connection.
function prepared(statement: Sql): pg.QueryConfig {
  let known = byPlace.get(statement.parts);
  if (!known) {
    const { text } = statement;
    known = byText.get(text) ?? { name: createHash('sha1').update(text).digest('base64url'), text };
    byText.set(text, known);
    byPlace.set(statement.parts, known);
  }
  return { name: known.name, text: known.text, values: statement.values as unknown[] };
}

/** Somewhere that a statement can be sent. */
interface Target {
  query(statement: pg.QueryConfig): Promise<pg.QueryResult>;
}

class Reader implements Db {
  readonly #target: Target;

  constructor(target: Target) {
    this.#target = target;
  }

  async all<Row>(statement: Sql): Promise<Row[]> {
    return (await this.#target.query(prepared(statement))).rows as Row[];
  }

  async first<Row>(statement: Sql): Promise<Row | undefined> {
    return (await this.#target.query(prepared(statement))).rows[0] as Row | undefined;
  }
}

const BYTEA_OID = 17;

/** An array of bytes as PostgreSQL reads it in binary: half the size of the text, and nothing to be parsed on either side. */
function bytesInBinary(values: readonly unknown[]): Buffer {
  // One dimension, with nulls, of this type, so many, counted from 1; then each with its length before it.
  const head = Buffer.alloc(20);
  [1, 1, BYTEA_OID, values.length, 1].forEach((word, i) => {
    head.writeInt32BE(word, i * 4);
  });
  const length = (size: number): Buffer => {
    const word = Buffer.allocUnsafe(4);
    word.writeInt32BE(size);
    return word;
  };
  return Buffer.concat([head, ...values.flatMap((value) => (Buffer.isBuffer(value) ? [length(value.length), value] : [length(-1)]))]);
}

/**
 * The statement that inserts rows of equal shape; keys are column names. Bytes travel as bytes, each column of them an array beside the rows;
 * everything else as JSON, which PostgreSQL unfolds.
 * @param rows at least one
 * @param common what is the same in all of them and no bytes: it travels once, and is read once
 */
export function insertion(
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  common: Readonly<Record<string, string | boolean | Date | null>> = {},
): Sql {
  const columns = Object.keys(rows[0] ?? {});
  const bytes = columns.filter((column) => rows.some((row) => Buffer.isBuffer(row[column])));
  const plain = columns.filter((column) => !bytes.includes(column));
  const shared = Object.keys(common);
  const asBytes = bytes.map((column) => `bytes of ${column}`);
  const into = listed([...shared, ...plain, ...bytes]);
  const from = [...listed(shared, 'c.'), ...listed(plain, 'r.'), ...listed(asBytes, 'r.')];
  const once = shared.length === 0 ? raw('') : sql`json_populate_record(${raw(`null::"${table}"`)}, ${JSON.stringify(common)}::json) c, `;
  // Laid side by side, which costs less than any join.
  const arrays = bytes.map((column) => sql`unnest(${bytesInBinary(rows.map((row) => row[column]))}::bytea[]), `);
  const json = JSON.stringify(rows.map((row) => Object.fromEntries(plain.map((column) => [column, row[column]]))));
  return sql`${raw(`insert into "${table}" (${into}) select ${from} from `)}${once}rows from (${arrays.reduce(
    (all, one) => sql`${all}${one}`,
    raw(''),
  )}json_populate_recordset(${raw(`null::"${table}"`)}, ${json}::json)) r${raw(bytes.length === 0 ? '' : ` (${listed(asBytes)})`)}`;
}

const raw = (text: string): Sql => new Sql([text], []);
const listed = (names: readonly string[], from = ''): string[] => names.map((name) => `${from}"${name}"`);

/** One connection in the middle of a transaction. */
class Transaction extends Reader {
  readonly #client: pg.PoolClient;
  /** What was sent and is not waited for yet. */
  readonly #pending: Promise<unknown>[] = [];

  constructor(client: pg.PoolClient) {
    super({
      query: (statement) => {
        corkForNow(client);
        return client.query(statement);
      },
    });
    this.#client = client;
    this.#later({ text: 'begin' });
  }

  async run(statement: Sql): Promise<number> {
    corkForNow(this.#client);
    return (await this.#client.query(prepared(statement))).rowCount ?? 0;
  }

  defer(statement: Sql): void {
    this.#later(prepared(statement));
  }

  async insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    if (rows.length > 0) await this.run(insertion(table, rows));
  }

  readTogether<Asked, Answer>(read: ForMany<Db, Asked, Answer>, asked: Asked): Promise<Answer> {
    return this.writeTogether(read, asked);
  }

  async writeTogether<Asked, Answer>(write: ForMany<Tx, Asked, Answer>, asked: Asked): Promise<Answer> {
    const [answer] = await write(this as unknown as Tx, [asked]);
    return answer as Answer;
  }

  /** @throws Error when anything that was deferred failed, or the server rolled back */
  async commit(): Promise<void> {
    corkForNow(this.#client);
    const answer = this.#client.query('commit');
    answer.catch(() => {});
    await Promise.all(this.#pending);
    const { command } = await answer;
    if (command !== 'COMMIT') throw new Error(`the transaction ended in ${command}`);
  }

  /** Why a statement failed: after a deferred one has, every other only says that the transaction is over. */
  async causeOf(error: unknown): Promise<unknown> {
    if (sqlState(error) !== '25P02') return error; // in_failed_sql_transaction
    const answers = await Promise.allSettled(this.#pending);
    return answers.find((answer) => answer.status === 'rejected')?.reason ?? error;
  }

  #later(statement: pg.QueryConfig): void {
    corkForNow(this.#client);
    const answer = this.#client.query(statement);
    answer.catch(() => {}); // the commit tells
    this.#pending.push(answer);
  }
}

// Statements that are sent in one turn of the event loop leave in one packet: a system call and a wake-up for all of them.
function corkForNow(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
  if (stream.writableCorked > 0) return;
  stream.cork();
  process.nextTick(() => stream.uncork());
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
    // A server that compiles statements takes seconds over some that run for milliseconds.
    jit: 'off',
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

/** Every connection is in use and none came free in time. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy';
}

class Pool {
  readonly #pool: pg.Pool;

  constructor(address: DatabaseAddress) {
    this.#pool = new pg.Pool({
      connectionString: address.url,
      options: sessionOptions(address),
      application_name: 'sanad',
      max: address.poolSize,
      connectionTimeoutMillis: address.patienceMs ?? 15_000,
      pipeline: true,
    });
    // A connection that drops fails the statement it carries, or is replaced when one is needed; it must not end the process.
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => client.on('error', () => {}));
  }

  async connect(): Promise<pg.PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      if (error instanceof Error && /timeout/.test(error.message)) throw new DatabaseBusy('no connection came free');
      throw error;
    }
  }

  async query(statement: pg.QueryConfig): Promise<pg.QueryResult> {
    const client = await this.connect();
    try {
      return await client.query(statement);
    } finally {
      client.release();
    }
  }

  close(): Promise<void> {
    return this.#pool.end();
  }
}

/** The platform's two ways into PostgreSQL: a pool that can only read, and transactions for the command runner. */
export class Database {
  readonly #reading: Pool;
  readonly #writing: Pool;
  /** For reads outside a command. The server refuses a write on it. */
  readonly reader: Db;

  constructor(address: DatabaseAddress) {
    this.#reading = new Pool({ ...address, readOnly: true });
    this.#writing = new Pool(address);
    this.reader = new Reader(this.#reading);
  }

  /** One transaction; an exception rolls it back. For the command runner, the sealer of its events and the ground's own bookkeeping. */
  async transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const client = await this.#writing.connect();
    const transaction = new Transaction(client);
    let broken: Error | undefined;
    try {
      const result = await work(transaction as unknown as Tx);
      await transaction.commit();
      return result;
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => {
        broken = failure;
      });
      throw await transaction.causeOf(error);
    } finally {
      client.release(broken);
    }
  }

  /** Gives every connection back to the server, after the queries that are running. */
  async close(): Promise<void> {
    await Promise.all([this.#reading.close(), this.#writing.close()]);
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

/**
 * For a statement that may lose a race: where it broke one of these constraints, the command begins anew and sees what the other one did.
 * @param met what has been met
 * @throws RetryTransaction then, and otherwise what was thrown
 */
export const beginAgainOn =
  (constraints: readonly string[], met: string) =>
  (error: unknown): never => {
    throw constraints.includes(brokenConstraint(error) ?? '') ? new RetryTransaction(met) : error;
  };

/** Lets the statements of a transaction that goes through everything take up to an hour each; any other is ended after two minutes. */
export const mayTakeAnHour = (tx: Tx): void => tx.defer(sql`set local statement_timeout = '1h'`);
