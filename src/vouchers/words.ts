import type { components } from '../contract/api.ts';
import { defineTexts, type Said } from '../platform/index.ts';

const english = {
  voucher_not_payable: 'The voucher is {state}. Only one that can still be paid is changed.',
  voucher_past_change: 'The voucher is {state}. Read it again, and withdraw what was asked if it is no longer wanted.',
  voucher_change_open: 'Confirm it or withdraw it first.',
  voucher_change_decided: 'It was confirmed or withdrawn before.',
  voucher_last_day_unfit: 'The voucher cannot be good until then.',
  voucher_last_day_too_early: 'Later than {day}, its last day now.',
  voucher_last_day_too_late: 'Not after {day}.',
} as const;

const french: Readonly<Record<keyof typeof english, string>> = {
  voucher_not_payable: 'Le bon est {state}. On ne modifie qu’un bon qui peut encore être payé.',
  voucher_past_change: 'Le bon est {state}. Lisez-le de nouveau, et retirez ce qui a été demandé si ce n’est plus voulu.',
  voucher_change_open: 'Confirmez ou retirez d’abord cette demande.',
  voucher_change_decided: 'Cela a déjà été confirmé ou retiré.',
  voucher_last_day_unfit: 'Le bon ne peut pas être valable jusque-là.',
  voucher_last_day_too_early: 'Plus tard que le {day}, son dernier jour actuel.',
  voucher_last_day_too_late: 'Pas après le {day}.',
};

const arabic: Readonly<Record<keyof typeof english, string>> = {
  voucher_not_payable: 'القسيمة {state}. لا تُغيَّر إلا قسيمة يمكن دفعها بعد.',
  voucher_past_change: 'القسيمة {state}. اقرأها من جديد، واسحب ما طُلب إن لم يعد مطلوبًا.',
  voucher_change_open: 'أكّد الطلب أو اسحبه أولًا.',
  voucher_change_decided: 'أُكّد الطلب أو سُحب من قبل.',
  voucher_last_day_unfit: 'لا يمكن أن تصلح القسيمة إلى ذلك اليوم.',
  voucher_last_day_too_early: 'بعد {day}، وهو آخر أيامها الآن.',
  voucher_last_day_too_late: 'ليس بعد {day}.',
};

/** What is said of vouchers outside a counter. */
export const say = defineTexts({ en: english, fr: french, ar: arabic });

/** The states of a voucher, in each language. */
export const stateSaid: Readonly<Record<components['schemas']['VoucherState'], Said>> = {
  issued: { en: 'issued', fr: 'émis', ar: 'صادرة' },
  activated: { en: 'activated', fr: 'activé', ar: 'مفعّلة' },
  redeemed: { en: 'paid', fr: 'payé', ar: 'مدفوعة' },
  locked: { en: 'locked', fr: 'bloqué', ar: 'مقفلة' },
  expired: { en: 'expired', fr: 'expiré', ar: 'منتهية الصلاحية' },
  cancelled: { en: 'cancelled', fr: 'annulé', ar: 'ملغاة' },
};
