import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Paid, payList, type Wish } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { post } from '../ledger/index.ts';
import { Money, newId } from '../platform/index.ts';
import { type DonorReport, donorReport } from './index.ts';

const many = (count: number, wish: Wish): Wish[] => Array.from({ length: count }, () => wish);

describe('the report to a donor', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let donor: Client;
  let firstList: Paid[];
  let report: DonorReport;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    await platform.owner.query(`insert into wilayas values ('31', 'DZ-31', 'DZ031', 'Oran', 'وهران', null, '1984-02-04'),
      ('25', 'DZ-25', 'DZ025', 'Constantine', 'قسنطينة', null, '1984-02-04')`);
    const household = newId();
    firstList = await payList(platform, frame, [
      ...many(20, { ageBand: '18-59' }),
      ...many(2, { ageBand: '18-59', householdId: household }),
      ...many(15, { sex: 'male', ageBand: '18-59', paidOn: '2026-03-21' }),
      ...many(12, { sex: 'male', ageBand: '6-11', wilaya: '25' }),
      ...many(4, { ageBand: '60+', wilaya: '31', hasDisability: true }),
      ...many(11, { sex: 'male', ageBand: '60+' }),
      { outcome: 'voided' },
      { outcome: 'expired', amount: '100.00' },
      { outcome: 'cancelled', amount: '200.00' },
      { outcome: 'live', amount: '300.00' },
      { outcome: 'returned', amount: '400.00' },
    ]);
    await payList(
      platform,
      frame,
      firstList.slice(0, 12).map((person) => ({ person, amount: '2500.00', paidOn: '2026-04-05', ageBand: '60+' })),
      { kind: 'stipend', approvedAt: '2026-04-01T09:00:00Z' },
    );
    await platform.app.database.transaction((tx) =>
      post(tx, new Date('2026-04-10T09:00:00Z'), [
        {
          event: 'fee',
          programmeId: frame.programmeId,
          fundId: frame.fundId,
          subject: { type: 'fee', id: newId() },
          amount: Money.of('9900.00', 'DZD'),
          officeId: frame.officeId,
        },
      ]),
    );
    donor = await platform.as('donor', { fund: frame.fundId });
    report = (await donor.get(`/v1/funds/${frame.fundId}/report`).expect(200)).body;
  });
  afterAll(() => platform.close());

  const balance = async (kind: string): Promise<string> =>
    (
      await platform.owner.query(
        `select (-sum(p.amount))::text as balance
    from postings p join accounts a on a.id = p.account_id where a.fund_id = $1 and a.kind = $2`,
        [frame.fundId, kind],
      )
    ).rows[0].balance;

  it('says of money what the ledger and the lists say', async () => {
    const amounts = Object.fromEntries(Object.entries(report.money).map(([name, { amount }]) => [name, amount]));
    // 64 paid 15,000; 12 paid 2,500; one void and one live still outstanding.
    expect(amounts).toEqual({
      received: '10000000.00',
      committed: '1005600.00',
      released: '1005600.00',
      paid: '990000.00',
      outstanding: '15300.00',
      expired: '100.00',
      cancelled: '200.00',
      returned: '400.00',
      fees: '9900.00',
    });
    expect(amounts['outstanding']).toBe(await balance('vouchers_outstanding'));
    const paid = await platform.owner.query(
      `select sum(p.amount)::text as paid from payouts p join vouchers v on v.id = p.voucher_id
      where v.fund_id = $1 and p.voided_at is null`,
      [frame.fundId],
    );
    expect(amounts['paid']).toBe(paid.rows[0].paid);
    const money = (amount: string | undefined) => Money.of(amount ?? '0', 'DZD');
    const { received, released, outstanding, expired, cancelled, fees } = amounts;
    expect(Money.sum([amounts['paid'], outstanding, expired, cancelled].map(money), 'DZD').toString()).toBe(released);
    const held = [await balance('fund_available'), await balance('fund_committed'), outstanding, amounts['paid'], fees];
    expect(Money.sum(held.map(money), 'DZD').toString()).toBe(received);
    expect(report.costToTransfer).toEqual({ feesToPaid: '0.0100', paidToTotal: '0.9901' });
  });

  it('counts each person and household once, and says how long the cash took', () => {
    expect(report.reached).toEqual({ people: 64, households: 63 });
    expect(report.byKind).toEqual([
      { kind: 'one_time_grant', people: 64, suppressed: false },
      { kind: 'stipend', people: 12, suppressed: false },
    ]);
    // 49 after 9 days, 15 after 20, 12 after 4.
    expect(report.daysToCash).toEqual({ median: 9, p90: 20, suppressed: false });
  });

  it('hides groups under ten and what would give them back', () => {
    expect(report.byWilaya).toEqual([
      { number: '16', name: 'Alger', pcode: 'DZ001', people: 48, suppressed: false },
      { number: '25', name: 'Constantine', pcode: 'DZ025', people: null, suppressed: true },
      { number: '31', name: 'Oran', pcode: 'DZ031', people: null, suppressed: true },
    ]);
    expect(report.byDisability.map(({ people }) => people)).toEqual([null, null]);
    const [female, male, other] = report.bySexAndAge.rows;
    // Those who were paid again count as they were then: 12 women are 60+ by their second payment, and four were before.
    expect(female?.cells.map(({ people }) => people)).toEqual([0, 0, 0, 10, 16]);
    expect(male?.cells.map(({ people }) => people)).toEqual([0, 12, 0, 15, 11]);
    expect(other?.total).toEqual({ people: 0, suppressed: false });
    expect(report.bySexAndAge.totals.map(({ people }) => people)).toEqual([0, 12, 0, 25, 27]);
  });

  it('covers whole months only, and what happened in them', async () => {
    const april: DonorReport = (await donor.get(`/v1/funds/${frame.fundId}/report?from=2026-04-01&to=2026-04-30`).expect(200)).body;
    expect(april.money).toMatchObject({
      paid: { amount: '30000.00' },
      released: { amount: '30000.00' },
      fees: { amount: '9900.00' },
      outstanding: { amount: '15300.00' },
      expired: { amount: '0.00' },
    });
    expect(april.reached).toEqual({ people: 12, households: 12 });
    expect(april.daysToCash).toEqual({ median: 4, p90: 4, suppressed: false });
    const empty: DonorReport = (await donor.get(`/v1/funds/${frame.fundId}/report?to=2026-02-28`).expect(200)).body;
    expect(empty).toMatchObject({
      reached: { people: 0, households: 0 },
      byWilaya: [],
      costToTransfer: { feesToPaid: null, paidToTotal: null },
    });
    await donor.get(`/v1/funds/${frame.fundId}/report?from=2026-04-02`).expect(422);
    await donor.get(`/v1/funds/${frame.fundId}/report?to=2026-04-29`).expect(422);
    await donor.get(`/v1/funds/${frame.fundId}/report?from=2026-05-01&to=2026-03-31`).expect(422);
    expect(await donorReport(platform.app.database.reader, frame.fundId)).toEqual(report);
  });

  it('says nothing of a handful', async () => {
    const small = await makeFrame(platform);
    await payList(platform, small, many(9, {}));
    const reader = await platform.as('finance_officer', { programme: small.programmeId });
    const { body } = await reader.get(`/v1/funds/${small.fundId}/report`).expect(200);
    expect(body.reached).toEqual({ people: null, households: null });
    expect(body.daysToCash).toEqual({ median: null, p90: null, suppressed: true });
    expect(JSON.stringify(body)).not.toContain('"people":9');
  });

  it('comes as a file with HXL tags, in which no cell is a formula', async () => {
    await platform.owner.query(
      `update funds set version = version + 1, changed_by = id, changed_at = now(), donor = '=HYPERLINK("http://example.org")' where id = $1`,
      [frame.fundId],
    );
    const { text, headers } = await donor.get(`/v1/funds/${frame.fundId}/report.csv`).expect(200);
    expect(headers['content-type']).toContain('text/csv');
    expect(headers['content-disposition']).toContain('.csv');
    const [, tags, ...rows] = text.trim().split('\n');
    expect(tags).toMatch(/^#meta\+id,#org\+funding\+name,/);
    for (const tag of tags?.split(',') ?? []) expect(tag).toMatch(/^#[a-z0-9]+(\+[a-z_0-9]+)*$/);
    expect(rows.every((row) => row.includes(`"'=HYPERLINK(""http://example.org"")"`))).toBe(true);
    expect(rows.find((row) => row.includes(',paid,'))).toMatch(/,990000\.00,DZD,shown$/);
    expect(rows.find((row) => row.includes(',Oran,'))).toMatch(/,DZ031,,,,,,,suppressed$/);
  });

  it('is only for those who gave the fund or work in its programme', async () => {
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('donor', { fund: elsewhere.fundId });
    const hidden = await stranger.get(`/v1/funds/${frame.fundId}/report`).expect(404);
    const missing = await stranger.get(`/v1/funds/${newId()}/report`).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    await stranger.get(`/v1/funds/${frame.fundId}/report.csv`).expect(404);
    await (await platform.as('programme_officer', { programme: elsewhere.programmeId }))
      .get(`/v1/funds/${frame.fundId}/report`)
      .expect(404);
    await (await platform.as('programme_officer', { programme: frame.programmeId })).get(`/v1/funds/${frame.fundId}/report`).expect(200);
    await (await platform.as('agent', { office: frame.officeId })).get(`/v1/funds/${frame.fundId}/report`).expect(403);
  });
});
