import type { Language } from '../../beneficiaries/index.ts';
import type { OpenLine } from './lines.ts';

interface Column {
  readonly header: Readonly<Record<Language, string>>;
  cell(line: OpenLine): string;
}

/** The columns that the file of a list may have, by field. */
export const listColumns = {
  position: { header: { en: 'Line', fr: 'Ligne', ar: 'السطر' }, cell: ({ position }) => String(position) },
  serial: { header: { en: 'Serial', fr: 'Numéro du bon', ar: 'رقم القسيمة' }, cell: ({ serial }) => serial },
  registrationNumber: {
    header: { en: 'Registration number', fr: "Numéro d'enregistrement", ar: 'رقم التسجيل الفردي' },
    cell: ({ registrationNumber }) => registrationNumber,
  },
  collectorName: {
    header: { en: 'Who collects', fr: 'Personne qui retire', ar: 'من يستلم' },
    cell: ({ collector }) => collector.name,
  },
  documentType: {
    header: { en: 'Document', fr: 'Document', ar: 'الوثيقة' },
    cell: ({ collector }) => collector.document?.type ?? '',
  },
  documentLastFour: {
    header: { en: 'Last four of the document', fr: 'Quatre derniers du document', ar: 'آخر أربعة من رقم الوثيقة' },
    cell: ({ collector }) => collector.document?.number.slice(-4) ?? '',
  },
  phone: { header: { en: 'Phone', fr: 'Téléphone', ar: 'الهاتف' }, cell: ({ collector }) => collector.phone ?? '' },
  amount: { header: { en: 'Amount', fr: 'Montant', ar: 'المبلغ' }, cell: ({ amount }) => amount.toString() },
  currency: { header: { en: 'Currency', fr: 'Devise', ar: 'العملة' }, cell: ({ amount }) => amount.currency },
  kind: { header: { en: 'Kind of assistance', fr: "Type d'aide", ar: 'نوع المساعدة' }, cell: ({ kind }) => kind },
  wilaya: { header: { en: 'Wilaya', fr: 'Wilaya', ar: 'الولاية' }, cell: ({ wilayaNumber }) => wilayaNumber },
  commune: { header: { en: 'Commune', fr: 'Commune', ar: 'البلدية' }, cell: ({ commune }) => commune },
} as const satisfies Record<string, Column>;

export type ListField = keyof typeof listColumns;

/** Whether a text names a column. */
export const isListField = (field: string): field is ListField => Object.hasOwn(listColumns, field);

/** A column by its field. */
export const columnOf = (field: ListField): Column => listColumns[field];
