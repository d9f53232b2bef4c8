import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';

describe('what somebody tried and may not do', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  const eventsOf = async (userId: string) =>
    (
      await platform.owner.query(`select reason from audit_events where subject_id = $1 and command = 'access.note_refusal' order by id`, [
        userId,
      ])
    ).rows.map(({ reason }) => reason);
  const alertsOf = async (userId: string) =>
    (await platform.owner.query(`select facts from alerts where subject_id = $1 and kind = 'access.many_refusals'`, [userId])).rows;

  it('is kept in the trail: a step that another must take, and a command of no role of theirs; a read is not', async () => {
    const administrator = await platform.as('administrator');
    const toOneself = { role: 'enrolment_officer', programmeId: frame.programmeId };
    await administrator.post(`/v1/users/${administrator.userId}/roles`, toOneself).expect(403);
    await administrator.post(`/v1/programmes/${frame.programmeId}/kobo-connections`, {}).expect(403);
    await administrator.get(`/v1/programmes/${frame.programmeId}/beneficiaries`).expect(403);
    expect(await eventsOf(administrator.userId)).toEqual(
      expect.arrayContaining(['access.grant_role: separation_of_duties', 'interop.add_kobo_connection: forbidden']),
    );
    expect((await eventsOf(administrator.userId)).some((reason: string) => reason.startsWith('beneficiaries.'))).toBe(false);
  });

  it('raises one alert an hour when it is tried again and again, and floods no trail', async () => {
    const agent = await platform.as('agent', { office: frame.officeId });
    const attempt = () => agent.post('/v1/partners', { name: 'Mine' }).expect(403);
    for (let i = 0; i < 19; i += 1) await attempt();
    expect(await alertsOf(agent.userId)).toEqual([]);
    for (let i = 0; i < 6; i += 1) await attempt();
    expect(await alertsOf(agent.userId)).toEqual([{ facts: { refusals: 20, last: 'access.create_partner' } }]);
    expect(await eventsOf(agent.userId)).toHaveLength(20);
    platform.clock.skip(3_600_000);
  });
});
