import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { ageBand, ageOn, lineMoves, listMoves, requireMove } from './rules.ts';

describe('ages', () => {
  it('count completed years', () => {
    expect(ageOn('2008-03-01', '2026-02-28')).toBe(17);
    expect(ageOn('2008-03-01', '2026-03-01')).toBe(18);
    expect(ageOn('2008-02-29', '2026-02-28')).toBe(17);
    expect(ageOn('2008-02-29', '2026-03-01')).toBe(18);
  });

  it('fall in the band whose ends they lie between', () => {
    expect([5, 6, 11, 12, 17, 18, 59, 60].map(ageBand)).toEqual(['0-5', '6-11', '6-11', '12-17', '12-17', '18-59', '18-59', '60+']);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 130 }), (age) => {
        const [from = 0, to = 130] = ageBand(age).replace('+', '-130').split('-').map(Number);
        expect(age >= from && age <= to).toBe(true);
      }),
    );
  });
});

describe('states', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  const movesIn = async (table: string): Promise<string[]> => {
    const { rows } = await platform.owner.query<{ moves: string }>(
      `select encode(tgargs, 'escape') as moves from pg_trigger
      where tgrelid = $1::regclass and tgname = 'transition'`,
      [table],
    );
    return rows[0]?.moves.split('\\000').filter(Boolean).sort() ?? [];
  };
  const written = (moves: Readonly<Record<string, readonly string[]>>) =>
    Object.entries(moves)
      .flatMap(([from, all]) => all.map((to) => `${from}>${to}`))
      .sort();

  it('move as the database lets them', async () => {
    expect(written(listMoves)).toEqual(await movesIn('payment_lists'));
    expect(written(lineMoves)).toEqual(await movesIn('payment_list_lines'));
  });

  it('are named when a move is refused', () => {
    expect(() => requireMove('released', 'cancelled')).toThrow('The list is released; it cannot become cancelled.');
    expect(() => requireMove('draft', 'submitted')).not.toThrow();
  });
});
