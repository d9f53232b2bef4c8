import type { App } from '../../src/app.ts';
import { type CashedOut, redemption } from './cash-out.ts';
import type { ReleasedList } from './pay.ts';
import { inbox, type Received } from './phones.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

interface Story {
  readonly app: App;
  readonly dataDir: string;
  readonly list: ReleasedList;
  readonly counter: CashedOut;
}

/** What went wrong is put right: a pay-out to the wrong person is voided, and a code that was lost is replaced. @returns who is paid since */
export async function putRight(stage: Stage, pilot: Pilot, story: Story): Promise<CashedOut> {
  const { counters, unused, paid } = story.counter;
  const [mistaken, lost, ...rest] = unused.slice(3);
  if (!mistaken || !lost) throw new Error('nobody is left in the story');
  await takeBack(stage, pilot, story, mistaken);
  await replace(stage, pilot, story, lost);
  return { counters, paid: paid + 2, unused: [...unused.slice(0, 3), ...rest] };
}

async function takeBack(stage: Stage, { staff, administrator, finance, fundId }: Pilot, story: Story, person: Received): Promise<void> {
  stage.chapter('An agent pays the wrong person, and the supervisor takes it back');
  const [here] = story.counter.counters;
  if (!here) throw new Error('there is no counter');
  const supervisor = await staff.hire(administrator, 'office_supervisor', `Supervisor ${here.office.code}`, { officeId: here.office.id });
  const outstanding = async () => {
    const { balances } = await finance.api.call('getFundBalances', { params: { fundId } });
    return balances.find(({ kind }) => kind === 'vouchers_outstanding')?.balance.amount;
  };
  const before = await outstanding();
  const payout = await here.agent.api.call('redeemVoucher', redemption(here, person));
  const body = { reason: 'Handed to the person behind them' };
  const own = await here.agent.api.refusal('voidPayout', { params: { payoutId: payout.id }, body });
  stage.check('who paid cannot take it back', own?.code, 'forbidden');
  const voided = await supervisor.api.call('voidPayout', { params: { payoutId: payout.id }, body });
  stage.check('the supervisor can, on the same day', voided.voidedBy !== null && voided.paidOn === payout.paidOn, true);
  stage.check('and the books owe the person as before', await outstanding(), before);
  const dead = await here.agent.api.refusal('redeemVoucher', redemption(here, person));
  stage.check('the code that was used is dead', dead?.code, 'code_refused');
  const again = await here.agent.api.call('redeemVoucher', redemption(here, await newCode(story, person)));
  stage.check('another came by SMS, and pays the right person', again.voucherId, payout.voucherId);
}

async function replace(stage: Stage, { programme, finance, staff }: Pilot, story: Story, person: Received): Promise<void> {
  stage.chapter('Somebody has lost their code');
  const [here] = story.counter.counters;
  if (!here) throw new Error('there is no counter');
  await staff.signInAgain();
  const vouchers = finance.api.all('listVouchers', { params: { listId: story.list.id } });
  let voucherId = '';
  for await (const { id, serial } of vouchers) if (serial === person.serial) voucherId = id;
  const { id: changeId } = await programme.api.call('askVoucherChange', {
    params: { voucherId },
    body: { kind: 'reissue', reason: 'The telephone was stolen' },
  });
  const refused = await programme.api.refusal('confirmVoucherChange', { params: { changeId } });
  stage.check('who asks for another code does not confirm it', refused?.code, 'separation_of_duties');
  const change = await finance.api.call('confirmVoucherChange', { params: { changeId } });
  stage.check('a colleague does', change.state, 'done');
  const dead = await here.agent.api.refusal('redeemVoucher', redemption(here, person));
  stage.check('whoever found the old code gets nothing', dead?.code, 'code_refused');
  const paid = await here.agent.api.call('redeemVoucher', redemption(here, await newCode(story, person)));
  stage.check('the new one pays', [paid.voucherId, paid.serial], [voucherId, person.serial]);
}

/** The last message that came for a voucher, which holds another code than the one before. */
async function newCode({ app, dataDir }: Story, { serial, code }: Received): Promise<Received> {
  await app.settled();
  const message = (await inbox(dataDir)).findLast((received) => received.serial === serial);
  if (!message || message.code === code) throw new Error('no other code came');
  return message;
}
