import { defineProblems, type Problem } from '../platform/index.ts';

export const reconciliationProblem = defineProblems({
  unreadable_statement: [
    422,
    'The statement has cells that cannot be read',
    'Le relevé a des cellules illisibles',
    'في الكشف خلايا لا يمكن قراءتها',
  ],
  imported_otherwise: [
    409,
    'The same file was taken in otherwise before',
    'Le même fichier a déjà été importé autrement',
    'أُدخل الملف نفسه بطريقة أخرى من قبل',
  ],
  statement_in_use: [409, 'Something rests on the statement', 'Quelque chose repose sur le relevé', 'يقوم شيء على هذا الكشف'],
  settlement_exceeds_payable: [422, 'The post is owed less than this', 'On doit moins que cela à la poste', 'المستحق للبريد أقل من هذا'],
  settlement_beyond_limit: [403, 'The amount is above your limit', 'Le montant dépasse votre limite', 'المبلغ فوق حدّك'],
  claimed_by_settlement: [
    409,
    'A settlement with the post claims this',
    'Un règlement avec la poste le réclame',
    'تسوية مع البريد تطالب بهذا',
  ],
  no_post_terms: [409, 'It is not known where the money goes', 'On ne sait pas où va l’argent', 'لا يُعرف إلى أين يذهب المال'],
});

/** The refusal of what would leave the post owed less than settlements on their way claim; undefined for any other constraint. */
export const settlementRefusal = (constraint: string): Problem | undefined =>
  constraint === 'settlements_still_owed'
    ? reconciliationProblem.claimed_by_settlement(
        'Nothing was changed. Cancel the settlement of this office first, or wait until it is paid.',
      )
    : constraint === 'journal_entries_fee_settled'
      ? reconciliationProblem.claimed_by_settlement(
          'Nothing was changed. A settlement asks for this fee, or has paid it: cancel it while it is not paid.',
        )
      : undefined;
