import type { Language } from '../../platform/index.ts';

/** What a receipt says. It names no agency, programme, nationality or aid: whoever finds one learns that somebody was paid at the post. */
export interface ReceiptWords {
  readonly title: string;
  readonly copy: string;
  readonly voided: string;
  readonly slips: readonly [person: string, office: string];
  readonly office: string;
  readonly serial: string;
  readonly amount: string;
  readonly date: string;
  readonly document: string;
  readonly agent: string;
  readonly signature: string;
}

export const receiptWords: Readonly<Record<Language, ReceiptWords>> = {
  ar: {
    title: 'وصل استلام',
    copy: 'نسخة طبق الأصل',
    voided: 'ملغى',
    slips: ['للمستلم', 'للمكتب'],
    office: 'المكتب',
    serial: 'المرجع',
    amount: 'المبلغ',
    date: 'التاريخ',
    document: 'آخر أربعة رموز من الوثيقة',
    agent: 'رقم العون',
    signature: 'التوقيع',
  },
  fr: {
    title: 'Reçu',
    copy: 'DUPLICATA',
    voided: 'ANNULÉ',
    slips: ['Exemplaire de la personne', 'Exemplaire du bureau'],
    office: 'Bureau',
    serial: 'Référence',
    amount: 'Montant',
    date: 'Date',
    document: 'Document, quatre derniers caractères',
    agent: 'Agent n°',
    signature: 'Signature',
  },
  en: {
    title: 'Receipt',
    copy: 'COPY',
    voided: 'VOID',
    slips: ['For the person', 'For the office'],
    office: 'Office',
    serial: 'Reference',
    amount: 'Amount',
    date: 'Date',
    document: 'Document, last four characters',
    agent: 'Agent no.',
    signature: 'Signature',
  },
};
