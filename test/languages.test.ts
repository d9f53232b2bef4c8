import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../src/platform/index.ts';
import { type Frame, makeFrame, makePerson } from './support/fixtures.ts';
import { makePlan, makeTeam } from './support/plans.ts';
import { type Client, startPlatform, type TestPlatform } from './support/platform.ts';

const languages = ['ar', 'fr', 'en'] as const;

describe('the language of a refusal', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let administrator: Client;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    administrator = await platform.as('administrator');
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const people = () => `/v1/programmes/${frame.programmeId}/beneficiaries`;
  const anybody = () => supertest(platform.app.http);
  const ours = (test: supertest.Test) => test.set('Authorization', `Bearer ${officer.token}`).set('Idempotency-Key', randomUUID());

  /** One request for each kind that any operation may answer with. */
  const refused: Record<string, () => supertest.Test> = {
    '400 request_unreadable': () => ours(anybody().post(people())).set('Content-Type', 'application/json').send('{'),
    '400 invalid_request': () => officer.get(`${people()}?limit=0`),
    '401 unauthenticated': () => anybody().get('/v1/me'),
    '401 of a session that ended': () => anybody().get('/v1/me').set('Authorization', 'Bearer none'),
    '403 forbidden': () => officer.get('/v1/users'),
    '404 not_found': () => officer.get(`/v1/beneficiaries/${newId()}`),
    '404 nothing_here': () => anybody().get('/nowhere'),
    '405 method_not_allowed': () => anybody().delete('/v1/me'),
    '413 too_large': () => ours(anybody().post(people())).send({ names: { given: 'x'.repeat(2_000_000) } }),
    '415 unsupported_media_type': () => ours(anybody().post(people())).set('Content-Type', 'text/plain').send('Amina'),
  };

  it.each(Object.keys(refused))('is the one asked for: %s', async (name) => {
    const said = new Set();
    for (const language of languages) {
      const { status, body, headers } = await (refused[name] as () => supertest.Test)().set('Accept-Language', language);
      expect(status).toBe(Number(name.slice(0, 3)));
      expect(headers).toMatchObject({ 'content-language': language, vary: expect.stringContaining('Accept-Language') });
      const texts = `${body.title} ${body.detail}`;
      if (language === 'ar') expect(texts).toMatch(/\p{Script=Arabic}.*\p{Script=Arabic}/u);
      else expect(texts).not.toMatch(/\p{Script=Arabic}/u);
      for (const place of body.errors ?? []) expect(place.code).toMatch(/^[a-z_]+$/);
      said.add(body.detail).add(body.title);
    }
    expect(said.size).toBe(6);
  });

  it('is that of whoever waits too: a key used twice, a version that is old or missing', async () => {
    const key = randomUUID();
    const make = (displayName: string) =>
      administrator.post('/v1/users', { email: `${key}@example.org`, displayName, language: 'fr' }, key).set('Accept-Language', 'fr');
    await make('Karim').expect(201);
    const reused = await make('Salim').expect(422);
    expect(reused.body).toMatchObject({ code: 'idempotency_key_reused', detail: expect.stringMatching(/^Utilisez une nouvelle/) });
    const path = `/v1/programmes/${frame.programmeId}`;
    const change = { name: 'Autre', reason: 'As agreed' };
    const old = await administrator.patch(path, '"99999"', change).set('Accept-Language', 'ar').expect(409);
    expect(old.body).toMatchObject({ code: 'conflict', title: 'تغيّر السجل أو هو في حالة أخرى' });
    const missing = await administrator.patch(path, 'none', change).set('Accept-Language', 'ar').expect(400);
    expect(missing.body.errors).toMatchObject([{ pointer: '/header/if-match' }]);
    expect(missing.headers['content-language']).toBe('ar');
  });

  it('is that of whoever may not take a step, and of the values in a sentence', async () => {
    const roles = `/v1/users/${administrator.userId}/roles`;
    const own = (language: string) => administrator.post(roles, { role: 'enrolment_officer' }).set('Accept-Language', language).expect(403);
    const refusals = [];
    for (const language of languages) refusals.push((await own(language)).body);
    expect(refusals).toMatchObject([
      { code: 'separation_of_duties', detail: 'لا يمنح أحد نفسه دورًا. اطلب ذلك من مسؤول آخر.' },
      { detail: 'Personne ne s’accorde un rôle à soi-même. Demandez à un autre administrateur.' },
      { detail: 'Nobody grants a role to themselves. Ask another administrator.' },
    ]);
    const unfit = await administrator
      .post(`/v1/users/${officer.userId}/roles`, { role: 'approver', officeId: frame.officeId })
      .set('Accept-Language', 'fr')
      .expect(422);
    expect(unfit.body.errors).toEqual([
      {
        pointer: '/officeId',
        code: 'role_not_for_place',
        detail: 'Le rôle approver est accordé pour un programme ou un fonds. Retirez ceci.',
      },
    ]);
  });

  it('is that of the state of a list, and of the amount that a fund lacks', async () => {
    const team = await makeTeam(platform, frame);
    const planId = await makePlan(platform, frame, [await makePerson(platform, frame.programmeId)]);
    const path = `/v1/programmes/${frame.programmeId}/payment-lists`;
    const { id } = (await team.maker.post(path, { name: newId(), planIds: [planId], fundIds: [frame.fundId] }).expect(201)).body;
    const release = (language: string) => team.finance.post(`/v1/payment-lists/${id}/release`).set('Accept-Language', language).expect(409);
    expect((await release('ar')).body.detail).toBe('القائمة مسودة؛ ولا يمكن أن تصير قيد الصرف. اقرأها من جديد.');
    expect((await release('fr')).body.detail).toBe(
      'La liste est « brouillon » ; elle ne peut pas passer à « en libération ». Lisez-la de nouveau.',
    );
    const contribution = { amount: { amount: '1.005', currency: 'DZD' }, receivedOn: '2026-01-05', reference: newId() };
    const given = await team.finance.post(`/v1/funds/${frame.fundId}/contributions`, contribution).set('Accept-Language', 'ar').expect(422);
    expect(given.body.errors).toMatchObject([{ pointer: '/amount/amount', code: 'too_many_decimals' }]);
    expect(given.headers['content-language']).toBe('ar');
  });

  it('is that of the account where none is asked for, and English for those who have none', async () => {
    await platform.owner.query(`update users set language = 'ar' where id = $1`, [officer.userId]);
    for (const path of ['/v1/users', `/v1/beneficiaries/${newId()}`]) {
      expect((await officer.get(path)).headers['content-language']).toBe('ar');
      expect((await officer.get(path).set('Accept-Language', 'tr, fr;q=0.3')).headers['content-language']).toBe('fr');
    }
    expect((await anybody().get('/v1/me')).headers['content-language']).toBe('en');
  });
});
