/** The languages that people are written to in. */
export type Language = 'ar' | 'fr' | 'en';

/** What a message about a code says. All in European digits. */
export interface CodeMessage {
  readonly code: string;
  readonly amount: string;
  readonly currency: string;
  readonly serial: string;
  /** The last day on which it is paid. */
  readonly until: string;
}

// A phone is read by whoever holds it: no agency, programme, nationality, nor what the money is for. French and English keep to
// the letters of GSM 03.38, so that a message is one segment.
const templates: Readonly<Record<Language, string>> = {
  ar: 'رمزك: {code}. المبلغ: {amount} {currency}. المرجع: {serial}. اسحبه من مكتب البريد إلى غاية {until}. لا تعط الرمز إلا لموظف الشباك.',
  fr:
    'Votre code : {code}. Montant : {amount} {currency}. Réf. {serial}. ' +
    "Retrait au bureau de poste jusqu'au {until}. Ne donnez ce code qu'au guichetier.",
  en:
    'Your code: {code}. Amount: {amount} {currency}. Ref. {serial}. ' +
    'Collect it at a post office until {until}. Give this code only to the paying clerk.',
};

const proofs: Readonly<Record<Language, string>> = {
  ar: 'رمزك: {code}. صالح لمدة 15 دقيقة. لا تعطه لأحد.',
  fr: 'Votre code : {code}. Valable 15 minutes. Ne le donnez à personne.',
  en: 'Your code: {code}. It is good for 15 minutes. Give it to nobody.',
};

/** Left-to-right isolate and its end: they keep digits in order within right-to-left text (Unicode UAX #9). */
const isolated = (value: string): string => `\u2066${value}\u2069`;

/** The text that carries a code. It holds the secret itself: it goes to the gateway and nowhere else. */
export function renderCode(language: Language, message: CodeMessage): string {
  return templates[language].replaceAll(/\{(\w+)\}/g, (_match, name: keyof CodeMessage) =>
    language === 'ar' ? isolated(message[name]) : message[name],
  );
}

/** The text that carries the code by which somebody proves that a telephone is theirs. */
export const renderProof = (language: Language, code: string): string =>
  proofs[language].replace('{code}', language === 'ar' ? isolated(code) : code);
