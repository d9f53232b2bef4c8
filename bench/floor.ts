import type pg from 'pg';
import type { Sample } from './measure.ts';

/** One branch for each of the largest number of clients, so that the floor is not held down by a lock of its own making. */
const BRANCHES = 64;
const TELLERS = 10 * BRANCHES;
const ACCOUNTS = 10_000;

/** Makes the tables of the TPC-B-like transaction that pgbench is known for. */
export async function prepareFloor(client: pg.Client): Promise<void> {
  await client.query(`
    create schema floor;
    create table floor.branches (bid int primary key, bbalance int not null, filler char(88));
    create table floor.tellers (tid int primary key, bid int not null, tbalance int not null, filler char(84));
    create table floor.accounts (aid int primary key, bid int not null, abalance int not null, filler char(84));
    create table floor.history (tid int, bid int, aid int, delta int, mtime timestamptz, filler char(22));
    insert into floor.branches select n, 0, '' from generate_series(1, ${BRANCHES}) n;
    insert into floor.tellers select n, 1 + n % ${BRANCHES}, 0, '' from generate_series(1, ${TELLERS}) n;
    insert into floor.accounts select n, 1 + n % ${BRANCHES}, 0, '' from generate_series(1, ${ACCOUNTS}) n;
    analyze floor.branches, floor.tellers, floor.accounts`);
}

const upTo = (n: number): number => 1 + Math.floor(Math.random() * n);

/** One TPC-B-like transaction: three updates, a read and an insert, each a round trip as in pgbench. */
export async function floorTransaction(client: pg.Client): Promise<Sample> {
  const started = performance.now();
  const [aid, tid, bid, delta] = [upTo(ACCOUNTS), upTo(TELLERS), upTo(BRANCHES), upTo(10_000) - 5_000];
  await client.query('begin');
  await client.query({ name: 'a', text: 'update floor.accounts set abalance = abalance + $1 where aid = $2', values: [delta, aid] });
  await client.query({ name: 's', text: 'select abalance from floor.accounts where aid = $1', values: [aid] });
  await client.query({ name: 't', text: 'update floor.tellers set tbalance = tbalance + $1 where tid = $2', values: [delta, tid] });
  await client.query({ name: 'b', text: 'update floor.branches set bbalance = bbalance + $1 where bid = $2', values: [delta, bid] });
  await client.query({
    name: 'h',
    text: 'insert into floor.history (tid, bid, aid, delta, mtime) values ($1, $2, $3, $4, now())',
    values: [tid, bid, aid, delta],
  });
  await client.query('commit');
  return { milliseconds: performance.now() - started };
}
