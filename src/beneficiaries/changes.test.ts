import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../test/support/erase.ts';
import { type Frame, makeFrame } from '../../test/support/fixtures.ts';
import { markMerged } from '../../test/support/merged.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { reachable } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';

const reason = 'Corrected from the papers';

describe('a change of a person', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const register = async (change: object = {}) =>
    (await officer.post(`/v1/programmes/${frame.programmeId}/beneficiaries`, reachable(change)).expect(201)).body;
  const path = (id: string) => `/v1/beneficiaries/${id}`;
  const change = (id: string, version: number, fields: object) => officer.patch(path(id), `"${version}"`, { reason, ...fields });
  const history = async (id: string) => (await officer.get(`${path(id)}/history`).expect(200)).body.items;
  const pointers = ({ body }: { body: { errors: { pointer: string }[] } }) => body.errors.map(({ pointer }) => pointer);

  it('keeps every field as it was before, says who and why, and shows the person as they are now', async () => {
    const before = await register({
      names: { given: 'Mohamed', middle: 'Lamine', family: 'Traoré' },
      answers: { mealsPerDay: 1, pregnant: false },
    });
    const changed = await change(before.id, 1, {
      names: { given: 'Mouhamed', middle: null },
      birth: { from: '1990-01-01', to: '1990-12-31', precision: 'year' },
      sex: 'female',
      nationality: 'MLI',
      phones: ['0770 11 22 33'],
      wilaya: 'Oran',
      commune: 'oran',
      language: 'ar',
      answers: { pregnant: null, mealsPerDay: 2, washingtonGroup: { seeing: 'a_lot' } },
    }).expect(200);
    expect(changed.headers['etag']).toBe('"2"');
    expect(changed.body).toMatchObject({
      names: { given: 'Mouhamed', family: 'Traoré' },
      birth: { precision: 'year' },
      sex: 'female',
      nationality: 'MLI',
      phones: ['+213770112233'],
      wilayaNumber: '31',
      commune: 'Oran',
      language: 'ar',
      answers: { mealsPerDay: 2, washingtonGroup: { seeing: 'a_lot' } },
      documents: before.documents,
      comparisonDue: false,
    });
    expect(changed.body.answers).not.toHaveProperty('pregnant');
    const again = await change(before.id, 2, { phones: [] }).expect(200);
    expect(again.body.phones).toEqual([]);
    const [latest, first] = await history(before.id);
    expect(latest).toMatchObject({ version: 3, reason, changedBy: officer.userId });
    expect(latest.changes).toEqual([{ field: 'phones', before: ['+213770112233'], after: [] }]);
    expect(first.changes.map(({ field }: { field: string }) => field)).toEqual([
      'answers',
      'birth',
      'commune',
      'language',
      'names',
      'nationality',
      'phones',
      'sex',
      'wilaya',
    ]);
    expect(first.changes.find(({ field }: { field: string }) => field === 'names')).toMatchObject({
      before: before.names,
      after: { given: 'Mouhamed', family: 'Traoré' },
    });
    const page = await officer.get(`${path(before.id)}/history?limit=1`).expect(200);
    const rest = await officer.get(`${path(before.id)}/history?limit=1&cursor=${page.body.nextCursor}`).expect(200);
    expect([page.body.items[0].version, rest.body.items[0].version, rest.body.nextCursor]).toEqual([3, 2, null]);
    const { rows } = await platform.owner.query(
      `select command, reason, before_digest is not null as kept from audit_events where subject_id = $1 and command ~ 'change|history' order by id`,
      [before.id],
    );
    expect(rows).toEqual([
      ...Array(2).fill({ command: 'beneficiaries.change', reason, kept: true }),
      ...Array(3).fill({ command: 'beneficiaries.read_history', reason: null, kept: false }),
    ]);
    const { rows: sealed } = await platform.owner.query('select change from beneficiary_changes where beneficiary_id = $1', [before.id]);
    for (const row of sealed) expect(row.change.toString()).not.toMatch(/Mohamed|770112233/);
  });

  it('is made on what was read, and only once', async () => {
    const { id } = await register();
    const answers = await Promise.all([1, 2, 3].map((meals) => change(id, 1, { answers: { mealsPerDay: meals } })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.detail).toContain('Read them again');
    await change(id, 1, { language: 'en' }).expect(409);
    await officer.patch(path(id), '*', { reason, language: 'en' }).expect(400);
    const same = await change(id, 2, { language: 'fr' }).expect(200);
    expect(same.headers['etag']).toBe('"2"');
    expect(await history(id)).toHaveLength(1);
  });

  it('names every fault and changes nothing', async () => {
    const { id } = await register();
    const refused = await change(id, 1, {
      names: { given: 'Ali\u202eila' },
      birth: { from: '2099-01-01', to: '2099-01-01', precision: 'exact' },
      phones: ['nonsense'],
      documents: [],
      wilaya: 'Atlantis',
      household: { reference: 'a new one' },
    }).expect(422);
    expect(pointers(refused)).toEqual(
      expect.arrayContaining(['/names/given', '/birth', '/phones/0', '/attestation', '/wilaya', '/household/size']),
    );
    expect(pointers(await change(id, 1, { commune: 'Oran' }).expect(422))).toEqual(['/commune']);
    await change(id, 1, {}).expect(400);
    await officer.patch(path(id), '"1"', { names: { given: 'X' } }).expect(400);
    expect(await history(id)).toEqual([]);
  });

  it('takes an attestation in place of documents, and drops it when there is one', async () => {
    const { id, documents } = await register();
    const attestation = { reason: 'lost', attestedBy: 'Imam Yahia' };
    const without = await change(id, 1, { documents: [], attestation }).expect(200);
    expect(without.body).toMatchObject({ documents: [], attestation });
    expect(pointers(await change(id, 2, { attestation: null }).expect(422))).toEqual(['/attestation']);
    const found = await change(id, 2, { documents }).expect(200);
    expect(found.body).toMatchObject({ documents, attestation: null });
    const { rows } = await platform.owner.query('select attestation from beneficiaries where id = $1', [id]);
    expect(rows).toEqual([{ attestation: null }]);
    expect(pointers(await change(id, 3, { attestation }).expect(422))).toEqual(['/attestation']);
  });

  it('is compared with everybody before it is answered', async () => {
    const [first, second] = [await register(), await register()];
    const pairs = () =>
      platform.owner.query(
        `select state from duplicate_pairs where first_id = least($1::uuid, $2) and second_id = greatest($1::uuid, $2)`,
        [first.id, second.id],
      );
    expect((await pairs()).rows).toEqual([]);
    await change(second.id, 1, { documents: first.documents }).expect(200);
    expect((await pairs()).rows).toEqual([{ state: 'open' }]);
  });

  it('is not made of a record that was merged, or of somebody who was erased', async () => {
    const [merged, survivor, erased] = [await register(), await register(), await register()];
    await markMerged(platform.owner, merged.id, survivor.id);
    expect((await change(merged.id, 1, { language: 'en' }).expect(409)).body.detail).toContain('merged');
    await eraseAtOnce(platform, erased.id);
    expect((await change(erased.id, 1, { language: 'en' }).expect(409)).body.detail).toContain('erased');
  });

  it('is for those who enrol, in their programme alone', async () => {
    const { id } = await register();
    const manager = await platform.as('programme_officer', { programme: frame.programmeId });
    await manager.patch(path(id), '"1"', { reason, language: 'en' }).expect(403);
    await manager.get(`${path(id)}/history`).expect(200);
    const stranger = await platform.as('enrolment_officer', { programme: (await makeFrame(platform)).programmeId });
    await stranger.patch(path(id), '"1"', { reason, language: 'en' }).expect(404);
    await stranger.get(`${path(id)}/history`).expect(404);
  });

  it('is kept by the database itself', async () => {
    const [person, survivor] = [await register(), await register()];
    const client = await platform.applicationClient();
    const breaks = (text: string, constraint: string) => expect(client.query(text)).rejects.toMatchObject({ constraint });
    await breaks(`update beneficiaries set language = 'en' where id = '${person.id}'`, 'beneficiaries_change_kept');
    await breaks(`update beneficiaries set phones = names where id = '${person.id}'`, 'beneficiaries_change_kept');
    await change(person.id, 1, { language: 'en' }).expect(200);
    await breaks(`update beneficiaries set language = 'en', version = 9 where id = '${person.id}'`, 'beneficiaries_change_kept');
    for (const verb of ['update beneficiary_changes set reason = reason', 'delete from beneficiary_changes']) {
      await expect(client.query(verb)).rejects.toMatchObject({ code: '42501' });
      await expect(platform.owner.query(verb)).rejects.toMatchObject({ constraint: 'beneficiary_changes_append_only' });
    }
    await markMerged(platform.owner, person.id, survivor.id);
    await breaks(`update beneficiaries set names = names where id = '${person.id}'`, 'beneficiaries_settled');
  });

  it('says nothing of people in what is logged', () => {
    expect(platform.log.join('\n')).not.toMatch(/Aminata|Traoré|770112233|Yahia/);
  });
});
