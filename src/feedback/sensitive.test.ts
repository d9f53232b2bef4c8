import type supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, behindProxy, caseIdOf, codeOf, startFeedback, tellCase, teller } from '../../test/support/feedback.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { messagesTo, newPhone } from '../../test/support/public-door.ts';
import { newId, operationsOf, readContract } from '../platform/index.ts';

/** What each operation on a case is sent. */
const bodies: Readonly<Record<string, object>> = {
  moveFeedbackCase: { to: 'acknowledged' },
  replyToFeedback: { reply: 'Seen to' },
  giveFeedbackOutcome: { how: 'phone' },
  assignFeedbackCase: { userId: newId() },
  categoriseFeedback: { category: 'question', reason: 'It is harmless' },
  linkFeedbackCase: { serial: '12345678901234' },
  noteOnFeedback: { note: 'Seen' },
  nameAccusedStaff: { userIds: [newId()], reason: 'Named' },
};

describe('what few may see', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let code: string;
  let [officer, protection, auditor, administrator] = [] as unknown as [Client, Client, Client, Client];
  beforeAll(async () => {
    ({ platform, frame, code, officer, protection } = await startFeedback());
    auditor = await platform.as('auditor', { programme: frame.programmeId });
    administrator = await platform.as('administrator');
  });
  afterAll(() => platform.close());

  const told = (category: string) => tellCase(platform, code, { category, text: `About ${category}` });
  const path = () => `/v1/programmes/${frame.programmeId}`;

  it('is, to everybody else and by every operation, as if it were not there', async () => {
    const { id, reference } = await told('child_protection');
    const nowhere = newId();
    const onCases = operationsOf(readContract()).filter((operation) => operation.path.includes(':caseId'));
    expect(onCases.map((operation) => operation.id).sort()).toEqual([...Object.keys(bodies), 'getFeedbackCase'].sort());
    for (const operation of onCases) {
      for (const [by, expected] of [
        [officer, 404],
        [auditor, operation.id === 'getFeedbackCase' ? 404 : 403],
        [administrator, 403],
        [await platform.as('protection_officer', { programme: newId() }), 404],
      ] as const) {
        const ask = (caseId: string) => {
          const at = operation.path.replace(':caseId', caseId);
          return operation.method === 'get' ? by.get(at) : by.post(at, bodies[operation.id]);
        };
        const [there, none] = [await ask(id), await ask(nowhere)];
        const said = ({ status, body: { requestId: _id, ...body } }: supertest.Response) => ({ status, body });
        expect(there.status, operation.id).toBe(expected);
        expect(said(there), operation.id).toEqual(said(none));
      }
    }
    for (const query of ['', `reference=${reference}`, 'category=child_protection', 'overdue=false']) {
      expect((await officer.get(`${path()}/feedback-cases?${query}`).expect(200)).body.items).toEqual([]);
      expect((await protection.get(`${path()}/feedback-cases?${query}`).expect(200)).body.items).toHaveLength(1);
    }
    expect((await protection.get(`/v1/feedback-cases/${id}`).expect(200)).body.text).toBe('About child_protection');
  });

  it('is counted for others in full tens alone, and never by a filter', async () => {
    const report = async (by: Client, query = '') => (await by.get(`${path()}/feedback-report?${query}`).expect(200)).body;
    const before = await report(officer);
    expect(before).toMatchObject({ counts: [], sensitiveAtLeast: null });
    for (let i = 0; i < 8; i += 1) await told('sexual_exploitation');
    expect(await report(officer)).toEqual(before);
    await told('fraud_or_corruption');
    expect(await report(officer)).toMatchObject({ counts: [], inTime: [], sensitiveAtLeast: 10 });
    await told('fraud_or_corruption');
    expect((await report(officer)).sensitiveAtLeast).toBe(10);
    expect((await report(officer, 'from=2000-01-01&to=2000-01-02')).sensitiveAtLeast).toBe(10);
    const { counts, sensitiveAtLeast } = await report(protection);
    expect(sensitiveAtLeast).toBeNull();
    expect(counts.map(({ category, cases }: { category: string; cases: number }) => [category, cases])).toEqual([
      ['child_protection', 1],
      ['fraud_or_corruption', 2],
      ['sexual_exploitation', 8],
    ]);
    await administrator.get(`${path()}/feedback-report`).expect(403);
  });

  it('changes no count of others when a case turns out to be sensitive, or about one of them', async () => {
    const report = async (query = '') => {
      const { counts, inTime } = (await officer.get(`${path()}/feedback-report?${query}`).expect(200)).body;
      return { counts, inTime };
    };
    const [found, named, late] = [await told('question'), await told('rude_or_unsafe'), await told('other')];
    const { rows } = await platform.owner.query(
      'select (received_at at time zone $2)::date::text as day from feedback_cases where id = $1',
      [found.id, 'Africa/Algiers'],
    );
    const today = `from=${rows[0].day}&to=${rows[0].day}`;
    const before = [await report(), await report(today)];
    expect(before[0]?.counts).toHaveLength(3);
    await protection
      .post(`/v1/feedback-cases/${found.id}/category`, { category: 'sexual_exploitation', reason: 'Read it twice' })
      .expect(200);
    await protection
      .post(`/v1/feedback-cases/${named.id}/accused`, { userIds: [officer.userId], reason: 'Named by who told us' })
      .expect(200);
    // Into a category that has to be answered sooner.
    await protection.post(`/v1/feedback-cases/${late.id}/category`, { category: 'asked_to_pay', reason: 'It is of money' }).expect(200);
    expect([await report(), await report(today)]).toEqual(before);
    platform.clock.skip(26 * 3_600_000);
    expect((await report()).inTime.every(({ overdue }: { overdue: number }) => overdue === 0)).toBe(true);
    platform.clock.skip(-26 * 3_600_000);
    const own = (await protection.get(`${path()}/feedback-report`).expect(200)).body.counts;
    expect(own.map(({ category }: { category: string }) => category)).not.toContain('question');
    const app = await platform.applicationClient();
    await expect(app.query('update feedback_cases set was_sensitive = true where id = $1', [found.id])).rejects.toMatchObject({
      code: '42501',
    });
  });

  it('is never sent to a telephone, nor shown to who has the secret', async () => {
    const phone = newPhone();
    const asker = teller(platform, code);
    const answered = async (category: string) => {
      const { body } = await asker.tell({ category, text: 'Of the camp', contact: { phone } }).expect(201);
      const id = await caseIdOf(platform, body.reference);
      await begin(protection, id);
      await protection.post(`/v1/feedback-cases/${id}/reply`, { reply: 'Come on Monday' }).expect(200);
      return { id, ...(body as { reference: string; secret: string }) };
    };
    const { id, reference, secret } = await answered('sexual_exploitation');
    const { body } = await protection.post(`/v1/feedback-cases/${id}/tellings`, { how: 'sms' }).expect(422);
    expect(body.errors).toMatchObject([{ pointer: '/how' }]);
    await protection.post(`/v1/feedback-cases/${id}/tellings`, { how: 'in_person' }).expect(200);
    expect((await asker.lookUp(reference, secret).expect(200)).body).toMatchObject({ state: 'answered', reply: null });
    // One that turns out to be sensitive while its message waits is not sent either.
    const found = await answered('question');
    expect((await asker.lookUp(found.reference, found.secret).expect(200)).body.reply).toBe('Come on Monday');
    await protection.post(`/v1/feedback-cases/${found.id}/tellings`, { how: 'sms' }).expect(200);
    await platform.settled();
    expect(messagesTo(platform, phone)).toEqual(['Come on Monday']);
  });

  it('stands in no event and in no row that outlives the words: why somebody did something', async () => {
    const { id } = await told('question');
    const secretWords = 'Mahjouba of tent twelve';
    await begin(protection, id);
    await protection.post(`/v1/feedback-cases/${id}/reply`, { reply: 'Seen to' }).expect(200);
    await protection.post(`/v1/feedback-cases/${id}/moves`, { to: 'reopened', reason: secretWords }).expect(200);
    await protection.post(`/v1/feedback-cases/${id}/category`, { category: 'child_protection', reason: secretWords }).expect(200);
    await protection.post(`/v1/feedback-cases/${id}/accused`, { userIds: [officer.userId], reason: secretWords }).expect(200);
    const { body } = await protection.get(`/v1/feedback-cases/${id}`).expect(200);
    const reasons = body.steps.flatMap(({ reason }: { reason: string | null }) => reason ?? []);
    expect(reasons).toEqual([secretWords, secretWords, secretWords]);
    const kept = [
      ...(await platform.owner.query('select e::text as row from audit_events e where subject_id = $1', [id])).rows,
      ...(await platform.owner.query(`select encode(reason, 'escape') as row from feedback_steps where case_id = $1`, [id])).rows,
    ];
    expect(kept.length).toBeGreaterThan(6);
    expect(JSON.stringify(kept)).not.toContain('Mahjouba');
  });

  it('is out of sight for the officer who found that it is sensitive', async () => {
    const { id } = await told('question');
    await officer.post(`/v1/feedback-cases/${id}/moves`, { to: 'acknowledged' }).expect(200);
    const moved = await officer
      .post(`/v1/feedback-cases/${id}/category`, { category: 'sexual_exploitation', reason: 'Read it twice' })
      .expect(200);
    expect(moved.body).toMatchObject({ isSensitive: true, ownerId: null });
    await officer.get(`/v1/feedback-cases/${id}`).expect(404);
    await protection.post(`/v1/feedback-cases/${id}/category`, { category: 'question', reason: 'It was a mistake' }).expect(200);
    await officer.get(`/v1/feedback-cases/${id}`).expect(200);
    const sensitive = await told('child_protection');
    await protection.post(`/v1/feedback-cases/${sensitive.id}/owner`, { userId: officer.userId }).expect(422);
    await protection.post(`/v1/feedback-cases/${sensitive.id}/owner`, { userId: protection.userId }).expect(200);
  });

  it('is not held together with roles that handle cash or keep accounts', async () => {
    for (const role of ['agent', 'administrator', 'auditor', 'finance_officer']) {
      await expect(
        platform.owner.query(
          `insert into role_grants (id, user_id, role, programme_id, office_id, granted_by, granted_at) select $1, $2, $3::text,
            case when $3 = 'agent' then null else $4::uuid end, case when $3 = 'agent' then $5::uuid end, '00000000-0000-0000-0000-000000000001', now()`,
          [newId(), protection.userId, role, frame.programmeId, frame.officeId],
        ),
      ).rejects.toMatchObject({ constraint: 'role_grants_compatible' });
    }
  });
});

describe('the public door of feedback', () => {
  let platform: TestPlatform;
  let code: string;
  beforeAll(async () => {
    platform = await startPlatform({
      recurring: false,
      environment: { ...behindProxy, FEEDBACK_PER_ADDRESS: '5', FEEDBACK_PER_DAY: '12' },
    });
    code = await codeOf(platform, await makeFrame(platform));
  });
  afterAll(() => platform.close());

  it('takes no flood, from one address or from many', async () => {
    const one = teller(platform, code, '198.18.200.1');
    const statuses = [];
    for (let i = 0; i < 8; i += 1) statuses.push((await one.tell({ text: `Flood ${i}` })).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429, 429, 429]);
    const many = [];
    for (let i = 0; i < 9; i += 1) many.push((await teller(platform, code).tell({ text: `From many ${i}` })).status);
    expect(many).toEqual([201, 201, 201, 201, 201, 201, 201, 429, 429]);
    const { rows } = await platform.owner.query('select count(*)::int as cases from feedback_cases');
    expect(rows[0].cases).toBe(12);
  });

  it('cannot be guessed at: twenty tries under one reference in a day, from wherever', async () => {
    const statuses = [];
    for (let i = 0; i < 22; i += 1) statuses.push((await teller(platform, code).lookUp('5720000043', `AAAA-AA${10 + i}`)).status);
    expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 404));
    expect(statuses.slice(20)).toEqual([429, 429]);
  });
});
