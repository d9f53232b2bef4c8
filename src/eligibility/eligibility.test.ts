import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { pilotScorecard } from '../seeding.ts';
import { ageOn, assess, faultsOf, outcomeOf, yearsBetween } from './rules.ts';
import type { Condition, Facts, ScorecardDefinition } from './types.ts';

const card = (change: Partial<ScorecardDefinition> = {}): ScorecardDefinition => ({
  name: 'Test',
  conditions: [{ name: 'Adult', field: 'age', op: 'at_least', value: 18 }],
  points: [
    { name: 'Hungry', field: 'mealsPerDay', op: 'at_most', value: 1, points: 2 },
    { name: 'Ill', field: 'healthProblem', op: 'is_true', points: 1 },
  ],
  threshold: 2,
  ...change,
});
const exactly = (value: number) => ({ from: value, to: value });

describe('a scorecard', () => {
  it('counts whole years, and a range where the birth is one', () => {
    expect(yearsBetween('2008-03-02', '2026-03-01')).toBe(17);
    expect(yearsBetween('2008-03-01', '2026-03-01')).toBe(18);
    expect(yearsBetween('2008-02-29', '2026-02-28')).toBe(17);
    expect(ageOn({ from: '2008-01-01', to: '2008-12-31' }, '2026-03-01')).toEqual({ from: 17, to: 18 });
    expect(ageOn({ from: '1900-01-01', to: '2026-08-01' }, '2026-03-01')).toEqual({ from: 0, to: 126 });
  });

  it('says yes to those who meet every condition and have the points', () => {
    const adult = { age: exactly(30) };
    expect(assess(card(), { ...adult, mealsPerDay: exactly(1), healthProblem: true })).toMatchObject({ outcome: 'eligible', score: 3 });
    expect(assess(card(), { ...adult, mealsPerDay: exactly(3), healthProblem: true })).toMatchObject({ outcome: 'not_eligible', score: 1 });
    expect(assess(card(), { age: exactly(17), mealsPerDay: exactly(1), healthProblem: true })).toMatchObject({
      outcome: 'not_eligible',
      lines: [
        { rule: 'Adult', outcome: 'not_met' },
        { rule: 'Hungry', points: 2 },
        { rule: 'Ill', points: 1 },
      ],
    });
  });

  it('never takes what cannot be answered for a yes', () => {
    const facts = { age: exactly(30), mealsPerDay: exactly(1) };
    expect(assess(card(), facts)).toMatchObject({
      outcome: 'not_assessable',
      lines: [{}, {}, { rule: 'Ill', outcome: 'not_assessable', reason: 'not_answered', points: 0 }],
    });
    expect(assess(card(), { ...facts, age: { from: 17, to: 18 }, healthProblem: true })).toMatchObject({
      outcome: 'not_assessable',
      lines: [{ rule: 'Adult', reason: 'not_known_well_enough' }, {}, {}],
    });
    expect(assess(card(), { ...facts, age: { from: 18, to: 19 }, healthProblem: true }).outcome).toBe('eligible');
    expect(assess(card(), { age: exactly(3) }).outcome).toBe('not_eligible');
  });

  it('is sure of a range exactly when every number in it would answer alike', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 4 }),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom('at_least', 'at_most', 'equals'),
        (from, more, value, op) => {
          const conditions: Condition[] = [{ name: 'c', field: 'unpaidRentMonths', op: op as Condition['op'], value }];
          const outcomes = (facts: Facts) => assess(card({ conditions, points: [], threshold: 0 }), facts).outcome;
          const each = new Set(Array.from({ length: more + 1 }, (_, i) => outcomes({ unpaidRentMonths: exactly(from + i) })));
          expect(outcomes({ unpaidRentMonths: { from, to: from + more } })).toBe(each.size === 1 ? [...each][0] : 'not_assessable');
        },
      ),
    ));

  it('comes to the same when it is read back', () => {
    const facts = fc.record(
      { age: fc.nat(40).map(exactly), mealsPerDay: fc.nat(3).map(exactly), healthProblem: fc.boolean() },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(facts, (known) => {
        const { outcome, lines } = assess(card(), known);
        expect(outcomeOf(outcome === 'eligible', lines)).toBe(outcome);
      }),
    );
  });

  it('is refused when it asks what cannot be answered', () => {
    const conditions: Condition[] = [
      { name: 'A', field: 'age', op: 'one_of', value: ['18'] },
      { name: 'A', field: 'sex', op: 'equals', value: 'F' },
      { name: 'B', field: 'disability', op: 'is_true', value: 1 },
      { name: 'C', field: 'relationship', op: 'one_of', value: [] },
      { name: 'D', field: 'mealsPerDay', op: 'at_most' },
      { name: 'E', field: 'incomeChange', op: 'is_true' },
    ];
    expect(faultsOf(card({ conditions, points: [] })).map(({ pointer }) => pointer)).toEqual([
      '/definition/conditions/0',
      '/definition/conditions/1/name',
      ...[1, 2, 3, 4, 5].map((i) => `/definition/conditions/${i}`),
    ]);
    expect(faultsOf(card())).toEqual([]);
  });
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

  it('assesses everybody who is enrolled once, with reasons', async () => {
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
    const path = `/v1/scorecards/${scorecard.id}/assessments`;
    const both = await Promise.all([manager.post(path).expect(200), manager.post(path).expect(200)]);
    expect(both.map(({ body }) => body.assessed).sort()).toEqual([0, 3]);
    expect(both.find(({ body }) => body.assessed === 3)?.body).toEqual({ assessed: 3, eligible: 1, notEligible: 1, notAssessable: 1 });
    const { body: list } = await manager.get(path).expect(200);
    const found = Object.fromEntries(list.items.map((item: { beneficiaryId: string }) => [item.beneficiaryId, item]));
    expect(found[eligible.id]).toMatchObject({ outcome: 'eligible', score: 6, registrationNumber: eligible.registrationNumber });
    expect(found[child.id].lines[0]).toEqual({ rule: 'Adult', outcome: 'not_met' });
    expect(found[unsure.id]).toMatchObject({ outcome: 'not_assessable', score: 2 });
    expect(found[unsure.id].lines).toContainEqual({ rule: 'Disability', outcome: 'not_assessable', reason: 'not_answered', points: 0 });
    expect(found[suspended.id]).toBeUndefined();
    const {
      rows: [stored],
    } = await platform.owner.query(`select string_agg(encode(lines, 'escape'), '') as text from assessments`);
    expect(stored.text).not.toMatch(/Adult|Disability|not_met/);
    await platform.owner.query('update beneficiaries set data_key = null, names = null where id = $1', [unsure.id]);
    const erased = await manager.get(path).expect(200);
    expect(erased.body.items.find(({ beneficiaryId }: { beneficiaryId: string }) => beneficiaryId === unsure.id)).toMatchObject({
      lines: [],
    });
    const {
      rows: [event],
    } = await platform.owner.query(`select count(*)::int as count from audit_events where command = 'eligibility.assess_programme'`);
    expect(event.count).toBe(2);
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
    const client = await platform.applicationClient();
    await expect(client.query(`update scorecards set definition = '{}'`)).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query('delete from assessments')).rejects.toMatchObject({ constraint: 'assessments_append_only' });
  });

  it('names every fault of a scorecard', async () => {
    const { body } = await manager
      .post(cards(), { definition: card({ conditions: [{ name: 'Hungry', field: 'sex', op: 'at_least', value: 3 }] }) })
      .expect(422);
    expect(body.errors).toEqual([
      { pointer: '/definition/conditions/0', detail: 'sex is asked with one_of or equals, out of: female, male, other.' },
      { pointer: '/definition/points/0/name', detail: 'Another rule has this name already.' },
    ]);
    await manager.post(cards(), { definition: { ...card(), formula: 'age > 18' } }).expect(400);
    await manager
      .post(cards(), { definition: card({ conditions: [{ name: 'x', field: 'shoeSize' as 'age', op: 'at_least', value: 3 }] }) })
      .expect(400);
  });

  it('is for those whose programme it is', async () => {
    const { body: scorecard } = await manager.post(cards(), { definition: card() }).expect(201);
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    const path = `/v1/scorecards/${scorecard.id}/assessments`;
    await stranger.post(path).expect(404);
    await stranger.get(path).expect(404);
    await stranger.get(cards()).expect(404);
    await stranger.post(cards(), { definition: card() }).expect(404);
    const auditor = await platform.as('auditor');
    await auditor.get(path).expect(200);
    await auditor.post(path).expect(403);
    await (await platform.as('agent')).get(path).expect(403);
  });
});
