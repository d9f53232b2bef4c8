import { normalForm } from './normal-form.ts';

/** What a column of a file holds. Locations carry how large a place they name, 0 the largest. */
export type Column =
  | { readonly holds: 'id' | 'given' | 'middle' | 'family' | 'birth' | 'birth_year' | 'birth_month' | 'birth_day' | 'age' | 'sex' }
  | { readonly holds: 'name' | 'document' | 'phone' | 'household' | 'father' | 'grandfather' }
  | { readonly holds: 'location'; readonly size: number };

type Plain = Exclude<Column['holds'], 'location'>;

const spellings: Readonly<Record<Plain, string>> = {
  id: 'id, rec id, record id, row id, unique id, uuid, person id, individual id, beneficiary id, identifier, identifiant, id personne, ref, reference, record, n, no, num, numero, number, registration number, registration no, reg no, numero enregistrement, voter id, voter reg num, ncid, case number, المعرف, الرقم, رقم التسجيل, الرقم التسلسلي, م',
  given:
    'given name, given names, given, first name, first names, firstname, first, forename, forenames, fname, name first, prenom, prenoms, prenom s, prénom usuel, nombre, nome, الاسم, الاسم الاول, اسم, الاسم الشخصي, الاسم الأول',
  middle:
    'middle name, middle names, middle, midl name, mname, name middle, second name, other names, other name, deuxieme prenom, autres prenoms, autre prenom, second prenom, الاسم الاوسط, الاسم الثاني',
  family:
    'family name, family names, family, surname, surnames, last name, last names, last, lname, name last, nom, nom de famille, noms, patronyme, apellido, apelido, اللقب, العائلة, اسم العائلة, النسب, الكنية, الاسم العائلي, لقب العائلة, الاسم الاخير',
  name: 'name, full name, fullname, complete name, person name, beneficiary name, nom complet, nom et prenom, nom et prenoms, nom prenom, noms et prenoms, prenom et nom, prenom nom, الاسم الكامل, الاسم واللقب, الاسم واللقب الكامل, اسم المستفيد, الاسم الثلاثي, الاسم الرباعي, nombre completo, nome completo',
  father: 'father name, fathers name, father s name, father, second name father, nom du pere, prenom du pere, pere, اسم الاب, الاب',
  grandfather:
    'grandfather name, grandfathers name, grandfather s name, grandfather, grand father name, third name, nom du grand pere, grand pere, اسم الجد, الجد',
  birth:
    'dob, birth date, birthdate, date of birth, birth, born, born on, birthday, date birth, date naissance, date de naissance, naissance, ne le, nee le, ne e le, ddn, datenaiss, date naiss, fecha de nacimiento, data de nascimento, تاريخ الميلاد, تاريخ الولادة, تاريخ الازدياد, الميلاد',
  birth_year:
    'birth year, year of birth, yob, year, birthyear, annee naissance, annee de naissance, annee, سنة الميلاد, سنة الولادة, عام الميلاد',
  birth_month: 'birth month, month of birth, mob, month, mois naissance, mois de naissance, شهر الميلاد',
  birth_day: 'birth day, day of birth, day, jour naissance, jour de naissance, يوم الميلاد',
  age: 'age, age years, age in years, age at registration, age at year end, age ans, edad, idade, العمر, السن',
  sex: 'sex, gender, sexe, genre, sexo, gender code, sex code, الجنس, النوع',
  document:
    'document number, document no, document, doc number, doc no, doc, document id, id number, id no, national id, national id number, national id no, nationalid, national identity number, identity number, identity card, id card, id card number, soc sec id, ssn, social security number, social security, passport, passport number, passport no, nin, nid, nni, cni, cin, numero document, numero de document, n document, numero cni, carte identite, carte d identite, numero carte, piece identite, piece d identite, numero piece, numero piece identite, passeport, numero passeport, numero de passeport, unhcr number, unhcr id, refugee id, رقم الوثيقة, الوثيقة, رقم الهوية, رقم بطاقة التعريف, بطاقة التعريف, الرقم الوطني, رقم الجواز, جواز السفر, رقم جواز السفر, رقم البطاقة, رقم التعريف الوطني',
  phone:
    'phone, phone number, phone no, telephone, telephone number, tel, mobile, mobile number, mobile phone, mobile no, cell, cell phone, cellphone, contact number, msisdn, full phone number, full phone num, numero telephone, numero de telephone, n telephone, gsm, portable, telefono, telefone, الهاتف, رقم الهاتف, هاتف, الجوال, رقم الجوال, المحمول, الموبايل',
  household:
    'household, household id, household number, hh id, hhid, menage, id menage, numero menage, n menage, family id, رقم الاسرة, الاسرة, الأسرة, رقم العائلة',
};

const places: readonly string[] = [
  'country, pays, country of residence, البلد, الدولة',
  'region, state, province, wilaya, governorate, gouvernorat, state cd, state code, admin1, adm1, الولاية, المحافظة, المنطقة, الاقليم',
  'district, county, county desc, zone, department, departement, cercle, daira, moughataa, admin2, adm2, sub county, woreda, lga, الدائرة, القضاء, المديرية',
  'location, city, town, suburb, locality, commune, village, municipality, municipalite, ville, localite, lieu, lieu de residence, place, residence, res city desc, admin3, adm3, البلدية, المدينة, البلدة, القرية, الموقع, مكان الاقامة, السكن',
  'postcode, postal code, post code, zip, zip code, zipcode, code postal, الرمز البريدي',
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

/** What each column of a header holds; undefined where its name says nothing. Only the most trusted of several id columns is the id. */
export function columnsOf(header: readonly string[]): (Column | undefined)[] {
  const names = header.map(squeezed);
  const columns = names.map((name) => known.get(name) ?? known.get(name.replace(/\d+$/, '')));
  const rank = (place: number) => idsByTrust.indexOf(names[place] as string);
  const ids = names.map((_, place) => place).filter((place) => columns[place]?.holds === 'id' && rank(place) >= 0);
  const id = ids.reduce<number | undefined>((best, place) => (best === undefined || rank(place) < rank(best) ? place : best), undefined);
  return columns.map((column, place) => (column?.holds === 'id' && place !== id ? undefined : column));
}
