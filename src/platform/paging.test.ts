import { describe, expect, it } from 'vitest';
import { newId } from './ids.ts';
import { atMost, cursorKey, pageOf, pageRequest, pageRequestById, versionIn } from './paging.ts';

const cursorOf = (key: string) => Buffer.from(key).toString('base64url');

describe('paging', () => {
  it('says where to go on only when there is more', () => {
    const page = pageOf(['a', 'b', 'c'], 2, (key) => key);
    expect(page.items).toEqual(['a', 'b']);
    expect(cursorKey(page.nextCursor ?? undefined)).toBe('b');
    expect(pageOf(['a', 'b'], 2, (key) => key).nextCursor).toBeNull();
    expect(pageOf([], 2, (key: string) => key)).toEqual({ items: [], nextCursor: null });
  });

  it('writes a size into the statement only when it is one', () => {
    expect(atMost(21)).toMatchObject({ parts: ['21'], values: [] });
    for (const size of [-1, 1.5, Number.NaN, '1; drop table x' as unknown as number]) expect(() => atMost(size)).toThrow(RangeError);
  });

  it('takes keys in any script through a cursor', () => {
    expect(pageRequest({ cursor: cursorOf('بنعلي') })).toEqual({ limit: 50, after: 'بنعلي' });
  });

  it('refuses a cursor that the database would choke on', () => {
    for (const cursor of ['AAAA', '_w', cursorOf('\0')]) expect(() => pageRequest({ cursor })).toThrow('Correct the places');
    expect(() => pageRequestById({ cursor: cursorOf('not an identifier') })).toThrow('Correct the places');
    const id = newId();
    expect(pageRequestById({ cursor: cursorOf(id) }).after).toBe(id);
  });

  it('reads a version from If-Match and nothing else', () => {
    expect(versionIn('"12"')).toBe(12);
    for (const header of [undefined, '', '12', 'W/"12"', '"x"', '*', '"99999999999"']) expect(() => versionIn(header)).toThrow('If-Match');
  });
});
