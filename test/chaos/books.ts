import { execFile } from 'node:child_process';
import pg from 'pg';
import { packageRoot } from '../../src/platform/index.ts';
import { bundled } from '../support/bundle.ts';

/** What stands in the database when it is over, counted from every side. */
export interface Books {
  /** Pay-outs by the serial of their voucher; none of these was voided. */
  readonly payouts: ReadonlyMap<string, readonly string[]>;
  readonly counts: Readonly<Record<(typeof sides)[number], number>>;
}

const sides = ['redeemed', 'payouts', 'entries', 'postings', 'events', 'answers'] as const;

/** @param url of the database as its owner */
export async function readBooks(url: string): Promise<Books> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query('select v.serial, p.id from payouts p join vouchers v on v.id = p.voucher_id');
    const payouts = new Map<string, string[]>();
    for (const { serial, id } of rows) payouts.set(serial, [...(payouts.get(serial) ?? []), id]);
    const { rows: counted } = await client.query(`select
      (select count(*)::int from vouchers where state = 'redeemed') as redeemed,
      (select count(*)::int from payouts) as payouts,
      (select count(*)::int from journal_entries where event = 'payout') as entries,
      (select count(*)::int / 2 from postings p join journal_entries e on e.id = p.entry_id where e.event = 'payout') as postings,
      (select count(*)::int from audit_events where command in ('cashout.redeem', 'cashout.pay') and refusal is null) as events,
      (select count(*)::int from idempotency_keys where command in ('cashout.redeem', 'cashout.pay')) as answers`);
    return { payouts, counts: counted[0] };
  } finally {
    await client.end();
  }
}

/** What became of the messages: each was accepted, cannot be sent, or waits and will be taken. */
export interface Messages {
  readonly accepted: number;
  readonly failed: number;
  /** Of these none waits for ever. */
  readonly pending: number;
  /** Vouchers of released lists without a message. */
  readonly missing: number;
}

export async function readMessages(url: string): Promise<Messages> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query(`select
      (select count(*)::int from messages where state not in ('pending', 'failed')) as accepted,
      (select count(*)::int from messages where state = 'failed') as failed,
      (select count(*)::int from messages where state = 'pending' and next_try_at < 'infinity' and (leased_until is null or leased_until < now() + interval '2 minutes')) as pending,
      (select count(*)::int from vouchers v where not exists (select from messages m where m.voucher_id = v.id)) as missing`);
    return rows[0];
  } finally {
    await client.end();
  }
}

/** Waits until every event is sealed, and every head stands outside as well. */
export async function sealed(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (let tries = 0; tries < 600; tries += 1) {
      const { rows } = await client.query(`select (select count(*) from audit_events) = (select count(*) from audit_leaves) as done`);
      if (rows[0].done) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('the trail was not sealed within a minute');
  } finally {
    await client.end();
  }
}

/** `sanad verify`, as an operator runs it beside the server. @returns its status and what it says */
export async function verify(settings: Readonly<Record<string, string>>, url: string): Promise<{ status: number; said: string }> {
  const program = await bundled('src/cli.ts', 'outside');
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'], ...settings, DATABASE_URL: url };
    const child = execFile(process.execPath, ['--input-type=module', '-', 'verify'], { cwd: packageRoot, env }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, said: out + err }),
    );
    child.stdin?.end(program);
  });
}
