import type { AccountKind } from './types.ts';

/** How an account is written in the books: its code, its names, and on which side it stands when it holds something. */
export interface ChartLine {
  readonly code: string;
  readonly names: { readonly ar: string; readonly fr: string; readonly en: string };
  readonly side: 'debit' | 'credit';
}

/** The chart of accounts, the same for every fund: 1 is where money is, 2 is whom it is for. */
export const chart: Readonly<Record<AccountKind, ChartLine>> = {
  bank: { code: '1010', side: 'debit', names: { ar: 'البنك', fr: 'Banque', en: 'Bank' } },
  advances: {
    code: '1020',
    side: 'debit',
    names: { ar: 'سلف الأعوان الميدانيين', fr: 'Avances aux agents de terrain', en: 'Advances to field officers' },
  },
  exchange: { code: '1030', side: 'debit', names: { ar: 'صرف العملات', fr: 'Change', en: 'Currency exchange' } },
  fund_available: { code: '2010', side: 'credit', names: { ar: 'رصيد متاح من الصندوق', fr: 'Fonds disponibles', en: 'Fund available' } },
  fund_committed: { code: '2020', side: 'credit', names: { ar: 'رصيد مخصص من الصندوق', fr: 'Fonds engagés', en: 'Fund committed' } },
  vouchers_outstanding: { code: '2030', side: 'credit', names: { ar: 'قسائم لم تصرف', fr: 'Bons en cours', en: 'Vouchers outstanding' } },
  payable_to_post: { code: '2040', side: 'credit', names: { ar: 'مستحقات البريد', fr: 'Dû à la poste', en: 'Payable to the post' } },
  claims: { code: '2050', side: 'credit', names: { ar: 'مطالبات على البريد', fr: 'Réclamations à la poste', en: 'Claims on the post' } },
};

/** The kinds of account in the order of their codes. */
export const accountKinds = (Object.keys(chart) as AccountKind[]).sort((one, other) => (chart[one].code < chart[other].code ? -1 : 1));
