import { type Db, sql } from '../platform/index.ts';
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

const plain = (column: 'w.name_fr' | 'c.name_fr') =>
  column === 'w.name_fr' ? sql`lower(regexp_replace(normalize(w.name_fr, NFD), '[\\u0300-\\u036f]', '', 'g'))`
    : sql`lower(regexp_replace(normalize(c.name_fr, NFD), '[\\u0300-\\u036f]', '', 'g'))`;

const keyOf = ({ wilaya, commune }: WrittenPlace): string => JSON.stringify([wilaya, commune]);

/**
 * Looks places up by number, by French name without regard to case and accents, or by Arabic name.
 * @returns what was found for each of the places asked for
 */
export async function findPlaces(db: Db, wanted: readonly WrittenPlace[]): Promise<(place: WrittenPlace) => FoundPlace> {
  const distinct = [...new Map(wanted.map((place) => [keyOf(place), place])).entries()];
  const asked = distinct.map(([key, { wilaya, commune }]) =>
    ({ key, wilaya: wilaya.trim(), plain_wilaya: plainText(wilaya), commune: commune.trim(), plain_commune: plainText(commune) }));
  const found = await db.all<FoundPlace & { key: string }>(sql`
    with asked as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb)
        as a (key text, wilaya text, plain_wilaya text, commune text, plain_commune text)
    ), known as materialized (
      select w.number, w.name_ar, ${plain('w.name_fr')} as plain_name from wilayas w
    ), located as materialized (
      select a.*, k.number from asked a join known k on a.wilaya in (k.number, k.name_ar) or a.plain_wilaya = k.plain_name
    ), there as materialized (
      select c.wilaya_number, c.name_fr, c.name_ar, ${plain('c.name_fr')} as plain_name
      from communes c where c.wilaya_number in (select number from located)
    )
    select l.key, l.number as "wilayaNumber", t.name_fr as commune from located l
    left join there t on t.wilaya_number = l.number and (t.plain_name = l.plain_commune or t.name_ar = l.commune)`);
  const places = new Map(found.map(({ key, wilayaNumber, commune }) => [key, { wilayaNumber, commune }]));
  return (place) => places.get(keyOf(place)) ?? { wilayaNumber: null, commune: null };
}
