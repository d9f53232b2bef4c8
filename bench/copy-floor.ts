import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type pg from 'pg';

/** Everything that enrolment writes of people and under which they are found. */
const tables = ['households', 'beneficiaries', 'enrolments', 'consents', 'match_profiles', 'beneficiary_keys'];

/**
 * How long the same PostgreSQL takes to copy the same rows into tables with the same columns, constraints and indexes, from files of its
 * own: the least that storing these people can cost.
 * @param folder one that the server can write to
 * @returns seconds
 */
export async function copyFloor(client: pg.Client, folder: string): Promise<number> {
  await client.query('create schema floor');
  for (const table of tables) {
    await client.query(`create table floor.${table} (like ${table} including all)`);
    await client.query(`copy ${table} to '${join(folder, table)}' (format binary)`);
  }
  const started = performance.now();
  for (const table of tables) await client.query(`copy floor.${table} from '${join(folder, table)}' (format binary)`);
  const seconds = (performance.now() - started) / 1000;
  await client.query('drop schema floor cascade');
  await Promise.all(tables.map((table) => rm(join(folder, table))));
  return seconds;
}
