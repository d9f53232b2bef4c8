import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';

const pilot = { name: 'Pilot', currency: 'DZD', timeZone: 'Africa/Algiers', startsOn: '2026-01-01', endsOn: '2026-12-31' };
interface Event {
  id: string;
  command: string;
  subjectId: string;
  programmeId: string | null;
}

describe('the trail', () => {
  let platform: TestPlatform;
  let administrator: Client;
  let auditor: Client;
  const programmes: string[] = [];
  beforeAll(async () => {
    platform = await startPlatform();
    administrator = await platform.as('administrator');
    auditor = await platform.as('auditor');
    for (const code of ['DZ-1', 'DZ-2', 'DZ-3']) {
      const { body } = await administrator.post('/v1/programmes', { ...pilot, code }).expect(201);
      programmes.push(body.id);
      platform.clock.skip(60_000);
    }
    await administrator.patch(`/v1/programmes/${programmes[0]}`, '"1"', { name: 'Renamed', reason: 'A better name' }).expect(200);
  });
  afterAll(() => platform.close());

  const events = async (reader: Client, query = ''): Promise<Event[]> =>
    (await reader.get(`/v1/audit-events${query}`).expect(200)).body.items;

  it('shows an auditor everything, newest first, with the digest of the state and not the state', async () => {
    const [newest, ...earlier] = await events(auditor);
    expect(newest).toMatchObject({
      command: 'programmes.change_programme',
      actorId: administrator.userId,
      subjectType: 'programme',
      subjectId: programmes[0],
      programmeId: programmes[0],
      reason: 'A better name',
      refusal: null,
      beforeDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      afterDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      requestId: expect.any(String),
    });
    expect(JSON.stringify(newest)).not.toContain('Renamed');
    expect(earlier.map(({ subjectId }) => subjectId)).toEqual([...programmes].reverse());
  });

  it('finds by subject, actor, command, programme and time', async () => {
    expect(await events(auditor, `?subjectId=${programmes[0]}`)).toHaveLength(2);
    expect(await events(auditor, `?programmeId=${programmes[1]}`)).toHaveLength(1);
    expect(await events(auditor, `?actorId=${administrator.userId}&command=programmes.create_programme`)).toHaveLength(3);
    expect(await events(auditor, `?actorId=${auditor.userId}`)).toEqual([]);
    const {
      rows: [{ at }],
    } = await platform.owner.query('select at from audit_events where subject_id = $1', [programmes[1]]);
    expect((await events(auditor, `?from=${at.toISOString()}`)).map(({ subjectId }) => subjectId)).toEqual([
      programmes[0],
      programmes[2],
      programmes[1],
    ]);
    expect((await events(auditor, `?to=${at.toISOString()}`)).map(({ subjectId }) => subjectId)).toEqual([programmes[0]]);
    await auditor.get('/v1/audit-events?from=yesterday').expect(400);
    await auditor.get('/v1/audit-events?actorId=me').expect(400);
  });

  it('walks pages without losing an event', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await auditor.get(`/v1/audit-events?limit=2${cursor && `&cursor=${cursor}`}`).expect(200);
      seen.push(...body.items.map(({ id }: Event) => id));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual((await events(auditor)).map(({ id }) => id));
    await auditor.get('/v1/audit-events?cursor=bm8').expect(400);
  });

  it('shows an auditor with a scope what is within it, and nobody else anything', async () => {
    const [first, second] = programmes;
    const ofOne = await platform.as('auditor', { programme: first });
    expect((await events(ofOne)).map(({ programmeId }) => programmeId)).toEqual([first, first]);
    expect(await events(ofOne, `?programmeId=${second}`)).toEqual([]);
    expect(await events(ofOne, `?subjectId=${second}`)).toEqual([]);
    expect(await events(await platform.as('auditor', { office: newId() }))).toEqual([]);
    expect(await events(await platform.as('auditor', { fund: newId() }))).toEqual([]);
    await administrator.get('/v1/audit-events').expect(403);
  });

  it('can be rewritten by nobody', async () => {
    const application = await platform.applicationClient();
    const rewritings = [`update audit_events set reason = 'another'`, 'delete from audit_events', 'truncate audit_events'];
    for (const statement of rewritings) {
      await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' });
      await expect(platform.owner.query(statement)).rejects.toMatchObject({ constraint: 'audit_events_append_only' });
    }
    await expect(application.query('alter table audit_events disable trigger all')).rejects.toMatchObject({ code: '42501' });
    expect(await events(auditor)).toHaveLength(4);
  });
});
