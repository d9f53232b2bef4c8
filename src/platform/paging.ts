import { isId } from './ids.ts';
import { malformed, type Problem, problem } from './problems.ts';
import { Sql } from './sql.ts';
import { say } from './words/index.ts';

/** Part of a list, and where to go on. */
export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/**
 * Cuts a page out of one row more than was asked for.
 * @param keyOf the value that the list is sorted by, unique within it
 */
export function pageOf<Item>(rows: readonly Item[], limit: number, keyOf: (item: Item) => string): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? Buffer.from(keyOf(last)).toString('base64url') : null };
}

const isPlainText = (key: string): boolean => !/[\0\uFFFD]/.test(key);

/**
 * The key behind a cursor; the caller still binds it as a value.
 * @param fits whether a key can be one of this list's: a cursor made up by the caller is refused here, not in the database
 * @throws invalid_request when it is no cursor of this list
 */
export function cursorKey(cursor: string | undefined, fits: (key: string) => boolean = isPlainText): string | undefined {
  if (cursor === undefined) return undefined;
  const key = Buffer.from(cursor, 'base64url').toString();
  if (!isPlainText(key) || !fits(key)) {
    throw cursorUnknown();
  }
  return key;
}

/** Refuses what is no cursor of a list. */
export const cursorUnknown = (): Problem => malformed([{ pointer: '/query/cursor', detail: say('cursor_unknown') }]);

/** What a page may hold when the caller does not say. */
const DEFAULT_LIMIT = 50;

/**
 * The size of a page and the key it starts after, from a list's query.
 * @param fits as for {@link cursorKey}
 */
export const pageRequest = (
  query: { limit?: number | undefined; cursor?: string | undefined },
  fits?: (key: string) => boolean,
): { limit: number; after: string | undefined } => ({ limit: query.limit ?? DEFAULT_LIMIT, after: cursorKey(query.cursor, fits) });

/** As {@link pageRequest}, for a list that is sorted by identifier. @throws invalid_request when the cursor holds none */
export const pageRequestById = (query: Parameters<typeof pageRequest>[0]): ReturnType<typeof pageRequest> => pageRequest(query, isId);

/**
 * How many rows at most, written into the statement: a planner that is not told the number takes it for a tenth of the table and reads
 * all of it.
 */
export const atMost = (limit: number): Sql => {
  if (!Number.isInteger(limit) || limit < 0) throw new RangeError('a limit is a whole number');
  return new Sql([String(limit)], []);
};

/**
 * The version that an `If-Match` header names.
 * @throws invalid_request when it names none
 */
export function versionIn(ifMatch: string | undefined): number {
  // No record is changed so often that its version has ten digits, which the column of one might not hold.
  const version = /^"(\d{1,9})"$/.exec(ifMatch ?? '')?.[1];
  if (version === undefined) throw problem.invalid_request(say('if_match_missing'));
  return Number(version);
}
