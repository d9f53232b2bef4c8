import { type FoundPlace, findPlaces, type WrittenPlace } from '../beneficiaries/index.ts';
import type { Db } from '../platform/index.ts';

/** More places than there are communes, in every spelling; what is written wrongly must not fill the memory. */
const REMEMBERED = 20_000;

/** The places that the rows of a file name: each is looked up once. */
export class Gazetteer {
  readonly #db: Db;
  readonly #known = new Map<string, FoundPlace>();

  constructor(db: Db) {
    this.#db = db;
  }

  /** Looks up those of these places that nobody has asked for before. */
  async lookUp(places: readonly WrittenPlace[]): Promise<void> {
    const asked = new Map(places.map((place) => [keyOf(place), place]));
    const wanted = [...asked].filter(([key]) => !this.#known.has(key));
    if (wanted.length === 0) return;
    if (this.#known.size + wanted.length > REMEMBERED) {
      this.#known.clear();
      return this.lookUp(places);
    }
    const placeOf = await findPlaces(
      this.#db,
      wanted.map(([, place]) => place),
    );
    for (const [key, place] of wanted) this.#known.set(key, placeOf(place));
  }

  /** The place that was meant, after {@link lookUp}. */
  find(place: WrittenPlace): FoundPlace {
    return this.#known.get(keyOf(place)) ?? { wilayaNumber: null, commune: null };
  }
}

const keyOf = ({ wilaya, commune }: WrittenPlace): string => `${wilaya}\n${commune}`;
