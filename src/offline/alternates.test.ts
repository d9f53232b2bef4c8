import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, OfflineOffice, type PackOut, payOffline, seen } from '../../test/support/offline.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import type { TestVoucher } from '../../test/support/vouchers.ts';
import { Chain } from './device/chain.ts';

describe('who comes in somebody’s place to an office without a network', () => {
  let platform: TestPlatform;
  let office: OfflineOffice;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    office = await OfflineOffice.open(platform, 9);
    officer = await platform.as('enrolment_officer', { programme: office.frame.programmeId });
  });
  afterAll(() => platform.close());

  const add = async ({ person }: TestVoucher, number = 'C1230042', validUntil = '2099-01-01'): Promise<string> =>
    (
      await officer
        .post(`/v1/households/${person.householdId}/collectors`, {
          names: { given: 'Idriss', family: 'Benali' },
          document: { type: 'passport', number, issuingCountry: 'MLI' },
          validUntil,
        })
        .expect(201)
    ).body.id;
  const remove = ({ person }: TestVoucher, id: string) =>
    officer.post(`/v1/households/${person.householdId}/collectors/${id}/end`, { reason: 'Moved away' }).expect(200);
  /** A pack of the next vouchers, after something was done to them. */
  async function packOf(count: number, prepare: (vouchers: TestVoucher[]) => Promise<void>): Promise<PackOut> {
    const [vouchers, keys] = [office.fresh(count), await office.device()];
    await prepare(vouchers);
    const { body } = await office.prepare({ serials: vouchers.map(({ serial }) => serial) }, keys).expect(201);
    return { packId: body.id, vouchers, keys, ...(await office.takeOut(body.id, keys)) };
  }
  const payoutOf = async ({ id }: TestVoucher) =>
    (await platform.owner.query('select alternate_id, document_differs from payouts where voucher_id = $1', [id])).rows;
  const reasonsOf = async (out: PackOut, entries = out.kept) =>
    (await office.send(out, entries).expect(200)).body.entries.map(({ state, reason }: Record<string, unknown>) => reason ?? state);

  it('is called by name, signed for and booked as at a counter; nothing of a document is on the device', async () => {
    const ids: string[] = [];
    const out = await packOf(3, async ([one, two]) => {
      ids.push(await add(one as TestVoucher), await add(two as TestVoucher, 'X9990001'));
    });
    const [one, two, three] = out.vouchers as [TestVoucher, TestVoucher, TestVoucher];
    const [found] = out.till.find({ serial: one.serial });
    expect(found?.alternates).toEqual([{ id: ids[0], name: 'Idriss Benali', until: '2099-01-01T23:00:00.000Z' }]);
    expect(JSON.stringify(out.till.pack)).not.toMatch(/C1230042|X9990001|passport/);
    const pay = ({ serial, code }: TestVoucher, collectorId: string | undefined) =>
      out.till.pay({ locator: { serial }, code, collectorId, ...seen });
    expect(await pay(three, ids[0])).toEqual({ refusal: 'not_a_collector' });
    expect(await pay(one, ids[1])).toEqual({ refusal: 'not_a_collector' });
    for (const [voucher, who] of [
      [one, ids[0]],
      [two, ids[1]],
      [three, three.person.id],
    ] as const)
      expect(await pay(voucher, who)).toHaveProperty('paid');
    expect(out.kept.map(({ payload }) => JSON.parse(payload).alternateId)).toEqual([ids[0], ids[1], undefined]);
    expect(await reasonsOf(out)).toEqual(['booked', 'booked', 'booked']);
    expect(await payoutOf(one)).toEqual([{ alternate_id: ids[0], document_differs: false }]);
    expect(await payoutOf(two)).toEqual([{ alternate_id: ids[1], document_differs: true }]);
    expect(await payoutOf(three)).toEqual([{ alternate_id: null, document_differs: true }]);
  });

  it('is for finance once they were taken off, and is accepted only where the device could not know', async () => {
    const ids: string[] = [];
    const out = await packOf(2, async (vouchers) => {
      for (const voucher of vouchers) ids.push(await add(voucher));
    });
    const [one, two] = out.vouchers as [TestVoucher, TestVoucher];
    for (const [i, { serial, code }] of [one, two].entries())
      expect(await out.till.pay({ locator: { serial }, code, collectorId: ids[i], ...seen })).toHaveProperty('paid');
    platform.clock.skip(60_000);
    for (const [i, voucher] of [one, two].entries()) await remove(voucher, ids[i] ?? '');
    expect(await reasonsOf(out)).toEqual(['not_a_collector', 'not_a_collector']);
    expect(await office.statesOf([one, two])).toEqual(['activated', 'activated']);
    const conflicts = await office.conflictsOf(out.packId);
    await office.resolve(conflicts[0].id, 'accepted').expect(200);
    await office.resolve(conflicts[1].id, 'claimed').expect(200);
    expect(await office.statesOf([one, two])).toEqual(['redeemed', 'activated']);
    expect(await payoutOf(one)).toEqual([{ alternate_id: ids[0], document_differs: false }]);
    expect(await office.broken()).toEqual([]);
  });

  it('is nobody of another household, and nobody who was off before the pack went out, whatever the device signs', async () => {
    const ids: string[] = [];
    const out = await packOf(3, async ([one, two]) => {
      ids.push(await add(one as TestVoucher), await add(two as TestVoucher));
      await remove(two as TestVoucher, ids[1] ?? '');
      platform.clock.skip(60_000);
    });
    const [one, two, three] = out.vouchers as [TestVoucher, TestVoucher, TestVoucher];
    const kept: PackOut['kept'] = [];
    const chain = await Chain.of(out.packId, out.keys, [], async (entry) => void kept.push(entry));
    const at = platform.clock.now().toISOString();
    await forge(out, chain, three, { at, alternateId: ids[0] });
    await forge(out, chain, two, { at, alternateId: ids[1] });
    const proven = await forge(out, chain, one, { at, alternateId: ids[0] });
    expect(await reasonsOf(out, kept)).toEqual(['not_a_collector', 'not_a_collector', 'booked']);
    expect(JSON.parse(proven.payload).alternateId).toBe(ids[0]);
    for (const { id } of await office.conflictsOf(out.packId))
      expect((await office.resolve(id, 'accepted').expect(409)).body.code).toBe('conflict_not_payable');
    expect(await office.statesOf([two, three])).toEqual(['activated', 'activated']);
  });

  it('is told only to whoever knows the code', async () => {
    const out = await packOf(1, async ([one]) => void (await add(one as TestVoucher)));
    const [voucher] = out.vouchers as [TestVoucher];
    const wrong = { ...voucher, code: '123456786' };
    expect(await payOffline(out, wrong)).toEqual({ refusal: 'code_refused' });
    expect(await out.till.pay({ locator: { serial: voucher.serial }, code: wrong.code, collectorId: 'x', ...seen })).toEqual({
      refusal: 'code_refused',
    });
  });
});
