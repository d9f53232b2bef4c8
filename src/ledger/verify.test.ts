import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { type Db, Money, newId, type Sql } from '../platform/index.ts';
import { post } from './index.ts';
import { reverseEntries } from './reversal.ts';
import { verifyBooks } from './verify.ts';

describe('what is done to the books as the superuser is found and named', () => {
  let platform: TestPlatform;
  const db: Db = {
    all: async <Row>({ text, values }: Sql) => (await platform.owner.query(text, [...values])).rows as Row[],
    first: async <Row>({ text, values }: Sql) => (await platform.owner.query(text, [...values])).rows[0] as Row | undefined,
  };
  beforeAll(async () => {
    platform = await startPlatform({ environment: { AUDIT_SEAL_SECONDS: '3600' } });
    const now = platform.clock.now().toISOString();
    const wishes = [{}, { outcome: 'live' }, { outcome: 'expired' }, { outcome: 'voided' }, {}] as const;
    // Of today, so that no voucher expires meanwhile.
    const frame = await makeFrame(platform);
    await payList(
      platform,
      frame,
      wishes.map((wish) => ({ ...wish, paidOn: now.slice(0, 10) })),
      { approvedAt: now },
    );
    await closedJanuary(frame);
    const subjectId = newId();
    await gain(frame, now, subjectId);
    await platform.app.database.transaction((tx) => reverseEntries(tx, platform.clock.now(), { subjectId, reason: 'Twice' }));
  });
  afterAll(() => platform.close());
  beforeEach(() => platform.owner.query('begin'));
  afterEach(() => platform.owner.query('rollback'));

  const gain = ({ programmeId, fundId }: Frame, at: string, id: string) =>
    platform.app.database.transaction((tx) =>
      post(tx, new Date(at), [
        { event: 'exchange_gain', programmeId, fundId, subject: { type: 'conversion', id }, amount: Money.of('10.00', 'DZD') },
      ]),
    );

  /** A month with one entry, closed as the command would leave it. */
  async function closedJanuary(frame: Frame): Promise<void> {
    const periodId = newId();
    await gain(frame, '2026-01-10T10:00:00Z', newId());
    await platform.owner.query(
      `insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
      values ($1, $2, 1, '2026-01-01', '2026-01-31', '2025-12-31 23:00Z', '2026-01-31 23:00Z', now())`,
      [periodId, frame.programmeId],
    );
    await platform.owner.query(`insert into ledger_closings values ($1, 1, $1, now(), '[{"check": "identities", "holds": true}]')`, [
      periodId,
    ]);
    await platform.owner.query(
      `insert into ledger_closing_balances select $1, 1, a.id, balance_until(a.id, '2026-01-31 23:00Z') from accounts a
      where balance_until(a.id, '2026-01-31 23:00Z') <> 0`,
      [periodId],
    );
    await platform.owner.query(`update ledger_periods set state = 'closed' where id = $1`, [periodId]);
  }

  const found = async (tampering?: string): Promise<string[]> => {
    if (tampering) await platform.owner.query(`set local session_replication_role = replica; ${tampering}`);
    const kinds = new Set<string>();
    for await (const { kind } of verifyBooks(db)) {
      kinds.add(kind);
    }
    return [...kinds].sort();
  };
  const one = (what: string, where = 'true') => `(select id from ${what} where ${where} order by id limit 1)`;
  const entry = one('journal_entries', `event = 'payout'`);

  it('nothing, when nothing was done', async () => {
    expect(await found()).toEqual([]);
  });

  it.each([
    ['a posting changed', `update postings set amount = amount + 1 where entry_id = ${entry} and leg = 1`, ['entry_unbalanced']],
    ['both postings of an entry changed', `update postings set amount = amount * 2 where entry_id = ${entry}`, ['identity_broken']],
    ['an entry without postings', `delete from postings where entry_id = ${entry}`, ['entry_unbalanced', 'identity_broken']],
    ['an entry deleted', `delete from journal_entries where id = ${entry}`, ['identity_broken', 'posting_stray']],
    [
      'an unbalanced entry, its trigger off',
      `insert into postings select id, 9, (select account_id from postings limit 1), 5, 'DZD', at from journal_entries where id = ${entry}`,
      ['entry_unbalanced'],
    ],
    [
      'a voucher said to be paid',
      `update vouchers set state = 'redeemed' where id = ${one('vouchers', `state = 'activated'`)}`,
      ['identity_broken', 'voucher_contradicted'],
    ],
    [
      'two vouchers that changed states, so that every sum holds',
      `update vouchers set state = case state when 'redeemed' then 'activated' else 'redeemed' end
        where id in (${one('vouchers', `state = 'activated'`)}, ${one('vouchers', `state = 'redeemed'`)})`,
      ['voucher_contradicted'],
    ],
    [
      'an expired voucher brought back',
      `update vouchers set state = 'activated' where state = 'expired'`,
      ['identity_broken', 'voucher_contradicted'],
    ],
    [
      'a pay-out forged away',
      `delete from payouts where id = ${one('payouts', 'voided_at is null')}`,
      ['identity_broken', 'voucher_contradicted'],
    ],
    ['a balance', `update accounts set balance = balance - 1000 where kind = 'fund_available'`, ['balance_wrong']],
    ['a posting moved to another day', `update postings set at = at - interval '1 year' where entry_id = ${entry}`, ['posting_misdated']],
    [
      'an entry moved into a closed period, with its postings',
      `update journal_entries set at = '2026-01-15' where id = ${entry}; update postings set at = '2026-01-15' where entry_id = ${entry}`,
      ['period_changed'],
    ],
    ['what was kept of a closed period', 'update ledger_closing_balances set balance = balance + 1', ['period_changed']],
    ['a closing taken away', 'delete from ledger_closing_balances; delete from ledger_closings', ['period_changed', 'period_gap']],
    [
      'postings finer than any coin',
      `alter table postings drop constraint postings_fit_currency; update postings set amount = amount * 1.000000000001 where entry_id = ${entry}`,
      ['posting_unfit'],
    ],
    [
      'a reversal that mirrors less',
      `update postings set amount = amount / 2 where entry_id = ${one('journal_entries', `event = 'reversal'`)}`,
      ['reversal_broken'],
    ],
    [
      'a reversal of an entry that is not there',
      `delete from journal_entries where id = (select reverses from journal_entries where event = 'reversal')`,
      ['posting_stray', 'reversal_broken'],
    ],
    ['a contribution', `update contributions set amount = amount + 1`, ['identity_broken']],
  ])('%s', async (_what, tampering, kinds) => {
    expect(await found(tampering)).toEqual(expect.arrayContaining(kinds));
  });
});
