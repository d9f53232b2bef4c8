import type { ReleasedList } from './pay.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

/** Somebody has left the country, and their voucher is cancelled. @returns its serial */
export async function cancelVoucher(stage: Stage, { staff, programme, finance, fundId }: Pilot, list: ReleasedList): Promise<string> {
  stage.chapter('Somebody has left, and their voucher is cancelled');
  await staff.signInAgain();
  const outstanding = async () => {
    const { balances } = await finance.api.call('getFundBalances', { params: { fundId } });
    return Number(balances.find(({ kind }) => kind === 'vouchers_outstanding')?.balance.amount);
  };
  const before = await outstanding();
  for await (const { id, serial, state, amount } of finance.api.all('listVouchers', { params: { listId: list.id } })) {
    if (state !== 'issued') continue;
    const { id: changeId } = await programme.api.call('askVoucherChange', {
      params: { voucherId: id },
      body: { kind: 'cancel', reason: 'The household has left the country' },
    });
    await finance.api.call('confirmVoucherChange', { params: { changeId } });
    stage.check('a colleague confirms it, and the fund owes so much less', before - (await outstanding()), Number(amount.amount));
    return serial;
  }
  throw new Error('nobody is left who could leave');
}
