import { randomUUID } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyOf, textOf } from '../../test/support/all-tables.ts';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { confirmedKey } from '../../test/support/keys.ts';
import { koboSubmission } from '../../test/support/kobo-server.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { codeSentTo, newPhone, openDoor, ownParticulars, stranger } from '../../test/support/public-door.ts';
import { registration } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';
import { applyJournal } from './erase-again.ts';
import { journalFile } from './journal.ts';

describe('people who came in by other doors, and a backup', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let asker: Client;
  let second: Client;

  beforeAll(async () => {
    platform = await startPlatform({ environment: { TRUSTED_PROXIES: '127.0.0.1/32' } });
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    const scope = { programme: frame.programmeId };
    officer = await platform.as('enrolment_officer', scope);
    asker = await platform.as('programme_officer', scope);
    second = await platform.as('programme_officer', scope);
  });
  afterAll(() => platform.close());

  const erase = async (id: string): Promise<void> => {
    const { body } = await asker.post(`/v1/beneficiaries/${id}/erasures`, { ground: 'mistake', reason: 'Letter 12' }).expect(201);
    await second.post(`/v1/erasures/${body.id}/confirm`).expect(200);
    await platform.settled();
  };
  const one = async (text: string, ...values: unknown[]) => (await platform.owner.query(text, values)).rows[0];

  it('erases somebody who registered themselves, and their own page still answers', async () => {
    const own = ownParticulars(await openDoor(platform, frame), { names: { given: 'Fatoumatine', family: 'Secretova' } });
    const door = stranger(platform);
    const { reference } = (await door.register(own).expect(202)).body;
    const proof = (await door.prove(reference, await codeSentTo(platform, own.phone)).expect(200)).body;
    await platform.settled();
    const { beneficiary_id: id } = await one('select beneficiary_id from self_registrations where reference = $1', reference);
    await erase(id);
    const status = await door.status(reference, proof.statusToken);
    expect(status.status).toBe(200);
    await door.askForCode(reference);
    await platform.settled();
    expect(textOf(await copyOf(platform.owner))).not.toContain('Secretova');
  });

  it('keeps a submission of a form from bringing somebody back', async () => {
    const submissions = [41, 42].map(koboSubmission);
    const send = async (content: object) => {
      const { body } = await officer
        .post(`/v1/programmes/${frame.programmeId}/registration-files?start=true`)
        .type('application/json')
        .send(JSON.stringify(content));
      await platform.settled();
      return (await officer.get(`/v1/registration-files/${body.id}`).expect(200)).body;
    };
    expect(await send(submissions)).toMatchObject({ acceptedRows: 2, knownRows: 0 });
    const people = (await platform.owner.query(`select id from beneficiaries where source = 'kobo' order by source_row`)).rows;
    await erase(people[0].id);
    expect((await one('select count(*)::int from intake_keys where beneficiary_id = $1', people[0].id)).count).toBe(0);
    expect(await send([...submissions, koboSubmission(43)])).toMatchObject({ acceptedRows: 1, knownRows: 2 });
    const client = await platform.applicationClient();
    await expect(client.query('update intake_keys set beneficiary_id = null')).rejects.toMatchObject({
      constraint: 'intake_keys_append_only',
    });
  });

  it('lets nobody test a guess against what a partner wrote', async () => {
    const administrator = await platform.as('administrator');
    const { body: partner } = await administrator.post('/v1/partners', { name: `Partner ${randomUUID()}` }).expect(201);
    const expiresAt = new Date(platform.clock.now().getTime() + 90 * 86_400_000).toISOString();
    const use = { programmeId: frame.programmeId, expiresAt };
    const key = await confirmedKey(platform, administrator, `/v1/partners/${partner.id}/keys`, use);
    const consent = { legalBasis: 'consent', method: 'witnessed_verbal', givenOn: '2026-01-10', evidence: { witness: 'Case worker 12' } };
    const consents = ['registration', 'share_with_partners'].map((purpose) => ({ purpose, ...consent }));
    const referral = { reference: 'CASE-1', registration: registration({ phones: [newPhone()], consents }) };
    const refer = () =>
      supertest(platform.app.http)
        .post(`/v1/programmes/${frame.programmeId}/referrals`)
        .set('Authorization', `Bearer ${key.key}`)
        .set('Idempotency-Key', randomUUID())
        .send(referral);
    const first = await refer();
    expect([first.status, JSON.stringify(first.body)]).toEqual([202, expect.stringContaining('CASE-1')]);
    await platform.settled();
    const before = await one('select beneficiary_id, content_index from referrals where partner_id = $1', partner.id);
    await erase(before.beneficiary_id);
    const after = await one('select content_index from referrals where partner_id = $1', partner.id);
    expect(after.content_index.equals(before.content_index)).toBe(false);
    const people = (await one('select count(*)::int from beneficiaries')).count;
    const again = await refer();
    expect(again.status).toBeLessThan(500);
    expect((await one('select count(*)::int from beneficiaries')).count).toBe(people);
    await supertest(platform.app.http)
      .get(`/v1/programmes/${frame.programmeId}/referrals`)
      .set('Authorization', `Bearer ${key.key}`)
      .expect(200);
  });

  it('erases again whoever comes back with a backup, by the journal alone', async () => {
    const person = await makePerson(platform, frame.programmeId, { names: { given: 'Lazarus', family: 'Restored' } });
    const backup = await one('select * from beneficiaries where id = $1', person.id);
    const profile = await one('select * from match_profiles where beneficiary_id = $1', person.id);
    await erase(person.id);
    const file = journalFile(platform.dataDir);
    expect(readFileSync(file, 'utf8')).toContain(person.id);
    expect(readFileSync(file, 'utf8')).not.toContain('Lazarus');

    const { owner } = platform;
    await owner.query('set session_replication_role = replica');
    await owner.query(
      `update beneficiaries set data_key = $2, names = $3, birth = $4, nationality = $5, documents = $6, phones = $7, answers = $8, commune = $9,
        erased_at = null, erasure_id = null where id = $1`,
      [
        person.id,
        backup.data_key,
        backup.names,
        backup.birth,
        backup.nationality,
        backup.documents,
        backup.phones,
        backup.answers,
        backup.commune,
      ],
    );
    await owner.query('insert into match_profiles values ($1, $2, $3, $4, $5)', [
      person.id,
      frame.programmeId,
      profile.profile,
      profile.blocking_keys,
      profile.search_keys,
    ]);
    await owner.query('delete from erasures where beneficiary_id = $1', [person.id]);
    await owner.query('set session_replication_role = origin');
    expect((await officer.get(`/v1/beneficiaries/${person.id}`).expect(200)).body.names.given).toBe('Lazarus');

    // What a power cut broke off does not take the next line with it.
    appendFileSync(file, '{"erasureId":"');
    const applied = await applyJournal(platform.app.execute, file);
    expect(applied).toMatchObject({ erased: 1, refused: [] });
    expect((await officer.get(`/v1/beneficiaries/${person.id}`).expect(200)).body.names).toBeNull();
    expect(await applyJournal(platform.app.execute, file)).toMatchObject({ erased: 0, refused: [] });
    const next = await makePerson(platform, frame.programmeId);
    const lines = applied.lines;
    await erase(next.id);
    expect((await applyJournal(platform.app.execute, file)).lines).toBe(lines + 1);
  });
});
