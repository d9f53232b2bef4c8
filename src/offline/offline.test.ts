import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import {
  allowOffline,
  dzd,
  makeOfflineDevice,
  type OfflineStaff,
  type OpenTill,
  offlineStaff,
  report,
  takeOut,
} from '../../test/support/offline.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers, type TestVoucher } from '../../test/support/vouchers.ts';
import { dammDigit, newId } from '../platform/index.ts';
import type { DeviceKeys } from './device/keys.ts';
import { openPack } from './device/pack.ts';

describe('an office without a network', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let staff: OfflineStaff;
  let supply: TestVoucher[];
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    staff = await offlineStaff(platform, frame);
    supply = await makeVouchers(platform, frame, 40);
    await allowOffline(staff.finance, frame).expect(201);
  });
  afterAll(() => platform.close());

  const fresh = (count: number): TestVoucher[] => supply.splice(0, count);
  const seen = { documentType: 'passport', documentLastFour: '0042' };
  const wrong = (code: string): string => {
    const digits = String((Number(code.slice(0, 8)) + 1) % 100_000_000).padStart(8, '0');
    return digits + dammDigit(digits);
  };
  const prepare = (vouchers: object, keys: DeviceKeys, more: object = {}, by = staff.supervisor) =>
    by.post(`/v1/offices/${frame.officeId}/offline-packs`, {
      programmeId: frame.programmeId,
      deviceId: keys.deviceId,
      agentId: staff.agent.userId,
      hours: 8,
      cashLimit: dzd('1000000.00'),
      vouchers,
      ...more,
    });
  const serialsOf = (vouchers: readonly TestVoucher[]) => ({ serials: vouchers.map(({ serial }) => serial) });
  const device = () => makeOfflineDevice(platform, frame.officeId, staff.agent);
  /** A pack of so many vouchers on a device of its own. */
  async function out(count: number, more: object = {}) {
    const [vouchers, keys] = [fresh(count), await device()];
    const { body } = await prepare(serialsOf(vouchers), keys, more).expect(201);
    const opened = await takeOut(body.id, staff.agent, keys, () => platform.clock.now());
    return { packId: body.id as string, vouchers, keys, ...opened };
  }
  const payOffline = ({ till }: OpenTill, { serial, code }: TestVoucher) => till.pay({ locator: { serial }, code, ...seen });
  const payOnline = ({ serial, code }: TestVoucher, by: Client = staff.agent) =>
    by.post('/v1/payouts', { officeId: frame.officeId, locator: { serial }, code, ...seen });
  const send = (packId: string, { till, kept }: OpenTill, by = staff.agent) => report(packId, by, till.length, kept);
  const statesOf = async (vouchers: readonly TestVoucher[]): Promise<string[]> =>
    (
      await platform.owner.query('select state from vouchers where id = any($1) order by array_position($1::uuid[], id)', [
        vouchers.map(({ id }) => id),
      ])
    ).rows.map(({ state }) => state);
  const broken = async (): Promise<string[]> =>
    (await staff.finance.get(`/v1/programmes/${frame.programmeId}/identities`).expect(200)).body.identities
      .filter(({ holds }: { holds: boolean }) => !holds)
      .map(({ identity }: { identity: string }) => identity);
  const conflictsOf = async (packId: string) =>
    (await staff.finance.get(`/v1/programmes/${frame.programmeId}/offline-conflicts?packId=${packId}`).expect(200)).body.items;
  const resolve = (id: string, resolution: string, by = staff.finance) =>
    by.post(`/v1/offline-conflicts/${id}/resolve`, { resolution, note: 'Asked the office.' });

  it('pays from a pack, reports it, and is closed', async () => {
    const { packId, vouchers, till, kept } = await out(4);
    const [one, two, , four] = vouchers as [TestVoucher, TestVoucher, TestVoucher, TestVoucher];
    const [inside] = till.find({ registrationNumber: one.person.registrationNumber });
    expect(inside).toMatchObject({ serial: one.serial, amount: dzd('15000.00'), collector: `${one.person.personal.names.given} Benali` });
    expect(await payOffline({ till, kept }, { ...one, code: wrong(one.code) })).toEqual({ refusal: 'code_refused' });
    expect(await payOffline({ till, kept }, { ...one, code: '12' })).toEqual({ refusal: 'code_mistyped' });
    expect(await payOffline({ till, kept }, one)).toHaveProperty('paid.serial', one.serial);
    expect(await payOffline({ till, kept }, one)).toEqual({ refusal: 'paid' });
    expect(await till.pay({ locator: { registrationNumber: two.person.registrationNumber }, code: two.code, ...seen })).toHaveProperty('paid');

    const first = await send(packId, { till, kept }).expect(200);
    expect(first.body).toMatchObject({ state: 'out', received: 3, missing: [] });
    expect(first.body.entries.map(({ state }: { state: string }) => state)).toEqual(['noted', 'booked', 'booked']);
    // The same again, under another key, is the same once.
    expect((await send(packId, { till, kept }).expect(200)).body).toEqual(first.body);
    expect((await payOnline(one).expect(409)).body.code).toBe('already_paid');

    expect((await staff.supervisor.post(`/v1/offline-packs/${packId}/close`).expect(409)).body.code).toBe('pack_not_whole');
    await till.close();
    expect(await payOffline({ till, kept }, four)).toEqual({ refusal: 'closed' });
    await send(packId, { till, kept }).expect(200);
    const { body } = await staff.supervisor.post(`/v1/offline-packs/${packId}/close`).expect(200);
    expect(body).toMatchObject({ state: 'closed', paidCount: 2, paid: dzd('30000.00'), openConflicts: 0, isFinished: true });
    expect(await statesOf(vouchers)).toEqual(['redeemed', 'redeemed', 'activated', 'activated']);
    await payOnline(four).expect(201);
    expect(await broken()).toEqual([]);
    const { rows } = await platform.owner.query(
      `select p.agent_id, p.device_id, p.document_last_four, count(e.id)::int as postings from payouts p
      join journal_entries e on e.subject_id = p.id and e.event = 'payout' where p.voucher_id = any($1) group by p.id`,
      [[one.id, two.id]],
    );
    expect(rows).toEqual(
      [0, 1].map(() => ({ agent_id: staff.agent.userId, device_id: till.pack.deviceId, document_last_four: '0042', postings: 1 })),
    );
  });
});
