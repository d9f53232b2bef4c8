import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  isUnderDataKey,
  KeyRing,
  nameOf,
  newDataKey,
  openColumn,
  type Row,
  type SealedColumn,
  sealWith,
  wrapDataKey,
} from '../src/platform/index.ts';
import { columns } from '../src/sealed-columns.ts';
import { cloneDatabase, type TestDatabase } from './support/database.ts';

const keyRing = new KeyRing(new Map([[1, randomBytes(32)]]), randomBytes(32));

/** A value sealed to a row of a column, with the row that holds its key when it is under one. */
function sealedTo(column: SealedColumn, row: Row, plain: string) {
  if (!isUnderDataKey(column)) return { sealed: keyRing.seal(column.purpose, column.place(row), plain) };
  const { purpose, place, bound } = column.dataKey;
  const held: Row = Object.fromEntries(bound.map((name) => [name, row[column.holder] ?? '']));
  const dataKey = newDataKey();
  const holder = { row: held, wrapped: wrapDataKey(keyRing, purpose, place(held), dataKey), dataKey };
  return { sealed: sealWith(dataKey, column.place(row), plain), holder };
}

const newRow = ({ bound }: SealedColumn): Row => Object.fromEntries(bound.map((name) => [name, randomUUID()]));

describe('the columns that hold something sealed', () => {
  let clone: TestDatabase;
  beforeAll(async () => {
    clone = await cloneDatabase();
  });
  afterAll(() => clone.drop());

  it('are all declared, and so are the columns of bytes that hold nothing sealed', async () => {
    const { rows } = await clone.owner.query<{ name: string }>(`select c.relname || '.' || a.attname as name
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_type t on t.oid = a.atttypid
      where c.relkind in ('r', 'p', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and not a.attisdropped
        and ('bytea'::regtype in (a.atttypid, t.typbasetype, t.typelem))`);
    const declared = [...columns.sealed.map(nameOf), ...columns.unsealed.keys()];
    expect(rows.map(({ name }) => name).sort(), 'declare it in the columns of its room').toEqual(declared.sort());
    for (const [name, reason] of columns.unsealed) expect(reason.length, name).toBeGreaterThan(10);
  });

  it('name columns that are there, and walk by the primary key', async () => {
    for (const column of columns.sealed) {
      await clone.owner.query(`select ${[column.column, ...column.bound].join(', ')} from ${column.table} limit 0`);
      if (isUnderDataKey(column)) {
        await clone.owner.query(`select ${column.holder} from ${column.table} limit 0`);
        expect(columns.sealed).toContain(column.dataKey);
        expect(column.dataKey.isDataKey).toBe(true);
      } else if ('key' in column) {
        const { rows } = await clone.owner.query(
          `select a.attname, format_type(a.atttypid, null) as type from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
          where i.indrelid = $1::regclass and i.indisprimary`,
          [column.table],
        );
        expect(rows, nameOf(column)).toEqual([{ attname: column.key, type: 'uuid' }]);
      } else {
        await clone.owner.query(`select ${column.writtenAt} from ${column.table} limit 0`);
      }
    }
  });

  it('let the application put what was sealed anew in its place', async () => {
    for (const column of columns.sealed.filter((sealed) => 'key' in sealed)) {
      const { rows } = await clone.owner.query(`select has_column_privilege('sanad_app', $1, $2, 'update') as may`, [
        column.table,
        column.column,
      ]);
      expect(rows[0].may, nameOf(column)).toBe(true);
    }
  });

  it.each(columns.sealed.map((column) => [nameOf(column), column] as const))('%s is bound to its row and its column', (_name, column) => {
    const row = newRow(column);
    const { sealed, holder } = sealedTo(column, row, 'Amina Benali');
    expect(openColumn(keyRing, column, row, sealed, holder)).toBe('Amina Benali');

    // Another row: any one of the columns that it is bound to is enough.
    for (const name of column.bound) {
      expect(() => openColumn(keyRing, column, { ...row, [name]: randomUUID() }, sealed, holder), name).toThrow();
    }
    // Two rows that have swapped their values, each with its own key, and with the other's.
    const other = newRow(column);
    const swapped = sealedTo(column, other, 'Bakary Condé');
    expect(() => openColumn(keyRing, column, row, swapped.sealed, holder)).toThrow();
    if (holder) expect(() => openColumn(keyRing, column, row, swapped.sealed, swapped.holder)).toThrow();

    // Another column, of a row that has the same identifiers throughout.
    const id = randomUUID();
    for (const elsewhere of columns.sealed.filter((one) => one !== column)) {
      const same = (one: SealedColumn): Row => Object.fromEntries(one.bound.map((name) => [name, id]));
      const there = sealedTo(elsewhere, same(elsewhere), 'x');
      const theirs = there.holder ?? holder;
      if (isUnderDataKey(column) && !theirs) continue;
      expect(() => openColumn(keyRing, column, same(column), there.sealed, theirs), nameOf(elsewhere)).toThrow();
    }
  });

  it.each(columns.sealed.map((column) => [nameOf(column), column] as const))('%s hides how long its text is', (_name, column) => {
    const row = newRow(column);
    const lengths = ['', 'Li', 'Aïcha', 'x'.repeat(28)].map((plain) => sealedTo(column, row, plain).sealed.length);
    expect(new Set(lengths).size).toBe(1);
    expect(sealedTo(column, row, 'x'.repeat(29)).sealed.length).toBe((lengths[0] ?? 0) + 32);
  });

  it('have purposes of their own', () => {
    const purposes = columns.sealed.flatMap((column) => (isUnderDataKey(column) ? [] : [column.purpose]));
    expect(new Set(purposes).size).toBe(purposes.length);
  });
});
