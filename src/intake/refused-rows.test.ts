import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

  const taken = (by: Client) => by.get(`/v1/registration-files/${fileId}/refused-rows/file`);

  it('are given to somebody with a fresh second factor, recorded, counted as an export of people, and refused beyond the most', async () => {
    expect((await taken(officer).set('Sanad-Purpose', 'correction').expect(200)).text).toContain('Reasons');
    const { rows } = await platform.owner.query(
      'select operation, purpose, purpose_stated, programme_id, source_type, source_id from person_reads where actor_id = $1 and source_id is not null',
      [officer.userId],
    );
    const place = { programme_id: programmeId, source_type: 'registration_file', source_id: fileId };
    expect(rows).toEqual([{ operation: 'downloadRefusedRows', purpose: 'correction', purpose_stated: true, ...place }]);
    await taken(officer).expect(200);
    const { rows: alerts } = await platform.owner.query('select kind, facts from alerts where subject_id = $1', [officer.userId]);
    expect(alerts).toMatchObject([{ kind: 'beneficiaries.many_exports', facts: { exports: 2, people: 4 } }]);
    await taken(officer).expect(200);
    expect((await taken(officer).expect(429)).body.code).toBe('too_many_requests');
    const { rows: refusals } = await platform.owner.query(`select refusal from audit_events where actor_id = $1 and refusal is not null`, [
      officer.userId,
    ]);
    expect(refusals).toEqual([{ refusal: 'too_many_requests' }]);
  });

  it('are given to nobody whose second factor is stale', async () => {
    const stale = await platform.as('enrolment_officer', { programme: programmeId });
    platform.clock.skip(6 * 60_000);
    const { body, text } = await taken(stale).expect(401);
    expect(body.code).toBe('step_up_required');
    expect(text).not.toContain('Given name');
  });
});
