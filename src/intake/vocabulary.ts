import {
  type Answers,
  type Birth,
  type Consent,
  type IdentityDocument,
  type Language,
  plainText,
  type Relationship,
  type Sex,
} from '../beneficiaries/index.ts';

/** How the cells of a file say what the platform knows, in French, English and Arabic. Case and accents do not matter. */
function vocabulary<Word extends string>(spellings: Readonly<Record<Word, readonly string[]>>): (cell: string) => Word | undefined {
  const words = new Map(
    (Object.entries(spellings) as [Word, readonly string[]][]).flatMap(([word, cells]) =>
      [word, ...cells].map((cell) => [plainText(cell), word] as const),
    ),
  );
  return (cell) => words.get(plainText(cell));
}

export const sexOf = vocabulary<Sex>({ female: ['Femme', 'F', 'أنثى'], male: ['Homme', 'H', 'M', 'ذكر'], other: ['Autre', 'آخر'] });

export const relationshipOf = vocabulary<Relationship>({
  head: ['Chef', 'Chef de ménage', 'رب الأسرة'],
  spouse: ['Conjoint', 'Conjointe', 'زوج', 'زوجة'],
  child: ['Enfant', 'ابن', 'ابنة'],
  parent: ['Père', 'Mère', 'والد', 'والدة'],
  sibling: ['Frère', 'Sœur', 'أخ', 'أخت'],
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
  none: ['Aucun', 'لا شيء'],
  passport: ['Passeport', 'جواز سفر'],
  residence_permit: ['Titre de séjour', 'Residence permit', 'بطاقة إقامة'],
  national_id: ["Carte d'identité", 'National ID', 'بطاقة هوية'],
  consular_card: ['Carte consulaire', 'Consular card', 'بطاقة قنصلية'],
  unhcr_certificate: ['Certificat HCR', 'UNHCR certificate', 'شهادة المفوضية'],
  other: ['Autre', 'أخرى'],
});

export const consentMethodOf = vocabulary<Consent['method']>({
  signature: ['توقيع'],
  audio: ['تسجيل صوتي'],
  scan: ['مسح ضوئي'],
  witnessed_verbal: ['Oral avec témoin', 'Verbal with witness', 'شفوي مع شاهد'],
  remote_verbal: ['Oral à distance', 'Remote verbal', 'شفوي عن بعد'],
  online: ['En ligne', 'عبر الإنترنت'],
});

export const incomeChangeOf = vocabulary<NonNullable<Answers['incomeChange']>>({
  lost: ['Perdu', 'مفقود'],
  reduced: ['Réduit', 'منخفض'],
  unchanged: ['Inchangé', 'بدون تغيير'],
});

export const yesNoOf = vocabulary<'yes' | 'no'>({ yes: ['Oui', 'نعم'], no: ['Non', 'لا'] });
