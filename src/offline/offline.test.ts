import { Decrypter, Encrypter, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { allowOffline, dzd, OfflineOffice, payOffline, seen, serialsOf, wrongCode } from '../../test/support/offline.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import type { TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import { NotOurPack, openPack } from './device/pack.ts';
import { packSignerOf } from './pack-key.ts';

const otherKey = packSignerOf('sanad.test', Buffer.alloc(32, 7)).verifierKey;

async function lockedFor(identity: string, text: string): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(await identityToRecipient(identity));
  return encrypter.encrypt(text);
}

describe('an office without a network', () => {
  let platform: TestPlatform;
  let office: OfflineOffice;
  beforeAll(async () => {
    platform = await startPlatform();
    office = await OfflineOffice.open(platform, 32);
  });
  afterAll(() => platform.close());

  it('pays from a pack, reports it, and is closed', async () => {
    const out = await office.out(4);
    const { packId, vouchers, till } = out;
    const [one, two, , four] = vouchers as [TestVoucher, TestVoucher, TestVoucher, TestVoucher];
    const [inside] = till.find({ registrationNumber: one.person.registrationNumber });
    expect(inside).toMatchObject({ serial: one.serial, amount: dzd('15000.00'), collector: `${one.person.personal.names.given} Benali` });
    expect(await payOffline(out, { ...one, code: wrongCode(one.code) })).toEqual({ refusal: 'code_refused' });
    expect(await payOffline(out, { ...one, code: '12' })).toEqual({ refusal: 'code_mistyped' });
    expect(await payOffline(out, one)).toHaveProperty('paid.serial', one.serial);
    expect(await payOffline(out, one)).toEqual({ refusal: 'paid' });
    expect(await till.pay({ locator: { registrationNumber: two.person.registrationNumber }, code: two.code, ...seen })).toHaveProperty(
      'paid',
    );

    // What was paid before anybody knew of it is not refused for want of a till.
    await platform.owner.query('update offices set requires_till = true where id = $1', [office.frame.officeId]);
    const first = await office.send(out).expect(200);
    await platform.owner.query('update offices set requires_till = false where id = $1', [office.frame.officeId]);
    expect(first.body).toMatchObject({ state: 'out', received: 3, missing: [] });
    expect(first.body.entries.map(({ state }: { state: string }) => state)).toEqual(['noted', 'booked', 'booked']);
    // The same again, under another key, is the same once.
    expect((await office.send(out).expect(200)).body).toEqual(first.body);
    expect((await office.payOnline(one).expect(409)).body.code).toBe('already_paid');

    expect((await office.staff.supervisor.post(`/v1/offline-packs/${packId}/close`).expect(409)).body.code).toBe('pack_not_whole');
    await till.close();
    expect(await payOffline(out, four)).toEqual({ refusal: 'closed' });
    await office.send(out).expect(200);
    const { body } = await office.staff.supervisor.post(`/v1/offline-packs/${packId}/close`).expect(200);
    expect(body).toMatchObject({ state: 'closed', paidCount: 2, paid: dzd('30000.00'), openConflicts: 0, isFinished: true });
    expect(await office.statesOf(vouchers)).toEqual(['redeemed', 'redeemed', 'activated', 'activated']);
    await office.payOnline(four).expect(201);
    expect(await office.broken()).toEqual([]);
    const { rows } = await platform.owner.query(
      `select p.agent_id, p.device_id, p.document_last_four, count(e.id)::int as postings from payouts p
      join journal_entries e on e.subject_id = p.id and e.event = 'payout' where p.voucher_id = any($1) group by p.id`,
      [[one.id, two.id]],
    );
    expect(rows).toEqual(
      [0, 1].map(() => ({ agent_id: office.staff.agent.userId, device_id: till.pack.deviceId, document_last_four: '0042', postings: 1 })),
    );
  });

  it('pays each of several vouchers of one collector by its code, and counts against none of them what was right for another', async () => {
    const out = await office.out(6);
    const vouchers = out.vouchers as TestVoucher[];
    const number = vouchers[0]?.person.registrationNumber ?? '';
    for (const voucher of out.till.pack.vouchers) Object.assign(voucher, { registrationNumber: number });
    const pay = (code: string) => out.till.pay({ locator: { registrationNumber: number }, code, ...seen });
    for (const { code, serial } of vouchers.toReversed()) expect(await pay(code)).toHaveProperty('paid.serial', serial);
    expect(out.kept.map(({ payload }) => JSON.parse(payload).kind)).not.toContain('wrong_code');
    expect(await pay(vouchers[2]?.code ?? '')).toEqual({ refusal: 'paid' });
    await out.till.close();
    await office.send(out).expect(200);
  });

  it('counts a code that fits none of several vouchers against each of them', async () => {
    const out = await office.out(2);
    const [one, two] = out.vouchers as [TestVoucher, TestVoucher];
    for (const voucher of out.till.pack.vouchers) Object.assign(voucher, { registrationNumber: '1' });
    expect(await out.till.pay({ locator: { registrationNumber: '1' }, code: wrongCode(one.code), ...seen })).toEqual({
      refusal: 'code_refused',
    });
    const wrong = out.kept.map(({ payload }) => JSON.parse(payload)).filter(({ kind }) => kind === 'wrong_code');
    expect(wrong.map(({ serial }) => serial).sort()).toEqual([one.serial, two.serial].sort());
    await out.till.close();
    await office.send(out).expect(200);
  });

  it('pays a bound voucher nowhere else, and leaves it as it is', async () => {
    const { packId, vouchers } = await office.out(1);
    const [voucher] = vouchers as [TestVoucher];
    const elsewhere = await makeFrame(platform);
    const other = await platform.as('agent', { office: elsewhere.officeId });
    const { serial } = voucher;
    for (let i = 0; i < 4; i += 1) {
      const tried = { officeId: elsewhere.officeId, locator: { serial }, code: wrongCode(voucher.code), ...seen };
      expect((await other.post('/v1/payouts', tried).expect(422)).body.code).toBe('code_refused');
    }
    // Nobody but who knows the code hears why.
    for (const [by, officeId] of [
      [other, elsewhere.officeId],
      [office.staff.agent, office.frame.officeId],
    ] as const)
      expect((await by.post('/v1/payouts', { officeId, locator: { serial }, code: voucher.code, ...seen }).expect(409)).body.code).toBe(
        'wrong_office',
      );
    expect(await office.statesOf(vouchers)).toEqual(['activated']);
    expect((await office.staff.finance.post(`/v1/vouchers/${voucher.id}/lock`, { reason: 'Told about' }).expect(409)).body.code).toBe(
      'voucher_bound',
    );
    const second = await platform.as('finance_officer', { programme: office.frame.programmeId });
    for (const kind of ['reissue', 'cancel']) {
      const { body } = await office.staff.finance.post(`/v1/vouchers/${voucher.id}/changes`, { kind, reason: 'Card lost' }).expect(201);
      await second.post(`/v1/voucher-changes/${body.id}/confirm`).expect(409);
      await second.post(`/v1/voucher-changes/${body.id}/withdraw`).expect(200);
    }
    const app = await platform.applicationClient();
    const sql = (text: string) => app.query(text, [voucher.id]);
    for (const change of [
      `state = 'cancelled'`,
      `state = 'expired'`,
      `state = 'locked'`,
      `counter = counter + 1`,
      `expires_at = expires_at - interval '1 hour'`,
    ])
      await expect(sql(`update vouchers set ${change} where id = $1`), change).rejects.toMatchObject({ constraint: 'vouchers_bound' });
    await expect(
      sql(`with r as (update vouchers set state = 'redeemed' where id = $1 returning *)
        insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
        select gen_random_uuid(), id, '${office.frame.officeId}', '${office.staff.agent.userId}', collector_id, amount, currency, 'other', '0000', now(), current_date from r`),
    ).rejects.toMatchObject({ constraint: 'payouts_of_bound_voucher' });
    const [free] = office.fresh(1) as [TestVoucher];
    await expect(
      app.query(
        `with r as (update vouchers set state = 'redeemed' where id = $1 returning *)
        insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on,
          reported_at)
        select gen_random_uuid(), id, $2, $3, collector_id, amount, currency, 'other', '0000', now(), current_date, now() from r`,
        [free.id, office.frame.officeId, office.staff.agent.userId],
      ),
    ).rejects.toMatchObject({ constraint: 'payouts_reported' });
    await expect(sql('update offline_bindings set is_open = false where voucher_id = $1')).rejects.toMatchObject({ code: '42501' });
    await expect(sql(`insert into offline_bindings values ('${packId}', $1)`)).rejects.toThrow();
    await app.query('select release_bindings($1, null)', [packId]);
    await expect(
      app.query(`update offline_packs set state = 'over', ended_at = now(), ended_by = $2 where id = $1`, [packId, newId()]),
    ).rejects.toMatchObject({ constraint: 'offline_packs_over_after_grace' });
    expect((await platform.owner.query('select is_bound($1) as bound', [voucher.id])).rows).toEqual([{ bound: true }]);
    // Nobody expires or frees it before the grace is over; then it pays anywhere again.
    platform.clock.skip(8 * 3_600_000 + 47 * 3_600_000);
    await office.endPastGrace();
    expect((await office.payOnline(voucher).expect(409)).body.code).toBe('wrong_office');
    platform.clock.skip(2 * 3_600_000);
    await office.endPastGrace();
    expect((await office.staff.finance.get(`/v1/offline-packs/${packId}`)).body.state).toBe('over');
    await office.stepUp();
    await office.payOnline(voucher).expect(201);
  });

  it('gets back the days on which it could be paid nowhere, and is paid after the last day it had', async () => {
    const [vouchers, keys] = [office.fresh(2), await office.device()];
    const [silent] = vouchers as [TestVoucher, TestVoucher];
    const expire = async () => {
      await platform.app.jobs.trigger('vouchers.expire');
      await platform.settled();
    };
    await platform.owner.query('update vouchers set expires_at = $2 where id = any($1)', [
      vouchers.map(({ id }) => id),
      new Date(platform.clock.now().getTime() + 12 * 3_600_000),
    ]);
    const { body } = await office.prepare(serialsOf(vouchers), keys, { hours: 8 }).expect(201);
    await office.takeOut(body.id, keys);
    platform.clock.skip(57 * 3_600_000);
    await expire();
    expect(await office.statesOf(vouchers)).toEqual(['activated', 'activated']);
    await office.endPastGrace();
    await expire();
    await office.stepUp();
    await office.payOnline(silent).expect(201);
    expect(await office.statesOf(vouchers)).toEqual(['redeemed', 'activated']);
    // A day is given back once, however often the voucher goes out on it.
    const [, again] = vouchers as [TestVoucher, TestVoucher];
    const lastDay = async () =>
      (await platform.owner.query('select expires_at from vouchers where id = $1', [again.id])).rows[0].expires_at.getTime();
    const before = await lastDay();
    for (const _ of [1, 2]) {
      const other = await office.prepare(serialsOf([again]), await office.device(), { hours: 1 }).expect(201);
      await office.end(other.body.id, 'withdraw').expect(200);
    }
    expect(await lastDay()).toBe(before);
    platform.clock.skip(24 * 3_600_000);
    await office.stepUp();
    for (const _ of [1, 2]) {
      const other = await office.prepare(serialsOf([again]), await office.device(), { hours: 1 }).expect(201);
      await office.end(other.body.id, 'withdraw').expect(200);
    }
    expect((await lastDay()) - before).toBe(24 * 3_600_000);
  });

  it('is bound or paid, never both, when a counter and a preparation meet', async () => {
    const vouchers = office.fresh(4);
    const devices = [await office.device(), await office.device(), await office.device(), await office.device()] as const;
    const answers = await Promise.all(
      vouchers.flatMap((voucher, i) => [
        office.payOnline(voucher),
        office.prepare(serialsOf([voucher]), devices[i] ?? devices[0], { hours: 1 }),
      ]),
    );
    const bound = (
      await platform.owner.query('select voucher_id as id from offline_bindings where voucher_id = any($1) and is_open', [
        vouchers.map(({ id }) => id),
      ])
    ).rows.map(({ id }) => id);
    for (const [i, voucher] of vouchers.entries()) {
      const [paid, prepared] = [answers[2 * i], answers[2 * i + 1]];
      expect([paid?.status === 201, bound.includes(voucher.id)]).toSatisfy(([a, b]) => !(a && b));
      expect(prepared?.status === 201).toBe(bound.includes(voucher.id));
      if (paid?.status !== 201) expect(paid?.body.code).toBe('wrong_office');
    }
    for (const answer of answers.filter(({ body }) => body.state === 'prepared'))
      await office.staff.supervisor.post(`/v1/offline-packs/${answer.body.id}/withdraw`).expect(200);
  });

  it('is waited for when it is being paid, and then not bound', async () => {
    const [[voucher], keys] = [office.fresh(1) as [TestVoucher], await office.device()];
    const counter = await platform.applicationClient();
    await counter.query('begin');
    await counter.query(`update vouchers set state = 'redeemed' where id = $1`, [voucher.id]);
    const preparing = office.prepare(serialsOf([voucher]), keys).then(({ status, body }) => [status, body.code]);
    const waits = async () =>
      (await platform.owner.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount;
    await expect.poll(waits, { timeout: 10_000 }).toBe(1);
    await counter.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
      select gen_random_uuid(), id, $2, $3, collector_id, amount, currency, 'other', '0000', now(), current_date from vouchers where id = $1`,
      [voucher.id, office.frame.officeId, office.staff.agent.userId],
    );
    await counter.query('commit');
    expect(await preparing).toEqual([422, 'unprocessable']);
  });

  it('is on no round of deliveries, whoever comes first, and a counter that comes second hears where it is paid', async () => {
    const { programmeId, fundId, officeCode } = office.frame;
    const officer = await platform.as('field_officer', { programme: programmeId });
    const ask = ({ serial }: TestVoucher) =>
      officer.post(`/v1/programmes/${programmeId}/advances`, { fundId, round: 'Road', visitOn: '2099-01-01', serials: [serial] });
    const [bound, carried, taken] = office.fresh(3) as [TestVoucher, TestVoucher, TestVoucher];
    const { body: pack } = await office.prepare(serialsOf([bound]), await office.device()).expect(201);
    expect((await ask(bound).expect(422)).body.errors).toMatchObject([{ pointer: '/serials/0' }]);
    const first = await platform.applicationClient();
    const draw = async (advanceId: string, { id }: TestVoucher) => {
      await first.query(
        `insert into advances (id, programme_id, fund_id, officer_id, round, visit_on, amount, currency, asked_at)
        values ($1, $2, $3, $4, 'Road', '2099-01-01', 15000, 'DZD', now())`,
        [advanceId, programmeId, fundId, officer.userId],
      );
      await first.query('insert into advance_vouchers (advance_id, voucher_id) values ($1, $2)', [advanceId, id]);
    };
    await expect(draw(newId(), bound)).rejects.toMatchObject({ constraint: 'advance_vouchers_unbound' });
    const waits = async () =>
      (await platform.owner.query(`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)).rowCount;

    const keys = await office.device();
    await first.query('begin');
    await draw(newId(), carried);
    const preparing = office.prepare(serialsOf([carried]), keys).then(({ status }) => status);
    await expect.poll(waits, { timeout: 10_000 }).toBe(1);
    await first.query('commit');
    expect(await preparing).toBe(422);

    const second = newId();
    await first.query('begin');
    await first.query(
      `insert into offline_packs (id, programme_id, office_id, device_id, agent_id, prepared_by, prepared_at, starts_at, ends_at, grace_ends_at,
        voucher_count, cash_limit, currency, work_factor, head_hash)
      select $2, programme_id, office_id, $3, agent_id, prepared_by, prepared_at, starts_at, ends_at, grace_ends_at, 1, cash_limit, currency,
        work_factor, repeat('0', 64) from offline_packs where id = $1`,
      [pack.id, second, keys.deviceId],
    );
    await first.query('insert into offline_bindings values ($1, $2)', [second, taken.id]);
    const asking = ask(taken).then(({ status }) => status);
    const paying = office.payOnline(taken).then(({ status, body }) => ({ status, ...body }));
    await expect.poll(waits, { timeout: 10_000 }).toBe(2);
    await first.query('commit');
    expect(await asking).toBe(422);
    expect(await paying).toMatchObject({
      status: 409,
      code: 'wrong_office',
      officeCode,
      detail: expect.stringContaining(`list of ${officeCode}`),
    });
    for (const id of [pack.id, second]) await office.end(id, 'withdraw').expect(200);
    await office.payOnline(taken).expect(201);
  });

  it('is prepared by another than the agent, within limits that the database keeps', async () => {
    const keys = await office.device();
    const [one, two, three] = office.fresh(3) as [TestVoucher, TestVoucher, TestVoucher];
    const both = await platform.as('office_supervisor', { office: office.frame.officeId });
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, office_id, granted_by, granted_at) values ($1, $2, 'agent', $3, $4, now())`,
      [newId(), both.userId, office.frame.officeId, office.staff.finance.userId],
    );
    const refusedWith = async (answer: ReturnType<typeof office.prepare>, status: number, code: string) =>
      expect([status, (await answer.expect(status)).body.code]).toEqual([status, code]);
    await refusedWith(office.prepare(serialsOf([one]), keys, { agentId: both.userId }, both), 403, 'separation_of_duties');
    await refusedWith(office.prepare(serialsOf([one]), keys, { agentId: newId() }), 422, 'unprocessable');
    const beyond = await office
      .prepare(serialsOf([one]), keys, { hours: 25 })
      .set('Accept-Language', 'ar')
      .expect(409);
    expect(beyond.body).toMatchObject({ code: 'pack_beyond_limits', detail: expect.stringContaining('ساعة') });
    expect(beyond.headers['content-language']).toBe('ar');
    await refusedWith(office.prepare(serialsOf([one]), keys, {}, office.staff.agent), 403, 'forbidden');
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('office_supervisor', { office: elsewhere.officeId });
    await refusedWith(office.prepare(serialsOf([one]), keys, {}, stranger), 404, 'not_found');
    const { body } = await office.prepare({ serials: [one.serial, one.serial, '12345678901234'] }, keys).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/vouchers/serials/1', '/vouchers/serials/2']);
    await allowOffline(office.staff.finance, office.frame, {
      officeId: office.frame.officeId,
      maxVouchers: 2,
      maxCash: dzd('20000.00'),
    }).expect(201);
    await refusedWith(office.prepare(serialsOf([one, two, three]), keys), 409, 'pack_beyond_limits');
    await refusedWith(office.prepare(serialsOf([one]), keys, { cashLimit: dzd('20000.01') }), 409, 'pack_beyond_limits');
    const first = await office.prepare({ wilayaNumber: '16' }, keys, { cashLimit: dzd('15000.00') }).expect(201);
    expect(first.body).toMatchObject({ voucherCount: 2, amount: dzd('30000.00'), cashLimit: dzd('15000.00') });
    await refusedWith(office.prepare(serialsOf([three]), await office.device(), { cashLimit: dzd('5000.00') }), 409, 'pack_beyond_limits');
    await office.staff.supervisor.post(`/v1/offline-packs/${first.body.id}/withdraw`).expect(200);
    await allowOffline(office.staff.finance, office.frame, { officeId: office.frame.officeId }).expect(201);
    expect((await allowOffline(office.staff.finance, office.frame, { maxHours: 73 })).status).toBe(400);
    for (const [refused, pointer] of [
      [allowOffline(office.staff.finance, office.frame, { maxCash: dzd('0.00') }), '/maxCash/amount'],
      [office.prepare(serialsOf([one]), keys, { cashLimit: dzd('0.00') }), '/cashLimit/amount'],
    ] as const)
      expect((await refused.expect(422)).body.errors).toEqual([{ pointer, code: 'amount_above_zero', detail: 'An amount above zero.' }]);
    const app = await platform.applicationClient();
    await expect(
      app.query(
        `insert into offline_limits select gen_random_uuid(), programme_id, office_id, 201, max_cash, currency, max_hours, grace_hours, set_by, now()
        from offline_limits limit 1`,
      ),
    ).rejects.toMatchObject({ constraint: 'offline_limits_ceiling' });
    const [mine, theirs] = await Promise.all([office.prepare(serialsOf([two]), keys), office.prepare(serialsOf([three]), keys)]);
    expect([mine?.status, theirs?.status].sort()).toEqual([201, 409]);
    const held = [mine, theirs].find(({ status }) => status === 201);
    await office.staff.supervisor.post(`/v1/offline-packs/${held?.body.id}/withdraw`).expect(200);
  });

  it('is opened by its device alone, holds no code, and tells nobody else', async () => {
    const [vouchers, keys] = [office.fresh(1), await office.device()];
    const [voucher] = vouchers as [TestVoucher];
    const { body: pack } = await office.prepare(serialsOf(vouchers), keys).expect(201);
    const file = `/v1/offline-packs/${pack.id}/file`;
    await office.staff.agent.get(file).expect(409);
    const colleague = await platform.as('agent', { office: office.frame.officeId });
    await colleague.post(`/v1/offline-packs/${pack.id}/hand-out`).expect(404);
    const opened = await office.takeOut(pack.id, keys);
    await colleague.get(file).expect(404);
    await office.staff.supervisor.get(file).expect(403);
    const bytes = Buffer.from((await office.staff.agent.get(file).expect(200)).body.file, 'base64url');
    const thief = await office.device();
    await expect(openPack(bytes, thief)).rejects.toThrow();
    const inside = await openPack(bytes, keys);
    // Whoever has the recipient, which is no secret, locks what they like for the device; the platform has not signed it.
    const decrypter = new Decrypter();
    decrypter.addIdentity(keys.identity);
    const note = await decrypter.decrypt(bytes, 'text');
    for (const changed of [
      note.replace('15000.00', '95000.00'),
      note.slice(0, note.indexOf('\n') + 1),
      note.replace(/[A-Za-z0-9+/]{8}=*\n$/, 'AAAAAAA=\n'),
    ]) {
      expect(changed).not.toBe(note);
      await expect(openPack(await lockedFor(keys.identity, changed), keys)).rejects.toThrow(NotOurPack);
    }
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await expect(openPack(bytes, keys)).rejects.toThrow();
    await expect(openPack(await lockedFor(keys.identity, note), { ...keys, deviceId: newId() })).rejects.toThrow(NotOurPack);
    await expect(openPack(await lockedFor(keys.identity, note), { ...keys, platform: otherKey })).rejects.toThrow(NotOurPack);
    expect(JSON.stringify(inside)).not.toMatch(new RegExp(`${voucher.code}|${voucher.code.slice(0, 8)}|\\+213`));
    // The verifier of each file is another, and without the device's key it checks nothing.
    expect(inside.vouchers[0]?.verifier).not.toBe(opened.till.pack.vouchers[0]?.verifier);
    expect(bytes.toString('latin1')).not.toContain(voucher.serial);
    const { rows } = await platform.owner.query(
      `select count(*)::int as n from person_reads where operation = 'getOfflinePackFile' and $1 = any(beneficiary_ids)`,
      [voucher.person.id],
    );
    expect(rows).toEqual([{ n: 2 }]);
    for (let i = 0; i < 5; i += 1)
      expect(await payOffline(opened, { ...voucher, code: wrongCode(voucher.code) })).toEqual({ refusal: 'code_refused' });
    expect(await payOffline(opened, voucher)).toEqual({ refusal: 'locked' });
    await office.send({ packId: pack.id, vouchers, keys, ...opened }).expect(200);
    expect((await platform.owner.query('select count(*)::int as n from failed_codes where voucher_id = $1', [voucher.id])).rows).toEqual([
      { n: 5 },
    ]);
  });
});
