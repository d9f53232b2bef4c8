import { plainText } from '../beneficiaries/index.ts';
import { problem } from '../platform/index.ts';

interface Column {
  /** Which part of a registration the cell says, without the numbers of lists. */
  readonly at: string;
  readonly required?: true;
  /** How headers spell it, in French, English and Arabic. Case, accents and apostrophes do not matter. */
  readonly spellings: readonly string[];
}

/** The columns that a file of registrations may have. */
export const columns = {
  number: { at: '', spellings: ['N°', 'No', 'Number', 'رقم'] },
  reasons: { at: '', spellings: ['Motifs', 'Reasons', 'الأسباب'] },
  registeredOn: {
    at: '/consents/givenOn',
    required: true,
    spellings: ['Date enregistrement', "Date d'enregistrement", 'Registration date', 'تاريخ التسجيل'],
  },
  household: { at: '/household', required: true, spellings: ['Ménage', 'Household', 'الأسرة'] },
  householdSize: { at: '/household/size', required: true, spellings: ['Taille du ménage', 'Household size', 'حجم الأسرة'] },
  relationship: { at: '/relationship', required: true, spellings: ['Lien', 'Lien de parenté', 'Relationship', 'صلة القرابة'] },
  given: { at: '/names', required: true, spellings: ['Prénom', 'Given name', 'First name', 'الاسم'] },
  family: { at: '/names/family', required: true, spellings: ['Nom', 'Nom de famille', 'Family name', 'Surname', 'اللقب'] },
  sex: { at: '/sex', required: true, spellings: ['Sexe', 'Sex', 'الجنس'] },
  birth: { at: '/birth', required: true, spellings: ['Date de naissance', 'Date of birth', 'تاريخ الميلاد'] },
  birthPrecision: { at: '/birth/precision', spellings: ['Précision', 'Precision', 'الدقة'] },
  nationality: { at: '/nationality', required: true, spellings: ['Nationalité', 'Nationality', 'الجنسية'] },
  documentType: { at: '/documents', spellings: ['Type de document', 'Document type', 'نوع الوثيقة'] },
  documentNumber: { at: '/documents/number', spellings: ['N° document', 'Numéro de document', 'Document number', 'رقم الوثيقة'] },
  documentCountry: { at: '/documents/issuingCountry', spellings: ['Pays du document', 'Issuing country', 'بلد الإصدار'] },
  phone: { at: '/phones', spellings: ['Téléphone', 'Phone', 'Telephone', 'الهاتف'] },
  wilaya: { at: '/wilaya', required: true, spellings: ['Wilaya', 'الولاية'] },
  commune: { at: '/commune', required: true, spellings: ['Commune', 'البلدية'] },
  language: { at: '/language', required: true, spellings: ['Langue', 'Language', 'اللغة'] },
  incomeChange: { at: '/answers/incomeChange', spellings: ['Revenu depuis mars', 'Revenu', 'Income', 'الدخل'] },
  unpaidRentMonths: {
    at: '/answers/unpaidRentMonths',
    spellings: ['Mois de loyer impayés', 'Unpaid rent months', 'أشهر الإيجار غير المدفوعة'],
  },
  mealsPerDay: { at: '/answers/mealsPerDay', spellings: ['Repas par jour', 'Meals per day', 'الوجبات في اليوم'] },
  healthProblem: { at: '/answers/healthProblem', spellings: ['Problème de santé', 'Health problem', 'مشكلة صحية'] },
  disability: { at: '/answers/disability', spellings: ['Handicap', 'Disability', 'إعاقة'] },
  pregnant: { at: '/answers/pregnant', spellings: ['Enceinte', 'Pregnant', 'حامل'] },
  victimOfTrafficking: {
    at: '/answers/victimOfTrafficking',
    spellings: ['Victime de traite', 'Victim of trafficking', 'ضحية الاتجار بالبشر'],
  },
  consent: { at: '/consents', required: true, spellings: ['Consentement', 'Consent', 'الموافقة'] },
  consentMethod: { at: '/consents/method', required: true, spellings: ['Mode de consentement', 'Consent method', 'طريقة الموافقة'] },
  shareConsent: { at: '/consents/share', spellings: ['Partage avec la poste', 'Share with paying agent', 'المشاركة مع البريد'] },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
const columnNames = Object.keys(columns) as ColumnName[];

const bySpelling = new Map(columnNames.flatMap((name) => columns[name].spellings.map((spelling) => [plainText(spelling), name] as const)));
const byPlace = new Map<string, ColumnName>(columnNames.map((name) => [columns[name].at, name]));

/** Which cell of a row holds which column, and how the file's own header calls it. */
export interface Header {
  readonly cells: readonly string[];
  readonly positions: ReadonlyMap<ColumnName, number>;
}

/**
 * Reads the header of a file.
 * @throws unprocessable naming every column that is unknown, missing or there twice
 */
export function readHeader(cells: readonly string[]): Header {
  const found = cells.map((cell) => bySpelling.get(plainText(cell)));
  const positions = new Map(found.flatMap((name, i) => (name ? [[name, i] as const] : [])));
  const faults = [
    ...cells.flatMap((cell, i) => {
      if (!found[i]) return [{ cell, detail: 'This column is not known. Rename it or leave it out.' }];
      return found.indexOf(found[i]) < i ? [{ cell, detail: 'The file has this column twice. Leave one out.' }] : [];
    }),
    ...columnNames
      .filter((name) => 'required' in columns[name] && !positions.has(name))
      .map((name) => ({ cell: columns[name].spellings[0], detail: 'This column is missing.' })),
  ];
  if (faults.length > 0) {
    throw problem.unprocessable(`Correct the header: ${faults.map(({ cell, detail }) => `${cell}: ${detail}`).join(' ')}`, {}, faults);
  }
  return { cells, positions };
}

/** The cell that a fault stands in, as the file's header calls it. @param pointer into the registration */
export function cellAt({ cells, positions }: Header, pointer: string): string {
  for (let place = pointer.replaceAll(/\/\d+/g, ''); place !== ''; place = place.slice(0, place.lastIndexOf('/'))) {
    const name = byPlace.get(place);
    const position = name && positions.get(name);
    if (position !== undefined) return cells[position] ?? '';
  }
  return '';
}
