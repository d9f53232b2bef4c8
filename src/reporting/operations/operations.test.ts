import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { system } from '../../../src/access/index.ts';
import { type Frame, makeFrame, makePerson } from '../../../test/support/fixtures.ts';
import { payList } from '../../../test/support/paid.ts';
import { someDefinition } from '../../../test/support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newId } from '../../platform/index.ts';
import { foldOperations } from './folding/commands.ts';
import { forecastOperations } from './forecast/commands.ts';

describe('the views of officers', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let gatewayId: string;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    platform.clock.skip(Date.parse('2026-03-20T12:00:00Z') - platform.clock.now().getTime());
    frame = await makeFrame(platform);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    await platform.owner.query(`insert into wilayas values ('31', 'DZ-31', 'DZ031', 'Oran', 'وهران', null, '1984-02-04')`);
    // Signed on the first of March at nine; those of Algiers were paid two days later, those of Oran ten.
    await payList(platform, frame, [
      ...Array.from({ length: 4 }, () => ({ paidOn: '2026-03-03' })),
      ...Array.from({ length: 2 }, () => ({ paidOn: '2026-03-11', wilaya: '31' })),
      { outcome: 'voided', paidOn: '2026-03-03' },
      { outcome: 'expired', amount: '100.00' },
      { outcome: 'cancelled', amount: '200.00' },
      { outcome: 'live', amount: '300.00' },
      { outcome: 'returned', amount: '400.00' },
    ]);
    await assess(['eligible', 'not_eligible', 'not_assessable', undefined]);
    gatewayId = await sendMessages();
    await platform.app.execute(foldOperations, {}, { actor: system });
  });
  afterAll(() => platform.close());

  /** Enrols somebody for each outcome, and assesses them to it. */
  async function assess(outcomes: readonly (string | undefined)[]): Promise<void> {
    const scorecard = newId();
    await platform.owner.query(
      'insert into scorecards (id, programme_id, version, definition, created_by, created_at) values ($1, $2, 77, $3, $1, now())',
      [scorecard, frame.programmeId, someDefinition()],
    );
    for (const outcome of outcomes) {
      const { id } = await makePerson(platform, frame.programmeId);
      if (outcome)
        await platform.owner.query(
          `insert into assessments (scorecard_id, beneficiary_id, number, outcome, score, findings, assessed_at) values ($1, $2, 1, $3, 100, '', now())`,
          [scorecard, id, outcome],
        );
    }
  }

  /** A code for every voucher of wilaya 31 that arrived, one for another that failed, and one that waits. */
  async function sendMessages(): Promise<string> {
    const id = newId();
    await platform.owner.query(
      `insert into gateways (id, name, kind, position, per_second, settings, credentials, changed_by, created_by, created_at)
      values ($1, 'Operator', 'outbox', 1, 10, '{}', '', array[$1]::uuid[], $1, now())`,
      [id],
    );
    await platform.owner.query(
      `set session_replication_role = replica; update programmes set segment_price = 2.5, segment_currency = 'DZD' where id = '${frame.programmeId}';
      set session_replication_role = origin`,
    );
    await platform.owner.query(
      `insert into messages (id, kind, voucher_id, counter, beneficiary_id, list_id, created_at)
      select gen_random_uuid(), 'code', v.id, 0, v.beneficiary_id, v.list_id, '2026-03-01T10:00Z' from vouchers v join payment_list_lines l on l.id = v.line_id
      where v.programme_id = $1 and (l.wilaya_number = '31' or v.amount in (100, 300))`,
      [frame.programmeId],
    );
    const move = (change: string, where: string) =>
      platform.owner.query(
        `update messages m set ${change} from vouchers v join payment_list_lines l on l.id = v.line_id
        where v.id = m.voucher_id and v.programme_id = '${frame.programmeId}' and ${where}`,
      );
    await move(`state = 'accepted', gateway_id = '${id}', segments = 2, accepted_at = '2026-03-01T10:00:00Z'`, `l.wilaya_number = '31'`);
    await move(`state = 'delivered', reported_at = '2026-03-01T10:00:10Z'`, `l.wilaya_number = '31'`);
    await move(`state = 'failed', gateway_id = '${id}', last_error = 'number_invalid'`, 'v.amount = 100');
    return id;
  }

  const view = async (path: string, by = officer) =>
    (await by.get(`/v1/programmes/${frame.programmeId}/operations/${path}`).expect(200)).body;
  const pick = (rows: readonly Record<string, unknown>[], ...columns: string[]) => rows.map((row) => columns.map((column) => row[column]));

  it('tell how far people and payments have come, and what became of the others', async () => {
    const { rows } = await view('funnel');
    expect(pick(rows, 'step', 'outcome', 'reason', 'people', 'payments', 'amount')).toEqual([
      ['enrolled', 'reached', null, 4, null, null],
      ['assessed', 'reached', null, 2, null, null],
      ['assessed', 'waiting', 'not_assessed', 1, null, null],
      ['assessed', 'fell_out', 'not_assessable', 1, null, null],
      ['eligible', 'reached', null, 1, null, null],
      ['eligible', 'fell_out', 'not_eligible', 1, null, null],
      ['listed', 'reached', null, 11, 11, '106000.00'],
      ['listed', 'waiting', 'on_no_list', 1, null, null],
      ['approved', 'reached', null, 11, 11, '106000.00'],
      ['released', 'reached', null, 10, 10, '105600.00'],
      ['released', 'fell_out', 'consent_withdrawn', null, 1, '400.00'],
      ['sent', 'reached', null, 10, 10, '105600.00'],
      ['delivered', 'reached', null, 2, 2, '30000.00'],
      ['delivered', 'waiting', 'no_receipt', null, 8, '75600.00'],
      ['paid', 'reached', null, 6, 6, '90000.00'],
      ['paid', 'waiting', 'activated', null, 2, '15300.00'],
      ['paid', 'fell_out', 'expired', null, 1, '100.00'],
      ['paid', 'fell_out', 'cancelled', null, 1, '200.00'],
    ]);
    const narrowed = await view(`funnel?fundId=${frame.fundId}&wilayaNumber=31`);
    expect(narrowed.peopleAsOf).toBeNull();
    expect(pick(narrowed.rows, 'step', 'people', 'payments')).toEqual(
      ['listed', 'approved', 'released', 'sent', 'delivered', 'paid'].map((step) => [step, null, 2]),
    );
    expect((await view('funnel?to=2020-01-01')).rows.every(({ payments }: { payments: number }) => payments === 0)).toBe(true);
  });

  it('tell how long codes have been waiting', async () => {
    const row = {
      officeId: null,
      listId: null,
      fundId: null,
      state: 'activated',
      ageBand: '15-30',
      expiringCodes: 0,
      expiringAmount: '0.00',
    };
    expect((await view('unpaid-codes')).rows).toEqual([{ ...row, wilayaNumber: '16', codes: 2, amount: '15300.00' }]);
    expect((await view('unpaid-codes?groupBy=office')).rows).toEqual([{ ...row, wilayaNumber: null, codes: 2, amount: '15300.00' }]);
    expect((await view('unpaid-codes?wilayaNumber=31')).rows).toEqual([]);
  });

  it('tell how long people waited for their cash', async () => {
    expect(pick((await view('time-to-cash')).rows, 'wilayaNumber', 'payments', 'medianDays', 'p90Days')).toEqual([
      ['16', 4, 3, 3],
      ['31', 2, 11, 11],
    ]);
    expect(pick((await view('time-to-cash?groupBy=office')).rows, 'officeId', 'payments', 'medianDays', 'p90Days')).toEqual([
      [frame.officeId, 6, 3, 11],
    ]);
    expect(pick((await view('time-to-cash?groupBy=month&from=2026-03-01&to=2026-03-31')).rows, 'month', 'payments')).toEqual([
      ['2026-03', 6],
    ]);
    expect((await view('time-to-cash?groupBy=programme&from=2026-04-01')).rows).toEqual([]);
    const path = `/v1/programmes/${frame.programmeId}/operations/time-to-cash`;
    expect((await officer.get(`${path}?from=2026-03-02`).expect(422)).body.errors[0].pointer).toBe('/query/from');
    await officer.get(`${path}?groupBy=office&wilayaNumber=16`).expect(422);
  });

  it('tell what offices paid', async () => {
    const [office] = (await view('office-load')).rows;
    expect(office).toMatchObject({
      officeCode: frame.officeCode,
      payouts: 7,
      amount: '105000.00',
      voids: 1,
      voidedAmount: '15000.00',
      wrongCodes: 0,
      withoutCash: 0,
      dayLimit: null,
      hasCash: true,
    });
    expect(pick((await view('office-load?groupBy=day')).rows, 'day', 'payouts', 'voids')).toEqual([
      ['2026-03-03', 5, 1],
      ['2026-03-11', 2, 0],
    ]);
    expect(pick((await view(`office-load?groupBy=hour&officeId=${frame.officeId}`)).rows, 'hour', 'payouts', 'voids')).toEqual([
      [10, 7, null],
    ]);
  });

  it('tell how messages fared', async () => {
    expect(
      pick((await view('sms-delivery')).rows, 'gatewayId', 'queued', 'sent', 'accepted', 'delivered', 'failed', 'dead', 'segments', 'cost'),
    ).toEqual([
      [null, 1, 0, 0, 0, 0, 0, 0, '0.00'],
      [gatewayId, 0, 3, 2, 2, 1, 1, 4, '10.00'],
    ]);
    // Ten seconds lie between 2^(13/4) and 2^(14/4).
    expect(pick((await view('sms-delivery?groupBy=day')).rows, 'day', 'medianReceiptSeconds')).toEqual([['2026-03-01', 12]]);
    expect(pick((await view('sms-delivery?groupBy=language')).rows, 'language', 'queued', 'sent')).toEqual([['fr', 1, 3]]);
    expect(pick((await view('sms-delivery?groupBy=reason')).rows, 'reason', 'sent')).toEqual([
      [null, 2],
      ['number_invalid', 1],
    ]);
  });

  it('tell what funds hold and what will be wanted of them', async () => {
    await platform.app.execute(forecastOperations, { programmeId: frame.programmeId }, { actor: system });
    const { rows, runsDry, forecastAsOf } = await view('budget');
    // What was returned is owed again.
    expect(rows).toEqual([
      {
        fundId: frame.fundId,
        month: '2026-03',
        available: '9894700.00',
        committed: '0.00',
        released: '105600.00',
        paid: '90000.00',
        fees: '0.00',
        expected: '400.00',
        left: '9894300.00',
      },
    ]);
    expect(runsDry).toEqual([]);
    expect(forecastAsOf).not.toBeNull();
  });

  it('are tables too', async () => {
    const { text, headers } = await officer.get(`/v1/programmes/${frame.programmeId}/operations/time-to-cash?format=csv`).expect(200);
    expect(headers['content-type']).toContain('text/csv');
    expect(text.trim().split(/\r?\n/)).toEqual([
      'wilayaNumber,officeId,month,payments,medianDays,p90Days,currency',
      '16,,,4,3,3,DZD',
      '31,,,2,11,11,DZD',
    ]);
  });

  it('are for those who run a programme, and of their own', async () => {
    const other = await makeFrame(platform);
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    const agent = await platform.as('agent', { office: frame.officeId });
    const keeper = await platform.as('finance_officer', { fund: frame.fundId });
    for (const path of [
      'funnel',
      'unpaid-codes',
      'time-to-cash',
      'office-load',
      'sms-delivery',
      'duplicates',
      'duplicate-decisions',
      'exceptions',
      'budget',
    ]) {
      await finance.get(`/v1/programmes/${frame.programmeId}/operations/${path}`).expect(200);
      await finance.get(`/v1/programmes/${other.programmeId}/operations/${path}`).expect(404);
      await agent.get(`/v1/programmes/${frame.programmeId}/operations/${path}`).expect(403);
    }
    await officer.get(`/v1/programmes/${frame.programmeId}/operations/exceptions`).expect(403);
    await keeper.get(`/v1/programmes/${frame.programmeId}/operations/funnel`).expect(404);
    await keeper.get(`/v1/programmes/${frame.programmeId}/operations/funnel?fundId=${frame.fundId}`).expect(200);
    await keeper.get(`/v1/programmes/${other.programmeId}/operations/funnel?fundId=${frame.fundId}`).expect(404);
    await finance.get(`/v1/programmes/${frame.programmeId}/operations/budget?fundId=${other.fundId}`).expect(404);
  });
});
