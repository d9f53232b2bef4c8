import { expect, it } from 'vitest';
import { giveMemoryBack } from './memory.ts';

it('holds less once what is no longer used has been given back', async () => {
  let used: object[] = Array.from({ length: 400_000 }, (_, i) => ({ i, text: `${i}` }));
  const before = process.memoryUsage().heapUsed;
  expect(used).toHaveLength(400_000);
  used = [];
  await giveMemoryBack();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 10_000_000);
});
