import { describe, expect, it } from 'vitest';
import { faultsOf, mostPoints } from './faults.ts';
import type { Condition, Question, ScorecardDefinition } from './types.ts';

const wilayas = ['01', '16'];
const card = (change: Partial<ScorecardDefinition>): ScorecardDefinition => ({
  name: 'Test',
  conditions: [],
  points: [],
  threshold: 0,
  ...change,
});
const question = (change: Partial<Question>): Question => ({
  name: 'Ill',
  field: 'healthProblem',
  values: [{ op: 'is_true', points: 2 }],
  ...change,
});
const pointers = (change: Partial<ScorecardDefinition>) => faultsOf(card(change), wilayas).map(({ pointer }) => pointer);

describe('a scorecard is refused', () => {
  it('when it asks what cannot be answered', () => {
    const conditions: Condition[] = [
      { name: 'A', field: 'age', op: 'one_of', value: ['18'] },
      { name: 'A', field: 'sex', op: 'equals', value: 'F' },
      { name: 'B', field: 'disability', op: 'is_true', value: 1 },
      { name: 'C', field: 'relationship', op: 'one_of', value: [] },
      { name: 'D', field: 'mealsPerDay', op: 'at_most' },
      { name: 'E', field: 'incomeChange', op: 'is_true' },
      { name: 'F', field: 'wilaya', op: 'equals', value: '99' },
      { name: 'G', field: 'walking', op: 'equals', value: 'much' },
      { name: 'H', field: 'age', op: 'is_known', value: 3 },
      { name: 'I', field: 'shoeSize' as 'age', op: 'at_least', value: 3 },
    ];
    expect(pointers({ conditions })).toEqual([...conditions.map((_, i) => `/definition/conditions/${i}`), '/definition/conditions/1/name']);
    const fine: Condition[] = [
      { name: 'F', field: 'wilaya', op: 'one_of', value: ['16', '01'] },
      { name: 'G', field: 'walking', op: 'equals', value: 'a_lot' },
      { name: 'H', field: 'age', op: 'is_known' },
      { name: 'I', field: 'pregnant', op: 'is_false' },
    ];
    expect(faultsOf(card({ conditions: fine }), wilayas)).toEqual([]);
  });

  it('when a value can never count, because one before it fits the same people', () => {
    const rent = (...months: number[]) =>
      pointers({
        points: [question({ field: 'unpaidRentMonths', values: months.map((value) => ({ op: 'at_least', value, points: value })) })],
      });
    expect(rent(3, 1)).toEqual([]);
    expect(rent(1, 3)).toEqual(['/definition/points/0/values/1']);
    const housing = (...values: Question['values']) => pointers({ points: [question({ field: 'housing', values })] });
    expect(housing({ op: 'one_of', value: ['own', 'rented'], points: 1 }, { op: 'equals', value: 'own', points: 2 })).toEqual([
      '/definition/points/0/values/1',
    ]);
    expect(housing({ op: 'equals', value: 'own', points: 2 }, { op: 'one_of', value: ['own', 'rented'], points: 1 })).toEqual([]);
    expect(
      pointers({
        points: [
          question({
            values: [
              { op: 'is_true', points: 1 },
              { op: 'is_true', points: 2 },
            ],
          }),
        ],
      }),
    ).toEqual(['/definition/points/0/values/1']);
  });

  it('when leaving a question open would do somebody good', () => {
    const taking = question({ values: [{ op: 'is_true', points: -1 }] });
    expect(pointers({ points: [taking] })).toEqual([]);
    expect(pointers({ points: [{ ...taking, whenUnknown: 'no_points' }] })).toEqual(['/definition/points/0/whenUnknown']);
    expect(pointers({ points: [question({ values: [{ op: 'is_known', points: 1 }] })] })).toEqual(['/definition/points/0/values/0']);
  });

  it('when groups, tiers and threshold do not fit the questions', () => {
    const points = [question({ group: 'Health' }), question({ name: 'Other', group: 'Home' })];
    expect(
      pointers({
        points,
        groups: [
          { name: 'Health', atMost: 1 },
          { name: 'Empty', atMost: 1 },
        ],
      }),
    ).toEqual(['/definition/points/1/group', '/definition/groups/1']);
    const tiers = [
      { name: 'Low', fromScore: 0 },
      { name: 'High', fromScore: 2 },
      { name: 'High', fromScore: 2 },
      { name: 'Severe', fromScore: 3 },
    ];
    expect(pointers({ points: [question({})], tiers, threshold: 3 })).toEqual([
      '/definition/tiers/2/name',
      '/definition/tiers/2/fromScore',
      '/definition/tiers/3/fromScore',
      '/definition/threshold',
    ]);
  });

  it('which knows the most that anybody can have', () => {
    const points = [
      question({ group: 'Health', values: [{ op: 'is_true', points: 5 }] }),
      question({
        name: 'Rent',
        field: 'unpaidRentMonths',
        values: [
          { op: 'at_least', value: 3, points: 2 },
          { op: 'at_least', value: 1, points: 1 },
        ],
      }),
      question({ name: 'Less', values: [{ op: 'is_true', points: -4 }] }),
    ];
    expect(mostPoints(card({ points, groups: [{ name: 'Health', atMost: 3 }] }))).toBe(5);
  });
});
