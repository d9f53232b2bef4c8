import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, receive } from '../../../test/support/fixtures.ts';
import { type Paid, payList, type Wish } from '../../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { post } from '../../ledger/index.ts';
import { Money, newId } from '../../platform/index.ts';
import { type DonorReport, donorReport } from '../index.ts';
import { fundsDue } from './store/reports.ts';

const many = (count: number, wish: Wish): Wish[] => Array.from({ length: count }, () => wish);

describe('the report to a donor', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let donor: Client;
  let finance: Client;
  let firstList: Paid[];
  let report: DonorReport;

  const publish = (to: string) => finance.post(`/v1/funds/${frame.fundId}/reports`, { to });

  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform);
    await platform.owner.query(`insert into wilayas values ('31', 'DZ-31', 'DZ031', 'Oran', 'وهران', null, '1984-02-04'),
      ('25', 'DZ-25', 'DZ025', 'Constantine', 'قسنطينة', null, '1984-02-04')`);
    const household = newId();
    firstList = await payList(platform, frame, [
      ...many(10, { ageBand: '18-59' }),
      ...many(12, { ageBand: '18-59', householdId: household }),
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
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
    donor = await platform.as('donor', { fund: frame.fundId });
    // The contribution of the fixtures is booked today; people were paid before.
    report = (await publish('2026-03-31').expect(201)).body;
  });
  afterAll(() => platform.close());

  it('counts each person and household once, and says how long the cash took', () => {
    expect(report.reached).toEqual({
      people: 64,
      households: 53,
      newPeople: 64,
      newHouseholds: 53,
      toldBefore: 0,
      peopleInPeriod: 64,
      householdsInPeriod: 53,
    });
    expect(report.transfers).toEqual({ sinceStart: 64, inPeriod: 64 });
    // 49 after 9 days, 15 after 20.
    expect(report.daysToCash).toEqual({ sinceStart: { median: 9, p90: 20 }, inPeriod: { median: 9, p90: 20 } });
  });

  it('hides groups under ten and what would give them back', () => {
    const { breakdown } = report;
    const hidden = { people: null, suppressed: true, transfers: null, amount: null, channels: [] };
    expect(breakdown.byWilaya).toMatchObject([
      {
        number: '16',
        name: 'Alger',
        pcode: 'DZ001',
        people: 48,
        suppressed: false,
        transfers: 48,
        amount: { amount: '720000.00' },
        channels: ['post_office'],
      },
      { number: '25', name: 'Constantine', pcode: 'DZ025', ...hidden },
      { number: '31', name: 'Oran', pcode: 'DZ031', ...hidden },
    ]);
    expect(breakdown.byDisability.map(({ people }) => people)).toEqual([null, null]);
    const [female, male, other] = breakdown.bySexAndAge.rows;
    expect(female?.cells.map(({ people }) => people)).toEqual([0, 0, 0, null, null]);
    expect(male?.cells.map(({ people }) => people)).toEqual([0, 12, 0, 15, 11]);
    expect([female, male, other].map((row) => row?.people)).toEqual([26, 38, 0]);
    expect(breakdown.bySexAndAge.totals.map(({ people }) => people)).toEqual([0, 12, 0, 15, 11]);
    expect(breakdown.bySexAndAge.totals.map(({ suppressed }) => suppressed)).toEqual([false, false, false, true, true]);
    expect(breakdown.byKind).toMatchObject([{ kind: 'one_time_grant', people: 64, suppressed: false }]);
  });

  it('goes on where the last one ended, and counts nobody twice', async () => {
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
    const april: DonorReport = (await publish('2026-04-30').expect(201)).body;
    expect(april).toMatchObject({
      number: 2,
      period: { from: '2026-04-01', to: '2026-04-30' },
      reached: { people: 64, households: 53, newPeople: null, peopleInPeriod: 12 },
      transfers: { sinceStart: 76, inPeriod: 12 },
      daysToCash: { inPeriod: { median: 4, p90: 4 } },
      money: {
        inPeriod: { paid: { amount: '30000.00' }, released: { amount: '30000.00' }, fees: { amount: '9900.00' } },
        sinceStart: { paid: { amount: '990000.00' }, outstanding: { amount: '15300.00' } },
        corrections: {},
      },
      costToTransfer: { feesToPaid: '0.0100', paidToTotal: '0.9901' },
    });
    // Whoever was paid again is still counted as they were at first, and the stipend tells of its money.
    expect(april.breakdown.byKind).toMatchObject([
      { kind: 'one_time_grant', people: 64, transfers: 64 },
      { kind: 'stipend', people: 0, transfers: 12, amount: { amount: '30000.00' } },
    ]);
  });

  it('stays as it was published, and the next says what was booked late', async () => {
    const late = await payList(platform, frame, many(11, { paidOn: '2026-04-20', householdId: newId() }));
    expect(late).toHaveLength(11);
    const read: DonorReport = (await donor.get(`/v1/funds/${frame.fundId}/report?number=1`).expect(200)).body;
    expect(read).toEqual(report);
    const may: DonorReport = (await publish('2026-05-31').expect(201)).body;
    expect(may.money.corrections).toMatchObject({ paid: { amount: '165000.00' } });
    expect(may.money.inPeriod.paid.amount).toBe('165000.00');
    expect(may.reached).toMatchObject({ people: 75, newPeople: 11 });
    expect(await donorReport(platform.app.database.reader, frame.fundId)).toEqual(may);
    const { items } = (await donor.get(`/v1/funds/${frame.fundId}/reports?limit=2`).expect(200)).body;
    expect(items).toMatchObject([
      { number: 3, from: '2026-05-01', to: '2026-05-31', publishedBy: finance.userId },
      { number: 2, from: '2026-04-01' },
    ]);
  });

  it('publishes no handful, no day that is not over, and no day twice', async () => {
    await payList(platform, frame, many(9, { paidOn: '2026-06-10' }));
    expect((await publish('2026-06-30').expect(409)).body.code).toBe('too_few_paid');
    await payList(platform, frame, many(1, { paidOn: '2026-06-11' }));
    await publish('2026-06-30').expect(201);
    expect((await publish('2026-06-30').expect(409)).body.code).toBe('report_exists');
    const today = platform.today();
    expect((await publish(today).expect(409)).body.code).toBe('day_not_over');
    await expect(
      platform.owner.query(
        `insert into donor_reports select $1, fund_id, number + 2, to_date + 5, to_date + 9, 0, 0, 0, 0, content, published_by, published_at
          from donor_reports where fund_id = $2 order by number desc limit 1`,
        [newId(), frame.fundId],
      ),
    ).rejects.toMatchObject({ constraint: 'donor_reports_in_turn' });
    await expect(
      platform.owner.query(
        `insert into published_cells (fund_id, number, breakdown, cell, people, is_shown) values ($1, 1, 'wilaya', '99', 9, true)`,
        [frame.fundId],
      ),
    ).rejects.toMatchObject({ constraint: 'published_cells_of_no_handful' });
    await expect(
      platform.owner.query(
        `insert into donor_reports select $1, fund_id, number + 1, to_date + 1, to_date + 9, 9, 0, 0, 0, content, published_by, published_at
          from donor_reports where fund_id = $2 order by number desc limit 1`,
        [newId(), frame.fundId],
      ),
    ).rejects.toMatchObject({ constraint: 'donor_reports_of_no_handful' });
    await expect(platform.owner.query(`update donor_reports set content = '{}'`)).rejects.toMatchObject({
      constraint: 'donor_reports_append_only',
    });
    await expect(platform.owner.query('delete from reported_people')).rejects.toMatchObject({ constraint: 'reported_people_append_only' });
  });

  it('lets one of two publish at once', async () => {
    await payList(platform, frame, many(10, { paidOn: '2026-07-10' }));
    const answers = await Promise.all([publish('2026-07-31'), publish('2026-07-31')]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('publishes a month by itself when it is over, and drafts what comes next', async () => {
    const own = await makeFrame(platform);
    await payList(platform, own, many(12, {}));
    await platform.app.jobs.trigger('reporting.publish_due');
    const reader = await platform.as('donor', { fund: own.fundId });
    await expect.poll(async () => (await reader.get(`/v1/funds/${own.fundId}/report`)).status).toBe(200);
    await platform.app.jobs.trigger('reporting.draft');
    const officer = await platform.as('programme_officer', { programme: own.programmeId });
    await expect
      .poll(async () => (await platform.owner.query('select from report_drafts where fund_id = $1', [own.fundId])).rowCount)
      .toBe(1);
    const draft: DonorReport = (await officer.get(`/v1/funds/${own.fundId}/report-draft`).expect(200)).body;
    expect(draft).toMatchObject({ state: 'draft', reached: { people: 12 } });
    await payList(platform, own, many(3, {}));
    const [kept, fresh] = await Promise.all(
      ['', '?fresh=true'].map(async (query) => (await officer.get(`/v1/funds/${own.fundId}/report-draft${query}`).expect(200)).body),
    );
    expect([kept.transfers.sinceStart, fresh.transfers.sinceStart]).toEqual([12, 15]);
    await reader.get(`/v1/funds/${own.fundId}/report-draft`).expect(403);
  });

  it('says nothing of a handful', async () => {
    const small = await makeFrame(platform);
    await payList(platform, small, many(9, {}));
    const clerk = await platform.as('finance_officer', { programme: small.programmeId });
    await clerk.post(`/v1/funds/${small.fundId}/reports`, { to: '2026-03-31' }).expect(409);
    expect((await clerk.get(`/v1/funds/${small.fundId}/report`).expect(409)).body.code).toBe('no_report_yet');
    const empty = await clerk.post(`/v1/funds/${small.fundId}/reports`, { to: '2026-02-28' }).expect(201);
    expect(empty.body).toMatchObject({ reached: { people: 0, households: 0 }, breakdown: { byWilaya: [] } });
  });

  it('tells of households only where those who share one are none, or ten and more', async () => {
    const own = await makeFrame(platform);
    const clerk = await platform.as('finance_officer', { programme: own.programmeId });
    const publishTo = async (to: string) => (await clerk.post(`/v1/funds/${own.fundId}/reports`, { to }).expect(201)).body.reached;
    const sisters = newId();
    await payList(platform, own, [...many(20, {}), ...many(3, { householdId: sisters })]);
    expect(await publishTo('2026-03-31')).toMatchObject({ people: 23, households: null, newHouseholds: null, householdsInPeriod: null });
    await payList(platform, own, many(12, { paidOn: '2026-04-10', householdId: sisters }));
    expect(await publishTo('2026-04-30')).toMatchObject({ people: 35, households: 21, newHouseholds: 21 });
  });

  it('counts those who waited only with so many more that ten may have come', async () => {
    const own = await makeFrame(platform);
    const clerk = await platform.as('finance_officer', { programme: own.programmeId });
    const publishTo = async (to: string) => (await clerk.post(`/v1/funds/${own.fundId}/reports`, { to }).expect(201)).body.reached;
    // Ten pay-outs within a month are ten people: they wait, and everybody knows of it.
    const first = await payList(platform, own, many(10, {}));
    expect(await publishTo('2026-03-31')).toMatchObject({ people: null, newPeople: null });
    // Eleven more say that there are eleven. Were eighteen counted now, eight would be known to have come.
    await payList(platform, own, [
      ...many(8, { paidOn: '2026-04-10' }),
      ...first.slice(0, 3).map((person) => ({ person, paidOn: '2026-04-10' })),
    ]);
    expect(await publishTo('2026-04-30')).toMatchObject({ people: null, newPeople: null });
    await payList(platform, own, many(10, { paidOn: '2026-05-10' }));
    expect(await publishTo('2026-05-31')).toMatchObject({ people: 28, newPeople: 28 });
    await payList(platform, own, many(11, { paidOn: '2026-06-10' }));
    expect(await publishTo('2026-06-30')).toMatchObject({ people: 39, newPeople: 11 });
  });

  it('counts somebody whose records were merged once', async () => {
    const own = await makeFrame(platform);
    const clerk = await platform.as('finance_officer', { programme: own.programmeId });
    const paid = await payList(platform, own, many(20, {}));
    await clerk.post(`/v1/funds/${own.fundId}/reports`, { to: '2026-03-31' }).expect(201);
    const again = await payList(platform, own, many(25, { paidOn: '2026-04-10' }));
    await platform.owner.query('update beneficiaries set merged_into = $1 where id = $2', [
      again[0]?.beneficiaryId,
      paid[0]?.beneficiaryId,
    ]);
    const { body } = await clerk.post(`/v1/funds/${own.fundId}/reports`, { to: '2026-04-30' }).expect(201);
    expect(body.reached).toMatchObject({ people: 44, newPeople: 24, peopleInPeriod: null });
  });

  it('counts in the report of a second fund whom the first has told of, and breaks them down no more', async () => {
    const own = await makeFrame(platform);
    const second = newId();
    await platform.owner.query(
      `insert into funds (id, programme_id, donor, agreement, currency, agreement_currency, pledged, created_by, created_at)
        values ($1, $2, 'A donor', 'AG-B', 'DZD', 'DZD', 9000, $1, now())`,
      [second, own.programmeId],
    );
    await receive(platform, { programmeId: own.programmeId, fundId: second }, '900000.00');
    const clerk = await platform.as('finance_officer', { programme: own.programmeId });
    const paid = await payList(platform, own, many(25, {}));
    await clerk.post(`/v1/funds/${own.fundId}/reports`, { to: '2026-03-31' }).expect(201);
    await payList(platform, own, [
      ...paid.map((person) => ({ person, paidOn: '2026-04-05', fundId: second })),
      { paidOn: '2026-04-05', sex: 'male' as const, hasDisability: true, fundId: second },
    ]);
    const { body: april } = await clerk.post(`/v1/funds/${second}/reports`, { to: '2026-04-30' }).expect(201);
    // The one beside them waits, and the pay-outs that outnumber the others are told in no place.
    expect(april.reached).toMatchObject({ people: 25, newPeople: 25, toldBefore: 25 });
    expect(april.transfers.inPeriod).toBe(26);
    expect(april.breakdown.people).toBe(0);
    for (const row of april.breakdown.byWilaya) expect(row).toMatchObject({ people: null, transfers: null, amount: null });
    expect(april.breakdown.bySexAndAge.rows.map((row: { people: number }) => row.people)).toEqual([0, 0, 0]);
    await expect(
      platform.owner.query(
        'insert into reported_people select (jsonb_populate_record(r, $1)).* from reported_people r where r.fund_id = $2',
        [{ fund_id: newId() }, own.fundId],
      ),
    ).rejects.toMatchObject({ constraint: 'reported_people_told_once' });
    await payList(platform, own, many(21, { paidOn: '2026-05-05', fundId: second }));
    const { body: may } = await clerk.post(`/v1/funds/${second}/reports`, { to: '2026-05-31' }).expect(201);
    expect(may.reached).toMatchObject({ people: 47, newPeople: 22, toldBefore: 25 });
    expect(may.breakdown).toMatchObject({ people: 22 });
  });

  it('tells pay-outs in no place where they outnumber by a handful those who were told of', async () => {
    const own = await makeFrame(platform);
    const clerk = await platform.as('finance_officer', { programme: own.programmeId });
    const paid = await payList(platform, own, many(30, { amount: '2000.00' }));
    await clerk.post(`/v1/funds/${own.fundId}/reports`, { to: '2026-03-31' }).expect(201);
    const again = paid.map((person) => ({ person, amount: '2000.00', paidOn: '2026-04-05' }));
    await payList(platform, own, [...again, ...many(5, { amount: '2000.00', paidOn: '2026-04-05' })]);
    const { body: april } = await clerk.post(`/v1/funds/${own.fundId}/reports`, { to: '2026-04-30' }).expect(201);
    expect(april).toMatchObject({ transfers: { inPeriod: 35 }, reached: { people: 30, newPeople: null } });
    for (const row of [...april.steps[1].byWilaya, ...april.steps[1].byKind])
      expect(row).toMatchObject({ people: null, transfers: null, amount: null, suppressed: true });
  });

  it('is only for those who gave the fund or work in its programme', async () => {
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('donor', { fund: elsewhere.fundId });
    const hidden = await stranger.get(`/v1/funds/${frame.fundId}/report`).expect(404);
    const missing = await stranger.get(`/v1/funds/${newId()}/report`).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    for (const file of ['report.csv', 'report.xlsx', 'report.xml', 'report.html', 'reports'])
      await stranger.get(`/v1/funds/${frame.fundId}/${file}`).expect(404);
    const outsider = await platform.as('programme_officer', { programme: elsewhere.programmeId });
    await outsider.get(`/v1/funds/${frame.fundId}/report-draft`).expect(404);
    await (await platform.as('programme_officer', { programme: frame.programmeId })).get(`/v1/funds/${frame.fundId}/report`).expect(200);
    await (await platform.as('agent', { office: frame.officeId })).get(`/v1/funds/${frame.fundId}/report`).expect(403);
    await donor.post(`/v1/funds/${frame.fundId}/reports`, { to: '2026-08-31' }).expect(403);
  });

  it('publishes as often as a fund says: by the month, by the quarter, or by hand alone', async () => {
    const own = await makeFrame(platform);
    await payList(platform, own, many(12, {}));
    const clerk = await platform.as('finance_officer', { programme: own.programmeId });
    const about = { organisationRef: 'XM-DAC-41121', organisationName: 'Agency', organisationType: '40' };
    const say = (version: number, publishes?: string) =>
      clerk.put(`/v1/funds/${own.fundId}/report-publisher`, `"${version}"`, { ...about, ...(publishes ? { publishes } : {}) });
    const due = async (moment: string) =>
      (await fundsDue(platform.app.database.reader, new Date(moment), 5)).find(({ id }) => id === own.fundId)?.to;
    const soon = '2031-06-10T12:00:00Z';
    expect((await say(0).expect(200)).body.publishes).toBe('monthly');
    expect([await due(soon), await due('2031-07-10T12:00:00Z')]).toEqual(['2031-05-31', '2031-06-30']);
    expect((await say(1, 'quarterly').expect(200)).body.publishes).toBe('quarterly');
    expect([await due(soon), await due('2031-07-03T12:00:00Z'), await due('2031-07-10T12:00:00Z')]).toEqual([
      '2031-03-31',
      '2031-03-31',
      '2031-06-30',
    ]);
    await say(2, 'by_hand').expect(200);
    expect(await due(soon)).toBeUndefined();
    await say(3, 'weekly').expect(400);
    await expect(
      platform.owner.query(`update report_publishers set publishes = 'weekly' where fund_id = $1`, [own.fundId]),
    ).rejects.toMatchObject({
      code: '23514',
    });
  });

  it('goes on with other funds when one fails, and ends one report after the last movement', async () => {
    const [broken, closed] = [await makeFrame(platform), await makeFrame(platform)];
    for (const own of [broken, closed]) await payList(platform, own, many(12, {}));
    const reportsOf = async (own: Frame): Promise<number> =>
      (await platform.owner.query('select from donor_reports where fund_id = $1', [own.fundId])).rowCount ?? 0;
    await platform.owner.query(`create function refuse_broken() returns trigger language plpgsql as $$
      begin if new.fund_id = '${broken.fundId}' then raise exception 'broken'; end if; return new; end $$`);
    await platform.owner.query('create trigger broken before insert on donor_reports for each row execute function refuse_broken()');
    await platform.app.jobs.trigger('reporting.publish_due');
    await expect.poll(() => reportsOf(closed), { timeout: 10_000 }).toBe(1);
    expect(await reportsOf(broken)).toBe(0);
    await platform.owner.query('drop trigger broken on donor_reports');
    // The contribution is booked today: the next month tells of it, the one after that of what was booked late, and none after that.
    for (const number of [2, 3, 3, 3]) {
      platform.clock.skip(31 * 86_400_000);
      const due = await fundsDue(platform.app.database.reader, platform.clock.now(), 5);
      expect(due.some(({ id }) => id === closed.fundId)).toBe((await reportsOf(closed)) < number);
      await platform.app.jobs.trigger('reporting.publish_due');
      await expect.poll(() => reportsOf(closed), { timeout: 10_000 }).toBe(number);
    }
  });
});
