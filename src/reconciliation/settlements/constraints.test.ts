import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { bankSays, instructed, settled } from '../../../test/support/settled.ts';
import { insertMatch, type Line, stageStatement } from '../../../test/support/statements.ts';
import { newId } from '../../platform/index.ts';

describe('settlements in plain SQL, as the application', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    app = await platform.applicationClient();
    await payList(platform, frame, [{ amount: '100.00' }]);
    await platform.owner.query(
      `insert into post_terms (programme_id, version, payer_name, payer_account, payee_name, payee_account, reason, set_by, set_at)
      values ($1, 1, 'We', 'A1', 'They', 'B1', 'Agreed', gen_random_uuid(), now())`,
      [frame.programmeId],
    );
    await platform.owner.query('insert into post_terms_confirmations values ($1, 1, gen_random_uuid(), now())', [frame.programmeId]);
  });
  afterAll(() => platform.close());

  /** What breaks a rule breaks it now, or at the latest when it is committed. */
  async function refused(constraint: string, work: () => Promise<unknown>): Promise<void> {
    await app.query('begin');
    try {
      await expect(
        work().then(() => app.query('set constraints all immediate')),
        constraint,
      ).rejects.toMatchObject({ constraint });
    } finally {
      await app.query('rollback');
    }
  }
  const one = (text: string, values: unknown[] = []) => app.query(text, values);
  const settlement = async (over: { amount?: string; principal?: string; fee?: string; invoice?: string | null; fund?: string } = {}) => {
    const { amount = '1', principal = amount, fee = '0', invoice = null, fund = frame.fundId } = over;
    const [id, by] = [newId(), newId()];
    await one(
      `insert into settlements (id, programme_id, fund_id, reference, amount, currency, from_date, to_date, made_by, made_at, invoice_id)
      values ($1, $2, $3, $4, $5, 'DZD', '2026-03-01', '2026-03-31', $6, now(), $7)`,
      [id, frame.programmeId, fund, id.slice(0, 35), amount, by, invoice],
    );
    await one('insert into settlement_lines (settlement_id, position, office_id, principal, fee) values ($1, 1, $2, $3, $4)', [
      id,
      frame.officeId,
      principal,
      fee,
    ]);
    await step(id, 'drafted', by);
    return id;
  };
  const step = (id: string, name: string, by = newId()) =>
    one(`insert into settlement_steps values ($1, $2, $3, now(), 'As agreed')`, [id, name, by]);
  const move = (id: string, state: string) => one('update settlements set state = $2 where id = $1', [id, state]);
  const taken = async (id: string, ...names: string[]) => {
    for (const name of names) {
      await step(id, name);
      await move(id, name);
    }
  };
  const invoice = async (
    lines: [principal: string, fee: string][] = [['10', '1']],
    over: { principal?: string; office?: string | null } = {},
  ) => {
    const id = newId();
    const sum = (i: 0 | 1) => String(lines.reduce((all, line) => all + Number(line[i]), 0));
    await one(
      `insert into post_invoices (id, programme_id, number, issued_on, from_date, to_date, currency, payout_count, principal, fee, recorded_by, recorded_at)
      values ($1, $2, $3, '2026-04-01', '2026-03-01', '2026-03-31', 'DZD', $4, $5, $6, $1, now())`,
      [id, frame.programmeId, id, lines.length, over.principal ?? sum(0), sum(1)],
    );
    for (const [i, [principal, fee]] of lines.entries())
      await one(
        `insert into post_invoice_lines (invoice_id, position, office_id, office_code, day, payout_count, principal, fee) values ($1, $2, $3, '16', $4, 1, $5, $6)`,
        [id, i + 1, over.office === undefined ? frame.officeId : over.office, `2026-03-${10 + i}`, principal, fee],
      );
    return id;
  };
  const accept = (id: string, principal: string, fee: string) =>
    one('insert into post_invoice_acceptances values ($1, 1, $2, $3)', [id, principal, fee]);
  const decide = (id: string, state: string) =>
    one(`update post_invoices set state = $2, reason = 'As agreed', decided_by = gen_random_uuid(), decided_at = now() where id = $1`, [
      id,
      state,
    ]);

  it('claim no more than is owed, and are their lines', async () => {
    await refused('settlements_within_owed', () => settlement({ amount: '100.01' }));
    await refused('settlements_within_owed', async () => {
      await settlement({ amount: '60' });
      await settlement({ amount: '40.01' });
    });
    await refused('settlements_add_up', () => settlement({ amount: '2', principal: '1' }));
    await refused('settlements_add_up', () => settlement({ amount: '1', principal: '2' }));
    await refused('settlements_within_invoice', () => settlement({ principal: '0.5', fee: '0.5' }));
    const other = await makeFrame(platform);
    await refused('settlements_within_owed', () => settlement({ fund: other.fundId }));
    await refused('settlements_first_state', () =>
      one(
        `insert into settlements (id, programme_id, fund_id, reference, state, amount, currency, from_date, to_date, made_by, made_at)
        values ($1, $2, $3, 'X', 'approved', 1, 'DZD', '2026-03-01', '2026-03-31', $1, now())`,
        [newId(), frame.programmeId, frame.fundId],
      ),
    );
  });

  it('take their steps in turn, none without its step, its order and its postings', async () => {
    await refused('settlement_steps_in_turn', async () => step(await settlement(), 'approved'));
    await refused('settlements_stepped', async () => move(await settlement(), 'submitted'));
    await refused('settlements_stepped', async () => {
      const id = await settlement();
      await taken(id, 'submitted', 'approved', 'instructed');
    });
    await refused('settlement_files_digest', async () => {
      const id = await settlement();
      await one(
        `insert into settlement_files (settlement_id, programme_id, terms_version, execute_on, content, digest, written_at)
        values ($1, $2, 1, '2026-03-31', 'x', repeat('0', 64), now())`,
        [id, frame.programmeId],
      );
    });
    const paid = await settled(platform, frame, '1.00');
    await refused('settlements_posted', async () => {
      const id = await settlement();
      await taken(id, 'submitted', 'approved');
      await one(
        `insert into settlement_files select $1, programme_id, terms_version, execute_on, content, digest, written_at from settlement_files where settlement_id = $2`,
        [id, paid],
      );
      await taken(id, 'instructed');
      await step(id, 'paid');
      await one(`update settlements set state = 'paid', bank_reference = 'B', paid_at = now() where id = $1`, [id]);
    });
    await refused('settlements_paid', () => one('update settlements set paid_at = null where id = $1', [paid]));
  });

  it('are found by one line of the bank each, which pays the same money, and not called off then', async () => {
    const paid = await settled(platform, frame, '1.00');
    const line = await bankSays(platform, frame.programmeId, '1.00');
    const match = (id: string, lineId: string) => insertMatch(app, lineId, id, newId(), 'settlement_reference', 'settlement');
    const listed = (line: Line, source: 'bank' | 'post' = 'bank') =>
      stageStatement(platform, { programmeId: frame.programmeId, source, lines: [{ amount: '1.00', ...line }] });
    for (const { lineIds } of [await listed({ kind: 'deposit' }), await listed({}, 'post')])
      await refused('statement_match_targets_fit', () => match(paid, lineIds[0] ?? ''));
    await refused('statement_match_targets_sum', async () => match(paid, (await listed({ amount: '1.01' })).lineIds[0] ?? ''));
    await refused('statement_match_targets_own', async () => match(await settlement(), line));
    const other = await makeFrame(platform);
    await refused('statement_match_targets_own', async () => match(paid, await bankSays(platform, other.programmeId, '1.00')));
    await match(paid, line);
    const [twin] = (await listed({})).lineIds;
    await refused('statement_match_targets_once', () => match(paid, twin ?? ''));
    await refused('statement_match_targets_part_once', async () => match(await settled(platform, frame, '1.00'), line));
    const waiting = await instructed(platform, frame, '1.00');
    await match(waiting, twin ?? '');
    await refused('settlements_listed', () => step(waiting, 'cancelled'));
  });

  it('pay of an invoice what was agreed to of it, line by line', async () => {
    await refused('post_invoices_add_up', () => invoice([['10', '1']], { principal: '11' }));
    await refused('post_invoices_add_up', async () =>
      one(
        `insert into post_invoice_lines (invoice_id, position, office_code, payout_count, principal, fee) values ($1, 2, '17', 0, 1, 0)`,
        [await invoice()],
      ),
    );
    await refused('post_invoice_acceptances_within', async () => accept(await invoice(), '10.01', '0'));
    await refused('post_invoice_acceptances_within', async () => accept(await invoice([['10', '1']], { office: null }), '1', '0'));
    await refused('post_invoices_decided', async () => decide(await invoice(), 'accepted'));
    await refused('post_invoices_decided', async () => {
      const id = await invoice();
      await accept(id, '10', '1');
      await decide(id, 'partly_accepted');
    });
    await refused('post_invoice_acceptances_within', async () => {
      const id = await invoice([['10', '1'], ['5', '0']]); // biome-ignore format: two lines
      await accept(id, '10', '1');
      await decide(id, 'partly_accepted');
      await one('insert into post_invoice_acceptances values ($1, 2, 5, 0)', [id]);
    });
    await refused('settlements_within_invoice', async () => settlement({ invoice: await invoice() }));
    await refused('settlements_within_invoice', async () => {
      const id = await invoice();
      await accept(id, '6', '1');
      await decide(id, 'partly_accepted');
      await settlement({ amount: '6', invoice: id });
      await settlement({ amount: '0.01', invoice: id });
    });
    await refused('settlements_fee_posted', async () => {
      const id = await invoice();
      await accept(id, '10', '1');
      await decide(id, 'accepted');
      await taken(await settlement({ amount: '11', principal: '10', fee: '1', invoice: id }), 'submitted', 'approved');
    });
    await refused('post_fees_once', async () => {
      const id = await invoice();
      await one(
        `insert into post_fees (id, programme_id, fund_id, reference, from_date, to_date, amount, currency, recorded_by, recorded_at)
        values (gen_random_uuid(), $1, $2, $3, '2026-03-01', '2026-03-31', 1, 'DZD', $1, now())`,
        [frame.programmeId, frame.fundId, id.toUpperCase()],
      );
    });
  });

  it('are only added to', async () => {
    const paid = await settled(platform, frame, '1.00');
    for (const [table, column] of [
      ['post_terms', 'payee_account'],
      ['post_invoice_lines', 'principal'],
      ['post_invoice_acceptances', 'principal'],
      ['settlement_lines', 'principal'],
      ['settlement_steps', 'taken_by'],
      ['settlement_files', 'content'],
    ]) {
      await refused(`${table}_append_only`, () => platform.owner.query(`update ${table} set ${column} = ${column}`));
      await refused(`${table}_append_only`, () => platform.owner.query(`delete from ${table}`));
    }
    for (const table of ['settlements', 'post_invoices', 'ledger_carry_forwards'])
      await expect(app.query(`delete from ${table}`), table).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`update settlements set amount = 2 where id = $1`, [paid])).rejects.toMatchObject({ code: '42501' });
  });

  it('rounds the fee that was agreed on half up, for each pay-out', async () => {
    const minor = fc.integer({ min: 0, max: 50_000 });
    const shape = fc.tuple(fc.integer({ min: 1, max: 10_000_000 }), minor, fc.integer({ min: 0, max: 1_000_000 }), minor);
    await fc.assert(
      fc.asyncProperty(fc.array(shape, { minLength: 20, maxLength: 20 }), async (cases) => {
        const { rows } = await app.query(
          `select (agreed_fee(jsonb_populate_record(null::post_terms, jsonb_build_object('fee_fixed', c.fixed / 100.0, 'fee_per_mille', c.mille / 1000.0,
              'fee_minimum', c.least / 100.0)), c.amount / 100.0, 'DZD') * 100)::bigint as fee
          from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) with ordinality as c (amount, fixed, mille, least, n) order by n`,
          [0, 1, 2, 3].map((i) => cases.map((one) => one[i])),
        );
        const expected = cases.map(([amount, fixed, mille, least]) => {
          // In millionths of a minor unit, so that nothing is rounded before it has to be.
          const exact = BigInt(fixed) * 1_000_000n + BigInt(amount) * BigInt(mille);
          const rounded = (exact + 500_000n) / 1_000_000n;
          return String(rounded > BigInt(least) ? rounded : BigInt(least));
        });
        expect(rows.map(({ fee }) => fee)).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });
});
