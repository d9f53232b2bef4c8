import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { system } from '../access/index.ts';
import { dateIn, newId } from '../platform/index.ts';
import { eligibilityJobs } from './jobs.ts';
import { assessNext } from './run-commands.ts';
import type { AssessmentRun, Move, ScorecardDefinition } from './types.ts';

const card = (threshold = 2): ScorecardDefinition => ({
  name: 'Test',
  conditions: [],
  points: [
    {
      name: 'Rent',
      label: { en: 'Unpaid rent', fr: 'Loyers impayés' },
      field: 'unpaidRentMonths',
      values: [
        { op: 'at_least', value: 3, points: 4, label: { en: 'Three months or more', fr: 'Trois mois ou plus' } },
        { op: 'at_least', value: 1, points: 2 },
      ],
    },
    { name: 'Ill', field: 'healthProblem', whenUnknown: 'no_points', values: [{ op: 'is_true', points: 1 }] },
  ],
  tiers: [
    { name: 'low', fromScore: 0 },
    { name: 'high', fromScore: 4 },
  ],
  threshold,
});

describe('a run', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let manager: Client;
  let people: Person[];
  let scorecardId: string;

  beforeAll(async () => {
    platform = await startPlatform();
    await makeFrame(platform);
    await platform.owner.query(`insert into communes (wilaya_number, name_fr, name_ar) values ('16', 'Alger Centre', 'الجزائر الوسطى')`);
  });
  afterAll(() => platform.close());

  /** A programme of its own with so many people who are a month behind with their rent, and a scorecard. */
  async function begin(count: number): Promise<void> {
    frame = await makeFrame(platform);
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
    people = [];
    for (let i = 0; i < count; i += 1) people.push(await makePerson(platform, frame.programmeId, { answers: { unpaidRentMonths: 1 } }));
    scorecardId = await makeCard();
  }
  const makeCard = async (threshold = 2): Promise<string> =>
    (await manager.post(`/v1/programmes/${frame.programmeId}/scorecards`, { definition: card(threshold) }).expect(201)).body.id;

  /** Somebody answers otherwise than before; null takes an answer back. */
  async function answer({ id }: Person, answers: Readonly<Record<string, number | boolean | null>>): Promise<void> {
    const officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    await officer.patch(`/v1/beneficiaries/${id}`, '"1"', { answers, reason: 'They were asked again.' }).expect(200);
  }

  const start = async (card = scorecardId): Promise<AssessmentRun> => (await manager.post(`/v1/scorecards/${card}/runs`).expect(202)).body;
  const read = async (id: string): Promise<AssessmentRun> => (await manager.get(`/v1/assessment-runs/${id}`).expect(200)).body;
  async function finished(run: AssessmentRun): Promise<AssessmentRun> {
    await platform.settled();
    return read(run.id);
  }
  /** Makes a run that no worker knows of. */
  async function standingRun(since = '0 days'): Promise<string> {
    const id = newId();
    await platform.owner.query(
      `insert into assessment_runs (id, scorecard_id, programme_id, number, expected, started_by, started_at)
      select $1, $2, $3, coalesce(max(number), 0) + 1, $4, $1, now() - $5::interval from assessment_runs where scorecard_id = $2`,
      [id, scorecardId, frame.programmeId, people.length, since],
    );
    return id;
  }
  const rows = async (): Promise<{ people: number; assessments: number; twice: number }> =>
    (
      await platform.owner.query(
        `select count(distinct beneficiary_id)::int as people, count(*)::int as assessments, count(*) filter (where number > 1)::int as twice
        from assessments where scorecard_id = $1`,
        [scorecardId],
      )
    ).rows[0];

  it('keeps a row of those of whom something else is found, and says who moved and why', async () => {
    await begin(4);
    const [worse, ill, gone] = people as [Person, Person, Person];
    const first = await finished(await start());
    expect(first).toMatchObject({ number: 1, state: 'done', expected: 4, people: 4 });
    expect(first.moves).toEqual([{ from: null, to: { outcome: 'eligible', tier: 'low' }, people: 4 }]);
    await answer(worse, { unpaidRentMonths: 3 });
    await answer(ill, { healthProblem: true });
    await answer(gone, { unpaidRentMonths: null });
    const late = await makePerson(platform, frame.programmeId, { answers: { unpaidRentMonths: 0 } });
    const second = await finished(await start());
    expect(second).toMatchObject({ number: 2, people: 5 });
    expect(new Set(second.moves)).toEqual(
      new Set<Move>([
        { from: { outcome: 'eligible', tier: 'low' }, to: { outcome: 'eligible', tier: 'high' }, people: 1 },
        { from: { outcome: 'eligible', tier: 'low' }, to: { outcome: 'eligible', tier: 'low' }, people: 2 },
        { from: { outcome: 'eligible', tier: 'low' }, to: { outcome: 'not_assessable', tier: null }, people: 1 },
        { from: null, to: { outcome: 'not_eligible', tier: 'low' }, people: 1 },
      ]),
    );
    expect(await rows()).toEqual({ people: 5, assessments: 8, twice: 3 });

    const moves = `/v1/assessment-runs/${second.id}/moves`;
    const { body: one } = await manager.get(`${moves}?limit=2&language=fr`).expect(200);
    const { body: two } = await manager.get(`${moves}?limit=2&language=fr&cursor=${one.nextCursor}`).expect(200);
    expect(two.nextCursor).toBeNull();
    const moved = [...one.items, ...two.items];
    expect(moved.map(({ beneficiaryId }) => beneficiaryId)).toEqual([worse.id, ill.id, gone.id]);
    expect(moved[0]).toMatchObject({
      registrationNumber: worse.registrationNumber,
      from: { outcome: 'eligible', score: 2, tier: { tier: 'low' } },
      to: { outcome: 'eligible', score: 4, tier: { tier: 'high' } },
      changed: [
        {
          rule: 'Rent',
          text: 'Loyers impayés',
          from: { outcome: 'met', answer: '≥ 1', points: 2, reason: null },
          to: { outcome: 'met', answer: 'Trois mois ou plus', points: 4, reason: null },
        },
      ],
    });
    expect(moved[1].changed).toMatchObject([{ rule: 'Ill', from: { reason: 'not_answered' }, to: { points: 1 } }]);
    expect(moved[2].changed).toMatchObject([{ rule: 'Rent', to: { outcome: 'not_assessable', reason: 'not_answered', points: 0 } }]);
    const { rows: events } = await platform.owner.query(
      `select count(*)::int from audit_events where command = 'eligibility.read' and subject_id = $1`,
      [second.id],
    );
    expect(events[0].count).toBe(2);

    const { body: list } = await manager.get(`/v1/scorecards/${scorecardId}/assessments`).expect(200);
    expect(list.items.map(({ outcome, number }: { outcome: string; number: number }) => [outcome, number])).toEqual([
      ['eligible', 2],
      ['eligible', 2],
      ['not_assessable', 2],
      ['eligible', 1],
      ['not_eligible', 1],
    ]);
    expect(list.items[4].beneficiaryId).toBe(late.id);
    const { body: history } = await manager.get(`/v1/beneficiaries/${worse.id}/assessments?scorecardId=${scorecardId}&limit=1`).expect(200);
    expect(history.items[0]).toMatchObject({ number: 2, score: 4 });
    const before = await manager
      .get(`/v1/beneficiaries/${worse.id}/assessments?scorecardId=${scorecardId}&cursor=${history.nextCursor}`)
      .expect(200);
    expect(before.body).toMatchObject({ items: [{ number: 1, score: 2 }], nextCursor: null });
    const { body: runs } = await manager.get(`/v1/scorecards/${scorecardId}/runs?limit=1`).expect(200);
    expect(runs.items).toEqual([second]);
    const { body: earlier } = await manager.get(`/v1/scorecards/${scorecardId}/runs?cursor=${runs.nextCursor}`).expect(200);
    expect(earlier).toEqual({ items: [first], nextCursor: null });
  });

  it('moves nobody whose record and scorecard stay as they are', async () => {
    await begin(3);
    await finished(await start());
    const again = await finished(await start());
    expect(again.moves).toEqual([{ from: { outcome: 'eligible', tier: 'low' }, to: { outcome: 'eligible', tier: 'low' }, people: 3 }]);
    expect(await rows()).toEqual({ people: 3, assessments: 3, twice: 0 });
    const { body } = await manager.get(`/v1/assessment-runs/${again.id}/moves`).expect(200);
    expect(body).toEqual({ items: [], nextCursor: null });
  });

  it('is one at a time for each scorecard, however many ask', async () => {
    await begin(1);
    await standingRun();
    const answers = await Promise.all(Array.from({ length: 3 }, () => manager.post(`/v1/scorecards/${scorecardId}/runs`)));
    expect(answers.map(({ status }) => status)).toEqual([409, 409, 409]);
    const other = await makeCard();
    const both = await Promise.all(Array.from({ length: 4 }, () => manager.post(`/v1/scorecards/${other}/runs`)));
    expect(both.filter(({ status }) => status === 202).length).toBeGreaterThanOrEqual(1);
    const { rows: running } = await platform.owner.query(
      `select count(*)::int from assessment_runs where scorecard_id = $1 and state = 'running'`,
      [scorecardId],
    );
    expect(running[0].count).toBe(1);
  });

  it('comes to the same when two workers go on with it at once', async () => {
    await begin(12);
    const runId = await standingRun();
    const [job] = eligibilityJobs(platform.app, 2);
    await Promise.all([
      job?.run({ runId }, new AbortController().signal),
      job?.run({ runId }, new AbortController().signal),
      job?.run({ runId }, new AbortController().signal),
    ]);
    expect(await read(runId)).toMatchObject({ state: 'done', people: 12, moves: [{ from: null, people: 12 }] });
    expect(await rows()).toEqual({ people: 12, assessments: 12, twice: 0 });
  });

  it('gives nobody two first assessments when they are assessed alone at the same time', async () => {
    await begin(6);
    const runId = await standingRun();
    const [job] = eligibilityJobs(platform.app, 2);
    await Promise.all([
      job?.run({ runId }, new AbortController().signal),
      ...people.map(({ id }) => manager.post(`/v1/beneficiaries/${id}/assessments`, { scorecardId }).expect(200)),
    ]);
    expect(await rows()).toEqual({ people: 6, assessments: 6, twice: 0 });
    expect(await read(runId)).toMatchObject({ state: 'done', people: 6 });
  });

  it('is cancelled where it is, and goes no further', async () => {
    await begin(5);
    const runId = await standingRun();
    expect(await platform.app.execute(assessNext, { runId, batch: 2 }, { actor: system })).toBe(true);
    const { body } = await manager.post(`/v1/assessment-runs/${runId}/cancel`).expect(200);
    expect(body).toMatchObject({ state: 'cancelled', people: 2, finishedAt: expect.any(String) });
    const [job] = eligibilityJobs(platform.app, 2);
    await job?.run({ runId }, new AbortController().signal);
    expect(await read(runId)).toEqual(body);
    expect(await rows()).toEqual({ people: 2, assessments: 2, twice: 0 });
    await manager.post(`/v1/assessment-runs/${runId}/cancel`).expect(409);
    expect(await finished(await start())).toMatchObject({ number: 2, state: 'done', people: 5 });
    expect(await rows()).toEqual({ people: 5, assessments: 5, twice: 0 });
  });

  it('takes the age that everybody had on the day it began', async () => {
    await begin(0);
    const today = dateIn('Africa/Algiers', platform.clock.now());
    const born = `${Number(today.slice(0, 4)) - 18}${today.slice(4)}`;
    people = [await makePerson(platform, frame.programmeId, { birth: { from: born, to: born, precision: 'exact' } })];
    const definition = { ...card(0), conditions: [{ name: 'Adult', field: 'age', op: 'at_least', value: 18 }], points: [], tiers: [] };
    const { body } = await manager.post(`/v1/programmes/${frame.programmeId}/scorecards`, { definition }).expect(201);
    scorecardId = body.id;
    expect((await finished(await start())).moves).toMatchObject([{ to: { outcome: 'eligible' } }]);
    const runId = await standingRun('2 days');
    expect(await platform.app.execute(assessNext, { runId, batch: 10 }, { actor: system })).toBe(false);
    expect((await read(runId)).moves).toMatchObject([{ from: { outcome: 'eligible' }, to: { outcome: 'not_eligible' }, people: 1 }]);
  });

  it('compares two scorecards on the same people and assesses nobody', async () => {
    await begin(3);
    await answer(people[0] as Person, { unpaidRentMonths: 3 });
    const stricter = await makeCard(3);
    const { body: begun } = await manager.post(`/v1/scorecards/${stricter}/compare`, { with: scorecardId }).expect(202);
    expect(begun).toMatchObject({ number: null, comparedWith: scorecardId, state: 'running', expected: 3 });
    const run = await finished(begun);
    expect(run).toMatchObject({ state: 'done', people: 3 });
    expect(new Set(run.moves)).toEqual(
      new Set<Move>([
        { from: { outcome: 'eligible', tier: 'high' }, to: { outcome: 'eligible', tier: 'high' }, people: 1 },
        { from: { outcome: 'eligible', tier: 'low' }, to: { outcome: 'not_eligible', tier: 'low' }, people: 2 },
      ]),
    );
    expect(await rows()).toEqual({ people: 0, assessments: 0, twice: 0 });
    const { body: moves } = await manager.get(`/v1/assessment-runs/${run.id}/moves`).expect(200);
    expect(moves.items).toEqual([]);
    expect(await finished(await start(stricter))).toMatchObject({ number: 1 });
    await manager.post(`/v1/scorecards/${stricter}/compare`, { with: stricter }).expect(422);
    const elsewhere = await makeFrame(platform);
    const theirs = await platform.as('programme_officer', { programme: elsewhere.programmeId });
    const { body: other } = await theirs.post(`/v1/programmes/${elsewhere.programmeId}/scorecards`, { definition: card() }).expect(201);
    const { body: refused } = await manager.post(`/v1/scorecards/${stricter}/compare`, { with: other.id }).expect(422);
    expect(refused.errors).toEqual([{ pointer: '/with', code: 'scorecard_unknown', detail: 'The programme has no such scorecard.' }]);
  });
});
