import { defineTexts } from '../platform/index.ts';

const english = {
  erasure_pending: 'Do what "errors" says, then try again. Nothing was erased.',
  erasure_money_on_way: 'Money was put on its way to this person at this very moment. Nothing was erased.',
  erased_already: 'This person was erased already.',
  erasure_of_merged: 'This record was merged into another. Ask for that one: all records of a person are erased together.',
  erasure_asked: 'Somebody has asked for this already. Confirm or withdraw that.',
  erasure_decided: 'This was decided already.',
  erasure_merged_since: 'The record was merged since. Withdraw this, and ask for the record that goes on.',
  live_voucher: 'Voucher {about} can still be paid. Wait until it is paid, has expired or was cancelled.',
  on_live_list: 'Payment list {about} is not released yet. Release or cancel it first.',
  unreconciled_payout: 'Pay-out {about} is in no statement of the post yet. Reconcile it first.',
  open_exception: 'Exception {about} is open. Resolve it first.',
  open_duplicate: 'Nobody has decided whether {about} is the same person. Decide the pair first.',
  keep_days_between: 'Give {least} to {most} days.',
  kept_alike: 'This is kept alike for all programmes.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  erasure_pending: 'Faites ce que dit « errors », puis réessayez. Rien n’a été effacé.',
  erasure_money_on_way: 'De l’argent vient d’être mis en route vers cette personne. Rien n’a été effacé.',
  erased_already: 'Cette personne a déjà été effacée.',
  erasure_of_merged:
    'Ce dossier a été fusionné dans un autre. Demandez pour celui-là : tous les dossiers d’une personne sont effacés ensemble.',
  erasure_asked: 'Quelqu’un l’a déjà demandé. Confirmez ou retirez cette demande.',
  erasure_decided: 'C’est déjà décidé.',
  erasure_merged_since: 'Le dossier a été fusionné depuis. Retirez cette demande, et demandez pour le dossier qui continue.',
  live_voucher: 'Le bon {about} peut encore être payé. Attendez qu’il soit payé, expiré ou annulé.',
  on_live_list: 'La liste de paiement {about} n’est pas encore libérée. Libérez-la ou annulez-la d’abord.',
  unreconciled_payout: 'Le paiement {about} n’est encore dans aucun relevé de la poste. Rapprochez-le d’abord.',
  open_exception: 'L’écart {about} est ouvert. Résolvez-le d’abord.',
  open_duplicate: 'Personne n’a décidé si {about} est la même personne. Décidez d’abord de la paire.',
  keep_days_between: 'Donnez de {least} à {most} jours.',
  kept_alike: 'Ceci se conserve de même pour tous les programmes.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  erasure_pending: 'افعل ما في "errors" ثم حاول من جديد. لم يُمحَ شيء.',
  erasure_money_on_way: 'أُرسل مال إلى هذا الشخص في هذه اللحظة. لم يُمحَ شيء.',
  erased_already: 'مُحي هذا الشخص من قبل.',
  erasure_of_merged: 'دُمج هذا السجل في سجل آخر. اطلب محو ذلك السجل: سجلات الشخص تُمحى كلها معًا.',
  erasure_asked: 'طلب شخص هذا من قبل. أكّد ذلك الطلب أو اسحبه.',
  erasure_decided: 'تقرّر هذا من قبل.',
  erasure_merged_since: 'دُمج السجل منذ ذلك الحين. اسحب هذا، واطلب محو السجل الباقي.',
  live_voucher: 'ما زال يمكن صرف القسيمة {about}. انتظر حتى تُصرف أو تنتهي أو تُلغى.',
  on_live_list: 'لم تُصرف قائمة الدفع {about} بعد. اصرفها أو ألغها أولًا.',
  unreconciled_payout: 'الصرف {about} ليس بعد في أي كشف من البريد. طابقه أولًا.',
  open_exception: 'الفرق {about} مفتوح. عالجه أولًا.',
  open_duplicate: 'لم يقرّر أحد هل {about} هو الشخص نفسه. قرّر أولًا في الزوج.',
  keep_days_between: 'أعط من {least} إلى {most} يومًا.',
  kept_alike: 'يُحفظ هذا بالطريقة نفسها لكل البرامج.',
};

/** What is said of erasing people, and of how long what is kept. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });
