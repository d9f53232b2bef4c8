import type { Evidence, Field, LevelOf } from './levels.ts';

export type Language = 'en' | 'fr' | 'ar';
type Said = Readonly<Record<Language, string>>;

const nameLevels = (en: string, fr: string, ar: string, feminine = false): Readonly<Record<LevelOf<'given'>, Said>> => ({
  same: { en: `${en} is the same`, fr: `${fr} est le même`, ar: `${ar} نفسه` },
  spelling: { en: `${en} is the same in another spelling`, fr: `${fr} est le même, écrit autrement`, ar: `${ar} نفسه بكتابة أخرى` },
  sound: { en: `${en} sounds the same`, fr: `${fr} se prononce de même`, ar: `${ar} يُنطق بالطريقة نفسها` },
  near: { en: `${en} differs by a letter or two`, fr: `${fr} diffère d’une lettre ou deux`, ar: `${ar} يختلف بحرف أو حرفين` },
  part: { en: `${en} agrees in part`, fr: `${fr} concorde en partie`, ar: `${ar} يتطابق جزئياً` },
  alike: { en: `${en} is a little alike`, fr: `${fr} se ressemble un peu`, ar: `${ar} متشابه قليلاً` },
  initial: { en: `${en} has the same initial`, fr: `${fr} a la même initiale`, ar: `${ar} يبدأ بالحرف نفسه` },
  different: { en: `${en} is another`, fr: `${fr} est ${feminine ? 'une autre' : 'un autre'}`, ar: `${ar} مختلف` },
});

const said: { readonly [F in Field]: Readonly<Record<LevelOf<F>, Said>> } = {
  given: nameLevels('The given name', 'Le prénom', 'الاسم'),
  family: nameLevels('The family name', 'Le nom de famille', 'اللقب'),
  middle: nameLevels('The middle name', 'Le deuxième prénom', 'الاسم الأوسط'),
  order: {
    straight: { en: 'The names stand in the same order', fr: 'Les noms sont dans le même ordre', ar: 'ترتيب الأسماء واحد' },
    joined: { en: 'The names stand in one field', fr: 'Les noms sont dans un seul champ', ar: 'الأسماء في خانة واحدة' },
    exchanged: { en: 'Given and family name are exchanged', fr: 'Prénom et nom sont inversés', ar: 'الاسم واللقب متبادلان' },
  },
  birth: {
    day: { en: 'The date of birth is the same', fr: 'La date de naissance est la même', ar: 'تاريخ الميلاد نفسه' },
    exchanged: {
      en: 'Day and month of birth are exchanged',
      fr: 'Le jour et le mois de naissance sont inversés',
      ar: 'يوم الميلاد وشهره متبادلان',
    },
    typing: {
      en: 'The date of birth differs by one digit',
      fr: 'La date de naissance diffère d’un chiffre',
      ar: 'تاريخ الميلاد يختلف برقم واحد',
    },
    alike: {
      en: 'The date of birth differs by two digits',
      fr: 'La date de naissance diffère de deux chiffres',
      ar: 'تاريخ الميلاد يختلف برقمين',
    },
    month_day: {
      en: 'Day and month of birth are the same, the year is not',
      fr: 'Le jour et le mois de naissance sont les mêmes, pas l’année',
      ar: 'يوم الميلاد وشهره نفسهما، والسنة مختلفة',
    },
    year: {
      en: 'The year of birth is the same; no day is known',
      fr: 'L’année de naissance est la même ; aucun jour n’est connu',
      ar: 'سنة الميلاد نفسها، واليوم غير معروف',
    },
    within_year: {
      en: 'The date of birth lies in the other’s year',
      fr: 'La date de naissance tombe dans l’année de l’autre',
      ar: 'تاريخ الميلاد يقع في سنة ميلاد الآخر',
    },
    near_year: { en: 'The years of birth are close', fr: 'Les années de naissance sont proches', ar: 'سنتا الميلاد متقاربتان' },
    near_age: { en: 'The ages are close', fr: 'Les âges sont proches', ar: 'العمران متقاربان' },
    different: { en: 'The date of birth is another', fr: 'La date de naissance est une autre', ar: 'تاريخ الميلاد مختلف' },
  },
  sex: {
    same: { en: 'The sex is the same', fr: 'Le sexe est le même', ar: 'الجنس نفسه' },
    different: { en: 'The sex is another', fr: 'Le sexe est différent', ar: 'الجنس مختلف' },
  },
  document: {
    same: { en: 'A document number is the same', fr: 'Un numéro de document est le même', ar: 'رقم وثيقة نفسه' },
    typing: {
      en: 'A document number differs by one sign',
      fr: 'Un numéro de document diffère d’un caractère',
      ar: 'رقم وثيقة يختلف بخانة واحدة',
    },
    alike: {
      en: 'A document number differs by two signs',
      fr: 'Un numéro de document diffère de deux caractères',
      ar: 'رقم وثيقة يختلف بخانتين',
    },
    other_kind: { en: 'The documents are of different kinds', fr: 'Les documents sont de types différents', ar: 'الوثائق من أنواع مختلفة' },
    different: { en: 'The document numbers are different', fr: 'Les numéros de document sont différents', ar: 'أرقام الوثائق مختلفة' },
  },
  phone: {
    same: { en: 'A phone number is the same', fr: 'Un numéro de téléphone est le même', ar: 'رقم هاتف نفسه' },
    typing: {
      en: 'A phone number differs by one digit',
      fr: 'Un numéro de téléphone diffère d’un chiffre',
      ar: 'رقم هاتف يختلف برقم واحد',
    },
    different: { en: 'The phone numbers are different', fr: 'Les numéros de téléphone sont différents', ar: 'أرقام الهاتف مختلفة' },
  },
  location: {
    address: { en: 'The address is the same', fr: 'L’adresse est la même', ar: 'العنوان نفسه' },
    near_address: { en: 'The addresses are much alike', fr: 'Les adresses se ressemblent beaucoup', ar: 'العنوانان متشابهان كثيراً' },
    place: { en: 'The place is the same', fr: 'Le lieu est le même', ar: 'المكان نفسه' },
    near_place: { en: 'The places are much alike', fr: 'Les lieux se ressemblent beaucoup', ar: 'المكانان متشابهان كثيراً' },
    part: { en: 'The place agrees in part', fr: 'Le lieu concorde en partie', ar: 'المكان يتطابق جزئياً' },
    different: { en: 'The place is another', fr: 'Le lieu est un autre', ar: 'المكان مختلف' },
  },
  household: {
    relatives: {
      en: 'They may be two people of one household',
      fr: 'Ce sont peut-être deux personnes d’un même ménage',
      ar: 'قد يكونان شخصين من أسرة واحدة',
    },
  },
};

/** What one piece of evidence says, for the person who decides. It never holds a value of either person. */
export function inWords({ field, level }: Evidence, language: Language): string {
  return (said[field] as Readonly<Record<string, Said>>)[level]?.[language] as string;
}
