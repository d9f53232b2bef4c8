import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cloneDatabase, type TestDatabase } from './support/database.ts';

describe('the guards of the database', () => {
  let clone: TestDatabase;
  beforeAll(async () => {
    clone = await cloneDatabase();
  });
  afterAll(() => clone.drop());

  it('are not blinded by a temporary table of the name that they look for', async () => {
    const application = await clone.applicationClient();
    await application.query('begin');
    await application.query('create temporary table journal_entries (id uuid, written_by xid8, fund_id uuid, at timestamptz)');
    await application.query('create temporary table accounts (id uuid, currency text, fund_id uuid, guarded boolean)');
    await application.query(
      'create temporary table beside as select gen_random_uuid() as entry, gen_random_uuid() as account, now() as at',
    );
    await application.query('insert into pg_temp.journal_entries select entry, pg_current_xact_id(), account, at from beside');
    await application.query(`insert into pg_temp.accounts select account, 'DZD', account, false from beside`);
    // Entry and account are there for whoever looks among the temporary tables.
    const forged = `insert into public.postings (entry_id, leg, account_id, amount, currency, at)
      select entry, leg, account, 3 - 2 * leg, 'DZD', at from beside, generate_series(1, 2) leg`;
    await expect(application.query(forged)).rejects.toMatchObject({ constraint: 'postings_with_their_entry' });
  });

  it('all look where the migrations made their tables', async () => {
    const { rows } = await clone.owner.query(
      `select p.proname from pg_proc p join pg_language l on l.oid = p.prolang where p.pronamespace = 'public'::regnamespace and l.lanname = 'plpgsql'
        and not coalesce(p.proconfig @> array['search_path=public, pg_temp'], false)
        and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
    );
    expect(rows).toEqual([]);
  });
});
