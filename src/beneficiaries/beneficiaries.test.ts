import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../test/support/erase.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { hasDammDigit } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { faultDetail } from './faults.ts';
import { openPeople } from './index.ts';

const consents = (['registration', 'share_with_paying_agent'] as const).map((purpose) => ({
  purpose,
  legalBasis: 'consent',
  method: 'signature',
  givenOn: '2026-01-15',
  evidence: { reference: 'Paper 17' },
}));
const aminata = {
  names: { given: 'Aminata', family: 'Keïta' },
  sex: 'female',
  birth: { from: '1991-04-02', to: '1991-04-02', precision: 'exact' },
  nationality: 'MLI',
  documents: [{ type: 'passport', number: 'p 12-345', issuingCountry: 'MLI' }],
  phones: ['0550 12 34 56', '+213550123456'],
  household: { reference: 'H-1', size: 4 },
  relationship: 'head',
  wilaya: 'alger',
  commune: 'ALGER-CENTRE',
  language: 'fr',
  answers: { incomeChange: 'lost', mealsPerDay: 1 },
  consents,
};
let counter = 0;
/** Somebody else each time. */
const somebody = (change: object = {}) => {
  counter += 1;
  return {
    ...aminata,
    documents: [{ type: 'passport', number: `X${counter}`, issuingCountry: 'MLI' }],
    phones: [`0661${String(100_000 + counter)}`],
    household: { reference: `S-${counter}`, size: 1 },
    ...change,
  };
};

describe('beneficiaries', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let people: string;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    people = `/v1/programmes/${frame.programmeId}/beneficiaries`;
  });
  afterAll(() => platform.close());

  const register = async (body: object, by = officer) => (await by.post(people, body).expect(201)).body;
  const events = async (subjectId: string) =>
    (await platform.owner.query('select command, actor_id, reason from audit_events where subject_id = $1 order by id', [subjectId])).rows;

  it('registers a person, normalised, enrolled and with a number of their own', async () => {
    const body = await register(aminata);
    const { wilaya: _, ...written } = aminata;
    expect(body).toMatchObject({
      ...written,
      phones: ['+213550123456'],
      wilayaNumber: '16',
      commune: 'Alger Centre',
      state: 'enrolled',
      household: { reference: 'H-1', size: 4 },
      consents: consents.map((consent) => ({ ...consent, withdrawnAt: null })),
      registeredBy: officer.userId,
    });
    expect(hasDammDigit(body.registrationNumber)).toBe(true);
    const { body: read } = await officer.get(`/v1/beneficiaries/${body.id}`).expect(200);
    expect(read).toEqual(body);
    expect((await events(body.id)).map(({ command }) => command)).toEqual([
      'beneficiaries.register',
      'beneficiaries.read', // the answer
      'beneficiaries.read',
    ]);
    for (const query of ['+213550123456', 'MLI/P12345']) {
      const { body: found } = await officer.post('/v1/beneficiaries/search', { query }).expect(200);
      expect(found.items).toMatchObject([{ id: body.id }]);
    }
  });

  it('takes everything that is known of a person, and gives it back', async () => {
    const everything = somebody({
      names: { given: 'محمد', middle: 'عبد الله', family: 'علی\u200cرضا' },
      documents: [
        { type: 'national_id', number: 'N-1', issuingCountry: 'MLI' },
        { type: 'unhcr_certificate', number: 'U/2', issuingCountry: 'DZA' },
      ],
      phones: [],
      relationship: 'sibling',
      answers: {
        incomeChange: 'reduced',
        housing: 'shelter',
        incomeSource: 'daily',
        returnStatus: 'planned',
        dependants: 3,
        survivorOfViolence: true,
        washingtonGroup: { seeing: 'none', walking: 'cannot' },
      },
      consents: [
        ...consents,
        { ...consents[0], purpose: 'contact', method: 'witnessed_verbal', evidence: { witness: 'Nadia Brahimi' } },
        {
          ...consents[0],
          purpose: 'share_with_partners',
          method: 'remote_verbal',
          evidence: { reference: 'Call 3', witness: 'Nadia Brahimi' },
        },
      ],
    });
    const { wilaya: _, commune: __, ...written } = everything;
    const answer = await officer.post(people, everything).expect(201);
    expect(answer.headers['etag']).toBe('"1"');
    expect(answer.body).toMatchObject({
      ...written,
      attestation: null,
      comparisonDue: false,
      source: 'officer',
      needsVerification: false,
      verifiedBy: null,
    });
    const attestation = { reason: 'withheld', attestedBy: 'Shelter of El Harrach' };
    const undocumented = await register(somebody({ documents: [], attestation }));
    expect(undocumented).toMatchObject({ documents: [], attestation });
    const { rows } = await platform.owner.query('select attestation from beneficiaries where id = $1', [undocumented.id]);
    expect(rows[0].attestation.toString()).not.toContain('Harrach');
  });

  it('shows the P-code of the wilaya, or of its parent where it has none of its own', async () => {
    const inSalah = await register(somebody({ wilaya: 'In Salah', commune: 'Ain Salah' }));
    const parent = await register(somebody({ wilaya: 'Tamanrasset', commune: 'Tamanrasset' }));
    expect(parent.pcodeOf).toBe(parent.wilayaNumber);
    expect(inSalah).toMatchObject({ wilayaNumber: '53', pcode: parent.pcode, pcodeOf: '11' });
    const { rows } = await platform.owner.query(`select w.number from wilayas w left join wilayas p on p.number = w.parent_number
      where coalesce(w.pcode, p.pcode) is null or (w.pcode is null) <> (w.parent_number is not null)`);
    expect(rows).toEqual([]);
  });

  it('does not take a name whose letters are gone', async () => {
    for (const [given, code] of [
      ['?????', 'name_lost_letters'],
      ['Ã‰lodie', 'name_lost_letters'],
      ['12345', 'name_without_letters'],
    ] as const) {
      const { body } = await officer.post(people, somebody({ names: { given, family: 'Keïta' } })).expect(422);
      expect(body.errors).toEqual([{ pointer: '/names/given', code, detail: faultDetail(code, 'en') }]);
    }
  });

  it.each(['ar', 'fr', 'en'] as const)('tells an officer what is wrong in %s, asked for or their own', async (language) => {
    const wrong = somebody({ names: { given: '12345' }, wilaya: 'Atlantis', consents: [] });
    await platform.owner.query('update users set language = $1 where id = $2', [language, officer.userId]);
    for (const asked of [
      officer.post(people, wrong),
      officer.post(people, wrong).set('Accept-Language', 'de'),
      officer.post(people, wrong).set('Accept-Language', language),
    ]) {
      const { body, headers } = await asked.expect(422);
      expect(headers['content-language']).toBe(language);
      expect(body.errors).toEqual(
        (
          [
            ['/names/given', 'name_without_letters'],
            ['/consents', 'consent_missing'],
            ['/wilaya', 'wilaya_unknown'],
          ] as const
        ).map(([pointer, code]) => ({ pointer, code, detail: faultDetail(code, language) })),
      );
    }
    const other = language === 'fr' ? 'ar' : 'fr';
    const { headers } = await officer.post(people, wrong).set('Accept-Language', `${other}, ${language};q=0.5`).expect(422);
    expect(headers['content-language']).toBe(other);
    await platform.owner.query(`update users set language = 'en' where id = $1`, [officer.userId]);
  });

  it('names every fault at once and enters nobody', async () => {
    const before = await platform.owner.query('select count(*) from beneficiaries');
    const { body } = await officer
      .post(
        people,
        somebody({
          names: { given: '=cmd' },
          birth: { from: '2099-01-01', to: '2099-01-01', precision: 'exact' },
          phones: ['nonsense'],
          wilaya: 'Atlantis',
          consents: [],
        }),
      )
      .expect(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/names/given',
      '/birth',
      '/phones/0',
      '/consents',
      '/wilaya',
    ]);
    await officer.post(people, somebody({ commune: 'Nowhere' })).expect(422);
    await officer.post(people, { ...somebody(), sex: 'X?', surprise: 1 }).expect(400);
    expect((await platform.owner.query('select count(*) from beneficiaries')).rows).toEqual(before.rows);
  });

  it('registers once however often the same request comes', async () => {
    const body = somebody();
    const answers = await Promise.all([1, 2, 3].map(() => officer.post(people, body, 'one-registration').expect(201)));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
  });

  it('keeps somebody who shares a document an applicant until another person has decided', async () => {
    const document = { type: 'passport', number: 'SHARED-1', issuingCountry: 'NER' };
    const first = await register(somebody({ documents: [document] }));
    const second = await register(somebody({ documents: [{ ...document, number: 'shared 1' }] }));
    expect([first.state, second.state]).toEqual(['enrolled', 'applicant']);
    const elsewhere = await register(somebody({ documents: [{ ...document, issuingCountry: 'MLI' }] }));
    expect(elsewhere.state).toBe('enrolled');
    const verify = `/v1/beneficiaries/${second.id}/verify`;
    await officer.post(verify).expect(403);
    const other = await platform.as('enrolment_officer', { programme: frame.programmeId });
    expect((await other.post(verify).expect(409)).body.detail).toContain('Decide the duplicate pair first');
    await platform.owner.query('delete from duplicate_pairs where second_id = $1', [second.id]);
    await officer.post(verify).expect(403);
    expect((await other.post(verify).expect(200)).body).toMatchObject({ beneficiaryId: second.id, state: 'enrolled' });
    await other.post(verify).expect(409);
  });

  it('lets one of many who bring the same document at the same time through, and no more', async () => {
    const documents = [{ type: 'national_id', number: 'RACE', issuingCountry: 'TUN' }];
    const answers = await Promise.all(Array.from({ length: 6 }, () => officer.post(people, somebody({ documents })).expect(201)));
    expect(answers.map(({ body }) => body.state).sort()).toEqual([...Array(5).fill('applicant'), 'enrolled']);
    const ids = answers.map(({ body }) => body.id);
    const pairs = await platform.owner.query('select count(*)::int as count from duplicate_pairs where first_id = any($1)', [ids]);
    expect(pairs.rows[0].count).toBe(15);
  });

  it('suspends and resumes for a reason that the trail keeps', async () => {
    const { id } = await register(somebody());
    const manager = await platform.as('programme_officer', { programme: frame.programmeId });
    await officer.post(`/v1/beneficiaries/${id}/suspend`, { reason: 'Not my business' }).expect(403);
    expect((await manager.post(`/v1/beneficiaries/${id}/suspend`, { reason: 'Left the country' }).expect(200)).body.state).toBe(
      'suspended',
    );
    await manager.post(`/v1/beneficiaries/${id}/suspend`, { reason: 'Left again' }).expect(409);
    expect((await manager.post(`/v1/beneficiaries/${id}/resume`, { reason: 'Came back' }).expect(200)).body.state).toBe('enrolled');
    expect(await events(id)).toMatchObject([
      { command: 'beneficiaries.register' },
      { command: 'beneficiaries.read' },
      { command: 'beneficiaries.suspend', reason: 'Left the country' },
      { command: 'beneficiaries.resume', reason: 'Came back' },
    ]);
  });

  it('records, withdraws and records consent again', async () => {
    const { id } = await register(somebody());
    const path = `/v1/beneficiaries/${id}/consents`;
    const [, share] = consents;
    await officer.post(path, share).expect(409);
    const withdrawn = await officer.post(`${path}/withdraw`, { purpose: 'share_with_paying_agent' }).expect(200);
    expect(withdrawn.body).toMatchObject({ ...share, withdrawnAt: expect.any(String) });
    await officer.post(`${path}/withdraw`, { purpose: 'share_with_paying_agent' }).expect(409);
    const again = await Promise.all(
      [1, 2].map(() => officer.post(path, { ...share, method: 'witnessed_verbal', evidence: { witness: 'Karim Haddad' } })),
    );
    expect(again.map(({ status }) => status).sort()).toEqual([201, 409]);
    await officer.post(path, { ...share, purpose: 'registration', givenOn: '2099-01-01' }).expect(422);
    const { body } = await officer.get(`/v1/beneficiaries/${id}`).expect(200);
    expect(
      body.consents.map(({ purpose, withdrawnAt }: { purpose: string; withdrawnAt: string | null }) => [purpose, withdrawnAt === null]),
    ).toEqual([
      ['registration', true],
      ['share_with_paying_agent', false],
      ['share_with_paying_agent', true],
    ]);
  });

  it('walks the people of a programme by state and by cursor', async () => {
    const ids: string[] = [];
    for (let cursor = ''; ; ) {
      const { body } = await officer.get(`${people}?limit=3&state=enrolled${cursor && `&cursor=${cursor}`}`).expect(200);
      ids.push(...body.items.map(({ id }: { id: string }) => id));
      if (!body.nextCursor) break;
      cursor = body.nextCursor;
    }
    const enrolled = await platform.owner.query(
      `select beneficiary_id as id from enrolments where programme_id = $1 and state = 'enrolled' order by 1`,
      [frame.programmeId],
    );
    expect(ids).toEqual(enrolled.rows.map(({ id }) => id));
    await officer.get(`${people}?cursor=${Buffer.from("' or 1=1").toString('base64url')}`).expect(400);
  });

  it('shows nobody of another programme, nor whether they exist', async () => {
    const other = await makeFrame(platform);
    const hidden = await makePerson(platform, other.programmeId);
    const missing = '/v1/beneficiaries/01936f5e-7b1c-7c3e-9d52-0f4b6c1d2e3f';
    const manager = await platform.as('programme_officer', { programme: frame.programmeId });
    const path = `/v1/beneficiaries/${hidden.id}`;
    const body = ({ body: { requestId: _, ...rest } }: { body: Record<string, unknown> }) => rest;
    expect(body(await officer.get(path).expect(404))).toEqual(body(await officer.get(missing).expect(404)));
    await officer.get(`/v1/programmes/${other.programmeId}/beneficiaries`).expect(404);
    await officer.post(`/v1/programmes/${other.programmeId}/beneficiaries`, somebody()).expect(404);
    await officer.post(`/v1/programmes/${other.programmeId}/registration-files`, 'a;b').expect(404);
    for (const [client, verb, sent] of [
      [officer, 'consents', consents[0]],
      [officer, 'consents/withdraw', { purpose: 'registration' }],
      [officer, 'verify', undefined],
      [manager, 'suspend', { reason: 'Prying' }],
      [manager, 'resume', { reason: 'Prying' }],
    ] as const) {
      expect(body(await client.post(`${path}/${verb}`, sent).expect(404))).toEqual(
        body(await client.post(`${missing}/${verb}`, sent).expect(404)),
      );
    }
    const agent = await platform.as('agent');
    await agent.get(path).expect(403);
    const donor = await platform.as('donor');
    await donor.get(`/v1/programmes/${other.programmeId}/beneficiaries`).expect(403);
  });

  it('opens several people at once, and only what is asked for', async () => {
    const [a, b] = [await makePerson(platform, frame.programmeId), await makePerson(platform, frame.programmeId)];
    await eraseAtOnce(platform, b.id);
    const opened = await openPeople(platform.app.database.reader, platform.app.keyRing, [a.id, b.id], ['names']);
    expect(opened).toEqual(
      new Map([
        [a.id, { names: a.personal.names }],
        [b.id, null],
      ]),
    );
  });

  it('stands in the database itself: no self-verification, no wrong first state, no second standing consent', async () => {
    const { id } = await register(somebody());
    const client = await platform.applicationClient();
    const verifying = `update enrolments set verified_by = entered_by where beneficiary_id = '${id}'`;
    await expect(client.query(verifying)).rejects.toMatchObject({ constraint: 'enrolments_verified_by_another' });
    await expect(client.query(`update enrolments set state = 'applicant' where beneficiary_id = '${id}'`)).rejects.toMatchObject({
      constraint: 'enrolments_transition',
    });
    await expect(
      client.query(`insert into consents (id, beneficiary_id, purpose, legal_basis, method, given_on, recorded_by, recorded_at)
      select gen_random_uuid(), beneficiary_id, purpose, legal_basis, method, given_on, recorded_by, recorded_at from consents where beneficiary_id = '${id}'`),
    ).rejects.toMatchObject({ constraint: 'consents_one_standing' });
    await expect(client.query(`delete from beneficiaries where id = '${id}'`)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(`update consents set given_on = '2020-01-01' where beneficiary_id = '${id}'`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});
