import { type Db, Money, type Sql, sql } from '../platform/index.ts';
import { isTakenBack } from './store.ts';

type Amount = ReturnType<Money['toJSON']>;

/** One side of an identity is what was entrusted, the other where it is now. */
export interface Identity {
  readonly identity: IdentityName;
  readonly subject: { readonly type: string; readonly id: string };
  readonly left: { readonly term: string; readonly amount: Amount };
  /** What must add up to the left side. */
  readonly right: { readonly term: string; readonly amount: Amount }[];
  readonly holds: boolean;
}

export type IdentityName =
  | 'list_vouchers'
  | 'list_books'
  | 'list_issued'
  | 'fund_received'
  | 'fund_committed'
  | 'fund_bank'
  | 'office_payable'
  | 'office_claims'
  | 'officer_advances'
  | 'guarded_balance'
  | 'entry_sums';

interface Definition {
  readonly identity: IdentityName;
  readonly subject: string;
  readonly left: string;
  readonly right: readonly string[];
  /** Rows of subject, currency, term and amount, read in one statement so that they belong to one moment. */
  terms(programmeId: string): Sql;
}

interface Term {
  readonly subject_id: string;
  readonly currency: string;
  readonly term: string;
  readonly amount: string;
}

/** Entries that stand, each with what it moved. */
const entryAmounts = sql`journal_entries e join postings g on g.entry_id = e.id and g.amount > 0
  and not exists (select from journal_entries r where r.reverses = e.id)`;

/** What the vouchers and pay-outs of each released list say. */
const recordedTerms = (programmeId: string): Sql => sql`
  select l.list_id as subject_id, l.currency, 'released' as term, sum(l.amount) as amount
    from payment_list_lines l join payment_lists p on p.id = l.list_id
    where p.programme_id = ${programmeId} and l.state in ('released', 'cancelled') group by 1, 2
  union all select v.list_id, v.currency, 'paid', sum(p.amount)
    from payouts p join vouchers v on v.id = p.voucher_id
    where v.programme_id = ${programmeId} and p.voided_at is null group by 1, 2
  union all select v.list_id, v.currency,
      case when v.state in ('expired', 'cancelled') then v.state else 'outstanding' end, sum(v.amount)
    from vouchers v where v.programme_id = ${programmeId} and v.state <> 'redeemed' group by 1, 2, 3`;

/** What the ledger says of each list. An entry's subject is the list, one of its vouchers, or a pay-out of one. */
const bookedTerms = (programmeId: string): Sql => sql`
  select coalesce(v.list_id, e.subject_id) as subject_id, g.currency,
      case e.event when 'issue' then 'issued' when 'expiry' then 'expired' when 'cancellation' then 'cancelled' else 'paid' end as term,
      sum(case when e.event in ('void', 'delivery_void') then -g.amount else g.amount end) as amount
    from ${entryAmounts}
    left join payouts p on p.id = e.subject_id
    left join vouchers v on v.id = coalesce(p.voucher_id, e.subject_id)
    where e.programme_id = ${programmeId} and e.event in ('issue', 'payout', 'void', 'delivery', 'delivery_void', 'expiry', 'cancellation')
    group by 1, 2, 3`;

const definitions: readonly Definition[] = [
  {
    identity: 'list_vouchers',
    subject: 'payment_list',
    left: 'released',
    right: ['paid', 'outstanding', 'expired', 'cancelled'],
    terms: recordedTerms,
  },
  {
    // What is outstanding comes from the vouchers, so that the two sides do not say the same thing.
    identity: 'list_books',
    subject: 'payment_list',
    left: 'issued',
    right: ['paid', 'outstanding', 'expired', 'cancelled'],
    terms: (programmeId) => sql`${bookedTerms(programmeId)}
      union all select v.list_id, v.currency, 'outstanding', sum(v.amount) from vouchers v
        where v.programme_id = ${programmeId} and v.state in ('issued', 'activated', 'locked') group by 1, 2`,
  },
  {
    identity: 'list_issued',
    subject: 'payment_list',
    left: 'issued',
    right: ['released'],
    terms: (programmeId) => sql`
      select e.subject_id, g.currency, 'issued' as term, sum(g.amount) as amount from ${entryAmounts}
        where e.programme_id = ${programmeId} and e.event = 'issue' group by 1, 2
      union all select l.list_id, l.currency, 'released', sum(l.amount)
        from payment_list_lines l join payment_lists p on p.id = l.list_id
        where p.programme_id = ${programmeId} and l.state in ('released', 'cancelled') group by 1, 2`,
  },
  {
    identity: 'fund_received',
    subject: 'fund',
    left: 'received',
    right: ['available', 'committed', 'outstanding', 'paid', 'fees', 'exchange', 'losses', 'recovered'],
    terms: (programmeId) => sql`
      select f.id as subject_id, f.currency, 'received' as term, coalesce(sum(c.amount), 0) as amount
        from funds f left join contributions c on c.fund_id = f.id and not (${isTakenBack('contribution', sql`c.id`)}
          or ${isTakenBack('contribution_value', sql`c.id`)}) where f.programme_id = ${programmeId} group by 1, 2
      union all select a.fund_id, a.currency,
          case a.kind when 'fund_available' then 'available' when 'fund_committed' then 'committed' else 'outstanding' end, -sum(g.amount)
        from accounts a join postings g on g.account_id = a.id join funds f on f.id = a.fund_id
        where f.programme_id = ${programmeId} and a.kind in ('fund_available', 'fund_committed', 'vouchers_outstanding') group by 1, 2, 3
      union all select v.fund_id, p.currency, 'paid', sum(p.amount) from payouts p join vouchers v on v.id = p.voucher_id
        where v.programme_id = ${programmeId} and p.voided_at is null group by 1, 2
      union all select e.fund_id, g.currency, 'fees', sum(g.amount) from ${entryAmounts}
        where e.programme_id = ${programmeId} and e.event = 'fee' group by 1, 2
      -- What was lost when money was changed, less what was gained.
      union all select e.fund_id, g.currency, 'exchange', sum(case e.event when 'exchange_loss' then g.amount else -g.amount end) from ${entryAmounts}
        where e.programme_id = ${programmeId} and e.event in ('exchange_loss', 'exchange_gain') group by 1, 2
      -- What the fund bears beyond what was paid, and what came back of that: by what was approved.
      union all select d.fund_id, d.currency, case d.kind when 'write_off' then 'losses' else 'recovered' end,
          sum(case d.kind when 'write_off' then d.amount else -d.amount end)
        from exceptions x join exception_decisions d on d.exception_id = x.id where x.programme_id = ${programmeId} and d.state = 'approved'
          and d.undone_by is null and d.kind in ('write_off', 'cash_recovered') group by 1, 2, 3
      -- What was lost on the way to people, and what of it was found.
      union all select a.fund_id, a.currency, t.term, sum(t.amount) from advances a
        cross join lateral (values ('losses', a.lost), ('recovered', -a.recovered)) as t (term, amount)
        where a.programme_id = ${programmeId} and a.state = 'lost' group by 1, 2, 3
      union all select c.fund_id, c.currency, 'recovered', -sum(c.amount) from claims c
        where c.programme_id = ${programmeId} and c.state in ('recovered', 'repaid') group by 1, 2`,
  },
  {
    identity: 'fund_committed',
    subject: 'fund',
    left: 'committed',
    right: ['approved'],
    terms: (programmeId) => sql`
      select a.fund_id as subject_id, a.currency, 'committed' as term, -sum(g.amount) as amount
        from accounts a join postings g on g.account_id = a.id join funds f on f.id = a.fund_id
        where f.programme_id = ${programmeId} and a.kind = 'fund_committed' group by 1, 2
      union all select l.fund_id, l.currency, 'approved', sum(l.amount)
        from payment_list_lines l join payment_lists p on p.id = l.list_id
        where p.programme_id = ${programmeId} and p.state in ('approved', 'releasing') and l.state = 'included' group by 1, 2`,
  },
  {
    // By currency: foreign money lies in the bank as it came, until it is changed.
    identity: 'fund_bank',
    subject: 'fund',
    left: 'bank',
    right: ['received', 'changed', 'advanced', 'returned', 'settled', 'recovered', 'losses'],
    terms: (programmeId) => sql`
      select a.fund_id as subject_id, a.currency, 'bank' as term, sum(g.amount) as amount
        from accounts a join postings g on g.account_id = a.id join funds f on f.id = a.fund_id
        where f.programme_id = ${programmeId} and a.kind = 'bank' group by 1, 2
      union all select c.fund_id, coalesce(c.foreign_currency, c.currency), 'received', sum(coalesce(c.foreign_amount, c.amount))
        from contributions c join funds f on f.id = c.fund_id where f.programme_id = ${programmeId} and not is_reversed(c.id) group by 1, 2
      union all select v.fund_id, m.currency, 'changed', sum(m.amount) from conversions v join funds f on f.id = v.fund_id
        cross join lateral (values (v.sold_currency, -v.sold_amount), (v.currency, v.bought_amount)) as m (currency, amount)
        where f.programme_id = ${programmeId} and not is_reversed(v.id) group by 1, 2
      union all select a.fund_id, a.currency, 'advanced', -sum(a.amount) from advances a
        where a.programme_id = ${programmeId} and a.state in ('handed', 'closed', 'lost') group by 1, 2
      union all select a.fund_id, r.currency, 'returned', sum(r.amount) from advance_returns r join advances a on a.id = r.advance_id
        where a.programme_id = ${programmeId} group by 1, 2
      union all select s.fund_id, s.currency, 'settled', -sum(s.amount) from settlements s
        where s.programme_id = ${programmeId} and s.state = 'paid' group by 1, 2
      union all select d.fund_id, d.currency, case d.kind when 'write_off' then 'losses' else 'recovered' end,
          sum(case d.kind when 'write_off' then -d.amount else d.amount end)
        from exceptions x join exception_decisions d on d.exception_id = x.id where x.programme_id = ${programmeId} and d.state = 'approved'
          and d.undone_by is null and (d.kind in ('cash_recovered', 'claim_repaid') or d.kind = 'write_off' and d.office_id is null) group by 1, 2, 3`,
  },
  {
    identity: 'office_payable',
    subject: 'office',
    left: 'payable',
    right: ['paid', 'voided', 'fees', 'losses', 'settled', 'claimed', 'released'],
    terms: (programmeId) => sql`
      select a.office_id as subject_id, a.currency, 'payable' as term, -sum(g.amount) as amount
        from accounts a join postings g on g.account_id = a.id join funds f on f.id = a.fund_id
        where f.programme_id = ${programmeId} and a.kind = 'payable_to_post' group by 1, 2
      union all select p.office_id, p.currency, 'paid', sum(p.amount) from payouts p join vouchers v on v.id = p.voucher_id
        where v.programme_id = ${programmeId} and p.office_id is not null group by 1, 2
      union all select p.office_id, p.currency, 'voided', -sum(p.amount) from payouts p join vouchers v on v.id = p.voucher_id
        where v.programme_id = ${programmeId} and p.office_id is not null and p.voided_at is not null group by 1, 2
      union all select a.office_id, g.currency, 'fees', -sum(g.amount)
        from journal_entries e join postings g on g.entry_id = e.id join accounts a on a.id = g.account_id
        where e.programme_id = ${programmeId} and e.event = 'fee' and a.kind = 'payable_to_post'
          and not exists (select from journal_entries r where r.reverses = e.id) group by 1, 2
      union all select l.office_id, s.currency, 'settled', -sum(l.amount) from settlements s join settlement_lines l on l.settlement_id = s.id
        where s.programme_id = ${programmeId} and s.state = 'paid' group by 1, 2
      union all select d.office_id, d.currency, 'losses', sum(d.amount) from exceptions x join exception_decisions d on d.exception_id = x.id
        where x.programme_id = ${programmeId} and d.kind = 'write_off' and d.state = 'approved' and d.undone_by is null
          and d.office_id is not null group by 1, 2
      union all select c.office_id, c.currency, 'claimed', -sum(c.amount) from claims c
        where c.programme_id = ${programmeId} and c.state <> 'undone' group by 1, 2
      -- What was withdrawn, or paid back in cash: the pay-out is owed again.
      union all select c.office_id, c.currency, 'released', sum(c.amount) from claims c
        where c.programme_id = ${programmeId} and c.state in ('withdrawn', 'repaid') group by 1, 2`,
  },
  {
    identity: 'office_claims',
    subject: 'office',
    left: 'held',
    right: ['open'],
    terms: (programmeId) => sql`
      select a.office_id as subject_id, a.currency, 'held' as term, -sum(g.amount) as amount
        from accounts a join postings g on g.account_id = a.id join funds f on f.id = a.fund_id
        where f.programme_id = ${programmeId} and a.kind = 'claims' group by 1, 2
      union all select c.office_id, c.currency, 'open', sum(c.amount) from claims c
        where c.programme_id = ${programmeId} and c.state = 'open' group by 1, 2`,
  },
  {
    // What the records of advances say, against what the account holds.
    identity: 'officer_advances',
    subject: 'user',
    left: 'drawn',
    right: ['delivered', 'returned', 'lost', 'held'],
    terms: (programmeId) => sql`
      select officer_id as subject_id, currency, 'drawn' as term, sum(amount) as amount from advances
        where programme_id = ${programmeId} and state in ('handed', 'closed', 'lost') group by 1, 2
      union all select p.agent_id, p.currency, 'delivered', sum(p.amount) from payouts p join advances a on a.id = p.advance_id
        where a.programme_id = ${programmeId} and p.voided_at is null group by 1, 2
      union all select a.officer_id, r.currency, 'returned', sum(r.amount) from advance_returns r join advances a on a.id = r.advance_id
        where a.programme_id = ${programmeId} and not r.is_recovery group by 1, 2
      union all select officer_id, currency, 'lost', sum(lost) from advances
        where programme_id = ${programmeId} and state = 'lost' group by 1, 2
      union all select a.officer_id, a.currency, 'held', sum(g.amount)
        from accounts a join postings g on g.account_id = a.id join funds f on f.id = a.fund_id
        where f.programme_id = ${programmeId} and a.kind = 'advances' group by 1, 2`,
  },
  {
    identity: 'guarded_balance',
    subject: 'account',
    left: 'balance',
    right: ['postings'],
    terms: (programmeId) => sql`
      select a.id as subject_id, a.currency, unnest(array['balance', 'postings']) as term, unnest(array[a.balance,
          (select coalesce(sum(g.amount), 0) from postings g where g.account_id = a.id)]) as amount
        from accounts a join funds f on f.id = a.fund_id where f.programme_id = ${programmeId} and a.guarded`,
  },
  {
    // One entry too high must not hide another too low, so what each is off by counts without its sign.
    identity: 'entry_sums',
    subject: 'programme',
    left: 'off_by',
    right: [],
    terms: (programmeId) => sql`
      select ${programmeId}::uuid as subject_id, currency, 'off_by' as term, sum(abs(amount)) as amount from (
        select g.currency, sum(g.amount) as amount from journal_entries e join postings g on g.entry_id = e.id
        where e.programme_id = ${programmeId} group by e.id, g.currency
      ) entries group by 2`,
  },
];

/**
 * Recomputes every identity of a programme's books from nothing: postings, lines, vouchers, pay-outs, contributions, settlements.
 * @returns each identity for each list, fund, office and account, with both sides
 */
export async function checkIdentities(db: Db, programmeId: string): Promise<Identity[]> {
  const checked: Identity[] = [];
  for (const definition of definitions) {
    const rows = await db.all<Term>(sql`select subject_id, currency, term, round(sum(amount), minor_units(currency))::text as amount
      from (${definition.terms(programmeId)}) terms group by 1, 2, 3 order by 1, 2`);
    checked.push(...identitiesOf(definition, rows));
  }
  return checked;
}

function identitiesOf({ identity, subject, left, right }: Definition, rows: readonly Term[]): Identity[] {
  const subjects = new Map<string, { id: string; currency: string; terms: Map<string, string> }>();
  for (const { subject_id: id, currency, term, amount } of rows) {
    const key = `${id} ${currency}`;
    const known = subjects.get(key) ?? { id, currency, terms: new Map<string, string>() };
    known.terms.set(term, amount);
    subjects.set(key, known);
  }
  return [...subjects.values()].map(({ id, currency, terms }) => {
    const amountOf = (term: string) => Money.of(terms.get(term) ?? '0', currency);
    return {
      identity,
      subject: { type: subject, id },
      left: { term: left, amount: amountOf(left).toJSON() },
      right: right.map((term) => ({ term, amount: amountOf(term).toJSON() })),
      holds: Money.sum(right.map(amountOf), currency).equals(amountOf(left)),
    };
  });
}
