import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayKey, judge, type Known } from './judge.ts';
import type { ReadDay, WorkStanding } from './types.ts';

/** The same on every day of the month. */
const everyDay = (who: string, reason: WorkStanding['reason'] = null): [string, WorkStanding][] =>
  Array.from({ length: 31 }, (_, i) => [dayKey(who, `2026-03-${String(i + 1).padStart(2, '0')}`), { beneficiaryId: who, reason }]);
const known: Known = {
  terms: { dayRate: '1500.00', startsOn: '2026-03-01', endsOn: '2026-03-31', periodDays: 7, daysPerPeriod: 2 },
  capacity: 2,
  today: '2026-03-20',
  lastDay: '2026-03-31',
  mostHalfDays: 4,
  standings: new Map(['a', 'b', 'c'].flatMap((name) => everyDay(name))),
  worked: new Set(),
  atSite: new Map(),
  halfDays: new Map(),
};
const days = (...rows: [string, string, (1 | 2)?][]): ReadDay[] =>
  rows.map(([registrationNumber, day, halfDays = 2], i) => ({ row: i + 2, registrationNumber, day: `2026-03-${day}`, halfDays }));
const faultsOf = (rows: ReadDay[], more: Partial<Known> = {}) =>
  judge(rows, { ...known, ...more }).faults.map(({ row, cell, code }) => [row, cell, code]);

describe('the rows of a sheet', () => {
  it('are taken with their period', () => {
    expect(judge(days(['a', '08', 1]), known)).toEqual({
      days: [{ row: 2, beneficiaryId: 'a', day: '2026-03-08', halfDays: 1, periodFrom: '2026-03-08', periodTo: '2026-03-14' }],
      faults: [],
    });
  });

  it('are not taken of nobody who is enrolled, nor of a day that is none of the plan’s or has not come', () => {
    const standings = new Map(everyDay('gone', 'person_not_enrolled'));
    const rows = [
      ...days(['x', '02'], ['gone', '02'], ['gone', '21']),
      { row: 5, registrationNumber: 'x', day: '2026-04-01', halfDays: 2 as const },
    ];
    expect(faultsOf(rows, { standings })).toEqual([
      [2, 'registrationNumber', 'person_unknown'],
      [3, 'registrationNumber', 'person_not_enrolled'],
      [4, 'registrationNumber', 'person_not_enrolled'],
      [4, 'day', 'day_in_future'],
      [5, 'registrationNumber', 'person_unknown'],
      [5, 'day', 'day_outside_plan'],
    ]);
  });

  it('are judged each as the record of its own day stood, and not past the programme', () => {
    const standings = new Map([
      ...everyDay('a'),
      [dayKey('a', '2026-03-02'), { beneficiaryId: 'a', reason: 'person_not_enrolled' }] as const,
      [dayKey('a', '2026-03-03'), { beneficiaryId: 'a', reason: 'person_not_eligible' }] as const,
    ]);
    expect(faultsOf(days(['a', '02'], ['a', '03'], ['a', '04'], ['a', '11']), { standings, lastDay: '2026-03-10' })).toEqual([
      [2, 'registrationNumber', 'person_not_enrolled'],
      [3, 'registrationNumber', 'person_not_eligible'],
      [5, 'day', 'day_outside_plan'],
    ]);
  });

  it('are of one person once a day, whatever the sheet', () => {
    expect(faultsOf(days(['a', '02', 1], ['a', '02', 1]))).toEqual([[3, 'day', 'repeated']]);
    expect(faultsOf(days(['a', '02']), { worked: new Set([dayKey('a', '2026-03-02')]) })).toEqual([[2, 'day', 'worked_elsewhere']]);
  });

  it('are left out once the site is full or the days of a period are used up', () => {
    expect(faultsOf(days(['a', '02'], ['b', '02'], ['c', '02'], ['c', '03']))).toEqual([[4, 'day', 'site_full']]);
    expect(faultsOf(days(['a', '02']), { atSite: new Map([['2026-03-02', 2]]) })).toEqual([[2, 'day', 'site_full']]);
    expect(faultsOf(days(['a', '02'], ['a', '03', 1], ['a', '04'], ['a', '05', 1], ['a', '08']))).toEqual([[4, 'day', 'days_used_up']]);
    const halfDays = new Map([[dayKey('a', '2026-03-01'), 3]]);
    expect(faultsOf(days(['a', '02'], ['a', '03', 1]), { halfDays })).toEqual([[2, 'day', 'days_used_up']]);
  });

  it('are left out where the period would pay more than one payment may', () => {
    const halfDays = new Map([[dayKey('a', '2026-03-01'), 1]]);
    expect(faultsOf(days(['a', '02', 1], ['a', '03', 1], ['a', '08']), { halfDays, mostHalfDays: 2 })).toEqual([[3, 'day', 'above_most']]);
  });

  it('never pass a cap, and each is taken or has a fault', () => {
    const row = fc.tuple(fc.constantFrom('a', 'b', 'c', 'x'), fc.integer({ min: 1, max: 25 }), fc.constantFrom(1 as const, 2 as const));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 80 }), (drawn) => {
        const rows = days(...drawn.map(([who, day, half]): [string, string, 1 | 2] => [who, String(day).padStart(2, '0'), half]));
        const { days: taken, faults } = judge(rows, known);
        expect(new Set([...taken, ...faults].map(({ row: number }) => number)).size).toBe(rows.length);
        expect(new Set(taken.map(({ beneficiaryId, day }) => dayKey(beneficiaryId, day))).size).toBe(taken.length);
        const sums = (keyOf: (day: (typeof taken)[number]) => string, of: (day: (typeof taken)[number]) => number) => [
          ...taken.reduce((sum, day) => sum.set(keyOf(day), (sum.get(keyOf(day)) ?? 0) + of(day)), new Map<string, number>()).values(),
        ];
        expect(
          sums(
            ({ day }) => day,
            () => 1,
          ).every((people) => people <= 2),
        ).toBe(true);
        expect(
          sums(
            ({ beneficiaryId, periodFrom }) => dayKey(beneficiaryId, periodFrom),
            ({ halfDays }) => halfDays,
          ).every((half) => half <= 4),
        ).toBe(true);
      }),
    );
  });
});
