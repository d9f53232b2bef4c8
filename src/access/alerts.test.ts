import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeUser } from '../../test/support/sign-in.ts';
import { newId } from '../platform/index.ts';

describe('alerts', () => {
  let platform: TestPlatform;
  let administrator: Client;
  const [mine, other] = [newId(), newId()];
  const ids: string[] = [];
  beforeAll(async () => {
    platform = await startPlatform();
    administrator = await platform.as('administrator');
    for (const [kind, programme, by] of [
      ['access.guessing', null, null],
      ['reading.too_many', mine, null],
      ['reading.too_many', other, null],
      ['access.guessing', null, null],
      ['access.second_factor_replacement', null, administrator.userId],
    ]) {
      const id = newId();
      ids.unshift(id);
      await platform.owner.query(
        `insert into alerts (id, kind, at, subject_type, subject_id, programme_id, caused_by, facts) values ($1, $2, now(), 'user', 'somebody', $3, $4, '{"count": 3}')`,
        [id, kind, programme, by],
      );
    }
  });
  afterAll(() => platform.close());

  const listed = async (client: Client, query = ''): Promise<string[]> =>
    (await client.get(`/v1/alerts${query}`).expect(200)).body.items.map(({ id }: { id: string }) => id);

  it('are listed newest first, page by page, by kind and by whether somebody has seen them', async () => {
    expect(await listed(administrator)).toEqual(ids);
    const pages: string[] = [];
    let cursor = '';
    do {
      const { body } = await administrator.get(`/v1/alerts?limit=2${cursor && `&cursor=${cursor}`}`).expect(200);
      pages.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(pages).toEqual(ids);
    expect(await listed(administrator, '?kind=access.guessing')).toEqual([ids[1], ids[4]]);
    const { body } = await administrator.post(`/v1/alerts/${ids[4]}/seen`).expect(200);
    expect(body).toEqual({
      id: ids[4],
      kind: 'access.guessing',
      at: expect.any(String),
      subject: { type: 'user', id: 'somebody' },
      programmeId: null,
      facts: { count: 3 },
      seenBy: administrator.userId,
      seenAt: expect.any(String),
    });
    expect(await listed(administrator, '?kind=access.guessing&seen=false')).toEqual([ids[1]]);
    expect(await listed(administrator, '?seen=true')).toEqual([ids[4]]);
    await administrator.post(`/v1/alerts/${ids[4]}/seen`).expect(409);
    await administrator.get('/v1/alerts?cursor=bm8').expect(400);
  });

  it('are within the reader’s scope, and what is outside does not exist', async () => {
    expect(await listed(await platform.as('auditor'))).toEqual(ids);
    const local = await platform.as('administrator', { programme: mine });
    expect(await listed(local)).toEqual([ids[3]]);
    for (const hidden of [ids[2], ids[1], randomUUID()]) {
      expect((await local.post(`/v1/alerts/${hidden}/seen`).expect(404)).body.code).toBe('not_found');
    }
    await local.post(`/v1/alerts/${ids[3]}/seen`).expect(200);
  });

  it('are read by administrators and auditors, and put away by administrators', async () => {
    await (await platform.as('finance_officer')).get('/v1/alerts').expect(403);
    await (await platform.as('auditor')).post(`/v1/alerts/${ids[1]}/seen`).expect(403);
  });

  it('are put away by somebody else than whoever caused them', async () => {
    expect((await administrator.post(`/v1/alerts/${ids[0]}/seen`).expect(403)).body.code).toBe('forbidden');
    const application = await platform.applicationClient();
    const put = application.query('update alerts set seen_by = $2, seen_at = now() where id = $1', [ids[0], administrator.userId]);
    await expect(put).rejects.toMatchObject({ constraint: 'alerts_seen_by_another' });
    const colleague = await platform.as('administrator');
    await colleague.post(`/v1/alerts/${ids[0]}/seen`).expect(200);
    await expect(application.query('update alerts set seen_by = null, seen_at = null where id = $1', [ids[0]])).rejects.toMatchObject({
      constraint: 'alerts_append_only',
    });
    await expect(application.query('delete from alerts')).rejects.toMatchObject({ code: '42501' });
  });

  it('are put away by nobody whom they are about', async () => {
    const about = await platform.as('administrator');
    const id = newId();
    await platform.owner.query(
      `insert into alerts (id, kind, at, subject_type, subject_id) values ($1, 'access.recovery_code_used', now(), 'user', $2)`,
      [id, about.userId],
    );
    expect((await about.post(`/v1/alerts/${id}/seen`).expect(403)).body.code).toBe('forbidden');
    await administrator.post(`/v1/alerts/${id}/seen`).expect(200);
  });

  it('of what an administrator decides are left to another', async () => {
    const deciding = await platform.as('administrator');
    await deciding.post('/v1/retention/rules', { category: 'exited', keepDays: 180, reason: 'Less is more' }).expect(201);
    const { rows } = await platform.owner.query(`select id, caused_by from alerts where kind = 'privacy.retention_shortened'`);
    expect(rows).toEqual([{ id: expect.any(String), caused_by: deciding.userId }]);
    await deciding.post(`/v1/alerts/${rows[0].id}/seen`).expect(403);
    await administrator.post(`/v1/alerts/${rows[0].id}/seen`).expect(200);
  });

  it('are raised by what raises them', async () => {
    const user = await makeUser(platform);
    await administrator.post(`/v1/users/${user.id}/second-factor/replacement`, { reason: 'telephone stolen' }).expect(200);
    const { body } = await administrator.get('/v1/alerts?limit=1').expect(200);
    expect(body.items).toMatchObject([{ kind: 'access.second_factor_replacement', subject: { type: 'user', id: user.id } }]);
    await administrator.post(`/v1/alerts/${body.items[0].id}/seen`).expect(403);
  });
});
