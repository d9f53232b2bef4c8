import { execFileSync } from 'node:child_process';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { giveMemoryBack, giveMemoryBackAtRest } from './memory.ts';

it('holds less once what is no longer used has been given back', async () => {
  let used: object[] = Array.from({ length: 400_000 }, (_, i) => ({ i, text: `${i}` }));
  const before = process.memoryUsage().heapUsed;
  expect(used).toHaveLength(400_000);
  used = [];
  await giveMemoryBack();
  expect(process.memoryUsage().heapUsed).toBeLessThan(before - 10_000_000);
});

it('gives memory back once after work, when the process rests, and not while it works', async () => {
  let given = 0;
  const end = giveMemoryBackAtRest(async () => {
    given += 1;
  });
  try {
    await pause(2_500);
    expect(given).toBe(0);
    for (const until = performance.now() + 2_500; performance.now() < until; ) await turn();
    expect(given).toBe(0);
    await expect.poll(() => given, { timeout: 10_000 }).toBe(1);
    await pause(2_500);
    expect(given).toBe(1);
  } finally {
    end();
  }
}, 30_000);

it('holds less garbage beside what is in use', () => {
  const memory = new URL('memory.ts', import.meta.url).href;
  const most = (setting: string): number =>
    Number(
      execFileSync(
        process.execPath,
        [
          '--import',
          'tsx',
          '--input-type=module',
          '--eval',
          `${setting}
          const used = Array.from({ length: 400_000 }, (_, i) => ({ text: 'used ' + i }));
          const passing = [];
          let most = 0;
          for (let round = 0; round < 100; round += 1) {
            passing[round % 3] = Array.from({ length: 40_000 }, (_, i) => ({ text: 'passing ' + i }));
            most = Math.max(most, process.memoryUsage().heapTotal);
          }
          console.log(used.length > 0 ? most : 0);`,
        ],
        { encoding: 'utf8' },
      ),
    );
  expect(most(`(await import(${JSON.stringify(memory)})).keepHeapSmall();`)).toBeLessThan(0.8 * most(''));
}, 60_000);
