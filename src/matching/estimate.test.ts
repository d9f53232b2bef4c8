import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { moves, type Observation, reestimate } from './estimate.ts';
import { type Evidence, type Field, fields, levels } from './levels.ts';
import { readModel, shippedModel } from './model.ts';
import { profileOf } from './profile.ts';

const POPULATION = 10_000;
const bitsOf = (field: Field, level: string, model = shippedModel): number => {
  const { m, u } = (model.fields[field] as Record<string, { m: number; u: number }>)[level] as { m: number; u: number };
  return Math.log2(m / u);
};
const seen = (field: Field, level: string): Evidence => ({ field, level, weight: bitsOf(field, level) }) as Evidence;

const evidence: fc.Arbitrary<Evidence[]> = fc
  .subarray(fields.filter((field) => field !== 'household'))
  .chain((some) => fc.tuple(...some.map((field) => fc.constantFrom(...levels[field]).map((level) => seen(field, level)))));
const observations: fc.Arbitrary<Observation[]> = fc.array(
  fc
    .record({
      evidence,
      count: fc.integer({ min: 1, max: 500 }),
      decided: fc.constantFrom(undefined, 'same' as const, 'different' as const),
    })
    .map(({ decided, ...rest }) => (decided ? { ...rest, decided } : rest)),
  { maxLength: 30 },
);

describe('estimating anew', () => {
  it('always gives a model that holds: shares, order of levels, thresholds', () => {
    fc.assert(
      fc.property(observations, (pairs) => {
        const next = reestimate(shippedModel, pairs, POPULATION);
        expect(readModel(next)).toEqual(next);
        expect(next.version).toBe(shippedModel.version + 1);
      }),
    );
  });

  it('learns from decisions that one person often has another phone', () => {
    const changed = [seen('given', 'same'), seen('family', 'same'), seen('birth', 'day'), seen('phone', 'different')];
    const next = reestimate(shippedModel, [{ evidence: changed, count: 400, decided: 'same' }], POPULATION);
    expect(bitsOf('phone', 'different', next)).toBeGreaterThan(bitsOf('phone', 'different') + 1);
  });

  it('moves little after few decisions, and not at all without pairs', () => {
    const one = { evidence: [seen('sex', 'different')], decided: 'same' as const };
    expect(Math.abs(bitsOf('sex', 'different', reestimate(shippedModel, [one], POPULATION)) - bitsOf('sex', 'different'))).toBeLessThan(
      1.1,
    );
    expect(reestimate(shippedModel, [], POPULATION).fields).toEqual(shippedModel.fields);
  });

  it('believes pairs that nobody decided as far as the model does', () => {
    const sure = [
      seen('document', 'same'),
      seen('given', 'same'),
      seen('family', 'same'),
      seen('birth', 'day'),
      seen('location', 'different'),
    ];
    const unlike = [seen('given', 'different'), seen('family', 'different'), seen('birth', 'different'), seen('location', 'different')];
    const next = reestimate(
      shippedModel,
      [
        { evidence: sure, count: 300 },
        { evidence: unlike, count: 3000 },
      ],
      POPULATION,
    );
    expect(bitsOf('location', 'different', next)).toBeGreaterThan(bitsOf('location', 'different'));
    expect(bitsOf('given', 'different', next)).toBeLessThan(bitsOf('given', 'different'));
  });
});

describe('another model before it is used', () => {
  it('says who would move', () => {
    const day = { from: '1984-04-03', to: '1984-04-03' };
    const [a, b] = [profileOf({ given: 'Awa', family: 'Diop', birth: day }), profileOf({ given: 'Hawa', family: 'Diop', birth: day })];
    const setting = { model: shippedModel, frequencies: { of: () => 0.01 }, population: 100 };
    expect(compare(a, b, setting).decision).toBe('same');
    const strict = { ...shippedModel, thresholds: { same: 1, review: 0.01 } };
    expect([...moves([{ a, b, id: 'p1' }], setting, strict)]).toMatchObject([{ pair: { id: 'p1' }, from: 'same', to: 'review' }]);
    expect([...moves([{ a, b }], setting, shippedModel)]).toEqual([]);
  });
});

describe('a model in which a level weighs more than one on which people agree more', () => {
  it('is refused by name', () => {
    const wrong = structuredClone(shippedModel);
    (wrong.fields.sex as Record<string, { m: number; u: number }>)['different'] = { m: 1, u: 0.01 };
    expect(() => readModel(wrong)).toThrow('sex: different may not weigh more');
  });
});
