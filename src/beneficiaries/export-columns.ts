import type { SealedLine } from './lines.ts';
import type { PersonalField } from './sealing.ts';
import type { Language, Personal } from './types.ts';

/** What an export reads of a person without opening anything. */
export type PlainExport = Omit<SealedLine, 'data_key' | 'names'> & { readonly householdSize: number; readonly language: Language };

interface ExportColumn {
  readonly header: Readonly<Record<Language, string>>;
  /** The sealed part that the cell comes from. */
  readonly opens?: PersonalField;
  cell(plain: PlainExport, opened: Partial<Personal>): string;
}

/** The columns that an export may have, by field, with their headers as files of registrations spell them. */
export const exportColumns = {
  registrationNumber: {
    header: { en: 'Registration number', fr: "Numéro d'enregistrement", ar: 'رقم التسجيل الفردي' },
    cell: ({ registrationNumber }) => registrationNumber,
  },
  state: { header: { en: 'State', fr: 'État', ar: 'الحالة' }, cell: ({ state }) => state },
  givenName: { header: { en: 'Given name', fr: 'Prénom', ar: 'الاسم' }, opens: 'names', cell: (_, { names }) => names?.given ?? '' },
  middleName: {
    header: { en: 'Middle name', fr: 'Deuxième prénom', ar: 'الاسم الأوسط' },
    opens: 'names',
    cell: (_, { names }) => names?.middle ?? '',
  },
  familyName: { header: { en: 'Family name', fr: 'Nom', ar: 'اللقب' }, opens: 'names', cell: (_, { names }) => names?.family ?? '' },
  sex: { header: { en: 'Sex', fr: 'Sexe', ar: 'الجنس' }, cell: ({ sex }) => sex },
  birthFrom: {
    header: { en: 'Born from', fr: 'Né au plus tôt le', ar: 'تاريخ الميلاد من' },
    opens: 'birth',
    cell: (_, { birth }) => birth?.from ?? '',
  },
  birthTo: {
    header: { en: 'Born until', fr: 'Né au plus tard le', ar: 'تاريخ الميلاد إلى' },
    opens: 'birth',
    cell: (_, { birth }) => birth?.to ?? '',
  },
  birthPrecision: {
    header: { en: 'Precision', fr: 'Précision', ar: 'الدقة' },
    opens: 'birth',
    cell: (_, { birth }) => birth?.precision ?? '',
  },
  nationality: {
    header: { en: 'Nationality', fr: 'Nationalité', ar: 'الجنسية القانونية' },
    opens: 'nationality',
    cell: (_, { nationality }) => nationality ?? '',
  },
  documents: {
    header: { en: 'Documents', fr: 'Documents', ar: 'الوثائق' },
    opens: 'documents',
    cell: (_, { documents = [] }) => documents.map(({ type, issuingCountry, number }) => `${type} ${issuingCountry} ${number}`).join(' | '),
  },
  phones: { header: { en: 'Phone', fr: 'Téléphone', ar: 'الهاتف' }, opens: 'phones', cell: (_, { phones = [] }) => phones.join(' | ') },
  household: { header: { en: 'Household', fr: 'Ménage', ar: 'الأسرة' }, cell: ({ householdReference }) => householdReference },
  householdSize: {
    header: { en: 'Household size', fr: 'Taille du ménage', ar: 'حجم الأسرة' },
    cell: ({ householdSize }) => String(householdSize),
  },
  relationship: { header: { en: 'Relationship', fr: 'Lien', ar: 'صلة القرابة' }, cell: ({ relationship }) => relationship },
  wilaya: { header: { en: 'Wilaya', fr: 'Wilaya', ar: 'الولاية' }, cell: ({ wilayaNumber }) => wilayaNumber },
  commune: { header: { en: 'Commune', fr: 'Commune', ar: 'البلدية' }, cell: ({ commune }) => commune },
  language: { header: { en: 'Language', fr: 'Langue', ar: 'اللغة' }, cell: ({ language }) => language },
  registeredAt: {
    header: { en: 'Registered at', fr: 'Enregistré le', ar: 'وقت التسجيل' },
    cell: ({ registeredAt }) => registeredAt.toISOString(),
  },
} as const satisfies Record<string, ExportColumn>;

export type ExportField = keyof typeof exportColumns;

/** A column by its field. */
export const columnOf = (field: ExportField): ExportColumn => exportColumns[field];
