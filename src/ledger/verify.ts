import { type Db, type Sql, sql } from '../platform/index.ts';
import { checkIdentities } from './identities.ts';

/** Everything that verifying can find in the books, and what each means. */
export const bookFindings = {
  entry_unbalanced: 'an entry does not sum to zero in each currency, or has no postings',
  posting_stray: 'a posting belongs to no entry',
  posting_unfit: 'a posting is finer than its currency, or in another one than its account',
  posting_misdated: 'a posting is of another moment than its entry',
  reversal_broken: 'an entry takes back one that it does not mirror, that is not there, or that another takes back too',
  period_changed: 'what the accounts held when a period was closed is not what its entries say',
  period_gap: 'periods do not follow one another, or one is closed without a closing that stands',
  balance_wrong: "an account's kept balance is not the sum of its postings",
  identity_broken: 'what was entrusted is not what is accounted for',
  voucher_contradicted: 'the state of a voucher is not what its pay-outs and entries say',
} as const;

export type BookFinding = keyof typeof bookFindings;

export interface BrokenBook {
  readonly kind: BookFinding;
  readonly subject: { readonly type: string; readonly id: string };
  readonly detail: string;
}

const unbalanced = sql`
  select e.id, e.event || ': ' || coalesce(string_agg(s.off_by || ' ' || s.currency, ', '), 'no postings') as detail
  from journal_entries e left join (select entry_id, currency, sum(amount) as off_by from postings group by entry_id, currency) s
    on s.entry_id = e.id
  where s.entry_id is null or s.off_by <> 0 group by e.id, e.event order by e.id limit 1000`;

const stray = sql`
  select p.entry_id as id, 'leg ' || p.leg as detail from postings p
  where not exists (select from journal_entries e where e.id = p.entry_id) order by 1, 2 limit 1000`;

const misdated = sql`
  select e.id, e.event || ': leg ' || g.leg as detail from postings g join journal_entries e on e.id = g.entry_id
  where g.at <> e.at order by 1, 2 limit 1000`;

const unfit = sql`
  select g.entry_id as id, 'leg ' || g.leg || ': ' || g.amount || ' ' || g.currency as detail from postings g left join accounts a on a.id = g.account_id
  where not fits_currency(g.amount, g.currency) or a.currency is distinct from g.currency order by 1, 2 limit 1000`;

const unmirrored = sql`
  select e.id, case when o.id is null then 'what it takes back is not there' when others.n > 1 then 'another takes it back too'
      else o.event || ' ' || o.id || ' is not mirrored' end as detail
  from journal_entries e left join journal_entries o on o.id = e.reverses
  cross join lateral (select count(*) as n from journal_entries r where r.reverses = e.reverses) others
  where (e.reverses is not null or e.event = 'reversal') and (o.id is null or others.n > 1 or not is_reversible(o.event)
    or row (o.programme_id, o.fund_id) <> row (e.programme_id, e.fund_id)
    or exists (select from (select leg, account_id, amount, currency from postings where entry_id = o.id) a
      full join (select leg, account_id, -amount as amount, currency from postings where entry_id = e.id) b using (leg, account_id, amount, currency)
      where a.leg is null or b.leg is null))
  order by e.id limit 1000`;

// From nothing: neither an earlier closing nor a kept balance is believed.
const changedSince = sql`
  select p.id, 'period ' || p.number || ', account ' || a.id || ': kept ' || coalesce(b.balance, 0) || ', posted ' || held.amount as detail
  from ledger_periods p
  cross join lateral (select max(c.number) as number from ledger_closings c where c.period_id = p.id) closing
  join funds f on f.programme_id = p.programme_id join accounts a on a.fund_id = f.id
  cross join lateral (select coalesce(sum(g.amount), 0) as amount from postings g join journal_entries e on e.id = g.entry_id
    where g.account_id = a.id and e.at < p.until_at) held
  left join ledger_closing_balances b on b.period_id = p.id and b.closing = closing.number and b.account_id = a.id
  where p.state = 'closed' and coalesce(b.balance, 0) <> held.amount order by p.id, a.id limit 1000`;

const unordered = sql`
  select p.id, 'period ' || p.number as detail from ledger_periods p
  left join ledger_periods before on before.programme_id = p.programme_id and before.number = p.number - 1
  where p.number > 1 and (before.until_at is distinct from p.from_at or p.state = 'closed' and before.state = 'open')
    or p.state = 'closed' and not exists (select from ledger_closings c where c.period_id = p.id and c.closed_at >= p.until_at
      and not exists (select from ledger_reopenings r where r.period_id = c.period_id and r.closing = c.number and r.confirmed_by is not null))
  order by p.id limit 1000`;

const contradicted = sql`
  select v.id, 'it is ' || v.state || ', and ' || case
      when v.state = 'redeemed' then 'no pay-out stands'
      when paid then 'a pay-out stands'
      else 'the ledger does not say so' end as detail
  from vouchers v
  cross join lateral (select exists (select from payouts p where p.voucher_id = v.id and p.voided_at is null) as paid) p
  where (v.state = 'redeemed') <> paid
    or v.state in ('expired', 'cancelled') and not exists (select from journal_entries e
      where e.subject_id = v.id and e.event = case v.state when 'expired' then 'expiry' else 'cancellation' end)
    or v.state not in ('expired', 'cancelled') and exists (select from journal_entries e
      where e.subject_id = v.id and e.event in ('expiry', 'cancellation'))
  order by v.id limit 1000`;

const rows = async (db: Db, kind: BookFinding, type: string, statement: Sql): Promise<BrokenBook[]> =>
  (await db.all<{ id: string; detail: string }>(statement)).map(({ id, detail }) => ({ kind, subject: { type, id }, detail }));

/** How many programmes' books were recomputed, and of how many identities. */
export interface BooksSummary {
  readonly programmes: number;
  readonly identities: number;
}

/** Recomputes the books from nothing: every entry, every voucher, and every identity of every programme. */
export async function* verifyBooks(db: Db): AsyncGenerator<BrokenBook, BooksSummary> {
  yield* await rows(db, 'entry_unbalanced', 'journal_entry', unbalanced);
  yield* await rows(db, 'posting_stray', 'journal_entry', stray);
  yield* await rows(db, 'posting_unfit', 'journal_entry', unfit);
  yield* await rows(db, 'posting_misdated', 'journal_entry', misdated);
  yield* await rows(db, 'reversal_broken', 'journal_entry', unmirrored);
  yield* await rows(db, 'period_changed', 'ledger_period', changedSince);
  yield* await rows(db, 'period_gap', 'ledger_period', unordered);
  yield* await rows(db, 'voucher_contradicted', 'voucher', contradicted);
  let identities = 0;
  const programmes = await db.all<{ id: string }>(sql`select id from programmes order by code`);
  for (const { id } of programmes) {
    const checked = await checkIdentities(db, id);
    identities += checked.length;
    for (const { identity, subject, left, right, holds } of checked) {
      // Entries that do not balance have been named one by one.
      if (holds || identity === 'entry_sums') continue;
      const sum = right.map(({ term, amount }) => `${term} ${amount.amount}`).join(' + ') || '0';
      const kind = identity === 'guarded_balance' ? 'balance_wrong' : 'identity_broken';
      yield { kind, subject, detail: `${identity}: ${left.term} ${left.amount.amount} is not ${sum}` };
    }
  }
  return { programmes: programmes.length, identities };
}
