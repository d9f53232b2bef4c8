import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusedRowsOf } from '../../test/support/exports.ts';
import { makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, registrationRow as row } from '../../test/support/registration-files.ts';

describe('the refused rows of a file', () => {
  let platform: TestPlatform;
  let programmeId: string;
  let officer: Client;
  let fileId: string;
  beforeAll(async () => {
    platform = await startPlatform({ environment: { EXPORTED_PEOPLE_PER_DAY: '3', EXPORTS_PER_DAY_AT_MOST: '3' } });
    ({ programmeId } = await makeFrame(platform));
    officer = await platform.as('enrolment_officer', { programme: programmeId });
    const bad = [960_001, 960_002].map((n) => row(n).replace(',female,', ',?,'));
    const { body } = await officer.post(`/v1/programmes/${programmeId}/registration-files?start=true`, fileOf(...bad)).expect(202);
    fileId = body.id;
    await platform.settled();
    expect((await officer.get(`/v1/registration-files/${fileId}`).expect(200)).body.refusedRows).toBe(2);
  });
  afterAll(() => platform.close());

  const form = { reason: 'To be corrected in the field', language: 'fr', encryption: 'zip' };
  const asked = (by: Client, purpose = 'correction') =>
    by.post(`/v1/registration-files/${fileId}/refused-rows/exports`, form).set('Sanad-Purpose', purpose);

  it('leave encrypted, recorded, counted as an export of people, and are refused beyond the most', async () => {
    const { body } = await asked(officer).expect(202);
    await platform.settled();
    const { rows } = await platform.owner.query(
      'select operation, purpose, purpose_stated, programme_id, source_type, source_id from person_reads where actor_id = $1 and source_id is not null',
      [officer.userId],
    );
    const place = { programme_id: programmeId, source_type: 'person_export', source_id: body.export.id };
    expect(rows).toEqual([{ operation: 'createRefusedRowsExport', purpose: 'correction', purpose_stated: true, ...place }]);
    const { body: shown } = await officer.get(`/v1/beneficiary-exports/${body.export.id}`).expect(200);
    expect(shown).toMatchObject({ fileId, listId: null, state: 'ready', people: 2, writtenPeople: 2, fields: ['row', 'reasons'] });
    expect((await refusedRowsOf(platform, officer, fileId)).text).toContain('Reasons');
    const { rows: alerts } = await platform.owner.query('select kind, facts from alerts where subject_id = $1', [officer.userId]);
    expect(alerts).toMatchObject([{ kind: 'beneficiaries.many_exports', facts: { exports: 2, people: 4 } }]);
    await asked(officer).expect(202);
    expect((await asked(officer).expect(429)).body.code).toBe('too_many_requests');
    const { rows: refusals } = await platform.owner.query(`select refusal from audit_events where actor_id = $1 and refusal is not null`, [
      officer.userId,
    ]);
    expect(refusals).toEqual([{ refusal: 'too_many_requests' }]);
  });

  it('are shown and given to nobody but whoever asked for them, and wait for no longer than a day', async () => {
    const other = await platform.as('enrolment_officer', { programme: programmeId });
    const { body } = await asked(other).expect(202);
    await platform.settled();
    await officer.get(`/v1/beneficiary-exports/${body.export.id}`).expect(404);
    await officer.get(`/v1/beneficiary-exports/${body.export.id}/file`).expect(404);
    await other.get(`/v1/beneficiary-exports/${body.export.id}/file`).expect(200);
    await officer.get(`/v1/programmes/${programmeId}/beneficiary-exports`).expect(403);
    expect(Date.parse(body.export.expiresAt) - platform.clock.now().getTime()).toBeLessThanOrEqual(86_400_000);
  });

  it('are of a file of the same programme, and of one thing alone', async () => {
    const { rows } = await platform.owner.query('select id from person_exports limit 1');
    const copy = (columns: string, values: string) =>
      platform.owner.query(
        `insert into person_exports (id, programme_id, requested_by, purpose, reason, format, fields, language, filter, encryption, recipient, state,
          people, created_at, expires_at, ${columns}) select gen_random_uuid(), programme_id, requested_by, purpose, reason, format, fields, language,
          filter, 'age', 'age1', 'preparing', people, created_at, expires_at, ${values} from person_exports where id = $1`,
        [rows[0].id],
      );
    await expect(copy('file_id', 'gen_random_uuid()')).rejects.toMatchObject({ constraint: 'person_exports_file_of_its_programme' });
    await expect(copy('file_id, list_id', 'file_id, gen_random_uuid()')).rejects.toMatchObject({ constraint: 'person_exports_of_one' });
  });

  it('are given to nobody whose second factor is stale', async () => {
    const stale = await platform.as('enrolment_officer', { programme: programmeId });
    platform.clock.skip(6 * 60_000);
    const { body, text } = await asked(stale).expect(401);
    expect(body.code).toBe('step_up_required');
    expect(text).not.toContain('Given name');
  });
});
