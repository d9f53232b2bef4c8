import { carries } from '../../funding/index.ts';
import { brokenConstraint, Money, type Sql, sql, type Tx } from '../../platform/index.ts';
import { verdict, verdictBut } from '../overlap/index.ts';
import { type Conditions, cannotCollect, refusal } from '../payable.ts';
import type { Part, Settled } from '../types.ts';

/** What decides a line at its release. */
export interface Deciding extends Conditions {
  /** Today, in the programme's time zone: a fund outside its dates pays nothing. */
  readonly day: string;
}

/**
 * Checks the lines of a part of a list again: the good ones become released, the others returned with the reason. A line whose collector can no
 * longer collect is returned too, and one whose fund is no longer for it.
 *
 * Of overlap the database is asked once, by the trigger that guards it: only where that refuses some line of the part is every line asked what it
 * overlaps with.
 * @returns what that came to, by fund
 */
export async function settleLines(tx: Tx, listId: string, part: Part, deciding: Deciding): Promise<Settled[]> {
  const others = sql`coalesce(${refusal(deciding, sql`l`)}, ${cannotCollect}, case when not ${carries(sql`f`, sql`l`, sql`i.due_on`, deciding.day)} then 'no_fund' end)`;
  await tx.run(sql`savepoint without_overlap`);
  try {
    return await settleBy(tx, listId, part, deciding, verdictBut(others));
  } catch (error) {
    if (brokenConstraint(error) !== 'payment_list_lines_overlap') throw error;
    await tx.run(sql`rollback to savepoint without_overlap`);
    return await settleBy(tx, listId, part, deciding, verdict(others, deciding.terms, sql`l`));
  }
}

async function settleBy(tx: Tx, listId: string, { from, to }: Part, { programmeId }: Deciding, judged: Sql): Promise<Settled[]> {
  const rows = await tx.all<{ fundId: string; currency: string; lines: number; released: string; returned: string }>(sql`
  with settled as (
    update payment_list_lines l set return_reason = checked.reason, return_detail = checked.detail,
      state = case when checked.reason is null then 'released' else 'returned' end
    from (
      select l.id, r.reason, r.detail
      from payment_list_lines l
      join instalments i on i.id = l.instalment_id
      cross join lateral (select * from funds where id = l.fund_id limit 1) f
      cross join lateral (select * from beneficiaries where id = i.beneficiary_id limit 1) own
      cross join lateral (select * from beneficiaries where id = l.beneficiary_id limit 1) b
      cross join lateral (select * from beneficiaries where id = l.collector_id limit 1) k
      left join lateral (select * from enrolments where programme_id = ${programmeId} and beneficiary_id = b.id limit 1) n on true
      left join lateral (select * from enrolments where programme_id = ${programmeId} and beneficiary_id = k.id limit 1) kn on true
      ${judged}
      where l.list_id = ${listId} and l.position between ${from} and ${to} and l.state = 'included'
    ) checked
    where l.id = checked.id returning l.fund_id, l.currency, l.amount, l.state)
  select fund_id as "fundId", currency, count(*) filter (where state = 'released')::int as lines,
    coalesce(sum(amount) filter (where state = 'released'), 0)::text as released,
    coalesce(sum(amount) filter (where state = 'returned'), 0)::text as returned
  from settled group by fund_id, currency order by fund_id`);
  return rows.map(({ currency, released, returned, ...row }) => ({
    ...row,
    released: Money.of(released, currency),
    returned: Money.of(returned, currency),
  }));
}
