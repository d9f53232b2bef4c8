import { type AnswerColumn, answerSpellings, type WashingtonGroupColumn, washingtonGroupSpellings } from './answer-columns.ts';

interface Column {
  /** Which part of a registration the cell says, as a JSON pointer; empty for what is not part of one. */
  readonly at: string;
  readonly required?: true;
  /** How headers spell it, in French, English and Arabic. Case, accents, punctuation and the groups of a form do not matter. */
  readonly spellings: readonly string[];
}

const numbered = [1, 2, 3] as const;
type Numbered<Stem extends string> = Stem | `${Stem}${2 | 3}`;

/** A column that a person may have several of, each with its number behind the name. */
function several<Stem extends string>(stem: Stem, at: (index: number) => string, spellings: readonly string[]) {
  return Object.fromEntries(
    numbered.map((number) => [
      number === 1 ? stem : `${stem}${number}`,
      {
        at: at(number - 1),
        spellings: spellings.flatMap((spelling) => [...(number === 1 ? [spelling] : []), `${spelling} ${number}`]),
      },
    ]),
  ) as unknown as { readonly [Name in Numbered<Stem>]: Column };
}

const under = <Name extends string>(place: string, spellings: { readonly [Key in Name]: readonly string[] }) =>
  Object.fromEntries(
    (Object.entries(spellings) as [Name, readonly string[]][]).map(([name, spelled]) => [
      name,
      { at: `${place}/${name}`, spellings: spelled },
    ]),
  ) as unknown as { readonly [Key in Name]: Column };

/** The columns that a file of registrations may have. */
export const columns = {
  number: { at: '', spellings: ['N°', 'No', 'Number', 'ID', 'رقم'] },
  reasons: { at: '', spellings: ['Motifs', 'Reasons', 'الأسباب'] },
  fileRow: { at: '', spellings: ['Ligne du fichier', 'Row in the file', 'السطر في الملف'] },
  submissionKey: { at: '/submission', spellings: ['_uuid', 'uuid', 'instanceID', 'Submission ID'] },
  registeredOn: {
    at: '/consents/givenOn',
    required: true,
    spellings: [
      'Date enregistrement',
      "Date d'enregistrement",
      'Registration date',
      'Date of registration',
      'تاريخ التسجيل',
      'today',
      '_submission_time',
    ],
  },
  household: {
    at: '/household',
    spellings: [
      'Ménage',
      'Household',
      'Household ID',
      'Household number',
      'Numéro de ménage',
      'N° ménage',
      'N° de ménage',
      'N° du ménage',
      'الأسرة',
      'رقم الأسرة',
      'رقم العائلة',
    ],
  },
  householdSize: {
    at: '/household/size',
    spellings: ['Taille du ménage', 'Taille ménage', 'Household size', 'حجم الأسرة', 'عدد أفراد الأسرة'],
  },
  relationship: {
    at: '/relationship',
    spellings: [
      'Lien',
      'Lien de parenté',
      'Lien avec le chef de ménage',
      'Lien avec le chef de famille',
      'Relationship',
      'Relationship to head',
      'Relationship to head of household',
      'صلة القرابة',
      'صلة القرابة برب الأسرة',
    ],
  },
  given: { at: '/names', spellings: ['Prénom', 'Prénoms', 'Given name', 'First name', 'Forename', 'الاسم', 'الاسم الأول', 'الاسم الشخصي'] },
  middle: { at: '/names/middle', spellings: ['Deuxième prénom', 'Autres prénoms', 'Middle name', 'اسم الأب', 'الاسم الأوسط'] },
  family: { at: '/names/family', spellings: ['Nom', 'Nom de famille', 'Family name', 'Surname', 'Last name', 'اللقب', 'اسم العائلة'] },
  fullName: {
    at: '/names',
    spellings: ['Nom complet', 'Nom et prénom', 'Nom et prénoms', 'Full name', 'Name', 'الاسم الكامل', 'الاسم واللقب'],
  },
  sex: { at: '/sex', required: true, spellings: ['Sexe', 'Sex', 'Gender', 'Genre', 'الجنس'] },
  birth: {
    at: '/birth',
    spellings: [
      'Date de naissance',
      'Né(e) le',
      'Né le',
      'Née le',
      'Date of birth',
      'Birth date',
      'DOB',
      'تاريخ الميلاد',
      'تاريخ الازدياد',
    ],
  },
  age: { at: '/birth', spellings: ['Âge', 'Âge en années', 'Age in years', 'Age (years)', 'العمر', 'السن'] },
  birthPrecision: { at: '/birth/precision', spellings: ['Précision', 'Precision', 'Birth precision', 'الدقة'] },
  nationality: {
    at: '/nationality',
    required: true,
    spellings: ['Nationalité', 'Nationality', 'Citizenship', "Pays d'origine", 'Country of origin', 'الجنسية', 'بلد الأصل'],
  },
  ...several('documentType', (i) => `/documents/${i}/type`, ['Type de document', 'Document type', 'ID type', 'نوع الوثيقة']),
  ...several('documentNumber', (i) => `/documents/${i}/number`, [
    'N° document',
    'Numéro de document',
    'Document number',
    'UNHCR ID',
    'UNHCR number',
    'N° HCR',
    'Numéro HCR',
    'National ID number',
    'N° CNI',
    'ID number',
    'رقم الوثيقة',
    'N° Passeport',
    'Numéro de passeport',
    'Passport number',
    'رقم جواز السفر',
  ]),
  ...several('documentCountry', (i) => `/documents/${i}/issuingCountry`, [
    'Pays du document',
    'Document country',
    'Issuing country',
    'بلد الإصدار',
  ]),
  attestationReason: {
    at: '/attestation',
    spellings: ['Motif sans document', 'Raison sans document', 'Reason without document', 'Why no document', 'سبب عدم وجود وثيقة'],
  },
  attestedBy: { at: '/attestation/attestedBy', spellings: ['Attesté par', 'Attested by', 'الشاهد على الهوية'] },
  ...several('phone', (i) => `/phones/${i}`, [
    'Téléphone',
    'Phone',
    'Telephone',
    'Phone number',
    'Numéro de téléphone',
    'Mobile',
    'Tél',
    'N° Tél',
    'N° Téléphone',
    'N° de téléphone',
    'Phone No',
    'Telephone No',
    'Mobile number',
    'Mobile No',
    'Contact number',
    'الهاتف',
    'رقم الهاتف',
  ]),
  wilaya: { at: '/wilaya', required: true, spellings: ['Wilaya', 'Province', 'Governorate', 'Gouvernorat', 'الولاية', 'المحافظة'] },
  commune: { at: '/commune', required: true, spellings: ['Commune', 'Municipality', 'District', 'البلدية'] },
  language: { at: '/language', spellings: ['Langue', 'Language', 'Preferred language', 'اللغة'] },
  ...under<AnswerColumn>('/answers', answerSpellings),
  ...under<WashingtonGroupColumn>('/answers/washingtonGroup', washingtonGroupSpellings),
  consent: { at: '/consents', required: true, spellings: ['Consentement', 'Consent', 'الموافقة'] },
  consentMethod: { at: '/consents/method', required: true, spellings: ['Mode de consentement', 'Consent method', 'طريقة الموافقة'] },
  consentBasis: { at: '/consents/legalBasis', spellings: ['Base légale', 'Legal basis', 'الأساس القانوني'] },
  consentReference: {
    at: '/consents/evidence/reference',
    spellings: ['Référence du consentement', 'Consent reference', 'مرجع الموافقة'],
  },
  consentWitness: { at: '/consents/evidence/witness', spellings: ['Témoin', 'Consent witness', 'Witness', 'الشاهد'] },
  shareConsent: { at: '/consents/share', spellings: ['Partage avec la poste', 'Share with paying agent', 'المشاركة مع البريد'] },
  contactConsent: {
    at: '/consents/contact',
    spellings: ['Accepte d’être contacté', 'May be contacted', 'Contact consent', 'يقبل الاتصال به'],
  },
  partnersConsent: { at: '/consents/partners', spellings: ['Partage avec les partenaires', 'Share with partners', 'المشاركة مع الشركاء'] },
} satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;

export const columnNames = Object.keys(columns) as ColumnName[];

/** Those whose cells are dates. */
export const dateColumns: ReadonlySet<ColumnName | null> = new Set<ColumnName>(['registeredOn', 'birth']);

const nearest = new Map<string, readonly ColumnName[]>();

/** The columns that a fault may stand in, the nearest first. @param pointer into the registration */
export function columnsAt(pointer: string): readonly ColumnName[] {
  let found = nearest.get(pointer);
  if (!found) {
    const places = pointer.split('/').map((_, i, parts) => parts.slice(0, parts.length - i).join('/'));
    found = places
      .filter((place) => place !== '')
      .flatMap((place) => [
        ...columnNames.filter((name) => columns[name].at === place),
        ...columnNames.filter((name) => columns[name].at.startsWith(`${place}/`)),
      ]);
    nearest.set(pointer, found);
  }
  return found;
}

/** What a header must have for rows to be read: each of these, or one of several. */
const requiredAlways: readonly (readonly ColumnName[])[] = [
  ...columnNames.filter((name) => 'required' in columns[name]).map((name) => [name]),
  ['given', 'fullName', 'family'],
  ['birth', 'age'],
];

/** Where rows say which household they are in, they say what else it takes to begin one. Elsewhere each is a household of its own. */
const requiredOfHouseholds: readonly (readonly ColumnName[])[] = [['household'], ['householdSize'], ['relationship']];

/** What a header must have for rows to be read. @param has whether it has a column */
export const requiredColumns = (has: (name: ColumnName) => boolean): readonly (readonly ColumnName[])[] =>
  has('household') ? [...requiredAlways, ...requiredOfHouseholds] : requiredAlways;
