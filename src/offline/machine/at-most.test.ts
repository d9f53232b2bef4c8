import { expect, it } from 'vitest';
import { atMost } from './at-most.ts';

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

it('is how slow hashes are made: those asked for first come first', async () => {
  const done: number[] = [];
  const bytes = (text: string) => new Uint8Array(Buffer.from(text));
  // The first takes far longer than all the others, which have one place left to go through.
  const factors = [14, ...Array<number>(12).fill(1)];
  await Promise.all(factors.map((factor, i) => nodeSlowHash(bytes(`${i}`), bytes('salt'), factor).then(() => done.push(i))));
  expect(done.filter((i) => i > 0)).toEqual(Array.from({ length: 12 }, (_, i) => i + 1));
});
