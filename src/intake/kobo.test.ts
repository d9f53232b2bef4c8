import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inPieces } from '../../test/support/tables.ts';
import { elementsOf } from './json-elements.ts';
import { readSubmissions } from './kobo.ts';
import { UNREADABLE } from './rows.ts';

const uuid = (n: number) => `11111111-2222-4333-8444-${String(n).padStart(12, '0')}`;

/** What the tool adds to every submission. */
const added = (n: number) => ({
  _id: n,
  _uuid: uuid(n),
  'formhub/uuid': 'f00d',
  start: '2026-03-01T09:00:00.000+01:00',
  end: '2026-03-01T09:20:00.000+01:00',
  deviceid: 'collect:abc',
  phonenumber: '+213550000000',
  __version__: 'v1',
  'meta/instanceID': `uuid:${uuid(n)}`,
  _xform_id_string: 'aX',
  _submission_time: '2026-03-02T10:00:00',
  _geolocation: [36.7, 3.05],
  _attachments: [{ filename: 'org/attachments/x/photo.jpg', download_url: 'http://169.254.169.254/' }],
  _tags: [],
  _validation_status: {},
  _status: 'submitted_via_web',
});

const table = async (submissions: unknown, size?: number) => {
  const json = typeof submissions === 'string' ? submissions : JSON.stringify(submissions);
  const read = await readSubmissions(() => inPieces(json, size));
  const rows = [];
  for await (const { cells } of read.rows) rows.push(Object.fromEntries(read.header.map((column, i) => [column, cells[i]])));
  return { ...read, rows };
};

describe('submissions of KoboToolbox', () => {
  const household = { 'household/household_id': 'H-7', 'household/wilaya': 'Alger', household_size: 3 };
  const members = [
    { 'members/given_name': 'Awa', 'members/family_name': 'Diallo', 'members/relationship': 'spouse', 'members/photo': 'awa.jpg' },
    { 'members/given_name': 'Issa', 'members/family_name': 'Diallo', 'members/relationship': 'head' },
  ];

  it('gives a row for each member with the answers of the household', async () => {
    const answers = { ...added(1), ...household, consent: 'yes', gps: '36.7538 3.0588 0 4.5', document_number: 'P123', members };
    const { header, rows, keyColumn, submissions } = await table({ count: 1, next: null, previous: null, results: [answers] });
    expect(header).toEqual([
      '_uuid', 'household_id', 'wilaya', 'household_size', 'consent', 'document_number', 'given_name', 'family_name', 'relationship', '_submission_time',
    ]); // biome-ignore format: one line
    expect(keyColumn).toBe('_uuid');
    expect(submissions).toBe(1);
    const same = {
      household_id: 'H-7',
      wilaya: 'Alger',
      household_size: '3',
      consent: 'yes',
      family_name: 'Diallo',
      _submission_time: '2026-03-02',
    };
    // The document that was asked once is the head's and nobody else's.
    expect(rows).toEqual([
      { _uuid: uuid(1), ...same, given_name: 'Issa', relationship: 'head', document_number: 'P123' },
      { _uuid: `${uuid(1)}/2`, ...same, given_name: 'Awa', relationship: 'spouse', document_number: '' },
    ]);
  });

  it('puts the head first where the form asks them apart, and hands nothing of theirs to the others', async () => {
    const children = [{ 'm/given_name': 'Awa', 'm/sex': 'female' }];
    const head = { given_name: 'Issa', sex: 'male', passport_number: 'P1', disability: 'yes', phone: '0550000001', rent: '2' };
    const { rows } = await table([{ ...added(1), ...household, ...head, m: children }]);
    expect(rows).toMatchObject([
      { _uuid: uuid(1), given_name: 'Issa', relationship: 'head', passport_number: 'P1', disability: 'yes', phone: '0550000001' },
      {
        _uuid: `${uuid(1)}/2`,
        given_name: 'Awa',
        relationship: 'other',
        passport_number: '',
        disability: '',
        phone: '0550000001',
        rent: '2',
      },
    ]);
  });

  it('takes a form without members as one person each, and a household without members as it stands', async () => {
    const single = await table([{ ...added(1), name: 'Awa', today: '2026-03-01', needs: 'food rent' }]);
    expect(single.rows).toEqual([
      { _uuid: uuid(1), name: 'Awa', today: '2026-03-01', needs: 'food rent', relationship: 'head', _submission_time: '2026-03-02' },
    ]);
    const { rows } = await table([{ ...added(1), members, household_id: 'A' }, { ...added(2), household_id: 'B', members: [] }]); // biome-ignore format: one line
    expect(rows.map(({ _uuid, household_id, given_name }) => [_uuid, household_id, given_name])).toEqual([
      [uuid(1), 'A', 'Issa'],
      [`${uuid(1)}/2`, 'A', 'Awa'],
      [uuid(2), 'B', ''],
    ]);
  });

  it('knows the columns of questions that only the last submission answers, and keeps two questions of one name apart', async () => {
    const { header, rows } = await table([
      { ...added(1), 'a/name': 'Awa', 'b/phone': '1' },
      { ...added(2), 'a/name': 'Issa', 'b/phone': '2', 'c/phone': '3' },
    ]);
    expect(header).toEqual(['_uuid', 'name', 'b/phone', 'c/phone', 'relationship', '_submission_time']);
    expect(rows[1]).toMatchObject({ name: 'Issa', 'b/phone': '2', 'c/phone': '3' });
  });

  it('leaves repeats that are not about people, and groups inside people, alone', async () => {
    const assets = [{ 'assets/kind': 'goat', 'assets/count': 3 }];
    const { rows } = await table([{ ...added(1), name: 'Awa', assets, health: { wg: { seeing: 'none' } } }]);
    expect(rows).toEqual([{ _uuid: uuid(1), name: 'Awa', seeing: 'none', relationship: 'head', _submission_time: '2026-03-02' }]);
  });

  const head = { head_name: 'Moussa Keita', head_sex: 'male', head_phone: '0550000001' };
  const others = [
    { 'm/member_name': 'Awa Keita', 'm/member_sex': 'female', 'm/relationship': 'spouse' },
    { 'm/member_name': 'Ali Keita', 'm/member_sex': 'male', 'm/relationship': 'child' },
  ];
  const named = async (submission: object) =>
    (await table([{ ...added(1), ...submission }])).rows.map(({ member_name, member_sex, relationship }) => [member_name, member_sex, relationship]); // biome-ignore format: one line

  it('takes a head who is asked apart as a person of their own, in the same columns as the members', async () => {
    expect(await named({ ...head, m: others })).toEqual([
      ['Moussa Keita', 'male', 'head'],
      ['Awa Keita', 'female', 'spouse'],
      ['Ali Keita', 'male', 'child'],
    ]);
    // Whoever answers and is not the head is one of the household as well.
    expect(await named({ head_name: 'Sira Keita', m: [{ 'm/member_name': 'Moussa Keita', 'm/relationship': 'head' }, ...others] })).toMatchObject([
      ['Sira Keita', '', 'other'],
      ['Moussa Keita', '', 'head'],
      ['Awa Keita', 'female', 'spouse'],
      ['Ali Keita', 'male', 'child'],
    ]); // biome-ignore format: one line
  });

  it('takes them for the member whose name they have, or for the head whose name is not asked again', async () => {
    const again = { 'm/member_name': 'KEITA Moussa', 'm/member_sex': 'male', 'm/relationship': 'head' };
    expect(await named({ ...head, m: [...others, again] })).toMatchObject([['KEITA Moussa', 'male', 'head'], ['Awa Keita', 'female', 'spouse'], ['Ali Keita', 'male', 'child']]); // biome-ignore format: one line
    const unnamed = { 'm/member_sex': 'male', 'm/relationship': 'head' };
    expect(await named({ ...head, m: [...others, unnamed] })).toMatchObject([['Moussa Keita', 'male', 'head'], ['Awa Keita', 'female', 'spouse'], ['Ali Keita', 'male', 'child']]); // biome-ignore format: one line
    // A daughter who is called like her mother is not her mother.
    const daughter = { 'm/member_name': 'Moussa Keita', 'm/member_sex': 'female', 'm/relationship': 'child' };
    expect(await named({ ...head, m: [daughter] })).toEqual([
      ['Moussa Keita', 'male', 'head'],
      ['Moussa Keita', 'female', 'child'],
    ]);
  });

  it('takes people inside households and inside people, with what is asked around them', async () => {
    const wife = {
      'h/w/name': 'Awa',
      'h/w/relationship': 'spouse',
      'h/w/commune': 'Oran',
      'h/w/c': [{ 'h/w/c/name': 'Ali', 'h/w/c/document_number': 'P9' }],
    };
    const households = [
      { 'h/household_id': 'A', 'h/head_name': 'Issa', 'h/w': [wife] },
      { 'h/household_id': 'B', 'h/w': [{ 'h/w/name': 'Sira', 'h/w/relationship': 'head' }] },
    ];
    const { rows } = await table([{ ...added(1), wilaya: '31', h: households }]);
    expect(rows.map((row) => ['_uuid', 'wilaya', 'household_id', 'name', 'relationship', 'commune', 'document_number'].map((column) => row[column]))).toEqual([
      [uuid(1), '31', 'A', 'Issa', 'head', '', ''],
      [`${uuid(1)}/2`, '31', 'A', 'Awa', 'spouse', 'Oran', ''],
      [`${uuid(1)}/3`, '31', 'A', 'Ali', 'other', 'Oran', 'P9'],
      [`${uuid(1)}/4`, '31', 'B', 'Sira', 'head', '', ''],
    ]); // biome-ignore format: one line
  });

  it('gives each person their papers and telephones, and marks those that are too many', async () => {
    const papers = (count: number) => Array.from({ length: count }, (_none, i) => ({ 'm/docs/document_type': 'passport', 'm/docs/document_number': `P${i}` })); // biome-ignore format: one line
    const people = [{ 'm/name': 'Awa', 'm/docs': papers(2) }, { 'm/name': 'Ali', 'm/docs': papers(4) }, { 'm/name': 'Sira' }]; // biome-ignore format: one line
    const { rows } = await table([{ ...added(1), m: people, phones: [{ 'phones/phone': '1' }, { 'phones/phone': '2' }] }]);
    expect(rows).toMatchObject([
      { name: 'Awa', document_number: 'P0', document_type: 'passport', document_number_2: 'P1', document_number_3: '', phone_2: '2' },
      { name: 'Ali', document_number: 'P0', document_number_2: 'P1', document_number_3: UNREADABLE },
      { name: 'Sira', document_number: '', phone: '1' },
    ]);
  });

  it('skips what was not approved, and counts it', async () => {
    const rejected = { ...added(1), name: 'No', _validation_status: { uid: 'validation_status_not_approved' } };
    const held = { ...added(2), name: 'Yes', _validation_status: { uid: 'validation_status_on_hold' } };
    expect(await table([rejected, held])).toMatchObject({ rejected: 1, submissions: 1, rows: [{ name: 'Yes' }] });
    await expect(table([rejected])).rejects.toMatchObject({ code: 'unprocessable' });
  });

  it('keeps the key of a submission that was corrected', async () => {
    const corrected = { ...added(5), name: 'x', 'meta/rootUuid': `uuid:${uuid(1)}`, 'meta/deprecatedID': `uuid:${uuid(2)}` };
    expect((await table([corrected])).rows[0]?.['_uuid']).toBe(uuid(1));
    const { _uuid, ...old } = added(6);
    expect((await table([{ ...old, name: 'x' }])).rows[0]?.['_uuid']).toBe(uuid(6));
  });

  it('gives everybody the same key whatever else is in the file, and the head theirs when members appear later', async () => {
    const keys = async (submissions: unknown) => (await table(submissions)).rows.map(({ _uuid, head_name, given_name }) => [_uuid, head_name, given_name]); // biome-ignore format: one line
    const alone = { ...added(1), head_name: 'Issa' };
    const family = { ...added(2), head_name: 'Ali', members };
    expect(await keys([alone])).toEqual([[uuid(1), 'Issa', undefined]]);
    expect(await keys([alone, family])).toEqual([
      [uuid(1), 'Issa', ''],
      [uuid(2), 'Ali', ''],
      [`${uuid(2)}/2`, '', 'Awa'],
      [`${uuid(2)}/3`, '', 'Issa'],
    ]);
    expect((await keys([{ ...alone, members }])).map(([key]) => key)).toEqual([uuid(1), `${uuid(1)}/2`]);
    // A name that only another submission asks in a second place does not make the head one of the members.
    const apart = { ...added(3), 'a/given_name': 'Issa', m: [{ 'm/given_name': 'Awa' }] };
    const another = { ...added(4), 'b/given_name': 'Ali' };
    expect((await table([apart, another])).rows.map(({ _uuid }) => _uuid)).toEqual([uuid(3), `${uuid(3)}/2`, uuid(4)]);
  });

  it.each([
    ['that never ends', 'x'.repeat(33_000)],
    ['with a NUL', 'Awa\0'],
  ])('marks an answer %s, and reads the rest', async (_how, answer) => {
    const { rows } = await table([{ ...added(1), name: 'Ali', notes: answer }, { ...added(2), name: 'Issa', notes: 'short' }]); // biome-ignore format: one line
    expect(rows).toMatchObject([
      { name: 'Ali', notes: UNREADABLE },
      { name: 'Issa', notes: 'short' },
    ]);
  });

  it('is not led astray by names that objects have', async () => {
    const { header } = await table(`[{"_uuid":"u","__proto__":{"polluted":"1"},"constructor":"2","toString":"3","name":"x"}]`);
    expect(header).toEqual(['_uuid', 'constructor', 'toString', 'name', 'relationship', '_submission_time']);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it.each([
    ['nothing', '', 'no JSON export'],
    ['no JSON', 'hello', 'no JSON export'],
    ['a number', '5', 'no JSON export'],
    ['an object without results', '{"count": 0, "data": [{"a": 1}]}', 'no JSON export'],
    ['an empty list', '[]', 'no submission'],
    ['a list of numbers', '[1, 2]', 'Submission 1 is no submission'],
    ['a list of lists', '[[1]]', 'Submission 1 cannot be read'],
    ['a missing comma', '[{"a":"1"} {"a":"2"}]', 'Submission 2 is no JSON'],
    ['two commas', '[{"a":"1"},,{"a":"2"}]', 'Submission 2 is no JSON'],
    ['an end in the middle', '[{"name":"Awa"},{"name":"Is', 'ends within or after submission 2'],
    ['an end after the list', '{"results":[{"name":"Awa"}]', 'ends within or after submission 1'],
    ['broken submissions', '[{"name":"Awa"},{"name":Issa}]', 'Submission 2 cannot be read'],
    ['brackets inside brackets', `[{"a":${'['.repeat(100_000)}`, 'too much inside'],
    ['a submission that never ends', `[{"a":"${'x'.repeat(6_000_000)}"}]`, 'Submission 1 is too large'],
    [
      'more people than a village',
      `[{"q":"1","m":[${Array.from({ length: 2_000 }, () => '{"m/name":"Awa"}').join(',')}]}]`,
      'too many people',
    ],
    [
      'more questions than a form',
      `[{${Array.from({ length: 1_100 }, (_none, i) => `"q${i}":"1"`).join(',')}}]`,
      'more than 1000 questions',
    ],
    ['two documents', '[{"name":"x"}][{"name":"y"}]', 'no JSON export'],
  ])('are refused with their number: %s', async (_name, json, words) => {
    const error = await table(json, 10_000).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'unprocessable' });
    expect(error.message).toContain(words);
    expect(error.message).not.toMatch(/Awa|Issa/);
  });

  it('are refused when they are not in UTF-8', async () => {
    await expect(readSubmissions(() => inPieces(Buffer.from('[{"name":"é"}]', 'latin1')))).rejects.toMatchObject({ code: 'unprocessable' });
  });
});

describe('the elements of a list', () => {
  const gathered = async (json: string, size: number) => {
    const elements = [];
    for await (const element of elementsOf(inPieces(json, size))) elements.push(JSON.parse(element));
    return elements;
  };
  const object = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 4 });

  it('are those that a JSON parser finds, wherever the pieces are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(object, { maxLength: 5 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(0, 2),
        async (list, size, indent) => {
          const expected = JSON.parse(JSON.stringify(list));
          expect(await gathered(JSON.stringify(list, null, indent), size)).toEqual(expected);
          const page = { count: 3, next: 'https://x/?a=[{', previous: null, results: list, more: [{ results: [1] }] };
          expect(await gathered(JSON.stringify(page, null, indent), size)).toEqual(expected);
        },
      ),
    );
  });

  it('end in an answer for whatever bytes come', async () => {
    const text = fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ',', ':', ' ', 'results', 'a', '1', '{"results":['), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(text, async (pieces) => {
        const outcome = await table(pieces.join(''), 3).catch((error) => error.code);
        if (typeof outcome === 'string' || outcome === undefined) expect(outcome).toBe('unprocessable');
      }),
      { numRuns: 500 },
    );
  });
});
