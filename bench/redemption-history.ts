import type pg from 'pg';

/** People have so many vouchers each. */
const VOUCHERS_EACH = 10;
const DAYS = 730;

/**
 * Lets a loaded database look back on so many paid vouchers of two years, one after another by the clock as their identifiers are: people, lines,
 * vouchers, pay-outs, the books, the trail, readings and the newest answers. Set by set, past the commands and their triggers.
 * @param already how many it looks back on so far
 */
export async function fillHistory(client: pg.Client, already: number, upTo: number): Promise<void> {
  await client.query('begin');
  await client.query('set local session_replication_role = replica');
  await client.query(
    `create temporary table past on commit drop as
    select n, md5('past person' || n / ${VOUCHERS_EACH})::uuid as person, o.id as office, o.agent, at, v.programme_id, v.fund_id, v.list_id, l.plan_id,
      pg_temp.id_at(at, 'line' || n) as line, pg_temp.id_at(at, 'voucher' || n) as voucher, pg_temp.id_at(at, 'payout' || n) as payout,
      pg_temp.id_at(at, 'entry' || n) as entry, pg_temp.id_at(at, 'event' || n) as event
    from generate_series($1::bigint, $2::bigint - 1) n
    cross join lateral (select now() - interval '1 day' - interval '${DAYS} days' * (1 - n::numeric / $2::bigint) as at) t
    cross join (select * from vouchers where state = 'activated' limit 1) v join payment_list_lines l on l.id = v.line_id
    join (select o.id, g.user_id as agent, row_number() over (order by o.code) - 1 as number, count(*) over () as all_offices
      from offices o join role_grants g on g.office_id = o.id) o on o.number = n % o.all_offices`
      // A server-side parameter has no place beside a function of this session.
      .replaceAll('$1::bigint', String(already))
      .replaceAll('$2::bigint', String(upTo)),
  );
  for (const statement of sets) await client.query(statement);
  await client.query('commit');
  await client.query('vacuum analyze');
}

/** Makes what {@link fillHistory} draws identifiers with: they begin with the time, as the platform's do. */
export const prepareHistory = (client: pg.Client): Promise<unknown> =>
  client.query(`create function pg_temp.id_at(at timestamptz, name text) returns uuid language sql immutable as $$
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || left(md5(name), 3) || '8' || substr(md5(name), 4, 15))::uuid $$`);

const sets = [
  `insert into households (id, programme_id, reference, size, created_at)
    select distinct on (past.person) past.person, programme_id, past.person::text, 1, at from past on conflict do nothing`,
  `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune, registered_by, registered_at)
    select distinct on (past.person) past.person, lpad((8000000000 + n / ${VOUCHERS_EACH})::text, 10, '0'), person, 'head', 'female', 'fr', '16', 'Alger', person, at
    from past on conflict do nothing`,
  `insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, covers_from, covers_to, fund_id, beneficiary_id, collector_id,
      household_id, amount, currency, wilaya_number, sex, age_band, has_disability, state)
    select line, list_id, 10000000 + n, line, plan_id, 'one_time_grant', 'food', at::date, at::date, fund_id, person, person, person, 15000.00, 'DZD', '16', 'female',
      '18-59', false, 'released' from past`,
  `insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id, collector_id, amount, currency, state, key_version, issued_at,
      activated_at, expires_at)
    select voucher, (90000000000000 + n)::text, line, list_id, programme_id, fund_id, person, person, 15000.00, 'DZD', 'redeemed', 1, at - interval '2 days',
      at - interval '1 day', at + interval '59 days' from past`,
  `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on, recorded_at)
    select payout, voucher, office, agent, person, 15000.00, 'DZD', 'passport', '1234', at, at::date, at from past`,
  `create temporary table account on commit drop as
    select o.office, account_of(o.fund_id, 'vouchers_outstanding', 'DZD', null, null) as debit, account_of(o.fund_id, 'payable_to_post', 'DZD', o.office, null) as credit
    from (select distinct office, fund_id from past) o`,
  `insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id)
    select entry, at, 'payout', programme_id, fund_id, 'payout', payout from past`,
  `insert into postings (entry_id, leg, account_id, amount, currency, at)
    select entry, 1, debit, 15000.00, 'DZD', at from past join account using (office)
    union all select entry, 2, credit, -15000.00, 'DZD', at from past join account using (office)`,
  `insert into audit_events (id, at, actor_id, actor_kind, command, subject_type, subject_id, programme_id, office_id, fund_id, before_digest, after_digest, request_id)
    select event, at, agent, 'user', 'cashout.redeem', 'voucher', voucher::text, programme_id, office, fund_id, repeat('0', 64), repeat('1', 64), event::text from past`,
  `insert into person_reads (id, at, actor_id, actor_kind, session_id, purpose, purpose_stated, operation, programme_id, beneficiary_ids, request_id)
    select event, at, agent, 'user', office, 'cash_out', false, 'redeemVoucher', programme_id, array[person], event::text from past`,
  // Answers are forgotten after a while: those of the last days are there.
  `insert into idempotency_keys (actor_id, key, command, input_digest, answer, created_at)
    select agent, event::text, 'cashout.redeem', repeat('0', 64), decode(repeat('00', 700), 'hex'), at from past where at > now() - interval '3 days'`,
];
