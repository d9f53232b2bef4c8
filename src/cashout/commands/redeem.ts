import { canonicalJson, command } from '../../platform/index.ts';
import type { Payout, Redemption } from '../types.ts';
import { handOver } from './handing-over.ts';
import { recognise } from './recognising.ts';

/**
 * Hands over the cash of one voucher, once, in one call: the voucher, the pay-out, the posting, the audit event and the answer to the request
 * are one transaction.
 * @throws as {@link recognise} and {@link handOver}; already_paid says when and where
 */
export const redeemVoucher = command<Redemption, Payout>({
  name: 'cashout.redeem',
  scope: (_db, { officeId }) => ({ office: officeId }),
  claims: ({ locator }) => [canonicalJson(locator)],
  async run(context, redemption) {
    const found = await recognise(context, redemption);
    return 'wrong' in found ? found.wrong : handOver(context, found, redemption);
  },
});
