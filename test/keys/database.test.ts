import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokenConstraint, sqlState } from '../../src/platform/index.ts';
import { keysOf, processBeside, type SealedWorld, sealedWorld } from './sealed-world.ts';

describe('what is sealed anew, in plain SQL as the application role', () => {
  let world: SealedWorld;
  let app: pg.Client;
  beforeAll(async () => {
    world = await sealedWorld();
    app = await world.platform.applicationClient();
  }, 120_000);
  afterAll(() => world.platform.close());

  const refused = async (constraint: string, text: string, values: unknown[] = []) => {
    expect(await app.query(text, values).then(() => undefined, brokenConstraint), text).toBe(constraint);
  };
  const denied = async (text: string) => {
    expect(await app.query(text).then(() => undefined, sqlState), text).toBe('42501');
  };
  const count = async (text: string, values: unknown[] = []) => (await world.platform.owner.query(text, values)).rows[0].count;

  /** The value under version 2 and the same place. */
  function anew(purpose: string, place: string, sealed: Buffer): Buffer {
    const next = processBeside(world.platform, keysOf([1, 2]));
    const value = next.keyRing.seal(purpose, place, next.keyRing.open(purpose, place, sealed));
    void next.close();
    return value;
  }

  it('lets the profile of a person change as a new revision, or under another version of the key, and not otherwise', async () => {
    const [id] = world.people;
    const due = () => count('select count(*)::int as count from comparisons_due where beneficiary_id = $1', [id]);
    const { profile } = (await app.query('select profile from match_profiles where beneficiary_id = $1', [id])).rows[0];
    const keys = () => count('select count(*)::int as count from beneficiary_keys where beneficiary_id = $1', [id]);
    const before = await keys();
    const changed = Buffer.from(profile);
    changed.writeUInt8(changed.readUInt8(50) ^ 1, 50);
    const set = (what: string) => `update match_profiles set ${what} where beneficiary_id = '${id}'`;
    await refused('match_profiles_revision', `${set('profile = $1')}`, [changed]);
    await refused('match_profiles_revision', set(`blocking_keys = '{1}'`));
    await refused('match_profiles_revision', set(`search_keys = '{}'`));
    await refused('match_profiles_revision', set('revision = revision - 1'));
    const resealed = anew('match-profile', `match_profiles/${id}`, profile);
    await refused('match_profiles_revision', set(`profile = $1, search_keys = '{1}'`), [resealed]);
    expect([await due(), await keys()]).toEqual([0, before]);

    await app.query(set('profile = $1'), [resealed]);
    expect([await due(), await keys()]).toEqual([0, before]);

    await app.query(set(`blocking_keys = '{1,2}', search_keys = '{3}', revision = revision + 1`));
    expect([await due(), await keys()]).toEqual([1, 3]);
    await app.query('delete from comparisons_due where beneficiary_id = $1', [id]);
    await app.query(set('revision = revision + 1'));
    expect([await due(), await keys()]).toEqual([1, 3]);
  });

  it('tells of many rows of one statement which have changed', async () => {
    const [, second, third] = world.people;
    await app.query(
      `update match_profiles set revision = case when beneficiary_id = $1 then revision + 1 else revision end where beneficiary_id in ($1, $2)`,
      [second, third],
    );
    const { rows } = await app.query('select beneficiary_id as id from comparisons_due where beneficiary_id in ($1, $2)', [second, third]);
    expect(rows).toEqual([{ id: second }]);
  });

  it('lets the identity of a collector be sealed anew, standing or not, and change in no other way', async () => {
    const { rows } = await app.query('select id, household_id, identity, ended_at is not null as over from collectors order by over');
    expect(rows.map(({ over }) => over)).toEqual([false, true]);
    for (const { id, household_id: household, identity, over } of rows) {
      const place = `households/${household}/collectors/${id}`;
      const other = Buffer.from(identity);
      other.writeUInt8(other.readUInt8(30) ^ 1, 30);
      await refused('collectors_identity', 'update collectors set identity = $2 where id = $1', [id, other]);
      const resealed = anew('collector', place, identity);
      if (over) {
        await refused('collectors_append_only', 'update collectors set identity = $2, ended_at = ended_at + $3::interval where id = $1', [
          id,
          resealed,
          '1 day',
        ]);
        await refused('collectors_append_only', 'update collectors set ended_at = null, ended_by = null where id = $1', [id]);
      }
      await app.query('update collectors set identity = $2 where id = $1', [id, resealed]);
    }
    await denied('update collectors set household_id = household_id');
    await denied('update collectors set valid_until = valid_until');
  });

  it('leaves what is under a data key, and what is forgotten soon, as it was written', async () => {
    await denied(`update beneficiary_changes set change = ''`);
    await refused('registration_chunks_append_only', `update registration_chunks set rows = ''`);
    await denied(`update assessments set findings = ''`);
    await denied(`update consents set evidence = ''`);
    await denied(`update idempotency_keys set answer = ''`);
    const { owner } = world.platform;
    const asOwner = async (text: string) => owner.query(text).then(() => undefined, brokenConstraint);
    expect(await asOwner(`update idempotency_keys set answer = ''`)).toBe('idempotency_keys_append_only');
    expect(await asOwner(`update registration_chunks set rows = ''`)).toBe('registration_chunks_append_only');
  });

  it('keeps what a key is known by', async () => {
    await app.query(`insert into known_keys values (7, sha256('x'), now())`);
    await denied(`update known_keys set check_value = sha256('y')`);
    const { owner } = world.platform;
    expect(await owner.query(`update known_keys set check_value = sha256('y')`).then(() => undefined, brokenConstraint)).toBe(
      'known_keys_append_only',
    );
    expect(await app.query(`insert into known_keys values (256, sha256('x'), now())`).then(() => undefined, sqlState)).toBe('23514');
    expect(await app.query(`insert into known_keys values (8, 'short', now())`).then(() => undefined, sqlState)).toBe('23514');
  });
});
