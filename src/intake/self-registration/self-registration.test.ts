import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { codeSentTo, messagesTo, newPhone, openDoor, otherCode, ownParticulars, stranger } from '../../../test/support/public-door.ts';
import { changeTerms } from '../../../test/support/terms.ts';
import { passerBy } from '../../access/index.ts';
import { faultDetail } from '../../beneficiaries/index.ts';
import { hasDammDigit, newId } from '../../platform/index.ts';
import { loadPilotGeography } from '../../seeding.ts';

const MINUTE_MS = 60_000;

const problemTitles = {
  ar: 'الطلب ليس بالشكل الذي يطلبه العقد',
  fr: 'La demande n’a pas la forme que le contrat demande',
  en: 'The request is not in the form the contract asks for',
};
const wholeNumber = { ar: 'أعط عددًا صحيحًا.', fr: 'Donnez un nombre entier.', en: 'Give a whole number.' };

describe('registering oneself', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let programme: string;
  let officer: Client;

  beforeAll(async () => {
    platform = await startPlatform({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    programme = await openDoor(platform, frame);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const keptOf = async (reference: string) =>
    (await platform.owner.query('select * from self_registrations where reference = $1', [reference])).rows[0];
  const register = async (overrides: object = {}) => {
    const own = ownParticulars(programme, overrides);
    const { body } = await stranger(platform).register(own).expect(202);
    return { own, reference: body.reference as string, code: await codeSentTo(platform, own.phone) };
  };
  const enter = async (overrides: object = {}) => {
    const { own, reference, code } = await register(overrides);
    const { body } = await stranger(platform).prove(reference, code).expect(200);
    await platform.settled();
    return { own, reference, token: body.statusToken as string, beneficiaryId: (await keptOf(reference)).beneficiary_id as string };
  };
  const stateOf = async (reference: string, token: string) => (await stranger(platform).status(reference, token).expect(200)).body.state;

  it('enters an applicant once the telephone has been proved, whom an officer verifies', async () => {
    const { own, reference, code } = await register();
    expect(hasDammDigit(reference)).toBe(true);
    expect(await keptOf(reference)).toMatchObject({ state: 'awaiting_proof', beneficiary_id: null });
    const { body } = await stranger(platform).prove(reference, code).expect(200);
    expect(body).toEqual({ reference, state: 'received', statusToken: expect.stringMatching(/^[\w-]{43}$/) });
    await platform.settled();
    const { beneficiary_id: id, content, state } = await keptOf(reference);
    expect({ content, state }).toEqual({ content: null, state: 'entered' });
    const { rows } = await platform.owner.query(
      `select e.state, e.needs_verification, e.entered_by, b.source, b.source_id is not null as "hasSource"
      from enrolments e join beneficiaries b on b.id = e.beneficiary_id where b.id = $1`,
      [id],
    );
    expect(rows).toEqual([{ state: 'applicant', needs_verification: true, entered_by: passerBy.id, source: 'self', hasSource: true }]);
    expect(await stateOf(reference, body.statusToken)).toBe('being_checked');
    const { body: person } = await officer.get(`/v1/beneficiaries/${id}`).expect(200);
    expect(person).toMatchObject({ names: own.names, phones: [own.phone], state: 'applicant', household: { size: 3 } });
    expect(person.consents).toMatchObject([
      { purpose: 'registration', method: 'online', evidence: { reference: 'privacy notice 2026-01' } },
      { purpose: 'share_with_paying_agent', method: 'online' },
    ]);
    await officer.post(`/v1/beneficiaries/${id}/verify`).expect(200);
    expect(await stateOf(reference, body.statusToken)).toBe('accepted');
  });

  it('lets a stranger use a key that another has used, and answers each their own again', async () => {
    const key = 'retry-1234';
    const [one, another] = [ownParticulars(programme), ownParticulars(programme)];
    const references: string[] = [];
    for (const own of [one, another, one, another])
      references.push((await stranger(platform).register(own, key).expect(202)).body.reference);
    expect(references[0]).not.toBe(references[1]);
    expect(references.slice(2)).toEqual(references.slice(0, 2));
    expect((await messagesTo(platform, one.phone)).length).toBe(1);
  });

  it('sends a code in the person’s language that says nothing about what it is for', async () => {
    const texts = await Promise.all(
      ['ar', 'fr', 'en'].map(async (language) => {
        const { own } = await register({ language });
        return messagesTo(platform, own.phone);
      }),
    );
    expect(texts.map((messages) => messages.length)).toEqual([1, 1, 1]);
    const [ar, fr, en] = texts.flat();
    expect(ar).toMatch(/^رمزك: \u2066\d{6}\u2069\./);
    expect(fr).toMatch(/^Votre code : \d{6}\./);
    expect(en).toMatch(/^Your code: \d{6}\./);
    for (const text of texts.flat()) expect(text).not.toMatch(/sanad|TEST-|aid|aide|cash|programme|OIM|IOM|Traoré/i);
  });

  it('is closed until an administrator opens it, and says no more than that', async () => {
    const administrator = await platform.as('administrator');
    const { body: other, headers } = await administrator
      .post('/v1/programmes', {
        code: 'SHUT-1',
        name: 'Shut',
        currency: 'DZD',
        timeZone: 'Africa/Algiers',
        startsOn: '2020-01-01',
        endsOn: '2099-12-31',
      })
      .expect(201);
    expect(other.selfRegistrationOpen).toBe(false);
    const closed = await stranger(platform).register(ownParticulars('SHUT-1')).expect(404);
    const missing = await stranger(platform).register(ownParticulars('NOWHERE')).expect(404);
    expect({ ...closed.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    const opened = await administrator
      .patch(`/v1/programmes/${other.id}`, headers['etag'] ?? '', { selfRegistrationOpen: true, reason: 'Asked for' })
      .expect(200);
    expect(opened.body.selfRegistrationOpen).toBe(true);
    await stranger(platform).register(ownParticulars('SHUT-1')).expect(202);
    await administrator
      .patch(`/v1/programmes/${other.id}`, opened.headers['etag'] ?? '', { selfRegistrationOpen: false, reason: 'Enough' })
      .expect(200);
    await stranger(platform).register(ownParticulars('SHUT-1')).expect(404);
    await changeTerms(platform, other.id, { columns: { self_registration_open: true, ends_on: '2021-01-01' } });
    await stranger(platform).register(ownParticulars('SHUT-1')).expect(404);
  });

  it('names every place that is wrong, as the person wrote it', async () => {
    const placesOf = async (overrides: object, status: number) =>
      (await stranger(platform).register(ownParticulars(programme, overrides)).expect(status)).body.errors.map(
        ({ pointer }: { pointer: string }) => pointer,
      );
    expect(await placesOf({ phone: 'not a number', commune: 'Nowhere', documents: [] }, 422)).toEqual(
      expect.arrayContaining(['/phone', '/commune', '/noDocumentReason']),
    );
    expect(await placesOf({ names: { given: '=HYPERLINK("x")' } }, 422)).toEqual([expect.stringMatching(/^\/names/)]);
    expect(await placesOf({ consent: { registration: false, privacyNoticeVersion: '1' } }, 400)).toEqual(['/body/consent/registration']);
    expect(await placesOf({ household: { reference: 'H1', size: 2 } }, 400)).toEqual(['/body/household']);
    const lost = await register({ documents: [], noDocumentReason: 'lost' });
    expect(lost.code).toMatch(/^\d{6}$/);
  });

  it('tells people what is wrong in the language that they read, under codes that stay the same', async () => {
    const own = ownParticulars(programme, { phone: 'not a number', commune: 'Nowhere', names: { given: '12345' } });
    const refused = (language: string, body: object, status: number) =>
      stranger(platform).register(body).set('Accept-Language', language).expect(status);
    for (const [language, asked] of [
      ['ar', 'ar-DZ,ar;q=0.9,fr;q=0.5'],
      ['fr', 'de;q=0.8, fr;q=0.7, en;q=0.2'],
      ['en', 'de'],
    ] as const) {
      const { body, headers } = await refused(asked, own, 422);
      expect(headers).toMatchObject({ 'content-language': language, vary: expect.stringContaining('Accept-Language') });
      expect(body.errors).toEqual([
        { pointer: '/names/given', code: 'name_without_letters', detail: faultDetail('name_without_letters', language) },
        { pointer: '/phone', code: 'phone_invalid', detail: faultDetail('phone_invalid', language) },
        { pointer: '/commune', code: 'commune_unknown', detail: faultDetail('commune_unknown', language) },
      ]);
      const unread = await refused(asked, { ...own, sex: 'unsaid', householdSize: 'three' }, 400);
      expect(unread.headers['content-language']).toBe(language);
      expect(unread.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => [pointer, code])).toEqual([
        ['/body/sex', 'not_one_of'],
        ['/body/householdSize', 'not_whole_number'],
      ]);
      expect(unread.body).toMatchObject({ title: problemTitles[language], errors: [{}, { detail: wholeNumber[language] }] });
    }
  });

  it('tells of a mistyped or wrong code in each language, and of a replay in that of the replay', async () => {
    const { reference } = await register();
    const own = stranger(platform);
    const key = newId();
    const details = [];
    for (const language of ['fr', 'ar', 'en']) {
      const { body } = await own.prove(reference, '000000', key).set('Accept-Language', language).expect(422);
      expect(body.code).toBe('proof_refused');
      details.push(body.detail);
    }
    expect(details).toEqual([
      expect.stringMatching(/^Le code est faux/),
      expect.stringMatching(/^الرمز خاطئ/),
      expect.stringMatching(/^The code is wrong/),
    ]);
    const mistyped = await own.prove('1234567890', '000000').set('Accept-Language', 'ar').expect(422);
    expect(mistyped.body.errors).toMatchObject([{ pointer: '/path/reference', code: 'reference_mistyped' }]);
    expect(mistyped.body.errors[0].detail).toMatch(/^في المرجع خطأ كتابة/);
  });

  it('answers the same whoever is registered already, and compares with everybody afterwards', async () => {
    const { own: known } = await enter();
    const again = stranger(platform);
    const copy = ownParticulars(programme, { names: known.names, birth: known.birth, documents: known.documents, phone: known.phone });
    const first = await again.register(copy).expect(202);
    const fresh = ownParticulars(programme);
    const second = await again.register(fresh).expect(202);
    const shapeOf = ({ status, body, headers }: typeof first) => ({
      status,
      keys: Object.keys(body),
      type: headers['content-type'],
      length: headers['content-length'],
    });
    expect(shapeOf(first)).toEqual(shapeOf(second));
    const proofs = [
      await again.prove(first.body.reference, await codeSentTo(platform, copy.phone)).expect(200),
      await again.prove(second.body.reference, await codeSentTo(platform, fresh.phone)).expect(200),
    ];
    expect(shapeOf(proofs[0] as typeof first)).toEqual(shapeOf(proofs[1] as typeof first));
    await platform.settled();
    const pairsOf = async (reference: string) => {
      const { beneficiary_id: id } = await keptOf(reference);
      return (await platform.owner.query(`select from duplicate_pairs where first_id = $1 or second_id = $1`, [id])).rowCount;
    };
    expect(await pairsOf(first.body.reference)).toBeGreaterThan(0);
    const states = await Promise.all(proofs.map(({ body }) => stateOf(body.reference, body.statusToken)));
    expect(states).toEqual(['being_checked', 'being_checked']);
    const { beneficiary_id: held } = await keptOf(first.body.reference);
    await officer.post(`/v1/beneficiaries/${held}/verify`).expect(409);
  });

  it('lets nobody be verified before they have been compared, nor twice', async () => {
    const { beneficiaryId } = await enter();
    await platform.owner.query(`insert into comparisons_due values ($1, now() + interval '1 hour')`, [beneficiaryId]);
    const early = await officer.post(`/v1/beneficiaries/${beneficiaryId}/verify`).expect(409);
    expect(early.body.detail).toContain('compared');
    await platform.owner.query('delete from comparisons_due where beneficiary_id = $1', [beneficiaryId]);
    await officer.post(`/v1/beneficiaries/${beneficiaryId}/verify`).expect(200);
    await officer.post(`/v1/beneficiaries/${beneficiaryId}/verify`).expect(409);
    const client = await platform.applicationClient();
    const other = await enter();
    const attempt = (verifier: string) =>
      client.query(`update enrolments set state = 'enrolled', verified_by = ${verifier} where beneficiary_id = $1`, [other.beneficiaryId]);
    await expect(attempt('null')).rejects.toMatchObject({ constraint: 'enrolments_verified_first' });
    await expect(attempt('entered_by')).rejects.toMatchObject({ constraint: 'enrolments_verified_by_another' });
  });

  it('puts nobody into a household that is there already', async () => {
    const { beneficiaryId } = await enter();
    const { rows } = await platform.owner.query(
      `select count(*)::int as people from beneficiaries where household_id = (select household_id from beneficiaries where id = $1)`,
      [beneficiaryId],
    );
    expect(rows[0].people).toBe(1);
  });

  it('takes the code in Arabic digits, and forgives a slip in the reference', async () => {
    const { reference, code } = await register();
    const slip = reference.slice(0, -1) + String((Number(reference.at(-1)) + 1) % 10);
    const mistyped = await stranger(platform).prove(slip, code).expect(422);
    expect(mistyped.body.errors).toMatchObject([{ pointer: '/path/reference' }]);
    expect((await keptOf(reference)).wrong_codes).toBe(0);
    const arabic = code.replaceAll(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
    await stranger(platform)
      .prove(reference, `${arabic.slice(0, 3)} ${arabic.slice(3)}`)
      .expect(200);
  });

  it('tells who was not accepted no more than that, whatever the reason', async () => {
    const exited = await enter();
    await platform.owner.query(`update enrolments set state = 'exited' where beneficiary_id = $1`, [exited.beneficiaryId]);
    const merged = await enter();
    await platform.owner.query(`update enrolments set state = 'merged' where beneficiary_id = $1`, [merged.beneficiaryId]);
    expect(await stateOf(exited.reference, exited.token)).toBe('not_accepted');
    expect(await stateOf(merged.reference, merged.token)).toBe('not_accepted');
    const suspended = await enter();
    await officer.post(`/v1/beneficiaries/${suspended.beneficiaryId}/verify`).expect(200);
    await platform.owner.query(`update enrolments set state = 'suspended' where beneficiary_id = $1`, [suspended.beneficiaryId]);
    expect(await stateOf(suspended.reference, suspended.token)).toBe('accepted');
  });

  it('lets back in who lost the token, through the telephone', async () => {
    const { own, reference, token } = await enter();
    platform.clock.skip(60 * MINUTE_MS);
    await stranger(platform).askForCode(reference).expect(202);
    const code = await codeSentTo(platform, own.phone);
    await stranger(platform).prove(reference, otherCode(code)).expect(422);
    const { body } = await stranger(platform).prove(reference, code).expect(200);
    expect(body.statusToken).toBe(token);
    const { rows } = await platform.owner.query('select count(*)::int as n from beneficiaries where source_id = $1', [
      (await keptOf(reference)).id,
    ]);
    expect(rows[0].n).toBe(1);
  });

  it('empties what nobody proved within a day', async () => {
    const { own, reference } = await register();
    platform.clock.skip(24 * 60 * MINUTE_MS);
    await stranger(platform).askForCode(reference).expect(202);
    await platform.app.jobs.trigger('intake.expire_self_registrations');
    await expect.poll(async () => (await keptOf(reference)).state, { timeout: 10_000 }).toBe('expired');
    expect(await keptOf(reference)).toMatchObject({ content: null, beneficiary_id: null });
    expect(messagesTo(platform, own.phone)).toHaveLength(1);
    const events = await platform.owner.query(
      `select count(*)::int as n from audit_events where command = 'intake.expire_self_registrations'`,
    );
    await platform.app.jobs.trigger('intake.expire_self_registrations');
    await platform.settled();
    expect(events.rows[0].n).toBe(1);
  });

  it('leaves no code, name, number or token where it could be read', async () => {
    const phone = newPhone();
    const { own, reference, code } = await register({ phone, names: { given: 'Zoubeïda', family: 'Mellouki-Unique' } });
    const { body } = await stranger(platform).prove(reference, code).expect(200);
    await platform.settled();
    const secrets = [body.statusToken, 'Mellouki', 'Zoube', phone.slice(1), own.documents[0]?.number ?? ''];
    const tables = await platform.owner.query(
      `select n.nspname || '.' || quote_ident(c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind = 'r' and n.nspname in ('public', 'bullmq')`,
    );
    for (const { name } of tables.rows) {
      const { rowCount } = await platform.owner.query(
        `select from ${name} t where exists (select from unnest($1::text[]) secret where t::text like '%' || secret || '%'
          or t::text like '%' || encode(convert_to(secret, 'UTF8'), 'hex') || '%')`,
        [secrets],
      );
      expect(rowCount, name).toBe(0);
    }
    const log = platform.log.join('');
    for (const secret of [...secrets, code]) expect(log).not.toContain(secret);
    const { rows } = await platform.owner.query(
      `select command, subject_type from audit_events where actor_id = $1 order by id desc limit 2`,
      [passerBy.id],
    );
    expect(rows).toEqual([
      { command: 'intake.prove_telephone', subject_type: 'self_registration' },
      { command: 'intake.register_oneself', subject_type: 'self_registration' },
    ]);
  });
});
