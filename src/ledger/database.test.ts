import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

const insufficientPrivilege = '42501';

describe('the books, to somebody who writes plain SQL', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let intruder: pg.Client;
  let bank: string;
  let available: string;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '1000.00');
    intruder = await platform.applicationClient();
    const { rows } = await platform.owner.query<{ kind: string; id: string }>('select kind, id from accounts where fund_id = $1', [
      frame.fundId,
    ]);
    bank = rows.find(({ kind }) => kind === 'bank')?.id ?? '';
    available = rows.find(({ kind }) => kind === 'fund_available')?.id ?? '';
  });
  afterAll(() => platform.close());

  type Leg = readonly [account: string, amount: string, currency?: string];

  async function write(legs: readonly Leg[], entry = newId()): Promise<void> {
    await intruder.query('begin');
    try {
      await intruder.query(
        `insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id)
        values ($1, now(), 'contribution', $2, $3, 'contribution', $4)`,
        [entry, frame.programmeId, frame.fundId, newId()],
      );
      await post(entry, legs);
      await intruder.query('commit');
    } catch (error) {
      await intruder.query('rollback');
      throw error;
    }
  }

  const post = (entry: string, legs: readonly Leg[], first = 1) =>
    intruder.query(
      `insert into postings (entry_id, leg, account_id, amount, currency, at)
      select $1, $2 + n - 1, account::uuid, amount::numeric, currency, (select at from journal_entries where id = $1)
      from unnest($3::text[], $4::text[], $5::text[]) with ordinality as l (account, amount, currency, n)`,
      [entry, first, legs.map(([account]) => account), legs.map(([, amount]) => amount), legs.map(([, , currency = 'DZD']) => currency)],
    );

  it('take an entry that sums to zero', async () => {
    await write([
      [bank, '5.00'],
      [available, '-5.00'],
    ]);
  });

  it.each([
    [
      'does not sum to zero',
      [
        ['bank', '5.00'],
        ['available', '-4.99'],
      ],
      'postings_sum_to_zero',
    ],
    ['has one leg only', [['bank', '5.00']], 'postings_sum_to_zero'],
    [
      'is finer than its currency',
      [
        ['bank', '5.005'],
        ['available', '-5.005'],
      ],
      'postings_fit_currency',
    ],
    [
      'is in another currency than its account',
      [
        ['bank', '5', 'EUR'],
        ['available', '-5', 'EUR'],
      ],
      'postings_fit_account',
    ],
    [
      'names no account',
      [
        ['nobody', '5'],
        ['available', '-5'],
      ],
      'postings_fit_account',
    ],
    [
      'takes out more than the fund holds',
      [
        ['available', '1000000.00'],
        ['bank', '-1000000.00'],
      ],
      'accounts_not_overdrawn',
    ],
  ] as const)('refuse an entry that %s', async (_what, legs, constraint) => {
    const accounts: Record<string, string> = { bank, available, nobody: newId() };
    await expect(write(legs.map(([name, amount, currency]) => [accounts[name] ?? '', amount, currency ?? 'DZD']))).rejects.toMatchObject({
      constraint,
    });
  });

  it('refuse to add to an entry that was written before', async () => {
    const entry = newId();
    await write(
      [
        [bank, '1.00'],
        [available, '-1.00'],
      ],
      entry,
    );
    await expect(
      post(
        entry,
        [
          [bank, '7.00'],
          [available, '-7.00'],
        ],
        3,
      ),
    ).rejects.toMatchObject({ constraint: 'postings_with_their_entry' });
  });

  it('let nobody of the application rewrite, remove or empty them, nor move a balance', async () => {
    for (const statement of [
      'update postings set amount = amount * 2',
      'delete from postings',
      'truncate postings',
      'update journal_entries set event = event',
      'delete from journal_entries',
      'truncate journal_entries',
      'update accounts set balance = -1000000',
      'delete from accounts',
      'truncate accounts',
      'truncate contributions',
      'delete from contributions',
    ]) {
      await expect(intruder.query(statement), statement).rejects.toMatchObject({ code: insufficientPrivilege });
    }
    await expect(
      intruder.query(`insert into accounts (id, kind, fund_id, currency, balance) values ($1, 'fund_available', $2, 'DZD', -9999)`, [
        newId(),
        newId(),
      ]),
    ).rejects.toMatchObject({ constraint: 'accounts_through_postings' });
  });

  it('let not even their owner rewrite, remove or empty them', async () => {
    for (const [statement, constraint] of [
      ['update postings set amount = amount * 2', 'postings_append_only'],
      ['delete from postings', 'postings_append_only'],
      ['truncate postings', 'postings_append_only'],
      ['delete from journal_entries', 'journal_entries_append_only'],
      ['update contributions set amount = 1', 'contributions_append_only'],
      ['update accounts set balance = 0', 'accounts_through_postings'],
    ] as const) {
      await expect(platform.owner.query(statement), statement).rejects.toMatchObject({ constraint });
    }
  });
});
