import { type Db, Money, sql } from '../platform/index.ts';
import { within } from './period-store.ts';
import type { OpenItem, Period } from './period-types.ts';

/** Entries of a period that do not sum to zero in each currency. */
export const unbalancedWithin = (db: Db, period: Period, limit: number): Promise<OpenItem[]> =>
  db.all(sql`select e.id, 'journal_entry' as type, e.event as name from funds f join journal_entries e on e.fund_id = f.id
    where f.programme_id = ${period.programmeId} and ${within(sql`e.at`, period)}
      and ((select count(*) from postings g where g.entry_id = e.id) < 2
        or exists (select from postings g where g.entry_id = e.id group by g.currency having sum(g.amount) <> 0))
    order by e.id limit ${limit}`);

type Left = { id: string; name: string; amount: string; currency: string };

const named = (type: string, { id, name, amount, currency }: Left): OpenItem => ({
  type,
  id,
  name,
  amount: Money.of(amount, currency).toJSON(),
});

/**
 * Offices for which the post is still owed something of what was paid out until a period's end: what is settled pays the oldest first. What two
 * people carry forward by name is left out, as long as no more than that is left.
 * @param officeId of one office; undefined is of all
 */
export async function unsettledAt(
  db: Db,
  { programmeId, until, endsOn }: Pick<Period, 'programmeId' | 'until' | 'endsOn'>,
  limit: number,
  officeId?: string,
): Promise<OpenItem[]> {
  const rows = await db.all<Left>(sql`
    select a.office_id as id, coalesce(o.code, a.office_id::text) as name, a.currency, sum(-held.balance - settled.amount)::text as amount
    from funds f join accounts a on a.fund_id = f.id and a.kind = 'payable_to_post' left join offices o on o.id = a.office_id
    cross join lateral (select balance_until(a.id, ${until}) as balance offset 0) held
    cross join lateral (select coalesce(sum(g.amount), 0) as amount from postings g join journal_entries e on e.id = g.entry_id
      where g.account_id = a.id and g.at >= ${until}::timestamptz and e.event not in ('payout', 'void') and g.amount > 0) settled
    where f.programme_id = ${programmeId} and a.office_id = coalesce(${officeId ?? null}::uuid, a.office_id) and -held.balance > settled.amount
    group by a.office_id, o.code, a.currency
    having not exists (select from ledger_carry_forwards c where c.programme_id = ${programmeId} and c.ends_on = ${endsOn}
      and c.office_id = a.office_id and c.currency = a.currency and c.confirmed_by is not null and c.amount >= sum(-held.balance - settled.amount))
    order by 2, 3 limit ${limit}`);
  return rows.map((row) => named('office', row));
}

/** Officers who still hold something of what they had drawn until a period's end. What was delivered since and taken back they hold again. */
export async function unreturnedOf(db: Db, { programmeId, until }: Period, limit: number): Promise<OpenItem[]> {
  const rows = await db.all<Left>(sql`
    select a.officer_id as id, coalesce(u.display_name, a.officer_id::text) as name, a.currency, sum(held.balance - given.amount)::text as amount
    from funds f join accounts a on a.fund_id = f.id and a.kind = 'advances' left join users u on u.id = a.officer_id
    cross join lateral (select balance_until(a.id, ${until}) as balance offset 0) held
    cross join lateral (select coalesce(-sum(g.amount), 0) as amount from postings g join journal_entries e on e.id = g.entry_id
      where g.account_id = a.id and g.at >= ${until}::timestamptz and e.event <> 'advance') given
    where f.programme_id = ${programmeId} and held.balance > given.amount
    group by a.officer_id, u.display_name, a.currency order by 2, 3 limit ${limit}`);
  return rows.map((row) => named('officer', row));
}
