import type { ItemOf } from '../support/api-client.ts';
import type { Pilot } from './set-up.ts';
import type { Stage } from './stage.ts';

/** So many minor units for each pay-out that the post may ask for. */
const FEE = 3_000n;

const text = (minor: bigint): string => `${minor / 100n}.${String(minor % 100n).padStart(2, '0')}`;
const minorOf = (amount: string): bigint => BigInt(amount.replace('.', ''));

/** The post sends its invoice, which asks for too much at one office; what agrees is settled, sent to the bank, and paid. @returns the settlement */
export async function settle(
  stage: Stage,
  { staff, administrator, programmeId, fundId, finance, reconciler }: Pilot,
  owed: readonly ItemOf<'listPayables'>[],
  { from, to }: { readonly from: string; readonly to: string },
): Promise<string> {
  const treasurer = await staff.hire(administrator, 'finance_officer', 'Tahar Treasurer', { programmeId });
  const params = { programmeId };
  await treasurer.api.call('setPostTerms', {
    params,
    headers: { 'if-match': '"0"' },
    body: {
      payer: { name: 'An agency', account: 'GB82WEST12345698765432', bic: 'WESTGB2L' },
      payee: { name: 'La poste', account: '00799999000123456789' },
      tariff: { fixed: text(FEE), perMille: '0', minimum: '0' },
      reason: 'Agreement with the post',
    },
  });
  const alone = await treasurer.api.refusal('confirmPostTerms', { params, body: { version: 1 } });
  stage.check('who set where the money goes does not confirm it', alone?.code, 'separation_of_duties');
  await reconciler.api.call('confirmPostTerms', { params, body: { version: 1 } });
  const days: ItemOf<'listOfficeDays'>[] = [];
  for await (const day of reconciler.api.all('listOfficeDays', { params, query: { from, to } })) days.push(day);
  const lines = [...new Set(days.map(({ officeCode }) => officeCode))].map((officeCode, i) => {
    const own = days.filter((day) => day.officeCode === officeCode);
    const count = own.reduce((all, { payouts, voids }) => all + payouts.count - voids.count, 0);
    const principal = own.reduce((all, { payouts, voids }) => all + minorOf(payouts.amount.amount) - minorOf(voids.amount.amount), 0n);
    // The first office asks for one pay-out too many.
    const more = i === 0 ? 1 : 0;
    return { officeCode, count: count + more, principal: principal + BigInt(more) * 1_500_000n, fee: BigInt(count + more) * FEE };
  });
  const billed = lines.filter(({ principal }) => principal > 0n);
  const sum = (field: 'principal' | 'fee') => text(billed.reduce((all, line) => all + line[field], 0n));
  const invoice = await treasurer.api.call('recordPostInvoice', {
    params,
    body: {
      number: 'AP-2026-031',
      issuedOn: to,
      from,
      to,
      currency: 'DZD',
      totals: { payoutCount: billed.reduce((all, { count }) => all + count, 0), principal: sum('principal'), fee: sum('fee') },
      lines: billed.map(({ officeCode, count, principal, fee }) => ({
        officeCode,
        payoutCount: count,
        principal: text(principal),
        fee: text(fee),
      })),
    },
  });
  const sheet = await reconciler.api.call('getPostInvoice', { params: { invoiceId: invoice.id } });
  stage.say(`The post asks for ${invoice.principal.amount} DZD and ${invoice.fee.amount} DZD of fees. What differs:`);
  stage.show(sheet.differences.map(({ difference, lineCount }) => [difference, String(lineCount)]));
  stage.check('what the post asks for too much is found by name', sheet.differences.map(({ difference }) => difference).sort(), [
    'fee_above_tariff',
    'more_payouts',
    'principal_above',
  ]);
  const decision = { decision: 'partly_accepted', reason: 'As far as our pay-outs go' } as const;
  const released = await finance.api.refusal('decidePostInvoice', { params: { invoiceId: invoice.id }, body: decision });
  stage.check('who released a list does not agree to its invoice', released?.code, 'separation_of_duties');
  const agreed = await reconciler.api.call('decidePostInvoice', { params: { invoiceId: invoice.id }, body: decision });
  const body = { fundId, invoiceId: invoice.id, submit: true };
  const own = await finance.api.refusal('draftSettlement', { params, body });
  stage.check('who released a list does not settle it', own?.code, 'separation_of_duties');
  const made = await reconciler.api.call('draftSettlement', { params, body });
  stage.check(
    'what was agreed to is settled, with its fee',
    minorOf(made.amount.amount),
    minorOf(agreed.accepted.principal.amount) + minorOf(agreed.accepted.fee.amount),
  );
  const at = { params: { settlementId: made.id } };
  const self = await reconciler.api.refusal('approveSettlement', at);
  stage.check('who made a settlement does not approve it', self?.code, 'separation_of_duties');
  await treasurer.api.call('approveSettlement', at);
  const setter = await treasurer.api.refusal('instructSettlement', { ...at, body: {} });
  stage.check('who set where the money goes does not send it there', setter?.code, 'separation_of_duties');
  const sent = await reconciler.api.call('instructSettlement', { ...at, body: {} });
  stage.say(`The order to the bank is written: ISO 20022, SHA-256 ${sent.order?.digest.slice(0, 16)}…`);
  const paid = await treasurer.api.call('confirmSettlement', { ...at, body: { bankReference: 'BANK-4801' } });
  stage.say(`${paid.amount.amount} ${paid.amount.currency} paid to the post for ${paid.lines.length} offices.`);
  stage.check('all that is missing is that the bank says so', paid.threeWays.missing, ['bank_line']);
  const twice = await reconciler.api.refusal('draftSettlement', { params, body: { fundId, invoiceId: invoice.id } });
  stage.check('the post is not paid twice', twice !== null, true);
  const left: ItemOf<'listPayables'>[] = [];
  for await (const payable of finance.api.all('listPayables', { params })) left.push(payable);
  stage.check('nothing is left that is owed', [owed.length > 0, left.length], [true, 0]);
  return made.id;
}
