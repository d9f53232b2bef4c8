import type { App } from '../../src/app.ts';
import { Money, type ShiftedClock } from '../../src/platform/index.ts';
import { type CashedOut, redemption } from './cash-out.ts';
import { claimLate } from './late-claim.ts';
import { GRANT, type ReleasedList } from './pay.ts';
import { type Pilot, RECEIVED } from './set-up.ts';
import type { Staff } from './staff.ts';
import type { Stage } from './stage.ts';

const DAY_MS = 86_400_000;

interface Story {
  readonly staff: Staff;
  readonly clock: ShiftedClock;
  readonly app: App;
  readonly list: ReleasedList;
  readonly counter: CashedOut;
}

/** Two months pass: codes that nobody used expire, and their money is back in the fund. */
export async function goOn(stage: Stage, pilot: Pilot, { staff, clock, app, list, counter }: Story): Promise<void> {
  const { finance, programmeId, fundId } = pilot;
  stage.chapter('Sixty-two days later');
  // One was carried to somebody's door in vain, and was given the day back.
  clock.skip(62 * DAY_MS);
  await staff.signInAgain();
  const [here] = counter.counters;
  const late = counter.unused[2];
  if (!here || !late) throw new Error('nobody is left to come late');
  const expired = await here.agent.api.refusal('redeemVoucher', redemption(here, late));
  stage.check('an expired code pays nothing', expired?.code, 'voucher_expired');
  await app.jobs.trigger('vouchers.expire');
  // One of those who did not come repeated a request in the story, and was paid.
  const unpaid = counter.unused.length - 1;
  const states = await settledStates(finance, list.id, unpaid);
  stage.check('unused codes have expired', states['expired'], unpaid);
  const { balances } = await finance.api.call('getFundBalances', { params: { fundId } });
  const balance = Object.fromEntries(balances.map(({ kind, balance: { amount } }) => [kind, amount]));
  const spent = Money.of(GRANT, 'DZD').times(counter.paid + 1);
  const inactive = Money.of(GRANT, 'DZD').times(states['issued'] ?? 0);
  let fees = Money.zero('DZD');
  for await (const { amount } of finance.api.all('listPostFees', { params: { programmeId } }))
    fees = fees.plus(Money.of(amount.amount, 'DZD'));
  stage.check(
    'their money is back in the fund, less what the post asked for its work',
    balance['fund_available'],
    Money.of(RECEIVED, 'DZD').minus(spent).minus(inactive).minus(fees).toString(),
  );
  stage.check('only codes that could not be sent are still outstanding', balance['vouchers_outstanding'], inactive.toString());
  await claimLate(stage, pilot, late, clock);
}

async function settledStates(finance: Pilot['finance'], listId: string, expired: number): Promise<Record<string, number>> {
  for (let tries = 0; ; tries += 1) {
    const states: Record<string, number> = {};
    for await (const { state } of finance.api.all('listVouchers', { params: { listId } })) states[state] = (states[state] ?? 0) + 1;
    if (states['expired'] === expired || tries === 100) return states;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
