/** What a word tells of whoever holds the phone. */
export type Tells = 'an agency' | 'aid' | 'a nationality' | 'the programme' | 'who gives the money';

/** Words that tell, in the three languages and in any case, accents and vowel marks aside. Several words are looked for one after the other. */
export const tellingWords: Readonly<Record<'an agency' | 'aid', readonly string[]>> = {
  'an agency': [
    ...['unhcr', 'unicef', 'oim', 'iom', 'onu', 'wfp', 'pnud', 'undp', 'unrwa', 'ocha', 'icrc', 'cicr', 'ifrc', 'ficr', 'msf', 'usaid'],
    ...['oxfam', 'caritas', 'ong', 'ngo', 'ngos', 'united nations', 'nations unies', 'red cross', 'croix rouge', 'red crescent'],
    ...['croissant rouge', 'save the children', 'medecins du monde', 'medecins sans frontieres', 'handicap international', 'mercy corps'],
    ...['islamic relief', 'action contre la faim', 'secours islamique', 'terre des hommes', 'human appeal'],
    ...['الأمم المتحدة', 'المفوضية', 'مفوضية', 'اليونيسف', 'يونيسف', 'الهلال الأحمر', 'الصليب الأحمر', 'أوكسفام', 'كاريتاس', 'الأونروا'],
    ...['منظمة', 'منظمات', 'جمعية', 'جمعيات', 'برنامج الأغذية العالمي', 'أطباء بلا حدود'],
  ],
  aid: [
    ...[
      'aid',
      'aids',
      'assistance',
      'assisted',
      'relief',
      'humanitarian',
      'charity',
      'donation',
      'donations',
      'donor',
      'donors',
      'donated',
    ],
    ...['grant', 'grants', 'subsidy', 'stipend', 'refugee', 'refugees', 'asylum', 'migrant', 'migrants', 'migration', 'displaced'],
    ...['beneficiary', 'beneficiaries', 'vulnerable', 'programme', 'program', 'project', 'reintegration'],
    ...[
      'aide',
      'aides',
      'secours',
      'humanitaire',
      'humanitaires',
      'charite',
      'don',
      'dons',
      'donateur',
      'donateurs',
      'bailleur',
      'bailleurs',
    ],
    ...['subvention', 'subventions', 'allocation', 'allocations', 'refugie', 'refugiee', 'refugies', 'refugiees', 'asile', 'migrante'],
    ...['migrantes', 'deplace', 'deplacee', 'deplaces', 'deplacees', 'beneficiaire', 'beneficiaires', 'vulnerables', 'programmes'],
    ...['projet', 'projets', 'solidarite', 'reinsertion'],
    ...['مساعدة', 'مساعدات', 'معونة', 'معونات', 'إعانة', 'إعانات', 'إغاثة', 'إنساني', 'إنسانية', 'تبرع', 'تبرعات', 'صدقة', 'هبة', 'هبات'],
    ...['منحة', 'منح', 'لاجئ', 'لاجئة', 'لاجئين', 'لاجئون', 'لاجئات', 'لجوء', 'مهاجر', 'مهاجرة', 'مهاجرين', 'مهاجرون', 'هجرة', 'نازح'],
    ...['نازحة', 'نازحين', 'نازحون', 'مستفيد', 'مستفيدة', 'مستفيدين', 'مستفيدون', 'مانح', 'مانحة', 'مانحين', 'برنامج', 'مشروع', 'تضامن'],
  ],
};

/** Short names of agencies that are also words: they tell in capitals alone. */
export const tellingCapitals: readonly string[] = ['UN', 'PAM', 'HCR', 'NRC', 'DRC', 'IRC', 'CARE', 'WHO', 'ECHO', 'ACF', 'UE', 'EU'];

/** Nationalities as they begin; how each language goes on from there is said in {@link nationalityEndings}. */
export const nationalities: readonly string[] = [
  ...['malian', 'nigerian', 'ivorian', 'guinean', 'cameroonian', 'senegalese', 'sudanese', 'somali', 'eritrean', 'ethiopian', 'chadian'],
  ...['congolese', 'burkinabe', 'beninese', 'togolese', 'ghanaian', 'gambian', 'mauritanian', 'sahrawi', 'syrian', 'palestinian', 'yemeni'],
  ...['iraqi', 'libyan', 'moroccan', 'tunisian', 'egyptian', 'lebanese', 'afghan', 'algerian', 'liberian', 'angolan', 'rwandan'],
  ...['malien', 'nigerien', 'ivoirien', 'guineen', 'camerounais', 'senegalais', 'soudanais', 'somalien', 'erythreen', 'ethiopien'],
  ...['tchadien', 'congolais', 'beninois', 'togolais', 'ghaneen', 'gambien', 'mauritanien', 'sahraoui', 'syrien', 'palestinien'],
  ...['yemenite', 'irakien', 'libyen', 'marocain', 'tunisien', 'egyptien', 'libanais', 'algerien', 'liberien', 'angolais', 'rwandais'],
  ...['نيجري', 'نيجيري', 'إيفواري', 'غيني', 'كاميروني', 'سنغالي', 'سوداني', 'صومالي', 'إريتري', 'إثيوبي', 'تشادي', 'كونغولي', 'بوركيني'],
  ...['بنيني', 'توغولي', 'غاني', 'غامبي', 'موريتاني', 'صحراوي', 'سوري', 'فلسطيني', 'يمني', 'عراقي', 'ليبي', 'مغربي', 'تونسي', 'مصري'],
  ...['لبناني', 'أفغاني', 'جزائري', 'ليبيري', 'أنغولي', 'رواندي'],
];

/** Feminine and plural, as a pattern over folded words. */
export const nationalityEndings = '(?:s|e|es|ne|nes|ه|ين|ون|ات)?';
