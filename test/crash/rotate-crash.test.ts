import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isUnderMaster, nameOf, openColumn } from '../../src/platform/index.ts';
import { columns } from '../../src/sealed-columns.ts';
import { indexKey, keysOf, masterKeys, processBeside, type SealedWorld, sealedWorld } from '../keys/sealed-world.ts';
import { runUntil, startDoomed } from './doomed-process.ts';
import type { RotatorOrder } from './rotator.ts';

describe('a rotation whose process is killed', () => {
  let world: SealedWorld;
  beforeAll(async () => {
    world = await sealedWorld();
  }, 120_000);
  afterAll(() => world.platform.close());

  /** Rotates in a process of its own, which is killed once it has said so much to the database. @returns whether it came to the end */
  async function run(messages: number): Promise<boolean> {
    const order = { masterKeys: [...masterKeys].slice(0, 2), indexKey };
    return runUntil(await startDoomed<RotatorOrder>(world.platform, 'rotator.ts', order), 'rotate', messages);
  }

  async function left(): Promise<number> {
    let count = 0;
    for (const { table, column } of columns.sealed.filter(isUnderMaster)) {
      const { rows } = await world.platform.owner.query(
        `select count(*)::int as count from ${table} where get_byte(nullif(substr(${column}, 1, 1), ''), 0) = 1`,
      );
      count += rows[0].count;
    }
    return count;
  }

  it('is taken up by the next one, and every value opens at any moment', async () => {
    const app = processBeside(world.platform, keysOf([1, 2]));
    const seen = [await left()];
    let kills = 0;
    while (!(await run(50 * 2 ** kills))) {
      kills += 1;
      seen.push(await left());
      for (const column of columns.sealed.filter(isUnderMaster)) {
        const bound = column.bound.map((name) => `'${name}', ${name}::text`).join(', ');
        const { rows } = await world.platform.owner.query(
          `select json_build_object(${bound}) as row, ${column.column} as sealed from ${column.table} where length(${column.column}) > 0`,
        );
        for (const { row, sealed } of rows) expect(() => openColumn(app.keyRing, column, row, sealed), nameOf(column)).not.toThrow();
      }
    }
    await app.close();
    expect(kills).toBeGreaterThanOrEqual(2);
    expect([...seen].sort((a, b) => b - a)).toEqual(seen);
    expect(new Set(seen).size).toBeGreaterThanOrEqual(3);
    expect(await left()).toBe(0);
  }, 180_000);
});
