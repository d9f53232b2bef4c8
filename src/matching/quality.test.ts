import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { measureQuality } from '../../bench/measure-quality.ts';

const set = (name: string): string => fileURLToPath(new URL(`../../test/dedup/${name}`, import.meta.url));

describe('quality, with the one model that is shipped', () => {
  it('finds the duplicates of FEBRL 1', async () => {
    const { f1, precision } = await measureQuality(set('febrl1'));
    expect(f1).toBeGreaterThanOrEqual(0.995);
    expect(precision).toBeGreaterThanOrEqual(0.995);
  });

  it('finds people of North and West Africa behind another spelling or script', async () => {
    const { f1, precision, shown, shownPerTrue, reached } = await measureQuality(set('african'));
    expect(f1).toBeGreaterThanOrEqual(0.96);
    expect(precision).toBeGreaterThanOrEqual(0.95);
    expect(shown).toBeGreaterThanOrEqual(0.97);
    expect(shownPerTrue).toBeLessThanOrEqual(3);
    expect(reached).toBe(1);
  });
});
