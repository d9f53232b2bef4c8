import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration, sameAgain } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';

interface Registered {
  readonly id: string;
  readonly state: string;
  readonly registrationNumber: string;
}

interface Shown {
  readonly first: Registered;
  readonly second: Registered;
  readonly score: string;
  readonly pattern: string;
  readonly version: number;
}

describe('duplicate pairs', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let judge: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
  });
  beforeEach(async () => {
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    judge = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const register = async (body: object, programmeId = frame.programmeId, by = officer) =>
    (await by.post(`/v1/programmes/${programmeId}/beneficiaries`, body).expect(201)).body as Registered;
  const pairs = async (query = '', by = judge): Promise<Shown[]> =>
    (await by.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs${query}`).expect(200)).body.items;
  const between = (list: readonly Shown[]) => list.map(({ first, second }) => [first.id, second.id]);
  const decide = (first: { id: string }, second: { id: string }, body: object, by = judge) =>
    by.post(`/v1/duplicate-pairs/${first.id}/${second.id}/decision`, body);
  const stateOf = async ({ id }: { id: string }) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body.state;
  const passport = (number: string) => ({ documents: [{ type: 'passport', number, issuingCountry: 'NER' }] });

  it('are found behind another script, and shown side by side with the reasons in the language asked for', async () => {
    const birth = { from: '1984-07-23', to: '1984-07-23', precision: 'exact' };
    const phones = ['0550123456'];
    const a = await register(registration({ names: { given: 'Mohamed', family: 'Boukhari' }, birth, phones }));
    const b = await register(registration({ names: { given: 'محمد', family: 'بوخاري' }, birth, phones }));
    const [pair] = await pairs();
    expect(pair).toMatchObject({
      state: 'open',
      version: 1,
      modelVersion: 0,
      mergerId: null,
      first: { id: a.id, registrationNumber: a.registrationNumber, names: { given: 'Mohamed', family: 'Boukhari' }, birth },
      second: { id: b.id, names: { given: 'محمد' } },
      evidence: expect.arrayContaining([
        expect.objectContaining({ field: 'given', first: 'Mohamed', second: 'محمد', text: expect.any(String), weight: expect.any(Number) }),
        expect.objectContaining({ field: 'birth', level: 'day', first: '1984-07-23', second: '1984-07-23' }),
        expect.objectContaining({ field: 'phone', level: 'same', first: '+213550123456', second: '+213550123456' }),
      ]),
    });
    const path = `/v1/duplicate-pairs/${a.id}/${b.id}`;
    const said = async (language: string) => {
      const { body } = await judge.get(`${path}?language=${language}`).expect(200);
      return body.evidence.find(({ field }: { field: string }) => field === 'birth').text;
    };
    expect(await said('en')).toMatch(/birth/);
    expect(await said('fr')).toMatch(/naissance/);
    expect(await said('ar')).toMatch(/الميلاد/);
    await judge.get(`${path}?language=tlh`).expect(400);
    const kept = (await platform.owner.query('select evidence, pattern from duplicate_pairs')).rows;
    expect(JSON.stringify(kept)).not.toMatch(/Mohamed|محمد|550123456|1984/);
    const { rows: reads } = await platform.owner.query(
      `select subject_id from audit_events where command = 'deduplication.read' and actor_id = $1 and subject_type = 'duplicate_pair'`,
      [judge.userId],
    );
    expect(reads.map(({ subject_id }) => subject_id)).toEqual(Array(3).fill(`${a.id}/${b.id}`));
  });

  it('are queued by score, and walked without one twice', async () => {
    for (let i = 0; i < 3; i += 1) {
      const one = registration({ phones: [`055000010${i}`] });
      await register(one);
      await register(sameAgain(one, { documents: [], ...(i > 0 && passport(`Z000${i}`)) }));
    }
    const list = await pairs();
    expect(list.length).toBeGreaterThanOrEqual(3);
    expect(list.map(({ score }) => Number(score))).toEqual(list.map(({ score }) => Number(score)).sort((x, y) => y - x));
    const walked: Shown[] = [];
    for (let cursor = ''; ; ) {
      const path = `/v1/programmes/${frame.programmeId}/duplicate-pairs?limit=1${cursor && `&cursor=${cursor}`}`;
      const { body } = await judge.get(path).expect(200);
      walked.push(...body.items);
      if (!body.nextCursor) break;
      cursor = body.nextCursor;
    }
    expect(walked).toEqual(list);
    const [likeliest] = list;
    expect(between(await pairs(`?pattern=${encodeURIComponent(likeliest?.pattern ?? '')}`))).toContainEqual(between(list)[0]);
    expect(await pairs('?pattern=nothing')).toEqual([]);
    expect((await pairs(`?minScore=${likeliest?.score}`)).every(({ score }) => score === likeliest?.score)).toBe(true);
    await judge.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?cursor=bm8`).expect(400);
  });

  it('leave a family that shares a name, a telephone and a household alone', async () => {
    const household = { reference: 'FAMILY', size: 3 };
    const family = 'Ouedraogo';
    for (const [given, day] of [
      ['Salif', '1980-03-14'],
      ['Mariam', '1985-11-22'],
      ['Ibrahim', '2015-05-17'],
    ]) {
      const birth = { from: day, to: day, precision: 'exact' };
      await register(registration({ names: { given, family }, birth, household, relationship: 'sibling', phones: ['0550222222'] }));
    }
    expect(await pairs('?minScore=0.8')).toEqual([]);
  });

  it('of one document keep the later an applicant, until they are told apart from everybody', async () => {
    const [a, b] = [await register(registration(passport('B1234567'))), await register(registration(passport('B7654321')))];
    const c = await register(
      registration({ documents: [...passport('B1234567').documents, { type: 'national_id', number: 'B7654321', issuingCountry: 'NER' }] }),
    );
    expect([a.state, b.state, c.state]).toEqual(['enrolled', 'enrolled', 'applicant']);
    const manager = await platform.as('programme_officer', { programme: frame.programmeId });
    await manager.post(`/v1/beneficiaries/${c.id}/verify`).expect(409);
    const decision = { decision: 'different_people', reason: 'Seen together at the office', version: 1 };
    expect((await decide(a, c, decision).expect(200)).body).toMatchObject({
      state: 'different_people',
      reason: decision.reason,
      decidedBy: judge.userId,
      version: 2,
      decisions: [{ decision: 'different_people', reason: decision.reason, decidedBy: judge.userId }],
    });
    expect(await stateOf(c)).toBe('applicant');
    await decide(b, c, decision).expect(200);
    expect(await stateOf(c)).toBe('enrolled');
    await decide(b, c, { ...decision, version: 2 }).expect(409);
    const elsewhere = registration({ documents: [{ type: 'passport', number: 'B1234567', issuingCountry: 'TCD' }] });
    expect((await register(elsewhere)).state).toBe('enrolled');
    const {
      rows: [event],
    } = await platform.owner.query(
      `select reason, actor_id from audit_events where subject_id = $1 and command = 'deduplication.decide_pair'`,
      [`${b.id}/${c.id}`],
    );
    expect(event).toEqual({ reason: decision.reason, actor_id: judge.userId });
  });

  it('are found under either reading of a name, and not made of brothers whose names begin alike', async () => {
    const birth = { from: '1984-07-23', to: '1984-07-23', precision: 'exact' };
    const a = await register(registration({ names: { given: 'Idriss', family: 'Ghezali' }, birth }));
    const b = await register(registration({ names: { given: 'Idriss', family: 'Rezali' }, birth }));
    const [pair, ...others] = await pairs();
    expect(between([pair as Shown])).toEqual([[a.id, b.id]]);
    expect(Number(pair?.score)).toBeGreaterThan(0.8);
    expect(others).toEqual([]);

    const family = { birth: { ...birth, from: '2012-03-04', to: '2012-03-04' }, phones: ['0550123457'] };
    const brother = (given: string) => register(registration({ names: { given, family: 'Hamrouche' }, ...family }));
    const [one, two] = [await brother('Mohamed Amine'), await brother('Mohamed Islam')];
    const half = await brother('Mohamed');
    const found = new Map((await pairs()).map(({ first, second, score }) => [`${first.id}/${second.id}`, Number(score)]));
    expect(found.get(`${one.id}/${two.id}`) ?? 0).toBeLessThan(0.8);
    for (const { id } of [one, two]) expect(found.get(`${id}/${half.id}`)).toBeGreaterThan(0.8);
  });

  it('are decided together where they agree in the same way: all of them or none', async () => {
    const twice = async () => {
      const one = registration();
      return [await register(one), await register(sameAgain(one, { names: one.names }))] as const;
    };
    const couples = [await twice(), await twice(), await twice()];
    const list = await pairs('?state=open');
    const named = couples.map(([first, second]) => ({ firstId: first.id, secondId: second.id, version: 1 }));
    expect(new Set(list.map(({ pattern }) => pattern)).size).toBe(1);
    const path = `/v1/programmes/${frame.programmeId}/duplicate-pairs/decisions`;
    const body = { pairs: named, decision: 'needs_information', reason: 'Asked the field offices' };
    await judge.post(path, { ...body, pairs: [...named.slice(0, 2), { ...named[2], version: 9 }] }).expect(409);
    expect((await pairs('?state=open')).length).toBe(3);
    await officer.post(path, body).expect(403);
    expect((await judge.post(path, body, 'bulk-decision-1').expect(200)).body).toEqual({
      decided: 3,
      pattern: list[0]?.pattern,
      headlessHouseholds: [],
    });
    expect((await judge.post(path, body, 'bulk-decision-1').expect(200)).body.decided).toBe(3);
    expect((await pairs('?state=needs_information')).length).toBe(3);
    const merged = named.map(({ firstId, secondId }) => ({ firstId, secondId, survivorId: firstId, version: 2 }));
    const same = { decision: 'same_person', reason: 'Same face on every card' };
    await judge.post(path, { ...same, pairs: [merged[0], { ...merged[1], survivorId: couples[0]?.[0].id }] }).expect(422);
    const heads = await Promise.all(
      couples.map(async ([, { id }]) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body.household),
    );
    const { body: decided } = await judge.post(path, { ...same, pairs: merged }).expect(200);
    const headless = heads.map(({ id, reference }) => ({ id, reference }));
    expect(decided.headlessHouseholds).toEqual(headless.sort((a, b) => (a.reference < b.reference ? -1 : 1)));
    expect(await Promise.all(couples.map(([, second]) => stateOf(second)))).toEqual(['merged', 'merged', 'merged']);
    const other = await twice();
    const stranger = { firstId: other[0].id, secondId: other[1].id, version: 1 };
    const lone = registration({ phones: ['0550777777'] });
    const [x, y] = [await register(lone), await register(sameAgain(lone, passport('DIFFERENT1')))];
    await judge.post(path, { ...body, pairs: [stranger, { firstId: x.id, secondId: y.id, version: 1 }] }).expect(422);
  });

  it('merge the record that does not go on, whose other pairs its survivor takes over', async () => {
    const one = registration({ phones: ['0550333333'] });
    const a = await register(one);
    const c = await register(sameAgain(one, passport('C0000001')));
    const b = await register(registration({ names: one.names, birth: one.birth, documents: one.documents }));
    const wrong = await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1, survivorId: c.id }).expect(422);
    expect(wrong.body.errors).toMatchObject([{ pointer: '/survivorId' }]);
    await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1 }).expect(422);
    const { body } = await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1, survivorId: b.id }).expect(200);
    expect(body).toMatchObject({
      state: 'same_person',
      first: { state: 'merged' },
      second: { state: 'enrolled' },
      mergerId: expect.any(String),
    });
    expect((await officer.get(`/v1/beneficiaries/${a.id}`).expect(200)).body).toMatchObject({ state: 'merged', mergedInto: b.id });
    const open = await pairs('?state=open');
    expect(between(open)).toEqual([[c.id, b.id]]);
    // What the merged record had in common with the third speaks for the survivor.
    expect(open[0]?.pattern).toContain('phone:same');
    expect(between(await pairs('?state=superseded'))).toEqual([[a.id, c.id]]);
    await decide(a, c, { decision: 'different_people', reason: 'Too late', version: 2 }).expect(409);
    const later = await register(registration({ names: one.names, birth: one.birth, documents: one.documents }));
    expect(between(await pairs('?state=open'))).toContainEqual([b.id, later.id]);
  });

  it('remember through a merger who was told apart', async () => {
    const one = registration({ phones: ['0550555555'] });
    const a = await register(one);
    const b = await register(registration({ names: one.names, birth: one.birth, documents: one.documents }));
    const twin = await register(sameAgain(one, { ...passport('T0000001'), names: one.names }));
    for (const pair of await pairs('?state=open')) {
      if (pair.second.id === twin.id)
        await decide(pair.first, pair.second, { decision: 'different_people', reason: 'Namesakes', version: pair.version }).expect(200);
    }
    await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1, survivorId: b.id }).expect(200);
    expect(await pairs('?state=open')).toEqual([]);
  });

  it('are settled once however two mergers cross', async () => {
    const one = registration({ relationship: 'other' });
    const [a, b, c] = [await register(one), await register(one), await register(one)];
    const merge = (first: { id: string }, second: { id: string }, version = 1) =>
      decide(first, second, { decision: 'same_person', reason: 'Same face', version, survivorId: second.id });
    const answers = await Promise.all([merge(a, b), merge(b, c)]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    for (const { first, second, version } of await pairs('?state=open')) await merge(first, second, version).expect(200);
    const { rows } = await platform.owner.query('select id, merged_into from beneficiaries where id = any($1) order by id', [
      [a.id, b.id, c.id],
    ]);
    expect(rows).toEqual([
      { id: a.id, merged_into: c.id },
      { id: b.id, merged_into: c.id },
      { id: c.id, merged_into: null },
    ]);
    expect(await stateOf(c)).toBe('enrolled');
  });

  it('are not decided by who registered either person, nor by two people at once, nor as they were not read', async () => {
    const one = registration({ relationship: 'other' });
    const [a, b] = [await register(one), await register(one)];
    const decision = { decision: 'needs_information', reason: 'Asked the field office', version: 1 };
    // Somebody who came to hold both roles.
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
      values (gen_random_uuid(), $1, 'programme_officer', $2, '00000000-0000-0000-0000-000000000001', now())`,
      [officer.userId, frame.programmeId],
    );
    await decide(a, b, decision, officer).expect(403);
    const other = await platform.as('programme_officer', { programme: frame.programmeId });
    const answers = await Promise.all([decide(a, b, decision), decide(a, b, decision, other)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    await decide(a, b, { ...decision, decision: 'different_people', version: 1 }).expect(409);
    await decide(a, b, { ...decision, decision: 'different_people', version: 2 }).expect(200);
  });

  it('stay within their programme', async () => {
    const one = registration({ relationship: 'other' });
    const [a, b] = [await register(one), await register(one)];
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('programme_officer', { programme: elsewhere.programmeId });
    const decision = { decision: 'different_people', reason: 'Prying about', version: 1 };
    const hidden = await decide(a, b, decision, stranger).expect(404);
    const missing = await decide({ id: b.id.replace(/^./, 'f') }, a, decision, stranger).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    await stranger.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs`).expect(404);
    await stranger.get(`/v1/duplicate-pairs/${a.id}/${b.id}`).expect(404);
    const smuggled = { ...decision, pairs: [{ firstId: a.id, secondId: b.id, version: 1 }], version: undefined };
    await stranger.post(`/v1/programmes/${elsewhere.programmeId}/duplicate-pairs/decisions`, smuggled).expect(404);
    await decide(a, b, decision, officer).expect(403);
    await (await platform.as('agent')).get(`/v1/programmes/${frame.programmeId}/duplicate-pairs`).expect(403);
    const there = await platform.as('enrolment_officer');
    expect((await register(one, elsewhere.programmeId, there)).state).toBe('enrolled');
  });
});
