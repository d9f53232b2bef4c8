import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/**
 * How long the same PostgreSQL takes to copy the lines of a statement into a table with the same columns, checks and indexes, from a file of
 * its own: the least that storing them can cost.
 * @param folder one that the server can write to
 * @returns seconds
 */
export async function statementFloor(client: pg.Client, folder: string, statementId: string): Promise<number> {
  const file = join(folder, 'statement-lines');
  await client.query('create schema floor');
  await client.query('create table floor.statement_lines (like statement_lines including all)');
  await client.query(`copy (select * from statement_lines where statement_id = '${statementId}') to '${file}' (format binary)`);
  const started = performance.now();
  await client.query(`copy floor.statement_lines from '${file}' (format binary)`);
  const seconds = (performance.now() - started) / 1000;
  await client.query('drop schema floor cascade');
  await rm(file);
  return seconds;
}
