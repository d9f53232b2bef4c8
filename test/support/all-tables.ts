import type pg from 'pg';

/** A copy of every table of a database, as somebody who stole it would have it. */
export type Copy = ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]>;

export async function copyOf(owner: pg.Client): Promise<Copy> {
  const { rows } = await owner.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const copy = new Map<string, Record<string, unknown>[]>();
  for (const { name } of rows) copy.set(name.replace(/^public\./, ''), (await owner.query(`select * from ${name}`)).rows);
  return copy;
}

/** Everything in a copy that can be read, as one text: bytes as Latin-1, so that what is written in them shows. */
export const textOf = (copy: Copy): string =>
  JSON.stringify([...copy], (_key, value) =>
    value !== null && typeof value === 'object' && value.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
  );
