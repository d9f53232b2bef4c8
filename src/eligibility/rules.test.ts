import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Facts } from './fields.ts';
import { evaluate, findingsOf, groupSums, isGap, pointsOf, tierOf, withMoves } from './rules.ts';
import type { Condition, Operator, Question, ScorecardDefinition } from './types.ts';

const card = (change: Partial<ScorecardDefinition> = {}): ScorecardDefinition => ({
  name: 'Test',
  conditions: [{ name: 'Adult', field: 'age', op: 'at_least', value: 18 }],
  points: [
    { name: 'Hungry', field: 'mealsPerDay', values: [{ op: 'at_most', value: 1, points: 2 }] },
    { name: 'Ill', field: 'healthProblem', values: [{ op: 'is_true', points: 1 }] },
  ],
  threshold: 2,
  ...change,
});
const exactly = (value: number) => ({ from: value, to: value });
const assess = (definition: ScorecardDefinition, facts: Facts) => {
  const findings = findingsOf(definition, facts);
  return { ...evaluate(definition, findings), findings };
};

describe('a scorecard', () => {
  it('says yes to those who meet every condition and have the points', () => {
    const adult = { age: exactly(30) };
    expect(assess(card(), { ...adult, mealsPerDay: exactly(1), healthProblem: true })).toMatchObject({ outcome: 'eligible', score: 3 });
    expect(assess(card(), { ...adult, mealsPerDay: exactly(3), healthProblem: true })).toMatchObject({ outcome: 'not_eligible', score: 1 });
    expect(assess(card(), { age: exactly(17), mealsPerDay: exactly(1), healthProblem: true })).toEqual({
      outcome: 'not_eligible',
      score: 3,
      tier: null,
      findings: ['none', 0, 0],
    });
  });

  it('gives the points of the first value that fits', () => {
    const rent: Question = {
      name: 'Rent',
      field: 'unpaidRentMonths',
      values: [
        { op: 'at_least', value: 3, points: 2 },
        { op: 'at_least', value: 1, points: 1 },
      ],
    };
    const points = (months: number) => assess(card({ points: [rent] }), { unpaidRentMonths: exactly(months) }).score;
    expect([0, 1, 2, 3, 9].map(points)).toEqual([0, 1, 1, 2, 2]);
  });

  it('counts no more of a group than its cap', () => {
    const definition = card({
      points: [
        { name: 'Ill', field: 'healthProblem', group: 'Health', values: [{ op: 'is_true', points: 3 }] },
        { name: 'Disabled', field: 'disability', group: 'Health', values: [{ op: 'is_true', points: 3 }] },
        { name: 'Stranded', field: 'stranded', values: [{ op: 'is_true', points: 1 }] },
      ],
      groups: [{ name: 'Health', atMost: 4 }],
    });
    const facts = { age: exactly(30), healthProblem: true, disability: true, stranded: true };
    const { findings, score } = assess(definition, facts);
    expect(score).toBe(5);
    expect(groupSums(definition, findings)).toEqual([{ name: 'Health', points: 6, counted: 4 }]);
    expect(assess(definition, { ...facts, disability: false }).score).toBe(4);
  });

  it('never takes what cannot be answered for a yes', () => {
    const facts = { age: exactly(30), mealsPerDay: exactly(1) };
    expect(assess(card(), facts)).toMatchObject({ outcome: 'not_assessable', tier: null, findings: [0, 0, 'not_answered'] });
    expect(assess(card(), { ...facts, age: { from: 17, to: 18 }, healthProblem: true })).toMatchObject({
      outcome: 'not_assessable',
      findings: ['not_known_well_enough', 0, 0],
    });
    expect(assess(card(), { ...facts, age: { from: 18, to: 19 }, healthProblem: true }).outcome).toBe('eligible');
    expect(assess(card(), { age: exactly(3) }).outcome).toBe('not_eligible');
  });

  it('lets a question unanswered count nothing where it says so, and a condition never', () => {
    const lenient = card({ points: card().points.map((question) => ({ ...question, whenUnknown: 'no_points' })) });
    expect(assess(lenient, { age: exactly(30), mealsPerDay: exactly(1) })).toMatchObject({ outcome: 'eligible', score: 2 });
    expect(assess(lenient, { mealsPerDay: exactly(1) }).outcome).toBe('not_assessable');
  });

  it('can ask whether something is known', () => {
    const known = (field: Condition['field']) => card({ conditions: [{ name: 'Known', field, op: 'is_known' }], points: [], threshold: 0 });
    expect(assess(known('age'), { age: exactly(30) }).outcome).toBe('eligible');
    expect(assess(known('age'), { age: { from: 17, to: 18 } }).outcome).toBe('not_eligible');
    expect(assess(known('age'), {}).outcome).toBe('not_eligible');
    expect(assess(known('disability'), { disability: false }).outcome).toBe('eligible');
    expect(assess(known('housing'), {}).outcome).toBe('not_eligible');
  });

  it('is sure of a range exactly when every number in it would answer alike', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.integer({ min: 0, max: 4 }),
        fc.array(
          fc.record({
            op: fc.constantFrom<Operator>('at_least', 'at_most', 'equals'),
            value: fc.integer({ min: 0, max: 12 }),
            points: fc.nat(5),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        (from, more, values) => {
          const definition = card({ conditions: [], points: [{ name: 'q', field: 'age', values }] });
          const [found] = findingsOf(definition, { age: { from, to: from + more } });
          const each = new Set(Array.from({ length: more + 1 }, (_, i) => findingsOf(definition, { age: exactly(from + i) })[0]));
          expect(found).toBe(each.size === 1 ? [...each][0] : 'not_known_well_enough');
        },
      ),
    ));
});

/** Questions whose answers are drawn with them, so that every kind of answer is met. */
const answers = {
  mealsPerDay: fc.nat(4).map(exactly),
  unpaidRentMonths: fc.nat(5).map(exactly),
  age: fc.tuple(fc.nat(80), fc.nat(3)).map(([from, more]) => ({ from, to: from + more })),
  healthProblem: fc.boolean(),
  disability: fc.boolean(),
  housing: fc.constantFrom('own', 'rented', 'street'),
};
const someFacts: fc.Arbitrary<Facts> = fc.record(answers, { requiredKeys: [] });

const numberQuestion = fc.record({
  field: fc.constantFrom('mealsPerDay', 'unpaidRentMonths', 'age'),
  values: fc.array(
    fc.record({ op: fc.constantFrom('at_least', 'at_most', 'equals'), value: fc.nat(6), points: fc.integer({ min: -3, max: 5 }) }),
    { minLength: 1, maxLength: 3 },
  ),
});
const flagQuestion = fc.record({
  field: fc.constantFrom('healthProblem', 'disability'),
  values: fc.array(fc.record({ op: fc.constantFrom('is_true', 'is_false'), points: fc.integer({ min: -3, max: 5 }) }), {
    minLength: 1,
    maxLength: 2,
  }),
});
const wordQuestion = fc.record({
  field: fc.constant('housing'),
  values: fc.array(
    fc.record({
      op: fc.constant('one_of'),
      value: fc.constantFrom(['street'], ['own', 'rented']),
      points: fc.integer({ min: -3, max: 5 }),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});
const definitions: fc.Arbitrary<ScorecardDefinition> = fc
  .record({
    questions: fc.array(
      fc.tuple(
        fc.oneof(numberQuestion, flagQuestion, wordQuestion),
        fc.constantFrom(undefined, 'A', 'B'),
        fc.constantFrom('not_assessable', 'no_points'),
      ),
      { maxLength: 8 },
    ),
    caps: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
    tiers: fc.uniqueArray(fc.nat(20), { maxLength: 4 }),
    threshold: fc.nat(10),
  })
  .map(({ questions, caps: [a, b], tiers, threshold }) => ({
    name: 'Any',
    conditions: [{ name: 'Home', field: 'housing', op: 'one_of', value: ['own', 'rented'] }],
    points: questions.map(([question, group, whenUnknown], i) => {
      // As a scorecard that takes points away must be.
      const takes = question.values.some(({ points }) => points < 0);
      return {
        name: `q${i}`,
        ...question,
        ...(group ? { group } : {}),
        whenUnknown: takes ? 'not_assessable' : whenUnknown,
      } as Question;
    }),
    groups: [
      { name: 'A', atMost: a },
      { name: 'B', atMost: b },
    ],
    tiers: tiers.sort((x, y) => x - y).map((fromScore, i) => ({ name: `t${i}`, fromScore })),
    threshold,
  }));

describe('every scorecard', () => {
  it('has a score that is the sum of its lines, each group up to its cap', () =>
    fc.assert(
      fc.property(definitions, someFacts, (definition, facts) => {
        const { score, findings } = assess(definition, facts);
        const sumIn = (group: string | undefined) =>
          definition.points.reduce((sum, question, i) => sum + (question.group === group ? pointsOf(question, findings[i + 1]) : 0), 0);
        const capped = (definition.groups ?? []).reduce((sum, { name, atMost }) => sum + Math.min(atMost, sumIn(name)), 0);
        expect(score).toBe(sumIn(undefined) + capped);
      }),
      { numRuns: 500 },
    ));

  it('puts a higher score in no lower tier', () =>
    fc.assert(
      fc.property(definitions, fc.integer({ min: -5, max: 30 }), fc.nat(10), (definition, score, more) => {
        const rank = (name: string | null) => (definition.tiers ?? []).findIndex((tier) => tier.name === name);
        expect(rank(tierOf(definition, score + more))).toBeGreaterThanOrEqual(rank(tierOf(definition, score)));
      }),
      { numRuns: 500 },
    ));

  it('gives those it says yes to the threshold, every condition and an answer to every question that asks for one', () =>
    fc.assert(
      fc.property(definitions, someFacts, (definition, facts) => {
        const { outcome, score, tier, findings } = assess(definition, facts);
        if (outcome === 'eligible') {
          expect(score).toBeGreaterThanOrEqual(definition.threshold);
          expect(findings[0]).toBe(0);
          definition.points.forEach(({ whenUnknown }, i) => {
            expect(whenUnknown === 'no_points' || !isGap(findings[i + 1])).toBe(true);
          });
        }
        if (outcome === 'not_assessable') expect(tier).toBeNull();
      }),
      { numRuns: 500 },
    ));

  it('raises nobody for an answer that is missing', () =>
    fc.assert(
      fc.property(definitions, someFacts, fc.constantFrom(...Object.keys(answers)), (definition, facts, missing) => {
        const full = assess(definition, facts);
        const less = assess(definition, { ...facts, [missing]: undefined });
        if (less.outcome === 'eligible') expect(full.outcome).not.toBe('not_eligible');
        // The score of who is ruled out anyway is of what is known, and decides nothing.
        const decides = [less, full].every(({ outcome, findings }) => outcome !== 'not_assessable' && findings[0] === 0);
        if (decides) expect(less.score).toBeLessThanOrEqual(full.score);
      }),
      { numRuns: 500 },
    ));

  it('answers whatever it asks and of whomever, and never matches what it cannot understand', () =>
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.jsonValue(), fc.object(), (field, op, value, facts) => {
        const test = { op, value, points: 1 } as unknown as Question['values'][number];
        const definition = card({
          conditions: [],
          points: [{ name: 'q', field: field as Question['field'], whenUnknown: 'no_points', values: [test] }],
          threshold: 0,
        });
        expect(assess(definition, facts as Facts)).toEqual({
          outcome: 'not_assessable',
          score: 0,
          tier: null,
          findings: ['not_understood'],
        });
      }),
      { numRuns: 500 },
    ));

  it('does not understand a value of the wrong kind', () => {
    const asked = (field: Question['field'], test: object) =>
      assess(card({ conditions: [{ name: 'c', field, ...test } as Condition], points: [] }), {
        age: exactly(20),
        disability: true,
        housing: 'own',
      }).findings;
    expect(asked('age', { op: 'at_least', value: '18' })).toEqual(['not_understood']);
    expect(asked('age', { op: 'one_of', value: ['20'] })).toEqual(['not_understood']);
    expect(asked('disability', { op: 'equals', value: 'true' })).toEqual(['not_understood']);
    expect(asked('housing', { op: 'equals', value: 3 })).toEqual(['not_understood']);
    expect(asked('housing', { op: 'is_true' })).toEqual(['not_understood']);
  });
});

describe('a tally of moves', () => {
  const eligible = { outcome: 'eligible', tier: 'high' } as const;
  const other = { outcome: 'not_eligible', tier: null } as const;

  it('counts people by where they came from and where they went', () => {
    const first = withMoves(
      [],
      [
        { from: null, to: eligible },
        { from: null, to: eligible },
        { from: eligible, to: other },
      ],
    );
    expect(withMoves(first, [{ from: eligible, to: other }])).toEqual([
      { from: null, to: eligible, people: 2 },
      { from: eligible, to: other, people: 2 },
    ]);
  });
});
