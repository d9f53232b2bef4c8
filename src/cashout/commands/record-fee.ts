import { brokenConstraint, command, type Db, Money, newId, placesWrong, problem, type Text } from '../../platform/index.ts';
import { amountAboveZero } from '../amounts.ts';
import { feeBeyond, postFee } from '../posting-fees.ts';
import { feeById, fundCurrency, paidByOffice } from '../store/fees.ts';
import type { NewPostFee, PostFee } from '../types.ts';
import { say } from '../words/index.ts';

/**
 * Records what the post asks for its work in a period, and posts it: for one office or, without one, for the programme, in shares of what
 * each office paid from the fund in those days.
 * @throws not_found when the programme has no such fund; unprocessable for an amount, a period or an office that cannot be, and when no
 *   office paid anything to share the invoice by; conflict when the reference was recorded before; fee_beyond_share and fee_beyond_fund
 *   when the fund does not give that much
 */
export const recordFee = command<NewPostFee & { readonly programmeId: string }, PostFee>({
  name: 'cashout.record_fee',
  async scope(db, { programmeId, fundId }) {
    await currencyOf(db, programmeId, fundId);
    return { programme: programmeId, fund: fundId };
  },
  async run({ tx, actor, now }, input) {
    const { programmeId, fundId, reference } = input;
    const currency = await currencyOf(tx, programmeId, fundId);
    const amount = readAmount(input, currency);
    const weights = input.officeId ? [{ officeId: input.officeId, paid: amount }] : await paidByOffice(tx, fundId, input, currency);
    if (weights.length === 0) throw invalid('/officeId', say('fee_office_missing'));
    const parts = amount.splitBy(weights.map(({ paid }) => paid));
    const shares = weights.flatMap(({ officeId }, i) => {
      const part = parts[i];
      return part && !part.isZero ? [{ id: newId(), officeId, amount: part }] : [];
    });
    const fee = { id: newId(), programmeId, fundId, reference, from: input.from, to: input.to, amount, by: actor.id, at: now };
    await postFee(tx, fee, shares).catch((error) => {
      throw refusalOf(brokenConstraint(error)) ?? error;
    });
    const result = await feeById(tx, fee.id);
    return { result, subject: { type: 'post_fee', id: fee.id }, after: result };
  },
});

async function currencyOf(db: Db, programmeId: string, fundId: string): Promise<string> {
  const currency = await fundCurrency(db, programmeId, fundId);
  if (!currency) throw problem.not_found('There is no such record.');
  return currency;
}

const invalid = (pointer: string, detail: Text) => placesWrong([{ pointer, detail }]);

function readAmount({ amount, from, to }: NewPostFee, currency: string): Money {
  if (to < from) throw invalid('/to', say('fee_ends_too_early', { from }));
  if (amount.currency !== currency) throw invalid('/amount/currency', say('fee_in_other_currency', { currency }));
  const read = amountAboveZero(amount.amount, currency);
  if (!(read instanceof Money)) throw invalid('/amount/amount', read);
  return read;
}

function refusalOf(constraint: string | undefined) {
  switch (constraint) {
    case 'post_fees_reference_once':
      return problem.conflict(say('fee_recorded'));
    case 'post_fees_once':
      return problem.conflict(say('fee_of_settlement'));
    case 'post_fee_shares_office_id_fkey':
      return invalid('/officeId', say('fee_office_unknown'));
    default:
      return feeBeyond(constraint);
  }
}
