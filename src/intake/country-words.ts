import { twoLetterCodes } from '../beneficiaries/index.ts';
import { vocabulary } from './vocabulary.ts';

/** What people are called by where they come from, and names of countries that no list has; a word that is said of two countries is left out. */
const besides: Readonly<Record<string, string>> = {
  AFG: 'afghan, afghane, أفغاني, أفغانية',
  AGO: 'angolais, angolaise, angolan, أنغولي, أنغولية',
  ALB: 'albanais, albanaise, albanian',
  ARE: 'EAU, UAE, émirien, émirienne, emirati, إماراتي, إماراتية, الإمارات',
  BDI: 'burundais, burundaise, burundian, بوروندي, بوروندية',
  BEN: 'béninois, béninoise, beninese, بنيني, بنينية',
  BFA: 'burkina, burkinabè, burkinabe, burkinabé, بوركينابي, بوركينابية, بوركيني, بوركينية, بوركينا',
  BGD: 'bangladais, bangladaise, bangladeshi, بنغلاديشي, بنغلاديشية',
  BWA: 'botswanais, botswanaise, botswanan',
  CAF: 'centrafrique, RCA, centrafricain, centrafricaine, central african, أفريقيا الوسطى',
  CHN: 'chinois, chinoise, chinese, صيني, صينية',
  CIV: "ivory coast, cote d'ivoire, ivoirien, ivoirienne, ivorian, إيفواري, إيفوارية, عاجي, عاجية, كوت ديفوار",
  CMR: 'camerounais, camerounaise, cameroonian, كاميروني, كاميرونية',
  COD: 'RDC, RD Congo, DRC, DR Congo, république démocratique du congo, democratic republic of the congo, الكونغو الديمقراطية',
  COG: 'république du congo, republic of the congo',
  COM: 'comorien, comorienne, comorian, قمري, قمرية',
  CPV: 'cabo verde, cap-verdien, cap-verdienne, cape verdean',
  DJI: 'djiboutien, djiboutienne, djiboutian, جيبوتي, جيبوتية',
  DZA: 'algérien, algérienne, algerian, جزائري, جزائرية',
  EGY: 'égyptien, égyptienne, egyptian, مصري, مصرية',
  ERI: 'érythréen, érythréenne, eritrean, إريتري, إريترية',
  ESH: 'sahraoui, sahraouie, sahrawi, صحراوي, صحراوية',
  ESP: 'espagnol, espagnole, spanish, إسباني, إسبانية',
  ETH: 'éthiopien, éthiopienne, ethiopian, إثيوبي, إثيوبية, أثيوبي, أثيوبية',
  FRA: 'français, française, french, فرنسي, فرنسية',
  GAB: 'gabonais, gabonaise, gabonese, غابوني, غابونية',
  GBR: 'UK, britannique, british, grande bretagne, بريطاني, بريطانية, بريطانيا',
  GHA: 'ghanéen, ghanéenne, ghanaian, غاني, غانية',
  GIN: 'guinée conakry, guinea conakry, guinéen, guinéenne, guinean, غيني, غينية',
  GMB: 'gambien, gambienne, gambian, gambia, غامبي, غامبية',
  GNB: 'bissau-guinéen, bissau-guinéenne, bissau-guinean',
  GNQ: 'équato-guinéen, équato-guinéenne, equatorial guinean',
  IND: 'indien, indienne, indian, هندي, هندية',
  IRN: 'iranien, iranienne, iranian, إيراني, إيرانية',
  IRQ: 'irakien, irakienne, iraquien, iraquienne, iraqi, عراقي, عراقية',
  ITA: 'italien, italienne, italian, إيطالي, إيطالية',
  JOR: 'jordanien, jordanienne, jordanian, أردني, أردنية',
  KEN: 'kényan, kényane, kenyan, كيني, كينية',
  KWT: 'koweïtien, koweïtienne, kuwaiti, كويتي, كويتية',
  LBN: 'libanais, libanaise, lebanese, لبناني, لبنانية',
  LBR: 'libérien, libérienne, liberian, ليبيري, ليبيرية',
  LBY: 'libyen, libyenne, libyan, ليبي, ليبية',
  LSO: 'mosotho, basotho',
  MAR: 'marocain, marocaine, moroccan, مغربي, مغربية',
  MDG: 'malgache, malagasy, مدغشقري, مدغشقرية',
  MLI: 'malien, malienne, malian, مالية',
  MOZ: 'mozambicain, mozambicaine, mozambican',
  MRT: 'mauritanien, mauritanienne, mauritanian, موريتاني, موريتانية',
  MUS: 'mauricien, mauricienne, mauritian',
  MWI: 'malawien, malawienne, malawian',
  NAM: 'namibien, namibienne, namibian',
  NER: 'nigérien, nigérienne, nigerien, نيجري, نيجرية',
  NGA: 'nigérian, nigériane, nigerian, نيجيري, نيجيرية',
  OMN: 'omanais, omanaise, omani, عماني, عمانية',
  PAK: 'pakistanais, pakistanaise, pakistani, باكستاني, باكستانية',
  PSE: 'palestine, palestinien, palestinienne, palestinian, فلسطين, فلسطيني, فلسطينية',
  PRT: 'portugais, portugaise, portuguese',
  QAT: 'qatari, qatarie, qatarien, قطري, قطرية',
  RWA: 'rwandais, rwandaise, rwandan, رواندي, رواندية',
  SAU: 'saoudien, saoudienne, saudi, سعودي, سعودية',
  SDN: 'soudanais, soudanaise, sudanese, سوداني, سودانية',
  SEN: 'sénégalais, sénégalaise, senegalese, سنغالي, سنغالية',
  SLE: 'sierra-léonais, sierra-léonaise, sierra leonean, سيراليوني, سيراليونية',
  SOM: 'somalien, somalienne, somali, somalie, somalian, صومالي, صومالية',
  SSD: 'sud-soudanais, sud-soudanaise, south sudanese',
  STP: 'santoméen, santoméenne, sao tomean',
  SWZ: 'swaziland, swazi',
  SYC: 'seychellois, seychelloise',
  SYR: 'syrien, syrienne, syrian, سوري, سورية',
  TCD: 'tchadien, tchadienne, chadian, تشادي, تشادية',
  TGO: 'togolais, togolaise, togolese, توغولي, توغولية',
  TUN: 'tunisien, tunisienne, tunisian, تونسي, تونسية',
  TUR: 'turkey, turquie, turc, turque, turkish, تركي, تركية',
  TZA: 'tanzanien, tanzanienne, tanzanian, تنزاني, تنزانية',
  UGA: 'ougandais, ougandaise, ugandan, أوغندي, أوغندية',
  USA: 'US, états-unis, américain, américaine, american, أمريكي, أمريكية',
  YEM: 'yéménite, yemeni, يمني, يمنية',
  ZAF: 'sud-africain, sud-africaine, south african',
  ZMB: 'zambien, zambienne, zambian',
  ZWE: 'zimbabwéen, zimbabwéenne, zimbabwean',
};

const namesIn = ['fr', 'en', 'ar'].flatMap((language) =>
  (['long', 'short'] as const).map((style) => new Intl.DisplayNames(language, { type: 'region', style })),
);

const spellings = Object.fromEntries(
  [...twoLetterCodes].map(([code, two]) => [
    code,
    [two, ...namesIn.flatMap((names) => names.of(two) ?? []), ...(besides[code]?.split(', ') ?? [])],
  ]),
);

const known = vocabulary<string>(spellings);

/**
 * A country as files write it: its code of two or three letters, its name or what its people are called.
 * @returns ISO 3166-1 alpha-3; what is not known in capitals, as it may be another code of a travel document
 */
export const countryOf = (cell: string): string => known(cell) ?? cell.toUpperCase();
