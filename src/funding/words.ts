import { defineTexts } from '../platform/index.ts';

const english = {
  amount_not_above_zero: 'Give an amount above zero.',
  amount_impossible: 'This amount cannot be.',
  day_to_come: 'That day has not come yet.',
  day_up_to: 'Give a day up to {today}.',
  fund_ends_early: 'A fund ends on or after the day it starts.',
  share_not_above_zero: 'Give a share above zero. To leave a fund out, name the others when you build a list.',
  rate_of_one_currency: 'A rate is between two currencies.',
  rate_not_above_zero: 'A rate is above zero.',
  rate_too_early: 'A rate is recorded {days} days ahead at most.',
  rate_none: 'No rate from {from} to {to} is recorded for {day} or any day before. Record one, with its source, and try again.',
  currency_or_rate: 'Use {currency}, or record a rate first.',
  worth_nothing: "At that day's rate this is worth nothing in {currency}.",
  amount_larger: 'Give a larger amount.',
  transfer_recorded: 'This transfer has been recorded already.',
  conversion_recorded: 'This conversion has been recorded already.',
  conversion_currency: 'Money is converted into the currency of its fund.',
  currency_of_fund: 'Use {currency}.',
  fund_holds: 'The fund holds {held} {currency}.',
  conversion_beyond_fund: 'No more can be converted than the fund holds. Record the contribution first.',
  loss_not_covered_by_fund:
    'This conversion loses {loss} {currency}, and the fund has less than that left that is not committed. Return money to the fund or record a further contribution first.',
  agreement_taken: 'There is a fund under this agreement already.',
  wilaya_none: 'There is no such wilaya.',
  wilaya_digits: 'Use the two digits of a wilaya that is loaded, such as 16.',
  fund_changed: 'Somebody changed the fund meanwhile. Read it again.',
  converted_since: '{currency} of this fund was converted since. Reverse the later conversions first, the last one first.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  amount_not_above_zero: 'Donnez un montant supérieur à zéro.',
  amount_impossible: 'Ce montant n’est pas possible.',
  day_to_come: 'Ce jour n’est pas encore venu.',
  day_up_to: 'Donnez un jour jusqu’au {today}.',
  fund_ends_early: 'Un fonds finit le jour où il commence, ou plus tard.',
  share_not_above_zero: 'Donnez une part supérieure à zéro. Pour laisser un fonds de côté, nommez les autres en établissant une liste.',
  rate_of_one_currency: 'Un taux se donne entre deux monnaies.',
  rate_not_above_zero: 'Un taux est supérieur à zéro.',
  rate_too_early: 'Un taux s’enregistre au plus {days} jours à l’avance.',
  rate_none:
    'Aucun taux de {from} en {to} n’est enregistré pour le {day} ni pour un jour d’avant. Enregistrez-en un, avec sa source, et réessayez.',
  currency_or_rate: 'Utilisez {currency}, ou enregistrez d’abord un taux.',
  worth_nothing: 'Au taux de ce jour, cela ne vaut rien en {currency}.',
  amount_larger: 'Donnez un montant plus grand.',
  transfer_recorded: 'Ce virement a déjà été enregistré.',
  conversion_recorded: 'Cette conversion a déjà été enregistrée.',
  conversion_currency: 'L’argent est converti dans la monnaie de son fonds.',
  currency_of_fund: 'Utilisez {currency}.',
  fund_holds: 'Le fonds détient {held} {currency}.',
  conversion_beyond_fund: 'On ne peut pas convertir plus que ce que le fonds détient. Enregistrez d’abord la contribution.',
  loss_not_covered_by_fund:
    'Cette conversion fait perdre {loss} {currency}, et il reste moins que cela de non engagé dans le fonds. Rendez d’abord de l’argent au fonds, ou enregistrez une autre contribution.',
  agreement_taken: 'Il y a déjà un fonds sous cet accord.',
  wilaya_none: 'Cette wilaya n’existe pas.',
  wilaya_digits: 'Utilisez les deux chiffres d’une wilaya connue, comme 16.',
  fund_changed: 'Quelqu’un a modifié le fonds entre-temps. Lisez-le de nouveau.',
  converted_since:
    'De l’argent de ce fonds en {currency} a été converti depuis. Contrepassez d’abord les conversions suivantes, en commençant par la dernière.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  amount_not_above_zero: 'أعط مبلغًا أكبر من الصفر.',
  amount_impossible: 'هذا المبلغ غير ممكن.',
  day_to_come: 'لم يأت هذا اليوم بعد.',
  day_up_to: 'أعط يومًا لا يتجاوز {today}.',
  fund_ends_early: 'ينتهي الصندوق في يوم بدئه أو بعده.',
  share_not_above_zero: 'أعط حصة أكبر من الصفر. ولترك صندوق جانبًا، سمّ الصناديق الأخرى عند إعداد القائمة.',
  rate_of_one_currency: 'سعر الصرف يكون بين عملتين.',
  rate_not_above_zero: 'سعر الصرف أكبر من الصفر.',
  rate_too_early: 'يُسجَّل سعر الصرف قبل يومه بمدة أقصاها {days} من الأيام.',
  rate_none: 'لا سعر صرف مسجّل من {from} إلى {to} ليوم {day} ولا لما قبله. سجّل سعرًا مع مصدره ثم حاول من جديد.',
  currency_or_rate: 'استعمل {currency}، أو سجّل سعر صرف أولًا.',
  worth_nothing: 'بسعر ذلك اليوم لا يساوي هذا شيئًا بعملة {currency}.',
  amount_larger: 'أعط مبلغًا أكبر.',
  transfer_recorded: 'سُجّل هذا التحويل من قبل.',
  conversion_recorded: 'سُجّل تحويل العملة هذا من قبل.',
  conversion_currency: 'تُحوَّل الأموال إلى عملة صندوقها.',
  currency_of_fund: 'استعمل {currency}.',
  fund_holds: 'في الصندوق {held} {currency}.',
  conversion_beyond_fund: 'لا يمكن تحويل أكثر مما في الصندوق. سجّل المساهمة أولًا.',
  loss_not_covered_by_fund:
    'يخسر تحويل العملة هذا {loss} {currency}، وما بقي في الصندوق غير ملتزم به أقل من ذلك. أعد أولًا مالًا إلى الصندوق، أو سجّل مساهمة أخرى.',
  agreement_taken: 'يوجد صندوق بهذا الاتفاق من قبل.',
  wilaya_none: 'لا توجد ولاية كهذه.',
  wilaya_digits: 'استعمل رقمي ولاية معروفة، مثل 16.',
  fund_changed: 'غيّر شخص آخر الصندوق في هذه الأثناء. اقرأه من جديد.',
  converted_since: 'حُوّل مال من هذا الصندوق بعملة {currency} منذ ذلك الحين. اعكس التحويلات اللاحقة أولًا، بدءًا بآخرها.',
};

/** What is said of funds, contributions and exchange. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });
