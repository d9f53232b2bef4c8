import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../test/support/erase.ts';
import { type Frame, makeFrame, makePerson, resizeHousehold } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';
import { pilotScorecard, readyScorecard, readyScorecards } from '../seeding.ts';
import type { ScorecardDefinition } from './types.ts';

const card = (change: Partial<ScorecardDefinition> = {}): ScorecardDefinition => ({
  name: 'Test',
  conditions: [{ name: 'Adult', field: 'age', op: 'at_least', value: 18 }],
  points: [
    {
      name: 'Hungry',
      label: { en: 'Eats too little', fr: 'Mange trop peu' },
      field: 'mealsPerDay',
      values: [{ op: 'at_most', value: 1, points: 2 }],
    },
    { name: 'Ill', field: 'healthProblem', group: 'Health', values: [{ op: 'is_true', points: 3 }] },
    { name: 'Disabled', field: 'disability', group: 'Health', whenUnknown: 'no_points', values: [{ op: 'is_true', points: 3 }] },
  ],
  groups: [{ name: 'Health', label: { en: 'Health', ar: 'الصحة' }, atMost: 4 }],
  tiers: [
    { name: 'low', fromScore: 0 },
    { name: 'high', label: { en: 'High', fr: 'Élevée' }, fromScore: 3 },
  ],
  threshold: 2,
  ...change,
});

describe('eligibility', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let manager: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const cards = (programmeId = frame.programmeId) => `/v1/programmes/${programmeId}/scorecards`;
  const makeCard = async (change: Partial<ScorecardDefinition> = {}): Promise<string> =>
    (await manager.post(cards(), { definition: card(change) }).expect(201)).body.id;
  const eventsOf = async (command: string, subjectId: string): Promise<number> =>
    (await platform.owner.query('select count(*)::int from audit_events where command = $1 and subject_id = $2', [command, subjectId]))
      .rows[0].count;

  it('assesses everybody who is enrolled, with reasons that are sealed', async () => {
    const born = (from: string, to = from) => ({ birth: { from, to, precision: from === to ? 'exact' : 'year' } as const });
    const answers = {
      incomeChange: 'lost',
      unpaidRentMonths: 3,
      mealsPerDay: 1,
      healthProblem: false,
      disability: false,
      pregnant: false,
    } as const;
    const eligible = await makePerson(platform, frame.programmeId, { ...born('1990-05-04'), answers });
    const child = await makePerson(platform, frame.programmeId, { ...born('2020-05-04'), answers });
    const unsure = await makePerson(platform, frame.programmeId, { ...born('1990-05-04'), answers: { incomeChange: 'lost' } });
    const suspended = await makePerson(platform, frame.programmeId, { answers });
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [suspended.id]);
    const { body: scorecard } = await manager.post(cards(), { definition: await pilotScorecard() }).expect(201);
    expect(scorecard).toMatchObject({ version: 1, definition: { name: 'Food and rent for adults who lost income' } });
    const { body: begun } = await manager.post(`/v1/scorecards/${scorecard.id}/runs`).expect(202);
    expect(begun).toMatchObject({ number: 1, comparedWith: null, state: 'running', expected: 3, people: 0, moves: [] });
    await platform.settled();
    const { body: run } = await manager.get(`/v1/assessment-runs/${begun.id}`).expect(200);
    expect(run).toMatchObject({ state: 'done', people: 3 });
    expect(run.moves).toHaveLength(3);
    expect(run.moves).toContainEqual({ from: null, to: { outcome: 'eligible', tier: 'high' }, people: 1 });

    const path = `/v1/scorecards/${scorecard.id}/assessments`;
    const { body: list } = await manager.get(path).expect(200);
    const found = Object.fromEntries(list.items.map((item: { beneficiaryId: string }) => [item.beneficiaryId, item]));
    expect(found[eligible.id]).toMatchObject({
      outcome: 'eligible',
      score: 6,
      tier: 'high',
      registrationNumber: eligible.registrationNumber,
    });
    expect(found[child.id]).toMatchObject({ outcome: 'not_eligible', tier: null });
    expect(found[unsure.id]).toMatchObject({ outcome: 'not_assessable', score: 2, tier: null });
    expect(found[suspended.id]).toBeUndefined();
    const { body: only } = await manager.get(`${path}?outcome=eligible&tier=high&limit=1`).expect(200);
    expect(only).toMatchObject({ items: [{ beneficiaryId: eligible.id }], nextCursor: null });
    expect(await eventsOf('eligibility.read', scorecard.id)).toBe(2);

    const why = (id: string) => `/v1/beneficiaries/${id}/assessments?scorecardId=${scorecard.id}`;
    const { body: reasons } = await manager.get(why(unsure.id)).expect(200);
    expect(reasons.items[0].lines).toContainEqual({
      rule: 'Disability',
      text: 'Disability',
      outcome: 'not_assessable',
      answer: null,
      points: 0,
      group: 'Health',
      reason: 'not_answered',
    });
    expect(await eventsOf('eligibility.read', unsure.id)).toBe(1);
    const {
      rows: [stored],
    } = await platform.owner.query(`select string_agg(encode(findings, 'escape'), '') as text from assessments`);
    expect(stored.text).not.toMatch(/none|not_answered/);
    await eraseAtOnce(platform, unsure.id);
    const { body: erased } = await manager.get(why(unsure.id)).expect(200);
    expect(erased.items[0]).toMatchObject({ outcome: 'not_assessable', lines: [], groups: [] });
  });

  it('shows a score as a sum that can be done again, in the language asked for', async () => {
    const scorecardId = await makeCard();
    const answers = { mealsPerDay: 1, healthProblem: true, washingtonGroup: { walking: 'cannot' } } as const;
    const { id } = await makePerson(platform, frame.programmeId, { answers });
    const { body } = await manager.post(`/v1/beneficiaries/${id}/assessments?language=fr`, { scorecardId }).expect(200);
    expect(body).toMatchObject({
      scorecardId,
      number: 1,
      outcome: 'eligible',
      score: 6,
      threshold: 2,
      tier: { tier: 'high', text: 'Élevée', fromScore: 3 },
      lines: [
        { rule: 'Adult', text: 'Adult', outcome: 'met', answer: null, points: null, group: null, reason: null },
        { rule: 'Hungry', text: 'Mange trop peu', outcome: 'met', answer: '≤ 1', points: 2, group: null, reason: null },
        { rule: 'Ill', text: 'Ill', outcome: 'met', answer: null, points: 3, group: 'Health', reason: null },
        { rule: 'Disabled', outcome: 'met', points: 3, group: 'Health' },
      ],
      groups: [{ group: 'Health', text: 'Health', points: 6, atMost: 4, counted: 4 }],
    });
    const { body: page } = await manager.get(`/v1/beneficiaries/${id}/assessments?scorecardId=${scorecardId}&language=ar`).expect(200);
    expect(page.items[0].groups[0].text).toBe('الصحة');
    expect(page.items[0].tier.text).toBe('High');
  });

  it('assesses one person now, and keeps a row only when it comes to something else', async () => {
    const scorecardId = await makeCard();
    const { id, householdId } = await makePerson(platform, frame.programmeId, { answers: { mealsPerDay: 3, healthProblem: false } });
    const path = `/v1/beneficiaries/${id}/assessments`;
    const first = await manager.post(path, { scorecardId }).expect(200);
    expect(first.body).toMatchObject({ number: 1, outcome: 'not_eligible', tier: { tier: 'low' } });
    await resizeHousehold(platform, householdId, 9);
    const again = await manager.post(path, { scorecardId }).expect(200);
    expect(again.body).toEqual(first.body);
    const many = await Promise.all(Array.from({ length: 4 }, () => manager.post(path, { scorecardId }).expect(200)));
    for (const { body } of many) expect(body).toEqual(first.body);
    expect(await eventsOf('eligibility.assess_person', id)).toBe(6);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [id]);
    await manager.post(path, { scorecardId }).expect(409);
    const elsewhere = await makeFrame(platform);
    const theirs = await platform.as('programme_officer', { programme: elsewhere.programmeId });
    const { body: other } = await theirs.post(cards(elsewhere.programmeId), { definition: card() }).expect(201);
    const { body: refused } = await manager.post(path, { scorecardId: other.id }).expect(422);
    expect(refused.errors).toEqual([
      { pointer: '/scorecardId', code: 'scorecard_unknown', detail: 'The programme has no such scorecard.' },
    ]);
    await theirs.post(path, { scorecardId: other.id }).expect(404);
    await theirs.get(`${path}?scorecardId=${other.id}`).expect(404);
  });

  it('keeps every scorecard as a version and lists the latest first', async () => {
    const other = await makeFrame(platform);
    const somebody = await platform.as('programme_officer', { programme: other.programmeId });
    const made = await Promise.all(
      [1, 2, 3].map((n) => somebody.post(cards(other.programmeId), { definition: card({ threshold: n }) }).expect(201)),
    );
    expect(made.map(({ body }) => body.version).sort()).toEqual([1, 2, 3]);
    const { body } = await somebody.get(`${cards(other.programmeId)}?limit=2`).expect(200);
    expect(body.items.map(({ version }: { version: number }) => version)).toEqual([3, 2]);
    const { body: rest } = await somebody.get(`${cards(other.programmeId)}?cursor=${body.nextCursor}`).expect(200);
    expect(rest.items.map(({ version }: { version: number }) => version)).toEqual([1]);
  });

  it.each(readyScorecards)('takes the ready scorecard %s', async (name) => {
    await manager.post(cards(), { definition: await readyScorecard(name) }).expect(201);
  });

  it('names every fault of a scorecard', async () => {
    const { body } = await manager
      .post(cards(), { definition: card({ conditions: [{ name: 'Hungry', field: 'sex', op: 'at_least', value: 3 }] }) })
      .expect(422);
    expect(body.errors).toEqual([
      {
        pointer: '/definition/conditions/0',
        code: 'word_asked_wrongly',
        detail: 'sex is asked with one_of or equals, out of: female, male, other.',
      },
      { pointer: '/definition/points/0/name', code: 'name_twice', detail: 'Another one has this name already.' },
    ]);
    const wilaya = (number: string) => card({ conditions: [{ name: 'Here', field: 'wilaya', op: 'equals', value: number }] });
    await manager.post(cards(), { definition: wilaya('16') }).expect(201);
    await manager.post(cards(), { definition: wilaya('99') }).expect(422);
    await manager.post(cards(), { definition: { ...card(), formula: 'age > 18' } }).expect(400);
    await manager
      .post(cards(), { definition: card({ conditions: [{ name: 'x', field: 'shoeSize' as 'age', op: 'at_least', value: 3 }] }) })
      .expect(400);
    await manager.post(cards(), { definition: card({ tiers: [{ name: 'x', label: { fr: 'x' } as never, fromScore: 0 }] }) }).expect(400);
  });

  it('is for those whose programme it is', async () => {
    const scorecardId = await makeCard();
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    const path = `/v1/scorecards/${scorecardId}`;
    const { body: run } = await manager.post(`${path}/runs`).expect(202);
    await platform.settled();
    await stranger.post(`${path}/runs`).expect(404);
    await stranger.post(`${path}/compare`, { with: newId() }).expect(404);
    await stranger.get(`${path}/runs`).expect(404);
    await stranger.get(`${path}/assessments`).expect(404);
    await stranger.get(`/v1/assessment-runs/${run.id}`).expect(404);
    await stranger.get(`/v1/assessment-runs/${run.id}/moves`).expect(404);
    await stranger.post(`/v1/assessment-runs/${run.id}/cancel`).expect(404);
    await stranger.get(cards()).expect(404);
    await stranger.post(cards(), { definition: card() }).expect(404);
    const auditor = await platform.as('auditor');
    await auditor.get(`${path}/assessments`).expect(200);
    await auditor.get(`/v1/assessment-runs/${run.id}/moves`).expect(200);
    await auditor.post(`${path}/runs`).expect(403);
    await (await platform.as('agent')).get(`${path}/assessments`).expect(403);
  });
});
