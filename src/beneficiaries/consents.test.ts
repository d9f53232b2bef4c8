import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { markMerged } from '../../test/support/merged.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { reachable, signed } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';
import { faultDetail } from './faults.ts';

describe('consent', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let manager: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
    manager = await platform.as('programme_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const register = async (change: object = {}) =>
    (await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, reachable(change)).expect(201)).body;
  const path = (id: string) => `/v1/beneficiaries/${id}`;
  const stateOf = async (id: string) => (await officer.get(path(id)).expect(200)).body.state;
  const withdraw = (id: string, purpose: string) => officer.post(`${path(id)}/consents/withdraw`, { purpose }).expect(200);
  const record = (id: string, consent: object) => officer.post(`${path(id)}/consents`, consent);
  const pointers = ({ body }: { body: { errors: { pointer: string }[] } }) => body.errors.map(({ pointer }) => pointer);

  it('is a record of its own: what for, how, on which evidence, by whom, and who took it back', async () => {
    const { id } = await register({ consents: [signed('registration')] });
    const remote = {
      ...signed('share_with_partners'),
      method: 'remote_verbal',
      legalBasis: 'public_interest',
      evidence: { reference: 'Call 2026-311', witness: 'Nadia Brahimi' },
    };
    await record(id, remote).expect(201);
    const withdrawn = await manager.post(`${path(id)}/consents/withdraw`, { purpose: 'share_with_partners' }).expect(200);
    expect(withdrawn.body).toMatchObject({ ...remote, recordedBy: officer.userId, withdrawnBy: manager.userId });
    const { body } = await officer.get(`${path(id)}/consents`).expect(200);
    expect(body).toMatchObject({
      nextCursor: null,
      items: [
        { ...signed('registration'), recordedBy: officer.userId, recordedAt: expect.any(String), withdrawnBy: null, withdrawnAt: null },
        { ...remote, withdrawnAt: expect.any(String) },
      ],
    });
    const first = await officer.get(`${path(id)}/consents?limit=1`).expect(200);
    const second = await officer.get(`${path(id)}/consents?limit=1&cursor=${first.body.nextCursor}`).expect(200);
    expect([first.body.items[0], second.body.items[0]]).toEqual(body.items);
    const { rows } = await platform.owner.query('select evidence from consents where beneficiary_id = $1', [id]);
    for (const { evidence } of rows) expect(evidence.toString()).not.toMatch(/Paper|Call|Nadia/);
    const { rows: events } = await platform.owner.query(
      `select command from audit_events where subject_id = $1 and command ~ 'consent' order by id`,
      [id],
    );
    expect(events.map(({ command }) => command)).toEqual([
      'beneficiaries.record_consent',
      'beneficiaries.withdraw_consent',
      ...Array(3).fill('beneficiaries.read_consents'),
    ]);
  });

  it.each([
    ['signature', { witness: 'Nadia Brahimi' }, ['/evidence/reference']],
    ['audio', undefined, ['/evidence/reference']],
    ['scan', { reference: ' ' }, ['/evidence/reference']],
    ['witnessed_verbal', { reference: 'Paper 1' }, ['/evidence/witness']],
    ['remote_verbal', {}, ['/evidence/reference', '/evidence/witness']],
    ['scan', { reference: 'Scan\u0000' }, ['/evidence/reference']],
  ] as const)('by %s with %o is told what is missing', async (method, evidence, places) => {
    const { id } = await register({ consents: [signed('registration')] });
    const consent = { ...signed('contact'), method, evidence };
    expect(pointers(await record(id, consent).expect(422))).toEqual(places);
    const registration = reachable({ consents: [{ ...signed('registration'), method, evidence: evidence ?? {} }] });
    const refused = await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, registration).expect(422);
    expect(pointers(refused)).toEqual(places.map((place) => `/consents/0${place}`));
  });

  it('is given online by who consents, and by nobody for them', async () => {
    const { id } = await register({ consents: [signed('registration')] });
    const online = { ...signed('contact'), method: 'online' };
    const { body } = await record(id, online).expect(422);
    expect(body.errors).toEqual([
      { pointer: '/method', code: 'consent_online_by_others', detail: faultDetail('consent_online_by_others', 'en') },
    ]);
    const registration = reachable({ consents: [{ ...online, purpose: 'registration' }] });
    const refused = await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, registration).expect(422);
    expect(pointers(refused)).toEqual(['/consents/0/method']);
  });

  it('is given by somebody who is born', async () => {
    const { id, birth } = await register({ consents: [signed('registration')] });
    expect(pointers(await record(id, { ...signed('contact'), givenOn: '1800-01-01' }).expect(422))).toEqual(['/givenOn']);
    const { body } = await record(id, { ...signed('contact'), givenOn: birth.from });
    expect(body.givenOn).toBe(birth.from);
    const registration = reachable({ consents: [{ ...signed('registration'), givenOn: '1800-01-01' }] });
    const refused = await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, registration).expect(422);
    expect(refused.body.errors).toEqual([
      { pointer: '/consents/0/givenOn', code: 'consent_before_birth', detail: faultDetail('consent_before_birth', 'en') },
    ]);
  });

  it('to registration carries enrolment: taken back suspends, given again resumes', async () => {
    const { id } = await register();
    await withdraw(id, 'registration');
    expect(await stateOf(id)).toBe('suspended');
    const refused = await manager.post(`${path(id)}/resume`, { reason: 'They are back' }).expect(409);
    expect(refused.body.detail).toContain('Record their consent first');
    await record(id, signed('registration')).expect(201);
    expect(await stateOf(id)).toBe('enrolled');
  });

  it('to registration given again enrols who waited for nothing else', async () => {
    const { id } = await register();
    await platform.owner.query(`alter table enrolments disable trigger user; update enrolments set state = 'applicant' where beneficiary_id = '${id}';
      alter table enrolments enable trigger user`);
    await withdraw(id, 'registration');
    expect(await stateOf(id)).toBe('applicant');
    await record(id, signed('registration')).expect(201);
    expect(await stateOf(id)).toBe('enrolled');
  });

  it('to registration given again leaves alone who was suspended for another reason', async () => {
    const { id } = await register();
    await manager.post(`${path(id)}/suspend`, { reason: 'Moved to another country' }).expect(200);
    await withdraw(id, 'registration');
    await record(id, signed('registration')).expect(201);
    expect(await stateOf(id)).toBe('suspended');
  });

  it('to registration is needed to be verified, and verification to be enrolled where one came in by a public door', async () => {
    const document = { type: 'passport', number: 'DOOR 1', issuingCountry: 'MLI' } as const;
    const first = await register({ documents: [document] });
    const { id } = await register({ documents: [document] });
    await platform.owner.query('update enrolments set needs_verification = true where beneficiary_id = $1', [id]);
    const { rows } = await platform.owner.query('select first_id, second_id, version from duplicate_pairs where second_id = $1', [id]);
    const decision = { decision: 'different_people', reason: 'Both were seen together', version: rows[0].version };
    await manager.post(`/v1/duplicate-pairs/${first.id}/${id}/decision`, decision).expect(200);
    expect(await stateOf(id)).toBe('applicant');
    await withdraw(id, 'registration');
    expect(await stateOf(id)).toBe('applicant');
    expect((await manager.post(`${path(id)}/verify`).expect(409)).body.detail).toContain('Record their consent first');
    await record(id, signed('registration')).expect(201);
    await manager.post(`${path(id)}/verify`).expect(200);
    expect((await officer.get(path(id)).expect(200)).body).toMatchObject({
      state: 'enrolled',
      needsVerification: true,
      verifiedBy: manager.userId,
    });
  });

  it('is not recorded of a record that was merged', async () => {
    const [merged, survivor] = [await register({ consents: [signed('registration')] }), await register()];
    await markMerged(platform.owner, merged.id, survivor.id);
    await record(merged.id, signed('contact')).expect(409);
  });

  it('that was taken back stays so in the database itself', async () => {
    const { id } = await register();
    await withdraw(id, 'contact');
    const client = await platform.applicationClient();
    await expect(
      client.query(
        `update consents set withdrawn_at = null, withdrawn_by = null where beneficiary_id = '${id}' and withdrawn_at is not null`,
      ),
    ).rejects.toMatchObject({ constraint: 'consents_append_only' });
    await expect(client.query(`update consents set purpose = 'contact' where beneficiary_id = '${id}'`)).rejects.toMatchObject({
      code: '42501',
    });
    await expect(client.query(`delete from consents where beneficiary_id = '${id}'`)).rejects.toMatchObject({ code: '42501' });
  });

  it('aside, somebody leaves the programme for a reason, and for good', async () => {
    const { id } = await register();
    await officer.post(`${path(id)}/exit`, { reason: 'Went home' }).expect(403);
    expect((await manager.post(`${path(id)}/exit`, { reason: 'Went home' }).expect(200)).body.state).toBe('exited');
    for (const verb of ['exit', 'suspend', 'resume']) await manager.post(`${path(id)}/${verb}`, { reason: 'Went home' }).expect(409);
    await manager.post(`${path(id)}/verify`).expect(409);
    const { rows } = await platform.owner.query(
      `select reason from audit_events where command = 'beneficiaries.exit' and subject_id = $1`,
      [id],
    );
    expect(rows).toEqual([{ reason: 'Went home' }]);
  });
});
