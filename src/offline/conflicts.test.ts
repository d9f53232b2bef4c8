import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, OfflineOffice, type PackOut, payOffline, serialsOf } from '../../test/support/offline.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import type { TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import { Chain } from './device/chain.ts';
import type { CloseEntry, SignedEntry } from './device/entry.ts';
import { isAcceptable } from './rules.ts';
import type { OfflineReason } from './types.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('what a device reports and cannot be booked', () => {
  let platform: TestPlatform;
  let office: OfflineOffice;
  beforeAll(async () => {
    platform = await startPlatform();
    office = await OfflineOffice.open(platform, 40);
  });
  afterAll(() => platform.close());

  const at = (shift: number): string => new Date(platform.clock.now().getTime() + shift).toISOString();
  const chainOf = (out: PackOut) => Chain.of(out.packId, out.keys, [], async () => {});
  const reasons = (body: { entries: { state: string; reason: string | null }[] }) =>
    body.entries.map(({ state, reason }) => reason ?? state);
  const sendAll = async (out: PackOut, entries: readonly SignedEntry[], length = entries.length) => {
    const { body } = await office.staff.agent.post(`/v1/offline-packs/${out.packId}/syncs`, { length, entries }).expect(200);
    return body;
  };
  const stored = async (packId: string) =>
    (await platform.owner.query('select payload, signature, state from offline_entries where pack_id = $1', [packId])).rows;
  const openOf = async ({ packId }: PackOut, reason: string) =>
    (await office.conflictsOf(packId)).find((conflict: { reason: string }) => conflict.reason === reason);

  it('waits for what is missing, whatever order it comes in', async () => {
    const out = await office.out(3);
    for (const voucher of out.vouchers) await payOffline(out, voucher);
    const [one, two, three] = out.kept as [SignedEntry, SignedEntry, SignedEntry];
    const first = await sendAll(out, [three, two], 3);
    expect([reasons(first), first.received, first.missing]).toEqual([['waiting', 'waiting'], 0, [1]]);
    const second = await sendAll(out, [three, one, one], 3);
    expect([reasons(second), second.received, second.missing]).toEqual([['booked', 'booked', 'booked'], 3, []]);
    expect(await office.statesOf(out.vouchers)).toEqual(['redeemed', 'redeemed', 'redeemed']);
    const racing = await Promise.all(Array.from({ length: 4 }, () => sendAll(out, out.kept, 3)));
    for (const body of racing) expect(reasons(body)).toEqual(['booked', 'booked', 'booked']);
    const { rows } = await platform.owner.query('select count(*)::int as n from payouts where voucher_id = any($1)', [
      out.vouchers.map(({ id }) => id),
    ]);
    expect(rows).toEqual([{ n: 3 }]);
  });

  it('keeps what was tampered with on the way, and books what the device signed', async () => {
    const [out, other] = [await office.out(1), await office.out(1)];
    const [voucher] = out.vouchers as [TestVoucher];
    await payOffline(out, voucher);
    await payOffline(other, other.vouchers[0] as TestVoucher);
    const [honest] = out.kept as [SignedEntry];
    const tampered = { ...honest, payload: honest.payload.replace('15000.00', '15000.01') };
    const borrowed = { ...honest, signature: (other.kept[0] as SignedEntry).signature };
    const misplaced = other.kept[0] as SignedEntry;
    const garbage = { payload: 'nothing', signature: 'nothing' };
    const body = await sendAll(out, [tampered, borrowed, misplaced, garbage, honest], 1);
    expect(reasons(body)).toEqual(['bad_signature', 'bad_signature', 'bad_signature', 'bad_signature', 'booked']);
    const { body: replayed } = await office.send(out).expect(200);
    expect(reasons(replayed)).toEqual(['booked']);
    for (const entry of [tampered, borrowed, misplaced, garbage])
      expect(await stored(out.packId)).toContainEqual({ ...entry, state: 'conflict' });
    // Nobody holds a voucher back with what no device has signed.
    expect((await openOf(out, 'bad_signature')).voucherId).toBe(null);
  });

  it('takes no lie of the device itself', async () => {
    const out = await office.out(6);
    const chain = await chainOf(out);
    const [a, b, c, d, e, f] = out.vouchers as [TestVoucher, TestVoucher, TestVoucher, TestVoucher, TestVoucher, TestVoucher];
    const [besides] = office.fresh(1) as [TestVoucher];
    const lies: SignedEntry[] = [];
    const lie = async (voucher: TestVoucher, about: object) => lies.push(await forge(out, chain, voucher, { at: at(0), ...about }));
    await lie(a, { at: at(-HOUR) });
    await lie(a, {});
    await lie(b, { at: at(-MINUTE) });
    await lie(a, {});
    await lie(c, { amount: { amount: '16000.00', currency: 'DZD' } });
    await lie(c, { collectorId: besides.person.id });
    await lie(besides, {});
    await lie({ ...d, code: '000000000' }, {});
    await lie(e, { proof: 'x' });
    await lie(f, { at: at(2 * HOUR) });
    const told = await sendAll(out, lies);
    expect(reasons(told)).toEqual([
      'outside_window',
      'booked',
      'clock_went_back',
      'already_paid',
      'wrong_amount',
      'wrong_amount',
      'not_in_pack',
      'code_unproven',
      'code_unproven',
      'clock_ahead',
    ]);
    // The very words of a proof are the chain's: what was proved for one entry proves no other.
    const [, genuine] = lies as [SignedEntry, SignedEntry];
    const moved = await forge(out, chain, f, { at: at(2 * HOUR), proof: JSON.parse(genuine.payload).proof });
    expect(reasons(await sendAll(out, [moved]))).toEqual(['clock_ahead']);
  });

  it('holds a device to its cash, to its end, and to one chain', async () => {
    const out = await office.out(4, { cashLimit: { amount: '30000.00', currency: 'DZD' } });
    const [a, b, c, d] = out.vouchers as [TestVoucher, TestVoucher, TestVoucher, TestVoucher];
    const [chain, fork] = [await chainOf(out), await chainOf(out)];
    for (const voucher of [a, b]) await payOffline(out, voucher);
    expect(await payOffline(out, c)).toEqual({ refusal: 'no_cash' });
    const lies: SignedEntry[] = [];
    for (const voucher of [a, b, c]) lies.push(await forge(out, chain, voucher, { at: at(0) }));
    lies.push(await chain.add(chain.next<CloseEntry>({ kind: 'close', at: at(0) })));
    lies.push(await forge(out, chain, d, { at: at(0) }));
    expect(reasons(await sendAll(out, lies))).toEqual(['booked', 'booked', 'over_cap', 'noted', 'after_close']);
    const other = [await forge(out, fork, d, { at: at(1) }), await forge(out, fork, c, { at: at(1) })];
    const strayed = await forge(out, await Chain.of(out.packId, out.keys, lies, async () => {}), d, {
      at: at(1),
      previous: '0'.repeat(64),
    }).catch(() => null);
    expect(strayed).toBe(null);
    expect(reasons(await sendAll(out, other, 5))).toEqual(['forked', 'forked']);
    // Whatever a device said it paid is held until finance has decided, though the pack is closed.
    await office.end(out.packId, 'close').expect(200);
    expect((await office.payOnline(c).expect(409)).body.code).toBe('wrong_office');
    expect(await office.broken()).toEqual([]);
  });

  it('knows what was made before the last report by what the device had signed, not by what was said of its length', async () => {
    await office.stepUp();
    const [late, cut] = [await office.out(1), await office.out(1)];
    platform.clock.skip(HOUR);
    const before = { at: at(-30 * MINUTE) };
    const chain = await chainOf(cut);
    const [one, two, newest] = [
      await forge(late, await chainOf(late), late.vouchers[0] as TestVoucher, before),
      await forge(cut, chain, cut.vouchers[0] as TestVoucher, before),
      await chain.add(chain.next<CloseEntry>({ kind: 'close', at: at(0) })),
    ];
    await sendAll(late, [], 100_000);
    await sendAll(cut, [newest], 2);
    expect(reasons(await sendAll(late, [one]))).toEqual(['before_last_sync']);
    expect(reasons(await sendAll(cut, [two, newest]))).toEqual(['booked', 'noted']);
  });

  it('is decided by finance, who neither paid nor prepared: booked, claimed or dismissed', async () => {
    const preparer = await platform.as('finance_officer', { programme: office.frame.programmeId });
    const [vouchers, keys] = [office.fresh(3), await office.device()];
    const { body: pack } = await office.prepare(serialsOf(vouchers), keys, {}, preparer).expect(201);
    const out = { packId: pack.id, vouchers, keys, ...(await office.takeOut(pack.id, keys)) };
    const chain = await chainOf(out);
    const early = { at: at(-HOUR) };
    const entries: SignedEntry[] = [];
    for (const voucher of out.vouchers) entries.push(await forge(out, chain, voucher, early));
    entries.push(await chain.add(chain.next<CloseEntry>({ kind: 'close', at: at(0) })));
    await sendAll(out, entries);
    await office.stepUp();
    await office.end(out.packId, 'close').expect(200);
    const [accepted, claimed, dismissed] = await office.conflictsOf(out.packId);
    expect(accepted).toMatchObject({
      reason: 'outside_window',
      state: 'open',
      agentId: office.staff.agent.userId,
      evidence: { ...entries[0], isGenuine: true, isProven: true },
    });
    await office.resolve(accepted.id, 'accepted', office.staff.supervisor).expect(403);
    expect((await office.resolve(accepted.id, 'accepted', preparer).expect(403)).body.code).toBe('separation_of_duties');
    await preparer.post(`/v1/offline-conflicts/${accepted.id}/take`).expect(403);
    const stranger = await platform.as('finance_officer', { programme: newId() });
    await office.resolve(accepted.id, 'accepted', stranger).expect(404);
    const { body: taken } = await office.staff.finance.post(`/v1/offline-conflicts/${accepted.id}/take`).expect(200);
    expect(taken.ownerId).toBe(office.staff.finance.userId);
    const answers = await Promise.all([office.resolve(accepted.id, 'accepted'), office.resolve(accepted.id, 'accepted')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await office.resolve(claimed.id, 'claimed').expect(200);
    const { body } = await office.resolve(dismissed.id, 'dismissed').expect(200);
    expect(body).toMatchObject({ state: 'resolved', resolution: 'dismissed', resolvedBy: office.staff.finance.userId });
    expect(await office.statesOf(out.vouchers)).toEqual(['redeemed', 'activated', 'activated']);
    // What was not accepted pays anywhere again.
    for (const voucher of out.vouchers.slice(1)) await office.payOnline(voucher).expect(201);
    expect(await office.broken()).toEqual([]);
    const app = await platform.applicationClient();
    for (const [text, constraint] of [
      [
        `update offline_conflicts set state = 'resolved', resolution = 'accepted', note = 'yes', resolved_by = gen_random_uuid(), resolved_at = now()
        where state = 'open'`,
        'offline_conflicts_accepted_booked',
      ],
      ['truncate offline_entries cascade', undefined],
      ['delete from offline_entries', undefined],
      [`update offline_entries set payload = 'x'`, undefined],
      ['update offline_packs set head_sequence = 0 where head_sequence > 0', 'offline_packs_chain_goes_on'],
    ] as const)
      await expect(app.query(text), text).rejects.toMatchObject(constraint ? { constraint } : { code: '42501' });
  });

  it('is never accepted where that would book what was not reported, or what nobody with the code was there for', async () => {
    const out = await office.out(5, { cashLimit: { amount: '60000.00', currency: 'DZD' } });
    const [a, b, c, d, e] = out.vouchers as [TestVoucher, TestVoucher, TestVoucher, TestVoucher, TestVoucher];
    const chain = await chainOf(out);
    const amount = { amount: '16000.00', currency: 'DZD' };
    const entries = [
      // Wrong in its time, for which it is in conflict, and in its amount.
      await forge(out, chain, a, { at: at(-HOUR), amount }),
      await forge(out, chain, b, { at: at(0), amount }),
      await forge(out, chain, c, { at: at(0), collectorId: b.person.id }),
      await forge(out, chain, d, { at: at(0), proof: 'x' }),
      await forge(out, chain, e, { at: at(0) }),
    ];
    const told = ['outside_window', 'wrong_amount', 'wrong_amount', 'code_unproven', 'over_cap'];
    expect(reasons(await sendAll(out, entries))).toEqual(told);
    await office.stepUp();
    const conflicts: { id: string; reason: string }[] = await office.conflictsOf(out.packId);
    expect(conflicts.map(({ reason }) => reason)).toEqual(told);
    const answers = [];
    for (const { id } of conflicts) answers.push((await office.resolve(id, 'accepted')).body);
    const refused = (reason: string) => ({ code: 'conflict_not_payable', reason });
    expect(answers).toMatchObject([
      refused('wrong_amount'),
      refused('wrong_amount'),
      refused('wrong_amount'),
      refused('code_unproven'),
      { state: 'resolved', resolution: 'accepted' },
    ]);
    expect(await office.statesOf(out.vouchers)).toEqual(['activated', 'activated', 'activated', 'activated', 'redeemed']);
    const app = await platform.applicationClient();
    await expect(
      app.query(
        `update offline_entries set state = 'booked', payout_id = gen_random_uuid() where pack_id = $1 and state = 'conflict'
        and not is_proven`,
        [out.packId],
      ),
    ).rejects.toMatchObject({ constraint: 'offline_entries_booked' });
    await platform.owner.query('alter table offline_conflicts disable trigger resolved_by_another');
    await expect(
      app.query(
        `update offline_conflicts set state = 'resolved', resolution = 'accepted', note = 'yes', resolved_by = gen_random_uuid(), resolved_at = now()
        where id = $1`,
        [conflicts[1]?.id],
      ),
    ).rejects.toMatchObject({ constraint: 'offline_conflicts_acceptable' });
    await platform.owner.query('alter table offline_conflicts enable trigger resolved_by_another');
    for (const { id } of conflicts.slice(0, 4)) await office.resolve(id, 'claimed').expect(200);
    expect(await office.broken()).toEqual([]);
  });

  it('is accepted for the reasons that the database lets it be', async () => {
    const { rows } = await platform.owner.query(
      `select conname as name, pg_get_constraintdef(oid) as text from pg_constraint
      where conname in ('offline_conflicts_acceptable', 'offline_conflicts_reason_check') order by 1`,
    );
    const [never, every] = rows.map(({ text }) => [...text.matchAll(/'(\w+)'/g)].map(([, name]) => name as OfflineReason));
    expect(every?.length).toBeGreaterThan(20);
    expect(never?.filter((name) => (name as string) !== 'accepted').sort()).toEqual(every?.filter((name) => !isAcceptable(name)).sort());
  });

  it('is for finance when the person is withheld, paid as somebody else, or the device is lost', async () => {
    const out = await office.out(3);
    const [withheld, kept, lost] = out.vouchers as [TestVoucher, TestVoucher, TestVoucher];
    for (const voucher of [withheld, kept]) await payOffline(out, voucher);
    await platform.owner.query(`update consents set withdrawn_at = $2, withdrawn_by = $3 where beneficiary_id = $1`, [
      withheld.person.id,
      platform.clock.now(),
      newId(),
    ]);
    expect(reasons((await office.send(out).expect(200)).body)).toEqual(['consent_withdrawn', 'booked']);
    const withdrawn = await openOf(out, 'consent_withdrawn');
    expect((await office.resolve(withdrawn.id, 'accepted').expect(200)).body.resolution).toBe('accepted');
    await payOffline(out, lost);
    const report = (by = office.staff.supervisor) => by.post(`/v1/offline-packs/${out.packId}/loss`, { reason: 'Left in a taxi' });
    const confirm = (by = office.staff.finance) => by.post(`/v1/offline-packs/${out.packId}/loss/confirm`);
    await confirm().expect(409);
    await report().expect(200);
    expect((await confirm(office.staff.supervisor).expect(403)).body.code).toBe('separation_of_duties');
    expect((await confirm().expect(200)).body).toMatchObject({ state: 'lost', lossConfirmedBy: office.staff.finance.userId });
    expect((await office.payOnline(lost).expect(409)).body.code).toBe('wrong_office');
    await office.staff.agent.get(`/v1/offline-packs/${out.packId}/file`).expect(409);
    // It turns up after all.
    expect(reasons((await office.send(out).expect(200)).body)).toEqual(['consent_withdrawn', 'booked', 'device_lost']);
    platform.clock.skip(60 * HOUR);
    await office.endPastGrace();
    await office.stepUp();
    expect((await office.staff.finance.get(`/v1/offline-packs/${out.packId}`)).body.state).toBe('over');
    await office.resolve((await openOf(out, 'device_lost')).id, 'accepted').expect(200);
    expect(await office.statesOf(out.vouchers)).toEqual(['redeemed', 'redeemed', 'redeemed']);
    expect(await office.broken()).toEqual([]);
  });
});
