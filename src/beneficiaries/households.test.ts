import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { reachable } from '../../test/support/registrations.ts';
import { newId } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';

const reason = 'As the family said';
const uncle = {
  names: { given: 'Seydou', family: 'Coulibaly' },
  document: { type: 'national_id', number: 'NID 77', issuingCountry: 'MLI' },
  validUntil: '2099-01-31',
} as const;

describe('a household', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let family = 0;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const register = async (change: object = {}) =>
    (await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, reachable(change)).expect(201)).body;
  const path = (id: string) => `/v1/households/${id}`;
  const read = async (id: string) => (await officer.get(path(id)).expect(200)).body;
  /** A head and a child under one reference. */
  const makeFamily = async () => {
    family += 1;
    const household = { reference: `Family ${family}`, size: 2 };
    const child = await register({ household, relationship: 'child' });
    const head = await register({ household });
    return { id: head.household.id as string, reference: household.reference, head, child };
  };

  const makeHeadless = () => {
    family += 1;
    return register({ household: { reference: `Family ${family}`, size: 2 }, relationship: 'child' });
  };

  it('has the head whom the first registration as head names, whoever comes first', async () => {
    const { id, head, child } = await makeFamily();
    const { body, headers } = await officer.get(path(id)).expect(200);
    expect(headers['etag']).toBe('"2"');
    expect(body).toMatchObject({ size: 2, headId: head.id, memberCount: 2, collectors: [] });
    expect(body.changes).toMatchObject([
      { version: 2, sizeBefore: 2, sizeAfter: 2, headBefore: null, headAfter: head.id, changedBy: officer.userId },
    ]);
    expect(body.members.map((member: { id: string; names: object }) => [member.id, member.names])).toEqual([
      [child.id, child.names],
      [head.id, head.names],
    ]);
    const { rows } = await platform.owner.query(
      `select count(*)::int from audit_events where command = 'beneficiaries.read_household' and subject_id = $1`,
      [id],
    );
    expect(rows[0].count).toBe(1);
  });

  it('changes its size and its head as it was read, and keeps what was before', async () => {
    const { id, head, child } = await makeFamily();
    const changed = await officer.patch(path(id), '"2"', { size: 3, headId: child.id, reason }).expect(200);
    expect(changed.headers['etag']).toBe('"3"');
    expect(changed.body).toMatchObject({ size: 3, headId: child.id });
    expect(changed.body.changes).toMatchObject([
      { version: 3, sizeBefore: 2, sizeAfter: 3, headBefore: head.id, headAfter: child.id, reason, changedBy: officer.userId },
      { version: 2, headBefore: null, headAfter: head.id },
    ]);
    const relationships = new Map(
      changed.body.members.map((member: { id: string; relationship: string }) => [member.id, member.relationship]),
    );
    expect([relationships.get(head.id), relationships.get(child.id)]).toEqual(['other', 'head']);
    const { body: history } = await officer.get(`/v1/beneficiaries/${head.id}/history`).expect(200);
    expect(history.items[0].changes).toEqual([{ field: 'relationship', before: 'head', after: 'other' }]);
    await officer.patch(path(id), '"2"', { size: 4, reason }).expect(409);
    const stranger = await register();
    const refused = await officer.patch(path(id), '"3"', { headId: stranger.id, reason }).expect(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/headId' }]);
    await officer.patch(path(id), '"3"', { headId: newId(), reason }).expect(422);
    await officer.patch(path(id), '"3"', { size: 0, reason }).expect(400);
  });

  it('loses who moves away, and its head with them', async () => {
    const [from, to] = [await makeFamily(), await makeFamily()];
    const move = (id: string, version: number, fields: object) =>
      officer.patch(`/v1/beneficiaries/${id}`, `"${version}"`, { reason, ...fields });
    const refused = await move(from.head.id, 1, { household: { reference: to.reference } }).expect(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/relationship', detail: expect.stringContaining('another head') }]);
    const moved = await move(from.head.id, 1, { household: { reference: to.reference }, relationship: 'sibling' }).expect(200);
    expect(moved.body.household).toMatchObject({ id: to.id, headId: to.head.id });
    expect(await read(from.id)).toMatchObject({ headId: null, memberCount: 1 });
    expect(await read(to.id)).toMatchObject({ headId: to.head.id, memberCount: 3 });
    await move(from.child.id, 1, { relationship: 'head' }).expect(200);
    expect(await read(from.id)).toMatchObject({ headId: from.child.id });
    const alone = await move(from.child.id, 2, { household: { reference: `New ${from.reference}`, size: 1 } }).expect(200);
    expect(alone.body.household).toMatchObject({ size: 1, headId: from.child.id });
    expect(await read(from.id)).toMatchObject({ headId: null, memberCount: 0 });
    await move(from.child.id, 3, { relationship: 'other' }).expect(200);
    expect((await read(alone.body.household.id)).headId).toBeNull();
  });

  it('has one head when two want to be at the same time', async () => {
    const household = { reference: 'Two sisters', size: 2 };
    const sisters = [await register({ household, relationship: 'other' }), await register({ household, relationship: 'sibling' })];
    const answers = await Promise.all(
      sisters.map(({ id }) => officer.patch(`/v1/beneficiaries/${id}`, '"1"', { reason, relationship: 'head' })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422]);
  });

  it('that has a head takes no other by a form', async () => {
    const { id, reference, head } = await makeFamily();
    const second = reachable({ household: { reference, size: 2 } });
    const refused = await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, second).expect(422);
    expect(refused.body.errors).toMatchObject([{ pointer: '/relationship', detail: expect.stringContaining('another head') }]);
    expect(await read(id)).toMatchObject({ headId: head.id, memberCount: 2 });
    const rivals = await Promise.all(
      [0, 1].map(async () => {
        const household = (await makeHeadless()).household;
        const both = [0, 1].map(() =>
          officer.post(
            `/v1/programmes/${frame.programmeId}/beneficiaries`,
            reachable({ household: { reference: household.reference, size: 2 } }),
          ),
        );
        return (await Promise.all(both)).map(({ status }) => status).sort();
      }),
    );
    expect(rivals).toEqual([
      [201, 422],
      [201, 422],
    ]);
  });

  it('names who may collect beside its members, three at most, until a day', async () => {
    const { id } = await makeFamily();
    const collectors = `${path(id)}/collectors`;
    const added = await officer.post(collectors, uncle).expect(201);
    expect(added.body).toMatchObject({ ...uncle, mayCollectToday: true, addedBy: officer.userId, endedAt: null });
    const today = new Intl.DateTimeFormat('en-CA', { timeZone: 'Africa/Algiers' }).format(platform.clock.now());
    const short = await officer.post(collectors, { ...uncle, validUntil: today }).expect(201);
    expect(short.body.mayCollectToday).toBe(true);
    const rivals = await Promise.all([1, 2, 3].map(() => officer.post(collectors, uncle)));
    expect(rivals.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    platform.clock.skip(2 * 86_400_000);
    const late = await platform.as('enrolment_officer', { programme: frame.programmeId });
    const { body } = await late.get(path(id)).expect(200);
    expect(body.collectors.map(({ mayCollectToday }: { mayCollectToday: boolean }) => mayCollectToday)).toEqual([true, false, true]);
    const ended = await late.post(`${collectors}/${short.body.id}/end`, { reason }).expect(200);
    expect(ended.body).toMatchObject({ mayCollectToday: false, endedBy: late.userId });
    await late.post(`${collectors}/${short.body.id}/end`, { reason }).expect(409);
    await late.post(`${path((await makeFamily()).id)}/collectors/${added.body.id}/end`, { reason }).expect(409);
    const refused = await late
      .post(collectors, { names: { given: '=Seydou' }, document: { ...uncle.document, number: '--' }, validUntil: '2020-01-01' })
      .expect(422);
    expect(refused.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/names/given',
      '/document/number',
      '/validUntil',
    ]);
    await late.post(collectors, uncle).expect(201);
    const { rows } = await platform.owner.query('select identity from collectors where household_id = $1', [id]);
    for (const { identity } of rows) expect(identity.toString()).not.toMatch(/Seydou|NID/);
  });

  it('is not made smaller than the members who are registered in it', async () => {
    const { id, child } = await makeFamily();
    const change = async (size: number) => officer.patch(path(id), (await officer.get(path(id))).headers.etag as string, { size, reason });
    const refused = await change(1);
    expect([refused.status, refused.body.errors]).toMatchObject([
      422,
      [{ pointer: '/size', detail: expect.stringContaining('registered') }],
    ]);
    expect(await read(id)).toMatchObject({ size: 2, memberCount: 2 });
    const manager = await platform.as('programme_officer', { programme: frame.programmeId });
    await manager.post(`/v1/beneficiaries/${child.id}/exit`, { reason }).expect(200);
    expect((await change(1)).status).toBe(200);
    expect(await read(id)).toMatchObject({ size: 1 });
  });

  it('is shown to nobody of another programme', async () => {
    const { id } = await makeFamily();
    const stranger = await platform.as('enrolment_officer', { programme: (await makeFrame(platform)).programmeId });
    await stranger.get(path(id)).expect(404);
    await stranger.patch(path(id), '"2"', { size: 9, reason }).expect(404);
    await stranger.post(`${path(id)}/collectors`, uncle).expect(404);
    await stranger.post(`${path(id)}/collectors/${newId()}/end`, { reason }).expect(404);
    await (await platform.as('agent')).get(path(id)).expect(403);
  });

  it('holds in the database itself: its head is a member, three collectors stand, what ended has ended', async () => {
    const [one, other] = [await makeFamily(), await makeFamily()];
    const client = await platform.applicationClient();
    const breaks = (text: string, constraint: string) => expect(client.query(text)).rejects.toMatchObject({ constraint });
    await breaks(`update households set head_id = '${other.head.id}' where id = '${one.id}'`, 'households_head_is_member');
    await breaks(`update households set head_id = null, version = version + 1 where id = '${one.id}'`, 'households_change_kept');
    await breaks(`update households set size = 9 where id = '${one.id}'`, 'households_change_kept');
    await client.query('begin');
    const version = one.head.id;
    await client.query(`update beneficiaries set household_id = '${other.id}', version = 2 where id = '${version}'`);
    await client.query(`insert into beneficiary_changes values ('${version}', 2, '{household}', '', 'attack', '${version}', now())`);
    await breaks('commit', 'households_head_is_member');
    const collector = (place: number) =>
      `insert into collectors (id, household_id, identity, place, valid_until, added_by, added_at)
      values ('${newId()}', '${one.id}', '', ${place}, '2099-01-01', '${newId()}', now())`;
    for (const place of [1, 2, 3]) await client.query(collector(place));
    await breaks(collector(3), 'collectors_three_standing');
    await breaks(collector(4), 'collectors_place_check');
    await client.query(`update collectors set ended_at = added_at, ended_by = added_by where household_id = '${one.id}'`);
    await breaks(`update collectors set ended_at = null, ended_by = null where household_id = '${one.id}'`, 'collectors_append_only');
    await expect(client.query(`update collectors set valid_until = '2100-01-01'`)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('delete from household_changes')).rejects.toMatchObject({ code: '42501' });
  });
});
