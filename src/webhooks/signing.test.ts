import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receive } from '../../docs/examples/verify-webhook.ts';
import { beginningOf, healthAfter, pauseAfter, waitAfter } from './rules.ts';
import { headersOf, newSecret, signatureOf } from './signing.ts';
import type { Attempt } from './types.ts';

// The vector of the specification's own libraries: standard-webhooks/standard-webhooks, libraries/javascript/src/webhook.test.ts, "sign function works".
const vector = {
  secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  signed: { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' },
  signature: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
};
const never = () => false;

describe('a signature', () => {
  it('is the one of the specification', () => {
    expect(signatureOf(vector.secret, vector.signed)).toBe(vector.signature);
  });

  it('is taken by the documented receiver under either secret while one is replaced, and by no other', () => {
    const [newest, before, stranger] = [newSecret(), newSecret(), newSecret()];
    const body = JSON.stringify({ type: 'voucher.paid', id: 'x', timestamp: 'now', data: {} });
    const headers = headersOf([newest, before], { id: 'x', timestamp: 1_000, body });
    expect(headers['webhook-signature']?.split(' ')).toHaveLength(2);
    for (const secret of [newest, before]) expect(receive(secret, headers, body, never, 1_000)).toMatchObject({ type: 'voucher.paid' });
    expect(() => receive(stranger, headers, body, never, 1_000)).toThrow('not signed');
  });

  it('is refused by the documented receiver when anything was changed, when it is old, and the second time', () => {
    const { secret, signed, signature } = vector;
    const headers = { 'webhook-id': signed.id, 'webhook-timestamp': String(signed.timestamp), 'webhook-signature': signature };
    const at = signed.timestamp;
    const seen = new Set<string>();
    const once = (id: string) => seen.size === seen.add(id).size;
    expect(receive(secret, headers, signed.body, once, at)).toEqual({ test: 2432232314 });
    expect(receive(secret, headers, signed.body, once, at)).toBeUndefined();
    expect(() => receive(secret, headers, signed.body, never, at + 301)).toThrow('too old');
    expect(() => receive(secret, headers, signed.body, never, at - 301)).toThrow('too old');
    expect(() => receive(secret, headers, signed.body.replace('2', '3'), never, at)).toThrow('not signed');
    expect(() => receive(secret, { ...headers, 'webhook-id': 'msg_other' }, signed.body, never, at)).toThrow('not signed');
    expect(() => receive(secret, { ...headers, 'webhook-timestamp': String(at + 1) }, signed.body, never, at)).toThrow('not signed');
    expect(() => receive(secret, { ...headers, 'webhook-signature': `v1a,${signature.slice(3)}` }, signed.body, never, at)).toThrow(
      'not signed',
    );
    expect(() => receive(secret, {}, signed.body, never, at)).toThrow('too old');
  });

  it('has a secret of 32 random bytes', () => {
    expect(newSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSecret()).not.toBe(newSecret());
  });
});

const attempt = (changes: Partial<Attempt> = {}): Attempt => ({
  deliveryId: 'd',
  at: new Date(0),
  milliseconds: 1,
  outcome: 'refused',
  status: 500,
  answer: null,
  pauseMs: 0,
  ...changes,
});
const healthy = { failures: 0, failingSince: null, closedUntil: null };
const HOUR_MS = 3_600_000;

describe('after an attempt that came to nothing', () => {
  it('the next comes later each time, for three days, and then no more', () => {
    const waits = Array.from({ length: 9 }, (_, i) => waitAfter(i + 1, 0, 0.5) ?? Number.NaN);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.reduce((sum, wait) => sum + wait, 0) / HOUR_MS).toBeCloseTo(75.58, 1);
    expect(waitAfter(10)).toBeUndefined();
  });

  it('moves by a tenth at most, never before the receiver asks, and never for more than a day', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 0, max: 1e10 }),
        (tries, chance, asked) => {
          const middle = waitAfter(tries, 0, 0.5) ?? 0;
          const wait = waitAfter(tries, asked, chance) ?? 0;
          expect(wait).toBeGreaterThanOrEqual(Math.max(Math.round(middle * 0.9), Math.min(asked, 24 * HOUR_MS)));
          expect(wait).toBeLessThanOrEqual(Math.max(Math.round(middle * 1.1), 24 * HOUR_MS));
        },
      ),
    );
  });

  it('a receiver is left alone from the fifth on, and paused when it has failed for a day', () => {
    const start = new Date('2026-03-01T00:00:00Z');
    let health = healthAfter(healthy, [attempt(), attempt(), attempt(), attempt()], start);
    expect(health).toEqual({ failures: 4, failingSince: start, closedUntil: null });
    health = healthAfter(health, [attempt()], start);
    expect(health.closedUntil).toEqual(new Date(start.getTime() + 30_000));
    for (let i = 0; i < 20; i += 1) health = healthAfter(health, [attempt()], start);
    expect(health.closedUntil).toEqual(new Date(start.getTime() + HOUR_MS));
    expect(pauseAfter(health, [attempt()], new Date(start.getTime() + 24 * HOUR_MS - 1))).toBeUndefined();
    expect(pauseAfter(health, [attempt()], new Date(start.getTime() + 24 * HOUR_MS))).toBe('failing');
    expect(pauseAfter(healthy, [attempt({ status: 410 })], start)).toBe('gone');
    expect(healthAfter(health, [attempt(), attempt({ outcome: 'delivered', status: 200 })], start)).toEqual(healthy);
    expect(healthAfter(healthy, [attempt({ pauseMs: 7_000 })], start).closedUntil).toEqual(new Date(start.getTime() + 7_000));
  });

  it('what was answered is kept without anything that does more than show', () => {
    expect(beginningOf(Buffer.from('\u001b[31mno\u0000\n\tthank\u202e you'))).toBe('[31mno thank you');
    expect(beginningOf(Buffer.from('é'.repeat(500)))).toBe('é'.repeat(200));
    expect(beginningOf(Buffer.from(' \n'))).toBeNull();
  });
});
