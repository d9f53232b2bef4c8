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

/** Files repeat few words many times, and strange ones must not fill the memory. */
const REMEMBERED = 1_000;

/** How the cells of a file say what the platform knows, in French, English and Arabic. Case and accents do not matter. */
export function vocabulary<Word extends string>(spellings: Readonly<Record<Word, readonly string[]>>): (cell: string) => Word | undefined {
  const plain = (cell: string) => plainText(cell.replaceAll('_', ' '));
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
  female: ['Femme', 'F', 'Féminin', 'Woman', 'أنثى', 'انثى'],
  male: ['Homme', 'H', 'M', 'Masculin', 'Man', 'ذكر'],
  other: ['Autre', 'آخر'],
});

export const relationshipOf = vocabulary<Relationship>({
  head: ['Chef', 'Chef de ménage', 'Head of household', 'رب الأسرة', 'ربة الأسرة'],
  spouse: ['Conjoint', 'Conjointe', 'Époux', 'Épouse', 'Husband', 'Wife', 'زوج', 'زوجة'],
  child: ['Enfant', 'Fils', 'Fille', 'Son', 'Daughter', 'ابن', 'ابنة'],
  parent: ['Père', 'Mère', 'Father', 'Mother', 'أب', 'أم', 'والد', 'والدة'],
  sibling: ['Frère', 'Sœur', 'Soeur', 'Brother', 'Sister', 'أخ', 'أخت'],
  other: ['Autre', 'آخر'],
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
  none: ['Aucun', 'No document', 'لا شيء'],
  passport: ['Passeport', 'جواز سفر'],
  residence_permit: ['Titre de séjour', 'Residence permit', 'بطاقة إقامة'],
  national_id: ["Carte d'identité", 'National ID', 'بطاقة هوية'],
  consular_card: ['Carte consulaire', 'Consular card', 'بطاقة قنصلية'],
  unhcr_certificate: ['Certificat HCR', 'UNHCR certificate', 'شهادة المفوضية'],
  other: ['Autre', 'أخرى'],
});

export const attestationReasonOf = vocabulary<Attestation['reason']>({
  never_had: ['Jamais eu', 'Never had one', 'لم يملك قط'],
  lost: ['Perdu', 'Perdue', 'مفقود'],
  expired: ['Expiré', 'Périmé', 'منتهي الصلاحية'],
  withheld: ['Retenu', 'Confisqué', 'محتجز'],
  other: ['Autre', 'آخر'],
});

export const consentMethodOf = vocabulary<Consent['method']>({
  signature: ['Signé', 'Signed', 'توقيع'],
  audio: ['Enregistrement', 'Recording', 'تسجيل صوتي'],
  scan: ['Signature scannée', 'مسح ضوئي'],
  witnessed_verbal: ['Oral avec témoin', 'Verbal with witness', 'شفوي مع شاهد'],
  remote_verbal: ['Oral à distance', 'Remote verbal', 'Par téléphone', 'By phone', 'شفوي عن بعد'],
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

const yesNoOf = vocabulary<'yes' | 'no'>({ yes: ['Oui', 'نعم', '1', 'True', 'OK'], no: ['Non', 'لا', '0', 'False'] });

/** Yes or no. @returns undefined when it is neither */
export function flagOf(cell: string): boolean | undefined {
  const word = yesNoOf(cell);
  return word === undefined ? undefined : word === 'yes';
}

/** A whole number of at most four digits. */
export const wholeNumberOf = (cell: string): number | undefined => (/^-?\d{1,4}$/.test(cell) ? Number(cell) : undefined);

/** A date written day first or as ISO 8601, with or without a time. @returns undefined when there is no such day */
export function dateOf(cell: string): string | undefined {
  const parts =
    /^(?<d>\d{1,2})[/.-](?<m>\d{1,2})[/.-](?<y>\d{4})$/.exec(cell)?.groups ??
    /^(?<y>\d{4})-(?<m>\d\d)-(?<d>\d\d)(?:[T ]\d\d:\d\d[\d:.Z+-]*)?$/.exec(cell)?.groups;
  if (!parts) return undefined;
  const { d = '', m = '', y = '' } = parts;
  const [year, month, day] = [Number(y), Number(m), Number(d)];
  if (year < 1000 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  return `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();
