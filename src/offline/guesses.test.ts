import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { OfflineOffice, payOffline, seen, wrongCode } from '../../test/support/offline.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeIn, receivedSms, type TestVoucher } from '../../test/support/vouchers.ts';

const HOUR = 3_600_000;

describe('guesses at a voucher that is out with an office without a network', () => {
  let platform: TestPlatform;
  let office: OfflineOffice;
  let elsewhere: Frame;
  beforeAll(async () => {
    platform = await startPlatform();
    office = await OfflineOffice.open(platform, 14);
    elsewhere = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  const agentElsewhere = () => platform.as('agent', { office: elsewhere.officeId });
  const tryAt = (agent: Client, { serial }: TestVoucher, code: string, officeId = elsewhere.officeId) =>
    agent.post('/v1/payouts', { officeId, locator: { serial }, code, ...seen });
  const guess = async (voucher: TestVoucher, times = 5): Promise<void> => {
    const guesser = await agentElsewhere();
    for (let i = 0; i < times; i += 1)
      expect((await tryAt(guesser, voucher, wrongCode(voucher.code)).expect(422)).body.code).toBe('code_refused');
  };
  const rowOf = async ({ id }: TestVoucher) =>
    (await platform.owner.query('select state, failed_attempts as failed from vouchers where id = $1', [id])).rows[0];
  const outcomes = (body: { entries: { state: string; reason: string | null }[] }) =>
    body.entries.map(({ state, reason }) => reason ?? state);
  const twoUnlock = async ({ id }: TestVoucher) => {
    const officer = await platform.as('programme_officer', { programme: office.frame.programmeId });
    const { body } = await officer.post(`/v1/vouchers/${id}/changes`, { kind: 'unlock', reason: 'Somebody guessed' }).expect(201);
    const confirmed = await office.staff.finance.post(`/v1/voucher-changes/${body.id}/confirm`);
    if (confirmed.status !== 200) await officer.post(`/v1/voucher-changes/${body.id}/withdraw`).expect(200);
    await platform.settled();
    return confirmed;
  };

  it('use up the same five attempts, after which even the right code sounds wrong everywhere but there', async () => {
    const out = await office.out(1);
    const [voucher] = out.vouchers as [TestVoucher];
    await guess(voucher, 4);
    const honest = await agentElsewhere();
    expect((await tryAt(honest, voucher, voucher.code).expect(409)).body.code).toBe('wrong_office');
    await guess(voucher, 1);
    expect(await rowOf(voucher)).toEqual({ state: 'locked', failed: 5 });
    const wrong = await tryAt(honest, voucher, wrongCode(voucher.code)).expect(422);
    const alike = ({ body }: { body: object }) => expect({ ...body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' });
    alike(await tryAt(honest, voucher, voucher.code).expect(422));
    alike(await tryAt(office.staff.agent, voucher, voucher.code, office.frame.officeId).expect(422));
    const look = { officeId: elsewhere.officeId, locator: { serial: voucher.serial }, code: voucher.code };
    alike(await honest.post('/v1/look-ups', look).expect(422));
    const { rows } = await platform.owner.query('select count(*)::int as n from failed_codes where agent_id = $1', [honest.userId]);
    expect(rows).toEqual([{ n: 3 }]);
    // The person who goes where the voucher is paid has nothing to do with it.
    expect(await payOffline(out, voucher)).toHaveProperty('paid.serial', voucher.serial);
    expect(outcomes((await office.send(out).expect(200)).body)).toEqual(['booked']);
    expect(await rowOf(voucher)).toMatchObject({ state: 'redeemed' });
    expect(await office.conflictsOf(out.packId)).toEqual([]);
    expect(await office.broken()).toEqual([]);
    expect((await tryAt(honest, voucher, voucher.code).expect(409)).body.code).toBe('already_paid');
  });

  it('learn nothing by being many at once: whoever has the right code hears what is so after the others were counted', async () => {
    const [voucher] = (await office.out(1)).vouchers as [TestVoucher];
    await guess(voucher, 4);
    const guesser = await agentElsewhere();
    await platform.owner.query('begin');
    await platform.owner.query(`update vouchers set state = 'locked', failed_attempts = 5 where id = $1`, [voucher.id]);
    const told = tryAt(guesser, voucher, voucher.code).then(({ body }) => body.code);
    const isWaiting = async () => (await platform.owner.query('select from pg_locks where not granted')).rowCount !== 0;
    while (!(await isWaiting()));
    await platform.owner.query('commit');
    expect(await told).toBe('code_refused');
  });

  it('do not keep the person from their cash for good: once the pack has ended two people unlock it', async () => {
    const out = await office.out(2);
    const [voucher, typedThere] = out.vouchers as [TestVoucher, TestVoucher];
    await guess(voucher);
    for (let i = 0; i < 5; i += 1) await payOffline(out, { ...typedThere, code: wrongCode(typedThere.code) });
    expect((await twoUnlock(voucher)).body.code).toBe('voucher_bound');
    await out.till.close();
    await office.send(out).expect(200);
    await office.end(out.packId, 'close').expect(200);
    for (const locked of [voucher, typedThere]) {
      expect(await rowOf(locked)).toEqual({ state: 'locked', failed: 5 });
      expect((await office.payOnline(locked).expect(409)).body.code).toBe('voucher_locked');
      expect((await twoUnlock(locked)).status).toBe(200);
      const sent = receivedSms(platform).filter(({ text }) => text.includes(locked.serial));
      await office.payOnline({ ...locked, code: codeIn(sent.at(-1)?.text ?? '') }).expect(201);
    }
    expect(await office.broken()).toEqual([]);
  });

  it('do not keep from the books what a device reports late: finance accepts it as before', async () => {
    const out = await office.out(1);
    const [voucher] = out.vouchers as [TestVoucher];
    await payOffline(out, voucher);
    platform.clock.skip(60 * HOUR);
    await office.endPastGrace();
    await office.stepUp();
    await guess(voucher);
    expect(await rowOf(voucher)).toEqual({ state: 'locked', failed: 5 });
    expect(outcomes((await office.send(out).expect(200)).body)).toEqual(['pack_over']);
    const [conflict] = await office.conflictsOf(out.packId);
    await office.resolve(conflict.id, 'accepted').expect(200);
    expect(await rowOf(voucher)).toMatchObject({ state: 'redeemed' });
    expect(await office.broken()).toEqual([]);
  });

  it('do not let somebody with two records be paid twice: what may be paid there pays under no other record meanwhile', async () => {
    const judge = await platform.as('programme_officer', { programme: office.frame.programmeId });
    const merged = async (loser: TestVoucher, survivor: TestVoucher): Promise<void> => {
      const [first, second] = [loser.person.id, survivor.person.id].sort();
      await platform.owner.query(
        `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, found_at) values ($1, $2, $3, 0.5, '[]', now())`,
        [first, second, office.frame.programmeId],
      );
      const decision = { decision: 'same_person', survivorId: survivor.person.id, reason: 'Same face', version: 1 };
      await judge.post(`/v1/duplicate-pairs/${first}/${second}/decision`, decision).expect(200);
    };
    const out = await office.out(2);
    const [locked, known] = out.vouchers as [TestVoucher, TestVoucher];
    const [absorbed, survivor] = office.fresh(2) as [TestVoucher, TestVoucher];
    // Who holds both codes guesses wrongly at one of them; and of two records the one that goes on has a voucher of its own.
    await merged(absorbed, locked);
    await guess(locked);
    await merged(known, survivor);
    for (const other of [absorbed, survivor]) expect((await office.payOnline(other)).body.code).toBe('paid_as_other_record');
    for (const voucher of out.vouchers) expect(await payOffline(out, voucher)).toHaveProperty('paid.serial', voucher.serial);
    expect(outcomes((await office.send(out).expect(200)).body)).toEqual(['booked', 'booked']);
    expect(await office.broken()).toEqual([]);
  });

  it('are counted by the database as well, which lets nothing else become of a voucher that is out', async () => {
    const out = await office.out(1);
    const [voucher] = out.vouchers as [TestVoucher];
    const app = await platform.applicationClient();
    const change = (to: string) => app.query(`update vouchers set ${to} where id = $1`, [voucher.id]);
    for (const to of [
      `state = 'locked'`,
      `state = 'locked', failed_attempts = 4`,
      `state = 'locked', failed_attempts = 5, counter = counter + 1`,
      `state = 'locked', failed_attempts = 5, expires_at = expires_at - interval '1 hour'`,
    ])
      await expect(change(to), to).rejects.toMatchObject({ constraint: 'vouchers_bound' });
    await change(`state = 'locked', failed_attempts = 5`);
    await expect(change(`state = 'redeemed'`)).rejects.toMatchObject({ constraint: 'vouchers_locked_unpaid' });
    for (const to of [`state = 'activated', counter = counter + 1, failed_attempts = 0`, `state = 'cancelled'`, `state = 'expired'`])
      await expect(change(to), to).rejects.toMatchObject({ constraint: 'vouchers_bound' });
  });
});
