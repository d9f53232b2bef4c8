import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { groupsOf, passFaults } from './passes/rules.ts';
import type { Pass } from './types.ts';

describe('passes of matching', () => {
  let platform: TestPlatform;
  let programmeId: string;
  let officer: Client;
  let path: string;
  beforeAll(async () => {
    platform = await startPlatform();
    ({ programmeId } = await makeFrame(platform));
    officer = await platform.as('finance_officer', { programme: programmeId });
    path = `/v1/programmes/${programmeId}/matching-passes`;
  });
  afterAll(() => platform.close());

  const plain = { side: 'post', name: 'by_serial', lineKind: 'payment', target: 'payout', serial: true, reason: 'The serial is the same.' };
  const stated = (pass: object): Pass =>
    ({
      quotes: false,
      serial: false,
      tolerance: '0',
      days: null,
      office: false,
      document: false,
      sums: null,
      reason: 'So it is',
      ...pass,
    }) as Pass;

  it('are shipped for every programme, and break no rule of their own', async () => {
    const { body, headers } = await officer.get(path).expect(200);
    expect(headers['etag']).toBe('"0"');
    expect(body.passes.filter(({ side }: Pass) => side === 'post').map(({ name }: Pass) => name)).toEqual([
      'exact',
      'serial_amount_date',
      'tolerance',
      'document',
      'office_day',
      'office_day_deposit',
      'reversal_of_serial',
      'reversal_of_reference',
      'fee',
      'office_days',
      'office_days_deposit',
      'days',
      'days_deposit',
    ]);
    expect(passFaults(body.passes)).toEqual([]);
    expect(groupsOf(body.passes, 'post').map(({ way, passes }) => [way, passes.length])).toEqual([
      ['quote', 1],
      ['serial', 2],
      ['likeness', 1],
      ['office_day', 1],
      ['office_day', 1],
      ['reversal', 1],
      ['reversal', 1],
      ['record', 1],
      ['days', 1],
      ['days', 1],
      ['days', 1],
      ['days', 1],
    ]);
  });

  it('are set as a new version of all of them, and every version is kept', async () => {
    const { body } = await officer.put(path, '"0"', { reason: 'Only serials', passes: [plain] }).expect(200);
    expect(body).toMatchObject({ version: 1, setBy: officer.userId, passes: [{ ...plain, tolerance: '0', days: null, sums: null }] });
    await officer.put(path, '"0"', { reason: 'From an old copy', passes: [plain] }).expect(409);
    expect((await officer.get(`${path}?version=0`).expect(200)).body.passes).toHaveLength(26);
    await officer.get(`${path}?version=7`).expect(404);
    const events = await platform.owner.query(`select reason from audit_events where command = 'reconciliation.set_passes'`);
    expect(events.rows).toEqual([{ reason: 'Only serials' }]);
  });

  it('are refused, by where they stand, when they would match anything; the database refuses the same', async () => {
    const wrong = [
      { ...plain, serial: false },
      { ...plain, target: 'settlement' },
      { ...plain, name: 'again', lineKind: 'fee' },
      { ...plain, name: 'sums', serial: false, office: true, days: 0, sums: 'office_day', tolerance: '1' },
      { ...plain, name: 'document', serial: false, document: true, days: 2 },
      { ...plain, side: 'bank', name: 'bank', target: 'advance' },
      { ...plain, serial: false, side: 'bank', name: 'near', target: 'settlement', quotes: true, tolerance: '1' },
      { ...plain, serial: false, side: 'bank', name: 'spans', days: 3, sums: 'days' },
    ];
    const { body } = await officer.put(path, '"1"', { reason: 'Wrong', passes: wrong }).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/passes/0',
      '/passes/1',
      '/passes/1/name',
      '/passes/2',
      '/passes/3',
      '/passes/4',
      '/passes/5',
      '/passes/6',
      '/passes/7',
    ]);
    for (const pass of wrong.map(stated))
      await expect(
        platform.owner.query(
          `with made as (insert into matching_pass_sets values ($1, 99, 'Wrong', $1, now()))
          insert into matching_passes values ($1, 99, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'So it is')`,
          [
            programmeId,
            pass.side,
            pass.name,
            pass.lineKind,
            pass.target,
            pass.quotes,
            pass.serial,
            pass.tolerance,
            pass.days,
            pass.office,
            pass.document,
            pass.sums,
          ],
        ),
        pass.name,
      ).rejects.toMatchObject({ constraint: expect.stringMatching(/^matching_passes_(find_something|kind_of_line|exact)$/) });
    await expect(
      platform.owner.query(
        `insert into matching_passes select $1, 1, side, 9, 'added', line_kind, target, quotes, serial from matching_passes limit 1`,
        [programmeId],
      ),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^23/) });
    await officer.put(path, '"1"', { reason: 'Injected', passes: [{ ...plain, name: 'x; drop table' }] }).expect(400);
    await officer.put(path, '"1"', { reason: 'By hand', passes: [{ ...plain, name: 'manual' }] }).expect(400);
  });

  it('are finance’s to set, with a second factor, in its own programme', async () => {
    const change = { reason: 'Mine', passes: [plain] };
    await (await platform.as('auditor')).put(path, '"1"', change).expect(403);
    const stranger = await platform.as('finance_officer', { programme: (await makeFrame(platform)).programmeId });
    await stranger.put(path, '"1"', change).expect(404);
    await stranger.get(path).expect(404);
    await platform.owner.query('update sessions set second_factor_at = $2 where user_id = $1', [officer.userId, new Date(0)]);
    await officer.put(path, '"1"', change).expect(401);
  });
});
