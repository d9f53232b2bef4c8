import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../../test/support/platform.ts';
import { system } from '../../../access/index.ts';
import { dateIn, Money, newId } from '../../../platform/index.ts';
import { forecastOperations } from '../forecast/commands.ts';
import { operationsJobs } from '../jobs.ts';
import { budgetOf, drawn } from './rules.ts';

const dzd = (amount: string) => Money.of(amount, 'DZD');

describe('what funds are asked for', () => {
  it('is drawn from each as far as it goes, and what none is left for is told', () => {
    const needs = [
      { month: '2026-04', amount: '60.00' },
      { month: '2026-05', amount: '60.00' },
      { month: '2026-06', amount: '60.00' },
    ];
    const { rows, runsDry } = drawn(
      [
        { id: 'first', available: dzd('100.00') },
        { id: 'second', available: dzd('50.00') },
      ],
      needs,
      'DZD',
    );
    expect(rows.map(({ fundId, month, expected, left }) => [fundId, month, String(expected), left && String(left)])).toEqual([
      ['first', '2026-04', '60.00', '40.00'],
      ['second', '2026-04', '0.00', '50.00'],
      ['first', '2026-05', '40.00', '0.00'],
      ['second', '2026-05', '20.00', '30.00'],
      ['first', '2026-06', '0.00', '0.00'],
      ['second', '2026-06', '30.00', '0.00'],
      [null, '2026-06', '30.00', null],
    ]);
    expect(runsDry).toEqual([
      { fundId: 'first', month: '2026-05' },
      { fundId: 'second', month: '2026-06' },
    ]);
  });

  it('is all that is wanted, whatever is there', () => {
    const amount = fc.nat(10_000).map((units) => `${units}.00`);
    fc.assert(
      fc.property(fc.array(amount, { maxLength: 4 }), fc.array(amount, { minLength: 1, maxLength: 6 }), (held, wanted) => {
        const funds = held.map((available, n) => ({ id: `fund ${n}`, available: dzd(available) }));
        const { rows } = drawn(
          funds,
          wanted.map((sum, n) => ({ month: `2026-0${n + 1}`, amount: sum })),
          'DZD',
        );
        const drawnInAll = Money.sum(
          rows.map(({ expected }) => expected),
          'DZD',
        );
        expect(String(drawnInAll)).toBe(String(Money.sum(wanted.map(dzd), 'DZD')));
        expect(rows.every(({ left }) => left === null || !left.isNegative)).toBe(true);
      }),
    );
  });

  it('is wanted this month when it should have been paid before, and every month between has a row', () => {
    const { rows } = budgetOf(
      ['fund'],
      [
        { fundId: 'fund', figure: 'available', month: '2026-01', amount: '100.00' },
        { fundId: 'fund', figure: 'available', month: '2026-03', amount: '-30.00' },
        { fundId: 'fund', figure: 'paid', month: '2026-03', amount: '25.00' },
      ],
      [
        { month: '2025-12', amount: '5.00' },
        { month: '2026-05', amount: '10.00' },
      ],
      '2026-03',
      'DZD',
    );
    expect(rows.map(({ month, available, paid, expected, left }) => [month, available, paid, expected, left])).toEqual([
      ['2026-01', '100.00', '0.00', null, null],
      ['2026-02', '100.00', '0.00', null, null],
      ['2026-03', '70.00', '25.00', '5.00', '65.00'],
      ['2026-04', null, null, '0.00', '65.00'],
      ['2026-05', null, null, '10.00', '55.00'],
    ]);
  });
});

describe('the budget of a programme', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    platform.clock.skip(Date.parse('2027-03-31T12:00:00Z') - platform.clock.now().getTime());
    frame = await makeFrame(platform, '25000.00');
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const budget = async () => (await officer.get(`/v1/programmes/${frame.programmeId}/operations/budget`).expect(200)).body;

  it('foresees what stipends will owe, without those who were stopped, and when the fund runs dry', async () => {
    const people = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    const plan = {
      kind: 'stipend',
      name: `Plan ${newId()}`,
      purpose: 'rent',
      amountRule: { rule: 'fixed', amount: '10000.00' },
      every: 'month',
      startsOn: '2027-04-01',
      count: 3,
    };
    const { id: planId } = (await officer.post(`/v1/programmes/${frame.programmeId}/plans`, plan).expect(201)).body;
    const beneficiaryIds = people.map(({ id }) => id);
    await officer.post(`/v1/plans/${planId}/entitlements`, { beneficiaryIds, reason: 'Case conference' }).expect(200);
    expect(dateIn('Africa/Algiers', platform.clock.now())).toBe('2027-03-31');
    const forecast = async () => {
      await platform.app.execute(forecastOperations, { programmeId: frame.programmeId }, { actor: system });
      const { rows, runsDry } = await budget();
      return { rows: rows.map((row: Record<string, string>) => [row['fundId'], row['month'], row['expected'], row['left']]), runsDry };
    };
    expect(await forecast()).toEqual({
      rows: [
        [frame.fundId, '2027-03', '0.00', '25000.00'],
        [frame.fundId, '2027-04', '20000.00', '5000.00'],
        [frame.fundId, '2027-05', '5000.00', '0.00'],
        [frame.fundId, '2027-06', '0.00', '0.00'],
        [null, '2027-05', '15000.00', null],
        [null, '2027-06', '20000.00', null],
      ],
      runsDry: [{ fundId: frame.fundId, month: '2027-05' }],
    });
    const { rows: found } = await platform.owner.query('select id from entitlements where plan_id = $1 order by id limit 1', [planId]);
    await officer
      .post(`/v1/entitlements/${found[0].id}/changes`, { change: 'stop', from: '2027-04-01', reason: 'Case conference' })
      .expect(200);
    expect((await forecast()).rows).toEqual([
      [frame.fundId, '2027-03', '0.00', '25000.00'],
      [frame.fundId, '2027-04', '10000.00', '15000.00'],
      [frame.fundId, '2027-05', '10000.00', '5000.00'],
      [frame.fundId, '2027-06', '5000.00', '0.00'],
      [null, '2027-06', '5000.00', null],
    ]);
  });

  it('is worked out anew by the job once an hour', async () => {
    const { app, clock } = platform;
    const job = operationsJobs({ db: app.database.reader, execute: app.execute, clock }).find(({ name }) => name === 'operations.forecast');
    const at = async () => (await budget()).forecastAsOf;
    const before = await at();
    await job?.run({});
    expect(await at()).toBe(before);
    platform.clock.skip(3_600_000);
    await job?.run({});
    expect(Date.parse(await at()) - Date.parse(before)).toBeGreaterThanOrEqual(3_600_000);
  });
});
