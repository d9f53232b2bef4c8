import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId } from '../platform/index.ts';
import { loadPilotGeography } from '../seeding.ts';
import { hoursOf } from './hours-store.ts';

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
    const key = newId();
    const imported = async (language: string) =>
      (await administrator.post('/v1/offices/import', csv, key).set('Accept-Language', language).expect(200)).body.refused[1];
    expect(await imported('ar')).toEqual({
      row: 3,
      cell: 'wilaya_no',
      code: 'office_wilaya_unknown',
      detail: 'لا توجد ولاية بهذا الرقم.',
    });
    expect((await imported('fr')).detail).toBe('Aucune wilaya n’a ce numéro.');
    const other = await administrator.post('/v1/offices/import', 'a,b\n1,2\n').set('Accept-Language', 'fr').expect(422);
    expect(other.body.detail).toMatch(/^Le fichier n’a pas de colonne office_code, /);
    expect(other.headers['content-language']).toBe('fr');
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

  /** An office of its own, with the etag that it has now. */
  const office = async (nth: number): Promise<{ id: string; code: string; path: string }> => {
    const { body } = await administrator.get(`/v1/offices?limit=${nth}`).expect(200);
    const { id, code } = body.items[nth - 1];
    return { id, code, path: `/v1/offices/${id}` };
  };
  const etagOf = async (path: string): Promise<string> => (await administrator.get(path).expect(200)).headers['etag'] ?? '';
  const put = async (path: string, what: string, body: object) => administrator.put(`${path}${what}`, await etagOf(path), body);

  it('is open by its week and its days, by its own clock', async () => {
    const { id, path } = await office(2);
    const open = async (at: string) => {
      const found = await hoursOf(platform.app.database.reader, id, new Date(at));
      return found?.hours.isOpenNow ? 'open' : (found?.hours.opensAt ?? 'unknown');
    };
    // Without hours it is open, and closed on a holiday.
    await administrator.patch(path, await etagOf(path), { timeZone: 'Europe/Paris' }).expect(200);
    expect(await open('2026-03-27T23:30:00Z')).toBe('open');
    await put(path, '/special-days/2026-03-28', { note: 'Holiday' });
    expect(await open('2026-03-27T23:30:00Z')).toBe('2026-03-28T23:00:00.000Z');
    await put(path, '/hours', {
      weekly: [
        { weekday: 7, opens: '08:00', closes: '12:00' },
        { weekday: 7, opens: '13:30', closes: '24:00' },
      ],
    });
    // The clock goes forward in the night to Sunday, 29 March.
    expect(await open('2026-03-28T12:00:00Z')).toBe('2026-03-29T06:00:00.000Z');
    expect(await open('2026-03-29T05:59:59Z')).toBe('2026-03-29T06:00:00.000Z');
    expect(await open('2026-03-29T06:00:00Z')).toBe('open');
    expect(await open('2026-03-29T10:00:00Z')).toBe('2026-03-29T11:30:00.000Z');
    expect(await open('2026-03-29T21:59:59Z')).toBe('open');
    expect(await open('2026-03-29T22:00:00Z')).toBe('2026-04-05T06:00:00.000Z');
    await put(path, '/special-days/2026-04-05', { opens: '10:00', closes: '10:30', note: 'Short day' });
    expect(await open('2026-04-05T06:00:00Z')).toBe('2026-04-05T08:00:00.000Z');
    expect(await open('2026-04-05T08:29:59Z')).toBe('open');
    await administrator
      .delete(`${path}/special-days/2026-04-05`)
      .set('If-Match', await etagOf(path))
      .expect(200);
    await administrator
      .delete(`${path}/special-days/2026-04-05`)
      .set('If-Match', await etagOf(path))
      .expect(404);
    expect(await open('2026-04-05T06:00:00Z')).toBe('open');
  });

  it('takes no hours that end before they begin, overlap, or go by a clock that there is not', async () => {
    const { path } = await office(3);
    const pointers = async (what: string, body: object) =>
      (await put(path, what, body)).body.errors?.map(({ pointer }: { pointer: string }) => pointer);
    const week = (...hours: [number, string, string][]) => ({
      weekly: hours.map(([weekday, opens, closes]) => ({ weekday, opens, closes })),
    });
    expect(await pointers('/hours', week([1, '08:00', '08:00'], [2, '09:00', '12:00'], [2, '11:59', '13:00']))).toEqual([
      '/weekly/0/closes',
      '/weekly/2/opens',
    ]);
    expect(await pointers('/special-days/2026-05-01', { opens: '08:00', note: 'Half' })).toEqual(['/closes']);
    expect((await administrator.patch(path, await etagOf(path), { timeZone: 'Mars/Olympus' }).expect(422)).body.errors[0].pointer).toBe(
      '/timeZone',
    );
    // A bare offset would mean the opposite to PostgreSQL.
    await administrator.patch(path, await etagOf(path), { timeZone: '+01:00' }).expect(400);
    expect((await put(path, '/hours', week([8, '08:00', '09:00']))).status).toBe(400);
    expect((await put(path, '/hours', week([1, '8 am', '09:00']))).status).toBe(400);
    await administrator.put(`${path}/hours`, '"999"', week()).expect(409);
    await (await platform.as('office_supervisor')).put(`${path}/hours`, '"1"', week()).expect(403);
  });

  it('takes the hours of a file, and leaves the week of an office that has a wrong row', async () => {
    const [good, bad] = [await office(4), await office(5)];
    await put(bad.path, '/hours', { weekly: [{ weekday: 1, opens: '07:00', closes: '08:00' }] });
    const rows = [
      `${good.code},1,08:00,16:00,`,
      `${good.code},2,08:00,16:00,`,
      `${good.code},2099-07-05,,,Independence Day`,
      `${bad.code},2,08:00,16:00,`,
      `${bad.code},3,16:00,08:00,`,
      `${bad.code},2099-01-02,09:00,10:00,Short`,
      `00000,1,08:00,09:00,`,
      `${good.code},2099-02-30,,,Never`,
      `${good.code},2099-03-01,,,`,
    ];
    const csv = `office_code,day,opens,closes,note\n${rows.join('\n')}\n`;
    const { body } = await administrator.post('/v1/offices/hours/import', csv).expect(200);
    expect(body).toMatchObject({ weeks: 1, days: 2 });
    expect(body.refused.map(({ row, cell }: { row: number; cell: string }) => [row, cell])).toEqual([
      [4, 'opens'],
      [5, 'closes'],
      [7, 'office_code'],
      [8, 'day'],
      [9, 'note'],
    ]);
    const hours = async ({ path }: { path: string }) => (await administrator.get(`${path}/hours`).expect(200)).body;
    expect(await hours(good)).toMatchObject({
      weekly: [
        { weekday: 1, opens: '08:00', closes: '16:00' },
        { weekday: 2, opens: '08:00', closes: '16:00' },
      ],
      specialDays: [{ day: '2099-07-05', opens: null, closes: null, note: 'Independence Day' }],
    });
    expect((await hours(bad)).weekly).toEqual([{ weekday: 1, opens: '07:00', closes: '08:00' }]);
    await (await platform.as('office_supervisor')).post('/v1/offices/hours/import', csv).expect(403);
  });
});
