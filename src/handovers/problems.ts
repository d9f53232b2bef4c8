import { defineProblems, type Problem } from '../platform/index.ts';
import type { Advance } from './types.ts';
import { say, stateSaid } from './words.ts';

export const handoverProblem = defineProblems({
  advance_not_out: [409, 'The cash of this advance is not out', 'L’argent de cette avance n’est pas sorti', 'مال هذه السلفة لم يخرج'],
  advance_decided: [409, 'The advance is decided already', 'L’avance est déjà décidée', 'تقرّر أمر السلفة من قبل'],
  advance_used_up: [409, 'Not that much is left of the advance', 'Il ne reste pas autant de l’avance', 'لم يبق من السلفة هذا القدر'],
  advance_not_at_zero: [409, 'An advance is closed at zero', 'Une avance est close à zéro', 'تُغلق السلفة عند الصفر'],
  advance_unwitnessed: [
    409,
    'A witness has not confirmed a delivery',
    'Un témoin n’a pas confirmé une remise',
    'لم يؤكد شاهد إحدى عمليات التسليم',
  ],
  nothing_lost: [409, 'Nothing is missing', 'Rien ne manque', 'لا ينقص شيء'],
  loss_unreported: [409, 'Nobody has reported a loss', 'Personne n’a signalé de perte', 'لم يبلّغ أحد عن ضياع'],
  loss_beyond_fund: [
    409,
    'The fund does not hold enough to bear the loss',
    'Le fonds ne contient pas assez pour supporter la perte',
    'ليس في الصندوق ما يكفي لتحمّل الضياع',
  ],
  delivered_already: [409, 'The voucher was delivered already', 'Le bon a déjà été remis', 'سُلّمت القسيمة من قبل'],
  delivery_decided: [409, 'This was said of the delivery already', 'Cela a déjà été dit de cette remise', 'قيل هذا عن التسليم من قبل'],
  not_on_round: [422, 'The voucher is not on this round', 'Le bon n’est pas de cette tournée', 'القسيمة ليست في هذه الجولة'],
});

/** An advance is in a state in which this is done no more. */
export const alreadyDecided = ({ state }: Pick<Advance, 'state'>): Problem =>
  handoverProblem.advance_decided(say('advance_decided', { state: stateSaid[state] }), { state });
