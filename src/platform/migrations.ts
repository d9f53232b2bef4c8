import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMigrations as migrateQueues } from 'bullmq';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { packageRoot } from './package-root.ts';

const folder = join(packageRoot, 'migrations');

/** The role that the running platform acts as: it owns nothing and cannot rewrite what is append-only. */
export const applicationRole = 'sanad_app';

// Each migration is a file of plain SQL, applied once, in the order of its number, in a transaction of its own.
const source: Knex.MigrationSource<string> = {
  getMigrations: async () => (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort(),
  getMigrationName: (name) => name,
  getMigration: async (name) => {
    const text = await readFile(join(folder, name), 'utf8');
    return {
      up: async (knex) => {
        await knex.raw(text.replaceAll('?', '\\?'));
      },
      down: async () => {
        throw new Error('Migrations go forward only; restore a backup to go back.');
      },
    };
  },
};

/**
 * Brings a database up to date: Sanad's tables, then the job queues', then the application role's login.
 * @param ownerUrl the database as the role that owns it
 * @param applicationUrl the address that the platform will use; its user becomes a member of the application role
 * @returns the migrations that were applied now
 */
export async function migrate(ownerUrl: string, applicationUrl?: string): Promise<string[]> {
  const knex = knexFactory({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 2 } });
  try {
    const [, applied] = (await knex.migrate.latest({ migrationSource: source })) as [number, string[]];
    await queues(ownerUrl);
    await login(knex, ownerUrl, applicationUrl);
    return applied;
  } finally {
    await knex.destroy();
  }
}

async function queues(ownerUrl: string): Promise<void> {
  const client = new pg.Client(ownerUrl);
  await client.connect();
  try {
    await migrateQueues(client, 'bullmq');
    await client.query(`grant usage, create on schema bullmq to ${applicationRole};
      grant select, insert, update, delete on all tables in schema bullmq to ${applicationRole};
      grant usage on all sequences in schema bullmq to ${applicationRole};
      grant execute on all functions in schema bullmq to ${applicationRole}`);
  } finally {
    await client.end();
  }
}

async function login(knex: Knex, ownerUrl: string, applicationUrl?: string): Promise<void> {
  if (!applicationUrl) return;
  const { username, password } = new URL(applicationUrl);
  const user = decodeURIComponent(username);
  if (!user || user === decodeURIComponent(new URL(ownerUrl).username) || user === applicationRole) return;
  const { rows } = await knex.raw('select 1 from pg_roles where rolname = :user', { user });
  // Role names and passwords cannot be bound in DDL; format() quotes them.
  if (rows.length === 0) {
    const made = await knex.raw(`select format('create role %I login password %L', :user::text, :password::text) as ddl`,
      { user, password: decodeURIComponent(password) });
    await knex.raw(made.rows[0].ddl.replaceAll('?', '\\?'));
  }
  const granted = await knex.raw(`select format('grant ${applicationRole} to %I', :user::text) as ddl`, { user });
  await knex.raw(granted.rows[0].ddl);
}
