import type { Db, Tx } from '../database.ts';
import { Sql, sql } from '../sql.ts';
import type { Passing, UnderMaster, Use } from './sealed-columns.ts';

/** A name of the schema, which stands in our own code and nowhere else. */
const name = (text: string): Sql => new Sql([`"${text}"`], []);

/** The version that a sealed value begins with. Only the first byte is fetched of what is stored aside. */
const versionOf = (column: string): Sql => sql`get_byte(nullif(substr(${name(column)}, 1, 1), ''), 0)`;

/** How many values are under each version, lowest first. */
export const countVersions = (db: Db, { table, column }: UnderMaster): Promise<Use[]> =>
  db.all(sql`select ${versionOf(column)} as version, count(*)::int as rows, null as until from ${name(table)}
    where length(${name(column)}) > 0 group by 1 order by 1`);

/** As {@link countVersions}, with the moment when the last of them will have been forgotten. */
export const countPassing = (db: Db, { table, column, writtenAt, keptDays }: Passing): Promise<Use[]> =>
  db.all(sql`select ${versionOf(column)} as version, count(*)::int as rows,
      max(${name(writtenAt)}) + ${keptDays} * interval '1 day' as until
    from ${name(table)} where length(${name(column)}) > 0 group by 1 order by 1`);

/** A value under another version than the current one, and the row that it stands in. */
export interface OldValue {
  readonly id: string;
  readonly row: Readonly<Record<string, string>>;
  readonly sealed: Buffer;
}

const isOld = (column: string, current: number): Sql => sql`${versionOf(column)} <> ${current}`;

const after = (key: string, id: string | null): Sql => (id === null ? sql`true` : sql`t.${name(key)} > ${id}`);

/** Whether anything is left after a row. In the order of the key, so that what is done already is not looked at again. */
export const hasOldAfter = async (db: Db, { table, column, key }: UnderMaster, current: number, id: string | null): Promise<boolean> =>
  (await db.first(
    sql`select from ${name(table)} t where ${after(key, id)} and ${isOld(column, current)} order by t.${name(key)} limit 1`,
  )) !== undefined;

/** The next values to seal anew, locked. What somebody else is working on is passed over: it is met again in the next pass. */
export function lockOldAfter(
  tx: Tx,
  { table, column, key, bound }: UnderMaster,
  current: number,
  id: string | null,
  limit: number,
): Promise<OldValue[]> {
  const fields = bound.map((field) => new Sql([`'${field}', t."${field}"::text`], []));
  const row = fields.reduce((all, field) => sql`${all}, ${field}`);
  return tx.all(sql`select t.${name(key)} as id, json_build_object(${row}) as row, t.${name(column)} as sealed from ${name(table)} t
    where ${after(key, id)} and ${isOld(column, current)} order by t.${name(key)} limit ${limit} for no key update skip locked`);
}

/** Puts what was sealed anew in the place of what was read, and of nothing else. @returns how many */
export const replaceValues = (
  tx: Tx,
  { table, column, key }: UnderMaster,
  values: readonly (Pick<OldValue, 'id' | 'sealed'> & { readonly anew: Buffer })[],
): Promise<number> =>
  tx.run(sql`update ${name(table)} t set ${name(column)} = n.anew
    from unnest(${values.map(({ id }) => id)}::uuid[], ${values.map(({ sealed }) => sealed)}::bytea[], ${values.map(({ anew }) => anew)}::bytea[])
      as n (id, was, anew)
    where t.${name(key)} = n.id and t.${name(column)} = n.was`);

/** A key that the database has been used with. */
export interface KnownKey {
  /** 0 is the index key, which has no versions. */
  readonly version: number;
  readonly check: Buffer;
}

export const knownKeys = (db: Db): Promise<KnownKey[]> =>
  db.all(sql`select version, check_value as "check" from known_keys order by version`);

/** @returns false when somebody else has noted it meanwhile */
export const insertKnownKey = async (tx: Tx, { version, check }: KnownKey, now: Date): Promise<boolean> =>
  (await tx.run(sql`insert into known_keys (version, check_value, first_used_at) values (${version}, ${check}, ${now})
    on conflict (version) do nothing`)) === 1;

export const deleteKnownKey = (tx: Tx, version: number): Promise<number> => tx.run(sql`delete from known_keys where version = ${version}`);
