import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OfflineOffice, type PackOut, payOffline, wrongCode } from '../../test/support/offline.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import type { TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import { hashOf, type SignedEntry } from './device/entry.ts';

const RUNS = 6;
const VOUCHERS = 4;

/** One thing that happens at an office, on the way, or at the programme. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('pay' as const), which: fc.nat(VOUCHERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('mistake' as const), which: fc.nat(VOUCHERS - 1) }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('report' as const), drop: fc.nat(255), order: fc.nat(7), twice: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('tamper' as const), which: fc.nat(9), place: fc.nat(5_000), bit: fc.nat(6) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('counter' as const), which: fc.nat(VOUCHERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('withhold' as const), which: fc.nat(VOUCHERS - 1) }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('cancel' as const), which: fc.nat(VOUCHERS - 1) }) },
);
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

const flipped = ({ payload, signature }: SignedEntry, place: number, bit: number): SignedEntry => {
  const whole = `${payload}${signature}`;
  const at = place % whole.length;
  const letter = String.fromCharCode(whole.charCodeAt(at) ^ (1 << bit));
  const text = `${whole.slice(0, at)}${letter === '\0' ? ' ' : letter}${whole.slice(at + 1)}`;
  return { payload: text.slice(0, payload.length), signature: text.slice(payload.length) };
};

describe('an honest device on a dishonest way', () => {
  let platform: TestPlatform;
  let office: OfflineOffice;
  beforeAll(async () => {
    platform = await startPlatform();
    office = await OfflineOffice.open(platform, RUNS * VOUCHERS);
  });
  afterAll(() => platform.close());

  async function play(out: PackOut, steps: readonly Step[]): Promise<SignedEntry[]> {
    const sent: SignedEntry[] = [];
    const report = async (entries: readonly SignedEntry[]) => {
      sent.push(...entries);
      await office.send(out, entries).expect(200);
    };
    for (const one of steps) {
      const voucher = out.vouchers['which' in one ? one.which % VOUCHERS : 0] as TestVoucher;
      if (one.does === 'pay') await payOffline(out, voucher);
      else if (one.does === 'mistake') await payOffline(out, { ...voucher, code: wrongCode(voucher.code) });
      else if (one.does === 'report') {
        const some = out.kept.filter((_entry, i) => (one.drop >> (i % 8)) & 1);
        const turned = [...some.slice(one.order), ...some.slice(0, one.order).reverse()];
        await report(one.twice ? [...turned, ...turned] : turned);
      } else if (one.does === 'tamper') {
        const entry = out.kept[one.which % Math.max(1, out.kept.length)];
        if (entry) await report([flipped(entry, one.place, one.bit)]);
      } else if (one.does === 'counter') expect((await office.payOnline(voucher)).status).toBe(409);
      else if (one.does === 'withhold')
        await platform.owner.query(
          `update consents set withdrawn_at = $2, withdrawn_by = $3 where beneficiary_id = $1 and withdrawn_at is null and purpose = 'registration'`,
          [voucher.person.id, platform.clock.now(), newId()],
        );
      else
        await platform.owner
          .query(`update vouchers set state = 'cancelled' where id = $1 and state = 'activated' and not is_bound(id)`, [voucher.id])
          .catch(() => {});
    }
    return sent;
  }

  it('loses no pay-out and pays none twice, whatever becomes of its reports', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 16 }), async (steps) => {
        const out = await office.out(VOUCHERS);
        const sent = await play(out, steps);
        await out.till.close();
        const { body } = await office.send(out).expect(200);
        expect(body).toMatchObject({ received: out.kept.length, missing: [] });
        const { rows } = await platform.owner.query(
          `select e.hash, e.signature, e.kind, e.state, c.reason, e.payout_id from offline_entries e
          left join offline_conflicts c on c.entry_id = e.id where e.pack_id = $1`,
          [out.packId],
        );
        const became = new Map(rows.map((row) => [`${row.hash}.${row.signature}`, row]));
        const find = async (entry: SignedEntry) => became.get(`${await hashOf(entry)}.${entry.signature}`);
        for (const entry of out.kept) {
          const kept = await find(entry);
          const { kind } = JSON.parse(entry.payload);
          if (kind !== 'payout') expect(kept.state).toBe('noted');
          else expect([kept.state, kept.reason]).toSatisfy(([state, reason]) => state === 'booked' || reason === 'consent_withdrawn');
        }
        const honest = new Set(out.kept.map(({ payload, signature }) => `${payload}.${signature}`));
        for (const entry of sent) {
          const kept = await find(entry);
          expect(kept, 'nothing that was sent is thrown away').toBeDefined();
          if (!honest.has(`${entry.payload}.${entry.signature}`)) expect([kept.state, kept.reason]).toEqual(['conflict', 'bad_signature']);
        }
        const { rows: paid } = await platform.owner.query(
          `select v.id, count(p.id)::int as n from vouchers v join payouts p on p.voucher_id = v.id where v.id = any($1) group by v.id`,
          [out.vouchers.map(({ id }) => id)],
        );
        for (const { n } of paid) expect(n).toBe(1);
        expect(paid.length).toBe(rows.filter(({ payout_id }) => payout_id !== null).length);
        await office.end(out.packId, 'close').expect(200);
      }),
      { numRuns: RUNS },
    );
    expect(await office.broken()).toEqual([]);
  });
});
