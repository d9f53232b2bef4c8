import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../../test/support/fixtures.ts';
import { confirmedKey } from '../../../test/support/keys.ts';
import { markMerged } from '../../../test/support/merged.ts';
import { type Client, startPlatform, type TestPlatform } from '../../../test/support/platform.ts';
import { newPhone } from '../../../test/support/public-door.ts';
import { faultDetail } from '../../beneficiaries/index.ts';
import { newId } from '../../platform/index.ts';
import { loadPilotGeography } from '../../seeding.ts';
import { statusOf } from './rules.ts';

let counter = 0;

/** An invented person as a partner writes them. Each call makes somebody else. */
function registration(overrides: object = {}, purposes = ['registration', 'share_with_partners']) {
  counter += 1;
  return {
    names: { given: `Moussa ${counter}`, family: 'Keïta' },
    sex: 'male',
    birth: { from: '1988-09-03', to: '1988-09-03', precision: 'exact' },
    nationality: 'MLI',
    documents: [{ type: 'passport', number: `R${3_000_000 + counter}`, issuingCountry: 'MLI' }],
    phones: [newPhone()],
    household: { reference: `H${counter}`, size: 2 },
    relationship: 'head',
    wilaya: '16',
    commune: 'Alger Centre',
    language: 'fr',
    consents: purposes.map((purpose) => ({
      purpose,
      legalBasis: 'consent',
      method: 'witnessed_verbal',
      givenOn: '2026-01-10',
      evidence: { witness: 'Case worker 12' },
    })),
    ...overrides,
  };
}

describe('referrals by partners', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let administrator: Client;
  let officer: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    administrator = await platform.as('administrator');
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  /** A new partner with a key for a programme. */
  async function newPartner(programmeId = frame.programmeId) {
    const { body: partner } = await administrator.post('/v1/partners', { name: `Partner ${randomUUID()}` }).expect(201);
    const expiresAt = new Date(platform.clock.now().getTime() + 90 * 86_400_000).toISOString();
    const key = await confirmedKey(platform, administrator, `/v1/partners/${partner.id}/keys`, { programmeId, expiresAt });
    const signed = (test: supertest.Test) => test.set('Authorization', `Bearer ${key.key}`);
    const post = (path: string, body: object, idempotencyKey: string = randomUUID()) =>
      signed(supertest(platform.app.http).post(`/v1/programmes/${programmeId}/${path}`))
        .set('Idempotency-Key', idempotencyKey)
        .send(body);
    const get = (path: string) => signed(supertest(platform.app.http).get(`/v1/programmes/${programmeId}/referrals${path}`));
    return {
      id: partner.id as string,
      refer: (reference: string, person: object = registration(), key?: string) =>
        post('referrals', { reference, registration: person }, key),
      referAll: (referrals: object[], key?: string) => post('referral-batches', { referrals }, key),
      get,
      statusOf: async (reference: string) => (await get(`/${reference}`).expect(200)).body,
    };
  }

  const personOf = async (partnerId: string, reference: string): Promise<string> =>
    (
      await platform.owner.query('select beneficiary_id as id from referrals where partner_id = $1 and reference = $2', [
        partnerId,
        reference,
      ])
    ).rows[0]?.id;
  const peopleFrom = async (partnerId: string) =>
    (await platform.owner.query('select count(*)::int as n from beneficiaries where source_id = $1', [partnerId])).rows[0].n;
  const setState = (id: string, state: string) =>
    platform.owner.query('update enrolments set state = $2 where beneficiary_id = $1', [id, state]);

  it('enter an applicant whom somebody has to verify, and show where they stand without a word about them', async () => {
    const partner = await newPartner();
    const person = registration();
    const { body } = await partner.refer('CASE-1', person).expect(202);
    expect(body).toEqual({
      reference: 'CASE-1',
      status: expect.stringMatching(/^(received|being_checked)$/),
      assisted: false,
      referredAt: expect.any(String),
    });
    await platform.settled();
    expect(await partner.statusOf('CASE-1')).toEqual({ ...body, status: 'being_checked' });
    const id = await personOf(partner.id, 'CASE-1');
    const { rows } = await platform.owner.query(
      `select e.state, e.needs_verification, e.entered_by, b.source, b.source_id from enrolments e join beneficiaries b on b.id = e.beneficiary_id
      where b.id = $1`,
      [id],
    );
    expect(rows).toEqual([
      { state: 'applicant', needs_verification: true, entered_by: partner.id, source: 'partner', source_id: partner.id },
    ]);
    const { body: shown } = await officer.get(`/v1/beneficiaries/${id}`).expect(200);
    expect(shown).toMatchObject({ names: person.names, household: { reference: `${partner.id}/${person.household.reference}` } });
    await officer.post(`/v1/beneficiaries/${id}/verify`).expect(200);
    expect((await partner.statusOf('CASE-1')).status).toBe('enrolled');
  });

  it.each([
    ['ar', 'أعط عددًا صحيحًا.'],
    ['fr', 'Donnez un nombre entier.'],
    ['en', 'Give a whole number.'],
  ] as const)('say what is wrong in %s, one by one and together, and again to who asks again', async (language, wholeNumber) => {
    const partner = await newPartner();
    const nowhere = registration({ wilaya: 'Nowhere' });
    const unread = registration({ household: { reference: 'H', size: 'two' } });
    const place = { pointer: '/registration/wilaya', code: 'wilaya_unknown', detail: faultDetail('wilaya_unknown', language) };
    const key = randomUUID();
    await partner.refer('SAID-1', nowhere, key).set('Accept-Language', 'en').expect(422);
    const one = await partner.refer('SAID-1', nowhere, key).set('Accept-Language', language).expect(422);
    expect(one.body.errors).toEqual([place]);
    expect(one.headers['content-language']).toBe(language);
    const both = [
      { reference: 'SAID-1', registration: nowhere },
      { reference: 'SAID-2', registration: unread },
    ];
    const { body, headers } = await partner.referAll(both).set('Accept-Language', language).expect(200);
    expect(headers['content-language']).toBe(language);
    expect(body.results.map(({ errors }: { errors: object[] }) => errors)).toEqual([
      [place],
      [{ pointer: '/registration/household/size', code: 'not_whole_number', detail: wholeNumber }],
    ]);
  });

  it('enter nobody twice under one reference, even when many ask at once, and refuse another person under it', async () => {
    const partner = await newPartner();
    const person = registration();
    const answers = await Promise.all(Array.from({ length: 12 }, () => partner.refer('ONCE', person)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(await peopleFrom(partner.id)).toBe(1);
    const other = await partner.refer('ONCE', registration()).expect(422);
    expect(other.body.errors).toEqual([
      { pointer: '/reference', code: 'reference_of_others', detail: expect.stringContaining('one of their own') },
    ]);
    const reordered = Object.fromEntries(Object.entries(person).reverse());
    await partner.refer('ONCE', reordered).expect(202);
    expect(await peopleFrom(partner.id)).toBe(1);
    await platform.settled();
    const { rowCount } = await platform.owner.query(
      'select from comparisons_due d join beneficiaries b on b.id = d.beneficiary_id where b.source_id = $1',
      [partner.id],
    );
    expect(rowCount).toBe(0);
  });

  it('take the good ones of a batch and give the bad ones back with reasons', async () => {
    const partner = await newPartner();
    const known = registration();
    await partner.refer('KNOWN', known).expect(202);
    const { body } = await partner
      .referAll([
        { reference: 'A', registration: registration() },
        { reference: 'B', registration: registration({ commune: 'Nowhere', phones: ['none'] }) },
        { reference: 'C', registration: registration({ sex: 'unknown' }) },
        { reference: 'name of somebody', registration: registration() },
        { unlike: 'a referral' },
        { reference: 'A', registration: registration() },
        { reference: 'KNOWN', registration: known },
        { reference: 'KNOWN-2', registration: registration({ consents: [] }) },
        { reference: 'D', registration: registration({ documents: [] }) },
        { reference: 'E', registration: registration() },
      ])
      .expect(200);
    const outcomes = body.results.map(({ reference, outcome }: { reference?: string; outcome: string }) => [reference, outcome]);
    expect(outcomes).toEqual([
      ['A', 'received'],
      ['B', 'refused'],
      ['C', 'refused'],
      [undefined, 'refused'],
      [undefined, 'refused'],
      ['A', 'refused'],
      ['KNOWN', 'received_before'],
      ['KNOWN-2', 'refused'],
      ['D', 'refused'],
      ['E', 'received'],
    ]);
    const pointers = body.results.map(({ errors = [] }: { errors?: { pointer: string }[] }) => errors.map(({ pointer }) => pointer));
    expect(pointers[1]).toEqual(expect.arrayContaining(['/registration/commune', '/registration/phones/0']));
    expect(pointers[2]).toEqual(['/registration/sex']);
    expect(pointers[3]).toEqual(['/reference']);
    expect(pointers[5]).toEqual(['/reference']);
    expect(pointers[7]).toEqual(['/registration/consents']);
    expect(pointers[8]).toEqual(['/registration/attestation']);
    expect(await peopleFrom(partner.id)).toBe(3);
  });

  it('answer a repeated batch as they did, and take batches that overlap at once without losing or doubling anybody', async () => {
    const partner = await newPartner();
    const people = Array.from({ length: 40 }, (_, i) => ({ reference: `P${i}`, registration: registration() }));
    const answers = await Promise.all([
      partner.referAll(people, 'one-and-the-same-key'),
      partner.referAll(people, 'one-and-the-same-key'),
      partner.referAll([...people].reverse()),
      partner.referAll(people.slice(10, 30)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    expect(await peopleFrom(partner.id)).toBe(40);
  });

  it('take five hundred at once and no more', async () => {
    const partner = await newPartner();
    const people = Array.from({ length: 500 }, (_, i) => ({ reference: `M${i}`, registration: registration() }));
    const { body } = await partner.referAll(people).expect(200);
    expect(body.results.every(({ outcome }: { outcome: string }) => outcome === 'received')).toBe(true);
    await partner.referAll([...people, { reference: 'ONE-MORE', registration: registration() }]).expect(400);
    await platform.settled();
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (await partner.get(`?limit=200${cursor && `&cursor=${cursor}`}`).expect(200)).body;
      seen.push(...page.items.map(({ reference }: { reference: string }) => reference));
      cursor = page.nextCursor ?? '';
    } while (cursor);
    expect(seen).toEqual(people.map(({ reference }) => reference));
  });

  it('are seen by the partner who made them and no other', async () => {
    const [mine, theirs] = [await newPartner(), await newPartner()];
    await mine.refer('SECRET').expect(202);
    const hidden = await theirs.get('/SECRET').expect(404);
    const missing = await theirs.get('/NOTHING').expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    expect((await theirs.get('').expect(200)).body).toEqual({ items: [], nextCursor: null });
    await theirs.refer('SECRET').expect(202);
    expect((await mine.get('').expect(200)).body.items).toHaveLength(1);
    await officer.get(`/v1/programmes/${frame.programmeId}/referrals`).expect(403);
    await officer.post(`/v1/programmes/${frame.programmeId}/referrals`, { reference: 'X', registration: registration() }).expect(403);
    await (await platform.as('administrator')).get(`/v1/programmes/${frame.programmeId}/referrals/SECRET`).expect(403);
  });

  it('name one head of a household, within one batch as with those who came before', async () => {
    const partner = await newPartner();
    const household = { reference: 'Family of three', size: 3 };
    const [first, second, third] = [registration({ household }), registration({ household }), registration({ household })];
    const { body } = await partner
      .referAll([
        { reference: 'HEAD-1', registration: { ...first, wilaya: 'Nowhere' } },
        { reference: 'HEAD-2', registration: second },
        { reference: 'HEAD-3', registration: third },
      ])
      .expect(200);
    const atHead = { pointer: '/registration/relationship', code: 'household_has_head', detail: expect.stringContaining('another head') };
    expect(body.results.map(({ errors = [] }: { errors?: object[] }) => errors)).toEqual([
      [expect.objectContaining({ pointer: '/registration/wilaya' })],
      [],
      [atHead],
    ]);
    expect((await partner.refer('HEAD-3', third).expect(422)).body.errors).toEqual([atHead]);
    await partner.refer('HEAD-2', second).expect(202);
    await (await newPartner()).refer('HEAD-1', first).expect(202);
  });

  it('do not tell who was there before: a duplicate looks like anybody, and one who was merged like a refusal', async () => {
    const existing = registration({}, ['registration', 'share_with_paying_agent']);
    const { body: known } = await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, existing).expect(201);
    const partner = await newPartner();
    const copy = registration({ names: existing.names, birth: existing.birth, documents: existing.documents, phones: existing.phones });
    const probes = [await partner.refer('PROBE', copy).expect(202), await partner.refer('FRESH').expect(202)];
    expect(probes.map(({ body }) => Object.keys(body))).toEqual([Object.keys(probes[0]?.body), Object.keys(probes[0]?.body)]);
    await platform.settled();
    const standing = await Promise.all(['PROBE', 'FRESH'].map((reference) => partner.statusOf(reference)));
    expect(standing.map(({ status, assisted }) => [status, assisted])).toEqual([
      ['being_checked', false],
      ['being_checked', false],
    ]);
    const id = await personOf(partner.id, 'PROBE');
    const { rowCount } = await platform.owner.query('select from duplicate_pairs where first_id = $1 or second_id = $1', [id]);
    expect(rowCount).toBeGreaterThan(0);
    await setState(id, 'merged');
    await markMerged(platform.owner, id, known.id);
    await setState(await personOf(partner.id, 'FRESH'), 'exited');
    const over = await Promise.all(['PROBE', 'FRESH'].map((reference) => partner.statusOf(reference)));
    expect(over.map(({ status }) => status)).toEqual(['not_accepted', 'not_accepted']);
    expect(over[0]?.assisted).toBeNull();
    await platform.owner.query(
      `insert into consents (id, beneficiary_id, purpose, legal_basis, method, given_on, recorded_by, recorded_at)
      values (gen_random_uuid(), $1, 'share_with_partners', 'consent', 'signature', '2026-01-01', gen_random_uuid(), now())`,
      [known.id],
    );
    expect(await partner.statusOf('PROBE')).toMatchObject({ status: 'enrolled', assisted: false });
    platform.clock.skip(1000);
    await officer.post(`/v1/beneficiaries/${id}/consents/withdraw`, { purpose: 'share_with_partners' }).expect(200);
    expect((await partner.statusOf('PROBE')).assisted).toBeNull();
  });

  it('tell whether somebody was assisted only while they consent to partners knowing', async () => {
    const partner = await newPartner();
    await partner.refer('SILENT', registration({}, ['registration'])).expect(202);
    expect((await partner.statusOf('SILENT')).assisted).toBeNull();
    await partner.refer('OPEN').expect(202);
    await platform.settled();
    const id = await personOf(partner.id, 'OPEN');
    expect((await partner.statusOf('OPEN')).assisted).toBe(false);
    await pay(id);
    expect((await partner.statusOf('OPEN')).assisted).toBe(true);
    await officer.post(`/v1/beneficiaries/${id}/consents/withdraw`, { purpose: 'share_with_partners' }).expect(200);
    expect((await partner.statusOf('OPEN')).assisted).toBeNull();
  });

  /** A pay-out to somebody, with only the rows that it stands on. */
  async function pay(beneficiaryId: string): Promise<void> {
    const { owner } = platform;
    const [voucherId, payoutId] = [newId(), newId()];
    await owner.query(`set session_replication_role = replica`);
    await owner.query(
      `insert into vouchers (id, serial, line_id, list_id, programme_id, fund_id, beneficiary_id, collector_id, amount, currency, state,
        key_version, issued_at, activated_at, expires_at)
      values ($1, $2, $1, $1, $3, $4, $5, $5, 1000, 'DZD', 'redeemed', 1, now(), now(), now() + interval '1 day')`,
      [voucherId, '12345678901234', frame.programmeId, frame.fundId, beneficiaryId],
    );
    await owner.query(
      `insert into payouts (id, voucher_id, office_id, agent_id, collector_id, amount, currency, document_type, document_last_four, paid_at, paid_on)
      values ($1, $2, $3, $1, $4, 1000, 'DZD', 'passport', '1234', now(), current_date)`,
      [payoutId, voucherId, frame.officeId, beneficiaryId],
    );
    await owner.query(`set session_replication_role = origin`);
  }

  it('are counted for each key', async () => {
    const [busy, calm] = [await newPartner(), await newPartner()];
    const statuses = (await Promise.all(Array.from({ length: 310 }, () => busy.get('?limit=1')))).map(({ status, headers }) => [
      status,
      headers['retry-after'],
    ]);
    expect(statuses.filter(([status]) => status === 200)).toHaveLength(300);
    const turnedAway = statuses.filter(([status]) => status === 429);
    expect(turnedAway).toHaveLength(10);
    expect(Number(turnedAway[0]?.[1])).toBeGreaterThan(0);
    await calm.get('?limit=1').expect(200);
  });

  it('cannot be changed or doubled in plain SQL', async () => {
    const partner = await newPartner();
    await partner.refer('FIXED').expect(202);
    const client = await platform.applicationClient();
    await expect(client.query(`update referrals set reference = 'OTHER'`)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query('delete from referrals')).rejects.toMatchObject({ code: '42501' });
    const copy = (reference: string, person = 'beneficiary_id') =>
      client.query(
        `insert into referrals select gen_random_uuid(), programme_id, partner_id, $2, content_index, ${person}, referred_at
        from referrals where partner_id = $1`,
        [partner.id, reference],
      );
    await expect(
      copy('FIXED', `(select id from beneficiaries b where not exists (select from referrals r where r.beneficiary_id = b.id) limit 1)`),
    ).rejects.toMatchObject({ code: '23505' });
    await expect(copy('ANOTHER')).rejects.toMatchObject({ code: '23505' });
    await expect(copy('Amina Benali')).rejects.toMatchObject({ code: '23514' });
  });

  it('leave no name or number in what was logged or recorded', async () => {
    const partner = await newPartner();
    await partner.refer('QUIET', registration({ names: { given: 'Unmistakable', family: 'Person' } })).expect(202);
    await partner.refer('LOUD', registration({ names: { given: 'Unmistakable', family: 'Person' }, commune: 'Unmistakable' })).expect(422);
    await platform.settled();
    expect(platform.log.join('')).not.toContain('Unmistakable');
    const { rows } = await platform.owner.query('select * from audit_events where actor_id = $1', [partner.id]);
    expect(rows.map(({ command }) => command)).toEqual(expect.arrayContaining(['intake.refer', 'intake.read_referrals']));
    expect(JSON.stringify(rows)).not.toContain('Unmistakable');
  });
});

describe('what a partner is told', () => {
  const known = { state: 'enrolled', isBeingCompared: false, isUnverified: false, isMerged: false, sharesWithPartners: false } as const;

  it('follows the enrolment', () => {
    expect(statusOf({ ...known, state: 'applicant', isBeingCompared: true })).toBe('received');
    expect(statusOf({ ...known, state: 'applicant' })).toBe('being_checked');
    expect(statusOf(known)).toBe('enrolled');
    expect(statusOf({ ...known, state: 'suspended' })).toBe('enrolled');
    expect(statusOf({ ...known, state: 'exited' })).toBe('exited');
    expect(statusOf({ ...known, state: 'exited', isUnverified: true })).toBe('not_accepted');
    expect(statusOf({ ...known, state: 'merged' })).toBe('not_accepted');
    expect(statusOf({ ...known, isMerged: true })).toBe('not_accepted');
    expect(statusOf({ ...known, isMerged: true, sharesWithPartners: true })).toBe('enrolled');
  });
});
