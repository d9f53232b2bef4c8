import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergePatch, type Patch } from './merge-patch.ts';

const merge = (value: unknown, patch: unknown) => mergePatch(value, patch as Patch<unknown>);

describe('a merge patch', () => {
  // RFC 7396, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j by %j gives %j', (value, patch, result) => expect(merge(value, patch)).toEqual(result));

  it('changes nothing that it does not name, done twice no more than once, and leaves the value as it was', () => {
    const value = fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true });
    fc.assert(
      fc.property(value, value, (before, patch) => {
        const copy = structuredClone(before);
        const once = merge(before, patch);
        expect(before).toEqual(copy);
        expect(merge(before, {})).toEqual(before);
        expect(merge(once, patch)).toEqual(once);
        for (const name of Object.keys(before))
          if (!Object.hasOwn(patch, name)) expect((once as typeof before)[name]).toEqual(before[name]);
      }),
    );
  });

  it('does not reach what every object has', () => {
    merge({}, JSON.parse('{"__proto__": {"polluted": true}}'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});
