import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../test/support/erase.ts';
import { begin, startFeedback, tellCase, teller } from '../../test/support/feedback.ts';
import { type Frame, makePerson } from '../../test/support/fixtures.ts';
import { payList } from '../../test/support/paid.ts';
import type { Client, TestPlatform } from '../../test/support/platform.ts';
import { eraseFromMonitoring } from '../monitoring/index.ts';
import { privacyJobs } from '../privacy/jobs.ts';
import { journalFile } from '../privacy/journal.ts';
import { recordCategories } from '../privacy/record-categories.ts';

const DAY_MS = 86_400_000;

describe('what is kept of people who told or were asked', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let code: string;
  let [officer, protection, planner, interviewer] = [] as unknown as [Client, Client, Client, Client];
  beforeAll(async () => {
    ({ platform, frame, code, officer, protection } = await startFeedback());
    const here = { programme: frame.programmeId };
    planner = await platform.as('programme_officer', here);
    interviewer = await platform.as('interviewer', here);
  });
  afterAll(() => platform.close());

  /** A case that is linked with somebody, noted on and answered. */
  async function linkedCase(by: Client, category: string, registrationNumber: string) {
    const told = await tellCase(platform, code, { category, text: 'Mahjouba was sent away', contact: { name: 'Mahjouba' } });
    const { id } = told;
    await begin(by, id);
    await by.post(`/v1/feedback-cases/${id}/links`, { registrationNumber }).expect(200);
    await by.post(`/v1/feedback-cases/${id}/notes`, { note: 'Mahjouba called' }).expect(201);
    await by.post(`/v1/feedback-cases/${id}/reply`, { reply: 'Come again, Mahjouba' }).expect(200);
    return told;
  }

  it('is told to the person, of ordinary cases, with their own words', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const own = await linkedCase(officer, 'question', person.registrationNumber);
    await linkedCase(protection, 'child_protection', person.registrationNumber);
    const asked = { format: 'json', language: 'en', reason: 'Letter 12' };
    const { body } = await planner.post(`/v1/beneficiaries/${person.id}/subject-access`, asked).expect(200);
    const section = body.sections.find(({ name }: { name: string }) => name === 'feedback');
    expect(section.items).toEqual([
      expect.objectContaining({
        reference: own.reference,
        told: 'Mahjouba was sent away',
        reply: 'Come again, Mahjouba',
        state: 'answered',
      }),
    ]);
    expect(JSON.stringify(body)).not.toContain('child_protection');
  });

  it('goes with a person who is erased: words, contact, notes and answer, of ordinary cases and of others', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const cases = [
      await linkedCase(officer, 'question', person.registrationNumber),
      await linkedCase(protection, 'sexual_exploitation', person.registrationNumber),
    ];
    await eraseAtOnce(platform, person.id);
    for (const { id, reference, secret } of cases) {
      const { body } = await protection.get(`/v1/feedback-cases/${id}`).expect(200);
      expect(body).toMatchObject({ text: null, contact: null, reply: null, notes: [], case: { forgottenAt: expect.any(String) } });
      expect((await teller(platform, code).lookUp(reference, secret).expect(200)).body).toMatchObject({ state: 'answered', reply: null });
      const again = await protection.post(`/v1/feedback-cases/${id}/notes`, { note: 'Who was it?' }).expect(409);
      expect(again.body.code).toBe('feedback_forgotten');
      const { rows } = await platform.owner.query('select data_key, content, reply from feedback_cases where id = $1', [id]);
      expect(rows[0]).toEqual({ data_key: null, content: null, reply: null });
    }
    await expect(
      platform.owner.query(`update feedback_cases set data_key = '', content = '', forgotten_at = null where id = $1`, [cases[0]?.id]),
    ).rejects.toMatchObject({ constraint: 'feedback_cases_words_stand' });
  });

  it('goes after its time: closed cases, and answers of closed rounds, whose results stay', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const people = [person, await makePerson(platform, frame.programmeId)];
    await payList(
      platform,
      frame,
      people.map(({ id, householdId }) => ({ person: { beneficiaryId: id, householdId } })),
    );
    const period = { from: '2026-03-01', to: '2026-03-31' };
    const { body: round } = await planner
      .post(`/v1/programmes/${frame.programmeId}/survey-rounds`, { name: 'March', ...period })
      .expect(201);
    await planner.post(`/v1/survey-rounds/${round.id}/draw`).expect(200);
    await planner.post(`/v1/survey-rounds/${round.id}/assignments`, { interviewerId: interviewer.userId, count: 9 }).expect(200);
    const { body: own } = await interviewer.get('/v1/interviews').expect(200);
    const [first, second] = own.items;
    const answers = { received: 'no', asked_to_pay: 'no', satisfied: 'not', remarks: 'Mahjouba was there too' };
    await interviewer.post(`/v1/interviews/${first.id}/answers`, { answers }).expect(200);
    const interview = async (id: string) =>
      (await platform.owner.query('select state, reason, answers, words from survey_interviews where id = $1', [id])).rows[0];
    expect(JSON.stringify(await interview(first.id))).not.toContain('Mahjouba');
    const ids = people.map(({ id }) => id);
    await platform.app.database.transaction((tx) => eraseFromMonitoring(tx, ids, platform.clock.now()));
    expect(await interview(first.id)).toMatchObject({ state: 'done', words: null, answers: { received: 'no' } });
    expect(await interview(second.id)).toMatchObject({ state: 'no_response', reason: 'erased' });
    await planner.post(`/v1/survey-rounds/${round.id}/close`).expect(200);

    const { id } = await linkedCase(officer, 'question', (await makePerson(platform, frame.programmeId)).registrationNumber);
    const open = await linkedCase(officer, 'question', (await makePerson(platform, frame.programmeId)).registrationNumber);
    await officer.post(`/v1/feedback-cases/${id}/moves`, { to: 'closed' }).expect(200);
    platform.clock.skip(731 * DAY_MS);
    const { database, execute, keyRing } = platform.app;
    const ground = { db: database.reader, execute, keyRing, clock: platform.clock };
    await privacyJobs(ground, recordCategories, journalFile(platform.dataDir))[0]?.run({});
    platform.clock.skip(-731 * DAY_MS);
    const forgotten = async (caseId: string) =>
      (await platform.owner.query('select forgotten_at is not null as is from feedback_cases where id = $1', [caseId])).rows[0].is;
    expect([await forgotten(id), await forgotten(open.id)]).toEqual([true, false]);
    expect(await interview(first.id)).toMatchObject({ answers: null });
    expect((await planner.get(`/v1/survey-rounds/${round.id}/results`).expect(200)).body).toMatchObject({ roundId: round.id });
  });
});
