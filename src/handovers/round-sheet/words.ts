import type { SheetLanguage, StopState } from './types.ts';

/** What a printed sheet says. */
export interface SheetWords {
  readonly title: string;
  readonly visit: string;
  readonly total: string;
  readonly prepared: string;
  readonly rule: string;
  readonly columns: {
    readonly serial: string;
    readonly collector: string;
    readonly beneficiary: string;
    readonly place: string;
    readonly amount: string;
    readonly document: string;
    readonly signature: string;
    readonly witness: string;
  };
  readonly states: Readonly<Record<StopState, string>>;
}

export const sheetWords: Readonly<Record<SheetLanguage, SheetWords>> = {
  ar: {
    title: 'ورقة الجولة',
    visit: 'تاريخ الزيارة',
    total: 'المبلغ المحمول',
    prepared: 'أُعدّت في',
    rule: 'لا تُسلَّم النقود إلا لمن اسمه أدناه، بعد رؤية وثيقته، وبالرمز أو بوصل يوقّعه أمام زميل شاهد. تُتلف هذه الورقة بعد إقفال السلفة.',
    columns: {
      serial: 'المرجع',
      collector: 'يستلم',
      beneficiary: 'لفائدة',
      place: 'المكان',
      amount: 'المبلغ',
      document: 'الوثيقة المعروضة',
      signature: 'توقيع المستلم',
      witness: 'توقيع الشاهد',
    },
    states: {
      to_deliver: 'للتسليم',
      delivered: 'سُلّم',
      paid_elsewhere: 'دُفع في مكان آخر',
      off_round: 'رُفع من الجولة',
      locked: 'مقفل',
      over: 'انتهت صلاحيته',
    },
  },
  fr: {
    title: 'Feuille de tournée',
    visit: 'Visite le',
    total: 'Montant emporté',
    prepared: 'Préparée le',
    rule:
      'L’argent n’est remis qu’aux personnes nommées ici, sur présentation de leur document, contre le code ou un reçu signé devant un collègue ' +
      'témoin. À détruire quand l’avance est close.',
    columns: {
      serial: 'Référence',
      collector: 'Reçoit',
      beneficiary: 'Pour',
      place: 'Lieu',
      amount: 'Montant',
      document: 'Document vu',
      signature: 'Signature',
      witness: 'Signature du témoin',
    },
    states: {
      to_deliver: 'à remettre',
      delivered: 'remis',
      paid_elsewhere: 'payé ailleurs',
      off_round: 'retiré de la tournée',
      locked: 'bloqué',
      over: 'expiré ou annulé',
    },
  },
  en: {
    title: 'Round sheet',
    visit: 'Visit on',
    total: 'Cash carried',
    prepared: 'Prepared at',
    rule:
      'Cash is handed only to those named here, after seeing their document, against the code or a receipt signed before a colleague as witness. ' +
      'Destroy this sheet when the advance is closed.',
    columns: {
      serial: 'Reference',
      collector: 'Collects',
      beneficiary: 'For',
      place: 'Place',
      amount: 'Amount',
      document: 'Document seen',
      signature: 'Signature',
      witness: 'Signature of the witness',
    },
    states: {
      to_deliver: 'to deliver',
      delivered: 'delivered',
      paid_elsewhere: 'paid elsewhere',
      off_round: 'off the round',
      locked: 'locked',
      over: 'expired or cancelled',
    },
  },
};
