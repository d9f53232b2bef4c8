import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type pg from 'pg';
import { newId } from '../src/platform/index.ts';
import type { PaymentFrame } from './payment-frame.ts';
import { AMOUNT, type Case, caseOf, header, linesOf, OFFICES, officeCode } from './reconciliation-kinds.ts';

const CHUNK = 10_000;

/** Some of the cases at a time, so that a million are never held at once. */
export function* chunksOf(series: number, count: number): Generator<Case[]> {
  for (let from = 0; from < count; from += CHUNK)
    yield Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => caseOf(series, from + i));
}

/** Offices of the post, by their number. */
export async function makeOffices(client: pg.Client): Promise<string[]> {
  const ids = Array.from({ length: OFFICES }, () => newId());
  for (const [i, id] of ids.entries())
    await client.query(
      `insert into offices (id, code, wilaya_number, commune, name_fr, name_ar, created_by, created_at) values ($1, $2, '16', 'Alger', 'Poste', 'البريد', $1, now())`,
      [id, officeCode(i)],
    );
  return ids;
}

/** Vouchers and pay-outs of these cases, past the commands that would take hours to make them. */
export async function payCases(
  client: pg.Client,
  frame: PaymentFrame,
  offices: readonly string[],
  series: number,
  count: number,
): Promise<void> {
  const listId = newId();
  await client.query('begin');
  await client.query('set local session_replication_role = replica');
  for (const cases of chunksOf(series, count)) {
    const known = cases.filter(({ isPaid, state }) => isPaid || state !== 'redeemed');
    const ids = known.map(() => newId());
    await client.query(
      `insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id, collector_id, amount, currency, state, key_version,
        issued_at, activated_at, expires_at)
      select v.id, v.serial, v.id, $4, $5, $6, v.id, v.id, ${AMOUNT}, 'DZD', v.state, 1, '2026-01-15', '2026-01-15',
        case v.state when 'expired' then '2026-02-20' else '2026-06-30' end::timestamptz
      from unnest($1::uuid[], $2::text[], $3::text[]) as v (id, serial, state)`,
      [ids, known.map(({ serial }) => serial), known.map(({ state }) => state), listId, frame.programmeId, frame.fundId],
    );
    const paid = known.flatMap((one, i) => (one.isPaid ? [{ ...one, id: ids[i] }] : []));
    await client.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
      select p.payout, p.id, p.office, $5, p.id, ${AMOUNT}, 'DZD', 'passport', p.document, p.day::date + time '10:00', p.day::date
      from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $6::uuid[]) as p (id, office, document, day, payout)`,
      [
        paid.map(({ id }) => id),
        paid.map(({ office }) => offices[office]),
        paid.map(({ document }) => document),
        paid.map(({ paidOn }) => paidOn),
        randomUUID(),
        paid.map(() => newId()),
      ],
    );
  }
  await client.query('commit');
  await client.query('vacuum analyze vouchers, payouts');
}

/**
 * The post's statement of these cases.
 * @param path where it is written
 * @param isEarlier an earlier one, of what the post is to list twice
 * @returns how many lines it has
 */
export async function writeStatement(path: string, series: number, count: number, isEarlier = false): Promise<number> {
  const file = await open(path, 'w');
  let lines = 0;
  try {
    await file.write(`${header}\r\n`);
    for (const cases of chunksOf(series, count)) {
      const some = cases.filter(({ defect }) => !isEarlier || defect === 'duplicate_across_files').flatMap((one) => linesOf(one, series));
      lines += some.length;
      if (some.length > 0) await file.write(`${some.join('\r\n')}\r\n`);
    }
  } finally {
    await file.close();
  }
  return lines;
}
