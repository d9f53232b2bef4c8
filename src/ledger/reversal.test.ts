import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { Money, newId } from '../platform/index.ts';
import { type LedgerEvent, post } from './index.ts';

describe('taking an entry back', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let finance: Client;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    app = await platform.applicationClient();
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform, '1000.00');
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
  });

  const record = async (amount: string, client = finance): Promise<string> => {
    const { body } = await client
      .post(`/v1/funds/${frame.fundId}/contributions`, {
        amount: { amount, currency: 'DZD' },
        receivedOn: '2026-02-01',
        reference: newId(),
      })
      .expect(201);
    return body.id;
  };
  const move = (
    event: LedgerEvent,
    subjectId: string,
    amount: string,
    { currency = 'DZD', ...place }: { officerId?: string; officeId?: string; currency?: string } = {},
  ) =>
    platform.app.database.transaction((tx) =>
      post(tx, platform.clock.now(), [
        {
          event,
          programmeId: frame.programmeId,
          fundId: frame.fundId,
          subject: { type: 'test', id: subjectId },
          amount: Money.of(amount, currency),
          ...place,
        },
      ]),
    );
  const entryOf = async (subjectId: string): Promise<string> =>
    (await finance.get(`/v1/funds/${frame.fundId}/journal-entries?subjectId=${subjectId}`).expect(200)).body.items[0].id;
  const reverse = (entryId: string, body: object = { reason: 'Entered twice' }, client = finance) =>
    client.post(`/v1/journal-entries/${entryId}/reversal`, body);
  const held = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await finance.get(`/v1/funds/${frame.fundId}/balances`).expect(200)).body.balances.map(
        ({ kind, balance }: { kind: string; balance: { amount: string } }) => [kind, balance.amount],
      ),
    );
  const holds = async (): Promise<boolean> => (await finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200)).body.holds;

  it('writes the mirror of it, names it, says why, and leaves it as it was', async () => {
    const entryId = await entryOf(await record('250.00'));
    const { body: before } = await finance.get(`/v1/journal-entries/${entryId}`).expect(200);
    expect(before).toMatchObject({ event: 'contribution', reverses: null, reversedBy: null, subject: { type: 'contribution' } });
    expect(before.causedBy).toMatchObject([{ command: 'funding.record_contribution', actorId: finance.userId }]);
    const { body: reversal } = await reverse(entryId).expect(201);
    expect(reversal).toMatchObject({ event: 'reversal', reverses: entryId, reason: 'Entered twice', subject: { id: entryId } });
    expect(reversal.causedBy.map(({ command }: { command: string }) => command)).toEqual(['ledger.reverse_entry', 'ledger.reverse_entry']);
    const mirror = ({ legs }: typeof before) => legs.map(({ code, side, amount }: (typeof legs)[number]) => [code, side, amount.amount]);
    expect(mirror(before)).toEqual([
      ['1010', 'debit', '250.00'],
      ['2010', 'credit', '250.00'],
    ]);
    expect(mirror(reversal)).toEqual([
      ['1010', 'credit', '250.00'],
      ['2010', 'debit', '250.00'],
    ]);
    expect((await finance.get(`/v1/journal-entries/${entryId}`).expect(200)).body).toEqual({ ...before, reversedBy: reversal.id });
    expect(await held()).toMatchObject({ bank: '1000.00', fund_available: '1000.00' });
    expect(await holds()).toBe(true);
    const { rows } = await platform.owner.query(
      `select subject_type, reason from audit_events where command = 'ledger.reverse_entry' and fund_id = $1 order by subject_type`,
      [frame.fundId],
    );
    expect(rows).toEqual([
      { subject_type: 'contribution', reason: 'Entered twice' },
      { subject_type: 'journal_entry', reason: 'Entered twice' },
    ]);
  });

  it('happens once, however many ask at once', async () => {
    const entryId = await entryOf(await record('250.00'));
    const answers = await Promise.all([1, 2, 3, 4].map(() => reverse(entryId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({ code: 'already_reversed' });
    expect((await held())['bank']).toBe('1000.00');
  });

  it('is refused when the money has been put to use since', async () => {
    const entryId = await entryOf(await record('250.00'));
    const list = newId();
    await move('approval', list, '1100.00');
    expect((await reverse(entryId).expect(409)).body.code).toBe('overdrawn');
    await move('approval_returned', list, '1100.00');
    await reverse(entryId).expect(201);
  });

  it('takes back a fee, and then the post is owed less', async () => {
    const fee = newId();
    await move('fee', fee, '30.00', { officeId: frame.officeId });
    expect(await held()).toMatchObject({ fund_available: '970.00', payable_to_post: '30.00' });
    await reverse(await entryOf(fee)).expect(201);
    expect(await held()).toMatchObject({ fund_available: '1000.00', payable_to_post: '0.00' });
    expect(await holds()).toBe(true);
  });

  it('says what undoes an entry that is not taken back by hand', async () => {
    const list = newId();
    await move('approval', list, '100.00');
    const { body } = await reverse(await entryOf(list)).expect(409);
    expect(body).toMatchObject({ code: 'not_reversible', event: 'approval' });
    expect(body.detail).toMatch(/Cancel the list/);
    const reversal = (await reverse(await entryOf(await record('1.00'))).expect(201)).body.id;
    expect((await reverse(reversal).expect(409)).body.detail).toMatch(/Record again/);
  });

  it('takes back whatever was posted of the same record, all or none', async () => {
    const subject = newId();
    await move('exchange_gain', subject, '90.00');
    await move('foreign_contribution', subject, '0.50', { currency: 'EUR' });
    await reverse(await entryOf(subject)).expect(201);
    expect(await held()).toMatchObject({ bank: '1000.00', fund_available: '1000.00', exchange: '0.00' });
    const { rows } = await platform.owner.query(
      `select count(*)::int as n from journal_entries r join journal_entries o on o.id = r.reverses where o.subject_id = $1`,
      [subject],
    );
    expect(rows).toEqual([{ n: 2 }]);
  });

  it('asks for a reason, the role, the fund and a fresh second factor', async () => {
    const entryId = await entryOf(await record('1.00'));
    await reverse(entryId, {}).expect(400);
    await reverse(entryId, { reason: 'x' }, await platform.as('auditor')).expect(403);
    await reverse(entryId, { reason: 'x' }, await platform.as('finance_officer', { programme: newId() })).expect(404);
    await reverse(newId()).expect(404);
    platform.clock.skip(6 * 60_000);
    expect((await reverse(entryId).expect(401)).body.code).toBe('step_up_required');
  });

  it('is booked on another day when that is open, not before the entry, and has come', async () => {
    const entryId = await entryOf(await record('1.00'));
    const day = (days: number) => new Date(Date.parse(platform.today()) + days * 86_400_000).toISOString().slice(0, 10);
    for (const days of [-3, 3]) {
      const { body } = await reverse(entryId, { reason: 'x', bookedOn: day(days) }).expect(422);
      expect(body.errors[0].pointer).toBe('/bookedOn');
    }
    await reverse(entryId, { reason: 'x', bookedOn: day(0) }).expect(201);
  });

  describe('in plain SQL as the application', () => {
    const write = async (
      original: string,
      legs: (account: string, amount: string) => [string, string],
      {
        at = `(select at + interval '1 second' from journal_entries where id = $4)`,
        event = 'reversal',
        leave = false,
        part = 0,
      }: { at?: string; event?: string; leave?: boolean; part?: number } = {},
    ): Promise<void> => {
      const id = newId();
      await app.query('begin');
      try {
        await app.query(
          `insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id, reverses, reason, part)
          values ($1, ${at}, $5, $2, $3, 'journal_entry', $4, $4, 'x', $6)`,
          [id, frame.programmeId, frame.fundId, original, event, part],
        );
        const { rows } = await app.query('select leg, account_id, amount, currency from postings where entry_id = $1', [original]);
        if (!leave) {
          const written = rows.map(({ leg, account_id, amount, currency }) => [leg, ...legs(account_id, amount), currency]);
          await app.query(
            `insert into postings select $1, l.leg, l.account::uuid, l.amount::numeric, l.currency, (select at from journal_entries where id = $1)
            from unnest($2::int[], $3::text[], $4::text[], $5::text[]) l (leg, account, amount, currency)`,
            [id, ...[0, 1, 2, 3].map((column) => written.map((leg) => leg[column]))],
          );
        }
        await app.query('commit');
      } catch (error) {
        await app.query('rollback');
        throw error;
      }
    };
    const mirrored = (account: string, amount: string): [string, string] => [
      account,
      amount.startsWith('-') ? amount.slice(1) : `-${amount}`,
    ];

    it('mirrors the entry to the leg, and nothing but that', async () => {
      const entryId = await entryOf(await record('8.00'));
      const refused = (attempt: Promise<void>, constraint: string) => expect(attempt).rejects.toMatchObject({ constraint });
      await refused(
        write(entryId, (account, amount) => [account, amount]),
        'journal_entries_mirror',
      );
      await refused(
        write(entryId, (account, amount) => [account, String(-Number(amount) / 2)]),
        'journal_entries_mirror',
      );
      await refused(write(entryId, mirrored, { leave: true }), 'journal_entries_mirror');
      await refused(
        write(entryId, mirrored, { at: `(select at - interval '1 second' from journal_entries where id = $4)` }),
        'journal_entries_reversible',
      );
      await refused(write(newId(), mirrored, { at: 'now()' }), 'journal_entries_reversible');
      await refused(write(entryId, mirrored, { event: 'fee' }), 'journal_entries_reversal');
      await write(entryId, mirrored);
      await refused(write(entryId, mirrored, { part: 1 }), 'journal_entries_reversed_once');
    });

    it('is of no other event, and of no half', async () => {
      const [list, subject] = [newId(), newId()];
      await move('approval', list, '100.00');
      await expect(write(await entryOf(list), mirrored)).rejects.toMatchObject({ constraint: 'journal_entries_reversible' });
      await move('exchange_gain', subject, '90.00');
      await move('foreign_contribution', subject, '0.50', { currency: 'EUR' });
      await expect(write(await entryOf(subject), mirrored)).rejects.toMatchObject({ constraint: 'journal_entries_reversed_whole' });
    });
  });
});
