import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { makeVouchers } from '../../test/support/vouchers.ts';
import { newId } from '../platform/index.ts';

interface Kept {
  operation: string;
  purpose: string;
  purpose_stated: boolean;
  programme_id: string | null;
  beneficiary_ids: string[];
  source_type: string | null;
  source_id: string | null;
  session_id: string | null;
  request_id: string | null;
}

describe('the record of who was shown whom', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let auditor: Client;
  const people: Person[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ environment: { PEOPLE_READ_PER_HOUR: '40' } });
    frame = await makeFrame(platform);
    for (let i = 0; i < 4; i += 1) people.push(await makePerson(platform, frame.programmeId));
    officer = await platform.as('programme_officer', { programme: frame.programmeId });
    auditor = await platform.as('auditor');
  });
  afterAll(() => platform.close());

  const list = () => `/v1/programmes/${frame.programmeId}/beneficiaries`;
  const keptOf = async (client: Client): Promise<Kept[]> =>
    (await platform.owner.query('select * from person_reads where actor_id = $1 order by id', [client.userId])).rows;
  const ids = (some: readonly Person[]) => some.map(({ id }) => id);
  const first = () => people[0] as Person;

  it('keeps who, what for, by what, whom and in which request, for a page, a search and one person', async () => {
    const reader = await platform.as('programme_officer', { programme: frame.programmeId });
    const { headers } = await reader.get(`${list()}?limit=3`).expect(200);
    await reader.post('/v1/beneficiaries/search', { query: first().registrationNumber }).set('Sanad-Purpose', 'complaint').expect(200);
    await reader.get(`/v1/beneficiaries/${first().id}`).set('Sanad-Purpose', 'verification').expect(200);
    await reader.get(`/v1/beneficiaries/${first().id}/history`).expect(200);
    await reader.get(`/v1/households/${first().householdId}`).expect(200);
    const [page, ...others] = await keptOf(reader);
    expect(page).toMatchObject({
      operation: 'listBeneficiaries',
      purpose: 'monitoring',
      purpose_stated: false,
      programme_id: frame.programmeId,
      beneficiary_ids: ids(people.slice(0, 3)),
      session_id: expect.any(String),
      request_id: headers['x-request-id'],
    });
    const alone = { programme_id: frame.programmeId, beneficiary_ids: [first().id] };
    expect(others).toMatchObject([
      { operation: 'searchBeneficiaries', purpose: 'complaint', purpose_stated: true, ...alone },
      { operation: 'getBeneficiary', purpose: 'verification', purpose_stated: true, ...alone },
      { operation: 'listBeneficiaryChanges', purpose: 'support', purpose_stated: false, ...alone },
      { operation: 'getHousehold', ...alone },
    ]);
  });

  it('keeps a search over programmes under each of them, and nothing when nobody was found or the reading was refused', async () => {
    const other = await makeFrame(platform);
    const elsewhere = await makePerson(platform, other.programmeId, { phones: ['+213550777777'] });
    const here = await makePerson(platform, frame.programmeId, { phones: ['+213550777777'] });
    const reader = await platform.as('programme_officer');
    await reader.post('/v1/beneficiaries/search', { query: '+213550777777' }).expect(200);
    const found = (await keptOf(reader)).map(({ programme_id, beneficiary_ids }) => [programme_id, beneficiary_ids]);
    expect(new Map(found as [string, string[]][])).toEqual(
      new Map([
        [frame.programmeId, [here.id]],
        [other.programmeId, [elsewhere.id]],
      ]),
    );
    const quiet = await platform.as('programme_officer', { programme: frame.programmeId });
    await quiet.post('/v1/beneficiaries/search', { query: '+213550000009' }).expect(200);
    await quiet.get(`/v1/beneficiaries/${elsewhere.id}`).expect(404);
    expect(await keptOf(quiet)).toEqual([]);
  });

  it('keeps whom an agent had in front of them, once more for each answer', async () => {
    const [voucher] = await makeVouchers(platform, frame, 1);
    if (!voucher) return expect.fail('a voucher was made');
    const agent = await platform.as('agent', { office: frame.officeId });
    const body = {
      officeId: frame.officeId,
      locator: { serial: voucher.serial },
      code: voucher.code,
      documentType: 'passport',
      documentLastFour: '1234',
    };
    const key = randomUUID();
    const { body: payout } = await agent.post('/v1/payouts', body, key).expect(201);
    await agent.post('/v1/payouts', body, key).expect(201);
    const kept = { operation: 'redeemVoucher', purpose: 'cash_out', programme_id: frame.programmeId, beneficiary_ids: [voucher.person.id] };
    expect(await keptOf(agent)).toMatchObject([kept, kept]);
    // The first is committed with the pay-out, so that there is none without the other.
    const { rows } = await platform.owner.query(
      `select r.xmin = p.xmin as "isTogether" from person_reads r, payouts p where r.actor_id = $1 and p.id = $2 order by r.id`,
      [agent.userId, payout.id],
    );
    expect(rows).toEqual([{ isTogether: true }, { isTogether: false }]);
  });

  it('takes no purpose that it does not know', async () => {
    const { body } = await officer.get(list()).set('Sanad-Purpose', 'curiosity').expect(400);
    expect(body.errors).toMatchObject([{ pointer: '/header/sanad-purpose' }]);
  });

  it('asks for the purpose where a programme does, of readings and not of changes', async () => {
    const strict = await makeFrame(platform);
    const person = await makePerson(platform, strict.programmeId);
    const administrator = await platform.as('administrator');
    const { headers } = await administrator.get(`/v1/programmes/${strict.programmeId}`).expect(200);
    const asked = await administrator
      .patch(`/v1/programmes/${strict.programmeId}`, headers['etag'] ?? '', { requireStatedPurpose: true, reason: 'As agreed' })
      .expect(200);
    expect(asked.body.requireStatedPurpose).toBe(true);
    const reader = await platform.as('programme_officer', { programme: strict.programmeId });
    for (const path of [
      `/v1/programmes/${strict.programmeId}/beneficiaries`,
      `/v1/beneficiaries/${person.id}`,
      `/v1/households/${person.householdId}`,
      `/v1/beneficiaries/${person.id}/reads`,
    ]) {
      const { body, text } = await reader.get(path).expect(400);
      expect(body.errors).toMatchObject([{ pointer: '/header/sanad-purpose' }]);
      expect(text).not.toContain(person.id);
      await reader.get(path).set('Sanad-Purpose', 'verification').expect(200);
    }
    const search = { query: person.registrationNumber };
    await reader.post('/v1/beneficiaries/search', search).expect(400);
    expect((await keptOf(reader)).map(({ purpose_stated }) => purpose_stated)).toEqual([true, true, true, true]);
    await reader.post(`/v1/beneficiaries/${person.id}/suspend`, { reason: 'Away' }).expect(200);
  });

  it('lets no answer out that it cannot record', async () => {
    await platform.owner.query('revoke insert on person_reads from sanad_app');
    try {
      for (const path of [list(), `/v1/beneficiaries/${first().id}`]) {
        const { body, text, headers } = await officer.get(path).expect(503);
        expect(body.code).toBe('not_recorded');
        expect(headers['retry-after']).toBe('1');
        expect(text).not.toMatch(/Amina|Benali/);
      }
    } finally {
      await platform.owner.query('grant insert on person_reads to sanad_app');
    }
    await officer.get(list()).expect(200);
  });

  it('loses none of many at the same time, and gives each its own', async () => {
    const readers = await Promise.all(Array.from({ length: 8 }, () => platform.as('programme_officer', { programme: frame.programmeId })));
    const asked = readers.flatMap((reader) => people.map((person) => ({ reader, person })));
    const answers = await Promise.all(asked.map(({ reader, person }) => reader.get(`/v1/beneficiaries/${person.id}`)));
    expect(answers.map(({ status }) => status)).toEqual(asked.map(() => 200));
    for (const reader of readers) {
      expect((await keptOf(reader)).flatMap(({ beneficiary_ids }) => beneficiary_ids).sort()).toEqual(ids(people).sort());
    }
    // One statement for each group, so that they share their commits.
    const { rows } = await platform.owner.query(
      'select count(distinct xmin::text)::int as groups from person_reads where actor_id = any($1)',
      [readers.map(({ userId }) => userId)],
    );
    expect(rows[0].groups).toBeLessThan(asked.length);
  });

  it('shows who looked at a person, newest first, to officers in scope and auditors, and records that', async () => {
    const person = await makePerson(platform, frame.programmeId);
    const looker = await platform.as('programme_officer', { programme: frame.programmeId });
    for (let i = 0; i < 3; i += 1) await looker.get(`/v1/beneficiaries/${person.id}`).expect(200);
    const path = `/v1/beneficiaries/${person.id}/reads`;
    const { body } = await officer.get(`${path}?limit=2`).expect(200);
    expect(body.items).toMatchObject([
      { actorId: looker.userId, actorName: 'Test programme_officer', operation: 'getBeneficiary', people: 1, purposeStated: false },
      { actorId: looker.userId },
    ]);
    const rest = await auditor.get(`${path}?limit=2&cursor=${body.nextCursor}`).expect(200);
    expect(rest.body.items.map(({ actorId }: { actorId: string }) => actorId)).toEqual([looker.userId]);
    const again = await auditor.get(path).expect(200);
    expect(again.body.items.slice(0, 2)).toMatchObject([
      { actorId: auditor.userId, operation: 'listReadsOfBeneficiary', purpose: 'audit' },
      { actorId: officer.userId, operation: 'listReadsOfBeneficiary' },
    ]);
    const foreign = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    await foreign.get(path).expect(404);
    await officer.get(`/v1/beneficiaries/${newId()}/reads`).expect(404);
    await (await platform.as('finance_officer', { programme: frame.programmeId })).get(path).expect(403);
  });

  it('lists readings for auditors by reader, purpose, person and time, within their scope, and whom one showed', async () => {
    const reader = await platform.as('programme_officer', { programme: frame.programmeId });
    await reader.get(list()).set('Sanad-Purpose', 'monitoring').expect(200);
    await reader.get(`/v1/beneficiaries/${first().id}`).set('Sanad-Purpose', 'payment').expect(200);
    const found = async (query: string, by = auditor) =>
      (await by.get(`/v1/person-reads?actorId=${reader.userId}${query}`).expect(200)).body.items as {
        id: string;
        operation: string;
        at: string;
      }[];
    expect((await found('')).map(({ operation }) => operation)).toEqual(['getBeneficiary', 'listBeneficiaries']);
    expect(await found('&purpose=payment')).toMatchObject([{ operation: 'getBeneficiary' }]);
    expect(await found(`&beneficiaryId=${people[1]?.id}`)).toMatchObject([{ operation: 'listBeneficiaries' }]);
    const [latest, earlier] = await found('');
    expect(await found(`&to=${latest?.at}`)).toMatchObject([{ id: earlier?.id }]);
    const { body } = await auditor.get(`/v1/person-reads/${earlier?.id}`).expect(200);
    expect(body.beneficiaryIds).toEqual(expect.arrayContaining(ids(people)));
    expect((await keptOf(auditor)).at(-1)).toMatchObject({ operation: 'getPersonRead', beneficiary_ids: body.beneficiaryIds });
    const abroad = await platform.as('auditor', { programme: (await makeFrame(platform)).programmeId });
    expect(await found('', abroad)).toEqual([]);
    await abroad.get(`/v1/person-reads/${earlier?.id}`).expect(404);
    await officer.get('/v1/person-reads').expect(403);
  });

  it('raises one alert an hour when somebody is shown very many, and none for others', async () => {
    const curious = await platform.as('programme_officer', { programme: frame.programmeId });
    const alerts = async () =>
      (await platform.owner.query(`select facts from alerts where kind = 'audit.many_people_read' and subject_id = $1`, [curious.userId]))
        .rows;
    for (let shown = 0; shown <= 40; ) {
      expect(await alerts()).toEqual([]);
      shown += (await curious.get(list()).expect(200)).body.items.length;
    }
    const [raised] = await alerts();
    expect(raised?.facts).toMatchObject({ limit: 40, reads: expect.any(Number), people: expect.any(Number) });
    expect(raised.facts.reads).toBeGreaterThan(40);
    expect(raised.facts.people).toBeLessThan(raised.facts.reads);
    await curious.get(list()).expect(200);
    expect(await alerts()).toHaveLength(1);
    platform.clock.skip(3_600_000);
    for (let shown = 0; shown <= 40; ) shown += (await curious.get(list()).expect(200)).body.items.length;
    expect(await alerts()).toHaveLength(2);
    await platform.app.jobs.trigger('audit.forget_read_counts');
  });

  it('can be rewritten by nobody, and holds no row that says nothing', async () => {
    const application = await platform.applicationClient();
    for (const statement of [`update person_reads set purpose = 'audit'`, 'delete from person_reads', 'truncate person_reads']) {
      await expect(application.query(statement)).rejects.toMatchObject({ code: '42501' });
      await expect(platform.owner.query(statement)).rejects.toMatchObject({ constraint: 'person_reads_append_only' });
    }
    const insert = (purpose: string, who: string[], source: string | null) =>
      application.query(
        `insert into person_reads (id, at, actor_id, actor_kind, purpose, purpose_stated, operation, beneficiary_ids, source_type, source_id)
        values ($1, now(), $1, 'user', $2, true, 'getBeneficiary', $3, $4, $4)`,
        [newId(), purpose, who, source],
      );
    await expect(insert('curiosity', [newId()], null)).rejects.toMatchObject({ code: '23514' });
    await expect(insert('audit', [], null)).rejects.toMatchObject({ code: '23514' });
    await insert('audit', [], 'household');
  });
});

describe('where the whole platform asks for the purpose', () => {
  it('refuses a reading without one in every programme', async () => {
    const platform = await startPlatform({ environment: { STATED_PURPOSE: 'obligatory' } });
    try {
      const { programmeId } = await makeFrame(platform);
      await makePerson(platform, programmeId);
      const officer = await platform.as('programme_officer', { programme: programmeId });
      await officer.get(`/v1/programmes/${programmeId}/beneficiaries`).expect(400);
      await officer.get(`/v1/programmes/${programmeId}/beneficiaries`).set('Sanad-Purpose', 'monitoring').expect(200);
    } finally {
      await platform.close();
    }
  });
});
