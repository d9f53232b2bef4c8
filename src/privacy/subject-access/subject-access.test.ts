import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { confirmAll, daysOf, giveCeilings, makeKind, makeReintegration, makeWork, registeredBefore } from '../../../test/support/extras.ts';
import { type Frame, makeFrame, makePerson } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { reachable, registration } from '../../../test/support/registrations.ts';
import { makeVouchers, type TestVoucher } from '../../../test/support/vouchers.ts';
import { dateIn, escapedText } from '../../platform/index.ts';
import { loadPilotGeography, pilotScorecard } from '../../seeding.ts';
import { subjectPage } from './page.ts';
import type { Section, SubjectFile } from './types.ts';
import { wordsAr } from './words-ar.ts';
import { wordsEn } from './words-en.ts';
import { wordsFr } from './words-fr.ts';

describe('what is held of one person', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let clerk: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    clerk = await platform.as('enrolment_officer', { programme: frame.programmeId });
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const request = (id: string, asked: object = {}, by = officer) =>
    by.post(`/v1/beneficiaries/${id}/subject-access`, { format: 'json', language: 'en', reason: 'Letter 12', ...asked });
  const fileOf = async (id: string, asked: object = {}): Promise<SubjectFile> => (await request(id, asked).expect(200)).body;
  const section = ({ sections }: SubjectFile, name: string): Section['items'] =>
    (sections.find((one) => one.name === name) ?? expect.fail(`no section ${name}`)).items;
  const register = async (body: object): Promise<{ id: string; registrationNumber: string; household: { id: string } }> =>
    (await clerk.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, body).expect(201)).body;

  it('holds everything of theirs, on all their records, and names nobody else', async () => {
    const form = reachable({
      names: { given: 'Mahjouba', family: 'Tellimoune' },
      household: { reference: 'SA-1', size: 2 },
      answers: { mealsPerDay: 1, washingtonGroup: { seeing: 'some' } },
    });
    const person = await register(form);
    await register(
      registration({ names: { given: 'Othermember', family: 'Neighbourname' }, household: form.household, relationship: 'spouse' }),
    );
    await clerk
      .post(`/v1/households/${person.household.id}/collectors`, {
        names: { given: 'Collectrix', family: 'Stranger' },
        document: { type: 'passport', number: 'CC5551234', issuingCountry: 'NER' },
        validUntil: '2099-01-01',
      })
      .expect(201);
    await clerk
      .post(`/v1/beneficiaries/${person.id}/consents`, {
        purpose: 'share_with_partners',
        legalBasis: 'consent',
        method: 'witnessed_verbal',
        givenOn: '2026-01-05',
        evidence: { witness: 'Houria Witnessova', reference: 'Tape 44' },
      })
      .expect(201);
    const read = await clerk.get(`/v1/beneficiaries/${person.id}`).expect(200);
    await clerk
      .patch(`/v1/beneficiaries/${person.id}`, read.headers['etag'] as string, { names: { family: 'Tellimouna' }, reason: 'Misspelt' })
      .expect(200);
    // Entered once more, and merged.
    const twin = await register(registration({ names: { given: 'Mahjoubatwin', family: 'Tellimouna' }, documents: form.documents }));
    const [pair] = (await officer.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?state=open`).expect(200)).body.items;
    const [first, other] = [pair.first.id, pair.second.id];
    await officer
      .post(`/v1/duplicate-pairs/${first}/${other}/decision`, {
        decision: 'same_person',
        survivorId: person.id,
        reason: 'Same face',
        version: pair.version,
      })
      .expect(200);

    for (const id of [person.id, twin.id]) {
      const file = await fileOf(id);
      const text = JSON.stringify(file);
      for (const own of [
        'Mahjouba',
        'Tellimouna',
        'Tellimoune',
        'Mahjoubatwin',
        form.documents[0]?.number ?? '-',
        'SA-1',
        'Tape 44',
        'Misspelt',
      ])
        expect(text, own).toContain(own);
      for (const others of ['Othermember', 'Neighbourname', 'Collectrix', 'Stranger', 'CC5551234', 'Witnessova', clerk.userId])
        expect(text, others).not.toContain(others);
      expect(section(file, 'identity')).toHaveLength(2);
      expect(section(file, 'household').find(({ reference }) => reference === 'SA-1')).toMatchObject({
        otherMembers: 'spouse',
        otherCollectors: 1,
      });
      expect(section(file, 'duplicates')).toMatchObject([{ decision: 'same_person', state: 'same_person' }]);
      expect(section(file, 'changes')).toMatchObject([{ field: 'names', reason: 'Misspelt' }]);
      expect(section(file, 'answers')).toEqual(
        expect.arrayContaining([
          { question: 'mealsPerDay', answer: 1 },
          { question: 'seeing', answer: 'some' },
        ]),
      );
      expect(section(file, 'consents').find(({ method }) => method === 'witnessed_verbal')).toMatchObject({
        wasWitnessed: true,
        evidence: 'Tape 44',
      });
    }
  });

  it('holds what was owed, paid and sent, without the code, and how the points were counted', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const { body: scorecard } = await officer
      .post(`/v1/programmes/${frame.programmeId}/scorecards`, { definition: await pilotScorecard() })
      .expect(201);
    await officer.post(`/v1/beneficiaries/${person.id}/assessments`, { scorecardId: scorecard.id });
    const [voucher] = (await makeVouchers(platform, frame, 1, { people: [person] })) as [TestVoucher];
    const agent = await platform.as('agent', { office: frame.officeId });
    await agent
      .post('/v1/payouts', {
        officeId: frame.officeId,
        locator: { serial: voucher.serial },
        code: voucher.code,
        documentType: 'passport',
        documentLastFour: '0042',
      })
      .expect(201);
    const file = await fileOf(person.id, { language: 'fr' });
    expect(section(file, 'vouchers')).toMatchObject([{ serial: voucher.serial, state: 'redeemed', amount: '15000.00' }]);
    expect(section(file, 'payouts')).toMatchObject([{ office: 'Grande Poste', documentLastFour: '0042', collectedThemselves: true }]);
    expect(section(file, 'messages')).toMatchObject([{ kind: 'code', state: 'accepted' }]);
    expect(section(file, 'entitlements')).toHaveLength(1);
    expect(section(file, 'payments')).toHaveLength(1);
    const text = JSON.stringify(file);
    expect(text).not.toContain(voucher.code);
    expect(text).not.toContain(voucher.code.slice(0, 8));
    expect(text).not.toContain(agent.userId);
    expect(section(file, 'assessments').length).toBeGreaterThan(0);
    expect(section(file, 'assessmentLines').length).toBeGreaterThan(3);
  });

  it('holds the tranches, the emergencies and the days of work of theirs, and nobody who wrote them', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const [draw] = await giveCeilings(officer, await makeReintegration(officer, frame), [person]);
    await confirmAll(officer, draw?.id ?? '');
    await officer.post(`/v1/draws/${draw?.id}/refuse`, { reason: 'The pass is of another flight' }).expect(200);
    await registeredBefore(platform, [person]);
    const work = await makeWork(officer, frame);
    await officer
      .post(`/v1/plans/${work.planId}/attendance-sheets`, { siteId: work.siteId, rows: daysOf(person, [2], 'half') })
      .expect(201);
    const emergency = await makeKind(officer, frame, 'emergency_cash', { amountRule: { rule: 'fixed', amount: '1' }, withinDays: 2 });
    const dueOn = dateIn('Africa/Algiers', platform.clock.now());
    await officer
      .post(`/v1/plans/${emergency}/emergency-entries`, { dueOn, people: [{ person: { beneficiaryId: person.id } }] })
      .expect(201);
    const file = await fileOf(person.id);
    expect(section(file, 'tranches')).toMatchObject([
      { tranche: 'On arrival', ceiling: '100000.00', amount: '40000.00', state: 'refused' },
      { tranche: 'Trade', amount: '60000.00', state: 'waiting' },
    ]);
    expect(section(file, 'confirmations')).toMatchObject([
      { condition: 'Returned', evidence: 'RC-2026/114' },
      { decision: 'refused', reason: 'The pass is of another flight' },
    ]);
    expect(section(file, 'attendance')).toMatchObject([{ day: '2026-03-02', halfDays: 1, state: 'entered' }]);
    expect(section(file, 'emergencies')).toMatchObject([{ dueOn, reason: null }]);
    expect(JSON.stringify(file)).not.toContain(officer.userId);
  });

  it('tells the document that was shown only to whom it belongs', async () => {
    const head = await makePerson(platform, frame.programmeId);
    const child = await makePerson(platform, frame.programmeId, {}, head.householdId);
    const [voucher] = (await makeVouchers(platform, frame, 1, { people: [child] })) as [TestVoucher];
    await platform.owner.query('set session_replication_role = replica');
    await platform.owner.query('update vouchers set collector_id = $2 where id = $1', [voucher.id, head.id]);
    await platform.owner.query('set session_replication_role = origin');
    const agent = await platform.as('agent', { office: frame.officeId });
    await agent
      .post('/v1/payouts', {
        officeId: frame.officeId,
        locator: { serial: voucher.serial },
        code: voucher.code,
        documentType: 'passport',
        documentLastFour: '7788',
      })
      .expect(201);
    expect(section(await fileOf(child.id), 'payouts')).toMatchObject([
      { collectedThemselves: false, documentLastFour: null, documentType: null },
    ]);
    expect(section(await fileOf(head.id), 'payouts')).toEqual([]);
  });

  it('is given to a programme officer with a fresh second factor, and recorded', async () => {
    const person = await makePerson(platform, frame.programmeId);
    for (const role of ['enrolment_officer', 'auditor', 'administrator', 'finance_officer', 'donor'] as const)
      await request(person.id, {}, await platform.as(role)).expect(403);
    const elsewhere = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    await request(person.id, {}, elsewhere).expect(404);
    await request(person.id).expect(200);
    const { rows } = await platform.owner.query(
      `select actor_id, reason from audit_events where command = 'privacy.answer_subject' and subject_id = $1`,
      [person.id],
    );
    expect(rows).toEqual([{ actor_id: officer.userId, reason: 'subject_request: Letter 12' }]);
    expect((await platform.owner.query(`select from idempotency_keys where command = 'privacy.answer_subject'`)).rows).toEqual([]);
    platform.clock.skip(6 * 60_000);
    await request(person.id).expect(401);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
  });

  it('is a page that runs nothing, in three languages, from right to left in Arabic', async () => {
    const attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>';
    const person = await makePerson(platform, frame.programmeId, { names: { given: attack, family: "O'Neil & Sons" } });
    for (const [language, words, direction] of [
      ['ar', wordsAr, 'rtl'],
      ['fr', wordsFr, 'ltr'],
      ['en', wordsEn, 'ltr'],
    ] as const) {
      const { text: page, headers } = await request(person.id, { format: 'html', language }).expect(200);
      expect(headers['content-type']).toMatch(/^text\/html/);
      expect(headers['content-disposition']).toContain('attachment');
      expect(headers['cache-control'] ?? '').not.toContain('public');
      expect(page).toContain(`<html lang="${language}" dir="${direction}">`);
      expect(page).toContain(words.title);
      expect(page).toContain("default-src 'none'");
      expect(page).not.toMatch(/<script|<img|<a |<form|<iframe|javascript:|onerror=alert\(2\)>/);
      expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
      expect(page).toContain('O&#39;Neil &amp; Sons');
      expect(page.replaceAll('&lt;img src=x', '')).not.toMatch(/\b(?:src|href|url)\s*[=(]/);
      // The page has words for every section that it shows.
      for (const { name } of (await fileOf(person.id)).sections) expect(words.sections[name], name).toBeDefined();
    }
  });

  it('has the same words in each language, and none is missing', () => {
    for (const part of ['sections', 'fields', 'values'] as const) {
      expect(Object.keys(wordsAr[part])).toEqual(Object.keys(wordsEn[part]));
      expect(Object.keys(wordsFr[part])).toEqual(Object.keys(wordsEn[part]));
      for (const words of [wordsAr, wordsFr, wordsEn]) expect(Object.values(words[part]).every((text) => text.trim() !== '')).toBe(true);
    }
    const page = subjectPage({
      programmeId: '',
      registrationNumber: '1',
      preparedAt: '',
      language: 'ar',
      sections: [{ name: 'x<y', items: [{ 'a"b': "<'>" }] }],
    });
    expect(page).toContain('x&lt;y');
    expect(escapedText(`<>&"'`)).toBe('&lt;&gt;&amp;&quot;&#39;');
  });

  it('of somebody who was erased holds what is left', async () => {
    const person = await makePerson(platform, frame.programmeId, { names: { given: 'Vanished' } });
    const second = await platform.as('programme_officer', { programme: frame.programmeId });
    const { body } = await officer
      .post(`/v1/beneficiaries/${person.id}/erasures`, { ground: 'subject_request', reason: 'Letter 13' })
      .expect(201);
    await second.post(`/v1/erasures/${body.id}/confirm`).expect(200);
    const file = await fileOf(person.id);
    expect(section(file, 'identity')).toMatchObject([{ givenName: null, erasedAt: expect.any(String) }]);
    expect(section(file, 'erasures')).toMatchObject([{ ground: 'subject_request', state: 'done' }]);
    expect(JSON.stringify(file)).not.toContain('Vanished');
    await request(person.id, { format: 'html', language: 'ar' }).expect(200);
  });
});

describe('how many people one user may tell what is held of them in a day', () => {
  let platform: TestPlatform;
  let frame: Frame;
  beforeAll(async () => {
    platform = await startPlatform({
      environment: { SUBJECT_FILES_PER_DAY: '2', SUBJECT_FILES_PER_DAY_AT_MOST: '4', EXPORTS_PER_DAY: '1', EXPORTS_PER_DAY_AT_MOST: '1' },
    });
    frame = await makeFrame(platform);
  });
  afterAll(() => platform.close());

  it('raises an alert for whoever goes through many people, and refuses the rest with nothing of them', async () => {
    const scope = { programme: frame.programmeId };
    const [greedy, other] = [await platform.as('programme_officer', scope), await platform.as('programme_officer', scope)];
    const ask = async (by: Client) => {
      const { id } = await makePerson(platform, frame.programmeId, { names: { given: 'Zubayda', family: 'Tamazight' } });
      return by.post(`/v1/beneficiaries/${id}/subject-access`, { format: 'json', language: 'en', reason: 'Letter 12' });
    };
    const alerts = async (): Promise<string[]> =>
      (await platform.owner.query('select kind from alerts where subject_id = $1 order by id', [greedy.userId])).rows.map(
        ({ kind }) => kind,
      );
    const statuses: number[] = [];
    for (let i = 0; i < 2; i += 1) statuses.push((await ask(greedy)).status);
    expect(await alerts()).toEqual([]);
    for (let i = 0; i < 2; i += 1) statuses.push((await ask(greedy)).status);
    expect(await alerts()).toEqual(['privacy.many_subject_files']);
    for (let i = 0; i < 2; i += 1) {
      const refused = await ask(greedy);
      statuses.push(refused.status);
      expect(refused.body.code).toBe('too_many_requests');
      expect(refused.text).not.toContain('Zubayda');
    }
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429]);
    expect(await alerts()).toEqual(['privacy.many_subject_files', 'privacy.subject_file_refused']);
    expect((await ask(other)).status).toBe(200);
    // Files of many people are counted apart.
    const form = { reason: 'For the report', format: 'csv', language: 'en', fields: ['state'], encryption: 'zip' };
    await greedy.post(`/v1/programmes/${frame.programmeId}/beneficiary-exports`, form).set('Sanad-Purpose', 'monitoring').expect(202);
  });
});
