import { brokenConstraint, defineProblems, type Problem, placesWrong, problem } from '../../platform/index.ts';

export const exceptionProblem = defineProblems({
  exception_settled: [409, 'The exception is not open', 'L’exception n’est pas ouverte', 'الاستثناء غير مفتوح'],
  decision_waits: [409, 'A proposal waits for approval', 'Une proposition attend l’approbation', 'اقتراح ينتظر الموافقة'],
  decision_decided: [409, 'The proposal was decided', 'La proposition a été décidée', 'تقرّر أمر الاقتراح'],
  exceeds_stake: [422, 'More than is at stake', 'Plus que ce qui est en jeu', 'أكثر من المبلغ المعني'],
  claim_ended: [409, 'No such claim is open', 'Aucune réclamation de ce genre n’est ouverte', 'لا توجد مطالبة مفتوحة كهذه'],
  voucher_collectable: [409, 'The voucher can still be collected', 'Le bon peut encore être retiré', 'ما زال يمكن صرف القسيمة'],
  listed_since: [409, 'A statement lists the pay-out', 'Un relevé contient le paiement', 'يظهر هذا الدفع في كشف'],
  fund_short: [409, 'The fund does not hold as much', 'Le fonds ne contient pas autant', 'ليس في الصندوق هذا القدر'],
  owner_unfit: [422, 'This person cannot resolve it', 'Cette personne ne peut pas la résoudre', 'لا يستطيع هذا الشخص حله'],
});

const misfit = (pointer: string, detail: string): Problem => placesWrong([{ pointer, detail }]);

/** What each constraint says about what somebody proposed or approved. */
const byConstraint: Readonly<Record<string, () => Problem>> = {
  exception_decisions_one_waiting: () =>
    exceptionProblem.decision_waits('Somebody else has proposed something. Approve or refuse that first.'),
  exception_decisions_one_standing: () => exceptionProblem.exception_settled('It was resolved meanwhile.'),
  exception_decisions_one_ending: () => exceptionProblem.claim_ended('The claim has ended already.'),
  exception_decisions_fit_claim: () => exceptionProblem.claim_ended('A claim that is open ends whole. Read the exception again.'),
  exception_decisions_fit_kind: () => misfit('/resolution', 'An exception of this kind is not resolved so.'),
  exception_decisions_fit_fund: () => misfit('/fundId', 'Name the fund that the cash was of, in its currency.'),
  exception_decisions_fit_line: () =>
    misfit('/officeId', 'Only a line of money that left is written off, in its currency: the post’s at an office, the bank’s at none.'),
  exception_decisions_fit_payout: () =>
    misfit('/resolution', 'Only a pay-out that stands is claimed, and from the post only one that was made at an office.'),
  exception_decisions_amount: () => misfit('/amount', 'An amount above zero, with no more digits than its currency has.'),
  exception_decisions_at_stake: () => exceptionProblem.exceeds_stake('Propose what the exception shows, or less.'),
  exception_decisions_within_line: () => exceptionProblem.exceeds_stake('With what was written off before it is more than the line is of.'),
  exception_decisions_not_matched: () =>
    exceptionProblem.exceeds_stake(
      'The line is matched with records of ours, which are in the books. Take the match apart first, or write off what it is of beyond them.',
    ),
  exception_decisions_whole_line: () => misfit('/resolution', 'Only a line of the bank is resolved so, whole and in its currency.'),
  exception_decisions_not_of_ours: () =>
    misfit('/resolution', 'The line takes back one that is matched with records of ours. Take that match apart first.'),
  exception_decisions_fit_settlement: () =>
    misfit(
      '/resolution',
      'Only a settlement that is paid comes back, once and whole, by a line of the bank that takes back its own or quotes it.',
    ),
  settlements_within_owed: () => problem.conflict('What the bank had sent back was settled anew since. Call that off first.'),
  exception_decisions_within_payout: () => exceptionProblem.exceeds_stake('With what was claimed before it is more than was paid out.'),
  exception_decisions_not_listed: () =>
    exceptionProblem.listed_since(
      'A statement lists the pay-out by now, so there is nothing to claim. Refuse what waits, and resolve the exception without posting anything.',
    ),
  exception_decisions_voucher_dead: () =>
    exceptionProblem.voucher_collectable('Cancel the voucher first, or it would be paid twice. Then propose this again.'),
  accounts_not_overdrawn: () =>
    exceptionProblem.fund_short('The money is committed or paid out. Return it to the fund first: cancel lists that wait for it.'),
  exceptions_of_standing: () => exceptionProblem.exception_settled('The statement that showed it was withdrawn.'),
  exceptions_told_once: () =>
    exceptionProblem.exception_settled('The same was told again since and has an exception of its own. Deal with that one.'),
};

/** Does something that the database may refuse by a rule of exceptions, and says then which. */
export const heldToRules = async <Result>(work: Promise<Result>): Promise<Result> => {
  try {
    return await work;
  } catch (error) {
    throw byConstraint[brokenConstraint(error) ?? '']?.() ?? error;
  }
};
