import { type Db, type Sql, sql } from '../../platform/index.ts';

const AT_A_TIME = 2_000;

/** The first moment of a day of a programme. */
export const beginningOf = (day: string, programmeId: string): Sql =>
  sql`(${day}::date)::timestamp at time zone (select time_zone from programmes where id = ${programmeId})`;
/** The first moment after a day of a programme. */
export const endOf = (day: string, programmeId: string): Sql =>
  sql`(${day}::date + 1)::timestamp at time zone (select time_zone from programmes where id = ${programmeId})`;

/** A row that is read, with the place by which the next ones are found. */
export interface Placed {
  readonly place: string;
  readonly id: string;
}

/**
 * Walks rows so many at a time, however many there are.
 * @param page the statement for those after a place, in order
 */
export async function* walk<Row extends Placed>(db: Db, page: (after: Placed | undefined, limit: number) => Sql): AsyncGenerator<Row[]> {
  for (let after: Row | undefined; ; ) {
    const rows = await db.all<Row>(page(after, AT_A_TIME));
    if (rows.length === 0) return;
    yield rows;
    after = rows.at(-1);
  }
}
