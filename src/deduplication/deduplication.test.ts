import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { loadPilotGeography } from '../seeding.ts';
import { compareBeneficiaries } from './compare.ts';
import { heldBeneficiaries } from './index.ts';
import { blocksEnrolment, latecomers, scoreOf } from './rules.ts';

const born = (date: string) => ({ from: date, to: date, precision: 'exact' });

describe('what two records have in common', () => {
  const shared = (facts: object) =>
    scoreOf({ firstId: 'a', secondId: 'b', sameDocument: false, samePhone: false, sameBirth: false, sameHousehold: false, ...facts });

  it('is certain by document, likely by telephone and birth, weak by telephone alone, and nothing within a family', () => {
    expect(shared({ sameDocument: true, samePhone: true })?.score).toBe('1.00');
    expect(shared({ samePhone: true, sameBirth: true })?.score).toBe('0.90');
    expect(shared({ samePhone: true, sameBirth: true, sameHousehold: true })?.score).toBe('0.90');
    expect(shared({ samePhone: true })?.score).toBe('0.40');
    expect(shared({ samePhone: true, sameHousehold: true })).toBeNull();
    expect(shared({ sameBirth: true })).toBeNull();
    expect(shared({})).toBeNull();
  });

  it('adds up to its score, and blocks enrolment by document alone', () =>
    fc.assert(
      fc.property(
        fc.record({ sameDocument: fc.boolean(), samePhone: fc.boolean(), sameBirth: fc.boolean(), sameHousehold: fc.boolean() }),
        (facts) => {
          const pair = shared(facts);
          if (!pair) return;
          expect(pair.evidence.reduce((sum, { weight }) => sum + Number(weight), 0)).toBeCloseTo(Number(pair.score));
          expect(blocksEnrolment(pair)).toBe(facts.sameDocument);
        },
      ),
    ));

  it('holds whoever came later', () => {
    const pair = (firstId: string, secondId: string) => ({ firstId, secondId });
    expect(latecomers([pair('old', 'new')], new Set(['new']))).toEqual(new Set(['new']));
    expect(latecomers([pair('new', 'old')], new Set(['new']))).toEqual(new Set(['new']));
    expect(latecomers([pair('n1', 'n2')], new Set(['n1', 'n2']))).toEqual(new Set(['n2']));
  });
});

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

  let counter = 0;
  const register = async (change: object = {}, programmeId = frame.programmeId, by = officer) => {
    counter += 1;
    const { body } = await by
      .post(`/v1/programmes/${programmeId}/beneficiaries`, {
        names: { given: `Person ${counter}` },
        sex: 'male',
        birth: born(`19${60 + (counter % 30)}-03-0${1 + (counter % 9)}`),
        nationality: 'NER',
        documents: [],
        phones: [],
        household: { reference: `F-${counter}`, size: 1 },
        relationship: 'head',
        wilaya: '16',
        commune: 'Alger Centre',
        language: 'fr',
        consents: [
          { purpose: 'registration', legalBasis: 'consent', method: 'audio', givenOn: '2026-01-01', evidence: { reference: 'A1' } },
        ],
        ...('documents' in change ? {} : { attestation: { reason: 'never_had', attestedBy: 'Field team 2' } }),
        ...change,
      })
      .expect(201);
    return body as { id: string; state: string; registrationNumber: string };
  };
  const passport = (number: string) => ({ documents: [{ type: 'passport', number, issuingCountry: 'NER' }] });
  const pairs = async (query = '', by = judge) =>
    (await by.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs${query}`).expect(200)).body.items;
  const decide = (first: { id: string }, second: { id: string }, body: object, by = judge) =>
    by.post(`/v1/duplicate-pairs/${first.id}/${second.id}/decision`, body);
  const held = (...people: { id: string }[]) =>
    heldBeneficiaries(
      platform.app.database.reader,
      frame.programmeId,
      people.map(({ id }) => id),
    );
  const stateOf = async ({ id }: { id: string }) => (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body.state;

  it('show both people side by side with the evidence in words, the likeliest first', async () => {
    const [a, b] = [await register(passport('A1')), await register(passport('A1'))];
    const c = await register({ phones: ['0550111111'], birth: born('1980-01-01') });
    const d = await register({ phones: ['0550111111'], birth: born('1980-01-01') });
    const e = await register({ phones: ['0550111111'], birth: born('1999-09-09') });
    const list = await pairs();
    expect(
      list.map(({ first, second, score }: { first: { id: string }; second: { id: string }; score: string }) => [
        first.id,
        second.id,
        score,
      ]),
    ).toEqual([
      [a.id, b.id, '1'],
      [c.id, d.id, '0.9'],
      [c.id, e.id, '0.4'],
      [d.id, e.id, '0.4'],
    ]);
    expect(list[0]).toMatchObject({
      state: 'open',
      version: 1,
      first: { registrationNumber: a.registrationNumber, names: { given: expect.any(String) }, state: 'enrolled' },
      second: { state: 'applicant' },
      evidence: [{ field: 'document', text: 'They hold the same document of the same country.' }],
    });
    expect(JSON.stringify((await platform.owner.query('select evidence from duplicate_pairs')).rows)).not.toMatch(/A1|0550111111|1980/);
    expect(await held(a, b, c, d, e)).toEqual(new Set([a.id, b.id, c.id, d.id]));
    expect(await pairs('?minScore=0.9')).toHaveLength(2);
    const walked: unknown[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await judge
        .get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?limit=1${cursor && `&cursor=${cursor}`}`)
        .expect(200);
      walked.push(...body.items);
      if (!body.nextCursor) break;
      cursor = body.nextCursor;
    }
    expect(walked).toEqual(list);
    await judge.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?cursor=bm8`).expect(400);
    const {
      rows: [read],
    } = await platform.owner.query(
      `select count(*)::int as count from audit_events where command = 'deduplication.read' and actor_id = $1`,
      [judge.userId],
    );
    expect(read.count).toBe(6);
  });

  it('leave a family that shares a telephone alone', async () => {
    const household = { reference: 'FAMILY', size: 3 };
    for (const date of ['1980-01-01', '1985-01-01', '2015-01-01']) await register({ household, phones: ['0550222222'], birth: born(date) });
    expect(await pairs()).toEqual([]);
  });

  it('enrol an applicant who was told apart from everybody, and not before', async () => {
    const [a, b] = [await register(passport('B1')), await register(passport('B2'))];
    const c = await register({ documents: [...passport('B1').documents, ...passport('B2').documents] });
    expect(c.state).toBe('applicant');
    const decision = { decision: 'different_people', reason: 'Seen together at the office', version: 1 };
    expect((await decide(a, c, decision).expect(200)).body).toMatchObject({
      state: 'different_people',
      reason: decision.reason,
      decidedBy: judge.userId,
      version: 2,
    });
    expect(await stateOf(c)).toBe('applicant');
    await decide(b, c, decision).expect(200);
    expect(await stateOf(c)).toBe('enrolled');
    expect(await held(a, b, c)).toEqual(new Set());
    await decide(b, c, { ...decision, version: 2 }).expect(409);
    const {
      rows: [event],
    } = await platform.owner.query(`select reason, actor_id from audit_events where subject_id = $1`, [`${b.id}/${c.id}`]);
    expect(event).toEqual({ reason: decision.reason, actor_id: judge.userId });
  });

  it('merge the record that does not go on, whose other pairs its survivor takes over', async () => {
    const a = await register({ ...passport('C1'), phones: ['0550333333'], birth: born('1970-01-01') });
    const b = await register(passport('C1'));
    const c = await register({ phones: ['0550333333'], birth: born('1970-01-01') });
    const wrong = await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1, survivorId: c.id }).expect(422);
    expect(wrong.body.errors).toMatchObject([{ pointer: '/survivorId' }]);
    await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1 }).expect(422);
    const { body } = await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1, survivorId: b.id }).expect(200);
    expect(body).toMatchObject({ state: 'same_person', first: { state: 'merged' }, second: { state: 'enrolled' } });
    expect((await officer.get(`/v1/beneficiaries/${a.id}`).expect(200)).body).toMatchObject({ state: 'merged', mergedInto: b.id });
    const open = await pairs('?state=open');
    expect(
      open.map(({ first, second, score }: { first: { id: string }; second: { id: string }; score: string }) => [
        first.id,
        second.id,
        score,
      ]),
    ).toEqual([[b.id, c.id, '0.9']]);
    const superseded = await pairs('?state=superseded');
    expect(superseded).toMatchObject([{ first: { id: a.id }, second: { id: c.id }, decidedBy: judge.userId }]);
    await decide(a, c, { decision: 'different_people', reason: 'Too late', version: 2 }).expect(409);
    expect(await held(a, b, c)).toEqual(new Set([b.id, c.id]));
    const later = await register(passport('C1'));
    expect(
      (await pairs('?minScore=1&state=open')).map(({ first, second }: { first: { id: string }; second: { id: string } }) => [
        first.id,
        second.id,
      ]),
    ).toEqual([[b.id, later.id]]);
  });

  it('remember through a merger who was told apart', async () => {
    const a = await register({ ...passport('G1'), phones: ['0550555555'] });
    const b = await register(passport('G1'));
    const neighbour = await register({ phones: ['0550555555'] });
    await decide(a, neighbour, { decision: 'different_people', reason: 'Neighbours', version: 1 }).expect(200);
    await decide(a, b, { decision: 'same_person', reason: 'Same face', version: 1, survivorId: b.id }).expect(200);
    expect(await pairs('?state=open')).toEqual([]);
  });

  it('are settled once however two mergers cross', async () => {
    const [a, b, c] = [await register(passport('H1')), await register(passport('H1')), await register(passport('H1'))];
    const merge = (first: { id: string }, second: { id: string }) =>
      decide(first, second, { decision: 'same_person', reason: 'Same face', version: 1, survivorId: second.id });
    const answers = await Promise.all([merge(a, b), merge(b, c)]);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    const open = await pairs('?state=open');
    for (const { first, second } of open) await merge(first, second).expect(200);
    const { rows } = await platform.owner.query('select id, merged_into from beneficiaries where id = any($1) order by id', [
      [a.id, b.id, c.id],
    ]);
    expect(rows).toEqual([
      { id: a.id, merged_into: c.id },
      { id: b.id, merged_into: c.id },
      { id: c.id, merged_into: null },
    ]);
    expect(await stateOf(c)).toBe('enrolled');
    expect(await held(a, b, c)).toEqual(new Set());
  });

  it('are not decided by who registered either person, nor by two people at once, nor as they were not read', async () => {
    const [a, b] = [await register(passport('D1')), await register(passport('D1'))];
    const decision = { decision: 'needs_information', reason: 'Asked the field office', version: 1 };
    // Somebody who came to hold both roles.
    await platform.owner.query(
      `insert into role_grants (id, user_id, role, programme_id, granted_by, granted_at)
      values (gen_random_uuid(), $1, 'programme_officer', $2, gen_random_uuid(), now())`,
      [officer.userId, frame.programmeId],
    );
    await decide(a, b, decision, officer).expect(403);
    const other = await platform.as('programme_officer', { programme: frame.programmeId });
    const answers = await Promise.all([decide(a, b, decision), decide(a, b, decision, other)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await held(a, b)).toEqual(new Set([a.id, b.id]));
    await decide(a, b, { ...decision, decision: 'different_people', version: 1 }).expect(409);
    await decide(a, b, { ...decision, decision: 'different_people', version: 2 }).expect(200);
    expect(await held(a, b)).toEqual(new Set());
  });

  it('are asked about again on new evidence only', async () => {
    const { app } = platform;
    const a = await register({ phones: ['0550444444'] });
    const b = await register({ phones: ['0550444444'] });
    await decide(a, b, { decision: 'different_people', reason: 'Neighbours', version: 1 }).expect(200);
    const compare = () =>
      app.database.transaction((tx) =>
        compareBeneficiaries(
          {
            tx,
            now: platform.clock.now(),
            keyRing: app.keyRing,
            actor: { id: officer.userId, kind: 'system', grants: [], secondFactorAt: null },
          },
          frame.programmeId,
          [a.id],
        ),
      );
    await compare();
    expect(await pairs()).toMatchObject([{ state: 'different_people', score: '0.4', version: 2 }]);
    await platform.owner.query(
      `insert into beneficiary_indexes (kind, value, beneficiary_id) values ('document', '\\x01', $1), ('document', '\\x01', $2)`,
      [a.id, b.id],
    );
    await compare();
    expect(await pairs()).toMatchObject([{ state: 'open', score: '1', version: 3, reason: null, decidedBy: null }]);
  });

  it('stay within their programme', async () => {
    const [a, b] = [await register(passport('E1')), await register(passport('E1'))];
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('programme_officer', { programme: elsewhere.programmeId });
    const decision = { decision: 'different_people', reason: 'Prying about', version: 1 };
    const hidden = await decide(a, b, decision, stranger).expect(404);
    const missing = await decide({ id: b.id.replace(/^./, 'f') }, a, decision, stranger).expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    await stranger.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs`).expect(404);
    await decide(a, b, decision, officer).expect(403);
    await (await platform.as('agent')).get(`/v1/programmes/${frame.programmeId}/duplicate-pairs`).expect(403);
    const there = await platform.as('enrolment_officer');
    expect((await register(passport('E1'), elsewhere.programmeId, there)).state).toBe('enrolled');
  });

  it('are ordered, begin open and are decided with a reason in the database itself', async () => {
    const [a, b] = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    const client = await platform.applicationClient();
    const insert = (first: string, second: string, state = 'open') =>
      client.query(
        `insert into duplicate_pairs (first_id, second_id, programme_id, score, evidence, state, found_at)
        values ($1, $2, $4, 1, '[]', $3, now())`,
        [first, second, state, frame.programmeId],
      );
    await expect(insert(b.id, a.id)).rejects.toMatchObject({ constraint: 'duplicate_pairs_ordered' });
    await expect(insert(a.id, b.id, 'same_person')).rejects.toMatchObject({ constraint: 'duplicate_pairs_first_state' });
    await insert(a.id, b.id);
    await expect(client.query(`update duplicate_pairs set state = 'same_person'`)).rejects.toMatchObject({
      constraint: 'duplicate_pairs_decision_has_reason',
    });
    await expect(client.query('delete from duplicate_pairs')).rejects.toMatchObject({ code: '42501' });
  });
});
