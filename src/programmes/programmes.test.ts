import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';

const pilot = { code: 'DZ-1', name: 'Pilot', currency: 'DZD', timeZone: 'Africa/Algiers', startsOn: '2026-01-01', endsOn: '2026-12-31' };

describe('programmes', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
  });
  afterAll(() => platform.close());

  it('creates a programme with one signature for every list unless told otherwise', async () => {
    const administrator = await platform.as('administrator');
    const { body, headers } = await administrator.post('/v1/programmes', pilot).expect(201);
    expect(body).toMatchObject({
      ...pilot,
      codeValidityDays: 60,
      approvalRules: [{ fromAmount: '0', step: 1, role: 'approver', signatures: 1 }],
    });
    expect(headers['etag']).toBe('"1"');
    const { body: read } = await administrator.get(`/v1/programmes/${body.id}`).expect(200);
    expect(read).toEqual(body);
  });

  it('answers a repeated request with the first answer, and refuses another request under its key', async () => {
    const administrator = await platform.as('administrator');
    const first = await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-2' }, 'the-same-key').expect(201);
    const again = await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-2' }, 'the-same-key').expect(201);
    expect(again.body).toEqual(first.body);
    const other = await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-3' }, 'the-same-key').expect(422);
    expect(other.body.code).toBe('idempotency_key_reused');
  });

  it('names every field that is wrong', async () => {
    const administrator = await platform.as('administrator');
    const shape = await administrator.post('/v1/programmes', { ...pilot, code: 'no spaces', name: 7 }).expect(400);
    expect(shape.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(
      expect.arrayContaining(['/body/code', '/body/name']),
    );
    const rules = await administrator
      .post('/v1/programmes', { ...pilot, code: 'DZ-4', currency: 'XYZ', timeZone: 'Nowhere', endsOn: '2025-01-01' })
      .expect(422);
    expect(rules.body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/currency', '/timeZone', '/endsOn']);
  });

  it('shows nobody a programme outside their scope, nor whether it exists', async () => {
    const administrator = await platform.as('administrator');
    const { body: mine } = await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-5' }).expect(201);
    const { body: other } = await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-6' }).expect(201);
    const officer = await platform.as('programme_officer', { programme: mine.id });
    await officer.get(`/v1/programmes/${mine.id}`).expect(200);
    const hidden = await officer.get(`/v1/programmes/${other.id}`).expect(404);
    const missing = await officer.get('/v1/programmes/01936f5e-7b1c-7c3e-9d52-0f4b6c1d2e3f').expect(404);
    expect({ ...hidden.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
    const { body: list } = await officer.get('/v1/programmes').expect(200);
    expect(list.items.map(({ code }: { code: string }) => code)).toEqual(['DZ-5']);
    await officer.post('/v1/programmes', { ...pilot, code: 'DZ-7' }).expect(403);
  });

  it('changes only what is still as it was read', async () => {
    const administrator = await platform.as('administrator');
    const { body, headers } = await administrator.post('/v1/programmes', { ...pilot, code: 'DZ-8' }).expect(201);
    const changed = await administrator
      .patch(`/v1/programmes/${body.id}`, headers['etag'] ?? '', { name: 'Renamed', reason: 'A better name' })
      .expect(200);
    expect(changed.body.name).toBe('Renamed');
    expect(changed.headers['etag']).toBe('"2"');
    await administrator.patch(`/v1/programmes/${body.id}`, '"1"', { name: 'Late', reason: 'A better name' }).expect(409);
  });

  it('walks pages by cursor', async () => {
    const administrator = await platform.as('administrator');
    const codes: string[] = [];
    let cursor = '';
    do {
      const { body } = await administrator.get(`/v1/programmes?limit=2${cursor && `&cursor=${cursor}`}`).expect(200);
      codes.push(...body.items.map(({ code }: { code: string }) => code));
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(codes).toEqual([...new Set(codes)].sort());
    expect(codes.length).toBeGreaterThan(4);
  });

  it('asks who is there first', async () => {
    const { body } = await (await import('supertest')).default(platform.app.http).get('/v1/programmes').expect(401);
    expect(body.code).toBe('unauthenticated');
  });
});
