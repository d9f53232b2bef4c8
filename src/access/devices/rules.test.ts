import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Grant, newId } from '../../platform/index.ts';
import { roles } from '../roles.ts';
import { ENROLMENT_IDLE_MS, grantsOnDevice, isInUse, isWeakPin } from './rules.ts';

const now = new Date('2026-11-22T09:00:00Z');

describe('a PIN', () => {
  it.each(['123456', '000000', '654321', '012345', '890123', '864208', '121212', '123123', '111222', '112233', '333333'])(
    'is not a row or a repetition (%s)',
    (pin) => expect(isWeakPin(pin, now)).toBe(true),
  );

  it.each(['202611', '112026', '199003', '071987', '150890', '310199', '900815', '202701'])('is not a date (%s)', (pin) =>
    expect(isWeakPin(pin, now)).toBe(true),
  );

  it.each(['385172', '904762', '485297', '719345', '660482'])('is good otherwise (%s)', (pin) => expect(isWeakPin(pin, now)).toBe(false));

  it('is left enough choice: nine of ten are good', () => {
    const good = Array.from({ length: 20_000 }, (_, n) => String((n * 7919) % 1_000_000).padStart(6, '0')).filter(
      (pin) => !isWeakPin(pin, now),
    );
    expect(good.length).toBeGreaterThan(18_000);
  });

  it('is never somebody’s birthday, however it is written', () => {
    const days = fc.date({ min: new Date('1940-01-01'), max: now, noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const [year = '', month = '', date = ''] = day.toISOString().slice(0, 10).split('-');
        const two = year.slice(2);
        for (const pin of [date + month + two, two + month + date, year + month, month + year]) expect(isWeakPin(pin, now)).toBe(true);
      }),
    );
  });
});

describe('what somebody holds on a device', () => {
  const offices = [newId(), newId()];
  const grants: fc.Arbitrary<Grant> = fc.record({
    role: fc.constantFrom(...roles),
    scope: fc.record({ office: fc.option(fc.constantFrom(...offices), { nil: undefined }), programme: fc.constant(undefined) }),
  });

  it('is of what they hold, at that office, at a counter', () => {
    fc.assert(
      fc.property(fc.array(grants), fc.constantFrom(...offices), (held, office) => {
        const here = grantsOnDevice(held, office);
        for (const grant of here) {
          expect(held).toContain(grant);
          expect(['agent', 'office_supervisor', 'field_officer']).toContain(grant.role);
          if (grant.role !== 'field_officer') expect(grant.scope['office']).toBe(office);
          else expect([office, undefined]).toContain(grant.scope['office']);
        }
        const left = held.filter((grant) => !here.includes(grant));
        expect(left.some(({ role, scope }) => role === 'agent' && scope['office'] === office)).toBe(false);
      }),
    );
  });
});

describe('an enrolment', () => {
  it('ends after ninety days without use, and not a millisecond sooner', () => {
    expect(isInUse(new Date(now.getTime() - ENROLMENT_IDLE_MS + 1), now)).toBe(true);
    expect(isInUse(new Date(now.getTime() - ENROLMENT_IDLE_MS), now)).toBe(false);
  });
});
