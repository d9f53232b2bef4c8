import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { begin, startFeedback, tellCase, teller } from '../../test/support/feedback.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { mailsTo } from '../../test/support/mail.ts';
import { payList } from '../../test/support/paid.ts';
import type { Client, TestPlatform } from '../../test/support/platform.ts';
import { messagesTo, newPhone } from '../../test/support/public-door.ts';
import { newId } from '../platform/index.ts';
import { messageOf } from './commands/tell.ts';
import { recipientsOf } from './escalation-store.ts';
import { findTelling } from './telling-store.ts';

describe('what people tell', () => {
  let platform: TestPlatform;
  let app: pg.Client;
  let frame: Frame;
  let code: string;
  let [officer, protection, administrator] = [] as unknown as [Client, Client, Client];
  beforeAll(async () => {
    ({ platform, frame, code, officer, protection } = await startFeedback());
    app = await platform.applicationClient();
    administrator = await platform.as('administrator', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const told = (body: object = {}) => tellCase(platform, code, body);
  const list = (by: Client, query = '') => by.get(`/v1/programmes/${frame.programmeId}/feedback-cases?${query}`);
  const post = (by: Client, id: string, what: string, body: object) => by.post(`/v1/feedback-cases/${id}/${what}`, body);

  it('goes from the public form to an answer that whoever told it looks up', async () => {
    const { id, reference, secret } = await told({ category: 'question', contact: { name: 'Mahjouba', phone: '0550 12 34 56' } });
    expect(reference).toMatch(/^\d{10}$/);
    expect(secret).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const asker = teller(platform, code);
    expect((await asker.lookUp(reference, secret).expect(200)).body).toMatchObject({ state: 'received', reply: null });
    expect((await list(officer, `reference=${reference}`).expect(200)).body.items).toMatchObject([
      { id, state: 'received', ownerId: null },
    ]);
    const early = await post(officer, id, 'reply', { reply: 'Too early' }).set('Accept-Language', 'fr').expect(409);
    expect(early.body).toMatchObject({
      code: 'feedback_state',
      state: 'received',
      detail: 'Le dossier est à l’étape : reçu. Pour cela, il faut : réception confirmée ou en cours ou rouvert.',
    });
    expect(early.headers['content-language']).toBe('fr');
    await begin(officer, id);
    await post(officer, id, 'notes', { note: 'Called the office of Mahjouba' }).expect(201);
    await post(officer, id, 'moves', { to: 'closed' }).expect(409);
    await post(officer, id, 'reply', { reply: 'It opens at eight' }).expect(200);
    expect((await asker.lookUp(reference, secret.toLowerCase().replace('-', ' ')).expect(200)).body).toMatchObject({
      state: 'answered',
      reply: 'It opens at eight',
    });
    await post(officer, id, 'tellings', { how: 'in_person' }).expect(200);
    const { body: closed } = await post(officer, id, 'moves', { to: 'closed' }).expect(200);
    expect(closed).toMatchObject({ state: 'closed', ownerId: officer.userId, toldAt: expect.any(String) });
    const { body } = await officer.get(`/v1/feedback-cases/${id}`).expect(200);
    expect(body).toMatchObject({
      text: 'The office was closed again',
      contact: { name: 'Mahjouba', phone: '0550 12 34 56' },
      reply: 'It opens at eight',
      notes: [{ note: 'Called the office of Mahjouba', by: officer.userId }],
    });
    expect(body.steps.map(({ step }: { step: string }) => step)).toEqual([
      'received',
      'acknowledged',
      'in_progress',
      'noted',
      'answered',
      'told',
      'closed',
    ]);
    await post(officer, id, 'moves', { to: 'reopened', reason: 'It was closed again' }).expect(200);
    expect((await asker.lookUp(reference, secret).expect(200)).body).toMatchObject({ state: 'being_handled', reply: null });
    const read = await platform.owner.query(`select from audit_events where command = 'feedback.read_case' and subject_id = $1`, [id]);
    expect(read.rowCount).toBe(1);
  });

  it('is one case however often a telephone that had no network sends it', async () => {
    const key = randomUUID();
    const sender = teller(platform, code);
    const body = { text: `Sent later ${key}` };
    const answers = await Promise.all(Array.from({ length: 6 }, () => sender.tell(body, key)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 201));
    expect(new Set(answers.map(({ body: { reference, secret } }) => `${reference}/${secret}`)).size).toBe(1);
    // The same key of another stranger is in nobody's way.
    const other = await teller(platform, code).tell({ text: 'Something else' }, key).expect(201);
    expect(other.body.reference).not.toBe(answers[0]?.body.reference);
  });

  it('tells nobody by a wrong reference or a wrong secret whether there is a case', async () => {
    const { reference, secret } = await told();
    const answers = [
      await teller(platform, code).lookUp(reference, 'AAAA-AAAA').expect(404),
      await teller(platform, code).lookUp('0000000000', secret).expect(404),
      await teller(platform, code).lookUp('1234567897', secret).expect(404),
    ].map(({ body: { requestId: _id, ...rest } }) => rest);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
    await teller(platform, 'NO-SUCH').tell().expect(404);
  });

  it('keeps no code of a voucher, however it is written', async () => {
    for (const written of ['572000007', '572 000 007', '٥٧٢-٠٠٠-٠٠٧']) {
      const { id } = await told({ text: `My code ${written} does not work, call 0550123456` });
      const { body } = await officer.get(`/v1/feedback-cases/${id}`).expect(200);
      expect(body.text).toBe('My code […] does not work, call 0550123456');
    }
  });

  it('leads nowhere when it is anonymous', async () => {
    const { id } = await told({ anonymous: true, contact: { phone: '+213550999888' } });
    const { body } = await officer.get(`/v1/feedback-cases/${id}`).expect(200);
    expect(body).toMatchObject({ contact: null, case: { isAnonymous: true, isLinked: false } });
    const person = await makePerson(platform, frame.programmeId);
    const refused = await post(officer, id, 'links', { registrationNumber: person.registrationNumber }).expect(409);
    expect(refused.body.code).toBe('feedback_anonymous');
    await expect(
      app.query(`update feedback_cases set beneficiary_id = $2, person_is = 'author', linked_by = $2 where id = $1`, [id, person.id]),
    ).rejects.toMatchObject({ constraint: 'feedback_cases_anonymous' });
    await expect(app.query('update feedback_cases set is_anonymous = false where id = $1', [id])).rejects.toMatchObject({ code: '42501' });
    // Neither the event nor the count of requests holds an address.
    const events = await platform.owner.query('select * from audit_events where subject_id = $1', [id]);
    expect(JSON.stringify(events.rows)).not.toMatch(/198\.18\./);
    expect(platform.log.join('')).not.toMatch(/198\.18\.|550999888/);
  });

  it('is linked with whom and what somebody named, in this programme alone, and raises an exception of a pay-out once', async () => {
    const other = await makeFrame(platform);
    const stranger = await makePerson(platform, other.programmeId);
    const [paid] = await payList(platform, frame, [{ outcome: 'paid' }]);
    const person = await makePerson(platform, frame.programmeId);
    const { id } = await told({ category: 'payment_not_received' });
    const wrong = await post(officer, id, 'links', { registrationNumber: stranger.registrationNumber, serial: '12345678901234' }).expect(
      422,
    );
    expect(wrong.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/registrationNumber', '/serial']);
    await post(officer, id, 'links', { registrationNumber: person.registrationNumber, serial: paid?.serial }).expect(200);
    await post(officer, (await told({ category: 'payment_not_received' })).id, 'links', { serial: paid?.serial }).expect(200);
    const raised = async () =>
      (
        await platform.owner.query('select kind, state, record_id as "caseId" from exceptions where payout_id = $1 order by id', [
          paid?.payoutId,
        ])
      ).rows;
    expect(await raised()).toEqual([{ kind: 'not_received', state: 'open', caseId: id }]);
    // Told again once somebody had resolved it, it is looked into again; by the same word it is not.
    await platform.owner.query(
      `update exceptions set state = 'resolved', resolution = 'accepted', resolved_by = $2, resolved_at = now() where payout_id = $1`,
      [paid?.payoutId, officer.userId],
    );
    await post(officer, id, 'links', { serial: paid?.serial }).expect(200);
    expect(await raised()).toHaveLength(1);
    const later = (await told({ category: 'payment_not_received' })).id;
    await post(officer, later, 'links', { serial: paid?.serial }).expect(200);
    expect((await raised())[1]).toEqual({ kind: 'not_received', state: 'open', caseId: later });
    const { body } = await officer.get(`/v1/feedback-cases/${id}`).expect(200);
    expect(body).toMatchObject({ beneficiaryId: person.id, personIs: 'author', payoutId: paid?.payoutId });
    const reads = await platform.owner.query(
      `select purpose from person_reads where $1 = any (beneficiary_ids) and operation = 'getFeedbackCase'`,
      [person.id],
    );
    expect(reads.rows).toEqual([{ purpose: 'complaint' }]);
    await expect(app.query('update feedback_cases set beneficiary_id = $2 where id = $1', [id, stranger.id])).rejects.toMatchObject({
      constraint: 'feedback_cases_linked_here',
    });
  });

  it('is not handled by whom it is about, who does not see that it is there', async () => {
    const accused = await platform.as('feedback_officer', { programme: frame.programmeId });
    const { id, reference } = await told({ category: 'rude_or_unsafe' });
    await begin(accused, id);
    await post(accused, id, 'accused', { userIds: [accused.userId], reason: 'It was me' }).expect(422);
    const { body } = await post(officer, id, 'accused', { userIds: [accused.userId], reason: 'Named by who told us' }).expect(200);
    expect(body.ownerId).toBeNull();
    await accused.get(`/v1/feedback-cases/${id}`).expect(404);
    await post(accused, id, 'notes', { note: 'Nothing to see' }).expect(404);
    await post(officer, id, 'owner', { userId: accused.userId }).expect(422);
    expect((await list(accused, `reference=${reference}`).expect(200)).body.items).toEqual([]);
    await expect(app.query('update feedback_cases set owner_id = $2 where id = $1', [id, accused.userId])).rejects.toMatchObject({
      constraint: 'feedback_cases_not_by_accused',
    });
    for (const write of [
      `insert into feedback_steps values ($1, 99, 'closed', $2, now())`,
      `insert into feedback_notes values (gen_random_uuid(), $1, '', $2, now())`,
      `insert into feedback_tellings values (gen_random_uuid(), $1, 'phone', $2, now(), now())`,
    ])
      await expect(app.query(write, [id, accused.userId])).rejects.toMatchObject({ constraint: 'feedback_steps_not_by_accused' });
  });

  it('is escalated to who is responsible, then to the next, then to everybody', async () => {
    const next = await platform.as('feedback_officer', { programme: frame.programmeId });
    const rule = { category: 'data_correction', isSensitive: false, acknowledgeHours: 1, resolveHours: 2, reason: 'Short of time' };
    const set = (body: object) => administrator.post(`/v1/programmes/${frame.programmeId}/feedback-categories`, { ...rule, ...body });
    await set({ responsible: [newId()] }).expect(422);
    await set({ category: 'child_protection', responsible: [] }).expect(422);
    const { body } = await set({ responsible: [officer.userId, next.userId] }).expect(201);
    expect(body).toMatchObject({ version: 1, acknowledgeHours: 1 });
    const { id, reference } = await told({ category: 'data_correction' });
    const escalations = async (by: Client, query = '') =>
      (await by.get(`/v1/programmes/${frame.programmeId}/feedback-escalations?${query}`).expect(200)).body.items.filter(
        (one: { caseId: string }) => one.caseId === id,
      );
    const run = async () => {
      await platform.app.jobs.trigger('feedback.escalate');
      await platform.settled();
    };
    await run();
    expect(await escalations(officer)).toEqual([]);
    platform.clock.skip(61 * 60_000);
    for (let i = 0; i < 40 && (await escalations(officer)).length === 0; i += 1) await run();
    expect(await escalations(officer)).toMatchObject([{ reference, of: 'acknowledge', level: 1, userId: officer.userId }]);
    expect(await escalations(next, 'mine=true')).toEqual([]);
    await platform.settled();
    const [mail, ...more] = await mailsTo(platform, `${officer.userId}@example.org`);
    expect(more).toEqual([]);
    expect(mail?.text).toContain(reference);
    expect(`${mail?.subject} ${mail?.text}`).not.toMatch(/data_correction|The office/);
    platform.clock.skip(24 * 3_600_000);
    for (let i = 0; i < 40 && (await escalations(next, 'mine=true')).length === 0; i += 1) await run();
    expect(await escalations(next, 'mine=true')).toMatchObject([{ of: 'acknowledge', level: 2 }]);
    expect((await list(officer, 'overdue=true').expect(200)).body.items.map((one: { id: string }) => one.id)).toContain(id);
    platform.clock.skip(-(25 * 3_600_000 + 60_000));
  });

  it('is escalated past who handles such cases no more', async () => {
    const here = { programme: frame.programmeId };
    const [gone, disabled, there] = [
      await platform.as('feedback_officer', here),
      await platform.as('feedback_officer', here),
      await platform.as('feedback_officer', here),
    ];
    const rule = { category: 'exclusion', isSensitive: false, acknowledgeHours: 1, resolveHours: 720, reason: 'Short of time' };
    const responsible = [gone.userId, disabled.userId, there.userId];
    await administrator.post(`/v1/programmes/${frame.programmeId}/feedback-categories`, { ...rule, responsible }).expect(201);
    const { id } = await told({ category: 'exclusion' });
    const { id: everybodys } = await told({ category: 'exclusion' });
    await platform.owner.query('update role_grants set ends_at = granted_at where user_id = $1', [gone.userId]);
    await platform.owner.query('update users set disabled_at = now() where id = $1', [disabled.userId]);
    await post(officer, everybodys, 'accused', { userIds: [there.userId], reason: 'Named by who told us' }).expect(200);
    platform.clock.skip(62 * 60_000);
    const escalations = async () =>
      (await platform.owner.query('select case_id as id, user_id from feedback_escalations where case_id = any($1)', [[id, everybodys]]))
        .rows;
    for (let i = 0; i < 40 && (await escalations()).length === 0; i += 1) {
      await platform.app.jobs.trigger('feedback.escalate');
      await platform.settled();
    }
    const rows = await escalations();
    expect(rows.find((row) => row.id === id)?.user_id).toBe(there.userId);
    expect(rows.find((row) => row.id === everybodys)?.user_id).toBeNull();
    const mails = async (by: Client) => (await mailsTo(platform, `${by.userId}@example.org`)).length;
    expect([await mails(gone), await mails(disabled), await mails(there)]).toEqual([0, 0, 1]);
    // Whoever stops between the one and the other is passed over too.
    await platform.owner.query('update role_grants set ends_at = granted_at where user_id = $1', [there.userId]);
    const now = platform.clock.now();
    const recipients = await recipientsOf(platform.app.database.reader, { caseId: id, of: 'acknowledge', level: 1 }, now);
    expect(recipients.map(({ userId }) => userId)).toContain(officer.userId);
    expect(recipients.map(({ userId }) => userId)).not.toContain(there.userId);
    platform.clock.skip(-62 * 60_000);
  });

  it('is told the answer that somebody asked to be sent, and no other', async () => {
    const { database, keyRing } = platform.app;
    const { id } = await told({ contact: { phone: newPhone() } });
    await begin(officer, id);
    await post(officer, id, 'reply', { reply: 'It is put right. Come again on Monday.' }).expect(200);
    await post(officer, id, 'tellings', { how: 'sms' }).expect(200);
    await platform.settled();
    const { rows } = await platform.owner.query('select id from feedback_tellings where case_id = $1', [id]);
    const found = await findTelling(database.reader, rows[0].id);
    if (!found) throw new Error('there is no telling');
    const message = (change: object = {}) => messageOf(database.reader, keyRing, { ...found, ...change });
    expect(await message()).toMatchObject({ text: 'It is put right. Come again on Monday.' });
    expect(await message({ state: 'reopened' })).toBeUndefined();
    expect(await message({ isSensitive: true })).toBeUndefined();
    await post(officer, id, 'moves', { to: 'reopened' }).expect(200);
    await post(officer, id, 'reply', { reply: 'UNHCR sends your aid on Monday' }).expect(200);
    expect(await messageOf(database.reader, keyRing, (await findTelling(database.reader, rows[0].id)) ?? found)).toBeUndefined();
  });

  it('has no page under what is no code of a programme', async () => {
    for (const path of ['/feedback/%00', '/feedback/%2e%2e', '/feedback/nobody']) {
      await supertest(platform.app.http).get(path).expect(404);
      await supertest(platform.app.http).post(path).type('form').send('text=Hello').expect(404);
    }
  });

  it('is answered by a text that tells nobody who sends it', async () => {
    const phone = newPhone();
    const { id } = await told({ contact: { phone } });
    await begin(officer, id);
    await post(officer, id, 'reply', { reply: 'UNHCR sends your aid on Monday' }).expect(200);
    const refused = await post(officer, id, 'tellings', { how: 'sms' }).expect(422);
    expect(JSON.stringify(refused.body.errors)).toContain('UNHCR');
    await post(officer, id, 'moves', { to: 'reopened' }).expect(200);
    await post(officer, id, 'reply', { reply: 'It is put right. Come again on Monday.' }).expect(200);
    await post(officer, id, 'tellings', { how: 'sms' }).expect(200);
    await platform.settled();
    expect(messagesTo(platform, phone)).toEqual(['It is put right. Come again on Monday.']);
    expect(
      (await list(officer, `ownerId=${officer.userId}`).expect(200)).body.items.find((one: { id: string }) => one.id === id).toldAt,
    ).not.toBeNull();
    const silent = await told();
    await begin(officer, silent.id);
    await post(officer, silent.id, 'reply', { reply: 'Come on Monday' }).expect(200);
    await post(officer, silent.id, 'tellings', { how: 'sms' }).expect(422);
  });

  it('is entered by colleagues, who give a reference and a secret', async () => {
    const clerk = await platform.as('enrolment_officer', { programme: frame.programmeId });
    const path = `/v1/programmes/${frame.programmeId}/feedback-cases`;
    const entered = { channel: 'hotline', category: 'sexual_exploitation', language: 'ar', text: 'He asked for more than papers' };
    const { body } = await clerk.post(path, entered).expect(201);
    expect(Object.keys(body).sort()).toEqual(['reference', 'secret']);
    await teller(platform, code).lookUp(body.reference, body.secret).expect(200);
    await clerk.get(path).expect(403);
    expect((await list(protection, 'category=sexual_exploitation').expect(200)).body.items).toMatchObject([
      { reference: body.reference, channel: 'hotline' },
    ]);
    await (await platform.as('enrolment_officer', { programme: newId() })).post(path, entered).expect(404);
    await (await platform.as('agent')).post(path, entered).expect(403);
  });

  it('stands as it was told: no words are written anew, no step or note taken back, no state skipped', async () => {
    const { id } = await told();
    await post(officer, id, 'notes', { note: 'First' }).expect(201);
    const other = await told();
    const attempts: [string, string][] = [
      [
        `update feedback_cases set content = (select content from feedback_cases where id = '${other.id}') where id = $1`,
        'feedback_cases_words_stand',
      ],
      [
        `update feedback_cases set state = 'closed', acknowledged_at = now(), answered_at = now(), closed_at = now() where id = $1`,
        'feedback_cases_transition',
      ],
      [`update feedback_cases set category = 'child_protection' where id = $1`, 'feedback_cases_sensitive_kept'],
    ];
    for (const [write, constraint] of attempts) await expect(app.query(write, [id])).rejects.toMatchObject({ constraint });
    for (const write of [
      'update feedback_notes set at = at where case_id = $1',
      'delete from feedback_steps where case_id = $1',
      'delete from feedback_cases where id = $1',
    ])
      await expect(app.query(write, [id])).rejects.toMatchObject({ code: '42501' });
    await expect(
      app.query(`insert into feedback_settings values ($1, 'child_protection', 1, false, 1, 1, '{}', 'Why not', $1, now())`, [
        frame.programmeId,
      ]),
    ).rejects.toMatchObject({ constraint: 'feedback_settings_sensitive' });
  });
});
