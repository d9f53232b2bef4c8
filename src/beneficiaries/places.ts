import { normalForm } from '../matching/index.ts';
import { type Db, sql, westernDigits } from '../platform/index.ts';
import type { Fault } from './faults.ts';
import { plainText } from './plain-text.ts';

/** A wilaya and a commune as somebody wrote them. */
export interface WrittenPlace {
  readonly wilaya: string;
  readonly commune: string;
}

/** The wilaya and the commune that were meant; null what does not exist. */
export interface FoundPlace {
  readonly wilayaNumber: string | null;
  readonly commune: string | null;
}

/** What is wrong with a place that was looked up. */
export const placeFaults = ({ wilayaNumber, commune }: FoundPlace): Fault[] => {
  if (!wilayaNumber) return [{ pointer: '/wilaya', code: 'wilaya_unknown' }];
  return commune ? [] : [{ pointer: '/commune', code: 'commune_unknown' }];
};

interface Named {
  /** ISO 3166-2 and OCHA's, which are of other numbers: DZ-16 is Alger and DZ016 Djelfa. Communes have neither. */
  readonly codes?: readonly (string | null)[];
  readonly wilayaNumber: string;
  readonly nameFr: string;
  readonly nameAr: string;
}

export type FindPlace = (place: WrittenPlace) => FoundPlace;

/** A place by its name as people write it: without what it is, and with one word for the spring that In, Aïn and عين all are. */
const writtenForm = (text: string): string =>
  normalForm(text.replace(/^\s*(?:wilaya|commune)\s+(?:de\s+|du\s+|d['’]\s*|of\s+)?/iu, ''))
    .replace(/^(?:ولايه|بلديه) /, '')
    .replace(/^ain /, 'in ')
    .replace(/^ان /, 'عين ')
    .replaceAll(' ', '')
    .replaceAll('aou', 'ou');

/** What bears which names. A name of two is a name of neither. */
class Names {
  readonly #exact = new Map<string, string | null>();
  readonly #written = new Map<string, string | null>();

  add(meant: string, names: readonly string[]): void {
    for (const name of names) {
      claim(this.#exact, plainText(name), meant);
      claim(this.#written, writtenForm(name), meant);
    }
  }

  find(name: string): string | null {
    return this.#exact.get(plainText(name)) ?? this.#written.get(writtenForm(name)) ?? null;
  }
}

function claim(names: Map<string, string | null>, name: string, meant: string): void {
  const other = names.get(name);
  names.set(name, other === undefined || other === meant ? meant : null);
}

/** What wilayas are called besides their names, in English, in Arabic or in other spellings of both. */
const besides: Readonly<Record<string, readonly string[]>> = {
  '03': ['Laghwat'],
  '11': ['Tamanghasset', 'Tamanghist', 'Tamenghasset', 'Tamenrasset', 'تمنغست', 'تامنغست'],
  '16': ['Algiers', 'الجزائر العاصمة'],
  '17': ['Jelfa'],
  '25': ['Qacentina', 'Kasentina'],
  '30': ['Wargla', 'Ouargala'],
  '31': ['Wahran'],
  '42': ['Tipasa'],
  '55': ['Tuggurt'],
};

/** A wilaya by its number, as spreadsheets write that too, by its name or code, or by name and number, which must be of one. */
function findWilaya(wilayas: Names, text: string): string | null {
  const whole = wilayas.find(text);
  if (whole) return whole;
  const [, named, beside] = /^(\D+?)\s*[([]\s*(\d{1,2})\s*[)\]]\s*$/.exec(westernDigits(text)) ?? [];
  if (named !== undefined && beside !== undefined) return findWilaya(wilayas, `${beside} ${named}`);
  const [, number, rest = ''] =
    /^(\d{1,2})(?:[.,]0+)?(\D*)$/.exec(
      westernDigits(text)
        .replaceAll(/\p{Cf}/gu, '')
        .trim(),
    ) ?? [];
  if (number === undefined) return null;
  const found = wilayas.find(number.padStart(2, '0'));
  const name = rest.replace(/^\P{L}+/u, '');
  return name === '' || wilayas.find(name) === found ? found : null;
}

/**
 * Looks places up by number, French name or Arabic name, however they are spelt as long as one place alone can be meant.
 * @returns a function that knows the places asked for
 */
export async function findPlaces(db: Db, wanted: readonly WrittenPlace[]): Promise<FindPlace> {
  const wilayas = new Names();
  for (const { wilayaNumber, nameFr, nameAr, codes = [] } of await db.all<Named>(
    sql`select number as "wilayaNumber", name_fr as "nameFr", name_ar as "nameAr", array[iso_3166_2, pcode] as codes from wilayas`,
  )) {
    wilayas.add(wilayaNumber, [wilayaNumber, nameFr, nameAr, ...codes.flatMap((code) => code ?? []), ...(besides[wilayaNumber] ?? [])]);
  }
  const meant = [...new Set(wanted.flatMap(({ wilaya }) => findWilaya(wilayas, wilaya) ?? []))];
  const communes = new Map(meant.map((number) => [number, new Names()]));
  for (const { wilayaNumber, nameFr, nameAr } of await db.all<Named>(sql`
    select wilaya_number as "wilayaNumber", name_fr as "nameFr", name_ar as "nameAr"
    from communes where wilaya_number = any(${meant}::text[])`)) {
    communes.get(wilayaNumber)?.add(nameFr, [nameFr, nameAr]);
  }
  return ({ wilaya, commune }) => {
    const wilayaNumber = findWilaya(wilayas, wilaya);
    return { wilayaNumber, commune: (wilayaNumber && communes.get(wilayaNumber)?.find(commune)) ?? null };
  };
}
