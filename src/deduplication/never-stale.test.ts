import fc from 'fast-check';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration, sameAgain, strangeName } from '../../test/support/registrations.ts';
import type { DuplicateCheck } from '../beneficiaries/index.ts';
import { matchProfileRow } from '../beneficiaries/index.ts';
import type { Personal } from '../beneficiaries/types.ts';
import { createLogger, sql } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { deduplicationJobs, duplicateCheck } from './index.ts';

describe('a pair is never stale', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let judge: Client;
  let duplicates: DuplicateCheck;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    duplicates = duplicateCheck(ground());
  });
  beforeEach(async () => {
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    judge = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const ground = () => {
    const { app, clock } = platform;
    return { db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock };
  };
  const register = async (body: object): Promise<{ id: string; state: string; registrationNumber: string }> =>
    (await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, body).expect(201)).body;
  const pairsIn = async (programmeId = frame.programmeId) =>
    (
      await platform.owner.query<{ first_id: string; second_id: string; state: string; score: string; pattern: string; version: number }>(
        'select * from duplicate_pairs where programme_id = $1 order by first_id, second_id',
        [programmeId],
      )
    ).rows;
  const due = async () => (await platform.owner.query('select beneficiary_id from comparisons_due')).rows.map((row) => row.beneficiary_id);
  /** Writes a person's profile anew, as whoever changes a name, a birth, a document or a telephone number does. */
  const profileRow = (id: string, personal: Personal) =>
    matchProfileRow(
      platform.app.keyRing,
      frame.programmeId,
      id,
      { ...personal, sex: 'female', household: { reference: id } },
      { wilayaNumber: '16', commune: 'Alger Centre' },
    );
  const change = (id: string, personal: Personal) =>
    platform.app.database.transaction((tx) => {
      const { profile, blocking_keys, search_keys } = profileRow(id, personal);
      return tx.run(sql`update match_profiles set profile = ${profile}, blocking_keys = ${blocking_keys}::bigint[],
        search_keys = ${search_keys}::bigint[], revision = revision + 1 where beneficiary_id = ${id}`);
    });

  it('when several officers register the same person at the same moment', () =>
    fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 4 }), fc.boolean(), async (officers, withDocument) => {
        frame = await makeFrame(platform);
        officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
        const one = registration({ phones: ['0550123123'], relationship: 'other' });
        const again = () => (withDocument ? one : { ...one, documents: registration().documents });
        const people = await Promise.all(Array.from({ length: officers }, () => register(again())));
        expect(await pairsIn()).toHaveLength((officers * (officers - 1)) / 2);
        expect((await due()).filter((id) => people.some((person) => person.id === id))).toEqual([]);
        const { rows } = await platform.owner.query(
          `select count(*)::int as count from enrolments where programme_id = $1 and state = 'enrolled'`,
          [frame.programmeId],
        );
        expect(rows[0].count).toBe(withDocument ? 1 : officers);
      }),
      { numRuns: 12 },
    ));

  it('when the process is killed between entering people and comparing them', async () => {
    const one = registration();
    const first = await register(one);
    // What is left when nobody gets to compare: the entry alone, made by another process.
    const { app, clock, owner } = platform;
    const second = await makePerson(platform, frame.programmeId, {
      names: one.names,
      birth: { ...one.birth, precision: 'exact' },
      documents: [{ type: 'passport', number: one.documents[0]?.number ?? '', issuingCountry: 'NER' }],
    });
    await owner.query('insert into comparisons_due (beneficiary_id, since) values ($1, $2)', [second.id, clock.now()]);
    expect(await pairsIn()).toEqual([]);
    const [sweep] = deduplicationJobs(ground(), duplicates, pino({ level: 'silent' }));
    await sweep?.run({}, new AbortController().signal);
    expect(await due()).toContain(second.id); // somebody may be about to compare them
    await owner.query(`update comparisons_due set since = since - interval '1 minute'`);
    await sweep?.run({}, new AbortController().signal);
    expect(await due()).toEqual([]);
    expect(await pairsIn()).toMatchObject([{ first_id: first.id, second_id: second.id, state: 'open' }]);
    expect(app).toBeDefined();
  });

  it('when somebody among those who were left cannot be compared', async () => {
    const { owner, clock } = platform;
    const { names, birth } = registration();
    const broken = await makePerson(platform, frame.programmeId, { names, birth: { ...birth, precision: 'exact' } });
    const one = await makePerson(platform, frame.programmeId);
    const again = await makePerson(platform, frame.programmeId, { documents: one.personal.documents });
    await owner.query(`update match_profiles set profile = '\\x00', revision = revision + 1 where beneficiary_id = $1`, [broken.id]);
    await owner.query(
      `insert into comparisons_due (beneficiary_id, since) select id, $2::timestamptz - interval '1 minute' from unnest($1::uuid[]) id
      on conflict (beneficiary_id) do update set since = excluded.since`,
      [[broken.id, again.id], clock.now()],
    );
    const logged: string[] = [];
    const [sweep] = deduplicationJobs(ground(), duplicates, createLogger('info', { write: (line) => logged.push(line) }));
    await sweep?.run({}, new AbortController().signal);
    expect(await pairsIn()).toMatchObject([{ first_id: one.id, second_id: again.id }]);
    expect(await due()).toEqual([broken.id]);
    expect(logged.map((line) => JSON.parse(line).beneficiaryId)).toEqual([broken.id]);
    await owner.query('delete from comparisons_due');
  });

  it('when a person changes, for better or for worse', async () => {
    const personal = (overrides: Partial<Personal> = {}): Personal => ({
      names: { given: strangeName(), family: strangeName() },
      birth: { from: '1971-04-22', to: '1971-04-22', precision: 'exact' },
      nationality: 'MLI',
      documents: [],
      phones: ['+213550987654'],
      answers: {},
      ...overrides,
    });
    const written = personal();
    const a = await makePerson(platform, frame.programmeId, written);
    const b = await makePerson(platform, frame.programmeId, personal({ names: written.names }));
    await duplicates.compare([b.id]);
    const [before] = await pairsIn();
    await change(b.id, personal({ names: { given: strangeName(), family: strangeName() }, phones: [] }));
    expect(await due()).toEqual([b.id]);
    await duplicates.compare([b.id]);
    const [after] = await pairsIn();
    expect(Number(after?.score)).toBeLessThan(Number(before?.score));
    expect(after?.pattern).not.toBe(before?.pattern);
    await judge
      .post(`/v1/duplicate-pairs/${a.id}/${b.id}/decision`, { decision: 'different_people', reason: 'Two faces', version: after?.version })
      .expect(200);
    await duplicates.compare([a.id]);
    expect(await pairsIn()).toMatchObject([{ state: 'different_people' }]);
    // What speaks for one person and was not known when they were told apart is a new question.
    await change(b.id, personal({ names: written.names }));
    await duplicates.compare([b.id]);
    expect(await pairsIn()).toMatchObject([{ state: 'open', reason: null, decided_by: null }]);
  });

  it('when a change is made while the person is being compared', async () => {
    const written: Partial<Personal> = { names: { given: strangeName(), family: strangeName() } };
    const a = await makePerson(platform, frame.programmeId, written);
    const b = await makePerson(platform, frame.programmeId, {
      names: { given: strangeName(), family: strangeName() },
      birth: a.personal.birth,
    });
    await platform.owner.query('insert into comparisons_due (beneficiary_id) values ($1)', [b.id]);
    const client = await platform.applicationClient();
    const { profile, blocking_keys, search_keys } = profileRow(b.id, { ...b.personal, ...written, documents: a.personal.documents });
    await client.query('begin');
    await client.query(
      'update match_profiles set profile = $2, blocking_keys = $3, search_keys = $4, revision = revision + 1 where beneficiary_id = $1',
      [b.id, profile, blocking_keys, search_keys],
    );
    const comparing = duplicates.compare([b.id]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await client.query('commit');
    await comparing;
    for (const id of await due()) await duplicates.compare([id]);
    expect(await pairsIn()).toMatchObject([{ first_id: a.id, second_id: b.id }]);
  });

  it('when somebody is entered while the record they resemble is being merged', async () => {
    for (let round = 0; round < 6; round += 1) {
      frame = await makeFrame(platform);
      officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
      judge = await platform.as('programme_officer', { programme: frame.programmeId });
      const one = registration({ phones: ['0550444555'] });
      const loser = await register(one);
      // The survivor shares the document alone, and the newcomer only what the merged record had.
      const survivor = await register({ ...registration(), documents: one.documents });
      const [pair] = await pairsIn();
      const decision = { decision: 'same_person', survivorId: survivor.id, reason: 'Same face', version: pair?.version };
      const [merged, newcomer] = await Promise.all([
        judge.post(`/v1/duplicate-pairs/${loser.id}/${survivor.id}/decision`, decision),
        register(sameAgain(one, { documents: registration().documents, names: one.names })),
      ]);
      expect(merged.status).toBe(200);
      const waiting = (await pairsIn()).filter(({ state }) => state === 'open');
      expect(waiting.map(({ first_id, second_id }) => [first_id, second_id])).toEqual([[survivor.id, newcomer.id].sort()]);
    }
  });

  it('says of people who are not entered how likely they are somebody who is', async () => {
    const one = registration({ phones: ['0550111999'] });
    const { id, registrationNumber } = await register(one);
    const particulars = {
      ...one.names,
      birth: one.birth,
      documents: one.documents.map(({ issuingCountry, number }) => `${issuingCountry}/${number}`),
      phones: ['+213550111999'],
    };
    const stranger = { given: strangeName(), family: strangeName(), birth: { from: '1990-02-13', to: '1990-02-13' } };
    const rehearse = async (programmeId: string, ...people: object[]) => {
      const rehearsal = duplicates.rehearse(programmeId);
      const found = await rehearsal.add(people.map((one, i) => ({ rowNumber: i + 1, particulars: one })));
      await rehearsal.end();
      return found;
    };
    const likely = { beneficiaryId: id, registrationNumber, probability: expect.closeTo(1, 1), holds: true };
    expect(await rehearse(frame.programmeId, particulars, stranger)).toEqual([[likely], []]);
    expect(await rehearse(frame.programmeId, particulars, particulars)).toEqual([
      [likely],
      expect.arrayContaining([likely, { earlierRow: 1, probability: expect.closeTo(1, 1), holds: true }]),
    ]);
    const elsewhere = await makeFrame(platform);
    expect(await rehearse(elsewhere.programmeId, particulars)).toEqual([[]]);
    expect(await pairsIn()).toEqual([]);
    const left = await platform.owner.query(
      'select (select count(*) from rehearsals) + (select count(*) from rehearsed_people) + (select count(*) from rehearsed_keys) as rows',
    );
    expect(left.rows).toEqual([{ rows: '0' }]);
  });

  it('answers a repeated registration with what was answered first', async () => {
    const path = `/v1/programmes/${frame.programmeId}/beneficiaries`;
    const body = registration();
    const first = await officer.post(path, body, 'registration-1').expect(201);
    expect(first.body.state).toBe('enrolled');
    await judge.post(`/v1/beneficiaries/${first.body.id}/suspend`, { reason: 'Left the country' }).expect(200);
    expect((await officer.post(path, body, 'registration-1').expect(201)).body).toEqual(first.body);
    const { rows } = await platform.owner.query('select count(*)::int as count from enrolments where programme_id = $1', [
      frame.programmeId,
    ]);
    expect(rows[0].count).toBe(1);
  });

  /** Leaves people as an earlier version of the platform left them, which made no key of what their names sound like now. */
  const withOldKeys = async (ids: readonly string[], profile?: string) => {
    const { owner } = platform;
    await owner.query('alter table match_profiles disable trigger keys_not_older');
    await owner.query(
      `update match_profiles set keys_version = 1, blocking_keys = '{}', search_keys = '{1}', revision = revision + 1,
        profile = coalesce($2::bytea, profile) where beneficiary_id = any($1)`,
      [ids, profile ?? null],
    );
    await owner.query('alter table match_profiles enable trigger keys_not_older');
    await owner.query('delete from comparisons_due');
  };
  const jobNamed = (name: string) =>
    deduplicationJobs(ground(), duplicates, pino({ level: 'silent' })).find((job) => job.name === name) ?? expect.fail(name);
  const keys = async (id: string) =>
    (
      await platform.owner.query(
        'select blocking_keys, search_keys, keys_version, revision from match_profiles where beneficiary_id = $1',
        [id],
      )
    ).rows[0];

  it('when keys are made by other rules: nobody is compared before everybody has the new ones', async () => {
    const one = registration({ phones: ['0550123199'] });
    const first = await register(one);
    const before = await keys(first.id);
    await withOldKeys([first.id]);
    const again = await register(sameAgain(one));
    expect(again.state).toBe('applicant');
    expect(await pairsIn()).toEqual([]);
    expect(await due()).toEqual([again.id]);

    await platform.owner.query(`update comparisons_due set since = since - interval '1 minute'`);
    await jobNamed('deduplication.sweep').run({});
    expect(await due()).toEqual([again.id]);

    await jobNamed('deduplication.renew_keys').run({});
    const { revision, ...made } = await keys(first.id);
    expect(made).toEqual({ blocking_keys: before.blocking_keys, search_keys: before.search_keys, keys_version: before.keys_version });
    expect(revision).toBeGreaterThan(before.revision);
    expect((await due()).sort()).toEqual([first.id, again.id].sort());
    await platform.owner.query(`update comparisons_due set since = since - interval '1 minute'`);
    await jobNamed('deduplication.sweep').run({});
    expect(await due()).toEqual([]);
    expect(await pairsIn()).toMatchObject([{ first_id: first.id, second_id: again.id, state: 'open' }]);
  });

  it('when keys are made by other rules that change nothing of somebody: they are compared no more than before', async () => {
    const { id } = await register(registration());
    const before = await keys(id);
    await platform.owner.query('alter table match_profiles disable trigger keys_not_older');
    await platform.owner.query('update match_profiles set keys_version = 1 where beneficiary_id = $1', [id]);
    await platform.owner.query('alter table match_profiles enable trigger keys_not_older');
    await jobNamed('deduplication.renew_keys').run({});
    expect(await keys(id)).toEqual(before);
    expect(await due()).toEqual([]);
  });

  it('when somebody cannot be opened while keys are made again', async () => {
    const one = registration({ phones: ['0550123188'] });
    const [broken, first] = [await register(registration()), await register(one)];
    await withOldKeys([first.id]);
    await withOldKeys([broken.id], '\\x00');
    await duplicates.ready(frame.programmeId);
    expect(await keys(broken.id)).toMatchObject({ blocking_keys: [], keys_version: 2 });
    expect((await keys(first.id)).blocking_keys).not.toEqual([]);
    const again = await register(sameAgain(one));
    expect(await pairsIn()).toMatchObject([{ first_id: first.id, second_id: again.id }]);
    await expect(duplicates.ready(frame.programmeId, AbortSignal.abort())).resolves.toBeUndefined();
  });
});
