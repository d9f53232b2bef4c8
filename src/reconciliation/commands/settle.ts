import { post } from '../../ledger/index.ts';
import { brokenConstraint, command, Money, newId, type ProblemPlace, problem } from '../../platform/index.ts';
import { reconciliationProblem } from '../problems.ts';
import { fundCurrency, insertSettlements, lockSettlements, type Payable, payablesOf, type Settlement } from '../store/settlements.ts';
import type { Stated } from '../types.ts';

export interface NewSettlement {
  readonly programmeId: string;
  readonly fundId: string;
  /** The bank's reference of the transfer. */
  readonly reference: string;
  readonly items: readonly { readonly officeId: string; readonly amount: Stated }[];
}

export interface Settled {
  readonly fundId: string;
  readonly reference: string;
  readonly items: { readonly id: string; readonly officeId: string; readonly amount: Stated }[];
  readonly total: Stated;
}

/**
 * Records what was paid to the post for some offices, and posts it.
 * @throws not_found when the programme has no such fund; unprocessable for amounts that cannot be read or an office named twice;
 *   settlement_exceeds_payable, naming each office, when more is paid than is owed; conflict when the reference was used before
 */
export const settle = command<NewSettlement, Settled>({
  name: 'reconciliation.settle',
  async scope(db, { programmeId, fundId }) {
    if (!(await fundCurrency(db, programmeId, fundId))) throw problem.not_found('There is no such record.');
    return { programme: programmeId, fund: fundId };
  },
  async run({ tx, actor, now }, { programmeId, fundId, reference, items }) {
    const currency = (await fundCurrency(tx, programmeId, fundId)) ?? '';
    const settlements = readItems(items, currency);
    await lockSettlements(tx, fundId);
    refuseOverpayment(
      settlements,
      await payablesOf(
        tx,
        fundId,
        settlements.map(({ officeId }) => officeId),
      ),
      currency,
    );
    try {
      await insertSettlements(tx, { programmeId, fundId, reference, by: actor.id, at: now }, settlements);
    } catch (error) {
      if (brokenConstraint(error) !== 'settlements_fund_id_office_id_reference_key') throw error;
      throw problem.conflict(`The reference ${reference} has settled one of these offices already.`);
    }
    await post(
      tx,
      now,
      settlements.map(({ id, officeId, amount }) => ({
        event: 'settlement',
        programmeId,
        fundId,
        subject: { type: 'settlement', id },
        amount,
        officeId,
      })),
    );
    const result: Settled = {
      fundId,
      reference,
      items: settlements.map(({ amount, ...item }) => ({ ...item, amount: amount.toJSON() })),
      total: Money.sum(
        settlements.map(({ amount }) => amount),
        currency,
      ).toJSON(),
    };
    const others = settlements.map(({ id, officeId, amount }) => ({
      subject: { type: 'settlement', id },
      scope: { programme: programmeId, fund: fundId, office: officeId },
      after: { reference, amount: amount.toJSON() },
    }));
    return { result, subject: { type: 'fund', id: fundId }, after: result, others };
  },
});

function readItems(items: NewSettlement['items'], currency: string): Settlement[] {
  const faults: ProblemPlace[] = [];
  const settlements = items.map(({ officeId, amount }, i): Settlement => {
    if (items.findIndex((other) => other.officeId === officeId) < i) {
      faults.push({ pointer: `/items/${i}/officeId`, detail: 'The office is named twice. Add the amounts up.' });
    }
    let read = Money.zero(currency);
    if (amount.currency !== currency) {
      faults.push({ pointer: `/items/${i}/amount/currency`, detail: `The fund is in ${currency}.` });
    } else {
      try {
        read = Money.of(amount.amount, currency);
        if (read.isZero || read.isNegative) faults.push({ pointer: `/items/${i}/amount/amount`, detail: 'An amount above zero.' });
      } catch (error) {
        faults.push({ pointer: `/items/${i}/amount/amount`, detail: (error as Error).message });
      }
    }
    return { id: newId(), officeId, amount: read };
  });
  if (faults.length > 0) throw problem.unprocessable('The settlement breaks a rule.', {}, faults);
  return settlements;
}

function refuseOverpayment(settlements: readonly Settlement[], payables: readonly Payable[], currency: string): void {
  const byOffice = new Map(payables.map((payable) => [payable.officeId, payable]));
  const faults = settlements.flatMap(({ officeId, amount }, i): ProblemPlace[] => {
    const payable = byOffice.get(officeId);
    const owed = Money.of(payable?.owed.amount ?? '0', currency);
    if (amount.compare(owed) <= 0) return [];
    const office = payable ? `Office ${payable.officeCode}` : 'This office';
    return [{ pointer: `/items/${i}/amount`, detail: `${office} is owed ${owed} ${currency}, not ${amount}.` }];
  });
  if (faults.length > 0)
    throw reconciliationProblem.settlement_exceeds_payable('Nothing was settled. Pay what is owed or less.', {}, faults);
}
