import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Money } from '../../platform/index.ts';
import { earned, faultsOfWork, mostHalfDays, periodOf, requireStep } from './rules.ts';

const week = { startsOn: '2026-03-03', endsOn: '2026-03-31', periodDays: 7 };
const months = { startsOn: '2028-01-15', endsOn: '2028-03-10' };

describe('the period of a day', () => {
  it('is so many days from the start, and the last ends where the plan does', () => {
    expect(periodOf(week, '2026-03-03')).toEqual({ from: '2026-03-03', to: '2026-03-09' });
    expect(periodOf(week, '2026-03-09')).toEqual({ from: '2026-03-03', to: '2026-03-09' });
    expect(periodOf(week, '2026-03-10')).toEqual({ from: '2026-03-10', to: '2026-03-16' });
    expect(periodOf(week, '2026-03-31')).toEqual({ from: '2026-03-31', to: '2026-03-31' });
  });

  it('is a calendar month, of a leap year too, cut at both ends', () => {
    expect(periodOf(months, '2028-01-20')).toEqual({ from: '2028-01-15', to: '2028-01-31' });
    expect(periodOf(months, '2028-02-29')).toEqual({ from: '2028-02-01', to: '2028-02-29' });
    expect(periodOf(months, '2028-03-01')).toEqual({ from: '2028-03-01', to: '2028-03-10' });
  });

  it('holds its day, and every day of it is of the same one', () => {
    const day = fc.integer({ min: 0, max: 3_000 }).map((n) => new Date(Date.UTC(2024, 0, 1 + n)).toISOString().slice(0, 10));
    fc.assert(
      fc.property(
        fc.uniqueArray(day, { minLength: 3, maxLength: 3 }),
        fc.option(fc.integer({ min: 1, max: 92 }), { nil: undefined }),
        (days, periodDays) => {
          const [startsOn, on, endsOn] = days.sort() as [string, string, string];
          const terms = { startsOn, endsOn, periodDays };
          const period = periodOf(terms, on);
          expect(period.from <= on && on <= period.to && period.from >= startsOn && period.to <= endsOn).toBe(true);
          expect([periodOf(terms, period.from), periodOf(terms, period.to)]).toEqual([period, period]);
        },
      ),
    );
  });
});

describe('what days come to', () => {
  it('is the rate for each, half of it for a half, and one rounding of the sum', () => {
    expect(String(earned(Money.of('1500.00', 'DZD'), 11))).toBe('8250.00');
    expect(String(earned(Money.of('1501', 'XOF'), 1))).toBe('750');
    expect(String(earned(Money.of('1503', 'XOF'), 1))).toBe('752');
    expect(String(earned(Money.of('1501', 'XOF'), 2))).toBe('1501');
  });
});

describe('what a plan says of work', () => {
  const programme = { currency: 'DZD', kinds: [], startsOn: '2026-01-01', endsOn: '2026-12-31' };
  const terms = { dayRate: '1500.00', startsOn: '2026-03-01', endsOn: '2026-03-31', periodDays: 7, daysPerPeriod: 6 };
  const pointers = (change: object) => faultsOfWork({ ...terms, ...change }, programme).map(({ pointer }) => pointer);

  it('names every fault', () => {
    expect(pointers({})).toEqual([]);
    expect(pointers({ periodDays: undefined, daysPerPeriod: 31 })).toEqual([]);
    expect(pointers({ dayRate: '0.001', startsOn: '2025-12-31', endsOn: '2027-01-01', daysPerPeriod: 8 })).toEqual([
      '/work/dayRate',
      '/work/startsOn',
      '/work/endsOn',
      '/work/daysPerPeriod',
    ]);
    expect(pointers({ endsOn: '2026-02-01' })).toEqual(['/work/endsOn']);
  });

  it('fits what the programme pays at once: half a day no more, all days no less', () => {
    const within = (least: string | null, most: string | null) =>
      faultsOfWork(terms, { ...programme, kinds: [{ kind: 'cash_for_work', least, most }] }).map(({ pointer }) => pointer);
    expect(within('9000', '750')).toEqual([]);
    expect(within(null, '749.99')).toEqual(['/work/dayRate']);
    expect(within('9000.01', null)).toEqual(['/work/daysPerPeriod']);
  });

  it('is paid for as many half days as one payment may come to', () => {
    const most = (text: string | null) =>
      mostHalfDays(terms, { currency: 'DZD', least: null, most: text === null ? null : Money.of(text, 'DZD') });
    expect([null, '9000', '8999.99', '1499', '749.99'].map(most)).toEqual([12, 12, 11, 1, 0]);
  });
});

describe('the steps of a sheet', () => {
  it('are taken while it stands', () => {
    for (const step of ['sign', 'reject', 'replace'] as const) requireStep('entered', step);
    requireStep('signed', 'replace');
    expect(() => requireStep('signed', 'sign')).toThrow(/replaces it/);
    expect(() => requireStep('replaced', 'replace')).toThrow(/later one/);
    expect(() => requireStep('rejected', 'sign')).toThrow(/new one/);
  });
});
