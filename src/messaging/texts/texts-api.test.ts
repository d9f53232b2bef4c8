import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../../test/support/fixtures.ts';
import { OfflineOffice, serialsOf } from '../../../test/support/offline.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { signed } from '../../../test/support/registrations.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { makeVouchers, receivedSms, type TestVoucher } from '../../../test/support/vouchers.ts';
import { type Ground, newId } from '../../platform/index.ts';
import type { Gateway } from '../gateways/gateway.ts';
import type { Gateways } from '../gateways/registry.ts';
import { engineOf } from '../sending/engine.ts';
import { defaults } from './defaults.ts';
import { proofText } from './proof-text.ts';
import { makeReminders, textJobs } from './reminders.ts';
import type { Template } from './template.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('the texts of a programme', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let texts: string;
  beforeAll(async () => {
    platform = await startPlatform({ recurring: false });
    frame = await makeFrame(platform);
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    texts = `/v1/programmes/${frame.programmeId}/message-templates`;
  });
  afterAll(() => platform.close());

  const ground = (): Ground => ({
    db: platform.app.database.reader,
    execute: platform.app.execute,
    keyRing: platform.app.keyRing,
    clock: platform.clock,
  });
  const run = async (name: string) => {
    await textJobs(ground())
      .find((job) => job.name === name)
      ?.run({});
    await platform.settled();
  };
  /** Sends what is due as another process would, by this in the place of the outbox. */
  const send = async (gateway: Gateway['send'], now: Date = platform.clock.now()) => {
    const outbox: Gateway = { concurrency: 4, send: gateway, close: async () => {} };
    await engineOf({ ...ground(), clock: { now: () => now } }, { outbox } as Gateways).drain();
  };
  const write = (text: string | null, version: number, kind = 'code', language = 'fr') =>
    officer.put(`${texts}/${kind}/${language}`, `"${version}"`, { text });

  it('are shipped, written over, kept and given up again', async () => {
    const { body } = await officer.get(texts).expect(200);
    expect(body.items.map(({ kind, language, text, isDefault }: Template) => [kind, language, text, isDefault])).toEqual(
      (['code', 'reminder'] as const).flatMap((kind) =>
        (['ar', 'fr', 'en'] as const).map((language) => [kind, language, defaults[kind][language], true]),
      ),
    );
    const own = 'Votre code : {code}, bon jusqu’au {until}.';
    const written = await write(own, 0).expect(200);
    expect(written.headers['etag']).toBe('"1"');
    expect(written.body).toMatchObject({ text: own, isDefault: false, number: 1, madeBy: officer.userId });
    await write(own, 0).expect(409);
    const answers = await Promise.all([1, 2, 3].map((n) => write(`Code ${n}: {code}`, 1)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await write(null, 2).expect(200)).body).toMatchObject({ text: defaults.code.fr, isDefault: true, number: 3 });
    const { body: page } = await officer.get(`${texts}/code/fr/versions?limit=2`).expect(200);
    const { body: rest } = await officer.get(`${texts}/code/fr/versions?cursor=${page.nextCursor}`).expect(200);
    expect([...page.items, ...rest.items].map(({ number }: Template) => number)).toEqual([3, 2, 1]);
    expect(rest.items[0].text).toBe(own);
    const { rows } = await platform.owner.query(
      `select reason from audit_events where command = 'messaging.change_template' and subject_id = $1`,
      [frame.programmeId],
    );
    expect(rows).toHaveLength(3);
    const { body: refused } = await write('Aide de Test donor : {montant}', 3).expect(422);
    expect(refused.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/text', '/text', '/text', '/text', '/text']);
    expect(refused.errors.map(({ detail }: { detail: string }) => detail).join(' ')).toMatch(
      /\{montant\}.*\{code\} is missing.*Aide.*Test donor/,
    );
    const said = await write('Aide : {montant}', 3).set('Accept-Language', 'fr').expect(422);
    expect(said.body.errors.map(({ code, detail }: { code: string; detail: string }) => [code, detail])).toEqual([
      ['text_variable_unknown', expect.stringMatching(/^\{montant\} à la lettre 8 n’est pas une variable/)],
      ['text_variable_missing', 'Il manque {code}.'],
      ['text_tells', expect.stringMatching(/^« Aide » à la lettre 1 révèle une aide\./)],
    ]);
    expect(said.headers['content-language']).toBe('fr');
  });

  it('are written by the programme’s own officers, and read by nobody elsewhere', async () => {
    const stranger = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    const missing = `/v1/programmes/${newId()}/message-templates`;
    for (const path of ['', '/code/fr', '/code/fr/versions']) {
      const [hidden, nowhere] = [await stranger.get(texts + path).expect(404), await stranger.get(missing + path).expect(404)];
      expect({ ...hidden.body, requestId: '' }).toEqual({ ...nowhere.body, requestId: '' });
    }
    await stranger.put(`${texts}/code/fr`, '"3"', { text: null }).expect(404);
    await (await platform.as('finance_officer')).put(`${texts}/code/fr`, '"3"', { text: null }).expect(403);
    await officer.put('/v1/proof-templates/fr', '"0"', { text: 'Code {code}' }).expect(403);
    const administrator = await platform.as('administrator');
    expect((await administrator.get(`/v1/programmes/${newId()}/message-templates`)).status).toBe(404);
    await administrator.put('/v1/proof-templates/fr', '"0"', { text: 'Votre numéro : {code}' }).expect(200);
    expect((await officer.get('/v1/proof-templates').expect(200)).body.items.map(({ isDefault }: Template) => isDefault)).toEqual([
      true,
      false,
      true,
    ]);
    expect((await officer.get('/v1/proof-templates/fr').expect(200)).headers['etag']).toBe('"1"');
    const proof = (language: 'ar' | 'fr') => proofText(platform.app.database.reader, language, '492039');
    expect([await proof('fr'), await proof('ar')]).toEqual(['Votre numéro : 492039', expect.stringContaining('\u2066492039\u2069')]);
  });

  it('cannot be rewritten, or say what no text may, in plain SQL', async () => {
    const sql: pg.Client = await platform.applicationClient();
    const insert = (body: string, kind = 'code', number = 1, programmeId: string | null = frame.programmeId) =>
      sql.query(`insert into message_templates values ($1, $2, 'en', $3, $4, $5, now())`, [programmeId, kind, number, body, newId()]);
    const refusedBy = (constraint: string) => ({ constraint });
    await expect(insert('no code')).rejects.toMatchObject(refusedBy('message_templates_code'));
    await expect(insert('{code} {code}')).rejects.toMatchObject(refusedBy('message_templates_code'));
    await expect(insert('{code}', 'reminder')).rejects.toMatchObject(refusedBy('message_templates_code'));
    await expect(insert('Until {until}', 'reminder')).rejects.toMatchObject(refusedBy('message_templates_office'));
    await expect(insert('{code} ٣')).rejects.toMatchObject(refusedBy('message_templates_digits'));
    await expect(insert('{code}', 'code', 2)).rejects.toMatchObject(refusedBy('message_templates_next'));
    await expect(insert('{code}', 'code', 1, null)).rejects.toMatchObject(refusedBy('message_templates_of_platform'));
    await expect(insert('{code}', 'proof')).rejects.toMatchObject(refusedBy('message_templates_of_platform'));
    for (const statement of [`update message_templates set body = '{code}'`, 'delete from message_templates'])
      await expect(sql.query(statement)).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query(`update message_templates set body = '{code}'`)).rejects.toMatchObject(
      refusedBy('message_templates_append_only'),
    );
  });

  it('stay with the messages that were made under them: a repeat says the same', async () => {
    const [voucher] = await makeVouchers(platform, frame, 1, { send: false });
    const sent: string[] = [];
    const sendAgain = async () => {
      await platform.owner.query(`update messages set next_try_at = $2 where list_id = $1`, [voucher?.listId, platform.clock.now()]);
      await send(async ({ text }) => {
        sent.push(text);
        return { outcome: 'unknown' };
      });
    };
    await sendAgain();
    const { body } = await officer.get(`${texts}/code/fr`).expect(200);
    await write('Voici : {code}', body.number).expect(200);
    await sendAgain();
    await platform.owner.query(`update messages set next_try_at = 'infinity' where list_id = $1`, [voucher?.listId]);
    expect(sent[0]).toMatch(/^Votre code/);
    expect(sent[1]).toBe(sent[0]);
    const [next] = await makeVouchers(platform, frame, 1);
    expect(next?.text).toMatch(/^Voici : \d{3} \d{3} \d{3}$/);
    await write(null, body.number + 1).expect(200);
  });

  it('are previewed as they are and as they would be, with what they cost', async () => {
    const path = `/v1/programmes/${frame.programmeId}/message-previews`;
    const { body: free } = await officer.post(path, { kind: 'reminder' }).expect(200);
    expect(
      free.previews.map(({ language, segments, cost, people }: Record<string, unknown>) => [language, segments, cost, people]),
    ).toEqual([
      ['ar', 2, null, null],
      ['fr', 1, null, null],
      ['en', 1, null, null],
    ]);
    await changeTerms(platform, frame.programmeId, { columns: { segment_price: '4.25', segment_currency: 'DZD' } });
    const people = [1, 2, 3].map(() => makePerson(platform, frame.programmeId));
    const [voucher] = await makeVouchers(platform, frame, 3, { people: await Promise.all(people), amount: '9000.00' });
    const written = { kind: 'code', texts: { fr: 'Reçu : {code}, {amount} {currency}' }, listId: voucher?.listId };
    const { body } = await officer.post(path, written).expect(200);
    expect(body.previews).toMatchObject([
      { language: 'ar', encoding: 'UCS-2', segments: 3, people: 0, costPerMessage: { amount: '12.75' }, cost: { amount: '0.00' } },
      {
        language: 'fr',
        text: 'Reçu : 123 456 789, 9000.00 DZD',
        encoding: 'UCS-2',
        outsideGsm7: ['ç'],
        segments: 1,
        charactersLeft: 70 - 31,
        people: 3,
        cost: { amount: '12.75', currency: 'DZD' },
      },
      { language: 'en', encoding: 'GSM-7', outsideGsm7: [], segments: 1, costPerMessage: { amount: '4.25' }, people: 0 },
    ]);
    expect(body.cost).toEqual({ amount: '12.75', currency: 'DZD' });
    const { body: refused } = await officer.post(path, { kind: 'code', texts: { ar: 'بدون رمز' } }).expect(422);
    expect(refused.errors).toEqual([{ pointer: '/texts/ar', code: 'text_variable_missing', detail: '{code} is missing.' }]);
    const { body: bound } = await officer.post(path, { kind: 'reminder', officeId: frame.officeId }).expect(200);
    for (const { text } of bound.previews)
      expect(text).toMatch(/(?:مكتب البريد .+ فقط|au seul bureau de poste \S|only at the post office \S)/);
    await officer.post(path, { kind: 'reminder', officeId: newId() }).expect(404);
    const stranger = await makeFrame(platform);
    const [theirs] = await makeVouchers(platform, stranger, 1);
    await officer.post(path, { kind: 'code', listId: theirs?.listId }).expect(404);
  });

  it('remind, once and by day, of what still waits', async () => {
    await changeTerms(platform, frame.programmeId, { columns: { reminder_days: 5 } });
    const enrolment = await platform.as('enrolment_officer', { programme: frame.programmeId });
    const [waiting, another, withdrawn, fresh, asleep, held] = (await makeVouchers(platform, frame, 6)) as [
      TestVoucher,
      TestVoucher,
      TestVoucher,
      TestVoucher,
      TestVoucher,
      TestVoucher,
    ];
    const consents = `/v1/beneficiaries/${withdrawn.person.id}/consents`;
    await enrolment.post(consents, signed('contact')).expect(201);
    await enrolment.post(`${consents}/withdraw`, { purpose: 'contact' }).expect(200);
    const redeem = async ({ serial, code }: TestVoucher) =>
      (await platform.as('agent', { office: frame.officeId }))
        .post('/v1/payouts', { officeId: frame.officeId, locator: { serial }, code, documentType: 'passport', documentLastFour: '0042' })
        .expect(201);
    const reminders = async () =>
      (await platform.owner.query(`select voucher_id as id, state, last_error as reason from messages where kind = 'reminder' order by 1`))
        .rows;
    const {
      rows: [{ end }],
    } = await platform.owner.query('select expires_at as end from vouchers where id = $1', [waiting.id]);
    const until = (at: number) => platform.clock.skip(at - platform.clock.now().getTime());
    // The last day is the one before the end; five days before it begins at midnight in Algiers.
    const day = (end as Date).getTime() - 6 * DAY_MS;
    until(day - HOUR_MS);
    await run('messaging.remind');
    until(day + 8 * HOUR_MS);
    await run('messaging.remind');
    expect(await reminders()).toEqual([]);
    // Another code goes out this morning: that text is reminder enough.
    const [one, other] = [officer, await platform.as('finance_officer', { programme: frame.programmeId })];
    const { body } = await one.post(`/v1/vouchers/${fresh.id}/changes`, { kind: 'reissue', reason: 'Lost' }).expect(201);
    await other.post(`/v1/voucher-changes/${body.id}/confirm`).expect(200);
    await platform.settled();
    await platform.owner.query(`update messages set accepted_at = 'infinity' where voucher_id = any($1)`, [[asleep.id, held.id]]);
    until(day + 9 * HOUR_MS + 60_000);
    await Promise.all([run('messaging.remind'), run('messaging.remind')]);
    const made = [waiting, another].map(({ id }) => ({ id, state: 'accepted', reason: null })).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(await reminders()).toEqual(made);
    const texts = receivedSms(platform).filter(({ text }) => text.startsWith('Rappel'));
    expect(texts.map(({ to }) => to).sort()).toEqual([waiting, another].map(({ person }) => person.personal.phones[0]).sort());
    expect(texts[0]?.text).toContain(new Date(end.getTime() - 1).toLocaleDateString('en-GB', { timeZone: 'Africa/Algiers' }));
    for (const { text } of texts) expect(text).not.toMatch(/\d{3} \d{3} \d{3}/);
    await run('messaging.remind');
    expect(await reminders()).toHaveLength(2);
    const { rows: events } = await platform.owner.query(
      `select programme_id from audit_events where command = 'messaging.make_reminders' and actor_kind = 'system'`,
    );
    expect(events[0]).toEqual({ programme_id: frame.programmeId });

    // Made by day and sent late: not at night, not when it was paid meanwhile, and not to a number that nobody has confirmed.
    await platform.owner.query(`update messages set accepted_at = created_at where voucher_id = any($1)`, [[asleep.id, held.id]]);
    until(day + DAY_MS + 9 * HOUR_MS + 60_000);
    const { rows } = await platform.owner.query('select version from beneficiaries where id = $1', [held.person.id]);
    const changer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    await changer
      .patch(`/v1/beneficiaries/${held.person.id}`, `"${rows[0].version}"`, { phones: ['+213661999999'], reason: 'New' })
      .expect(200);
    await platform.app.database.transaction(async (tx) => {
      await makeReminders.run({ tx, now: platform.clock.now(), actor: { id: newId() } as never, keyRing: platform.app.keyRing }, frame);
    });
    await send(async () => expect.fail('nothing is sent at night'), new Date(day + DAY_MS + 20 * HOUR_MS));
    const reasonOf = async (id: string) => (await reminders()).find((one) => one.id === id);
    expect(await reasonOf(asleep.id)).toMatchObject({ state: 'pending', reason: 'quiet_hours' });
    expect(await reasonOf(held.id)).toMatchObject({ state: 'pending', reason: 'phone_held' });
    await redeem(asleep);
    await run('messaging.resume');
    expect(await reasonOf(asleep.id)).toMatchObject({ state: 'failed', reason: 'not_payable' });
    expect(await reasonOf(held.id)).toMatchObject({ state: 'pending', reason: 'phone_held' });
  });

  it('send nobody to an office that would refuse them', async () => {
    const office = await OfflineOffice.open(platform, 1);
    await changeTerms(platform, office.frame.programmeId, { columns: { reminder_days: 2 } });
    const [arabic, french, waiting, free, carried] = (await makeVouchers(platform, office.frame, 5)) as [
      TestVoucher,
      TestVoucher,
      TestVoucher,
      TestVoucher,
      TestVoucher,
    ];
    const enrolment = await platform.as('enrolment_officer', { programme: office.frame.programmeId });
    await enrolment.patch(`/v1/beneficiaries/${arabic.person.id}`, '"1"', { language: 'ar', reason: 'Asked for it' }).expect(200);
    const {
      rows: [{ end, name_fr, name_ar }],
    } = await platform.owner.query(
      'select v.expires_at as end, o.name_fr, o.name_ar from vouchers v join offices o on o.id = $2 where v.id = $1',
      [free.id, office.frame.officeId],
    );
    platform.clock.skip((end as Date).getTime() - 3 * DAY_MS + 10 * HOUR_MS - platform.clock.now().getTime());
    await office.stepUp();
    const [first, second] = [await office.device(), await office.device()];
    const { body: pack } = await office.prepare(serialsOf([arabic, french]), first).expect(201);
    await office.staff.agent.post(`/v1/offline-packs/${pack.id}/hand-out`).expect(200);
    const { body: later } = await office.prepare(serialsOf([waiting]), second).expect(201);
    const { programmeId, fundId } = office.frame;
    const carrier = await platform.as('field_officer', { programme: programmeId });
    const finance = await platform.as('finance_officer', { programme: programmeId });
    const { body: advance } = await carrier
      .post(`/v1/programmes/${programmeId}/advances`, {
        fundId,
        round: 'In Guezzam road',
        visitOn: '2099-01-01',
        serials: [carried.serial],
      })
      .expect(201);
    await finance.post(`/v1/advances/${advance.id}/hand-over`, { reference: 'R-1' }).expect(200);
    await run('messaging.remind');
    const told = ({ person }: TestVoucher) =>
      receivedSms(platform).findLast(({ to, text }) => to === person.personal.phones[0] && /^(?:Rappel|تذكير)/.test(text))?.text;
    expect(told(french)).toContain(`vous attend au seul bureau de poste ${name_fr} jusqu'au`);
    expect(told(arabic)).toContain(`في مكتب البريد ${name_ar} فقط`);
    expect(told(free)).toContain("vous attend au bureau de poste jusqu'au");
    // Of what a pack holds that nobody has taken out yet, nobody is paid anywhere.
    expect(told(waiting)).toBeUndefined();
    expect(told(carried)).toBeUndefined();
    const reason = async ({ id }: TestVoucher) =>
      (await platform.owner.query(`select last_error from messages where kind = 'reminder' and voucher_id = $1`, [id])).rows;
    expect(await reason(waiting)).toEqual([{ last_error: 'pack_not_out' }]);
    expect(await reason(carried)).toEqual([{ last_error: 'on_round' }]);
    await run('messaging.resume');
    expect(told(waiting)).toBeUndefined();
    expect(told(carried)).toBeUndefined();
    await office.end(later.id, 'withdraw').expect(200);
    await carrier.post(`/v1/advances/${advance.id}/removals`, { serial: carried.serial, reason: 'Nobody is at home' }).expect(201);
    await run('messaging.resume');
    for (const voucher of [waiting, carried]) expect(told(voucher)).toContain("vous attend au bureau de poste jusqu'au");
  });
});
