import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';

const form = { reason: 'For the report', format: 'csv', language: 'en', fields: ['state'], encryption: 'zip' };

describe('how much one user may take out in a day', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform({
      environment: {
        EXPORTS_PER_DAY: '2',
        EXPORTS_PER_DAY_AT_MOST: '4',
        EXPORTED_PEOPLE_PER_DAY: '5',
        EXPORTED_PEOPLE_PER_DAY_AT_MOST: '7',
      },
    });
    frame = await makeFrame(platform);
    await makePerson(platform, frame.programmeId);
  });
  afterAll(() => platform.close());

  const ask = (by: Client, programmeId = frame.programmeId) =>
    by.post(`/v1/programmes/${programmeId}/beneficiary-exports`, form).set('Sanad-Purpose', 'monitoring');
  const alertsOf = async ({ userId }: Client) =>
    (await platform.owner.query('select kind, facts, programme_id from alerts where subject_id = $1 order by id', [userId])).rows;
  const officer = (programmeId = frame.programmeId) => platform.as('programme_officer', { programme: programmeId });

  it('raises one alert above the number of exports, and refuses beyond the most, until the next day', async () => {
    const busy = await officer();
    for (let i = 0; i < 2; i += 1) await ask(busy).expect(202);
    expect(await alertsOf(busy)).toEqual([]);
    for (let i = 0; i < 2; i += 1) await ask(busy).expect(202);
    expect(await alertsOf(busy)).toMatchObject([
      { kind: 'beneficiaries.many_exports', facts: { exports: 3, people: 3 }, programme_id: frame.programmeId },
    ]);
    for (let i = 0; i < 2; i += 1) expect((await ask(busy).expect(429)).body.code).toBe('too_many_requests');
    expect((await alertsOf(busy)).map(({ kind }) => kind)).toEqual(['beneficiaries.many_exports', 'beneficiaries.export_refused']);
    const { rows } = await platform.owner.query(`select refusal from audit_events where actor_id = $1 and refusal is not null`, [
      busy.userId,
    ]);
    expect(rows).toEqual([{ refusal: 'too_many_requests' }, { refusal: 'too_many_requests' }]);
    await ask(await officer()).expect(202);
    platform.clock.skip(86_400_000);
    await platform.owner.query('update sessions set second_factor_at = $2 where user_id = $1', [busy.userId, platform.clock.now()]);
    await ask(busy).expect(202);
  });

  it('counts people as well, and refuses the one that would go beyond at once', async () => {
    const crowd = await makeFrame(platform);
    for (let i = 0; i < 6; i += 1) await makePerson(platform, crowd.programmeId);
    const reader = await officer(crowd.programmeId);
    await ask(reader, crowd.programmeId).expect(202);
    expect(await alertsOf(reader)).toMatchObject([{ kind: 'beneficiaries.many_exports', facts: { exports: 1, people: 6 } }]);
    await ask(reader, crowd.programmeId).expect(429);
    for (let i = 0; i < 2; i += 1) await makePerson(platform, crowd.programmeId);
    const another = await officer(crowd.programmeId);
    await ask(another, crowd.programmeId).expect(429);
    expect(await alertsOf(another)).toMatchObject([{ kind: 'beneficiaries.export_refused' }]);
    const { rows } = await platform.owner.query('select from export_counts where user_id = $1', [another.userId]);
    expect(rows).toEqual([]);
  });

  it('lets nobody past by asking for many at the same time', async () => {
    const hasty = await officer();
    const answers = await Promise.all(Array.from({ length: 12 }, () => ask(hasty)));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(4);
    expect(await alertsOf(hasty)).toHaveLength(2);
  });
});
