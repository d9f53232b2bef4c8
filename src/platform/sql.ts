/** A piece of SQL with its values, made by the {@link sql} tag. */
export class Sql {
  /** The text around the values: one part more than there are values. */
  readonly parts: readonly string[];
  readonly values: readonly unknown[];

  constructor(parts: readonly string[], values: readonly unknown[]) {
    this.parts = parts;
    this.values = values;
  }

  /** The statement as PostgreSQL reads it, with `$1` for the first value. */
  get text(): string {
    return this.parts.reduce((text, part, i) => `${text}$${i}${part}`);
  }
}

/** A moment as a piece of SQL is given it: itself, or the expression of it. */
export type Moment = Date | Sql;

/**
 * SQL with its values kept apart: sql`select … where id = ${id}`. A piece inside a piece is spliced in.
 */
export function sql(strings: TemplateStringsArray, ...values: readonly unknown[]): Sql {
  if (values.includes(undefined)) throw new TypeError('a value of a statement is undefined; null is written out');
  if (!values.some((value) => value instanceof Sql)) return new Sql(strings, values);
  const parts: string[] = [];
  const bound: unknown[] = [];
  let open = strings[0] ?? '';
  values.forEach((value, i) => {
    if (value instanceof Sql) {
      const [first = '', ...others] = value.parts;
      open += first;
      for (const other of others) {
        parts.push(open);
        open = other;
      }
      bound.push(...value.values);
    } else {
      parts.push(open);
      bound.push(value);
      open = '';
    }
    open += strings[i + 1] ?? '';
  });
  return new Sql([...parts, open], bound);
}

/** Joins conditions with `and`; none is always true. */
export const allOf = (conditions: readonly Sql[]): Sql =>
  conditions.length === 0 ? sql`true` : conditions.slice(1).reduce((all, next) => sql`${all} and ${next}`, conditions[0] as Sql);
