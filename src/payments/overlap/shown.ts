import { type Actor, type Db, Money } from '../../platform/index.ts';
import { programmesKnownTo } from '../../programmes/index.ts';
import type { Detail, ShownDetail } from './types.ts';

type Detailed = { readonly detail: Detail | null };

/**
 * Rows with what refused them as an actor may see it: a programme that they may not read is only another one.
 * @param currency of the list
 */
export async function withShownDetails<Row extends Detailed>(
  db: Db,
  actor: Actor,
  currency: string,
  rows: readonly Row[],
): Promise<(Omit<Row, 'detail'> & { readonly detail: ShownDetail | null })[]> {
  const ids = new Set(rows.flatMap(({ detail }) => (detail && 'programmeId' in detail ? [detail.programmeId] : [])));
  const known = ids.size > 0 ? await programmesKnownTo(db, actor, [...ids]) : new Map();
  return rows.map((row) => ({ ...row, detail: row.detail && shown(row.detail, currency, known) }));
}

function shown(detail: Detail, currency: string, known: ReadonlyMap<string, string>): ShownDetail {
  if (!('programmeId' in detail)) {
    const { per, period, limit, used } = detail;
    return { limit: { per, period, amount: Money.of(limit, currency).toJSON(), used: Money.of(used, currency).toJSON() } };
  }
  const code = known.get(detail.programmeId);
  return { programme: code === undefined ? null : { id: detail.programmeId, code } };
}
