import { recordsOf } from '../../beneficiaries/index.ts';
import { type Sql, sql, type Tx } from '../../platform/index.ts';

/**
 * The lateral `r (reason, detail)`: why the instalment `i` cannot be paid to the person `b`; the reason is null when it can. To `b` count
 * the payments of everybody who is the same person, and of the household that they are in now.
 * @param first what else refuses it, which goes before overlap and limits
 * @param terms the version of the programme whose terms decide
 * @param line the line that is being released, which gives way to what has been released and to the lines before it; null while a list is
 *   built, where it gives way to every line that counts
 */
export function verdict(first: Sql, terms: number, line: Sql | null): Sql {
  const place = line ? sql`${line}.list_id, ${line}.position` : sql`null::uuid, null::int`;
  const towards = sql`p.ids, b.household_id, ${place}`;
  return sql`cross join lateral (select ${recordsOf(sql`b.id`)} as ids offset 0) p
  -- Worked out once for each instalment, though it is asked for more often.
  cross join lateral (select ${first} as reason offset 0) q
  left join lateral (
    (select 'overlap' as reason, jsonb_build_object('programmeId', o.id) as detail
      from overlapping(i.programme_id, i.id, i.entitlement_id, i.tops_up_id, i.purpose, i.covers_from, i.covers_to,
          ${terms}::int, ${towards}) o (id) where q.reason is null
      -- The programme's own first: everybody who works on the list may know that one.
      order by o.id <> i.programme_id, o.id limit 1)
    union all
    (select 'limit_' || m.per, jsonb_build_object('per', m.per, 'period', m.period, 'limit', m.amount::text, 'used', m.used::text)
      from limits_broken(i.programme_id, i.id, i.amount, i.covers_from, ${terms}::int, ${towards}) m where q.reason is null order by m.per, m.period limit 1)
    limit 1
  ) v on true
  cross join lateral (select coalesce(q.reason, v.reason) as reason, v.detail) r`;
}

/** The same lateral for lines whose overlap the database alone judges: what else refuses them, and nothing besides. */
export const verdictBut = (first: Sql): Sql => sql`cross join lateral (select ${first} as reason, null::jsonb as detail offset 0) r`;

/**
 * Makes every other release wait that could pay for the same as these lines, until this transaction ends. It comes before the lines are
 * looked at.
 * @param from, to positions, both counted in
 */
export const lockOverlap = (tx: Tx, listId: string, from: number, to: number): Promise<unknown> =>
  tx.first(sql`select lock_overlap(overlap_keys(${listId}::uuid, ${from}::int, ${to}::int))`);
