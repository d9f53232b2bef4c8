import { createHook } from 'node:async_hooks';
import { expect, it } from 'vitest';
import { atMost } from './at-most.ts';
import { portionOf } from './command-line.ts';
import { nodeSlowHash } from './slow-hash.ts';

it('has two worked for at a time, however many ask, and goes on after one that fails', async () => {
  let [running, most] = [0, 0];
  const work = atMost(2, async (n: number) => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
    if (n % 5 === 0) throw new Error('this one fails');
    return n;
  });
  const settled = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => work(i)));
  expect(settled.map((one) => (one.status === 'fulfilled' ? one.value : 'failed'))).toEqual(
    Array.from({ length: 20 }, (_, i) => (i % 5 === 0 ? 'failed' : i)),
  );
  expect(most).toBe(2);
});

it('is how slow hashes are made', async () => {
  let begun = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (type === 'SCRYPTREQUEST') begun += 1;
    },
  }).enable();
  const bytes = (text: string) => new Uint8Array(Buffer.from(text));
  const asked = Array.from({ length: 10 }, (_, i) => nodeSlowHash(bytes(`${i}`), bytes('salt'), 4));
  expect(begun).toBe(2);
  await Promise.all(asked);
  hook.disable();
  expect(begun).toBe(10);
});

it('reports fifty at a time, and the newest with each', () => {
  const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
  expect(portionOf(upTo(50))).toEqual(upTo(50));
  expect(portionOf(upTo(120))).toEqual([...upTo(49), 120]);
});
