import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newId } from '../../platform/index.ts';

describe('what waits for somebody', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let finance: Client;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    platform.clock.skip(Date.parse('2026-03-20T12:00:00Z') - platform.clock.now().getTime());
    frame = await makeFrame(platform);
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const view = async (path: string) => (await finance.get(`/v1/programmes/${frame.programmeId}/operations/${path}`).expect(200)).body;

  it('are pairs of records, by probability and age, and the people whom they keep off lists', async () => {
    const [a = '', b = '', c = '', d = ''] = (
      await Promise.all(Array.from({ length: 4 }, () => makePerson(platform, frame.programmeId)))
    ).map(({ id }) => id);
    const pair = (one: string, other: string, score: number, foundAt: string) =>
      platform.owner.query(
        `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at)
        values (least($1::uuid, $2::uuid), greatest($1::uuid, $2::uuid), $3, $4, '[]', $5)`,
        [one, other, frame.programmeId, score, foundAt],
      );
    // The programme holds from 0.8 on: three people wait, one of them in two pairs.
    await pair(a, b, 0.85, '2026-03-20T08:00:00Z');
    await pair(b, c, 0.8, '2026-03-15T08:00:00Z');
    await pair(c, d, 0.6, '2026-01-01T08:00:00Z');
    await pair(a, d, 0.95, '2026-03-01T08:00:00Z');
    const [first, second] = [a, d].sort();
    await platform.owner.query(
      `with decided as (
        update duplicate_pairs set state = 'different_people', reason = 'Seen both', decided_by = $1, decided_at = '2026-03-20T10:00Z'
        where first_id = $1 and second_id = $2 returning *)
      insert into duplicate_decisions select gen_random_uuid(), first_id, second_id, state, evidence, reason, decided_by, decided_at from decided`,
      [first, second],
    );
    const row = { state: 'open', pairs: 1 };
    expect(await view('duplicates')).toMatchObject({
      peopleHeld: 3,
      rows: [
        { ...row, scoreBand: '0.5-0.7', ageBand: '31+', peopleHeld: 0 },
        { ...row, scoreBand: '0.8-0.9', ageBand: '0-1', peopleHeld: 2 },
        { ...row, scoreBand: '0.8-0.9', ageBand: '2-7', peopleHeld: 2 },
      ],
    });
    expect((await view('duplicate-decisions')).rows).toEqual([
      { day: '2026-03-20', samePerson: 0, differentPeople: 1, needsInformation: 0 },
    ]);
    expect((await view('duplicate-decisions?to=2026-03-19')).rows).toEqual([]);
  });

  it('are exceptions, by kind and age', async () => {
    const paid = await payList(platform, frame, [{ amount: '1000.00' }, { amount: '2500.00' }, { amount: '4000.00' }]);
    const statement = newId();
    await platform.owner.query(
      `insert into statements (id, programme_id, name, content_digest, currency, from_date, to_date, line_count, total, uploaded_by, uploaded_at)
      values ($1, $2, 'S', repeat('a', 64), 'DZD', '2026-03-01', '2026-03-31', 0, 0, $1, now())`,
      [statement, frame.programmeId],
    );
    const opened = ['2026-03-19', '2026-03-05', '2026-02-01'];
    for (const [n, { payoutId }] of paid.entries())
      await platform.owner.query(
        `insert into exceptions (id, programme_id, statement_id, kind, payout_id, detail, opened_at, owner_id, due_on, amount, currency)
          values ($1, $2, $3, $4, $5, 'Left out', $6, $7, $8, $9, $10)`,
        [
          newId(),
          frame.programmeId,
          statement,
          n ? 'ours_not_in_statement' : 'wrong_office',
          payoutId,
          opened[n],
          n === 1 ? newId() : null,
          // Overdue from the day after, however old it is; the day is that of Algiers.
          ['2026-03-19', '2026-04-30', '2026-03-20'][n],
          ['1000.00', '2500.00', '4000.00'][n],
          'DZD',
        ],
      );
    const told = (n: number, amount: string | null, currency: string | null) =>
      platform.owner.query(
        `insert into exceptions (id, programme_id, statement_id, kind, payout_id, detail, opened_at, due_on, amount, currency)
          values ($1, $2, $3, 'wrong_currency', $4, 'In another', '2026-03-19', '2026-04-30', $5, $6)`,
        [newId(), frame.programmeId, statement, paid[n]?.payoutId, amount, currency],
      );
    await told(0, '10.000', 'TND');
    await told(1, '2.5', 'TND');
    await told(2, null, null);
    const rows = [
      { kind: 'ours_not_in_statement', ageBand: '15-30', currency: 'DZD', exceptions: 1, withoutOwner: 0, overdue: 0, amount: '2500.00' },
      { kind: 'ours_not_in_statement', ageBand: '31+', currency: 'DZD', exceptions: 1, withoutOwner: 1, overdue: 0, amount: '4000.00' },
      { kind: 'wrong_currency', ageBand: '0-7', currency: 'DZD', exceptions: 1, withoutOwner: 1, overdue: 0, amount: '0.00' },
      { kind: 'wrong_currency', ageBand: '0-7', currency: 'TND', exceptions: 2, withoutOwner: 2, overdue: 0, amount: '12.500' },
      { kind: 'wrong_office', ageBand: '0-7', currency: 'DZD', exceptions: 1, withoutOwner: 1, overdue: 1, amount: '1000.00' },
    ];
    expect((await view('exceptions')).rows).toEqual(rows);
    // The same as the list of exceptions has by age.
    const { cells } = (await finance.get(`/v1/programmes/${frame.programmeId}/exceptions/ageing`).expect(200)).body;
    const stakes = cells.flatMap(({ kind, amounts }: { kind: string; amounts: { amount: string; currency: string }[] }) =>
      amounts.map(({ amount, currency }) => `${kind} ${amount} ${currency}`),
    );
    const said = rows.filter(({ amount }) => amount !== '0.00').map(({ kind, amount, currency }) => `${kind} ${amount} ${currency}`);
    expect(said.sort()).toEqual(stakes.sort());
    const { text } = await finance.get(`/v1/programmes/${frame.programmeId}/operations/exceptions?format=csv`).expect(200);
    const [columns, ...lines] = text.trim().split(/\r?\n/);
    expect(columns?.split(',').filter((column: string) => column === 'currency')).toHaveLength(1);
    expect(lines[3]?.split(',').slice(-2)).toEqual(['12.500', 'TND']);
    // Who proposes how to resolve one has not resolved it.
    await platform.owner.query(`update exceptions set state = 'proposed' where kind = 'wrong_office'`);
    expect((await view('exceptions')).rows).toHaveLength(5);
  });

  it('are codes that end within the week, are locked, or are bound to an office', async () => {
    const serials = (
      await payList(
        platform,
        frame,
        Array.from({ length: 4 }, () => ({ outcome: 'live', amount: '700.00' }) as const),
      )
    ).map(({ serial }) => serial);
    const change = (what: string, ...which: number[]) =>
      platform.owner.query(`update vouchers set ${what} where serial = any($1)`, [which.map((n) => serials[n])]);
    // The last day is the one before: midnight of the 28th in Algiers is the end of the 27th.
    await change(`expires_at = '2026-03-27T23:00:00Z'`, 0);
    await change(`expires_at = '2026-03-28T23:00:00Z', state = 'locked', failed_attempts = 5`, 1);
    await platform.owner.query('set session_replication_role = replica');
    const pack = newId();
    await platform.owner.query(
      `insert into offline_packs (id, programme_id, office_id, device_id, agent_id, prepared_by, prepared_at, starts_at, ends_at, grace_ends_at, voucher_count,
        cash_limit, currency, work_factor, head_hash)
      values ($1, $2, $3, $1, $4, $1, now(), now(), now() + interval '1 day', now() + interval '3 days', 1, 1000, 'DZD', 4, repeat('0', 64))`,
      [pack, frame.programmeId, frame.officeId, newId()],
    );
    await platform.owner.query(`insert into offline_bindings select $1, id, true, counter from vouchers where serial = $2`, [
      pack,
      serials[2],
    ]);
    await platform.owner.query('set session_replication_role = origin');
    const { rows } = await view('unpaid-codes?groupBy=office');
    const row = { wilayaNumber: null, listId: null, fundId: null, ageBand: '15-30', expiringCodes: 0, expiringAmount: '0.00' };
    expect(rows).toEqual([
      { ...row, officeId: frame.officeId, state: 'activated', codes: 1, amount: '700.00' },
      { ...row, officeId: null, state: 'activated', codes: 2, amount: '1400.00', expiringCodes: 1, expiringAmount: '700.00' },
      { ...row, officeId: null, state: 'locked', codes: 1, amount: '700.00' },
    ]);
    expect((await view(`unpaid-codes?groupBy=fund&officeId=${frame.officeId}`)).rows).toEqual([
      { ...row, officeId: null, fundId: frame.fundId, state: 'activated', codes: 1, amount: '700.00' },
    ]);
  });
});
