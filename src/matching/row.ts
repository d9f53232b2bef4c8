import type { Column } from './columns.ts';
import type { DateOrder } from './date-order.ts';
import { normalForm } from './normal-form.ts';
import { bornAt, readBirth, wholeYear } from './read-birth.ts';
import { sexWords } from './sex-words.ts';
import type { Particulars } from './types.ts';

const OLDEST = 120;
/** With the codes of ISO/IEC 5218, which are enough to compare by and not to register anybody by: other lists count otherwise. */
const female = new Set([...sexWords.female.map(normalForm), '2']);
const male = new Set([...sexWords.male.map(normalForm), '1']);

/** Cells that say that there is nothing to say. */
const nothing = new Set([
  '',
  'na',
  'n a',
  'none',
  'null',
  'nan',
  'unknown',
  'inconnu',
  'nil',
  'neant',
  'لا يوجد',
  'غير معروف',
  'غير متوفر',
]);

/** The words of the sexes differ from file to file; what is neither says nothing. */
function sexOf(text: string): Particulars['sex'] {
  const form = normalForm(text);
  return female.has(form) ? 'female' : male.has(form) ? 'male' : undefined;
}

type Holds = Column['holds'];

/** Reads the rows of one file: which column holds what, and how its dates are written. */
export class RowReader {
  readonly #places = new Map<Holds, number[]>();
  readonly #order: DateOrder;
  readonly #today: Date;

  constructor(columns: readonly (Column | undefined)[], order: DateOrder, today: Date) {
    columns.forEach((column, place) => {
      if (column) this.#places.set(column.holds, [...(this.#places.get(column.holds) ?? []), place]);
    });
    const size = (place: number) => (columns[place] as { size: number }).size;
    this.#places.get('location')?.sort((one, other) => size(one) - size(other));
    this.#order = order;
    this.#today = today;
  }

  /** The id of a row as it is written, be it "NA". @returns undefined where the file has no such column; empty where the row has none */
  id(row: readonly string[]): string | undefined {
    const [place] = this.#places.get('id') ?? [];
    return place === undefined ? undefined : (row[place]?.trim() ?? '');
  }

  particulars(row: readonly string[]): Particulars {
    const given = this.#joined(row, 'given');
    const chain = [this.#joined(row, 'father'), this.#joined(row, 'grandfather')].filter(Boolean).join(' ');
    const family = this.#joined(row, 'family') ?? (chain || undefined);
    const whole = this.#joined(row, 'name');
    return {
      given: given ?? whole,
      middle: this.#joined(row, 'middle'),
      family: family ?? (given ? whole : undefined),
      birth: this.#birth(row),
      sex: sexOf(this.#first(row, 'sex') ?? ''),
      documents: this.#all(row, 'document'),
      phones: this.#all(row, 'phone'),
      location: this.#all(row, 'location'),
      household: this.#first(row, 'household'),
    };
  }

  #all(row: readonly string[], holds: Holds): string[] {
    return (this.#places.get(holds) ?? []).map((place) => row[place]?.trim() ?? '').filter((cell) => !nothing.has(normalForm(cell)));
  }

  #first(row: readonly string[], holds: Holds): string | undefined {
    return this.#all(row, holds)[0];
  }

  #joined(row: readonly string[], holds: Holds): string | undefined {
    return this.#all(row, holds).join(' ') || undefined;
  }

  #birth(row: readonly string[]): Particulars['birth'] {
    const written = this.#first(row, 'birth');
    const read = written && readBirth(written, this.#order, this.#today);
    if (read) return read;
    const year = this.#first(row, 'birth_year');
    if (year && /^\d{4}$/.test(year)) {
      const [month, day] = [this.#first(row, 'birth_month'), this.#first(row, 'birth_day')];
      return month && day ? readBirth(`${year}-${month}-${day}`, this.#order, this.#today) : wholeYear(year);
    }
    const age = Number(this.#first(row, 'age')?.replace(/\D+$/, ''));
    return age > 0 && age <= OLDEST ? bornAt(age, this.#today) : undefined;
  }
}
