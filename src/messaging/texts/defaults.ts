import type { Language, TextKind } from './types.ts';

// A phone is read by whoever holds it: no agency, programme, nationality, nor what the money is for. French and English keep to
// the letters of GSM 03.38, so that a message is one segment.

/** The texts that are shipped, for whoever has written none of their own. */
export const defaults: Readonly<Record<TextKind, Readonly<Record<Language, string>>>> = {
  code: {
    ar: 'رمزك: {code}. المبلغ: {amount} {currency}. المرجع: {serial}. اسحبه من مكتب البريد إلى غاية {until}. لا تعط الرمز إلا لموظف الشباك.',
    fr:
      'Votre code : {code}. Montant : {amount} {currency}. Réf. {serial}. ' +
      "Retrait au bureau de poste jusqu'au {until}. Ne donnez ce code qu'au guichetier.",
    en:
      'Your code: {code}. Amount: {amount} {currency}. Ref. {serial}. ' +
      'Collect it at a post office until {until}. Give this code only to the paying clerk.',
  },
  reminder: {
    ar: 'تذكير: المرجع {serial} ينتظرك {office} إلى غاية {until}. استعمل الرمز الذي وصلك من قبل.',
    fr: "Rappel : la réf. {serial} vous attend {office} jusqu'au {until}. Utilisez le code du premier message.",
    en: 'Reminder: ref. {serial} waits for you {office} until {until}. Use the code that you were sent before.',
  },
  proof: {
    ar: 'رمزك: {code}. صالح لمدة 15 دقيقة. لا تعطه لأحد.',
    fr: 'Votre code : {code}. Valable 15 minutes. Ne le donnez à personne.',
    en: 'Your code: {code}. It is good for 15 minutes. Give it to nobody.',
  },
};
