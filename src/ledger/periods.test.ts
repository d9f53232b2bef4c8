import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { postSays, settled } from '../../test/support/settled.ts';
import { Money, newId } from '../platform/index.ts';
import { type LedgerEvent, post } from './index.ts';
import { endOfMonth, nextDays } from './period-rules.ts';

describe('the days of a period', () => {
  it('are a calendar month, whatever its length, unless told otherwise', () => {
    expect(['2026-02-10', '2028-02-01', '2026-12-31', '2026-04-30'].map(endOfMonth)).toEqual([
      '2026-02-28',
      '2028-02-29',
      '2026-12-31',
      '2026-04-30',
    ]);
    expect(nextDays(undefined, '2026-03-10', undefined)).toEqual({ number: 1, startsOn: '2026-03-01', endsOn: '2026-03-31' });
    expect(nextDays({ number: 4, endsOn: '2026-12-31' }, '2026-03-10', undefined)).toEqual({
      number: 5,
      startsOn: '2027-01-01',
      endsOn: '2027-01-31',
    });
    expect(nextDays({ number: 1, endsOn: '2026-03-15' }, null, undefined)).toMatchObject({ startsOn: '2026-03-16', endsOn: '2026-03-31' });
    expect(nextDays(undefined, '2026-03-10', '2026-12-31')).toMatchObject({ endsOn: '2026-12-31' });
    expect(nextDays(undefined, null, undefined)).toBeUndefined();
    expect(nextDays(undefined, '2026-03-10', '2026-02-28')).toHaveProperty('fault');
    expect(nextDays(undefined, '2026-03-10', '2027-03-02')).toHaveProperty('fault');
    expect(nextDays(undefined, '2026-03-10', '2027-03-01')).not.toHaveProperty('fault');
  });
});

describe('a period', () => {
  let platform: TestPlatform;
  let finance: Client;
  let other: Client;
  let frame: Frame;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    app = await platform.applicationClient();
    finance = await platform.as('finance_officer');
    other = await platform.as('finance_officer');
    frame = await makeFrame(platform);
    // Contributions come on the platform's day; the list lives in March 2026.
    await payList(platform, frame, [{ amount: '100.00' }, { amount: '50.00' }, { outcome: 'expired' }], {
      approvedAt: '2026-03-01T09:00:00Z',
    });
  });
  afterAll(() => platform.close());

  const at = (moment: string, event: LedgerEvent, amount: string, place: { officeId?: string; officerId?: string } = {}, into = frame) =>
    platform.app.database.transaction((tx) =>
      post(tx, new Date(moment), [
        {
          event,
          programmeId: into.programmeId,
          fundId: into.fundId,
          subject: { type: 'test', id: newId() },
          amount: Money.of(amount, 'DZD'),
          ...place,
        },
      ]),
    );
  const path = () => `/v1/programmes/${frame.programmeId}/ledger-periods`;
  const close = (body: object = {}, client = finance) => client.post(path(), body);
  const settle = (amount: string) => settled(platform, frame, amount);
  const checks = (body: { checklist: { check: string; holds: boolean }[] }) =>
    Object.fromEntries(body.checklist.map(({ check, holds }) => [check, holds]));

  it('is not ready while an officer holds cash, also where it was given out since and taken back again', async () => {
    const into = await makeFrame(platform);
    const officerId = newId();
    for (const event of ['approval', 'issue'] as const) await at('2026-03-02T09:00:00Z', event, '70.00', {}, into);
    await at('2026-03-03T09:00:00Z', 'advance', '70.00', { officerId }, into);
    const held = async () => {
      const { body } = await finance.get(`/v1/programmes/${into.programmeId}/ledger-periods/next`).expect(200);
      expect(body.endsOn).toBe('2026-03-31');
      return body.checklist
        .find(({ check }: { check: string }) => check === 'advances_returned')
        .open.map(({ id, amount }: { id: string; amount: { amount: string } }) => [id, amount.amount]);
    };
    expect(await held()).toEqual([[officerId, '70.00']]);
    for (const event of ['delivery', 'delivery_void'] as const) await at('2026-04-02T09:00:00Z', event, '70.00', { officerId }, into);
    expect(await held()).toEqual([[officerId, '70.00']]);
    await at('2026-04-03T09:00:00Z', 'delivery', '30.00', { officerId }, into);
    expect(await held()).toEqual([[officerId, '40.00']]);
    await at('2026-04-03T09:00:00Z', 'advance_return', '40.00', { officerId }, into);
    expect(await held()).toEqual([]);
  });

  it('is closed when nothing is open, and says by name what is', async () => {
    const { body: preview } = await finance.get(`${path()}/next`).expect(200);
    expect(preview).toMatchObject({ startsOn: '2026-03-01', endsOn: '2026-03-31', ready: false });
    expect(checks(preview)).toMatchObject({ period_over: true, trial_balance: true, post_settled: false, advances_returned: true });
    expect(preview.checklist.find(({ check }: { check: string }) => check === 'post_settled').open).toEqual([
      { type: 'office', id: frame.officeId, name: frame.officeCode, amount: { amount: '150.00', currency: 'DZD' } },
    ]);
    const { body: refused } = await close().expect(409);
    expect(refused).toMatchObject({
      code: 'period_not_ready',
      errors: [{ pointer: '/checklist/post_settled' }, { pointer: '/checklist/statements_cover' }],
    });
    await settle('100.00');
    await postSays(platform, frame.programmeId, '2026-03-10', '2026-03-10');
    await close().expect(409);
    await settle('50.00');
    const { body: closed } = await close().expect(201);
    expect(closed).toMatchObject({
      number: 1,
      startsOn: '2026-03-01',
      endsOn: '2026-03-31',
      from: '2026-02-28T23:00:00.000Z',
      until: '2026-03-31T23:00:00.000Z',
      state: 'closed',
      closings: [{ number: 1, closedBy: finance.userId }],
    });
    const { rows } = await platform.owner.query(
      `select a.kind, b.balance from ledger_closing_balances b join accounts a on a.id = b.account_id where b.period_id = $1 order by 1`,
      [closed.id],
    );
    expect(rows).toEqual([
      { kind: 'fund_available', balance: '150.00' },
      { kind: 'payable_to_post', balance: '-150.00' },
    ]);
  });

  it('takes no posting any more, from the command or in plain SQL, and says so to be tried again later', async () => {
    for (const moment of ['2026-03-10T10:00:00Z', '2026-03-31T22:59:59.999Z', '2025-01-01T00:00:00Z'])
      await expect(at(moment, 'contribution', '1.00')).rejects.toMatchObject({ code: '40001', constraint: 'journal_entries_open_period' });
    await expect(
      app.query(
        `insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id) values ($1, '2026-03-10', 'fee', $2, $3, 'x', $1)`,
        [newId(), frame.programmeId, frame.fundId],
      ),
    ).rejects.toMatchObject({ constraint: 'journal_entries_open_period' });
    await at('2026-03-31T23:00:00Z', 'contribution', '1.00', {}, await makeFrame(platform));
  });

  it('follows the one before without a gap, and one of them is closed once', async () => {
    const answers = await Promise.all([close(), close({}, other), close()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 201)?.body).toMatchObject({ number: 2, startsOn: '2026-04-01', endsOn: '2026-04-30' });
    const { body } = await close({ endsOn: '2026-05-15' }).expect(201);
    expect(body).toMatchObject({ number: 3, startsOn: '2026-05-01', endsOn: '2026-05-15' });
    expect((await close({ endsOn: '2026-05-15' }).expect(422)).body.errors[0].pointer).toBe('/endsOn');
    const { body: all } = await finance.get(`${path()}?limit=2`).expect(200);
    expect(all.items.map(({ number }: { number: number }) => number)).toEqual([3, 2]);
    const { body: rest } = await finance.get(`${path()}?limit=2&cursor=${all.nextCursor}`).expect(200);
    expect(rest.items.map(({ number }: { number: number }) => number)).toEqual([1]);
  });

  it('is not closed before it is over', async () => {
    const today = platform.today();
    const { body } = await close({ endsOn: today }).expect(409);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toContain('/checklist/period_over');
  });

  it('waits for what is on its way, and counts it', async () => {
    const slow = await makeFrame(platform);
    const closeIt = () => finance.post(`/v1/programmes/${slow.programmeId}/ledger-periods`, { endsOn: '2026-06-30' });
    await at('2026-06-01T00:00:00Z', 'exchange_gain', '5.00', {}, slow);
    const entry = newId();
    await app.query('begin');
    await app.query(
      `insert into journal_entries (id, at, event, programme_id, fund_id, subject_type, subject_id) values ($1, '2026-06-15', 'exchange_gain', $2, $3, 'x', $1)`,
      [entry, slow.programmeId, slow.fundId],
    );
    let answered = false;
    const closing = closeIt().then((answer) => {
      answered = true;
      return answer;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(answered).toBe(false);
    await app.query(
      `insert into postings select $1, n, account_of($2, kind, 'DZD', null, null), amount, 'DZD', '2026-06-15'
      from (values (1, 'exchange', 2), (2, 'fund_available', -2)) l (n, kind, amount)`,
      [entry, slow.fundId],
    );
    await app.query('commit');
    const { body } = await closing;
    expect(body.state).toBe('closed');
    const { rows } = await platform.owner.query(
      `select b.balance from ledger_closing_balances b join accounts a on a.id = b.account_id where b.period_id = $1 and a.kind = 'exchange'`,
      [body.id],
    );
    expect(rows).toEqual([{ balance: '7.00' }]);
  });

  it('takes every posting before it closes or refuses it, whoever is faster', async () => {
    const busy = await makeFrame(platform);
    await at('2026-06-01T00:00:00Z', 'exchange_gain', '1.00', {}, busy);
    let accepted = 0;
    let stop = false;
    const writers = Array.from({ length: 4 }, async () => {
      while (!stop) {
        const done = await at('2026-06-20T00:00:00Z', 'exchange_gain', '1.00', {}, busy).then(
          () => true,
          (error: { constraint?: string }) => {
            if (error.constraint !== 'journal_entries_open_period') throw error;
            return false;
          },
        );
        if (!done) return;
        accepted += 1;
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    const { body } = await finance.post(`/v1/programmes/${busy.programmeId}/ledger-periods`, { endsOn: '2026-06-30' }).expect(201);
    const timer = setTimeout(() => {
      stop = true;
    }, 5_000);
    await Promise.all(writers);
    clearTimeout(timer);
    const { rows } = await platform.owner.query(
      `select b.balance::int as kept, (select sum(amount)::int from postings g where g.account_id = a.id) as posted
      from ledger_closing_balances b join accounts a on a.id = b.account_id where b.period_id = $1 and a.kind = 'exchange'`,
      [body.id],
    );
    expect(stop).toBe(false);
    expect(accepted).toBeGreaterThan(0);
    expect(rows).toEqual([{ kept: accepted + 1, posted: accepted + 1 }]);
  });

  describe('opened again', () => {
    const last = async (): Promise<string> => (await finance.get(path()).expect(200)).body.items[0].id;
    const ask = (periodId: string, client = finance, body: object = { reason: 'A receipt was found' }) =>
      client.post(`/v1/ledger-periods/${periodId}/reopenings`, body);
    const confirm = (id: string, client = other) => client.post(`/v1/period-reopenings/${id}/confirm`);

    it('takes two people and a reason, the last one first', async () => {
      const { body: all } = await finance.get(path()).expect(200);
      const [newest, before] = all.items.map(({ id }: { id: string }) => id);
      await ask(newest, finance, {}).expect(400);
      const { body: asked } = await ask(newest).expect(201);
      expect(asked).toMatchObject({
        state: 'closed',
        reopenings: [{ reason: 'A receipt was found', askedBy: finance.userId, confirmedBy: null }],
      });
      await ask(newest, other).expect(409);
      const { body: early } = await ask(before).expect(201);
      expect((await confirm(early.reopenings[0].id).expect(409)).body.detail).toMatch(/later period/);
      expect((await confirm(asked.reopenings[0].id, finance).expect(403)).body.code).toBe('separation_of_duties');
      const { body: opened } = await confirm(asked.reopenings[0].id).expect(200);
      expect(opened).toMatchObject({ state: 'open', reopenings: [{ confirmedBy: other.userId }] });
      await confirm(asked.reopenings[0].id).expect(409);
      await ask(newest).expect(409);
      await confirm(early.reopenings[0].id).expect(200);
    });

    it('stays closed where that is refused or taken back, with the reason, and may be asked for again', async () => {
      const refused = await makeFrame(platform);
      await at('2026-03-10T10:00:00Z', 'exchange_gain', '1.00', {}, refused);
      const { id } = (await finance.post(`/v1/programmes/${refused.programmeId}/ledger-periods`, { endsOn: '2026-03-31' }).expect(201))
        .body;
      const refuse = (reopening: string, client: Client, body: object = { reason: 'The receipt is of April' }) =>
        client.post(`/v1/period-reopenings/${reopening}/refuse`, body);
      const [first] = (await ask(id).expect(201)).body.reopenings;
      await refuse(first.id, other, {}).expect(400);
      await refuse(first.id, await platform.as('auditor')).expect(403);
      await refuse(first.id, await platform.as('finance_officer', { programme: newId() })).expect(404);
      const { body: closed } = await refuse(first.id, other).expect(200);
      expect(closed).toMatchObject({
        state: 'closed',
        reopenings: [{ id: first.id, confirmedBy: null, refusedBy: other.userId, note: 'The receipt is of April' }],
      });
      await confirm(first.id).expect(409);
      await refuse(first.id, other).expect(409);
      // Whoever asked may take it back.
      const [, second] = (await ask(id).expect(201)).body.reopenings;
      await refuse(second.id, finance, { reason: 'By mistake' }).expect(200);
      const [, , third] = (await ask(id, other).expect(201)).body.reopenings;
      const both = await Promise.all([confirm(third.id, finance), refuse(third.id, finance)]);
      expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
      const { body: all } = await finance.get(`/v1/ledger-periods/${id}`).expect(200);
      expect(all.state).toBe(both[0].status === 200 ? 'open' : 'closed');
      expect(all.reopenings.map((one: { refusedBy: string | null }) => one.refusedBy).slice(0, 2)).toEqual([other.userId, finance.userId]);
      const { rows } = await platform.owner.query(
        `select actor_id as by, reason from audit_events where command = 'ledger.refuse_reopening' and subject_id = $1 and refusal is null order by id limit 2`,
        [id],
      );
      expect(rows).toEqual([
        { by: other.userId, reason: 'The receipt is of April' },
        { by: finance.userId, reason: 'By mistake' },
      ]);
    });

    it('takes postings until it is closed again, before any that comes after it', async () => {
      await at('2026-04-10T00:00:00Z', 'exchange_gain', '1.00');
      await expect(at('2026-03-10T00:00:00Z', 'approval', '1.00')).rejects.toMatchObject({ constraint: 'journal_entries_open_period' });
      expect((await close({ endsOn: '2026-05-15' }).expect(422)).body.errors[0].detail).toMatch(/2026-04-30/);
      const { body } = await close().expect(201);
      expect(body).toMatchObject({ number: 2, state: 'closed', closings: [{ number: 1 }, { number: 2 }], reopenings: [{ closing: 1 }] });
      const { body: third } = await close().expect(201);
      expect(third).toMatchObject({ number: 3, closings: [{ number: 1 }, { number: 2 }] });
    });

    it('is refused to other roles and other programmes', async () => {
      const id = await last();
      await ask(id, await platform.as('auditor')).expect(403);
      await ask(id, await platform.as('finance_officer', { programme: newId() })).expect(404);
      await (await platform.as('auditor')).get(`/v1/ledger-periods/${id}`).expect(200);
      await close({}, await platform.as('finance_officer', { programme: newId() })).expect(404);
    });
  });

  describe('in plain SQL as the application', () => {
    const refused = async (constraint: string, statement: string, values: unknown[] = []) => {
      await app.query('begin');
      try {
        await expect(app.query(statement, values), statement).rejects.toMatchObject({ constraint });
      } finally {
        await app.query('rollback');
      }
    };
    const closedOne = () => `(select id from ledger_periods where programme_id = '${frame.programmeId}' and number = 3)`;

    it('is not opened, closed or moved without its signatures', async () => {
      await refused('ledger_periods_signed', `update ledger_periods set state = 'open' where id = ${closedOne()}`);
      await refused(
        'ledger_periods_signed',
        `with new as (insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
          select gen_random_uuid(), programme_id, 4, '2026-05-16', '2026-05-31', until_at, '2026-05-31 23:00Z', now() from ledger_periods
          where id = ${closedOne()} returning id)
        select from new; update ledger_periods set state = 'closed' where programme_id = '${frame.programmeId}' and number = 4`,
      );
      await refused(
        'ledger_periods_in_order',
        `insert into ledger_periods (id, programme_id, number, starts_on, ends_on, from_at, until_at, created_at)
        select gen_random_uuid(), programme_id, 4, '2026-06-01', '2026-06-30', '2026-05-31 23:00Z', '2026-06-30 23:00Z', now() from ledger_periods
          where id = ${closedOne()}`,
      );
      await refused(
        'ledger_closings_every_check',
        `insert into ledger_closings values (${closedOne()}, 9, gen_random_uuid(), now(), '[{"holds": true}, {"holds": false}]')`,
      );
      await refused(
        'ledger_closings_every_check',
        `insert into ledger_closings values (${closedOne()}, 9, gen_random_uuid(), now(), '[]')`,
      );
      await refused(
        'ledger_reopenings_append_only',
        `insert into ledger_reopenings values (gen_random_uuid(), ${closedOne()}, 2, 'x', gen_random_uuid(), now(), gen_random_uuid(), now())`,
      );
      await refused(
        'ledger_reopenings_append_only',
        `insert into ledger_reopenings (id, period_id, closing, reason, asked_by, asked_at, refused_by, refused_at, note)
          values (gen_random_uuid(), ${closedOne()}, 2, 'x', gen_random_uuid(), now(), gen_random_uuid(), now(), 'x')`,
      );
      const asked = `(select id from ledger_reopenings where period_id = ${closedOne()} and confirmed_by is not null limit 1)`;
      const deciding = `refused_by = gen_random_uuid(), refused_at = now(), note = 'x'`;
      await refused('ledger_reopenings_append_only', `update ledger_reopenings set ${deciding} where id = ${asked}`);
      const ask = `insert into ledger_reopenings (id, period_id, closing, reason, asked_by, asked_at)
        select gen_random_uuid(), ${closedOne()}, max(number), 'x', gen_random_uuid(), now() from ledger_closings where period_id = ${closedOne()}`;
      const waiting = `where period_id = ${closedOne()} and confirmed_by is null and refused_by is null`;
      await refused('ledger_reopenings_once', `${ask}; ${ask}`);
      await refused('ledger_reopenings_refused_whole', `${ask}; update ledger_reopenings set refused_by = gen_random_uuid() ${waiting}`);
      await refused(
        'ledger_reopenings_append_only',
        `${ask}; update ledger_reopenings set ${deciding}, confirmed_by = gen_random_uuid(), confirmed_at = now() ${waiting}`,
      );
      for (const statement of [
        'update ledger_periods set until_at = now()',
        'delete from ledger_periods',
        'update ledger_closings set closed_by = period_id',
        'update ledger_closing_balances set balance = 0',
        `update ledger_reopenings set reason = 'other'`,
        'delete from ledger_reopenings',
        'truncate ledger_periods cascade',
      ])
        await expect(app.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    });
  });
});
