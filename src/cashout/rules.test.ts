import { describe, expect, it } from 'vitest';
import { AGENT_ATTEMPTS_ALLOWED, counterRefusal, isGuessable, isLive, isSilent, locatorRefusal, voucherRefusal } from './rules.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = new Date('2026-03-01T12:00:01Z');
const timeZone = 'Africa/Algiers';
const office = { code: '16001', nameFr: 'Grande Poste', nameAr: 'البريد المركزي' };
const paid = { paidAt: new Date('2026-02-01T09:00:00Z'), office };

describe('a voucher whose code is right', () => {
  it.each([
    ['activated', later, undefined],
    ['activated', now, 'voucher_expired'],
    ['locked', later, 'voucher_locked'],
    ['locked', now, 'voucher_expired'],
    ['expired', now, 'voucher_expired'],
    ['issued', null, 'voucher_not_active'],
    ['cancelled', null, 'voucher_cancelled'],
    ['cancelled', now, 'voucher_cancelled'],
  ] as const)('that is %s until %s is answered %s', (state, expiresAt, code) => {
    expect(voucherRefusal({ state, expiresAt, timeZone, isWithheld: false, isPaidElsewhere: false }, undefined, now)?.code).toBe(code);
    expect(isLive({ state, expiresAt }, now)).toBe(code === undefined);
  });

  it('is not paid once consent was withdrawn, unless there is nothing to pay any more', () => {
    const withheld = (state: 'activated' | 'locked' | 'issued' | 'cancelled', expiresAt: Date | null) =>
      voucherRefusal({ state, expiresAt, timeZone, isWithheld: true, isPaidElsewhere: false }, undefined, now)?.code;
    expect([withheld('activated', later), withheld('locked', later), withheld('issued', null)]).toEqual(Array(3).fill('consent_withdrawn'));
    expect([withheld('activated', now), withheld('cancelled', null)]).toEqual(['voucher_expired', 'voucher_cancelled']);
  });

  it('is not paid when another record of the person is', () => {
    const answer = voucherRefusal(
      { state: 'activated', expiresAt: later, timeZone, isWithheld: true, isPaidElsewhere: true },
      undefined,
      now,
    );
    expect(answer?.code).toBe('paid_as_other_record');
  });

  it('is paid nowhere while it is being brought to the person, runs out meanwhile as little, and is not guessed at for nothing', () => {
    const answered = (state: 'activated' | 'locked' | 'expired' | 'cancelled', expiresAt: Date) => {
      const carried = { state, expiresAt, timeZone, isWithheld: false, isPaidElsewhere: false, isCarried: true };
      return [voucherRefusal(carried, undefined, now)?.code, isLive(carried, now)];
    };
    for (const at of [later, now]) {
      expect(answered('activated', at)).toEqual(['being_brought', true]);
      expect(answered('locked', at)).toEqual(['voucher_locked', false]);
      expect(answered('cancelled', at)).toEqual(['voucher_cancelled', false]);
    }
    expect(answered('expired', now)).toEqual(['voucher_expired', false]);
  });

  it('is paid at one office alone while it is out with one that has no network', () => {
    const boundTo = { code: '16002', nameFr: 'Poste du port', nameAr: 'بريد الميناء' };
    const bound = { state: 'activated', expiresAt: later, timeZone, isWithheld: false, isPaidElsewhere: false, boundTo } as const;
    expect(voucherRefusal(bound, undefined, now)?.toJSON()).toMatchObject({
      code: 'wrong_office',
      detail: expect.stringContaining('on the list of 16002 Poste du port, an office without a network'),
      officeCode: '16002',
      officeName: 'Poste du port',
    });
    expect(voucherRefusal({ ...bound, boundTo: null }, undefined, now)).toBe(undefined);
  });

  it('that is paid says when and where, expired or not', () => {
    for (const expiresAt of [now, later]) {
      expect(
        voucherRefusal({ state: 'redeemed', expiresAt, timeZone, isWithheld: true, isPaidElsewhere: true }, paid, now)?.toJSON(),
      ).toMatchObject({
        code: 'already_paid',
        detail: 'Paid on 1 February 2026 at 10:00 at 16001 Grande Poste. Do not pay it again.',
        paidAt: '2026-02-01T09:00:00.000Z',
        officeCode: '16001',
        officeName: 'Grande Poste',
      });
    }
  });
});

describe('a voucher whose code is wrong', () => {
  it('counts it as long as its code may still pay', () => {
    for (const [state, expiresAt, counts] of [
      ['issued', null, true],
      ['activated', later, true],
      ['activated', now, false],
      ['locked', later, false],
      ['redeemed', later, false],
      ['cancelled', null, false],
    ] as const)
      expect(isGuessable({ state, expiresAt }, now), state).toBe(counts);
  });

  it('tells nothing from then on where it is locked and one office still pays it', () => {
    expect(isSilent({ state: 'locked', boundTo: office })).toBe(true);
    expect([isSilent({ state: 'locked', boundTo: null }), isSilent({ state: 'activated', boundTo: office })]).toEqual([false, false]);
  });
});

describe('a counter', () => {
  it('is refused for the office first, then for the agent', () => {
    const hours = { isWithinHours: true, opensAt: undefined, officeTimeZone: timeZone };
    const open = { ...hours, isOpen: true, hasCash: true, failures: AGENT_ATTEMPTS_ALLOWED - 1 };
    expect(counterRefusal(open)).toBeUndefined();
    expect(counterRefusal({ ...open, failures: AGENT_ATTEMPTS_ALLOWED })?.code).toBe('agent_locked');
    expect(counterRefusal({ ...open, hasCash: false, failures: 99 })?.code).toBe('office_without_cash');
    const closed = { ...open, isWithinHours: false, hasCash: false };
    expect(counterRefusal({ ...closed, opensAt: later })?.toJSON()).toMatchObject({
      code: 'office_outside_hours',
      opensAt: later.toISOString(),
      detail: expect.stringContaining('on 1 March 2026 at 13:00'),
    });
    expect(counterRefusal(closed)?.toJSON()).toMatchObject({ code: 'office_outside_hours', opensAt: null });
    expect(counterRefusal({ ...closed, isOpen: false, failures: 99 })?.code).toBe('office_closed');
  });

  it('is told of typing mistakes in numbers that have check digits', () => {
    expect(locatorRefusal({ serial: '12345678901234' })?.places).toMatchObject([{ pointer: '/locator/serial' }]);
    expect(locatorRefusal({ registrationNumber: '1234567890' })?.places).toMatchObject([{ pointer: '/locator/registrationNumber' }]);
    expect(locatorRefusal({ phone: '+213550123456' })).toBeUndefined();
  });
});
