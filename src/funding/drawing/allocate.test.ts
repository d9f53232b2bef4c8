import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Kind } from '../../programmes/index.ts';
import { allocate } from './allocate.ts';
import { isFor } from './earmarks.ts';
import type { FundToDraw, Group, LineToDraw } from './types.ts';

const unmarked = { wilayas: [], kinds: [], groups: [] };
const fundOf = (id: string, overrides: Partial<FundToDraw> = {}): FundToDraw => ({
  id,
  order: 1,
  share: null,
  startsOn: null,
  endsOn: null,
  earmarks: unmarked,
  available: 1_000_000n,
  drawn: 0n,
  ...overrides,
});
const lineOf = (amount: bigint, overrides: Partial<LineToDraw> = {}): LineToDraw => ({
  amount,
  kind: 'stipend',
  wilayaNumber: '16',
  sex: 'female',
  ageBand: '18-59',
  hasDisability: false,
  dueOn: '2026-03-31',
  ...overrides,
});
const sumOf = (lines: readonly LineToDraw[], fundIds: readonly (string | null)[], id: string | null): bigint =>
  lines.reduce((sum, { amount }, i) => (fundIds[i] === id ? sum + amount : sum), 0n);

const days = fc.constantFrom('2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30');
const some = <T>(...values: T[]) => fc.subarray(values, { maxLength: 2 });
const lines = fc.array(
  fc.record({
    amount: fc.bigInt({ min: 1n, max: 5_000n }),
    kind: fc.constantFrom('stipend', 'top_up', 'one_time_grant'),
    wilayaNumber: fc.constantFrom('16', '31', '25'),
    sex: fc.constantFrom('female', 'male', 'other'),
    ageBand: fc.constantFrom('0-5', '6-11', '12-17', '18-59', '60+'),
    hasDisability: fc.boolean(),
    dueOn: days,
  }),
  { maxLength: 60 },
);
const pools = (share: fc.Arbitrary<bigint | null>) =>
  fc
    .array(
      fc.record({
        order: fc.integer({ min: 1, max: 3 }),
        share,
        startsOn: fc.option(days),
        endsOn: fc.option(days),
        earmarks: fc.record({
          wilayas: some('16', '31', '25'),
          kinds: some<Kind>('stipend', 'top_up'),
          groups: some<Group>('children', 'women', 'men', 'older_people', 'people_with_disability'),
        }),
        available: fc.bigInt({ min: 0n, max: 40_000n }),
        drawn: fc.constant(0n),
      }),
      { maxLength: 6 },
    )
    .map((funds) => funds.map((fund, i): FundToDraw => ({ id: `fund-${i}`, ...fund })));
const anyPool = pools(fc.option(fc.bigInt({ min: 1n, max: 10_000n })));

describe('allocate', () => {
  it('never takes more from a fund than it has, and says what is left', () => {
    fc.assert(
      fc.property(anyPool, lines, (funds, wanted) => {
        const { fundIds, funds: after } = allocate(funds, wanted);
        for (const fund of funds) {
          const taken = sumOf(wanted, fundIds, fund.id);
          expect(taken).toBeLessThanOrEqual(fund.available);
          expect(after.find(({ id }) => id === fund.id)).toEqual({ ...fund, available: fund.available - taken, drawn: taken });
        }
      }),
    );
  });

  it('gives every line to a fund that is for it, or leaves it out when none that is for it has as much left', () => {
    fc.assert(
      fc.property(anyPool, lines, (funds, wanted) => {
        const left = new Map(funds.map(({ id, available }) => [id, available]));
        const { fundIds } = allocate(funds, wanted);
        wanted.forEach((line, i) => {
          const able = funds.filter((fund) => isFor(fund, line) && (left.get(fund.id) ?? 0n) >= line.amount);
          const chosen = fundIds[i] ?? null;
          if (chosen === null) expect(able).toEqual([]);
          else {
            expect(able.map(({ id }) => id)).toContain(chosen);
            left.set(chosen, (left.get(chosen) ?? 0n) - line.amount);
          }
        });
      }),
    );
  });

  it('gives no line to a later fund while one that is for it comes earlier and could carry it whole', () => {
    fc.assert(
      fc.property(anyPool, lines, (funds, wanted) => {
        const left = new Map(funds.map(({ id, available }) => [id, available]));
        const { fundIds } = allocate(funds, wanted);
        wanted.forEach((line, i) => {
          const chosen = funds.find(({ id }) => id === fundIds[i]);
          if (!chosen) return;
          const earlier = funds.filter(
            (fund) => fund.order < chosen.order && isFor(fund, line) && (left.get(fund.id) ?? 0n) >= line.amount,
          );
          expect(earlier).toEqual([]);
          left.set(chosen.id, (left.get(chosen.id) ?? 0n) - line.amount);
        });
      }),
    );
  });

  it('answers the same whatever order the funds come in, and however the lines are cut into batches', () => {
    fc.assert(
      fc.property(anyPool, lines, fc.integer({ min: 1, max: 7 }), (funds, wanted, size) => {
        const whole = allocate(funds, wanted);
        expect(allocate([...funds].reverse(), wanted)).toEqual(whole);
        const cut: (string | null)[] = [];
        let now: readonly FundToDraw[] = funds;
        for (let i = 0; i < wanted.length; i += size) {
          const batch = allocate(now, wanted.slice(i, i + size));
          cut.push(...batch.fundIds);
          now = batch.funds;
        }
        expect(cut).toEqual(whole.fundIds);
      }),
    );
  });

  it('lets no fund run ahead of its share by as much as one line, nor fall behind by as many lines as there are other funds', () => {
    const shared = fc
      .array(fc.bigInt({ min: 1n, max: 10_000n }), { minLength: 2, maxLength: 5 })
      .map((shares) => shares.map((share, i) => fundOf(`fund-${i}`, { share, available: 10n ** 12n })));
    const unlike = fc.array(fc.bigInt({ min: 1n, max: 5_000n }), { minLength: 1, maxLength: 80 });
    fc.assert(
      fc.property(shared, unlike, (funds, amounts) => {
        const wanted = amounts.map((amount) => lineOf(amount));
        const { fundIds } = allocate(funds, wanted);
        const shares = funds.reduce((sum, { share }) => sum + (share ?? 0n), 0n);
        const total = amounts.reduce((sum, amount) => sum + amount, 0n);
        const largest = amounts.toSorted((a, b) => Number(b - a))[0] ?? 0n;
        for (const { id, share } of funds) {
          const ahead = sumOf(wanted, fundIds, id) * shares - (share ?? 0n) * total;
          expect(ahead).toBeLessThan(largest * shares);
          expect(-ahead).toBeLessThan(largest * shares * BigInt(funds.length - 1));
        }
      }),
    );
  });

  it('brings the shares out to the centime where whole lines can', () => {
    const funds = [fundOf('a', { share: 5_000n }), fundOf('b', { share: 3_000n }), fundOf('c', { share: 2_000n })];
    const wanted = Array.from({ length: 30 }, () => lineOf(100n));
    const { fundIds } = allocate(funds, wanted);
    expect(['a', 'b', 'c'].map((id) => sumOf(wanted, fundIds, id))).toEqual([1_500n, 900n, 600n]);
  });

  it('goes on by the shares of those that are left when one has nothing more', () => {
    const funds = [fundOf('a', { share: 5_000n, available: 0n }), fundOf('b', { share: 3_000n }), fundOf('c', { share: 2_000n })];
    const wanted = Array.from({ length: 10 }, () => lineOf(100n));
    const { fundIds } = allocate(funds, wanted);
    expect(['a', 'b', 'c'].map((id) => sumOf(wanted, fundIds, id))).toEqual([0n, 600n, 400n]);
  });

  it('lets a fund that is for few catch up on its share where it can carry', () => {
    const funds = [fundOf('algiers', { share: 5_000n, earmarks: { ...unmarked, wilayas: ['16'] } }), fundOf('anywhere', { share: 5_000n })];
    const wanted = [...Array(5).fill(lineOf(10n, { wilayaNumber: '31' })), ...Array(5).fill(lineOf(10n, { wilayaNumber: '16' }))];
    expect(allocate(funds, wanted).fundIds).toEqual([...Array(5).fill('anywhere'), ...Array(5).fill('algiers')]);
  });

  it('draws one fund empty before the next, and passes over one that is too small for a line', () => {
    const funds = [fundOf('b', { order: 2 }), fundOf('a', { order: 1, available: 250n })];
    expect(allocate(funds, [lineOf(100n), lineOf(200n), lineOf(150n), lineOf(1n)]).fundIds).toEqual(['a', 'b', 'a', 'b']);
  });

  it('carries a line whole or not at all', () => {
    expect(allocate([fundOf('a', { available: 60n }), fundOf('b', { available: 60n })], [lineOf(100n)]).fundIds).toEqual([null]);
    expect(allocate([], [lineOf(1n)]).fundIds).toEqual([null]);
  });

  it('keeps to earmarks and dates', () => {
    const forWomen = fundOf('a', { earmarks: { ...unmarked, groups: ['women', 'people_with_disability'] } });
    const inMarch = fundOf('b', { startsOn: '2026-03-01', endsOn: '2026-03-31' });
    const who: Partial<LineToDraw>[] = [
      {},
      { sex: 'male' },
      { sex: 'male', hasDisability: true },
      { ageBand: '12-17', dueOn: '2026-04-01' },
      { ageBand: '12-17', dueOn: '2026-03-31' },
      { ageBand: '60+', dueOn: '2026-02-28' },
    ];
    const wanted = who.map((overrides) => lineOf(1n, overrides));
    expect(allocate([forWomen, inMarch], wanted).fundIds).toEqual(['a', 'b', 'a', null, 'b', 'a']);
  });

  it('takes less than a second of one core for 100,000 lines over ten funds', () => {
    const funds = Array.from({ length: 10 }, (_, i) =>
      fundOf(`fund-${i}`, {
        share: i < 5 ? 2_000n : null,
        order: i < 5 ? 1 : i,
        available: 10n ** 9n,
        earmarks: { ...unmarked, wilayas: i % 3 ? [] : ['16', '31'] },
      }),
    );
    const wanted = Array.from({ length: 100_000 }, (_, i) => lineOf(BigInt(100_000 + (i % 977)), { wilayaNumber: String(10 + (i % 48)) }));
    // Of this process alone, so that a busy machine takes nothing away.
    const begun = process.cpuUsage();
    allocate(funds, wanted);
    expect(process.cpuUsage(begun).user).toBeLessThan(1_000_000);
  });
});
