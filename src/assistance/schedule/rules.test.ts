import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.ts';
import { linesOf } from '../entitlements/workings.ts';
import { expectedByMonth } from '../forecast/rules.ts';
import { endOfCount, periodOn, periodsOf, type Schedule } from './calendar.ts';
import { addDays, daysIn } from './days.ts';
import { owingOf } from './owing.ts';
import { settle } from './settling.ts';
import type { Change, Entitled } from './types.ts';

const dzd = (amount: string) => Money.of(amount, 'DZD');
const monthly = (startsOn: string, endsOn: string, dueAt: 'start' | 'end' = 'start'): Schedule => ({
  startsOn,
  endsOn,
  every: 'month',
  dueAt,
});
const every = (everyDays: number, startsOn: string, endsOn: string): Schedule => ({
  startsOn,
  endsOn,
  every: 'days',
  everyDays,
  dueAt: 'start',
});
const schedule: fc.Arbitrary<Schedule> = fc
  .record({
    every: fc.constantFrom('month' as const, 'days' as const),
    everyDays: fc.integer({ min: 1, max: 366 }),
    start: fc.nat(3_000),
    lasts: fc.nat(300),
    dueAt: fc.constantFrom('start' as const, 'end' as const),
  })
  .map(({ start, lasts, ...rest }) => ({ ...rest, startsOn: addDays('2024-01-01', start), endsOn: addDays('2024-01-01', start + lasts) }));

/** What is owed to somebody who is always enrolled and eligible. */
const owed = (given: Schedule, amount: string, changes: readonly Change[] = [], entitled: Partial<Entitled> = {}, until = '2099-01-01') =>
  owingOf(
    given,
    'DZD',
    { startsOn: given.startsOn, endsOn: given.endsOn, changes, ...entitled },
    () => ({ reason: null, rate: dzd(amount) }),
    until,
  );
const amounts = (owing: ReturnType<typeof owed>) => owing.map(({ amount }) => String(amount));

describe('periods', () => {
  it('cover every day of a plan once, in order, whatever the calendar', () => {
    fc.assert(
      fc.property(schedule, (given) => {
        const periods = periodsOf(given);
        expect(periods[0]?.startsOn).toBe(given.startsOn);
        expect(periods.at(-1)?.endsOn).toBe(given.endsOn);
        periods.forEach((period, i) => {
          expect(period.number).toBe(i + 1);
          expect(daysIn(period.startsOn, period.endsOn)).toBeLessThanOrEqual(period.of);
          expect(period.startsOn <= period.dueOn && period.dueOn <= period.endsOn).toBe(true);
          if (i > 0) expect(period.startsOn).toBe(addDays(periods[i - 1]?.endsOn ?? '', 1));
          if (given.every === 'month' && i > 0) expect(period.startsOn.slice(8)).toBe('01');
          expect(periodOn(given, period.dueOn)).toEqual(period);
        });
      }),
    );
  });

  it('are months of 28 to 31 days, and leap years', () => {
    expect(periodsOf(monthly('2028-01-31', '2028-03-01')).map(({ startsOn, endsOn, of }) => [startsOn, endsOn, of])).toEqual([
      ['2028-01-31', '2028-01-31', 31],
      ['2028-02-01', '2028-02-29', 29],
      ['2028-03-01', '2028-03-01', 31],
    ]);
    expect(periodsOf(monthly('2027-02-01', '2027-02-28'))[0]?.of).toBe(28);
  });

  it('are as many as are counted, the first of them perhaps a part of a month', () => {
    expect(endOfCount({ startsOn: '2027-01-15', every: 'month' }, 3)).toBe('2027-03-31');
    expect(endOfCount({ startsOn: '2027-01-15', every: 'days', everyDays: 10 }, 3)).toBe('2027-02-13');
    fc.assert(
      fc.property(schedule, fc.integer({ min: 1, max: 40 }), (given, count) => {
        expect(periodsOf({ ...given, endsOn: endOfCount(given, count) })).toHaveLength(count);
      }),
    );
  });
});

describe('what is owed', () => {
  it('is pro rata at both ends, half-even, with the remainder on the last', () => {
    expect(amounts(owed(monthly('2027-01-15', '2027-04-20'), '10000.00'))).toEqual(['5483.87', '10000.00', '10000.00', '6666.67']);
    expect(amounts(owed(monthly('2027-02-16', '2027-03-15'), '0.05'))).toEqual(['0.02', '0.03']);
    expect(amounts(owed(every(10, '2027-01-01', '2027-01-15'), '0.05'))).toEqual(['0.05', '0.02']);
  });

  it('is, in the sum, never further from the exact shares than half a minor unit', () => {
    const amount = fc.integer({ min: 1, max: 5_000_000 }).map((centimes) => String(dzd('0.01').times(centimes)));
    fc.assert(
      fc.property(schedule, amount, (given, rate) => {
        const owing = owed(given, rate);
        const sum = Money.sum(
          owing.map((one) => one.amount),
          'DZD',
        );
        // In parts of which every period has a whole number.
        const whole = given.every === 'month' ? 377_580 : (given.everyDays ?? 1);
        const days = periodsOf(given).reduce((all, { startsOn, endsOn, of }) => all + (daysIn(startsOn, endsOn) * whole) / of, 0);
        const off = sum.times(whole).minus(dzd(rate).times(days));
        const half = dzd('0.01').times(whole);
        expect(off.times(2).compare(half)).toBeLessThanOrEqual(0);
        expect(off.negated().times(2).compare(half)).toBeLessThanOrEqual(0);
        for (const { amount: one, reason } of owing) expect(one.isNegative || one.isZero).toBe(reason === 'below_minor_unit');
      }),
    );
  });

  it('is nothing for suspended days, unless they are resumed with arrears', () => {
    const june = monthly('2027-06-01', '2027-08-31');
    const suspended: Change = { kind: 'suspend', from: '2027-06-11' };
    expect(owed(june, '3000.00', [suspended]).map(({ amount, reason }) => [String(amount), reason])).toEqual([
      ['1000.00', null],
      ['0.00', 'suspended'],
      ['0.00', 'suspended'],
    ]);
    const without: Change = { kind: 'resume', from: '2027-08-01', actsFrom: '2027-08-01' };
    expect(amounts(owed(june, '3000.00', [suspended, without]))).toEqual(['1000.00', '0.00', '3000.00']);
    const arrears: Change = { kind: 'resume', from: '2027-08-01', actsFrom: '2027-06-11' };
    expect(amounts(owed(june, '3000.00', [suspended, arrears]))).toEqual(['3000.00', '3000.00', '3000.00']);
    const within: Change = { kind: 'resume', from: '2027-06-21', actsFrom: '2027-06-21' };
    expect(owed(june, '3000.00', [suspended, within])[0]).toMatchObject({
      from: '2027-06-01',
      to: '2027-06-30',
      parts: [{ to: '2027-06-10' }, { from: '2027-06-21' }],
    });
  });

  it('changes from a day, by days, and ends with a stop', () => {
    const june = monthly('2027-06-01', '2027-07-31');
    expect(amounts(owed(june, '3000.00', [{ kind: 'amount', from: '2027-06-16', amount: dzd('6000.00') }]))).toEqual([
      '4500.00',
      '6000.00',
    ]);
    expect(amounts(owed(june, '3000.00', [], { endsOn: '2027-06-15' }))).toEqual(['1500.00']);
    expect(owed(june, '3000.00', [], { endsOn: '2027-05-31' })).toEqual([]);
  });

  it('asks for the record at each due date, and never past the day that it is asked for', () => {
    const asked: string[] = [];
    const standingOn = (day: string) => {
      asked.push(day);
      return { reason: day < '2027-07-01' ? ('not_eligible' as const) : null, rate: dzd('1.00') };
    };
    const plan = monthly('2027-06-10', '2027-09-30', 'end');
    const owing = owingOf(plan, 'DZD', { startsOn: '2027-06-20', endsOn: '2027-09-30', changes: [] }, standingOn, '2027-08-30');
    expect(asked).toEqual(['2027-06-30', '2027-07-31']);
    expect(owing.map(({ reason }) => reason)).toEqual(['not_eligible', null]);
  });
});

describe('settling', () => {
  const june = monthly('2027-06-01', '2027-08-31');
  const made = (period: number, from: string, to: string, amount: string) => ({ period, from, to, amount: dzd(amount), isListed: true });
  const summary = ({ wanted, carried }: ReturnType<typeof settle>) => [
    ...wanted.map(({ period, from, amount, carried: some }) => [period, from, String(amount), String(some)]),
    String(carried),
  ];

  it('takes what lists hold too much off the instalments that follow, none below zero', () => {
    const owing = owed(june, '3000.00', [{ kind: 'amount', from: '2027-06-01', amount: dzd('1000.00') }]);
    expect(summary(settle(owing, [made(1, '2027-06-01', '2027-06-30', '3000.00')], 'DZD'))).toEqual(['0.00']);
    const more = owed(june, '3000.00', [{ kind: 'amount', from: '2027-06-01', amount: dzd('1800.00') }]);
    expect(summary(settle(more, [made(1, '2027-06-01', '2027-06-30', '3000.00')], 'DZD'))).toEqual([
      [2, '2027-07-01', '600.00', '-1200.00'],
      [3, '2027-08-01', '1800.00', '0.00'],
      '0.00',
    ]);
    expect(
      summary(settle(owed(june, '3000.00', [], { endsOn: '2027-06-10' }), [made(1, '2027-06-01', '2027-06-30', '3000.00')], 'DZD')),
    ).toEqual(['-2000.00']);
  });

  it('adds what lists hold too little, for days of their own where there are any', () => {
    const owing = owed(june, '3000.00', [], {}, '2027-06-30');
    expect(summary(settle(owing, [made(1, '2027-06-01', '2027-06-10', '1000.00')], 'DZD'))).toEqual([
      [1, '2027-06-11', '2000.00', '-1000.00'],
      '0.00',
    ]);
    expect(summary(settle(owing, [made(1, '2027-06-01', '2027-06-30', '1000.00')], 'DZD'))).toEqual(['2000.00']);
    expect(summary(settle(owed(june, '3000.00'), [made(1, '2027-06-01', '2027-06-30', '1000.00')], 'DZD'))[0]).toEqual([
      2,
      '2027-07-01',
      '5000.00',
      '2000.00',
    ]);
  });
});

describe('an instalment as a sum', () => {
  const covers = { coversFrom: '2027-06-01', coversTo: '2027-06-30' };

  it('is one line for a whole period, and says what rounding and other instalments made of it', () => {
    const lines = (sum: Parameters<typeof linesOf>[0]) =>
      linesOf(sum, 'DZD').map(({ what, days, of, amount }) => [what, days, of, amount.amount]);
    expect(lines({ ...covers, amount: '3000.00', carried: '0', workings: null })).toEqual([['days', 30, 30, '3000.00']]);
    const workings = [
      { from: '2027-06-01', to: '2027-06-10', of: 30, rate: '0.10' },
      { from: '2027-06-21', to: '2027-06-30', of: 30, rate: '0.10' },
    ];
    expect(lines({ ...covers, amount: '0.02', carried: '-0.05', workings })).toEqual([
      ['days', 10, 30, '0.03'],
      ['days', 10, 30, '0.03'],
      ['rounding', null, null, '0.01'],
      ['carried', null, null, '-0.05'],
    ]);
  });
});

describe('a forecast', () => {
  it('is what the rules owe after today, for as many as are alike', () => {
    const alike = [{ startsOn: '2027-06-01', endsOn: '2027-08-10', rate: dzd('3100.00'), people: 2 }];
    expect(
      [...expectedByMonth(monthly('2027-06-01', '2027-08-31'), alike, '2027-06-01', 'DZD')].map(([month, sum]) => [month, String(sum)]),
    ).toEqual([
      ['2027-07', '6200.00'],
      ['2027-08', '2000.00'],
    ]);
  });
});
