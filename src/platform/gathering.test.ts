import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Gathering } from './gathering.ts';

describe('a gathering', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  /** Groups that are under way until they are told to end. */
  function held(options: { most?: number; claimsOf?(one: string): string[] } = {}) {
    const groups: { readonly members: readonly string[]; end(failure?: Error): void }[] = [];
    const gathering = new Gathering<string, string>(
      (members) =>
        new Promise((resolve, reject) => {
          groups.push({ members, end: (failure) => (failure ? reject(failure) : resolve(members.map((member) => member.toUpperCase()))) });
        }),
      { most: 10, ...options },
    );
    const departed = () => groups.map(({ members }) => members.join(''));
    return { gathering, groups, departed };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it('lets one go at once who comes alone, and whoever comes in the same breath along', async () => {
    const { gathering, groups, departed } = held();
    const answers = ['a', 'b'].map((one) => gathering.join(one));
    await turn();
    expect(departed()).toEqual(['ab']);
    groups[0]?.end();
    expect(await Promise.all(answers)).toEqual(['A', 'B']);
    const alone = gathering.join('c');
    await turn();
    expect(departed()).toEqual(['ab', 'c']);
    groups[1]?.end();
    expect(await alone).toBe('C');
  });

  it('takes those along who came meanwhile, as many as may, and no two who claim the same', async () => {
    const { gathering, groups, departed } = held({ most: 3, claimsOf: (one) => [one] });
    const all = ['x', 'a', 'a', 'b', 'c', 'd', 'a'].map((one, i) =>
      i === 0 ? gathering.join(one) : turn().then(() => gathering.join(one)),
    );
    await turn();
    await turn();
    for (const expected of [['x'], ['x', 'abc'], ['x', 'abc', 'ad'], ['x', 'abc', 'ad', 'a']]) {
      expect(departed()).toEqual(expected);
      groups.at(-1)?.end();
      await turn();
    }
    expect(await Promise.all(all)).toEqual(['X', 'A', 'A', 'B', 'C', 'D', 'A']);
    expect(departed()).toHaveLength(4);
  });

  it('tells everybody of a group that it failed, and goes on', async () => {
    const { gathering, groups } = held();
    const answers = Promise.allSettled(['a', 'b'].map((one) => gathering.join(one)));
    await turn();
    groups[0]?.end(new Error('broken'));
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = gathering.join('c');
    await turn();
    groups[1]?.end();
    expect(await next).toBe('C');
  });

  it('does not wait for ever for a group that waits for somebody else', async () => {
    const { gathering, groups, departed } = held();
    const slow = gathering.join('a');
    await turn();
    const next = gathering.join('b');
    await turn();
    expect(departed()).toEqual(['a']);
    vi.advanceTimersByTime(50);
    await turn();
    expect(departed()).toEqual(['a', 'b']);
    // When it ends at last, it does not let a third go while the second is under way.
    groups[0]?.end();
    expect(await slow).toBe('A');
    const third = gathering.join('c');
    await turn();
    expect(departed()).toEqual(['a', 'b']);
    groups[1]?.end();
    expect(await next).toBe('B');
    await turn();
    groups[2]?.end();
    expect(await third).toBe('C');
  });
});
