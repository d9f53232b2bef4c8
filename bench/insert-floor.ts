import type pg from 'pg';

const AT_A_TIME = 2_000;

/**
 * How long the same PostgreSQL takes to take in as many rows as vouchers, in plain multi-row inserts of two thousand into a table with the columns,
 * checks and indexes of vouchers: the least that a released list can cost.
 * @returns seconds
 */
export async function insertFloor(client: pg.Client, rows: number): Promise<number> {
  await client.query('create schema floor');
  await client.query('create table floor.vouchers (like vouchers including all)');
  const { rows: vouchers } = await client.query<Record<string, unknown>>('select * from vouchers limit $1', [rows]);
  const [first] = vouchers;
  if (!first) throw new Error('there are no vouchers to insert');
  const names = Object.keys(first);
  const started = performance.now();
  for (let from = 0; from < vouchers.length; from += AT_A_TIME) {
    const some = vouchers.slice(from, from + AT_A_TIME);
    const places = some.map((_, row) => `(${names.map((_name, column) => `$${row * names.length + column + 1}`)})`);
    await client.query(
      `insert into floor.vouchers (${names}) values ${places}`,
      some.flatMap((voucher) => names.map((name) => voucher[name])),
    );
  }
  const seconds = (performance.now() - started) / 1000;
  await client.query('drop schema floor cascade');
  return seconds;
}
