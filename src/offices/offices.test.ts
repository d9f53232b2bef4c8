import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { loadPilotGeography } from '../seeding.ts';

describe('offices', () => {
  let platform: TestPlatform;
  let administrator: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    administrator = await platform.as('administrator');
    await loadPilotGeography(platform.app.execute);
  });
  afterAll(() => platform.close());

  const file = readFileSync('seeds/algeria/post_offices.csv', 'utf8');

  it('knows the 58 wilayas, those of 2019 by their parent’s P-code', async () => {
    const { body } = await administrator.get('/v1/wilayas').expect(200);
    expect(body.items).toHaveLength(58);
    const byNumber = new Map<string, { pcode: string }>(body.items.map((wilaya: { number: string }) => [wilaya.number, wilaya]));
    expect(byNumber.get('53')?.pcode).toBe(byNumber.get('11')?.pcode);
    expect((await loadPilotGeography(platform.app.execute)).added).toBe(0);
  });

  it('takes the post’s 341 offices once', async () => {
    const first = await administrator.post('/v1/offices/import', file).expect(200);
    expect(first.body).toEqual({ added: 341, known: 0, refused: [] });
    const again = await administrator.post('/v1/offices/import', file).expect(200);
    expect(again.body).toMatchObject({ added: 0, known: 341 });
    const { body } = await administrator.get('/v1/offices?wilaya=16&limit=200').expect(200);
    expect(body.items).toHaveLength(6);
    expect(new Set(body.items.map(({ wilayaNumber }: { wilayaNumber: string }) => wilayaNumber))).toEqual(new Set(['16']));
  });

  it('takes the good rows and says what is wrong with the bad ones', async () => {
    const csv =
      'office_code,wilaya_no,commune_fr,name_fr,name_ar\n99001,16,Alger,Neuve,جديد\n123,16,Alger,Court,قصير\n99002,99,Nulle part,X,س\n99001,16,Alger,Deux fois,مرتين\n';
    const { body } = await administrator.post('/v1/offices/import', csv).expect(200);
    expect(body.added).toBe(1);
    expect(body.refused.map(({ row, cell }: { row: number; cell: string }) => [row, cell])).toEqual([
      [2, 'office_code'],
      [3, 'wilaya_no'],
      [4, 'office_code'],
    ]);
    await administrator.post('/v1/offices/import', 'a,b\n1,2\n').expect(422);
  });

  it('closes an office and opens it again, unless somebody else was quicker', async () => {
    const { body: list } = await administrator.get('/v1/offices?limit=1').expect(200);
    const path = `/v1/offices/${list.items[0].id}`;
    const { headers } = await administrator.get(path).expect(200);
    const closed = await administrator.patch(path, headers['etag'] ?? '', { isOpen: false }).expect(200);
    expect(closed.body).toMatchObject({ isOpen: false, hasCash: true });
    await administrator.patch(path, headers['etag'] ?? '', { isOpen: true }).expect(409);
    const officer = await platform.as('enrolment_officer');
    await officer.patch(path, '"2"', { isOpen: true }).expect(403);
  });
});
