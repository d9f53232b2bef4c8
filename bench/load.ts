import { randomBytes } from 'node:crypto';
import type pg from 'pg';
import { hashToken } from '../src/access/sessions.ts';
import { system } from '../src/access/system.ts';
import { dammDigit, mod97Digits, newId } from '../src/platform/index.ts';

/** A voucher that can be redeemed. */
export interface LoadedVoucher {
  readonly id: string;
  readonly serial: string;
  readonly key_version: number;
  readonly counter: number;
}

/** An agent signed in at an office. */
export interface LoadedAgent {
  readonly officeId: string;
  readonly token: string;
}

export interface Load {
  readonly vouchers: LoadedVoucher[];
  readonly agents: LoadedAgent[];
}

const AMOUNT = '15000.00';

/** Fills a fresh database with activated vouchers and signed-in agents, past the commands that would take hours to make them. */
export async function load(client: pg.Client, vouchers: number, agents: number): Promise<Load> {
  const [programme, fund, plan, list, scorecard, maker] = Array.from({ length: 6 }, newId) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const total = (BigInt(vouchers) * 15_000n).toString();
  await client.query('begin');
  // Before the triggers are passed over: they keep its first version, which the plan is made under.
  await client.query(
    `with made as (
      insert into programmes (id, code, name, currency, time_zone, starts_on, ends_on, code_validity_days, hold_threshold, duplicate_limit,
        created_by, created_at)
      values ($1, 'BENCH', 'Bench', 'DZD', 'Africa/Algiers', '2020-01-01', '2099-12-31', 60, 0.8, 0.2, $2, now()) returning id)
    insert into approval_rules select id, 1, null, 0, 1, 'approver', 1 from made`,
    [programme, maker],
  );
  // The rows come ready-made, past the triggers that watch over how they come about.
  await client.query('set local session_replication_role = replica');
  await client.query(`insert into wilayas values ('16', 'DZ-16', 'DZ001', 'Alger', 'الجزائر', null, '1984-02-04') on conflict do nothing`);
  await client.query(
    `insert into funds (id, programme_id, donor, agreement, currency, created_by, created_at)
    values ($1, $2, 'Donor', 'AG', 'DZD', $3, now())`,
    [fund, programme, maker],
  );
  await client.query(`insert into scorecards values ($1, $2, 1, '{}', $3, now())`, [scorecard, programme, maker]);
  await client.query(
    `insert into plans (id, programme_id, programme_version, kind, name, purpose, amount_rule, currency, due_on, scorecard_id, created_by, created_at)
    values ($1, $2, 1, 'one_time_grant', 'Bench', 'food', $5, 'DZD', '2026-01-01', $3, $4, now())`,
    [plan, programme, scorecard, maker, { rule: 'fixed', amount: AMOUNT }],
  );
  // What it owes is written below: no job has anything left to do for it.
  await client.query(
    `insert into plan_periods (plan_id, number, starts_on, ends_on, of_days, due_on, falls_due_at, state, joined, owed, began_at, finished_at)
    values ($1, 1, '2026-01-01', '2026-01-01', 1, '2026-01-01', '2026-01-01', 'done', $2, $2, now(), now())`,
    [plan, vouchers],
  );
  await client.query(
    `insert into payment_lists (id, programme_id, name, source, currency, line_count, total, built_by, created_at)
    values ($1, $2, 'Bench', '{}', 'DZD', $3, $4, $5, now())`,
    [list, programme, vouchers, total, maker],
  );
  await client.query('insert into payment_list_funds values ($1, $2, $3, $4)', [list, fund, vouchers, total]);
  await client.query(`create temporary table people on commit drop as select n, gen_random_uuid() as id, gen_random_uuid() as household,
    gen_random_uuid() as entitlement, gen_random_uuid() as instalment, gen_random_uuid() as line, gen_random_uuid() as voucher
    from generate_series(1, ${Number(vouchers)}) n`);
  await client.query(
    `insert into households (id, programme_id, reference, size, created_at)
    select household, $1, household::text, 1, now() from people`,
    [programme],
  );
  const numbers = Array.from({ length: vouchers }, (_, n) => {
    const digits = String(100_000_000 + n);
    const serial = String(100_000_000_000 + n);
    return { n: n + 1, registration: digits + dammDigit(digits), serial: serial + mod97Digits(serial) };
  });
  await client.query(
    `create temporary table numbers on commit drop as
    select * from jsonb_to_recordset($1::jsonb) as x (n int, registration text, serial text)`,
    [JSON.stringify(numbers)],
  );
  await client.query(
    `insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune,
      registered_by, registered_at)
    select id, registration, household, 'head', 'female', 'fr', '16', 'Alger', $1, now() from people join numbers using (n)`,
    [maker],
  );
  await client.query('insert into entitlements (id, plan_id, beneficiary_id, created_at) select entitlement, $1, id, now() from people', [
    plan,
  ]);
  await client.query(
    `insert into instalments (id, entitlement_id, number, plan_id, kind, programme_id, beneficiary_id, household_id, purpose, covers_from,
      covers_to, due_on, amount, currency, created_at)
    select instalment, entitlement, 1, $2, 'one_time_grant', $1, id, household, 'food', '2026-01-01', '2026-01-01', '2026-01-01', ${AMOUNT},
      'DZD', now() from people`,
    [programme, plan],
  );
  await client.query(
    `insert into payment_list_lines (id, list_id, position, instalment_id, plan_id, kind, purpose, covers_from, covers_to, fund_id, beneficiary_id, collector_id,
      household_id, amount, currency, wilaya_number, sex, age_band, has_disability)
    select line, $1, n, instalment, $2, 'one_time_grant', 'food', '2026-01-01', '2026-01-01', $3, id, id, household, ${AMOUNT}, 'DZD', '16', 'female', '18-59', false
    from people`,
    [list, plan, fund],
  );
  const { rows } = await client.query<LoadedVoucher>(
    `insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id,
      collector_id, amount, currency, key_version, issued_at)
    select voucher, serial, line, $1, $2, $3, id, id, ${AMOUNT}, 'DZD', 1, now() from people join numbers using (n)
    returning id, serial, key_version, counter`,
    [list, programme, fund],
  );
  await client.query(`update vouchers set state = 'activated', activated_at = now(), expires_at = now() + interval '60 days'`);
  const loaded: LoadedAgent[] = [];
  for (let n = 0; n < agents; n += 1) {
    const [officeId, userId, token] = [newId(), newId(), randomBytes(24).toString('base64url')];
    await client.query(
      `insert into offices (id, code, wilaya_number, commune, name_fr, name_ar, created_by, created_at)
      values ($1, $2, '16', 'Alger', 'Bench', 'Bench', $3, now())`,
      [officeId, String(16_000 + n), maker],
    );
    await client.query(
      `insert into users (id, email, display_name, password_hash, totp_secret, created_by, created_at)
      values ($1, $2, 'Agent', '$argon2id$none', '', $3, now())`,
      [userId, `${userId}@example.org`, maker],
    );
    await client.query(
      `insert into role_grants (id, user_id, role, office_id, granted_by, granted_at) values ($1, $2, 'agent', $3, $4, now())`,
      [newId(), userId, officeId, system.id],
    );
    await client.query(
      `insert into sessions (id, token_hash, user_id, second_factor_at, created_at, expires_at) values ($1, $2, $3, now(), now(), now() + interval '1 day')`,
      [newId(), hashToken(token), userId],
    );
    loaded.push({ officeId, token });
  }
  await client.query('commit');
  // What is still empty keeps the planner's own guess, as on the first day of a real database.
  await client.query(
    'vacuum analyze vouchers, payment_list_lines, instalments, entitlements, beneficiaries, households, users, role_grants, sessions, offices',
  );
  return { vouchers: rows, agents: loaded };
}
