import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { Money } from '../platform/index.ts';
import type { ApprovalRule } from '../programmes/index.ts';
import { ageBand, ageOn, lineMoves, listMoves, openStep, requireMove, stepsFor } from './rules.ts';

const rule = (fromAmount: string, step: number, signatures: number): ApprovalRule => ({ fromAmount, step, role: 'approver', signatures });
const dzd = (amount: string) => Money.of(amount, 'DZD');

describe('the signatures of a list', () => {
  const rules = [rule('1000000', 2, 1), rule('0', 1, 1), rule('1000000', 1, 2)];

  it('are those of the highest band that its total reaches, in order', () => {
    expect(stepsFor(rules, dzd('999999.99'))).toEqual([rule('0', 1, 1)]);
    expect(stepsFor(rules, dzd('1000000.00'))).toEqual([rule('1000000', 1, 2), rule('1000000', 2, 1)]);
  });

  it('fill one step after the other', () => {
    const steps = stepsFor(rules, dzd('2000000'));
    expect(openStep(steps, new Map())?.step).toBe(1);
    expect(openStep(steps, new Map([[1, 1]]))?.step).toBe(1);
    expect(openStep(steps, new Map([[1, 2]]))?.step).toBe(2);
    expect(
      openStep(
        steps,
        new Map([
          [1, 2],
          [2, 1],
        ]),
      ),
    ).toBeUndefined();
  });

  it('are never none when a rule starts at zero, and never those of a band above the total', () => {
    const bands = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 5 })),
      { selector: ([from, step]) => `${from}/${step}` },
    );
    fc.assert(
      fc.property(bands, fc.integer({ min: 0, max: 6_000 }), (others, total) => {
        const all = [
          rule('0', 1, 1),
          ...others.filter(([from, step]) => from > 0 || step > 1).map(([from, step, n]) => rule(String(from), step, n)),
        ];
        const steps = stepsFor(all, dzd(String(total)));
        expect(steps.length).toBeGreaterThan(0);
        const highest = Math.max(...all.map(({ fromAmount }) => Number(fromAmount)).filter((from) => from <= total));
        expect(new Set(steps.map(({ fromAmount }) => Number(fromAmount)))).toEqual(new Set([highest]));
        expect(steps.length).toBe(all.filter(({ fromAmount }) => Number(fromAmount) === highest).length);
      }),
    );
  });
});

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
