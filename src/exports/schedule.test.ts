import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { daysBefore, lastDue } from './schedule.ts';
import type { ExportSchedule } from './types.ts';

const DAY_MS = 86_400_000;
const days = fc.integer({ min: 0, max: 20_000 }).map((n) => new Date(n * DAY_MS).toISOString().slice(0, 10));
const hours = fc.integer({ min: 0, max: 23 });
const schedules: fc.Arbitrary<ExportSchedule> = fc.oneof(
  hours.map((hour) => ({ every: 'day' as const, hour })),
  fc.tuple(hours, fc.integer({ min: 1, max: 7 })).map(([hour, weekday]) => ({ every: 'week' as const, hour, weekday })),
  fc.tuple(hours, fc.integer({ min: 1, max: 28 })).map(([hour, monthDay]) => ({ every: 'month' as const, hour, monthDay })),
);
const next = (day: string): string => new Date(Date.parse(day) + DAY_MS).toISOString().slice(0, 10);

describe('a schedule', () => {
  it.each([
    [{ every: 'day', hour: 6 }, { day: '2026-03-01', hour: 6 }, '2026-03-01'],
    [{ every: 'day', hour: 6 }, { day: '2026-03-01', hour: 5 }, '2026-02-28'],
    [{ every: 'week', hour: 6, weekday: 1 }, { day: '2026-03-01', hour: 23 }, '2026-02-23'],
    [{ every: 'week', hour: 6, weekday: 7 }, { day: '2026-03-01', hour: 6 }, '2026-03-01'],
    [{ every: 'week', hour: 6, weekday: 7 }, { day: '2026-03-01', hour: 5 }, '2026-02-22'],
    [{ every: 'month', hour: 6, monthDay: 28 }, { day: '2026-03-01', hour: 6 }, '2026-02-28'],
    [{ every: 'month', hour: 6, monthDay: 1 }, { day: '2026-01-01', hour: 5 }, '2025-12-01'],
  ] as const)('%j was due at %j on %s', (schedule, now, due) => {
    expect(lastDue(schedule, now)).toBe(due);
  });

  it('never says a day that is to come, nor one of another weekday or day of the month, and never goes back', () => {
    fc.assert(
      fc.property(schedules, days, hours, (schedule, day, hour) => {
        const due = lastDue(schedule, { day, hour });
        expect(due < day || (due === day && hour >= schedule.hour)).toBe(true);
        if (schedule.weekday) expect(new Date(due).getUTCDay() || 7).toBe(schedule.weekday);
        if (schedule.monthDay) expect(Number(due.slice(8))).toBe(schedule.monthDay);
        expect(lastDue(schedule, { day: next(day), hour }) >= due).toBe(true);
        // Nothing came due in between.
        expect(lastDue(schedule, { day: due, hour: schedule.hour })).toBe(due);
      }),
    );
  });
});

describe('the days that a file is of', () => {
  it.each([
    ['day', '2026-03-01', { from: '2026-02-28', to: '2026-02-28' }],
    ['week', '2026-03-02', { from: '2026-02-23', to: '2026-03-01' }],
    ['week', '2026-03-01', { from: '2026-02-16', to: '2026-02-22' }],
    ['month', '2026-03-01', { from: '2026-02-01', to: '2026-02-28' }],
    ['month', '2024-03-31', { from: '2024-02-01', to: '2024-02-29' }],
    ['month', '2026-01-15', { from: '2025-12-01', to: '2025-12-31' }],
  ] as const)('%s before %s', (period, due, expected) => {
    expect(daysBefore(period, due)).toEqual(expected);
  });

  it('follow one another without a gap', () => {
    fc.assert(
      fc.property(days, (day) => {
        const week = daysBefore('week', day);
        expect(new Date(week.from).getUTCDay()).toBe(1);
        expect(daysBefore('week', next(week.to))).toEqual(week);
        const month = daysBefore('month', day);
        expect(daysBefore('month', next(month.to))).toEqual(month);
        expect(week.to < day && month.to < day).toBe(true);
      }),
    );
  });
});
