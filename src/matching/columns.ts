import { normalForm } from './normal-form.ts';

/** What a column of a file holds. Locations carry how large a place they name, 0 the largest. */
export type Column =
  | { readonly holds: 'id' | 'given' | 'middle' | 'family' | 'birth' | 'birth_year' | 'birth_month' | 'birth_day' | 'age' | 'sex' }
  | { readonly holds: 'name' | 'document' | 'phone' | 'household' | 'father' | 'grandfather' }
  | { readonly holds: 'location'; readonly size: number };

type Plain = Exclude<Column['holds'], 'location'>;

const spellings: Readonly<Record<Plain, string>> = {
  id: 'id, rec id, record id, row id, unique id, unique identifier, uuid, uid, person id, pid, member id, household member id, client id, participant id, respondent id, individual id, beneficiary id, identifier, identifiant, id personne, ref, reference, record, n, no, num, numero, number, registration number, registration no, reg no, numero enregistrement, voter id, voter reg num, ncid, case number, المعرف, الرقم, رقم التسجيل, الرقم التسلسلي, م, registration id, reg id, record number, record no, rec no, beneficiary number, beneficiary no, code beneficiaire, id beneficiaire, id individu, ind id, matricule, numero matricule, case id, case no, case num, numero dossier, n dossier, index, row, row number, row no, key, رقم المستفيد, رمز المستفيد, رقم الملف',
  given:
    'given name, given names, given, first name, first names, firstname, first, forename, forenames, fname, name first, prenom, prenoms, prenom s, prénom usuel, nombre, nome, الاسم, الاسم الاول, اسم, الاسم الشخصي, الاسم الأول, christian name, personal name',
  middle:
    'middle name, middle names, middle, midl name, mname, name middle, second name, other names, other name, deuxieme prenom, autres prenoms, autre prenom, second prenom, الاسم الاوسط, الاسم الثاني, middle initial, second given name',
  family:
    'family name, family names, family, surname, surnames, last name, last names, last, lname, name last, nom, nom de famille, noms, patronyme, apellido, apelido, اللقب, العائلة, اسم العائلة, النسب, الكنية, الاسم العائلي, لقب العائلة, الاسم الاخير',
  name: 'name, full name, fullname, complete name, person name, beneficiary name, nom complet, nom et prenom, nom et prenoms, nom prenom, noms et prenoms, prenom et nom, prenom nom, الاسم الكامل, الاسم واللقب, الاسم واللقب الكامل, اسم المستفيد, الاسم الثلاثي, الاسم الرباعي, nombre completo, nome completo',
  father:
    'father name, fathers name, father s name, father, second name father, nom du pere, prenom du pere, pere, اسم الاب, الاب, name of father',
  grandfather:
    'grandfather name, grandfathers name, grandfather s name, grandfather, grand father name, third name, nom du grand pere, grand pere, اسم الجد, الجد',
  birth:
    'dob, birth date, birthdate, date of birth, birth, born, born on, birthday, date birth, date naissance, date de naissance, naissance, ne le, nee le, ne e le, ddn, datenaiss, date naiss, fecha de nacimiento, data de nascimento, تاريخ الميلاد, تاريخ الولادة, تاريخ الازدياد, الميلاد, bday',
  birth_year:
    'birth year, year of birth, yob, year, birthyear, annee naissance, annee de naissance, annee, سنة الميلاد, سنة الولادة, عام الميلاد',
  birth_month: 'birth month, month of birth, mob, month, mois naissance, mois de naissance, شهر الميلاد',
  birth_day: 'birth day, day of birth, day, jour naissance, jour de naissance, يوم الميلاد',
  age: 'age, age years, age in years, age at registration, age at year end, age ans, edad, idade, العمر, السن',
  sex: 'sex, gender, sexe, genre, sexo, gender code, sex code, الجنس, النوع, gender identity, m f',
  document:
    'document number, document no, document, doc number, doc no, doc, document id, id number, id no, national id, national id number, national id no, nationalid, national identity number, identity number, identity card, id card, id card number, soc sec id, ssn, social security number, social security, passport, passport number, passport no, nin, nid, nni, cni, cin, numero document, numero de document, n document, numero cni, carte identite, carte d identite, numero carte, piece identite, piece d identite, numero piece, numero piece identite, passeport, numero passeport, numero de passeport, unhcr number, unhcr id, refugee id, رقم الوثيقة, الوثيقة, رقم الهوية, رقم بطاقة التعريف, بطاقة التعريف, الرقم الوطني, رقم الجواز, جواز السفر, رقم جواز السفر, رقم البطاقة, رقم التعريف الوطني, document num, doc num, doc id, id doc, id document, identity document, identity document number, identity no, national number, national no, numero de piece, numero de piece identite, numero de piece d identite, n piece, n piece identite, n piece d identite, n carte, progres id, progres number',
  phone:
    'phone, phone number, phone no, telephone, telephone number, tel, mobile, mobile number, mobile phone, mobile no, cell, cell phone, cellphone, contact number, msisdn, full phone number, full phone num, numero telephone, numero de telephone, n telephone, gsm, portable, telefono, telefone, الهاتف, رقم الهاتف, هاتف, الجوال, رقم الجوال, المحمول, الموبايل, n de telephone, n tel, no tel, numero tel, tel number, tel no, telephone no, contact phone, primary phone, phone primary, main phone, secondary phone, alternate phone, alternative phone, alt phone, mobile telephone, telephone mobile, telephone portable, whatsapp, whatsapp number',
  household:
    'household, household id, household number, hh id, hhid, menage, id menage, numero menage, n menage, family id, رقم الاسرة, الاسرة, الأسرة, رقم العائلة',
};

const places: readonly string[] = [
  'country, pays, country of residence, البلد, الدولة',
  'region, state, province, wilaya, governorate, gouvernorat, state cd, state code, admin1, admin1 name, adm1, الولاية, المحافظة, المنطقة, الاقليم',
  'district, county, county desc, zone, department, departement, cercle, daira, moughataa, admin2, admin2 name, adm2, sub county, woreda, lga, الدائرة, القضاء, المديرية',
  'location, location name, loc, current location, city, town, suburb, locality, commune, village, municipality, municipalite, ville, localite, lieu, lieu de residence, place, place of residence, residence, lieu residence, site name, admin3 name, res city desc, admin3, adm3, البلدية, المدينة, البلدة, القرية, الموقع, مكان الاقامة, السكن, المكان',
  'postcode, postal code, post code, zip, zip code, zipcode, code postal, pcode, p code, الرمز البريدي',
  'camp, site, block, quarter, quartier, neighbourhood, neighborhood, ward, section, settlement, admin4, المخيم, الحي',
  'address 2, address2, address line 2, adresse 2, mail addr 2',
  'address, address 1, address1, address line 1, adresse, adresse 1, full address, street, street name, street address, rue, res street address, mail addr 1, residential address, العنوان, الشارع',
  'street number, house number, house no, street no, house, apartment, numero rue, رقم المنزل',
];

const listed = (names: string): string[] => names.split(', ').map((name) => normalForm(name).replaceAll(' ', ''));

const known = new Map<string, Column>([
  ...(Object.keys(spellings) as Plain[]).flatMap((holds) => listed(spellings[holds]).map((name) => [name, { holds }] as [string, Column])),
  ...places.flatMap((names, size) => listed(names).map((name) => [name, { holds: 'location', size }] as [string, Column])),
]);

const idsByTrust = listed(spellings.id);
const squeezed = (header: string): string => normalForm(header.replace(/([a-z])([A-Z])/g, '$1 $2')).replaceAll(' ', '');

/** Words that say whose field it is, or nothing. */
const fillers = new Set(
  'de du des la le les l d of the a an your votre vos beneficiary beneficiaire person personne individual individu respondent applicant member membre'.split(
    ' ',
  ),
);

const withoutFillers = (header: string): string =>
  normalForm(header)
    .split(' ')
    .filter((word) => !fillers.has(word))
    .join('');

interface Reading {
  readonly column: Column;
  /** The spelling that it is known by. */
  readonly spelling: string;
  /** Whether something had to be left out of the name for it to be known. */
  readonly isLoose: boolean;
}

/** What a header says as it stands, or else without its number, what stands in brackets and filler words. */
function readingOf(header: string): Reading | undefined {
  const bare = header.replaceAll(/\([^)]*\)|\[[^\]]*\]/g, ' ');
  const names = [
    squeezed(header),
    squeezed(header).replace(/\d+$/, ''),
    squeezed(bare),
    squeezed(bare).replace(/\d+$/, ''),
    withoutFillers(bare),
  ];
  const place = names.findIndex((name) => known.has(name));
  const spelling = names[place] ?? '';
  const column = known.get(spelling);
  return column && { column, spelling, isLoose: place > 1 };
}

/** What may be said in several columns, each a value of its own. */
const several: readonly Column['holds'][] = ['document', 'phone', 'location'];

/**
 * What each column of a header holds; undefined where its name says nothing. Only the most trusted of several id columns is the id, and "Full
 * name (Arabic)" is no part of the name where another column is the full name.
 */
export function columnsOf(header: readonly string[]): (Column | undefined)[] {
  const readings = header.map(readingOf);
  const isFirst = ({ column, isLoose }: Reading, place: number) =>
    !isLoose ||
    several.includes(column.holds) ||
    !readings.some((other, at) => other?.column.holds === column.holds && (!other.isLoose || at < place));
  const rank = ({ spelling }: Reading) => idsByTrust.indexOf(spelling);
  const id = readings.reduce<Reading | undefined>(
    (best, next) => (next?.column.holds === 'id' && (!best || rank(next) < rank(best)) ? next : best),
    undefined,
  );
  return readings.map((reading, place) => {
    if (!reading || (reading.column.holds === 'id' && reading !== id)) return undefined;
    return isFirst(reading, place) ? reading.column : undefined;
  });
}

/** Whether a header that is not known may well be that of an identifier. */
export const looksLikeId = (header: string): boolean =>
  /(?:^| )(?:id|no|n|nr|num|numero|number|ref|reference|code|key|uid|uuid)(?: |$)/.test(
    normalForm(header.replace(/([a-z])([A-Z])/g, '$1 $2')),
  );
