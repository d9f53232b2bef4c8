import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forge, OfflineOffice, type PackOut, payOffline } from '../../test/support/offline.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import type { TestVoucher } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import { Chain } from './device/chain.ts';
import type { SignedEntry, WrongCodeEntry } from './device/entry.ts';

describe('an agent whose software is their own', () => {
  let platform: TestPlatform;
  let office: OfflineOffice;
  beforeAll(async () => {
    platform = await startPlatform();
    office = await OfflineOffice.open(platform, 8);
  });
  afterAll(() => platform.close());

  const now = (): string => platform.clock.now().toISOString();
  const chainOf = (out: PackOut) => Chain.of(out.packId, out.keys, [], async () => {});
  const wrong = (chain: Chain, { serial }: TestVoucher, at: string): Promise<SignedEntry> =>
    chain.add(chain.next<WrongCodeEntry>({ kind: 'wrong_code', at, serial }));
  const reasons = async (out: PackOut, entries: readonly SignedEntry[]) =>
    (await office.send(out, entries).expect(200)).body.entries.map(
      ({ state, reason }: { state: string; reason: string | null }) => reason ?? state,
    );

  it('pays nobody by a code that died when its pay-out was taken back', async () => {
    const out = await office.out(1);
    const [voucher] = out.vouchers as [TestVoucher];
    const chain = await chainOf(out);
    const [one, two, three] = [
      await forge(out, chain, voucher, { at: now() }),
      await wrong(chain, voucher, now()),
      await forge(out, chain, voucher, { at: now() }),
    ];
    expect(await reasons(out, [one, three])).toEqual(['booked', 'waiting']);
    const { rows } = await platform.owner.query('select id from payouts where voucher_id = $1', [voucher.id]);
    await office.stepUp();
    await office.staff.supervisor.post(`/v1/payouts/${rows[0].id}/void`, { reason: 'The wrong envelope' }).expect(200);
    expect(await reasons(out, [two, three])).toEqual(['noted', 'refused']);
    // What the dead code was proved by proves nothing that comes later, and finance cannot accept it either.
    expect(await reasons(out, [await forge(out, chain, voucher, { at: now() })])).toEqual(['code_unproven']);
    for (const { id } of await office.conflictsOf(out.packId))
      expect((await office.resolve(id, 'accepted').expect(409)).body.code).toBe('conflict_not_payable');
    expect(await office.statesOf(out.vouchers)).toEqual(['activated']);
    expect(await office.broken()).toEqual([]);
  });

  it('is counted for wrong codes when they can have been tried, whatever the device says', async () => {
    const out = await office.out(2);
    const [voucher, early] = out.vouchers as [TestVoucher, TestVoucher];
    const chain = await chainOf(out);
    const payout = await forge(out, chain, early, { at: '2019-06-01T10:00:00.000Z' });
    const said = ['0000-01-01T00:00:00.000Z', '9999-12-31T23:59:59.000Z'];
    const entries = [payout, await wrong(chain, voucher, said[0] ?? ''), await wrong(chain, voucher, said[1] ?? '')];
    expect(await reasons(out, entries)).toEqual(['outside_window', 'noted', 'noted']);
    const { rows: counted } = await platform.owner.query(
      `select f.at between k.starts_at and $2 as "isPossible" from failed_codes f, offline_packs k where f.voucher_id = $1 and k.id = $3`,
      [voucher.id, platform.clock.now(), out.packId],
    );
    expect(counted).toEqual([{ isPossible: true }, { isPossible: true }]);
    const { rows: kept } = await platform.owner.query(
      `select payload from offline_entries where pack_id = $1 and kind = 'wrong_code' order by sequence`,
      [out.packId],
    );
    expect(kept.map(({ payload }) => JSON.parse(payload).at)).toEqual(said);
    const [conflict] = await office.conflictsOf(out.packId);
    await office.stepUp();
    expect((await office.resolve(conflict.id, 'accepted').expect(409)).body.code).toBe('conflict_not_payable');
    const app = await platform.applicationClient();
    for (const at of ['0001-01-01 BC', '9999-12-31', 'infinity'])
      await expect(app.query('insert into failed_codes (id, agent_id, at) values ($1, $1, $2)', [newId(), at])).rejects.toMatchObject({
        constraint: 'failed_codes_in_our_time',
      });
  });

  it('has one file of a pack made at a time', async () => {
    const out = await office.out(1);
    const file = () => office.staff.agent.get(`/v1/offline-packs/${out.packId}/file`);
    await platform.owner.query('begin');
    await platform.owner.query('lock table beneficiaries in access exclusive mode');
    const first = file().then(({ status }) => status);
    const isWaiting = async () =>
      (await platform.owner.query(`select from pg_locks where not granted and relation = 'beneficiaries'::regclass`)).rowCount !== 0;
    while (!(await isWaiting()));
    const { body } = await file().expect(429);
    expect(body.code).toBe('file_being_made');
    await platform.owner.query('rollback');
    expect(await first).toBe(200);
    await file().expect(200);
  });

  it('reports for a pack of their own, and little that its device has not signed', async () => {
    const out = await office.out(1);
    await payOffline(out, out.vouchers[0] as TestVoucher);
    const [honest] = out.kept as [SignedEntry];
    const garbage = Array.from({ length: 51 }, (_, i) => ({ payload: `nothing ${i}`, signature: 'nothing' }));
    const colleague = await platform.as('agent', { office: office.frame.officeId });
    await office.send(out, [honest], colleague).expect(404);
    await office.send(out, garbage.slice(0, 49), office.staff.supervisor).expect(200);
    const { body } = await office.send(out, [honest, ...garbage.slice(49)]).expect(409);
    expect(body).toMatchObject({ code: 'too_much_unsigned', errors: [{ pointer: '/entries/1' }, { pointer: '/entries/2' }] });
    expect(await reasons(out, [honest, ...garbage.slice(0, 49)])).toEqual(['booked', ...Array(49).fill('bad_signature')]);
    await Promise.all(garbage.slice(49).map((one) => office.send(out, [one])));
    const { rows } = await platform.owner.query('select count(*)::int as n from offline_entries where pack_id = $1 and not is_genuine', [
      out.packId,
    ]);
    expect(rows).toEqual([{ n: 50 }]);
  });

  it('repeats a report under its key and hears the same', async () => {
    const out = await office.out(1);
    await payOffline(out, out.vouchers[0] as TestVoucher);
    const key = newId();
    const send = () => office.staff.agent.post(`/v1/offline-packs/${out.packId}/syncs`, { length: 1, entries: out.kept }, key).expect(200);
    const { body } = await send();
    expect((await send()).body).toEqual(body);
  });
});
