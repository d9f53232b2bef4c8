import { randomUUID } from 'node:crypto';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../test/support/erase.ts';
import { asBytes, tableIn, unage } from '../../test/support/exports.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { startAggregator, statusOnly } from '../../test/support/gateways.ts';
import { payList } from '../../test/support/paid.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { daysLater, turnsOf } from '../../test/support/scheduled.ts';
import { jobsOf, openWebhook } from '../../test/support/webhooks.ts';
import { dateIn, newId } from '../platform/index.ts';

describe('scheduled exports', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let colleague: Client;
  let identity: string;
  let recipient: string;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false, environment: { EXPORTED_PEOPLE_PER_DAY_AT_MOST: '20' } });
    identity = await generateIdentity();
    recipient = await identityToRecipient(identity);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    frame = await makeFrame(platform);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    colleague = await platform.as('programme_officer', { programme: frame.programmeId });
  });

  const wanted = (changes: object = {}) => ({
    name: 'Pay-outs of the day',
    dataset: 'payouts',
    format: 'csv',
    period: 'day',
    schedule: { every: 'day', hour: 0 },
    purpose: 'monitoring',
    reason: 'The books of the agency',
    ...changes,
  });
  const people = (changes: object = {}) => wanted({ dataset: 'beneficiaries', recipient, ...changes });
  const path = () => `/v1/programmes/${frame.programmeId}/export-definitions`;
  const at = (id: string, rest = '') => `/v1/export-definitions/${id}${rest}`;
  const define = async (body: object, by = officer) => (await by.post(path(), body).expect(201)).body;
  const approved = async (body: object) => (await colleague.post(at((await define(body)).id, '/approve')).expect(200)).body;
  const turn = async () => {
    await turnsOf(platform).begin_due();
    await platform.settled();
  };
  const runs = async (id: string, by = officer) => (await by.get(at(id, '/runs')).expect(200)).body.items;
  const shown = async (id: string) => (await officer.get(at(id)).expect(200)).body;
  const today = () => dateIn('Africa/Algiers', platform.clock.now());

  it('writes what is due, once a day, and hands it to whom it is for alone', async () => {
    const definition = await define(wanted());
    expect(definition).toMatchObject({ state: 'on', isPersonal: false, ownerId: officer.userId, recipient: null, lastDueOn: today() });
    await turn();
    expect(await runs(definition.id)).toEqual([]);
    const yesterday = today();
    const [paid] = await payList(platform, frame, [{ paidOn: yesterday }, { paidOn: '2026-03-10' }]);
    await daysLater(platform, 1);
    await turn();
    await turn();
    const [run, ...others] = await runs(definition.id);
    expect(others).toEqual([]);
    expect(run).toMatchObject({ state: 'ready', dueOn: today(), fromDay: yesterday, toDay: yesterday, rows: 1, people: 0, downloads: 0 });
    const file = await asBytes(officer.get(`/v1/export-runs/${run.id}/file`)).expect(200);
    expect(file.headers['content-disposition']).toContain(`payouts-${yesterday}-${yesterday}.csv`);
    const [header, row] = await tableIn(file.body, 'csv');
    expect(row?.[header?.indexOf('payout') ?? -1]).toBe(paid?.payoutId);
    expect(row?.[header?.indexOf('amount') ?? -1]).toBe('15000.00');
    expect((await runs(definition.id))[0].downloads).toBe(1);
    await colleague.get(`/v1/export-runs/${run.id}`).expect(200);
    await colleague.get(`/v1/export-runs/${run.id}/file`).expect(404);
    await officer.get(`/v1/export-runs/${run.id}/personal-file`).expect(404);
    const { rows } = await platform.owner.query(
      `select actor_id from audit_events where subject_id = $1 and command = 'exports.download'`,
      [run.id],
    );
    expect(rows).toEqual([{ actor_id: officer.userId }]);
  });

  it('holds what was booked or changed on its day: late reports, voids, and what became of exceptions', async () => {
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    const [paid, changed] = [await define(wanted()), await define(wanted({ dataset: 'exceptions' }), finance)];
    const [late, prompt] = await payList(platform, frame, [{ paidOn: '2026-03-10' }, { paidOn: today() }]);
    if (!late || !prompt) throw new Error('two pay-outs');
    const fileOf = async (definitionId: string, by: Client) => {
      await daysLater(platform, 1);
      await turn();
      const [run] = await runs(definitionId, by);
      const [header = [], ...rows] = await tableIn((await asBytes(by.get(`/v1/export-runs/${run.id}/file`)).expect(200)).body, 'csv');
      return rows.map((row) => Object.fromEntries(row.map((cell, i) => [header[i], cell])));
    };
    const change = (client: typeof platform.owner, text: string, values: unknown[]) => client.query(text, values);
    const inReplica = async (text: string, values: unknown[]) => {
      await platform.owner.query('set session_replication_role = replica');
      await change(platform.owner, text, values);
      await platform.owner.query('set session_replication_role = origin');
    };
    const now = () => platform.clock.now();
    await inReplica('update payouts set reported_at = $2 where id = $1', [late.payoutId, now()]);
    const exception = newId();
    await inReplica(
      `insert into exceptions (id, programme_id, statement_id, kind, statement_line_id, detail, opened_at) values ($1, $2, $2, 'paid_not_in_list', $1, 'x', $3)`,
      [exception, frame.programmeId, now()],
    );
    const first = await fileOf(paid.id, officer);
    expect(first.map(({ payout, paid_on }) => [payout, paid_on])).toEqual([
      [late.payoutId, '2026-03-10'],
      [prompt.payoutId, expect.any(String)],
    ]);
    expect(first[0]).toMatchObject({ how: 'offline', voided_at: '' });
    expect(first[0]?.['booked_at']?.slice(0, 10)).not.toBe('2026-03-10');
    expect(await fileOf(paid.id, officer)).toEqual([]);
    await inReplica(`update payouts set voided_at = $2, voided_by = $3, void_reason = 'A mistake' where id = $1`, [
      prompt.payoutId,
      now(),
      newId(),
    ]);
    expect(await fileOf(paid.id, officer)).toMatchObject([{ payout: prompt.payoutId, voided_at: expect.stringMatching(/^20/) }]);
    expect(await fileOf(changed.id, finance)).toEqual([]);
    const resolve = `update exceptions set state = 'resolved', resolution = 'superseded', resolved_by = $2, resolved_at = $3 where id = $1`;
    await platform.owner.query(resolve, [exception, newId(), now()]);
    expect(await fileOf(changed.id, finance)).toMatchObject([{ exception, state: 'resolved', reopened_at: '' }]);
    const reopen = `update exceptions set state = 'open', resolution = null, resolved_by = null, resolved_at = null, reopened_at = $2 where id = $1`;
    await expect(platform.owner.query(reopen, [exception, null])).rejects.toMatchObject({ constraint: 'exceptions_reopened_when' });
    await platform.owner.query(reopen, [exception, now()]);
    await expect(
      platform.owner.query('update exceptions set reopened_at = $2 where id = $1', [exception, new Date()]),
    ).rejects.toMatchObject({
      constraint: 'exceptions_reopened_when',
    });
    expect(await fileOf(changed.id, finance)).toMatchObject([
      { exception, state: 'open', resolved_at: '', reopened_at: expect.stringMatching(/^20/) },
    ]);
    expect(await fileOf(changed.id, finance)).toEqual([]);
  });

  it('makes up for turns that were missed once, and is begun once by several workers', async () => {
    const definition = await define(wanted());
    await daysLater(platform, 5);
    await Promise.all(Array.from({ length: 4 }, () => turnsOf(platform).begin_due()));
    await platform.settled();
    expect((await runs(definition.id)).map(({ dueOn }: { dueOn: string }) => dueOn)).toEqual([today()]);
    const app = await platform.applicationClient();
    await expect(
      app.query(
        `insert into export_runs (id, definition_id, programme_id, is_personal, due_on, from_day, to_day, state, created_at, expires_at)
        values (gen_random_uuid(), $1, $2, false, $3, $3, $3, 'preparing', now(), now() + interval '1 day')`,
        [definition.id, frame.programmeId, today()],
      ),
    ).rejects.toMatchObject({ constraint: 'export_runs_once' });
    await expect(app.query('delete from export_runs')).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`update export_runs set state = 'ended', ended_at = now(), end_reason = null`)).rejects.toMatchObject({
      constraint: 'export_runs_ended',
    });
  });

  it('lets people leave encrypted only, once somebody else has approved it, each of them recorded as read', async () => {
    const first = await makePerson(platform, frame.programmeId);
    const second = await makePerson(platform, frame.programmeId);
    expect((await officer.post(path(), people({ recipient: null })).expect(422)).body.errors[0].pointer).toBe('/body/recipient');
    const definition = await define(people());
    expect(definition).toMatchObject({ state: 'proposed', isPersonal: true, lastDueOn: null });
    await daysLater(platform, 1);
    await turn();
    expect(await runs(definition.id)).toEqual([]);
    expect((await officer.post(at(definition.id, '/approve')).expect(403)).body.code).toBe('separation_of_duties');
    const forOther = await define(people({ ownerId: colleague.userId }));
    expect((await colleague.post(at(forOther.id, '/approve')).expect(403)).body.code).toBe('separation_of_duties');
    await officer.post(at(forOther.id, '/end')).expect(200);
    expect((await colleague.post(at(definition.id, '/approve')).expect(200)).body).toMatchObject({
      state: 'on',
      approvedBy: colleague.userId,
    });
    await colleague.post(at(definition.id, '/approve')).expect(409);
    await platform.owner.query('update beneficiaries set registered_at = $1', [platform.clock.now()]);
    await daysLater(platform, 1);
    await turn();
    const [run] = await runs(definition.id);
    expect(run).toMatchObject({ state: 'ready', rows: 2, people: 2 });
    await officer.get(`/v1/export-runs/${run.id}/file`).expect(404);
    const file = await asBytes(officer.get(`/v1/export-runs/${run.id}/personal-file`)).expect(200);
    expect(file.headers['content-type']).toBe('application/octet-stream');
    const table = await tableIn(await unage(file.body, { identity }), 'csv');
    expect(
      table
        .slice(1)
        .map(([number]) => number)
        .toSorted(),
    ).toEqual([first.registrationNumber, second.registrationNumber].toSorted());
    const { rows } = await platform.owner.query(
      `select actor_id, purpose, operation, beneficiary_ids from person_reads where source_id = $1 order by id`,
      [run.id],
    );
    expect(rows[0]).toMatchObject({ actor_id: officer.userId, purpose: 'monitoring', operation: 'defineExport' });
    expect(rows[0].beneficiary_ids.toSorted()).toEqual([first.id, second.id].toSorted());
    expect(rows[1]).toMatchObject({ operation: 'downloadPersonalExportRun', beneficiary_ids: [] });
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = $1`, [
      officer.userId,
    ]);
    expect((await officer.get(`/v1/export-runs/${run.id}/personal-file`).expect(401)).body.code).toBe('step_up_required');
  });

  it('stops with an alert when whom it is for loses the right, and hands out nothing more', async () => {
    const definition = await define(wanted());
    await daysLater(platform, 1);
    await turn();
    const [run] = await runs(definition.id);
    await platform.owner.query('update role_grants set ends_at = $2 where user_id = $1', [officer.userId, platform.clock.now()]);
    await daysLater(platform, 1);
    await turn();
    const reader = colleague;
    expect((await reader.get(at(definition.id)).expect(200)).body).toMatchObject({ state: 'stopped', stopReason: 'rights_lost' });
    expect(await runs(definition.id, reader)).toHaveLength(1);
    await officer.get(`/v1/export-runs/${run.id}/file`).expect(403);
    const { rows } = await platform.owner.query('select kind, programme_id, facts from alerts where subject_id = $1', [definition.id]);
    expect(rows).toEqual([
      { kind: 'exports.stopped', programme_id: frame.programmeId, facts: { reason: 'rights_lost', dataset: 'payouts' } },
    ]);
    await reader.post(at(definition.id, '/resume')).expect(422);
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at) values (gen_random_uuid(), $1, 'programme_officer', $2, $3, $4)`,
      [officer.userId, frame.programmeId, reader.userId, platform.clock.now()],
    );
    expect((await reader.post(at(definition.id, '/resume')).expect(200)).body.state).toBe('on');
    await turn();
    expect(await runs(definition.id, reader)).toHaveLength(1);
    await daysLater(platform, 1);
    await turn();
    expect(await runs(definition.id, reader)).toHaveLength(2);
  });

  it('has a file with people in it go when somebody of the programme is erased, and only such a file', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const [personal, plain] = [await approved(people()), await define(wanted())];
    await daysLater(platform, 1);
    await turn();
    const [[withPeople], [without]] = [await runs(personal.id), await runs(plain.id)];
    await eraseAtOnce(platform, person.id);
    expect((await runs(personal.id))[0]).toMatchObject({ state: 'ended', endReason: 'erasure' });
    expect((await officer.get(`/v1/export-runs/${withPeople.id}/personal-file`).expect(410)).body.code).toBe('export_run_ended');
    expect((await runs(plain.id))[0]).toMatchObject({ state: 'ready' });
    await officer.get(`/v1/export-runs/${without.id}/file`).expect(200);
    const { rows } = await platform.owner.query('select count(*)::int as parts from export_run_parts where run_id = $1', [withPeople.id]);
    expect(rows).toEqual([{ parts: 0 }]);
  });

  it('stops at what one user may take out in a day', async () => {
    for (let i = 0; i < 21; i += 1) await makePerson(platform, frame.programmeId);
    const definition = await approved(people({ period: 'month' }));
    await platform.owner.query(`update beneficiaries set registered_at = $1`, [platform.clock.now()]);
    await daysLater(platform, 1);
    await turn();
    expect((await runs(definition.id))[0]).toMatchObject({ state: 'ended', endReason: 'limit', rows: null });
    expect(await shown(definition.id)).toMatchObject({ state: 'stopped', stopReason: 'limit' });
  });

  it('is there for a week, or until somebody takes it back', async () => {
    const definition = await define(wanted());
    await daysLater(platform, 1);
    await turn();
    const [run] = await runs(definition.id);
    await officer.post(at(definition.id, '/end')).expect(200);
    await officer.post(at(definition.id, '/end')).expect(409);
    await daysLater(platform, 6);
    await turnsOf(platform).expire_runs();
    await officer.get(`/v1/export-runs/${run.id}/file`).expect(200);
    await daysLater(platform, 1);
    await officer.get(`/v1/export-runs/${run.id}/file`).expect(410);
    await turnsOf(platform).expire_runs();
    expect((await runs(definition.id))[0]).toMatchObject({ state: 'ended', endReason: 'time', downloads: 1 });
    const again = await define(wanted());
    await daysLater(platform, 1);
    await turn();
    const [other] = await runs(again.id);
    expect((await colleague.post(`/v1/export-runs/${other.id}/revoke`).expect(200)).body).toMatchObject({
      state: 'ended',
      endReason: 'revoked',
    });
    await colleague.post(`/v1/export-runs/${other.id}/revoke`).expect(409);
    await officer.get(`/v1/export-runs/${other.id}/file`).expect(410);
  });

  it('is told of when it was never written', async () => {
    const { id } = await define(wanted());
    const runId = randomUUID();
    await platform.owner.query(
      `insert into export_runs (id, definition_id, programme_id, is_personal, due_on, from_day, to_day, state, created_at, expires_at)
      values ($1, $2, $3, false, '2026-01-02', '2026-01-01', '2026-01-01', 'preparing', $4, $4::timestamptz + interval '7 days')`,
      [runId, id, frame.programmeId, platform.clock.now()],
    );
    await daysLater(platform, 7);
    await turnsOf(platform).expire_runs();
    const { rows } = await platform.owner.query('select kind, facts from alerts where subject_id = $1', [runId]);
    expect(rows).toEqual([{ kind: 'exports.never_written', facts: { attempts: 0, dueOn: '2026-01-02' } }]);
  });

  it('writes every dataset, as a table or a workbook', async () => {
    const { items } = (await officer.get('/v1/export-datasets').expect(200)).body;
    const finance = await platform.as('finance_officer', { programme: frame.programmeId });
    await payList(platform, frame, [{}, {}], { approvedAt: platform.clock.now().toISOString() });
    const made: { id: string; name: string; by: Client; isPersonal: boolean; format: 'csv' | 'xlsx' }[] = [];
    for (const { name, isPersonal } of items)
      for (const format of ['csv', 'xlsx'] as const) {
        const by = ['general_ledger', 'exceptions'].includes(name) ? finance : officer;
        const { id } = await define(wanted({ dataset: name, format, period: 'month', recipient: isPersonal ? recipient : null }), by);
        if (isPersonal) await colleague.post(at(id, '/approve')).expect(200);
        made.push({ id, name, by, isPersonal, format });
      }
    await daysLater(platform, 31);
    await turn();
    for (const { id, name, by, isPersonal, format } of made) {
      const [run] = await runs(id);
      expect(run, name).toMatchObject({ state: 'ready' });
      const { body } = await asBytes(by.get(`/v1/export-runs/${run.id}/${isPersonal ? 'personal-' : ''}file`)).expect(200);
      const table = await tableIn(isPersonal ? await unage(body, { identity }) : body, format);
      expect(table.length, name).toBe(run.rows + 1);
    }
  });

  it('writes what donors were told last of each fund, whatever the days of the file', async () => {
    const told = (number: number, from: string | null, to: string) =>
      platform.owner.query(
        `insert into donor_reports (id, fund_id, number, from_date, to_date, new_people, told_before, new_households, new_transfers, content, published_by,
          published_at)
        values (gen_random_uuid(), $1, $2::int, $3, $4, 0, 0, 0, 0, $5, $1, now())`,
        [frame.fundId, number, from, to, { number, reached: { people: 60 + number }, groups: [{ people: null, suppressed: true }] }],
      );
    const definition = await define(wanted({ dataset: 'donor_report' }));
    await daysLater(platform, 1);
    await turn();
    await told(1, null, '2026-03-31');
    await told(2, '2026-04-01', '2026-04-30');
    await daysLater(platform, 1);
    await turn();
    const [last, first] = await runs(definition.id);
    expect(first).toMatchObject({ state: 'ready', rows: 0 });
    const { body } = await asBytes(officer.get(`/v1/export-runs/${last.id}/file`)).expect(200);
    const [header, ...rows] = await tableIn(body, 'csv');
    expect(header).toEqual(['fund', 'figure', 'value']);
    const ofFund = Object.fromEntries(rows.map(([, figure = '', value]) => [figure, value]));
    expect(new Set(rows.map(([fund]) => fund))).toEqual(new Set([frame.fundId]));
    expect(ofFund).toMatchObject({ number: '2', 'reached.people': '62', 'groups.0.people': '', 'groups.0.suppressed': 'true' });
  });

  it('tells a webhook which file is ready, and nothing of what is in it', async () => {
    const receiver = await startAggregator();
    receiver.answer = statusOnly(200);
    const administrators = [await platform.as('administrator'), await platform.as('administrator')] as const;
    const webhook = await openWebhook(administrators, frame.programmeId, receiver.url, ['export.ready']);
    await makePerson(platform, frame.programmeId);
    const definition = await approved(people());
    await daysLater(platform, 1);
    await turn();
    const told = async () => {
      await jobsOf(platform).collect();
      await jobsOf(platform).send();
      return receiver.asked.length;
    };
    // Transactions of other databases of the server are waited for, too.
    await expect.poll(told, { timeout: 20_000 }).toBe(1);
    const [run] = await runs(definition.id);
    const body = receiver.asked[0]?.body as unknown as { type: string; data: object };
    expect(body).toMatchObject({ type: 'export.ready', data: { programmeId: frame.programmeId, exportId: run.id, state: 'ready' } });
    expect(Object.keys(body.data)).toHaveLength(3);
    expect(webhook.id).toBeTruthy();
    receiver.close();
  });

  it('names what does not fit, and is of its programme alone', async () => {
    const faults = async (changes: object) =>
      (await officer.post(path(), wanted(changes)).expect(422)).body.errors.map(({ pointer }: { pointer: string }) => pointer);
    expect(await faults({ schedule: { every: 'week', hour: 1 } })).toEqual(['/body/schedule/weekday']);
    expect(await faults({ schedule: { every: 'day', hour: 1, monthDay: 3 } })).toEqual(['/body/schedule/monthDay']);
    expect(await faults({ recipient: 'age1nonsense' })).toEqual(['/body/recipient']);
    expect(await faults({ dataset: 'general_ledger' })).toEqual(['/body/ownerId']);
    expect(await faults({ ownerId: randomUUID() })).toEqual(['/body/ownerId']);
    await officer.post(path(), wanted({ dataset: 'passwords' })).expect(400);
    await (await platform.as('agent')).post(path(), wanted()).expect(403);
    const definition = await define(wanted());
    const other = await makeFrame(platform);
    const stranger = await platform.as('programme_officer', { programme: other.programmeId });
    await stranger.get(at(definition.id)).expect(404);
    await stranger.get(at(definition.id, '/runs')).expect(404);
    await stranger.post(path(), wanted()).expect(404);
    for (const action of ['/approve', '/resume', '/end']) await stranger.post(at(definition.id, action)).expect(404);
    await officer.post(at(definition.id, '/resume')).expect(409);
    await officer.get(`/v1/export-runs/${randomUUID()}`).expect(404);
    await platform.owner.query(`update sessions set second_factor_at = second_factor_at - interval '6 minutes' where user_id = $1`, [
      officer.userId,
    ]);
    expect((await officer.post(path(), wanted()).expect(401)).body.code).toBe('step_up_required');
  });
});
