import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMigrations as migrateQueues } from 'bullmq';
import knexFactory, { type Knex } from 'knex';
import pg from 'pg';
import { queueName } from './jobs.ts';
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
 * Brings a database up to date: Sanad's tables, then the job queues', then where its functions look, then the application role's login.
 * @param ownerUrl the database as the role that owns it
 * @param applicationUrl the address that the platform will use; its user becomes a member of the application role
 * @returns the migrations that were applied now
 */
export async function migrate(ownerUrl: string, applicationUrl?: string): Promise<string[]> {
  const knex = knexFactory({ client: 'pg', connection: ownerUrl, pool: { min: 0, max: 2 } });
  // Processes that start at once grant the same rights to the same role, which PostgreSQL refuses to all but one.
  const turn = new pg.Client(ownerUrl);
  await turn.connect();
  try {
    await turn.query(`select pg_advisory_lock(hashtextextended('sanad/migrate', 0))`);
    const [, applied] = (await knex.migrate.latest({ migrationSource: source })) as [number, string[]];
    await queues(ownerUrl);
    await guard(knex);
    await login(knex, ownerUrl, applicationUrl);
    return applied;
  } finally {
    await knex.destroy();
    await turn.end();
  }
}

async function queues(ownerUrl: string): Promise<void> {
  const client = new pg.Client(ownerUrl);
  await client.connect();
  try {
    await migrateQueues(client, 'bullmq');
    // BullMQ would make this sequence with the queue's first job, which the application role may not.
    await client.query('set search_path = bullmq');
    await client.query('select next_job_id($1)', [queueName]);
    await client.query(`grant usage on schema bullmq to ${applicationRole};
      grant select, insert, update, delete on all tables in schema bullmq to ${applicationRole};
      grant usage on all sequences in schema bullmq to ${applicationRole};
      grant execute on all functions in schema bullmq to ${applicationRole}`);
  } finally {
    await client.end();
  }
}

/**
 * A function looks for tables where the migrations made them. By itself it would look among its caller's temporary tables first, and an empty
 * one of the right name would make a guard see nothing. (The job queue makes temporary tables of its own, so they cannot be forbidden.)
 */
async function guard(knex: Knex): Promise<void> {
  await knex.raw(`do $$
    declare
      guard regprocedure;
    begin
      for guard in select p.oid from pg_proc p join pg_language l on l.oid = p.prolang
          where p.pronamespace = 'public'::regnamespace and l.lanname = 'plpgsql'
            and not coalesce(p.proconfig @> array['search_path=public, pg_temp'], false)
            and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e') loop
        execute format('alter function %s set search_path = public, pg_temp', guard);
      end loop;
    end $$`);
}

async function login(knex: Knex, ownerUrl: string, applicationUrl?: string): Promise<void> {
  if (!applicationUrl) return;
  const { username, password } = new URL(applicationUrl);
  const user = decodeURIComponent(username);
  if (!user || user === decodeURIComponent(new URL(ownerUrl).username) || user === applicationRole) return;
  const { rows } = await knex.raw('select 1 from pg_roles where rolname = :user', { user });
  // Role names and passwords cannot be bound in DDL; format() quotes them.
  if (rows.length === 0) {
    const made = await knex.raw(`select format('create role %I login password %L', :user::text, :password::text) as ddl`, {
      user,
      password: decodeURIComponent(password),
    });
    await knex.raw(made.rows[0].ddl.replaceAll('?', '\\?'));
  }
  const granted = await knex.raw(`select format('grant ${applicationRole} to %I', :user::text) as ddl`, { user });
  await knex.raw(granted.rows[0].ddl);
}
