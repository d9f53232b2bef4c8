import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Copy, copyOf, textOf } from '../../test/support/all-tables.ts';
import { refusedRowsOf } from '../../test/support/exports.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, many, registrationRow } from '../../test/support/registration-files.ts';
import { reachable, registration } from '../../test/support/registrations.ts';
import { keyCollectors, openMatchProfile } from '../beneficiaries/index.ts';
import { documentKey, phoneKey, plainDocument } from '../beneficiaries/keys.ts';
import { changePlace } from '../beneficiaries/person-changes.ts';
import { openNote, openPerson, personalFields } from '../beneficiaries/sealing.ts';
import { openRows } from '../intake/chunks.ts';
import { type KeyRing, sql } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';

describe('erasing a person', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  let asker: Client;
  let second: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    const scope = { programme: frame.programmeId };
    officer = await platform.as('enrolment_officer', scope);
    asker = await platform.as('programme_officer', scope);
    second = await platform.as('programme_officer', scope);
  });
  afterAll(() => platform.close());

  const because = { ground: 'subject_request', reason: 'Letter 12' };
  const register = async (body: object): Promise<{ id: string; registrationNumber: string }> =>
    (await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, body).expect(201)).body;
  const ask = async (id: string, by = asker): Promise<string> =>
    (await by.post(`/v1/beneficiaries/${id}/erasures`, because).expect(201)).body.id;
  const confirm = (erasureId: string, by = second) => by.post(`/v1/erasures/${erasureId}/confirm`);
  const erase = async (id: string): Promise<void> => void (await confirm(await ask(id)).expect(200));

  it('is asked for under what it is filed, and keeps no words about the person', async () => {
    const { id } = await register(registration());
    for (const reason of ['Amina Benali asked', 'Letter of Amina', 'Letter 12 Amina', 'Call 0661234567', 'Letter 12\nAmina', 'letter']) {
      await asker.post(`/v1/beneficiaries/${id}/erasures`, { ground: 'mistake', reason }).expect(400);
    }
    const application = await platform.applicationClient();
    const forced = application.query(
      `insert into erasures (id, beneficiary_id, programme_id, ground, reason, origin, state, asked_by, asked_at)
      values (gen_random_uuid(), $1, $2, 'mistake', 'Amina Benali asked', 'people', 'asked', $3, now())`,
      [id, frame.programmeId, asker.userId],
    );
    await expect(forced).rejects.toMatchObject({ constraint: 'erasures_reason_names_nobody' });
    await asker.post(`/v1/beneficiaries/${id}/erasures`, { ground: 'mistake', reason: 'Case 44/2026' }).expect(201);
  });

  const found = async (query: string): Promise<string[]> =>
    (await officer.post('/v1/beneficiaries/search', { query, programmeId: frame.programmeId }).expect(200)).body.items.map(
      ({ id }: { id: string }) => id,
    );

  /** Everything that the master key opens in a copy, without asking the platform. */
  function opened(copy: Copy, keyRing: KeyRing): string[] {
    const rows = (table: string) => copy.get(table) ?? [];
    const bytes = (value: unknown) => value as Buffer;
    const texts: string[] = [];
    const attempt = (open: () => unknown): void => {
      try {
        texts.push(JSON.stringify(open()));
      } catch {
        // It does not open.
      }
    };
    for (const row of rows('idempotency_keys'))
      attempt(() => keyRing.open('idempotency', `${row['actor_id']}/${row['key']}`, bytes(row['answer'])));
    for (const row of rows('match_profiles'))
      attempt(() => openMatchProfile(keyRing, String(row['beneficiary_id']), bytes(row['profile'])));
    const fileKey = (id: unknown) => bytes(rows('registration_files').find((file) => file['id'] === id)?.['data_key']);
    for (const row of rows('registration_chunks'))
      attempt(() =>
        openRows(keyRing, String(row['file_id']), {
          number: Number(row['number']),
          rows: bytes(row['rows']),
          dataKey: fileKey(row['file_id']),
        }),
      );
    for (const row of rows('collectors'))
      attempt(() => keyRing.open('collector', `households/${row['household_id']}/collectors/${row['id']}`, bytes(row['identity'])));
    for (const row of rows('beneficiaries')) {
      const id = String(row['id']);
      attempt(() => openPerson(keyRing, id, row as unknown as Parameters<typeof openPerson>[2], personalFields as never));
      for (const change of rows('beneficiary_changes').filter((one) => one['beneficiary_id'] === id))
        attempt(() => openNote(keyRing, id, bytes(row['data_key']), changePlace(Number(change['version'])), bytes(change['change'])));
      for (const consent of rows('consents').filter((one) => one['beneficiary_id'] === id))
        attempt(() => openNote(keyRing, id, bytes(row['data_key']), `consents/${consent['id']}`, bytes(consent['evidence'])));
    }
    return texts;
  }

  it('leaves nothing personal that a copy of every table gives away, even with the master key', async () => {
    const secret = reachable({
      names: { given: 'Zoulikha', middle: 'Bent', family: 'Ouahrani' },
      birth: { from: '1977-03-19', to: '1977-03-19', precision: 'exact' },
      documents: [{ type: 'passport', number: 'ZK9081726', issuingCountry: 'NER' }],
      phones: ['0661908172'],
      household: { reference: 'Famille Ouahrani', size: 1 },
    });
    const person = await register(secret);
    const detail = await officer.get(`/v1/beneficiaries/${person.id}`).expect(200);
    await officer
      .patch(`/v1/beneficiaries/${person.id}`, detail.headers['etag'] as string, { names: { family: 'Ouahraniya' }, reason: 'Misspelt' })
      .expect(200);
    await officer
      .post(`/v1/beneficiaries/${person.id}/consents`, {
        purpose: 'share_with_partners',
        legalBasis: 'consent',
        method: 'witnessed_verbal',
        givenOn: '2026-01-05',
        evidence: { witness: 'Houria Witnessova', reference: 'Tape 44' },
      })
      .expect(201);
    await officer
      .post(`/v1/households/${detail.body.household.id}/collectors`, {
        names: { given: 'Collectrix', family: 'Ouahrani' },
        document: { type: 'passport', number: 'CC5551234', issuingCountry: 'NER' },
        validUntil: '2099-01-01',
      })
      .expect(201);
    await officer.get(`/v1/beneficiaries/${person.id}`).set('Idempotency-Key', randomUUID()).expect(200);
    const { keyRing } = platform.app;
    const words = ['Zoulikha', 'Ouahrani', '1977-03-19', 'ZK9081726', '661908172', 'Houria', 'Collectrix', 'CC5551234', 'Tape 44'];
    const document = 'NER/ZK9081726';
    const blind = [documentKey(keyRing, document.toLowerCase()), documentKey(keyRing, document), phoneKey(keyRing, '+213661908172')];
    await platform.app.database.transaction((tx) => keyCollectors(tx, keyRing, sql`select id from collectors`));
    const ofCollector = documentKey(keyRing, plainDocument('NER', 'CC5551234') ?? '');
    const before = await copyOf(platform.owner);
    expect(textOf(before)).toContain(ofCollector);
    const all = opened(before, keyRing).join('\n');
    for (const word of words) expect(all, word).toContain(word);
    const keysIn = (copy: Copy) => (copy.get('beneficiary_keys') ?? []).filter(({ key }) => blind.includes(String(key)));
    expect(keysIn(before).length).toBeGreaterThan(1);

    await erase(person.id);

    const after = await copyOf(platform.owner);
    const left = `${textOf(after)}\n${opened(after, keyRing).join('\n')}`;
    for (const word of words) expect(left, word).not.toContain(word);
    expect(keysIn(after)).toEqual([]);
    expect(left).not.toContain(ofCollector);
    expect((after.get('beneficiary_keys') ?? []).filter((row) => row['beneficiary_id'] === person.id)).toEqual([]);
    // What is left under their key is still there, and no copy of the key is.
    const key = (before.get('beneficiaries') ?? []).find(({ id }) => id === person.id)?.['data_key'] as Buffer;
    const change = (after.get('beneficiary_changes') ?? []).find((row) => row['beneficiary_id'] === person.id);
    expect(JSON.stringify(openNote(keyRing, person.id, key, changePlace(2), change?.['change'] as Buffer))).toContain('Ouahraniya');
    expect(left).not.toContain(key.toString('latin1').slice(1));
    for (const query of ['Zoulikha Ouahrani', 'Ouahraniya', 'ZK9081726', '0661908172']) expect(await found(query)).toEqual([]);
  });

  it('shows that a person was erased, and keeps what the books need', async () => {
    const { id, registrationNumber } = await register(registration());
    const erasureId = await ask(id);
    await confirm(erasureId).expect(200);
    const { body } = await officer.get(`/v1/beneficiaries/${id}`).expect(200);
    expect(body).toMatchObject({
      registrationNumber,
      names: null,
      birth: null,
      nationality: null,
      documents: [],
      phones: [],
      answers: {},
      commune: '',
      sex: 'male',
      wilayaNumber: '16',
      state: 'exited',
      erasedAt: expect.stringMatching(/^\d{4}-/),
    });
    expect(body.consents.every(({ evidence }: { evidence: unknown }) => evidence === null)).toBe(true);
    const erasure = (await asker.get(`/v1/erasures/${erasureId}`).expect(200)).body;
    expect(erasure).toMatchObject({
      state: 'done',
      askedBy: asker.userId,
      decidedBy: second.userId,
      records: [{ id, registrationNumber }],
      pending: [],
    });
    const { rows } = await platform.owner.query(
      `select command, actor_id from audit_events where subject_id = $1 and command like 'privacy.%' order by id`,
      [id],
    );
    expect(rows).toEqual([
      { command: 'privacy.ask_erasure', actor_id: asker.userId },
      { command: 'privacy.confirm_erasure', actor_id: second.userId },
    ]);
  });

  it('lets the same person register again', async () => {
    const form = reachable();
    const { id } = await register(form);
    await erase(id);
    const again = await register(form);
    expect(again.id).not.toBe(id);
    expect(await found(form.documents[0]?.number ?? '')).toEqual([again.id]);
    const { body } = await asker.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs`).expect(200);
    expect(JSON.stringify(body)).not.toContain(id);
    expect((await officer.get(`/v1/beneficiaries/${again.id}`).expect(200)).body.state).toBe('enrolled');
  });

  it('takes two people, of whom the second shows a fresh second factor', async () => {
    const { id } = await register(registration());
    const erasureId = await ask(id);
    const own = await confirm(erasureId, asker).expect(403);
    expect(own.body.detail).toContain('Another');
    for (const role of ['enrolment_officer', 'auditor', 'administrator', 'finance_officer', 'approver'] as const) {
      const other = await platform.as(role);
      await confirm(erasureId, other).expect(403);
      await other.post(`/v1/beneficiaries/${id}/erasures`, because).expect(403);
    }
    const elsewhere = await platform.as('programme_officer', { programme: (await makeFrame(platform)).programmeId });
    await confirm(erasureId, elsewhere).expect(404);
    await elsewhere.get(`/v1/erasures/${erasureId}`).expect(404);
    await elsewhere.post(`/v1/beneficiaries/${id}/erasures`, because).expect(404);
    platform.clock.skip(6 * 60_000);
    expect((await confirm(erasureId).expect(401)).body.code).toBe('step_up_required');
    expect((await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body.erasedAt).toBeNull();
    const third = await platform.as('programme_officer', { programme: frame.programmeId });
    await third.post(`/v1/erasures/${erasureId}/withdraw`, { reason: 'They changed their mind' }).expect(200);
    await confirm(erasureId, third).expect(409);
    second = await platform.as('programme_officer', { programme: frame.programmeId });
  });

  it('is asked once and confirmed once, however many try', async () => {
    const { id } = await register(registration());
    const erasureId = await ask(id);
    await asker.post(`/v1/beneficiaries/${id}/erasures`, because).expect(409);
    const answers = await Promise.all(Array.from({ length: 4 }, () => confirm(erasureId)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    await asker.post(`/v1/beneficiaries/${id}/erasures`, because).expect(409);
    const key = randomUUID();
    const another = await register(registration());
    const asked = await ask(another.id);
    const first = await second.post(`/v1/erasures/${asked}/confirm`, undefined, key).expect(200);
    expect((await second.post(`/v1/erasures/${asked}/confirm`, undefined, key).expect(200)).body).toEqual(first.body);
  });

  it('takes all records of a person together, and none that was merged comes back', async () => {
    const one = registration({ phones: ['0550777123'] });
    const a = await register(one);
    const b = await register({ ...registration(), documents: one.documents });
    const pair = (await asker.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?state=open`).expect(200)).body.items.find(
      (item: { first: { id: string } }) => item.first.id === a.id,
    );
    const pending = (await asker.post(`/v1/beneficiaries/${b.id}/erasures`, because).expect(201)).body;
    expect(pending.pending).toEqual([expect.stringContaining(a.id)]);
    const inFrench = await asker.get(`/v1/erasures/${pending.id}`).set('Accept-Language', 'fr').expect(200);
    expect(inFrench.body.pending).toEqual([`Personne n’a décidé si ${a.id} est la même personne. Décidez d’abord de la paire.`]);
    const refused = await confirm(pending.id).expect(409);
    expect(refused.body).toMatchObject({ code: 'erasure_refused', errors: [{ cell: 'open_duplicate', code: 'open_duplicate' }] });
    const decision = { decision: 'same_person', survivorId: b.id, reason: 'Same face', version: pair.version };
    const { body } = await asker.post(`/v1/duplicate-pairs/${a.id}/${b.id}/decision`, decision).expect(200);
    expect((await asker.post(`/v1/beneficiaries/${a.id}/erasures`, because).expect(409)).body.mergedInto).toBe(b.id);
    const done = await confirm(pending.id).expect(200);
    expect(done.body.records.map(({ id }: { id: string }) => id)).toEqual([a.id, b.id].sort());
    for (const { id } of [a, b]) expect((await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body.names).toBeNull();
    await asker.post(`/v1/mergers/${body.mergerId}/undo`, { becomes: 'needs_information', reason: 'Two women' }).expect(409);
    const shown = await asker.get(`/v1/duplicate-pairs/${a.id}/${b.id}`).expect(200);
    expect(shown.body.first.names).toBeNull();
    await asker.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?state=same_person`).expect(200);
  });

  it('blanks the row that a person came in, and leaves their neighbours', async () => {
    const { programmeId } = await makeFrame(platform);
    const scope = { programme: programmeId };
    const clerk = await platform.as('enrolment_officer', scope);
    const [one, two] = [await platform.as('programme_officer', scope), await platform.as('programme_officer', scope)];
    const { body } = await clerk.post(
      `/v1/programmes/${programmeId}/registration-files?start=true`,
      fileOf(...many(3, 70), registrationRow(75).replace('MLI', '?')),
    );
    await platform.settled();
    const [victim] = (await clerk.get(`/v1/programmes/${programmeId}/beneficiaries?limit=1`).expect(200)).body.items;
    const asked = (await one.post(`/v1/beneficiaries/${victim.id}/erasures`, because).expect(201)).body.id;
    await confirm(asked, two).expect(200);
    const { rows: chunks } = await platform.owner.query(
      'select c.number, c.rows, f.data_key as "dataKey" from registration_chunks c join registration_files f on f.id = c.file_id where f.id = $1',
      [body.id],
    );
    const rows = chunks.flatMap((chunk) => openRows(platform.app.keyRing, body.id, chunk));
    expect(rows.map((row) => row.some((cell) => cell !== ''))).toEqual([false, true, true, true]);
    expect(JSON.stringify(rows)).not.toContain(victim.names.family);
    const refused = await refusedRowsOf(platform, clerk, body.id);
    expect(refused.text.trim().split('\n')).toHaveLength(2);
    // The same file is the same file, and brings nobody back.
    const again = await clerk.post(
      `/v1/programmes/${programmeId}/registration-files?start=true`,
      fileOf(...many(3, 70), registrationRow(75).replace('MLI', '?')),
    );
    expect(again.body.alreadyReceived).toBe(true);
    expect((await clerk.get(`/v1/beneficiaries/${victim.id}`).expect(200)).body.names).toBeNull();
  });

  it('is a person whom every screen can still show', async () => {
    const form = reachable({ household: { reference: `R-${randomUUID()}`, size: 2 } });
    const { id } = await register(form);
    const home = (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).body.household.id;
    const mate = await register(registration({ household: form.household, relationship: 'spouse' }));
    await erase(id);
    await officer.get(`/v1/programmes/${frame.programmeId}/beneficiaries`).expect(200);
    await officer
      .get(`/v1/programmes/${frame.programmeId}/beneficiaries?household=${encodeURIComponent(form.household.reference)}`)
      .expect(200);
    const household = await officer.get(`/v1/households/${home}`).expect(200);
    // Somebody still lives there, so it keeps its name; its head is to be chosen anew.
    expect(household.body).toMatchObject({ reference: form.household.reference, headId: null });
    expect(household.body.members.find((member: { id: string }) => member.id === id).names).toBeNull();
    expect((await officer.get(`/v1/beneficiaries/${id}/history`).expect(200)).body.items).toEqual([]);
    await officer.get(`/v1/beneficiaries/${id}/consents`).expect(200);
    const etag = (await officer.get(`/v1/beneficiaries/${id}`).expect(200)).headers['etag'] as string;
    await officer.patch(`/v1/beneficiaries/${id}`, etag, { names: { given: 'Back' }, reason: 'Mistake' }).expect(409);
    await officer.post(`/v1/beneficiaries/${id}/consents`, { ...form.consents[0], purpose: 'share_with_partners' }).expect(409);
    const verifier = await platform.as('enrolment_officer', { programme: frame.programmeId });
    await verifier.post(`/v1/beneficiaries/${id}/verify`).expect(409);
    for (const verb of ['suspend', 'resume', 'exit'])
      await asker.post(`/v1/beneficiaries/${id}/${verb}`, { reason: 'Because' }).expect(409);
    await asker.post(`/v1/beneficiaries/${id}/consents/withdraw`, { purpose: 'contact' });
    const headed = await officer
      .patch(`/v1/households/${home}`, household.headers['etag'] as string, { headId: mate.id, reason: 'The head left' })
      .expect(200);
    expect(headed.body.headId).toBe(mate.id);
    const exported = await asker.post(`/v1/programmes/${frame.programmeId}/beneficiaries/export`, {
      reason: 'Monitoring',
      format: 'csv',
      fields: ['registrationNumber', 'familyName'],
      language: 'en',
    });
    expect(exported.text ?? '').not.toContain(form.names.family);
  });

  it('cannot be done or undone in plain SQL', async () => {
    const a = await register(registration());
    const gone = await register(registration());
    await erase(gone.id);
    const erasureId = (await platform.owner.query('select id from erasures where beneficiary_id = $1', [gone.id])).rows[0].id;
    const asked = await ask(a.id);
    const client = await platform.applicationClient();
    const refused = (text: string, constraint: string, ...values: unknown[]) =>
      expect(client.query(text, values), text).rejects.toMatchObject({ constraint });
    const wipe = `data_key = null, names = null, birth = null, nationality = null, documents = null, phones = null, answers = null, attestation = null`;
    await refused(`update beneficiaries set ${wipe} where id = $1`, 'beneficiaries_append_only', a.id);
    await refused(
      `update beneficiaries set ${wipe}, commune = '', erased_at = now() where id = $1`,
      'beneficiaries_erased_under_something',
      a.id,
    );
    await refused(
      `update beneficiaries set erased_at = now(), erasure_id = $2 where id = $1`,
      'beneficiaries_erased_is_empty',
      a.id,
      asked,
    );
    const whole = `update beneficiaries set ${wipe}, commune = '', erased_at = now(), erasure_id = $2 where id = $1`;
    await refused(whole, 'beneficiaries_erased_by_decision', a.id, asked);
    await refused(whole, 'beneficiaries_erased_by_decision', a.id, erasureId);
    await refused(
      `update erasures set state = 'done', decided_by = asked_by, decided_at = asked_at where id = $1`,
      'erasures_two_people',
      asked,
    );
    await refused(
      `update erasures set state = 'asked', decided_by = null, decided_at = null where id = $1`,
      'erasures_append_only',
      erasureId,
    );
    await refused(`update beneficiaries set data_key = '\\x00' where id = $1`, 'beneficiaries_settled', gone.id);
    await refused(`update beneficiaries set erased_at = null, erasure_id = null where id = $1`, 'beneficiaries_settled', gone.id);
    await refused(`update beneficiaries set merged_into = $2 where id = $1`, 'beneficiaries_settled', gone.id, a.id);
    await refused(`update beneficiaries set merged_into = $2 where id = $1`, 'beneficiaries_settled', a.id, gone.id);
    await refused(
      `update households set reference = 'Other' where id in (select household_id from beneficiaries where id = $1)`,
      'households_append_only',
      a.id,
    );
    await expect(client.query('delete from erasures')).rejects.toMatchObject({ code: '42501' });
    await expect(platform.owner.query('delete from erasures')).rejects.toMatchObject({ constraint: 'erasures_append_only' });
    await confirm(asked).expect(200);
  });
});
