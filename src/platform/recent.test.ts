import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

describe('what was used lately', () => {
  it('is remembered as it was last set, or not at all', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.option(fc.integer()))), (steps) => {
        const recent = new Recent<number, number>(5);
        const model = new Map<number, number>();
        for (const [key, value] of steps) {
          if (value === null) expect([undefined, model.get(key)]).toContain(recent.get(key));
          else {
            recent.set(key, value);
            model.set(key, value);
            expect(recent.get(key)).toBe(value);
          }
        }
      }),
    ));

  it('outlives what is not used, and is never more than two generations', () => {
    const recent = new Recent<number, number>(10);
    for (let key = 0; key < 1_000; key += 1) {
      recent.set(key, key);
      if (key % 5 === 0) expect(recent.get(0)).toBe(0);
    }
    const left = Array.from({ length: 1_000 }, (_, key) => recent.get(key)).filter((value) => value !== undefined);
    expect(left.length).toBeLessThanOrEqual(20);
  });

  it('is made once, and again after it was forgotten', () => {
    const recent = new Recent<string, number>(1);
    let made = 0;
    const get = (key: string) =>
      recent.getOrMake(key, () => {
        made += 1;
        return made;
      });
    expect([get('a'), get('a'), get('b'), get('a')]).toEqual([1, 1, 2, 1]);
    for (const key of ['c', 'd', 'e']) get(key);
    expect(get('a')).toBe(6);
  });
});
