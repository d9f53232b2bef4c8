import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { booksOf } from '../../../test/support/books.ts';
import { makeStatement, open } from '../../../test/support/exceptions.ts';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import type { Finding } from '../types.ts';

type Account = 'bank' | 'fund_available' | 'payable_to_post' | 'claims';
type Effect = Readonly<Partial<Record<Account, number>>>;

/** What each decision does to what the fund holds, in whole dinars: written down here once more. */
const effects: Readonly<Record<string, (amount: number) => Effect>> = {
  claim_on_post: (amount) => ({ payable_to_post: -amount, claims: amount }),
  write_off: (amount) => ({ fund_available: -amount, payable_to_post: amount }),
  cash_recovered: (amount) => ({ bank: amount, fund_available: amount }),
  claim_recovered: (amount) => ({ claims: -amount, fund_available: amount }),
  claim_repaid: (amount) => ({ claims: -amount, payable_to_post: amount, bank: amount, fund_available: amount }),
  claim_withdrawn: (amount) => ({ claims: -amount, payable_to_post: amount }),
};
const endings = ['claim_recovered', 'claim_repaid', 'claim_withdrawn'];
const withCash = ['cash_recovered', 'claim_repaid'];

const step = fc.record({
  which: fc.nat({ max: 3 }),
  what: fc.constantFrom(...Object.keys(effects), 'reopening', 'reopening'),
  approved: fc.boolean(),
});

describe('any sequence of resolutions', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let maker: Client;
  let checker: Client;
  beforeAll(async () => {
    // What is live would run out whenever the job comes by: it is of last spring.
    platform = await startPlatform({ recurring: false });
  });
  afterAll(() => platform.close());

  it('leaves the books as what stands says, and every identity with them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 12, maxLength: 20 }), async (steps) => {
        frame = await makeFrame(platform, '10000.00');
        [maker, checker] = (await Promise.all([1, 2].map(() => platform.as('finance_officer', { programme: frame.programmeId })))) as [
          Client,
          Client,
        ];
        const cases = await fourExceptions();
        for (const { which, what, approved } of steps) {
          const one = cases[which] as (typeof cases)[number];
          const decided = await attempt(one.id, what, approved);
          if (!decided) continue;
          if (what === 'reopening') one.standing = [];
          else one.standing.push(what);
          const expected = { bank: 10_000, fund_available: 5_300, payable_to_post: 3_700, claims: 0, vouchers_outstanding: 1_000 };
          for (const { amount, standing } of cases)
            for (const stands of standing)
              for (const [account, moved] of Object.entries(effects[stands]?.(amount) ?? {})) expected[account as Account] += moved;
          const held = await booksOf(maker, frame);
          const shown = Object.fromEntries(Object.entries(held).map(([kind, amount]) => [kind, Number(amount)]));
          expect({ claims: 0, payable_to_post: 0, ...shown }).toEqual(expected);
        }
      }),
      { numRuns: 2, endOnFailure: true },
    );
  });

  /** Two pay-outs, a line that was dearer than its voucher, and one that nobody knows. */
  async function fourExceptions(): Promise<{ id: string; amount: number; standing: string[] }[]> {
    const paid = await payList(platform, frame, [
      { amount: '1500.00' },
      { amount: '700.00' },
      { amount: '1500.00' },
      { amount: '1000.00', outcome: 'live' },
    ]);
    const lines = [{}, {}, { serial: paid[2]?.serial ?? '', amount: '1800.00' }, { amount: '900.00' }];
    const { statementId, lineIds } = await makeStatement(platform, frame, lines);
    const line = (i: number) => lineIds[i] ?? null;
    const payout = (i: number) => paid[i]?.payoutId ?? null;
    const findings: Finding[] = [
      { kind: 'ours_not_in_statement', detail: 'x', lineId: null, payoutId: payout(0) },
      { kind: 'reversed', detail: 'x', lineId: null, payoutId: payout(1) },
      { kind: 'amount_over', detail: 'x', lineId: line(2), payoutId: payout(2) },
      { kind: 'paid_not_in_list', detail: 'x', lineId: line(3), payoutId: null },
    ];
    const ids = await open(platform, frame, statementId, findings);
    return [1500, 700, 300, 900].map((amount, i) => ({ id: ids[i] ?? '', amount, standing: [] }));
  }

  /** @returns whether it was approved; what cannot be, at this point, is refused before */
  async function attempt(id: string, what: string, approved: boolean): Promise<boolean> {
    const { body: before } = await maker.get(`/v1/exceptions/${id}`).expect(200);
    const reference = withCash.includes(what) ? { reference: 'IN-1' } : {};
    const fund = before.payoutId ? {} : { fundId: frame.fundId };
    const proposed =
      what === 'reopening'
        ? await maker.post(`/v1/exceptions/${id}/reopening`, { reason: 'Again' })
        : await maker.post(`/v1/exceptions/${id}/proposals`, { resolution: what, note: 'x', ...reference, ...fund });
    const isPossible =
      what === 'reopening'
        ? before.state === 'resolved'
        : endings.includes(what)
          ? before.claim?.state === 'open'
          : before.state === 'open' && (before.kind === 'amount_over' || before.kind === 'paid_not_in_list') === (what === 'write_off');
    expect([what, proposed.status < 300]).toEqual([what, isPossible]);
    if (!isPossible) return false;
    const proposal = `/v1/exceptions/${id}/proposals/${proposed.body.decisions.at(-1).id}`;
    await (approved ? checker.post(`${proposal}/approval`) : checker.post(`${proposal}/refusal`, { reason: 'No' })).expect(200);
    return approved;
  }
});
