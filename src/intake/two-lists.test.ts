import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { koboSubmission } from '../../test/support/kobo-server.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { fileOf, registrationRow } from '../../test/support/registration-files.ts';
import { registration } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';

describe('two lists that number their households alike', () => {
  let platform: TestPlatform;
  let officer: Client;
  let colleague: Client;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    [officer, colleague] = await Promise.all([platform.as('enrolment_officer'), platform.as('enrolment_officer')]);
  });
  afterAll(() => platform.close());

  const inH1 = (n: number, relationship = 'head') => registrationRow(n).replace(`,H${n},1,head,`, `,H1,3,${relationship},`);
  const send = async (who: Client, programmeId: string, rows: string[], query = '?start=true') => {
    const { body } = await who.post(`/v1/programmes/${programmeId}/registration-files${query}`, fileOf(...rows)).expect(202);
    await platform.settled();
    return read(body.id);
  };
  const read = async (id: string) => (await officer.get(`/v1/registration-files/${id}`).expect(200)).body;
  const act = async (id: string, path: string) => {
    await officer.post(`/v1/registration-files/${id}/${path}`).expect(202);
    await platform.settled();
    return read(id);
  };
  const refusals = async (id: string) =>
    (await officer.get(`/v1/registration-files/${id}/refused-rows`).expect(200)).body.items.map(
      ({ rowNumber, reasons }: { rowNumber: number; reasons: { cell: string; code: string }[] }) => [
        rowNumber,
        reasons[0]?.cell,
        reasons[0]?.code,
      ],
    );
  /** The files that the people of each household came from. */
  const households = async (programmeId: string) =>
    (
      await platform.owner.query(
        `select h.reference, count(*)::int as people, array_agg(distinct b.source_id) as sources from households h join beneficiaries b on b.household_id = h.id
          where h.programme_id = $1 group by h.reference order by h.reference`,
        [programmeId],
      )
    ).rows;

  it('do not join strangers, whoever sends them: the dry run and the run refuse the second family whole, and say so', async () => {
    const { programmeId } = await makeFrame(platform);
    const first = await send(officer, programmeId, [inH1(1), inH1(2, 'child')]);
    expect(first).toMatchObject({ state: 'done', acceptedRows: 2, continuesHouseholds: false });
    for (const [who, n] of [
      [colleague, 10],
      [officer, 20],
    ] as const) {
      const { id } = await send(who, programmeId, [inH1(n + 1, 'child'), inH1(n), registrationRow(n + 2)], '');
      const { findings } = await act(id, 'check');
      expect(findings).toMatchObject({
        acceptableRows: 1,
        refusedRows: 2,
        knownHouseholds: { count: 1, first: [{ rowNumber: 2, householdId: expect.any(String) }] },
        cost: { people: 1, households: 1 },
      });
      const expected = [
        [2, 'Household', 'household_of_others'],
        [3, 'Household', 'household_has_head'],
      ];
      expect(await refusals(id)).toEqual(expected);
      expect(await act(id, 'run')).toMatchObject({ state: 'done', acceptedRows: 1, refusedRows: 2 });
      expect(await refusals(id)).toEqual(expected);
    }
    expect((await households(programmeId))[0]).toEqual({ reference: 'H1', people: 2, sources: [first.id] });
  });

  it('do not join them when both are taken at once', async () => {
    const { programmeId } = await makeFrame(platform);
    const ids = await Promise.all(
      [
        [officer, 100],
        [colleague, 200],
      ].map(async ([who, n]) => {
        const rows = [inH1(n as number), inH1((n as number) + 1, 'child')];
        const sent = await (who as Client).post(`/v1/programmes/${programmeId}/registration-files?start=true`, fileOf(...rows)).expect(202);
        return sent.body.id;
      }),
    );
    await platform.settled();
    const files = await Promise.all(ids.map(read));
    expect(files.map(({ acceptedRows }) => acceptedRows).sort()).toEqual([0, 2]);
    expect((await households(programmeId)).map(({ sources }) => sources.length)).toEqual([1]);
  });

  it('are one where the second says that it continues known households, but for another head', async () => {
    const { programmeId } = await makeFrame(platform);
    await send(officer, programmeId, [inH1(1)]);
    const { id } = await send(colleague, programmeId, [inH1(2, 'child'), inH1(3)], '');
    expect((await act(id, 'check')).findings).toMatchObject({ acceptableRows: 0 });
    expect((await act(id, 'check?continuesHouseholds=true')).findings).toMatchObject({ acceptableRows: 1, cost: { households: 0 } });
    expect(await act(id, 'run')).toMatchObject({ state: 'done', acceptedRows: 1, refusedRows: 1, continuesHouseholds: true });
    expect(await refusals(id)).toEqual([[3, 'Household', 'household_has_head']]);
    expect(await send(colleague, programmeId, [inH1(4, 'child')], '?start=true&continuesHouseholds=true')).toMatchObject({
      acceptedRows: 1,
    });
    expect(await households(programmeId)).toMatchObject([{ reference: 'H1', people: 3 }]);
  });

  it('are one where an officer corrects the head whom their own list was refused, and where the same people come again', async () => {
    const { programmeId } = await makeFrame(platform);
    expect(await send(officer, programmeId, [inH1(1).replace('MLI', 'Atlantis'), inH1(2, 'child')])).toMatchObject({ acceptedRows: 1 });
    expect(await send(colleague, programmeId, [inH1(8)])).toMatchObject({ acceptedRows: 0, refusedRows: 1 });
    expect(await send(officer, programmeId, [inH1(1), inH1(3, 'child')])).toMatchObject({ acceptedRows: 2 });
    // A newer state of the list: who is in it already is compared and decided on, as anybody is.
    const rows = [inH1(1), inH1(2, 'child'), ...Array.from({ length: 20 }, (_none, i) => registrationRow(50 + i))];
    expect(await send(officer, programmeId, rows)).toMatchObject({ acceptedRows: 22, refusedRows: 0, duplicateRows: 2 });
  });

  it('hold for submissions too, whose own later members still come in', async () => {
    const { programmeId } = await makeFrame(platform);
    const take = async (submission: object) => {
      const sent = await officer.post(`/v1/programmes/${programmeId}/registration-files?start=true`).type('application/json').send(JSON.stringify([submission])).expect(202); // biome-ignore format: one line
      await platform.settled();
      return read(sent.body.id);
    };
    const [one, other] = [koboSubmission(61), koboSubmission(62)];
    const child = { ...(koboSubmission(63)['members'] as object[])[0], 'members/relationship': 'child' };
    expect(await take(one)).toMatchObject({ acceptedRows: 1 });
    expect(await take({ ...other, 'household/household': 'K61', members: [...(other['members'] as object[]), child] })).toMatchObject({ acceptedRows: 0, refusedRows: 2 }); // biome-ignore format: one line
    expect(await take({ ...one, members: [...(one['members'] as object[]), child] })).toMatchObject({ acceptedRows: 1, knownRows: 1 });
    const second = { ...(koboSubmission(66)['members'] as object[])[0] };
    expect(await take({ ...one, members: [...(one['members'] as object[]), child, second] })).toMatchObject({ acceptedRows: 0, refusedRows: 1 }); // biome-ignore format: one line
    // Who fills in a form may call it as they like: by that nobody comes into the household of another submission.
    const posing = { 'meta/rootUuid': '', 'meta/instanceID': '', _uuid: `${one._uuid}/9`, 'household/household': 'K61' };
    expect(await take({ ...koboSubmission(64), ...posing })).toMatchObject({ acceptedRows: 0, refusedRows: 1 });
    expect(await take({ ...koboSubmission(65), ...posing, _uuid: `${one._uuid}/8`, members: [{ ...second, 'members/relationship': 'child' }] })).toMatchObject({ acceptedRows: 0 }); // biome-ignore format: one line
  });

  it('keep the size of a household that an officer states otherwise on a form, who is told', async () => {
    const { programmeId } = await makeFrame(platform);
    const first = registration();
    const path = `/v1/programmes/${programmeId}/beneficiaries`;
    await officer.post(path, first).expect(201);
    const household = { ...first.household, size: first.household.size + 1 };
    const { body } = await officer.post(path, registration({ relationship: 'child', household })).expect(422);
    expect(body.errors).toEqual([
      { pointer: '/household/size', code: expect.any(String), detail: expect.stringContaining('registered with another size') },
    ]);
    await officer.post(path, registration({ relationship: 'child', household: first.household })).expect(201);
  });

  describe('a household of which one list names two heads', () => {
    it.each(['at once', 'in another batch'])('keeps the first and refuses the other, naming the row, %s', async (when) => {
      const { programmeId } = await makeFrame(platform);
      const between = when === 'at once' ? [] : Array.from({ length: 600 }, (_none, i) => registrationRow(1_000 + i));
      const rows = [registrationRow(2), inH1(1), inH1(3, 'child'), ...between, inH1(4), inH1(1).replace('D7919', 'OTHER')];
      const [second, again] = [5 + between.length, 6 + between.length];
      const { id } = await send(officer, programmeId, rows, '');
      const { findings } = await act(id, 'check');
      // Who is named again as the head is a duplicate, for a person to decide.
      expect(findings).toMatchObject({
        refusedRows: 1,
        reasons: [{ cell: 'Household', code: 'household_head_twice', rows: 1 }],
        duplicates: { withinFile: 1, first: [{ rowNumber: again, earlierRow: 3 }] },
      });
      const detail = { fr: /^La ligne 3 du fichier/, en: /^Row 3 of the file is the head/, ar: /السطر 3 / };
      for (const state of ['dry run', 'run']) {
        if (state === 'run')
          expect(await act(id, 'run')).toMatchObject({ state: 'done', acceptedRows: rows.length - 1, refusedRows: 1, duplicateRows: 1 });
        expect(await refusals(id)).toEqual([[second, 'Household', 'household_head_twice']]);
        for (const [language, text] of Object.entries(detail)) {
          const { body } = await officer.get(`/v1/registration-files/${id}/refused-rows?language=${language}`).expect(200);
          expect(body.items[0].reasons[0]).toMatchObject({ row: 3, detail: expect.stringMatching(text) });
        }
      }
      const { rows: heads } = await platform.owner.query(
        `select b.source_row from households h join beneficiaries b on b.id = h.head_id where h.programme_id = $1 and h.reference = 'H1'`,
        [programmeId],
      );
      expect(heads).toEqual([{ source_row: 2 }]);
    });

    it('does not count a row that was refused as its head', async () => {
      const { programmeId } = await makeFrame(platform);
      const { id } = await send(officer, programmeId, [inH1(1).replace('MLI', 'Atlantis'), inH1(2), inH1(3)], '');
      await act(id, 'check');
      const refused = [
        [2, 'Nationality', 'nationality_unknown'],
        [4, 'Household', 'household_head_twice'],
      ];
      expect(await refusals(id)).toEqual(refused);
      expect(await act(id, 'run')).toMatchObject({ acceptedRows: 1, refusedRows: 2 });
      expect(await refusals(id)).toEqual(refused);
    });
  });
});
