import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

describe('duplicates in the database itself', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let app: pg.Client;
  let a: Person;
  let b: Person;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    app = await platform.applicationClient();
    [a, b] = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    await app.query(
      `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 1, '[]', now())`,
      [a.id, b.id, frame.programmeId],
    );
  });
  afterAll(() => platform.close());

  const refused = (constraint: string, text: string, values: unknown[] = []) =>
    expect(app.query(text, values)).rejects.toMatchObject({ constraint });
  const denied = (text: string, values: unknown[] = []) => expect(app.query(text, values)).rejects.toMatchObject({ code: '42501' });
  const keysOf = async (id: string) =>
    (await app.query<{ key: string }>('select key from beneficiary_keys where beneficiary_id = $1 order by key', [id])).rows.map(
      ({ key }) => key,
    );

  it('lets the application tell the planner how many people there are, without what is sealed, and nobody else', async () => {
    await app.query('select analyze_people()');
    const { rows } = await platform.owner.query<{ people: number; columns: string[] }>(
      `select c.reltuples::int as people, array(select attname::text from pg_stats where tablename = c.relname) as columns
      from pg_class c where c.oid = 'beneficiaries'::regclass`,
    );
    expect(rows[0]?.people).toBeGreaterThanOrEqual(2);
    expect(rows[0]?.columns).toContain('household_id');
    expect(rows[0]?.columns).not.toContain('names');
    const { rows: allowed } = await platform.owner.query<{ may: boolean }>(
      `select has_function_privilege('public', 'analyze_people()', 'execute') as may`,
    );
    expect(allowed).toEqual([{ may: false }]);
  });

  it('keeps every key of every profile, which nothing but the profile writes', async () => {
    const { rows } = await app.query(
      'select array(select distinct unnest(blocking_keys || search_keys) order by 1) as keys from match_profiles where beneficiary_id = $1',
      [a.id],
    );
    expect(await keysOf(a.id)).toEqual(rows[0].keys);
    await denied('insert into beneficiary_keys values (1, $1)', [a.id]);
    await denied('update beneficiary_keys set key = 1');
    await denied('delete from beneficiary_keys');
    await denied('truncate beneficiary_keys');
    const spare = await makePerson(platform, frame.programmeId);
    await app.query(
      `update match_profiles set blocking_keys = '{11,12}', search_keys = '{12,-9223372036854775808}', revision = revision + 1
      where beneficiary_id = $1`,
      [spare.id],
    );
    expect(await keysOf(spare.id)).toEqual(['-9223372036854775808', '11', '12']);
    expect((await app.query('select from comparisons_due where beneficiary_id = $1', [spare.id])).rowCount).toBe(1);
    await app.query('delete from match_profiles where beneficiary_id = $1', [spare.id]);
    expect(await keysOf(spare.id)).toEqual([]);
    expect((await app.query('select from comparisons_due where beneficiary_id = $1', [spare.id])).rowCount).toBe(0);
  });

  it('never takes older keys of a person for newer ones', async () => {
    await refused('match_profiles_over', 'update match_profiles set keys_version = keys_version - 1 where beneficiary_id = $1', [a.id]);
    await refused('match_profiles_keys_version_check', `insert into match_profiles values ($1, $2, '', '{}', '{}', 1, 0)`, [
      newId(),
      frame.programmeId,
    ]);
    await refused(
      'match_profiles_revision',
      `update match_profiles set keys_version = 9, blocking_keys = '{1}' where beneficiary_id = $1`,
      [a.id],
    );
  });

  it('knows whom every row is about, though no foreign key says so', async () => {
    const nobody = newId();
    const profile = `insert into match_profiles values ($1, $2, '', '{}', '{}')`;
    await refused('match_profiles_beneficiary_id_known', profile, [nobody, frame.programmeId]);
    await app.query('begin');
    await app.query('delete from match_profiles where beneficiary_id = $1', [b.id]);
    await refused('match_profiles_programme_id_known', profile, [b.id, nobody]);
    await app.query('rollback');
    const enrolment = `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at) values ($1, $2, 'applicant', $2, now())`;
    await refused('enrolments_programme_id_known', enrolment, [nobody, a.id]);
    await refused('enrolments_beneficiary_id_known', enrolment, [frame.programmeId, nobody]);
    await refused('households_programme_id_known', `insert into households values ($1, $1, 'H', 1, null, 1, now())`, [nobody]);
    await refused(
      'consents_beneficiary_id_known',
      `insert into consents (id, beneficiary_id, purpose, legal_basis, method, given_on, recorded_by, recorded_at)
      values ($1, $1, 'registration', 'consent', 'signature', '2026-01-01', $1, now())`,
      [nobody],
    );
    const person = `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, registered_by, registered_at)
      values ($1, '0000000000', $1, 'other', 'male', 'fr', '16', 'Kouba', $1, now())`;
    await refused('beneficiaries_household_id_known', person, [nobody]);
    await refused('beneficiaries_household_id_known', 'update beneficiaries set household_id = $2 where id = $1', [a.id, nobody]);
    const pair = `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 1, '[]', now())`;
    const earliest = '00000000-0000-7000-8000-000000000000';
    const other = await makePerson(platform, frame.programmeId);
    await refused('duplicate_pairs_people_known', pair, [earliest, a.id, frame.programmeId]);
    await refused('duplicate_pairs_people_known', pair, [a.id, nobody, frame.programmeId]);
    await refused('duplicate_pairs_programme_id_known', pair, [a.id, other.id, nobody]);
    await denied('update duplicate_pairs set first_id = $1', [nobody]);
    await denied('update duplicate_pairs set programme_id = $1', [nobody]);
    await refused('name_frequencies_programme_id_known', 'insert into name_frequencies values ($1, 1, 0.5)', [nobody]);
    await refused('beneficiaries_wilaya_number_known', `update beneficiaries set wilaya_number = '99' where id = $1`, [a.id]);
    for (const table of ['beneficiaries', 'programmes', 'wilayas', 'households']) await denied(`delete from ${table}`);
  });

  it('has pairs in one order, that begin open and are decided with a reason', async () => {
    const insert = (first: string, second: string, state: string) =>
      refusedPair(
        `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, state, found_at)
        values ($1, $2, $3, 1, '[]', $4, now())`,
        [first, second, frame.programmeId, state],
      );
    const refusedPair = (text: string, values: unknown[]) =>
      app.query(text, values).catch((error: { constraint: string }) => error.constraint);
    expect(await insert(b.id, a.id, 'open')).toBe('duplicate_pairs_ordered');
    const c = await makePerson(platform, frame.programmeId);
    expect(await insert(a.id, c.id, 'same_person')).toBe('duplicate_pairs_first_state');
    await refused('duplicate_pairs_decision_has_reason', `update duplicate_pairs set state = 'same_person'`);
    await refused('duplicate_pairs_score_check', 'update duplicate_pairs set score = 1.1');
    await denied('delete from duplicate_pairs');
    await denied('update duplicate_pairs set programme_id = programme_id');
  });

  it('keeps every decision as it was taken', async () => {
    const by = newId();
    const decision = `insert into duplicate_decisions values ($1, $2, $3, 'different_people', '[]', $4, $5, now())`;
    await app.query(decision, [newId(), a.id, b.id, 'Two faces', by]);
    await refused('duplicate_decisions_reason_check', decision, [newId(), a.id, b.id, 'No', by]);
    await refused('duplicate_decisions_first_id_second_id_fkey', decision, [newId(), b.id, a.id, 'Two faces', by]);
    for (const text of [
      `update duplicate_decisions set reason = 'Another'`,
      'delete from duplicate_decisions',
      'truncate duplicate_decisions',
    ])
      await expect(app.query(text)).rejects.toThrow();
    await expect(platform.owner.query('delete from duplicate_decisions')).rejects.toMatchObject({
      constraint: 'duplicate_decisions_append_only',
    });
  });

  it('merges a record once, keeps it merged while it points at another, and has both compared again', async () => {
    const [loser, survivor] = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    const merger = `insert into mergers (id, loser_id, survivor_id, before, merged_by, merged_at) values ($1, $2, $3, '{}', $1, now())`;
    await refused('mergers_two_records', merger, [newId(), loser.id, loser.id]);
    await app.query(merger, [newId(), loser.id, survivor.id]);
    await refused('mergers_one_standing', merger, [newId(), loser.id, a.id]);
    await refused('mergers_undone_by_somebody', `update mergers set undone_at = now() where loser_id = $1`, [loser.id]);
    await denied('delete from mergers');
    await denied('update mergers set survivor_id = loser_id');
    await app.query('update beneficiaries set merged_into = $1 where id = $2', [survivor.id, loser.id]);
    const { rows } = await app.query('select beneficiary_id as id from comparisons_due where beneficiary_id in ($1, $2) order by 1', [
      loser.id,
      survivor.id,
    ]);
    expect(rows.map(({ id }) => id)).toEqual([loser.id, survivor.id].sort());
    await app.query(`update enrolments set state = 'merged' where beneficiary_id = $1`, [loser.id]);
    await refused('enrolments_merged_once_separated', `update enrolments set state = 'enrolled' where beneficiary_id = $1`, [loser.id]);
    await refused('beneficiaries_check', 'update beneficiaries set merged_into = id where id = $1', [survivor.id]);
  });

  it('makes no chain of mergers, even when two are made at once', async () => {
    const people = await Promise.all([1, 2, 3].map(() => makePerson(platform, frame.programmeId)));
    const [one = '', two = '', three = ''] = people.map(({ id }) => id);
    const point = 'update beneficiaries set merged_into = $1 where id = $2';
    await app.query(point, [two, one]);
    await refused('beneficiaries_merged_once', point, [one, three]);
    await refused('beneficiaries_merged_once', point, [three, two]);
    await app.query('update beneficiaries set merged_into = $1 where id = $2 or merged_into = $2', [three, two]);
    await app.query('update beneficiaries set merged_into = null where id = any($1)', [[one, two]]);
    const other = await platform.applicationClient();
    for (const [first, second] of [
      [
        [two, one],
        [three, two],
      ],
      [
        [three, two],
        [two, one],
      ],
    ] as const) {
      await app.query('begin');
      await app.query(point, [...first]);
      const waits = expect(other.query(point, [...second])).rejects.toMatchObject({ constraint: 'beneficiaries_merged_once' });
      await new Promise((resolve) => setTimeout(resolve, 100));
      await app.query('commit');
      await waits;
      await app.query('update beneficiaries set merged_into = null where id = any($1)', [[one, two]]);
    }
  });

  it('keeps the weights that were used as they were', async () => {
    const id = newId();
    const model = `insert into matching_models values ($1, $2, $3, '{}', '{}', $1, now())`;
    await app.query(model, [id, frame.programmeId, 1]);
    await refused('matching_models_programme_id_version_key', model, [newId(), frame.programmeId, 1]);
    await refused('matching_models_version_check', model, [newId(), frame.programmeId, 0]);
    await app.query('insert into matching_model_uses values ($1, $2, $3, $1, now())', [newId(), frame.programmeId, id]);
    for (const table of ['matching_models', 'matching_model_uses']) {
      await denied(`update ${table} set programme_id = programme_id`);
      await denied(`delete from ${table}`);
      await expect(platform.owner.query(`delete from ${table}`)).rejects.toMatchObject({ constraint: `${table}_append_only` });
    }
  });
});
