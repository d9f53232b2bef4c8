import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';
import type { Signal } from './types.ts';

describe('signals', () => {
  let platform: TestPlatform;
  let app: pg.Client;
  let frame: Frame;
  let other: Frame;
  let [finance, colleague, supervisor, auditor, agent] = [] as unknown as [Client, Client, Client, Client, Client];
  let ids: string[];
  beforeAll(async () => {
    platform = await startPlatform();
    app = await platform.applicationClient();
    [frame, other] = [await makeFrame(platform), await makeFrame(platform)];
    const here = { programme: frame.programmeId };
    finance = await platform.as('finance_officer', here);
    colleague = await platform.as('finance_officer', here);
    auditor = await platform.as('auditor', here);
    supervisor = await platform.as('office_supervisor', { office: frame.officeId });
    agent = await platform.as('agent', { office: frame.officeId });
    ids = [
      await signal({}),
      await signal({ kind: 'out_of_hours', concerns: [agent.userId, supervisor.userId] }),
      await signal({ concerns: [agent.userId, finance.userId] }),
      await signal({ office: other.officeId }),
      await signal({ programme: other.programmeId, office: other.officeId }),
    ];
  });
  afterAll(() => platform.close());

  async function signal({ programme = frame.programmeId, office = frame.officeId, kind = 'agent_burst', concerns = [agent.userId] }) {
    const id = newId();
    await app.query(
      `insert into signals (id, programme_id, kind, key, office_id, agent_id, concerns, severity, count, began_at, ended_at, evidence, found_at)
      values ($1::uuid, $2, $3, $1::text, $4, $5, $6, 'medium', 16, now(), now(), '{"usual": 3}', now())`,
      [id, programme, kind, office, agent.userId, concerns],
    );
    return id;
  }
  const listed = async (by: Client, query = ''): Promise<string[]> =>
    (await by.get(`/v1/signals?${query}`).expect(200)).body.items.map(({ id }: Signal) => id);

  it('are seen by finance of the programme, by the office’s supervisor and by auditors, and by nobody whom they concern', async () => {
    const [burst = '', hours = '', own = '', elsewhere = '', foreign = ''] = ids;
    expect(await listed(finance)).toEqual([elsewhere, hours, burst]);
    expect(await listed(colleague)).toEqual([elsewhere, own, hours, burst]);
    expect(await listed(auditor)).toEqual([elsewhere, own, hours, burst]);
    expect(await listed(supervisor)).toEqual([own, burst]);
    expect(await listed(colleague, `officeId=${frame.officeId}&kind=agent_burst&state=open&severity=medium`)).toEqual([own, burst]);
    expect(await listed(colleague, `programmeId=${other.programmeId}`)).toEqual([]);
    const { body: first } = await colleague.get('/v1/signals?limit=3').expect(200);
    expect(await listed(colleague, `limit=3&cursor=${first.nextCursor}`)).toEqual([burst]);
    for (const [by, id] of [
      [supervisor, hours],
      [supervisor, elsewhere],
      [finance, own],
      [finance, foreign],
      [finance, newId()],
    ] as const)
      expect((await by.get(`/v1/signals/${id}`).expect(404)).body.code).toBe('not_found');
    await agent.get('/v1/signals').expect(403);
    await (await platform.as('programme_officer', { programme: frame.programmeId })).get(`/v1/signals/${burst}`).expect(403);
    const { body: counts } = await supervisor.get('/v1/signal-counts').expect(200);
    expect(counts).toEqual({ counts: [{ kind: 'agent_burst', state: 'open', signals: 2 }] });
  });

  it('are taken on by one and judged by that one, with a reason, once', async () => {
    const id = await signal({});
    const decide = (by: Client, outcome = 'dismissed') =>
      by.post(`/v1/signals/${id}/decision`, { outcome, reason: 'It was the day after a holiday' });
    expect((await decide(finance).expect(409)).body.code).toBe('signal_not_taken');
    const taken = await Promise.all([finance.post(`/v1/signals/${id}/review`), finance.post(`/v1/signals/${id}/review`)]);
    expect(taken.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await decide(colleague).expect(409)).body).toMatchObject({ code: 'signal_not_taken', ownerId: finance.userId });
    await colleague.post(`/v1/signals/${id}/review`).expect(200);
    expect((await decide(finance).expect(409)).body.code).toBe('signal_not_taken');
    await colleague.post(`/v1/signals/${id}/decision`, { outcome: 'confirmed', reason: ' ' }).expect(400);
    const both = await Promise.all([decide(colleague), decide(colleague, 'confirmed')]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    const { body } = await finance.get(`/v1/signals/${id}`).expect(200);
    expect(body).toMatchObject({ ownerId: colleague.userId, reason: 'It was the day after a holiday', evidence: { usual: 3 } });
    expect((await finance.post(`/v1/signals/${id}/review`).expect(409)).body.code).toBe('signal_judged');
    const { rows } = await platform.owner.query('select command from audit_events where subject_id = $1 and refusal is null order by id', [
      id,
    ]);
    expect(rows.map(({ command }) => command)).toEqual(['signals.review', 'signals.review', 'signals.decide']);
  });

  it('are judged by nobody whom they concern, nor by a supervisor or an auditor', async () => {
    const [burst, , own, , foreign] = ids;
    for (const id of [own, foreign]) await finance.post(`/v1/signals/${id}/review`).expect(404);
    for (const by of [supervisor, auditor, agent]) await by.post(`/v1/signals/${burst}/review`).expect(403);
  });

  it('keep what they rest on, whoever writes', async () => {
    const id = await signal({});
    const refused = async (change: string, constraint: string) =>
      expect(app.query(`update signals set ${change} where id = $1`, [id]), change).rejects.toMatchObject({ constraint });
    await refused(`evidence = '{}'`, 'signals_stand');
    await refused('count = 15', 'signals_stand');
    await refused(`concerns = '{}'`, 'signals_stand');
    await refused(
      `state = 'dismissed', owner_id = gen_random_uuid(), taken_at = now(), decided_at = now(), reason = 'No'`,
      'signals_stand',
    );
    await refused(`state = 'in_review', owner_id = '${agent.userId}', taken_at = now()`, 'signals_judged_by_another');
    await app.query(
      `update signals set state = 'in_review', owner_id = gen_random_uuid(), taken_at = now(), count = 17, evidence = '{}' where id = $1`,
      [id],
    );
    await refused(`state = 'confirmed', owner_id = gen_random_uuid(), decided_at = now(), reason = 'Yes'`, 'signals_stand');
    await app.query(`update signals set state = 'confirmed', decided_at = now(), reason = 'Yes' where id = $1`, [id]);
    await refused('count = 18', 'signals_stand');
    await refused(`reason = 'No'`, 'signals_stand');
    for (const statement of [
      'delete from signals',
      'truncate signals',
      `insert into signal_rules (kind, least, minutes) values ('x', 1, 1)`,
    ])
      await expect(app.query(statement), statement).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query('delete from signals')).rejects.toMatchObject({ constraint: 'signals_append_only' });
    await expect(
      app.query(
        `insert into signals select (jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid()))).* from signals s where id = $1`,
        [ids[0]],
      ),
    ).rejects.toMatchObject({ constraint: 'signals_found_once' });
  });

  it('that follow another rest on what is new, whoever writes', async () => {
    const before = await signal({});
    const follow = (of: string, items: readonly string[], count = items.length) =>
      app.query(
        `with made as (insert into signals (id, programme_id, kind, key, round, follows, concerns, severity, count, began_at, ended_at, evidence, found_at)
            select gen_random_uuid(), programme_id, kind, key, round + 1, id, concerns, severity, $3, now(), now(), '{}', now() from signals where id = $1
            returning id, programme_id, kind, key)
          insert into signal_items (programme_id, kind, key, item, signal_id) select programme_id, kind, key, i, id from made, unnest($2::uuid[]) i`,
        [of, items, count],
      );
    const item = (of: string, id: string) =>
      app.query(
        'insert into signal_items (programme_id, kind, key, item, signal_id) select programme_id, kind, key, $2, id from signals where id = $1',
        [of, id],
      );
    const [old, fresh] = [newId(), newId()];
    await item(before, old);
    await expect(follow(before, [fresh])).rejects.toMatchObject({ constraint: 'signals_follow_judged' });
    await finance.post(`/v1/signals/${before}/review`).expect(200);
    await finance.post(`/v1/signals/${before}/decision`, { outcome: 'dismissed', reason: 'Pay day' }).expect(200);
    await expect(item(before, fresh)).rejects.toMatchObject({ constraint: 'signal_items_before_judged' });
    await expect(follow(before, [old])).rejects.toMatchObject({ constraint: 'signal_items_count_once' });
    await expect(follow(before, [fresh], 2)).rejects.toMatchObject({ constraint: 'signals_count_what_is_new' });
    await follow(before, [fresh]);
    await expect(follow(before, [newId()])).rejects.toMatchObject({ constraint: expect.stringMatching(/^signals_/) });
    await expect(app.query('delete from signal_items')).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query('delete from signal_items')).rejects.toMatchObject({ constraint: 'signal_items_append_only' });
  });

  it('go by figures that finance sets, of which every version is kept and each raises an alert', async () => {
    const path = `/v1/programmes/${frame.programmeId}/signal-thresholds`;
    const figures = {
      kind: 'agent_burst',
      isOn: true,
      least: 30,
      minutes: 10,
      factor: '2.5',
      opens: null,
      closes: null,
      reason: 'Pay day',
    };
    const { body: before } = await auditor.get(path).expect(200);
    expect(before.thresholds).toHaveLength(13);
    const both = await Promise.all([finance.post(path, figures), colleague.post(path, { ...figures, least: 40 })]);
    expect(both.map(({ status, body }) => [status, body.version]).sort()).toEqual([
      [201, 1],
      [201, 2],
    ]);
    const fault = async (change: object) => (await finance.post(path, { ...figures, ...change }).expect(422)).body.errors[0].pointer;
    expect(await fault({ factor: null })).toBe('/factor');
    expect(await fault({ factor: '0' })).toBe('/factor');
    expect(await fault({ opens: '08:00', closes: '16:00' })).toBe('/opens');
    expect(await fault({ kind: 'out_of_hours', factor: null, opens: '16:00', closes: '08:00' })).toBe('/closes');
    await supervisor.get(path).expect(403);
    await auditor.post(path, figures).expect(403);
    await finance.post(`/v1/programmes/${other.programmeId}/signal-thresholds`, figures).expect(404);
    const alerts = (await auditor.get('/v1/alerts?kind=signals.threshold_set').expect(200)).body.items;
    expect(alerts.map(({ facts }: { facts: object }) => facts)).toEqual([2, 1].map((version) => ({ kind: 'agent_burst', version })));
    await expect(app.query('update signal_thresholds set least = 1')).rejects.toMatchObject({ code: '42501' });
  });

  it('are looked for by themselves', async () => {
    const [voucher] = await makeVouchers(platform, other, 1);
    const body = { locator: { serial: voucher?.serial }, code: voucher?.code, documentType: 'passport', documentLastFour: '0042' };
    const there = await platform.as('agent', { office: other.officeId });
    await there.post('/v1/payouts', { ...body, officeId: other.officeId }).expect(201);
    await platform.owner.query(`insert into office_days values ($1, (now() at time zone 'Africa/Algiers')::date, null, null, 'Holiday')`, [
      other.officeId,
    ]);
    await platform.app.jobs.trigger('signals.look');
    const watching = await platform.as('auditor', { office: other.officeId });
    for (let tries = 0; (await listed(watching, 'kind=out_of_hours')).length === 0; tries += 1) {
      expect(tries).toBeLessThan(200);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
});
