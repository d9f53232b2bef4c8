import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { changeTerms } from '../../test/support/terms.ts';
import { programmeAt } from './index.ts';

const pilot = { name: 'Pilot', currency: 'DZD', timeZone: 'Africa/Algiers', startsOn: '2026-01-01', endsOn: '2026-12-31' };
const terms = {
  approvalRules: [
    { kind: null, fromAmount: '0', step: 1, role: 'approver', signatures: 1 },
    { kind: null, fromAmount: '0', step: 2, role: 'finance_officer', signatures: 1 },
    { kind: 'emergency_cash', fromAmount: '0', step: 1, role: 'programme_officer', signatures: 1 },
  ],
  kinds: [
    { kind: 'emergency_cash', least: null, most: '20000.00' },
    { kind: 'stipend', least: '1000.00', most: null },
  ],
  purposes: [{ purpose: 'Food', overlap: 'refuse', across: 'programmes', per: 'person', coversDays: 45 }],
  limits: [{ per: 'household', period: 'month', amount: '60000.00' }],
  messages: {
    language: 'ar',
    codesBySms: false,
    senderName: 'INFO 24',
    reminderDays: 7,
    phoneHoldHours: 24,
    segmentPrice: { amount: '4.50', currency: 'DZD' },
  },
  approvalReminderDays: 5,
};

describe('the versions of a programme', () => {
  let platform: TestPlatform;
  let administrator: Client;
  let programmeId: string;
  let app: pg.Client;
  beforeAll(async () => {
    platform = await startPlatform();
    administrator = await platform.as('administrator');
    app = await platform.applicationClient();
    programmeId = (await administrator.post('/v1/programmes', { ...pilot, ...terms, code: 'V-1' }).expect(201)).body.id;
  });
  afterAll(() => platform.close());

  const change = (body: object, version: number) => administrator.patch(`/v1/programmes/${programmeId}`, `"${version}"`, body);
  const refused = (text: string, values: unknown[], constraint: string) =>
    expect(app.query(text, values)).rejects.toMatchObject({ constraint });

  it('each keep what was laid down, who made them, when and why', async () => {
    const { body: first } = await administrator.get(`/v1/programmes/${programmeId}`).expect(200);
    expect(first).toMatchObject(terms);
    const changes = { limits: [], kinds: [{ kind: 'stipend' }], holdThreshold: '0.9', reason: 'Prices have risen' };
    const { body: second } = await change(changes, 1).expect(200);
    const stipend = { kind: 'stipend', least: null, most: null };
    expect(second).toEqual({ ...first, limits: [], kinds: [stipend], holdThreshold: '0.9' });
    const { body: versions } = await administrator.get(`/v1/programmes/${programmeId}/versions`).expect(200);
    expect(versions.items).toMatchObject([
      { number: 2, madeBy: administrator.userId, reason: 'Prices have risen' },
      { number: 1, madeBy: administrator.userId, reason: null },
    ]);
    const { body: before } = await administrator.get(`/v1/programmes/${programmeId}/versions/1`).expect(200);
    expect(before).toMatchObject({ number: 1, reason: null });
    expect(before.programme).toEqual(first);
    expect((await administrator.get(`/v1/programmes/${programmeId}/versions/2`).expect(200)).body.programme).toEqual(second);
    await administrator.get(`/v1/programmes/${programmeId}/versions/3`).expect(404);
    expect(await programmeAt(platform.app.database.reader, programmeId, 1)).toEqual({ programme: first, version: 1 });
    const { rows } = await platform.owner.query(
      `select reason from audit_events where subject_id = $1 and command = 'programmes.change_programme'`,
      [programmeId],
    );
    expect(rows).toEqual([{ reason: 'Prices have risen' }]);
  });

  it('come one at a time, with a reason, to whoever has read the last', async () => {
    const { headers } = await administrator.get(`/v1/programmes/${programmeId}`).expect(200);
    const now = Number(headers['etag']?.slice(1, -1));
    await change({ name: 'Why?' }, now).expect(400);
    await change({ reason: 'For nothing' }, now).expect(400);
    await change({ currency: 'TND', reason: 'Other money' }, now).expect(400);
    const late = await change({ name: 'Late', reason: 'Late' }, now - 1).expect(409);
    expect(late.body.detail).toContain('Read it again');
    const answers = await Promise.all([1, 2, 3, 4].map((n) => change({ name: `Name ${n}`, reason: 'At once' }, now)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const { body } = await administrator.get(`/v1/programmes/${programmeId}/versions?limit=1`).expect(200);
    expect(body.items).toMatchObject([{ number: now + 1, reason: 'At once' }]);
    const { body: rest } = await administrator.get(`/v1/programmes/${programmeId}/versions?cursor=${body.nextCursor}`).expect(200);
    expect(rest.items.map(({ number }: { number: number }) => number)).toEqual(Array.from({ length: now }, (_, i) => now - i));
    await administrator.get(`/v1/programmes/${programmeId}/versions?cursor=x`).expect(400);
  });

  it('are shown to nobody outside, nor whether they exist', async () => {
    const { body: other } = await administrator.post('/v1/programmes', { ...pilot, code: 'V-2' }).expect(201);
    const officer = await platform.as('programme_officer', { programme: other.id });
    await officer.get(`/v1/programmes/${other.id}/versions/1`).expect(200);
    for (const path of ['versions', 'versions/1']) {
      const hidden = await officer.get(`/v1/programmes/${programmeId}/${path}`).expect(404);
      const missing = await officer.get(`/v1/programmes/01936f5e-7b1c-7c3e-9d52-0f4b6c1d2e3f/${path}`).expect(404);
      expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    }
    await officer.patch(`/v1/programmes/${other.id}`, '"1"', { name: 'Mine', reason: 'Mine' }).expect(403);
  });

  it('name every place that is wrong', async () => {
    const wrong = {
      approvalRules: [
        { fromAmount: '0', step: 1, role: 'approver', signatures: 1 },
        { fromAmount: '0.00', step: 1, role: 'approver', signatures: 1 },
        { fromAmount: '1.005', step: 1, role: 'approver', signatures: 1 },
      ],
      kinds: [{ kind: 'stipend', least: '5.00', most: '4.00' }, { kind: 'stipend' }, { kind: 'top_up', most: '0' }],
      purposes: [
        { purpose: 'Food', overlap: 'allow' },
        { purpose: ' food', overlap: 'refuse' },
      ],
      limits: [
        { per: 'person', period: 'month', amount: '0.00' },
        { per: 'person', period: 'month', amount: '1.005' },
      ],
      messages: { language: 'fr', codesBySms: true, senderName: 'OIM Aide', segmentPrice: { amount: '1.005', currency: 'DZD' } },
    };
    const { body } = await administrator.post('/v1/programmes', { ...pilot, ...wrong, code: 'V-3' }).expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/approvalRules/1/step',
      '/approvalRules/2/fromAmount',
      '/kinds/0/most',
      '/kinds/1/kind',
      '/kinds/2/most',
      '/purposes/1/purpose',
      '/limits/0/amount',
      '/limits/1/amount',
      '/limits/1/period',
      '/messages/senderName',
      '/messages/segmentPrice/amount',
    ]);
    const rule = { fromAmount: '0', step: 1, role: 'approver', signatures: 1 };
    const approvalRules = [
      { ...rule, fromAmount: '5' },
      { ...rule, kind: 'stipend', fromAmount: '5', step: 2 },
    ];
    const unsigned = await administrator.post('/v1/programmes', { ...pilot, approvalRules, code: 'V-3' }).expect(422);
    expect(unsigned.body.errors).toMatchObject([
      { pointer: '/approvalRules/1/step' },
      { pointer: '/approvalRules', detail: expect.stringContaining('every kind') },
      { pointer: '/approvalRules', detail: expect.stringContaining('stipend') },
    ]);
  });

  it('cannot be rewritten, skipped or added to, in plain SQL as the application', async () => {
    const denied = (text: string, values: unknown[] = [programmeId]) =>
      expect(app.query(text, values)).rejects.toMatchObject({ code: '42501' });
    await denied(`update programme_versions set name = 'x' where programme_id = $1`);
    await denied('delete from programme_versions where programme_id = $1');
    await denied(`insert into programme_versions select * from programme_versions where programme_id = $1`);
    for (const table of ['approval_rules', 'programme_kinds', 'programme_purposes', 'programme_limits']) {
      await denied(`delete from ${table} where programme_id = $1`);
      await denied(`update ${table} set version = version where programme_id = $1`);
      await expect(platform.owner.query(`delete from ${table}`)).rejects.toMatchObject({ constraint: `${table}_append_only` });
    }
    await expect(platform.owner.query(`update programme_versions set name = 'x'`)).rejects.toMatchObject({
      constraint: 'programme_versions_append_only',
    });
    await denied(`update programmes set currency = 'TND' where id = $1`);
    await denied(`update programmes set time_zone = 'UTC' where id = $1`);
    await refused(`update programmes set name = 'x' where id = $1`, [programmeId], 'programmes_next_version');
    await refused(`update programmes set name = 'x', version = version + 2 where id = $1`, [programmeId], 'programmes_next_version');
    await refused('update programmes set version = version - 1 where id = $1', [programmeId], 'programmes_next_version');
    await refused(
      `update programmes set version = version + 1, change_reason = null where id = $1`,
      [programmeId],
      'programmes_version_by',
    );
    await refused(
      `insert into approval_rules values ($1, 1, 'stipend', 0, 1, 'approver', 1)`,
      [programmeId],
      'approval_rules_made_with_version',
    );
    await refused(`insert into programme_kinds values ($1, 1, 'top_up', 1, 2)`, [programmeId], 'programme_kinds_made_with_version');
    await refused(
      `insert into programme_purposes values ($1, 1, 'rent', 'allow', 'programme', 'person', 1)`,
      [programmeId],
      'programme_purposes_made_with_version',
    );
    await refused(`insert into programme_limits values ($1, 1, 'person', 'year', 1)`, [programmeId], 'programme_limits_made_with_version');
  });

  it('leave no amount and no step without signatures, and no value out of bounds, in plain SQL', async () => {
    const { owner } = platform;
    const changed = (part: Parameters<typeof changeTerms>[2]) => expect(changeTerms({ owner }, programmeId, part)).rejects;
    const every = [null, '0', 1, 'approver', 1] as const;
    for (const approvalRules of [
      [],
      [[null, '5', 1, 'approver', 1] as const],
      [every, ['stipend', '5', 1, 'approver', 1] as const],
      [every, [null, '5', 2, 'approver', 1] as const],
    ]) {
      await changed({ approvalRules }).toMatchObject({ constraint: 'programme_versions_approval' });
    }
    await changed({ approvalRules: [every, every] }).toMatchObject({ constraint: 'approval_rules_one_each' });
    await changed({ approvalRules: [every, [null, '0.001', 1, 'approver', 1]] }).toMatchObject({
      constraint: 'approval_rules_fits_currency',
    });
    await changed({ approvalRules: [every, [null, '5', 1, 'donor', 1]] }).toMatchObject({ constraint: 'approval_rules_role_check' });
    await changed({ approvalRules: [[null, '0', 1, 'approver', 6]] }).toMatchObject({ constraint: 'approval_rules_signatures_check' });
    await changed({ kinds: [['loan', null, null]] }).toMatchObject({ constraint: 'programme_kinds_kind_check' });
    await changed({ kinds: [['stipend', '2', '1']] }).toMatchObject({ constraint: 'programme_kinds_check' });
    await changed({ kinds: [['stipend', '0.001', null]] }).toMatchObject({ constraint: 'programme_kinds_fits_currency' });
    const food = ['Food', 'refuse', 'programmes', 'person', 30] as const;
    await changed({ purposes: [food, ['food', 'allow', 'programme', 'person', 30]] }).toMatchObject({
      constraint: 'programme_purposes_one_each',
    });
    await changed({ purposes: [['food', 'perhaps', 'programme', 'person', 30]] }).toMatchObject({
      constraint: 'programme_purposes_overlap_check',
    });
    await changed({ purposes: [['food', 'allow', 'programme', 'person', 0]] }).toMatchObject({
      constraint: 'programme_purposes_covers_days_check',
    });
    await changed({ limits: [['person', 'week', '1']] }).toMatchObject({ constraint: 'programme_limits_period_check' });
    await changed({ limits: [['person', 'month', '0']] }).toMatchObject({ constraint: 'programme_limits_amount_check' });
    await changed({ limits: [['person', 'month', '0.001']] }).toMatchObject({ constraint: 'programme_limits_fits_currency' });
    await changed({ columns: { sender_name: 'a name that is too long' } }).toMatchObject({ constraint: 'programmes_sender_name_check' });
    await changed({ columns: { ends_on: '2020-01-01' } }).toMatchObject({ constraint: 'programmes_check' });
  });
});
