import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, many, registrationRow } from '../../test/support/registration-files.ts';
import { makeVouchers } from '../../test/support/vouchers.ts';
import { system } from '../access/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { privacyJobs } from './jobs.ts';
import { journalFile } from './journal.ts';
import { peopleCategories } from './people-categories.ts';
import { recordCategories } from './record-categories.ts';
import { beginRetention } from './retention-commands.ts';
import { boundsOf, categories, DAY_MS, holdsFrom, NOTICE_DAYS } from './rules.ts';

const known = [...peopleCategories, ...recordCategories];

describe('the notice', () => {
  it('is given whenever less is kept, and never otherwise', () => {
    const now = new Date('2026-01-01T00:00:00Z');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 36_500 }), fc.integer({ min: 1, max: 36_500 }), (keepDays, before) => {
        const waits = holdsFrom(now, keepDays, before).getTime() - now.getTime();
        expect(waits).toBe(keepDays < before ? NOTICE_DAYS * DAY_MS : 0);
      }),
    );
  });

  it('has bounds that what is shipped lies within', () => {
    for (const [name, { keepDays }] of Object.entries(categories)) {
      const [least, most] = boundsOf(name as keyof typeof categories);
      expect(keepDays).toBeGreaterThanOrEqual(least);
      expect(keepDays).toBeLessThanOrEqual(most);
    }
  });
});

describe('retention', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let administrator: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    administrator = await platform.as('administrator');
  });
  afterAll(() => platform.close());

  const set = (body: object, by = administrator) => by.post('/v1/retention/rules', { reason: 'The board decided', ...body });
  const preview = async (category: string, programmeId: string | null = frame.programmeId) => {
    const { body } = await administrator.get('/v1/retention/preview').expect(200);
    return body.categories.find(
      (item: { category: string; programmeId: string | null }) => item.category === category && item.programmeId === programmeId,
    );
  };
  /** The day's run, as the job does it. @param closing to end it early */
  const run = async (closing?: AbortSignal) => {
    const { database, execute, keyRing } = platform.app;
    const ground = { db: database.reader, execute, keyRing, clock: platform.clock };
    const [job] = privacyJobs(ground, known, journalFile(platform.dataDir));
    await job?.run({}, closing);
    await platform.settled();
    return (await administrator.get('/v1/retention/runs?limit=1').expect(200)).body.items[0];
  };
  const freshen = async () => {
    administrator = await platform.as('administrator');
  };
  const move = (person: Person, state: string) =>
    platform.owner.query(`update enrolments set state = $2, changed_at = $3 where beneficiary_id = $1`, [
      person.id,
      state,
      platform.clock.now(),
    ]);
  const erasedAmong = async (people: readonly Person[]): Promise<boolean[]> => {
    const { rows } = await platform.owner.query('select id, erased_at is not null as erased from beneficiaries where id = any($1)', [
      people.map(({ id }) => id),
    ]);
    const byId = new Map(rows.map(({ id, erased }) => [id, erased]));
    return people.map(({ id }) => byId.get(id));
  };

  it('is set by an administrator with a fresh second factor, and a shorter time waits and raises an alert', async () => {
    for (const role of ['programme_officer', 'auditor', 'enrolment_officer'] as const) {
      await set({ category: 'exited', keepDays: 400 }, await platform.as(role)).expect(403);
    }
    await set({ category: 'exited', keepDays: 179 }).expect(422);
    await set({ category: 'idempotency_answers', keepDays: 31 }).expect(422);
    await set({ category: 'idempotency_answers', keepDays: 5, programmeId: frame.programmeId }).expect(422);
    await set({ category: 'audit_events', keepDays: 5 }).expect(400);
    const shorter = (await set({ category: 'exited', keepDays: 400, programmeId: frame.programmeId }).expect(201)).body;
    expect(Date.parse(shorter.holdsFrom) - Date.parse(shorter.setAt)).toBe(NOTICE_DAYS * DAY_MS);
    expect((await preview('exited')).keepDays).toBe(1_825);
    const { rows } = await platform.owner.query(`select facts from alerts where kind = 'privacy.retention_shortened' and subject_id = $1`, [
      shorter.id,
    ]);
    expect(rows[0].facts).toMatchObject({ category: 'exited', keepDays: 400, before: 1_825 });
    const longer = (await set({ category: 'exited', keepDays: 2_000, programmeId: frame.programmeId }).expect(201)).body;
    expect(longer.holdsFrom).toBe(longer.setAt);
    expect((await preview('exited')).keepDays).toBe(2_000);
    platform.clock.skip(8 * DAY_MS);
    // What was set last counts, though the other has come of age meanwhile.
    expect((await preview('exited')).keepDays).toBe(2_000);
    expect((await set({ category: 'exited', keepDays: 400 }).expect(401)).body.code).toBe('step_up_required');
    await freshen();
    const local = await platform.as('administrator', { programme: frame.programmeId });
    await set({ category: 'exited', keepDays: 3_000 }, local).expect(404);
    await set({ category: 'exited', keepDays: 1_825, programmeId: frame.programmeId }).expect(201);
    platform.clock.skip(8 * DAY_MS);
    await freshen();
  });

  it('erases who has left long enough ago, holds back whom money waits for, and says so', async () => {
    const people: Person[] = [];
    for (let i = 0; i < 3; i += 1) people.push(await makePerson(platform, frame.programmeId));
    const [long, recent, back] = people as [Person, Person, Person];
    const [voucher] = await makeVouchers(platform, frame, 1);
    const owed = voucher?.person as Person;
    for (const person of [long, back, owed]) await move(person, 'exited');
    platform.clock.skip(1_826 * DAY_MS);
    await freshen();
    await move(recent, 'exited');
    const shown = await preview('exited');
    expect(shown.count).toBe(3);
    expect(shown.people.map(({ beneficiaryId }: { beneficiaryId: string }) => beneficiaryId)).toEqual([long.id, back.id, owed.id].sort());
    expect(shown.people.find(({ beneficiaryId }: { beneficiaryId: string }) => beneficiaryId === owed.id).obstacles).toEqual([
      'live_voucher',
    ]);
    expect(await erasedAmong([long])).toEqual([false]);

    const done = await run();
    expect(await erasedAmong([long, recent, back, owed])).toEqual([true, false, true, false]);
    expect(done).toMatchObject({
      state: 'done',
      erasedPeople: 2,
      refusedPeople: 1,
      firstRefused: [{ beneficiaryId: owed.id, category: 'exited', obstacles: ['live_voucher'] }],
    });
    expect(done.firstErased.sort()).toEqual([long.id, back.id].sort());
    expect(done.results).toContainEqual({ category: 'exited', programmeId: frame.programmeId, dropped: 2 });
    expect((await administrator.get(`/v1/retention/runs/${done.id}`).expect(200)).body).toEqual(done);
    const { rows } = await platform.owner.query(
      `select command, actor_id from audit_events where subject_id = $1 and command = 'privacy.retain_batch'`,
      [long.id],
    );
    expect(rows).toEqual([{ command: 'privacy.retain_batch', actor_id: system.id }]);
    // Once a day, and no more.
    const before = (await platform.owner.query('select count(*)::int from retention_runs')).rows[0].count;
    expect((await run()).id).toBe(done.id);
    expect((await platform.owner.query('select count(*)::int from retention_runs')).rows[0].count).toBe(before);
  });

  it('counts from the last payment, and never takes who was enrolled for somebody who was not', async () => {
    const other = await makeFrame(platform);
    const [paid, applied] = [await makePerson(platform, other.programmeId), await makePerson(platform, other.programmeId)];
    const [voucher] = await makeVouchers(platform, other, 1, { people: [paid] });
    await move(paid, 'exited');
    await platform.owner.query(`alter table enrolments disable trigger transition`);
    await move(applied, 'applicant');
    await platform.owner.query(`alter table enrolments enable trigger transition`);
    platform.clock.skip(1_820 * DAY_MS);
    await freshen();
    const late = await makeVouchers(platform, other, 1, { people: [paid], send: false });
    expect([voucher, ...late].length).toBeGreaterThan(0);
    platform.clock.skip(10 * DAY_MS);
    await freshen();
    expect((await preview('exited', other.programmeId)).count).toBe(0);
    expect(
      (await preview('applicants', other.programmeId)).people.map(({ beneficiaryId }: { beneficiaryId: string }) => beneficiaryId),
    ).toEqual([applied.id]);
    await run();
    expect(await erasedAmong([paid, applied])).toEqual([false, true]);
  });

  it('goes on where it was stopped, and does nothing twice', async () => {
    const other = await makeFrame(platform);
    const people: Person[] = [];
    for (let i = 0; i < 5; i += 1) people.push(await makePerson(platform, other.programmeId));
    for (const person of people) await move(person, 'exited');
    platform.clock.skip(1_900 * DAY_MS);
    await freshen();
    const ending = new AbortController();
    ending.abort();
    await expect(run(ending.signal)).rejects.toThrow();
    const { rows: left } = await platform.owner.query(`select id, state from retention_runs where state = 'running'`);
    expect(left).toHaveLength(1);
    // The next day comes before anybody goes on with it: it is the same run.
    platform.clock.skip(DAY_MS);
    const again = await platform.app.execute(beginRetention, { day: '2099-01-01' }, { actor: system });
    expect(again?.runId).toBe(left[0].id);
    await Promise.all([run(), run(), run()]);
    const { body: done } = await administrator.get(`/v1/retention/runs/${left[0].id}`).expect(200);
    expect(done.state).toBe('done');
    expect(
      done.results.find(
        ({ programmeId, category }: { programmeId: string; category: string }) =>
          programmeId === other.programmeId && category === 'exited',
      ),
    ).toMatchObject({ dropped: 5 });
    expect(await erasedAmong(people)).toEqual(people.map(() => true));
    expect(
      (await platform.owner.query('select count(*)::int from erasures where beneficiary_id = any($1)', [people.map(({ id }) => id)]))
        .rows[0].count,
    ).toBe(5);
  });

  it('lets go of the rows of files, and of answers and references, and keeps the counts', async () => {
    const other = await makeFrame(platform);
    const clerk = await platform.as('enrolment_officer', { programme: other.programmeId });
    const [rows, waiting] = [many(3, 900), many(2, 950)];
    const sent = fileOf(...rows, registrationRow(990).replace('MLI', '?'));
    const { body: ran } = await clerk.post(`/v1/programmes/${other.programmeId}/registration-files?start=true`, sent).expect(202);
    const { body: idle } = await clerk.post(`/v1/programmes/${other.programmeId}/registration-files`, fileOf(...waiting)).expect(202);
    await platform.settled();
    await platform.owner.query(`update messages set gateway_reference = 'outbox-7'`);
    platform.clock.skip(29 * DAY_MS);
    await freshen();
    expect((await preview('staged_files', other.programmeId)).count).toBe(0);
    platform.clock.skip(70 * DAY_MS);
    await freshen();
    const late = await platform.as('enrolment_officer', { programme: other.programmeId });
    expect((await preview('staged_files', other.programmeId)).count).toBe(2);
    expect((await preview('idempotency_answers', null)).count).toBeGreaterThan(0);
    await run();
    const chunks = await platform.owner.query('select count(*)::int from registration_chunks where file_id = any($1)', [[ran.id, idle.id]]);
    expect(chunks.rows[0].count).toBe(0);
    expect((await late.get(`/v1/registration-files/${ran.id}`).expect(200)).body).toMatchObject({
      state: 'done',
      acceptedRows: 3,
      refusedRows: 1,
      emptiedAt: expect.any(String),
    });
    expect((await late.get(`/v1/registration-files/${ran.id}/refused-rows`).expect(200)).body.items).toHaveLength(1);
    const asked = { reason: 'To be corrected', language: 'fr', encryption: 'zip' };
    const path = `/v1/registration-files/${ran.id}/refused-rows/exports`;
    await late.post(path, asked).set('Sanad-Purpose', 'correction').expect(409);
    expect((await late.get(`/v1/registration-files/${idle.id}`).expect(200)).body.state).toBe('cancelled');
    await late.post(`/v1/registration-files/${idle.id}/run`).expect(409);
    await late.post(`/v1/registration-files/${idle.id}/check`).expect(409);
    const day = new Date(platform.clock.now().getTime() - 31 * DAY_MS);
    expect((await platform.owner.query('select count(*)::int from idempotency_keys where created_at < $1', [day])).rows[0].count).toBe(0);
    expect(
      (await platform.owner.query("select count(*)::int from messages where gateway_reference is not null and state <> 'pending'")).rows[0]
        .count,
    ).toBe(0);
  });

  it('is seen by administrators and auditors only', async () => {
    for (const path of ['preview', 'rules', 'runs']) {
      await (await platform.as('auditor')).get(`/v1/retention/${path}`).expect(200);
      await (await platform.as('programme_officer')).get(`/v1/retention/${path}`).expect(403);
    }
    await (await platform.as('auditor')).get(`/v1/retention/runs/${randomUUID()}`).expect(404);
  });

  it('has rules that plain SQL does not bend', async () => {
    const client = await platform.applicationClient();
    const rule = (category: string, days: number, programme: string | null = null) =>
      client.query(`insert into retention_rules values (gen_random_uuid(), $1, $2, $3, 'Because', gen_random_uuid(), now(), now())`, [
        category,
        programme,
        days,
      ]);
    await expect(rule('exited', 1)).rejects.toMatchObject({ constraint: 'retention_rules_bounds' });
    await expect(rule('idempotency_answers', 60)).rejects.toMatchObject({ constraint: 'retention_rules_bounds' });
    await expect(rule('self_registrations', 9, frame.programmeId)).rejects.toMatchObject({ constraint: 'retention_rules_by_programme' });
    await expect(rule('audit_events', 9)).rejects.toMatchObject({ code: '23514' });
    await expect(client.query('update retention_rules set keep_days = 36500')).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`update retention_runs set state = 'running', finished_at = null`)).rejects.toMatchObject({
      constraint: 'retention_runs_transition',
    });
    await expect(client.query(`delete from self_registrations where state <> 'expired'`)).resolves.toBeDefined();
    await expect(client.query('delete from audit_events')).rejects.toMatchObject({ code: '42501' });
  });
});
