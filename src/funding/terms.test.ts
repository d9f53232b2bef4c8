import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, receive } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { newId, sql } from '../platform/index.ts';
import { isFor } from './drawing/earmarks.ts';
import { carries, fundsToDraw } from './index.ts';

describe('the terms of a fund', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let finance: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform, '1000.00');
    finance = await platform.as('finance_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const terms = {
    donor: 'A donor',
    pledged: { amount: '50000.00', currency: 'EUR' },
    startsOn: '2026-01-01',
    endsOn: '2026-12-31',
    feeShare: '0.02',
    drawOrder: 2,
    drawShare: '0.6',
    earmarks: { wilayas: ['16'], kinds: ['stipend', 'top_up'], groups: ['women', 'children'] },
  };
  const open = async (said: object = {}) => {
    const answer = await finance.post(`/v1/programmes/${frame.programmeId}/funds`, { ...terms, agreement: newId(), ...said }).expect(201);
    return { id: String(answer.body.id), body: answer.body, etag: String(answer.headers['etag']) };
  };

  it('are kept as they were agreed, and open where nothing is said', async () => {
    const { id, body } = await open();
    expect(body).toMatchObject(terms);
    expect((await finance.get(`/v1/funds/${id}`).expect(200)).body).toEqual(body);
    const { body: bare } = await finance.post(`/v1/programmes/${frame.programmeId}/funds`, { donor: 'B', agreement: newId() }).expect(201);
    expect(bare).toMatchObject({ pledged: null, startsOn: null, endsOn: null, feeShare: null, drawOrder: 1, drawShare: null });
    expect(bare.earmarks).toEqual({ wilayas: [], kinds: [], groups: [] });
  });

  it('change for whoever has read them, each change a version and an event', async () => {
    const { id, body, etag } = await open();
    const change = { pledged: { amount: '60000.00', currency: 'EUR' }, endsOn: null, earmarks: { wilayas: [] } };
    const changed = await finance.patch(`/v1/funds/${id}`, etag, change).expect(200);
    const expected = { ...body, ...change, earmarks: { ...terms.earmarks, wilayas: [] } };
    expect(changed.body).toEqual(expected);
    expect(changed.headers['etag']).toBe('"2"');
    await finance.patch(`/v1/funds/${id}`, etag, { donor: 'Too late' }).expect(409);
    const { body: history } = await finance.get(`/v1/funds/${id}/versions`).expect(200);
    expect(history.items.map(({ version, endsOn }: { version: number; endsOn: string }) => [version, endsOn])).toEqual([
      [1, '2026-12-31'],
      [2, null],
    ]);
    expect(history.items[1].changedBy).toBe(finance.userId);
    const { body: rest } = await finance
      .get(`/v1/funds/${id}/versions?limit=1&cursor=${Buffer.from('1').toString('base64url')}`)
      .expect(200);
    expect(rest).toMatchObject({ items: [{ version: 2 }], nextCursor: null });
    const events = await platform.owner.query(
      `select command from audit_events where fund_id = $1 and before_digest is distinct from after_digest order by id`,
      [id],
    );
    expect(events.rows.map(({ command }) => command)).toEqual(['funding.create_fund', 'funding.change_fund']);
  });

  it('of two who change them at once take one', async () => {
    const { id, etag } = await open();
    const answers = await Promise.all(['One', 'Two', 'Three'].map((donor) => finance.patch(`/v1/funds/${id}`, etag, { donor })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect((await finance.get(`/v1/funds/${id}/versions`)).body.items).toHaveLength(2);
  });

  it.each([
    [{ pledged: { amount: '0', currency: 'EUR' } }, '/pledged/amount'],
    [{ pledged: { amount: '1.005', currency: 'EUR' } }, '/pledged/amount'],
    [{ pledged: { amount: '1', currency: 'XXQ' } }, '/pledged/currency'],
    [{ startsOn: '2026-02-02', endsOn: '2026-02-01' }, '/endsOn'],
    [{ drawShare: '0.000' }, '/drawShare'],
    [{ earmarks: { wilayas: ['16', '77'] } }, '/earmarks/wilayas'],
  ])('refuse %j, naming the field', async (wrong, pointer) => {
    const path = `/v1/programmes/${frame.programmeId}/funds`;
    const { body } = await finance.post(path, { donor: 'D', agreement: newId(), ...wrong }).expect(422);
    expect(body.errors[0].pointer).toBe(pointer);
    const { id, etag } = await open();
    expect((await finance.patch(`/v1/funds/${id}`, etag, wrong).expect(422)).body.errors[0].pointer).toBe(pointer);
  });

  it.each([{ earmarks: { groups: ['men', 'men'] } }, { earmarks: { kinds: ['gift'] } }, { feeShare: '1.5' }, { drawOrder: 0 }, {}])(
    'refuse %j by the contract',
    async (wrong) => {
      const { id, etag } = await open();
      await finance.patch(`/v1/funds/${id}`, etag, wrong).expect(400);
    },
  );

  it('are changed by finance alone, and hidden where the fund is', async () => {
    const { id, etag } = await open();
    const elsewhere = await makeFrame(platform);
    const stranger = await platform.as('finance_officer', { programme: elsewhere.programmeId });
    const officer = await platform.as('programme_officer', { programme: frame.programmeId });
    const donor = await platform.as('donor', { fund: id });
    await stranger.patch(`/v1/funds/${id}`, etag, { donor: 'X' }).expect(404);
    await officer.patch(`/v1/funds/${id}`, etag, { donor: 'X' }).expect(403);
    await donor.patch(`/v1/funds/${id}`, etag, { donor: 'X' }).expect(403);
    await donor.get(`/v1/funds/${id}`).expect(200);
    for (const part of ['sheet', 'versions', 'contributions', 'conversions']) {
      await donor.get(`/v1/funds/${id}/${part}`).expect(403);
      await stranger.get(`/v1/funds/${id}/${part}`).expect(404);
      await officer.get(`/v1/funds/${id}/${part}`).expect(200);
    }
  });

  it('say which funds a list may draw on, and how much: neither what is set aside for fees nor what is committed', async () => {
    const place = await makeFrame(platform, '100.00');
    const finances = await platform.as('finance_officer', { programme: place.programmeId });
    const add = async (said: object, received = '1000.55') => {
      const { body } = await finances
        .post(`/v1/programmes/${place.programmeId}/funds`, { donor: 'D', agreement: newId(), ...said })
        .expect(201);
      await receive(platform, { programmeId: place.programmeId, fundId: body.id }, received);
      return String(body.id);
    };
    const later = await add({ drawOrder: 9, endsOn: '2026-06-30', earmarks: { groups: ['women'] } });
    const shared = await add({ drawShare: '0.25', feeShare: '0.03' });
    await add({ startsOn: '2026-07-01' });
    const { reader } = platform.app.database;
    const funds = await fundsToDraw(reader, place.programmeId, '2026-06-30');
    expect(funds.map(({ id, available, share, order }) => [id, available, share, order])).toEqual([
      [place.fundId, 10_000n, null, 1],
      // Three percent of 1000.55 are 30.01.
      [shared, 97_054n, 2_500n, 1],
      [later, 100_055n, null, 9],
    ]);
    expect(funds[2]?.earmarks).toEqual({ wilayas: [], kinds: [], groups: ['women'] });
    const chosen = await fundsToDraw(reader, place.programmeId, '2026-07-01', [later, shared]);
    expect(chosen.map(({ id }) => id)).toEqual([shared]);
    const { body } = await finances.get(`/v1/funds/${shared}/sheet`).expect(200);
    expect([body.available.amount, body.setAside.amount]).toEqual(['1000.55', '30.01']);
  });

  it('say the same of a row, when a list is released, as of a line, when it is drawn up', async () => {
    const some = <T>(...values: T[]) => fc.subarray(values);
    const days = fc.constantFrom('2026-01-31', '2026-02-28', '2026-03-31');
    const pairs = fc.array(
      fc.record({
        line: fc.record({
          kind: fc.constantFrom('stipend', 'top_up'),
          wilayaNumber: fc.constantFrom('16', '31'),
          sex: fc.constantFrom('female', 'male', 'other'),
          ageBand: fc.constantFrom('0-5', '12-17', '18-59', '60+'),
          hasDisability: fc.boolean(),
          dueOn: days,
        }),
        startsOn: fc.option(days),
        endsOn: fc.option(days),
        earmarks: fc.record({
          wilayas: some('16', '31'),
          kinds: some('stipend' as const, 'top_up' as const),
          groups: some('children' as const, 'women' as const, 'men' as const, 'older_people' as const, 'people_with_disability' as const),
        }),
      }),
      { minLength: 300, maxLength: 300 },
    );
    const today = '2026-02-28';
    await fc.assert(
      fc.asyncProperty(pairs, async (given) => {
        const rows = given.map(({ line, startsOn, endsOn, earmarks }) => ({
          kind: line.kind,
          wilaya_number: line.wilayaNumber,
          sex: line.sex,
          age_band: line.ageBand,
          has_disability: line.hasDisability,
          due_on: line.dueOn,
          starts_on: startsOn,
          ends_on: endsOn,
          earmark_wilayas: earmarks.wilayas,
          earmark_kinds: earmarks.kinds,
          earmark_groups: earmarks.groups,
        }));
        const said = await platform.app.database.reader.all<{
          is: boolean;
        }>(sql`select ${carries(sql`x`, sql`x`, sql`x.due_on`, today)} as is
          from rows from (jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as (kind text, wilaya_number text, sex text, age_band text,
            has_disability boolean, due_on date, starts_on date, ends_on date, earmark_wilayas text[], earmark_kinds text[], earmark_groups text[]))
            with ordinality x order by x.ordinality`);
        const expected = given.map(({ line, ...fund }) => {
          const drawn = { id: '', order: 1, share: null, available: 1n, drawn: 0n, ...fund };
          return isFor(drawn, { ...line, amount: 1n }) && isFor(drawn, { ...line, amount: 1n, dueOn: today });
        });
        expect(said.map(({ is }) => is)).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});
