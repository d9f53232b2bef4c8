import type pg from 'pg';
import { newId } from '../src/platform/index.ts';

/** A programme with a history. */
export interface History {
  readonly programmeId: string;
  readonly fundId: string;
  readonly payouts: number;
}

const LINES_PER_LIST = 10_000;
const OFFICES = 341;

/** The first day of a month to come. */
function monthFromNow(months: number): string {
  const now = new Date();
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1)).toISOString().slice(0, 10);
}

/**
 * So many pay-outs of two years, with everybody around them: people with ten payments each, lists of ten thousand, three funds, 58 wilayas, 341
 * offices, messages and receipts, voids, expiries, open codes, the books, duplicates and exceptions. Set by set, past the commands and their triggers.
 */
export async function makeHistory(client: pg.Client, payouts: number): Promise<History> {
  const lines = Math.ceil(payouts / 0.9);
  const people = Math.ceil(lines / 11);
  const [programmeId, scorecard, plan] = [newId(), newId(), newId()];
  const run = (statement: string, ...values: unknown[]) => client.query(statement, values);
  await run(
    `with made as (
      insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit, created_by, created_at)
      values ($1, 'BENCH-REP', 'Bench', 'DZD', 'Africa/Algiers', '2020-01-01', '2099-12-31', 60, 0.8, 1, $1, now()) returning id)
    insert into approval_rules select id, 1, null, 0, 1, 'approver', 1 from made`,
    programmeId,
  );
  await run('begin');
  await run('set local session_replication_role = replica');
  await run(
    `insert into wilayas select lpad(n::text, 2, '0'), 'DZ-' || lpad(n::text, 2, '0'), null, 'Wilaya ' || n, 'ولاية', null, '1984-02-04'
    from generate_series(1, 58) n on conflict do nothing`,
  );
  await run(
    `insert into funds (id, programme_id, donor, agreement, currency, draw_order, created_by, created_at)
    select md5('fund' || n)::uuid, $1, 'Donor', 'AG-' || n, 'DZD', n + 1, $1, now() from generate_series(0, 2) n`,
    programmeId,
  );
  await run(
    `insert into offices (id, code, wilaya_number, commune, name_fr, name_ar, created_by, created_at)
    select md5('office' || n)::uuid, lpad((n + 10000)::text, 5, '0'), lpad((1 + n % 58)::text, 2, '0'), 'Commune', 'Poste', 'البريد', $1, now()
    from generate_series(0, ${OFFICES - 1}) n`,
    programmeId,
  );
  await run(`insert into scorecards values ($1, $2, 1, '{"threshold": 0}', $1, now())`, scorecard, programmeId);
  await run(
    `insert into plans (id, programme_id, programme_version, kind, name, purpose, amount_rule, currency, starts_on, ends_on, every, due_at, scorecard_id,
      created_by, created_at)
    values ($1, $2, 1, 'stipend', 'Bench', 'rent', '{"rule": "fixed", "amount": "15000.00"}', 'DZD', $3, $4, 'month', 'start', null, $2, now())`,
    plan,
    programmeId,
    monthFromNow(1),
    monthFromNow(13),
  );
  await run(
    `create temporary table person on commit drop as select n, md5('person' || n)::uuid as id, md5('house' || n)::uuid as household,
      lpad((1 + (n * 7919::bigint) % 58)::text, 2, '0') as wilaya from generate_series(0, ${people - 1}) n`,
  );
  await run(
    `insert into households (id, programme_id, reference, size, created_at) select household, $1, household, 4, now() from person`,
    programmeId,
  );
  await run(
    `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, registered_by, registered_at)
    select id, lpad(n::text, 10, '0'), household, 'head', case when n % 2 = 0 then 'female' else 'male' end, 'fr', wilaya, 'Commune', $1, now() from person`,
    programmeId,
  );
  await run(
    `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at)
    select $1, id, case when n % 50 = 0 then 'suspended' else 'enrolled' end, $1, now() from person`,
    programmeId,
  );
  await run(
    `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, findings, assessed_at) select $1, id, 1, 'eligible', 1, '', now() from person`,
    scorecard,
  );
  await run(
    `insert into entitlements (id, plan_id, beneficiary_id, starts_on, ends_on, is_plain, created_at)
    select md5('share' || n)::uuid, $1, id, $2::date, $3::date, true, now() from person`,
    plan,
    monthFromNow(1),
    monthFromNow(13),
  );
  // Each line: whose, on which list, when that was signed, what became of it. The lists of the last weeks are still open.
  await run(
    `create temporary table line on commit drop as
    select g, md5('line' || g)::uuid as id, md5('voucher' || g)::uuid as voucher, md5('list' || g / ${LINES_PER_LIST})::uuid as list,
      md5('fund' || g / ${LINES_PER_LIST} % 3)::uuid as fund, p.id as person, p.household, p.wilaya, 10000.00 + 500 * (g % 11) as amount,
      now() - interval '730 days' * (1 - (g / ${LINES_PER_LIST})::numeric / ${Math.ceil(lines / LINES_PER_LIST)}) as signed_at,
      case when g >= ${Math.floor(lines * 0.94)} then case when g % 20 = 0 then 'issued' when g % 20 = 1 then 'locked' else 'activated' end
        when g % 100 < 96 then 'redeemed' when g % 100 < 99 then 'expired' else 'cancelled' end as state,
      interval '6 hours' + interval '1 minute' * (43200 * power(((g * 2654435761::bigint) % 1000) / 1000.0, 2)) as waited
    from generate_series(0::bigint, ${lines - 1}) g join person p on p.n = g % ${people}`,
  );
  await run(
    `insert into payment_lists (id, programme_id, name, source, currency, state, line_count, total, digest, programme_version, built_by, created_at, submitted_at, released_at)
    select list, $1, list, '{}', 'DZD', 'released', count(*), sum(amount), repeat('0', 64), 1, $1, min(signed_at) - interval '3 days', min(signed_at) - interval '2 days',
      min(signed_at) + interval '1 hour' from line group by list`,
    programmeId,
  );
  await run(`insert into payment_list_funds select list, fund, count(*), sum(amount) from line group by 1, 2`);
  await run(
    `insert into payment_list_hands (list_id, round, user_id, hand, step, role, digest, at)
    select distinct on (list) list, 1, list, 'approver', 1, 'approver', repeat('0', 64), signed_at from line order by list, signed_at`,
  );
  await run(
    `insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, fund_id, beneficiary_id, collector_id, household_id, covers_from,
      covers_to, amount, currency, wilaya_number, sex, age_band, has_disability, state)
    select id, list, 1 + g % ${LINES_PER_LIST}, id, $1, 'stipend', 'rent', fund, person, person, household, signed_at::date, signed_at::date, amount, 'DZD', wilaya,
      case when g % 2 = 0 then 'female' else 'male' end, (array['0-5', '6-11', '12-17', '18-59', '60+'])[1 + g % 5], g % 17 = 0, 'released' from line`,
    plan,
  );
  await run(
    `insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id, collector_id, amount, currency, state, key_version, issued_at,
      activated_at, expires_at)
    select voucher, lpad(g::text, 14, '0'), id, list, $1, fund, person, person, amount, 'DZD', state, 1, signed_at + interval '1 hour',
      case when state <> 'issued' then signed_at + interval '3 hours' end, case when state <> 'issued' then signed_at + interval '60 days' end from line`,
    programmeId,
  );
  await run(
    `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on, recorded_at)
    select md5('payout' || g)::uuid, voucher, md5('office' || (g * 31) % ${OFFICES})::uuid, $1, person, amount, 'DZD', 'passport', '1234', at,
      (at at time zone 'Africa/Algiers')::date, at
    from (select *, date_trunc('day', signed_at + waited) + interval '9 hours' + interval '1 minute' * (g % 420) as at from line where state = 'redeemed') l`,
    programmeId,
  );
  await run(
    `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on, voided_at, voided_by,
      void_reason)
    select md5('void' || id)::uuid, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on, paid_at, id, 'Counted'
    from payouts where ('x' || left(md5(id::text), 2))::bit(8)::int < 3`,
  );
  await run(
    `insert into failed_codes (id, agent_id, office_id, voucher_id, at) select gen_random_uuid(), $1, office_id, voucher_id, paid_at - interval '1 minute'
    from payouts where ('x' || left(md5(id::text), 2))::bit(8)::int between 10 and 14`,
    programmeId,
  );
  await run(
    `insert into gateways (id, name, kind, position, per_second, settings, credentials, changed_by, created_by, created_at)
    select md5('gateway' || n)::uuid, 'Gateway ' || n, 'outbox', 1 + n, 100, '{}', '', array[$1::uuid], $1, now() from generate_series(0, 1) n`,
    programmeId,
  );
  await run(
    `insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, state, gateway_id, segments, attempts, last_error, language, created_at, accepted_at, reported_at)
    select md5('message' || g)::uuid, 'code', voucher, 0, person, list, s.state, md5('gateway' || g % 2)::uuid, 1 + g % 2, 1,
      case when s.state in ('failed', 'undelivered') then s.state end, 'fr', signed_at + interval '2 hours',
      case when s.state <> 'failed' then signed_at + interval '3 hours' end,
      case when s.state in ('delivered', 'undelivered') then signed_at + interval '3 hours' + interval '1 second' * (1 + g % 600) end
    from line cross join lateral (select case when g % 40 = 0 then 'failed' when g % 40 = 1 then 'undelivered' when g % 40 < 4 then 'accepted' else 'delivered' end as state) s
    where line.state <> 'issued'`,
  );
  await books(client, programmeId);
  await run(
    `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, state, reason, decided_by, decided_at, found_at)
    select least(a.id, b.id), greatest(a.id, b.id), $1, 0.5 + (a.n % 50) / 100.0, '[]', case when a.n % 10 = 0 then 'open' else 'different_people' end,
      case when a.n % 10 > 0 then 'Seen both' end, case when a.n % 10 > 0 then $1::uuid end, case when a.n % 10 > 0 then now() - interval '1 day' * (a.n % 300) end,
      now() - interval '1 day' * (a.n % 300)
    from person a join person b on b.n = a.n + 1 where a.n % 4 = 0`,
    programmeId,
  );
  await run(
    `insert into duplicate_decisions select gen_random_uuid(), first_id, second_id, state, '[]', reason, decided_by, decided_at from duplicate_pairs where state <> 'open'`,
  );
  await run('commit');
  await run('vacuum analyze');
  const made = await client.query<{ count: string }>('select count(*) from payouts where voided_at is null');
  return {
    programmeId,
    fundId: (await client.query<{ id: string }>(`select md5('fund0')::uuid as id`)).rows[0]?.id ?? '',
    payouts: Number(made.rows[0]?.count),
  };
}

/** What the ledger holds of it: contributions, approvals, issues, pay-outs, voids and expiries, each with both its legs. */
async function books(client: pg.Client, programmeId: string): Promise<void> {
  await client.query(
    `insert into accounts (id, kind, fund_id, currency, office_id)
    select md5(kind || f.id)::uuid, kind, f.id, 'DZD', null from funds f
      cross join unnest(array['bank', 'fund_available', 'fund_committed', 'vouchers_outstanding']) kind where f.programme_id = $1
    union all select md5('payable' || f.id || o.id)::uuid, 'payable_to_post', f.id, 'DZD', o.id from funds f cross join offices o where f.programme_id = $1`,
    [programmeId],
  );
  await client.query(
    `create temporary table moved on commit drop as
    select md5('entry' || m.event || m.subject)::uuid as entry, m.* from (
      select 'contribution' as event, f.id as subject, f.id as fund, 'bank' || f.id as debit, 'fund_available' || f.id as credit, 99999999999.00 as amount,
        now() - interval '800 days' as at from funds f where f.programme_id = $1
      union all select 'approval', list, fund, 'fund_available' || fund, 'fund_committed' || fund, sum(amount), min(signed_at) from line group by list, fund
      union all select 'issue', list, fund, 'fund_committed' || fund, 'vouchers_outstanding' || fund, sum(amount), min(signed_at) + interval '1 hour' from line group by list, fund
      union all select case state when 'expired' then 'expiry' else 'cancellation' end, voucher, fund, 'vouchers_outstanding' || fund, 'fund_available' || fund, amount,
        signed_at + interval '60 days' from line where state in ('expired', 'cancelled')
      union all select 'payout', p.id, l.fund, 'vouchers_outstanding' || l.fund, 'payable' || l.fund || p.office_id, p.amount, p.paid_at
        from payouts p join line l on l.voucher = p.voucher_id
      union all select 'void', p.id, l.fund, 'payable' || l.fund || p.office_id, 'vouchers_outstanding' || l.fund, p.amount, p.voided_at
        from payouts p join line l on l.voucher = p.voucher_id where p.voided_at is not null) m`,
    [programmeId],
  );
  await client.query(
    `insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id) select entry, at, event, $1, fund, 'bench', subject from moved`,
    [programmeId],
  );
  await client.query(
    `insert into postings (entry_id, leg, account_id, amount, currency, at)
    select entry, 1, md5(debit)::uuid, amount, 'DZD', at from moved union all select entry, 2, md5(credit)::uuid, -amount, 'DZD', at from moved`,
  );
}
