import { type Db, sql } from '../platform/index.ts';
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
  readonly wilayaNumber: string;
  readonly nameFr: string;
  readonly nameAr: string;
}

const keyOf = (wilayaNumber: string, name: string): string => `${wilayaNumber}/${plainText(name)}`;

export type FindPlace = (place: WrittenPlace) => FoundPlace;

/**
 * Looks places up by number, French name or Arabic name, without regard to case, accents and hyphens.
 * @returns a function that knows the places asked for
 */
export async function findPlaces(db: Db, wanted: readonly WrittenPlace[]): Promise<FindPlace> {
  const wilayas = await db.all<Named>(sql`select number as "wilayaNumber", name_fr as "nameFr", name_ar as "nameAr" from wilayas`);
  const numbers = new Map(
    wilayas.flatMap(({ wilayaNumber, nameFr, nameAr }) =>
      [wilayaNumber, nameFr, nameAr].map((name) => [plainText(name), wilayaNumber] as const),
    ),
  );
  const meant = [...new Set(wanted.flatMap(({ wilaya }) => numbers.get(plainText(wilaya)) ?? []))];
  const there = await db.all<Named>(sql`select wilaya_number as "wilayaNumber", name_fr as "nameFr", name_ar as "nameAr"
    from communes where wilaya_number = any(${meant}::text[])`);
  const communes = new Map(
    there.flatMap(({ wilayaNumber, nameFr, nameAr }) => [nameFr, nameAr].map((name) => [keyOf(wilayaNumber, name), nameFr] as const)),
  );
  return ({ wilaya, commune }) => {
    const wilayaNumber = numbers.get(plainText(wilaya)) ?? null;
    return { wilayaNumber, commune: (wilayaNumber && communes.get(keyOf(wilayaNumber, commune))) ?? null };
  };
}
