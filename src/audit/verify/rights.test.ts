import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { type KnownUser, makeUser, signedIn } from '../../../test/support/sign-in.ts';
import { newId } from '../../platform/index.ts';
import { verifyRights } from './rights.ts';

describe('rights that no command gave are found', () => {
  let platform: TestPlatform;
  let user: KnownUser;
  beforeAll(async () => {
    platform = await startPlatform();
    const { officeId, programmeId } = await makeFrame(platform);
    user = await makeUser(platform, { role: 'agent', officeId });
    const administrator = async () => signedIn(platform, await makeUser(platform, { role: 'administrator' }));
    const [one, another] = [await administrator(), await administrator()];
    const expiresAt = new Date(platform.clock.now().getTime() + 9 * 86_400_000).toISOString();
    const account = (await one.post('/v1/service-accounts', { name: 'Nightly', role: 'enrolment_officer', programmeId }).expect(201)).body;
    const keys = `/v1/service-accounts/${account.id}/keys`;
    const key = (await another.post(keys, { permissions: ['beneficiaries.search'], expiresAt }).expect(201)).body;
    await another.post(`${keys}/${key.id}/rotate`, { expiresAt }).expect(201);
    await one.post('/v1/partners', { name: 'A partner' }).expect(201);
  });
  afterAll(() => platform.close());

  const found = async (): Promise<string[]> =>
    (await verifyRights(platform.app.database.reader)).map(({ kind, subject }) => `${kind} ${subject.id}`);
  /** As the superuser, past every trigger; put back afterwards. */
  const tampered = async (table: string, statement: string, values: readonly unknown[]): Promise<string[]> => {
    await platform.owner.query(`set session_replication_role = replica`);
    await platform.owner.query(statement, [...values]);
    const findings = await found();
    await platform.owner.query(`delete from ${table} where id = $1`, [values[0]]);
    await platform.owner.query(`set session_replication_role = origin`);
    expect(await found()).toEqual([]);
    return findings;
  };

  it('nothing, when the platform made them all', async () => {
    expect(await found()).toEqual([]);
  });

  it('a role put into the table', async () => {
    const id = newId();
    const insert = `insert into role_grants (id, user_id, role, granted_by, granted_at) values ($1, $2, 'finance_officer', gen_random_uuid(), now())`;
    expect(await tampered('role_grants', insert, [id, user.id])).toEqual([`grant_without_event ${id}`]);
  });

  it('a second role under the event of the first', async () => {
    const id = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
    const copy = `insert into role_grants select (jsonb_populate_record(g, jsonb_build_object('id', $1::uuid, 'role', 'finance_officer',
      'office_id', null))).* from role_grants g where user_id = $2`;
    expect(await tampered('role_grants', copy, [id, user.id])).toEqual([`grant_without_event ${id}`]);
  });

  it.each([
    ['users', 'user_without_event', `'email', 'nobody@example.org'`],
    ['api_keys', 'key_without_event', `'prefix', 'stranger1', 'replaces', null`],
    ['service_accounts', 'machine_without_event', `'name', 'Another'`],
    ['partners', 'machine_without_event', `'name', 'Another'`],
  ])('a row put into %s', async (table, kind, changes) => {
    const id = newId();
    const copy = `insert into ${table} select (jsonb_populate_record(t, jsonb_build_object('id', $1::uuid, ${changes}))).* from ${table} t limit 1`;
    expect(await tampered(table, copy, [id])).toEqual([`${kind} ${id}`]);
  });
});
