import {
  type Answers,
  type Attestation,
  type Birth,
  type Consent,
  type IdentityDocument,
  type Language,
  plainText,
  type Relationship,
  type Sex,
  type WashingtonGroup,
} from '../beneficiaries/index.ts';
import { type DateOrder, monthNamed, sexWords } from '../matching/index.ts';
import { westernDigits } from '../platform/index.ts';

/** Files repeat few words many times, and strange ones must not fill the memory. */
const REMEMBERED = 1_000;

/** One form for a cell's digits, and none for marks that are not seen. */
const plainCell = (cell: string): string =>
  (/^[\x20-\x7e]*$/.test(cell) ? cell : westernDigits(cell.normalize('NFKC')).replaceAll(/\p{Cf}/gu, '')).trim();

/** A word without case and accents; in Arabic without the article and the tatweel, and with one alef, teh and yeh. */
const plain = (cell: string): string =>
  plainText(plainCell(cell).replaceAll(/[_-]/g, ' '))
    .replaceAll('ـ', '')
    .replaceAll(/[أإآٱ]/g, 'ا')
    .replaceAll('ة', 'ه')
    .replaceAll('ى', 'ي')
    .replace(/^ال(?=..)/, '');

/**
 * How the cells of a file say what the platform knows, in French, English and Arabic. Case, accents, the kinds of one Arabic letter and its
 * article do not matter.
 */
export function vocabulary<Word extends string>(spellings: Readonly<Record<Word, readonly string[]>>): (cell: string) => Word | undefined {
  const words = new Map(
    (Object.entries(spellings) as [Word, readonly string[]][]).flatMap(([word, cells]) =>
      [word, ...cells].map((cell) => [plain(cell), word] as const),
    ),
  );
  const remembered = new Map<string, Word | undefined>();
  return (cell) => {
    if (remembered.has(cell)) return remembered.get(cell);
    const word = words.get(plain(cell));
    if (remembered.size < REMEMBERED) remembered.set(cell, word);
    return word;
  };
}

export const sexOf = vocabulary<Sex>({
  ...sexWords,
  other: ['Autre', 'آخر'],
});

export const relationshipOf = vocabulary<Relationship>({
  head: [
    'Chef',
    'Cheffe',
    'Chef de ménage',
    'Chef de famille',
    'Head of household',
    'Household head',
    'Head of family',
    'Self',
    'Moi-même',
    'Lui-même',
    'Elle-même',
    'رب الأسرة',
    'ربة الأسرة',
    'رب العائلة',
    'ربة العائلة',
  ],
  spouse: ['Conjoint', 'Conjointe', 'Époux', 'Épouse', 'Mari', 'Femme', 'Husband', 'Wife', 'زوج', 'زوجة'],
  child: ['Enfant', 'Fils', 'Fille', 'Son', 'Daughter', 'ابن', 'ابنة', 'بنت', 'ولد', 'طفل', 'طفلة'],
  parent: ['Père', 'Mère', 'Father', 'Mother', 'أب', 'أم', 'والد', 'والدة'],
  sibling: ['Frère', 'Sœur', 'Soeur', 'Brother', 'Sister', 'أخ', 'أخت'],
  other: [
    ...[
      'Autre',
      'Petit-fils',
      'Petite-fille',
      'Petit-enfant',
      'Grand-père',
      'Grand-mère',
      'Grand-parent',
      'Neveu',
      'Nièce',
      'Cousin',
      'Cousine',
    ],
    ...[
      'Oncle',
      'Tante',
      'Beau-père',
      'Belle-mère',
      'Beau-frère',
      'Belle-sœur',
      'Belle-soeur',
      'Beau-fils',
      'Belle-fille',
      'Gendre',
      'Bru',
    ],
    ...['Autre membre de la famille', 'Non apparenté', 'Non apparentée', 'Sans lien', 'Ami', 'Amie'],
    ...['Grandchild', 'Grandson', 'Granddaughter', 'Grandfather', 'Grandmother', 'Grandparent', 'Nephew', 'Niece', 'Uncle', 'Aunt'],
    ...['Father-in-law', 'Mother-in-law', 'Brother-in-law', 'Sister-in-law', 'Son-in-law', 'Daughter-in-law', 'In-law'],
    ...['Other relative', 'Relative', 'Not related', 'Non-relative', 'Friend'],
    ...['آخر', 'حفيد', 'حفيدة', 'جد', 'جدة', 'عم', 'عمة', 'خال', 'خالة', 'ابن أخ', 'ابنة أخ', 'ابن أخت', 'ابنة أخت', 'ابن عم', 'ابنة عم'],
    ...['صهر', 'حمو', 'حماة', 'كنة', 'قريب', 'قريبة', 'صديق', 'صديقة'],
  ],
});

export const languageOf = vocabulary<Language>({
  ar: ['Arabe', 'Arabic', 'العربية'],
  fr: ['Français', 'French', 'الفرنسية'],
  en: ['Anglais', 'English', 'الإنجليزية'],
});

export const precisionOf = vocabulary<Birth['precision']>({
  exact: ['Exacte', 'دقيق'],
  year: ['Année', 'سنة'],
  estimated: ['Inconnue', 'Estimée', 'Unknown', 'غير معروف'],
});

export const documentTypeOf = vocabulary<IdentityDocument['type'] | 'none'>({
  none: ['Aucun', 'Aucun document', 'Sans', 'Sans document', 'No document', 'لا شيء', 'بدون وثيقة'],
  passport: ['Passeport', 'جواز سفر', 'جواز السفر', 'جواز'],
  residence_permit: ['Titre de séjour', 'Carte de séjour', 'Carte de résident', 'Residence permit', 'بطاقة إقامة', 'بطاقة الإقامة'],
  national_id: [
    "Carte d'identité",
    "Carte d'identité nationale",
    "Carte nationale d'identité",
    'Carte nationale',
    'CNI',
    'CIN',
    'National ID',
    'ID card',
    'ID',
    'Identity card',
    'National ID card',
    'بطاقة هوية',
    'بطاقة الهوية',
    'بطاقة تعريف',
    'بطاقة التعريف',
    'بطاقة التعريف الوطنية',
    'بطاقة تعريف وطنية',
  ],
  consular_card: ['Carte consulaire', 'Consular card', 'بطاقة قنصلية', 'البطاقة القنصلية'],
  unhcr_certificate: [
    'Certificat HCR',
    'Attestation HCR',
    'Carte HCR',
    'UNHCR certificate',
    'UNHCR card',
    'UNHCR',
    'HCR',
    'UNHCR ID',
    'Refugee card',
    'Refugee certificate',
    'Carte de réfugié',
    'Asylum seeker certificate',
    "Certificat de demandeur d'asile",
    "Attestation de demandeur d'asile",
    'المفوضية',
    'بطاقة لاجئ',
    'شهادة طالب لجوء',
    'شهادة المفوضية',
    'بطاقة المفوضية',
  ],
  other: [
    ...[
      'Autre',
      'Permis de conduire',
      'Acte de naissance',
      'Extrait de naissance',
      'Laissez-passer',
      'Livret de famille',
      "Carte d'électeur",
    ],
    ...[
      'Driving licence',
      'Driving license',
      "Driver's license",
      'Birth certificate',
      'Emergency travel document',
      'Family book',
      'Voter card',
    ],
    ...['أخرى', 'رخصة السياقة', 'رخصة القيادة', 'شهادة الميلاد', 'شهادة ميلاد', 'الدفتر العائلي', 'دفتر عائلي', 'بطاقة ناخب'],
  ],
});

export const attestationReasonOf = vocabulary<Attestation['reason']>({
  never_had: ['Jamais eu', 'Never had one', 'لم يملك قط'],
  lost: ['Perdu', 'Perdue', 'مفقود'],
  expired: ['Expiré', 'Périmé', 'منتهي الصلاحية'],
  withheld: ['Retenu', 'Confisqué', 'محتجز'],
  other: ['Autre', 'آخر'],
});

export const consentMethodOf = vocabulary<Consent['method']>({
  signature: [
    'Signé',
    'Signed',
    'Written',
    'Écrit',
    'Par écrit',
    'Thumbprint',
    'Fingerprint',
    'Empreinte',
    'Empreinte digitale',
    'توقيع',
    'كتابي',
    'بصمة',
  ],
  audio: ['Enregistrement', 'Recording', 'تسجيل صوتي'],
  scan: ['Signature scannée', 'مسح ضوئي'],
  // Somebody heard it, if only who took the answers down.
  witnessed_verbal: ['Oral avec témoin', 'Verbal with witness', 'Verbal', 'Oral', 'Verbale', 'Orale', 'شفوي مع شاهد', 'شفوي'],
  remote_verbal: ['Oral à distance', 'Remote verbal', 'Par téléphone', 'Téléphone', 'By phone', 'Phone', 'شفوي عن بعد'],
  online: ['En ligne', 'عبر الإنترنت'],
});

export const legalBasisOf = vocabulary<Consent['legalBasis']>({
  consent: ['Consentement', 'موافقة'],
  vital_interest: ['Intérêt vital', 'مصلحة حيوية'],
  public_interest: ['Intérêt public', 'مصلحة عامة'],
});

type WordAnswer = 'incomeChange' | 'housing' | 'incomeSource' | 'returnStatus';

/** The answers that are a word. */
export const answerWordOf: { readonly [Name in WordAnswer]: (cell: string) => Answers[Name] } = {
  incomeChange: vocabulary<NonNullable<Answers['incomeChange']>>({
    lost: ['Perdu', 'مفقود'],
    reduced: ['Réduit', 'منخفض'],
    unchanged: ['Inchangé', 'بدون تغيير'],
  }),
  housing: vocabulary<NonNullable<Answers['housing']>>({
    own: ['Propriétaire', 'Owned', 'ملك'],
    rented: ['Locataire', 'Location', 'Loué', 'إيجار'],
    hosted: ['Hébergé', 'Hébergée', 'مستضاف'],
    shelter: ['Abri', 'Centre', 'مأوى'],
    street: ['Rue', 'Sans abri', 'Homeless', 'الشارع'],
  }),
  incomeSource: vocabulary<NonNullable<Answers['incomeSource']>>({
    none: ['Aucune', 'Aucun', 'لا شيء'],
    daily: ['Journalier', 'Journalière', 'Daily work', 'يومي'],
    regular: ['Régulier', 'Régulière', 'Salaire', 'منتظم'],
  }),
  returnStatus: vocabulary<NonNullable<Answers['returnStatus']>>({
    not_returning: ['Ne retourne pas', 'Not returning', 'لن يعود'],
    planned: ['Prévu', 'Planifié', 'مخطط'],
    returned: ['Retourné', 'Retournée', 'عاد'],
  }),
};

/** How much trouble somebody has with one thing, as the Washington Group's short set words it. */
export const difficultyOf = vocabulary<NonNullable<WashingtonGroup['seeing']>>({
  none: ['Aucune', 'Aucune difficulté', 'No difficulty', 'No', 'Non', 'لا توجد صعوبة', 'لا'],
  some: ['Un peu', 'Quelques difficultés', 'Some difficulty', 'بعض الصعوبة'],
  a_lot: ['Beaucoup', 'Beaucoup de difficultés', 'A lot of difficulty', 'صعوبة كبيرة'],
  cannot: ['Ne peut pas', 'Impossible', 'Cannot do at all', 'Cannot do', 'لا يستطيع'],
});

const yesNoOf = vocabulary<'yes' | 'no'>({
  yes: ['Oui', 'O', 'Y', 'X', '✓', '✔', '☑', '✅', 'نعم', 'أوافق', 'موافق', 'موافقة', '1', '1.0', '1,0', 'True', 'Vrai', 'OK'],
  no: ['Non', 'N', 'لا', 'لا أوافق', 'غير موافق', 'غير موافقة', '0', '0.0', '0,0', 'False', 'Faux'],
});

/** Yes or no. @returns undefined when it is neither */
export function flagOf(cell: string): boolean | undefined {
  const word = yesNoOf(cell);
  return word === undefined ? undefined : word === 'yes';
}

const nothing = /^(?:[-–—/._]{1,9}|n(?:é|e\u0301?)ant|ras|n\/a|n\.a\.?|لا (?:يوجد|توجد))$/i;

/** Whether a cell says that there is nothing to be said. */
export const saysNothing = (cell: string): boolean => nothing.test(cell);

/** A whole number of at most four digits, also with the zeros that spreadsheets put behind it. */
export function wholeNumberOf(cell: string): number | undefined {
  const [, digits] = /^(-?\d{1,4})(?:[.,]0+)?$/.exec(plainCell(cell)) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

const LONGEST_AGE = 120;

/** An age in whole years. @returns undefined when it is something else */
export function ageOf(cell: string): number | undefined {
  const [, digits] = /^(\d{1,3})(?:[.,]0+)? ?(?:ans?|years?(?: old)?|yrs?|y|سنه|سنوات|عام)?$/.exec(plain(cell)) ?? [];
  return digits === undefined || Number(digits) > LONGEST_AGE ? undefined : Number(digits);
}

const time = String.raw`(?:[T ]\d{1,2}:\d\d[\d:.Z+-]*(?: ?[AP]M)?)?`;
const dateForm = (form: string): RegExp => new RegExp(`^${form}$`, 'iu');
const dateForms = [
  dateForm(String.raw`(?<y>\d{4}) ?[/.\-] ?(?<m>\d{1,2}) ?[/.\-] ?(?<d>\d{1,2})${time}`),
  dateForm(String.raw`(?<d>\d{1,2})(?:er|st|nd|rd|th)?[ \-]?(?<m>\p{L}[\p{L}\p{M} ]{1,20})\.?[ \-]?(?<y>\d{4})`),
  dateForm(String.raw`(?<m>\p{L}[\p{L}\p{M}]{1,20})\.? ?(?<d>\d{1,2})(?:st|nd|rd|th)?,? (?<y>\d{4})`),
];
const inNumbers: Readonly<Record<DateOrder, RegExp>> = {
  day_first: dateForm(String.raw`(?<d>\d{1,2}) ?[/.\-] ?(?<m>\d{1,2}) ?[/.\-] ?(?<y>\d{4}|\d\d)${time}`),
  month_first: dateForm(String.raw`(?<m>\d{1,2}) ?[/.\-] ?(?<d>\d{1,2}) ?[/.\-] ?(?<y>\d{4}|\d\d)${time}`),
};

/** How the dates of a column are written. */
export interface DateStyle {
  /** The day comes first where nothing else is known. */
  readonly order?: DateOrder | undefined;
  /** Whether days are counted from 1904, where a number stands for one. */
  readonly from1904?: boolean | undefined;
}

/**
 * A date written day first, month first or year first, with or without a time, its month a number or a name; or the number by which a
 * spreadsheet counts days, from 1927 on, where a cell has lost its looks.
 * @param latest ISO 8601 date: a year of two digits is the latest that makes no day after it. Without it, such a year is not read
 * @returns undefined when there is no such day
 */
export function dateOf(cell: string, latest?: string, { order = 'day_first', from1904 = false }: DateStyle = {}): string | undefined {
  const text = plainCell(cell);
  if (/^[1-7]\d{4}(?:[.,]\d+)?$/.test(text)) return dayCounted(Number.parseInt(text, 10), from1904);
  const parts = [inNumbers[order], ...dateForms].find((form) => form.test(text))?.exec(text)?.groups;
  if (!parts) return undefined;
  const { d = '', m = '', y = '' } = parts;
  const month = /^\d+$/.test(m) ? Number(m) : monthNamed(m);
  if (month === undefined || (y.length === 2 && latest === undefined)) return undefined;
  const dayIn = (year: string) => `${year}-${String(month).padStart(2, '0')}-${d.padStart(2, '0')}`;
  const year = y.length === 4 ? y : centuries.map((century) => `${century}${y}`).find((whole) => dayIn(whole) <= (latest ?? ''));
  if (year === undefined || Number(year) < 1000 || month < 1 || month > 12 || Number(d) < 1 || Number(d) > daysIn(Number(year), month)) {
    return undefined;
  }
  return dayIn(year);
}

const centuries = ['20', '19'];

/** 1 January 1970 as spreadsheets count days, from 1900 and from 1904. */
const [EPOCH_1900, EPOCH_1904] = [25_569, 24_107];
const DAY_MS = 86_400_000;

const dayCounted = (day: number, from1904: boolean): string =>
  new Date((day - (from1904 ? EPOCH_1904 : EPOCH_1900)) * DAY_MS).toISOString().slice(0, 10);

const about = /^(?:vers|environ|circa|ca\.?|about|around|approx\.?|approximately|~|حوالي|نحو|تقريبا) ?(?:l'an |en |سنة |عام )?(?=\d)/;
const inYear = /^(?:né |née |né\(e\) |born )?(?:en |in |سنة |عام )(?=\d)/;

/** A year that stands alone, as sure as it is said to be. @returns undefined when it is something else */
export function yearOf(cell: string): { readonly year: string; readonly precision: 'year' | 'estimated' } | undefined {
  const text = plainCell(cell).toLowerCase();
  const isGuess = about.test(text);
  const year = text.replace(isGuess ? about : inYear, '').replace(/[.,]0+$/, '');
  return /^\d{4}$/.test(year) ? { year, precision: isGuess ? 'estimated' : 'year' } : undefined;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
