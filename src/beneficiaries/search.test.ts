import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eraseAtOnce } from '../../test/support/erase.ts';
import { type Frame, makeFrame, makePerson, type Person } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { nameTokens, soundsOfWord } from '../matching/index.ts';
import { dammDigit } from '../platform/index.ts';
import { meaningOf } from './search-box.ts';
import type { Names } from './types.ts';

interface Line {
  readonly id: string;
  readonly match: string;
  readonly state: string;
  readonly programmeId: string;
}

describe('the search box', () => {
  it('reads a number in every way that it may be meant', () => {
    expect(meaningOf('0550 12 34 56')).toMatchObject({ phone: '+213550123456', words: [] });
    expect(meaningOf('٠٥٥٠ ١٢ ٣٤ ٥٦')).toMatchObject({ phone: '+213550123456' });
    expect(meaningOf('+223 66 12 34 56')).toMatchObject({ phone: '+22366123456' });
    expect(meaningOf('MLI p 12-345').documents).toEqual(['MLI/P12345', 'MLIP12345']);
    expect(meaningOf('mli/P12345').documents[0]).toBe('MLI/P12345');
    const right = dammDigit('572400000');
    expect(meaningOf(`572 400-000${right}`)).toMatchObject({ registrationNumber: `572400000${right}` });
    expect(meaningOf(`572 400 000${(Number(right) + 1) % 10}`)).not.toHaveProperty('registrationNumber');
  });

  it('reads anything else as the words of a name, each sound once', () => {
    expect(meaningOf('Traoré, Mohamed').words.map(({ exact }) => exact)).toEqual(['traore', 'mohamed']);
    expect(meaningOf('Mohamed محمد').words).toHaveLength(1);
    expect(meaningOf('a b c d e f g h i j k l m n').words.length).toBeLessThanOrEqual(8);
  });

  it.each(['', ' ', '-', '\u202e\u200f', "';--", '%', '(((', '\0', '🙂'])('finds nothing to look for in %j', (text) => {
    expect(meaningOf(text)).toEqual({ documents: [], words: [] });
  });
});

describe('searching for people', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let elsewhere: Frame;
  let officer: Client;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    elsewhere = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
  });
  afterAll(() => platform.close());

  const named = (names: Names, { programmeId }: Frame = frame) => makePerson(platform, programmeId, { names });
  const search = async (query: string, body: object = {}, by = officer): Promise<{ items: Line[]; nextCursor: string | null }> =>
    (await by.post('/v1/beneficiaries/search', { query, ...body }).expect(200)).body;
  const found = async (query: string, by = officer) => (await search(query, {}, by)).items.map(({ id, match }) => [id, match]);
  const merge = async (loser: Person, survivor: Person) => {
    await platform.owner.query('update beneficiaries set merged_into = $2 where id = $1', [loser.id, survivor.id]);
    await platform.owner.query(`update enrolments set state = 'merged' where beneficiary_id = $1`, [loser.id]);
  };

  it('finds a person by each number of theirs, however it is written', async () => {
    const person = await makePerson(platform, frame.programmeId, {
      documents: [{ type: 'passport', number: 'AB 77-001', issuingCountry: 'MLI' }],
      phones: ['+213661777001'],
    });
    const { registrationNumber: number } = person;
    const spaced = `${number.slice(0, 3)} ${number.slice(3, 6)} ${number.slice(6)}`;
    for (const query of [
      number,
      spaced,
      'MLI/AB77001',
      'mli ab77001',
      'AB77001',
      'ab 77-001',
      '0661 77 70 01',
      '+213661777001',
      '٠٦٦١٧٧٧٠٠١',
    ]) {
      expect(await found(query), query).toEqual([[person.id, 'number']]);
    }
    const wrongDigit = `${number.slice(0, 9)}${(Number(number.at(-1)) + 1) % 10}`;
    for (const query of [wrongDigit, 'NER AB77001', '0661 77 70 02']) expect(await found(query), query).toEqual([]);
  });

  it('shows everybody who shares a telephone, page by page', async () => {
    const people: string[] = [];
    for (let n = 0; n < 5; n += 1) people.push((await makePerson(platform, frame.programmeId, { phones: ['+213661777009'] })).id);
    const first = await search('0661777009', { limit: 3 });
    const second = await search('0661777009', { limit: 3, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(people);
    expect(second.nextCursor).toBeNull();
  });

  it('finds a name in either script and any order: spelled so, then sounding so, then all but one of the words', async () => {
    const mohamed = await named({ given: 'Mohamed', family: 'Zerdani' });
    const mouhammed = await named({ given: 'Mouhammed', family: 'Zerdani' });
    const inArabic = await named({ given: 'محمد', family: 'زرداني' });
    const brother = await named({ given: 'Khaled', family: 'Zerdani' });
    const spelled = [[mohamed.id, 'spelling']];
    const sounding = [mouhammed.id, inArabic.id].map((id) => [id, 'sound']);
    expect(await found('zerdani MOHAMED')).toEqual([...spelled, ...sounding, [brother.id, 'most_words']]);
    expect(await found('محمد زرداني')).toEqual([
      [inArabic.id, 'spelling'],
      [mohamed.id, 'sound'],
      [mouhammed.id, 'sound'],
      [brother.id, 'most_words'],
    ]);
    expect((await found('زرداني')).map(([id]) => id)).toEqual([inArabic.id, mohamed.id, mouhammed.id, brother.id]);
    expect(await found('Mohamed')).toContainEqual([mohamed.id, 'spelling']);
  });

  it('finds a name by each of the ways in which it may be read', async () => {
    const written = await named({ given: 'Zohir', family: 'Ghezalou' });
    const inArabic = await named({ given: 'Zohir', family: 'غزالو' });
    const article = await named({ given: 'Zohir', family: 'Lhadoubi' });
    expect((await found('Zohir Rezalou')).slice(0, 2)).toEqual([written.id, inArabic.id].map((id) => [id, 'sound']));
    expect((await found('Zohir Hadoubi')).slice(0, 1)).toEqual([[article.id, 'sound']]);
  });

  it('reads what is asked in each way in which it may be read, and shows once who is found by several', async () => {
    const plain = await named({ given: 'Wahiba', family: 'Razouani' });
    const written = await named({ given: 'Wahiba', family: 'Ghazouani' });
    const sister = await named({ given: 'Nesrine', family: 'Razouani' });
    expect(await found('Wahiba Ghazouani')).toEqual([
      [written.id, 'spelling'],
      [plain.id, 'sound'],
      [sister.id, 'most_words'],
    ]);
    expect(await found('Ghazouani')).toEqual([
      [written.id, 'spelling'],
      [plain.id, 'sound'],
      [sister.id, 'sound'],
    ]);
    // Page by page the same people in the same order.
    const shown: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: Line[]; nextCursor: string | null } = await search('Wahiba Ghazouani', {
        limit: 1,
        ...(cursor ? { cursor } : {}),
      });
      shown.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(shown).toEqual([written.id, plain.id, sister.id]);
  });

  it('shows the record that goes on, once, where the best of its records stands', async () => {
    const survivor = await named({ given: 'Wendkuni', family: 'Kaboresawa' });
    const loser = await named({ given: 'Wendkuny', family: 'Kaboresawa' });
    const other = await named({ given: 'Wendkuny', family: 'Kaboresawa' });
    await merge(loser, survivor);
    expect(await found('Wendkuny Kaboresawa')).toEqual([
      [survivor.id, 'spelling'],
      [other.id, 'spelling'],
    ]);
    expect(await found('Wendkuni Kaboresawa')).toEqual([
      [survivor.id, 'spelling'],
      [other.id, 'sound'],
    ]);
    expect(await found(loser.registrationNumber)).toEqual([[survivor.id, 'number']]);
    expect((await search(loser.registrationNumber)).items[0]).toMatchObject({ state: 'enrolled', programmeId: frame.programmeId });
  });

  it('does not find somebody who was erased', async () => {
    const person = await named({ given: 'Tiguidanke', family: 'Soumbounou' });
    expect(await found('Tiguidanke')).toHaveLength(1);
    await eraseAtOnce(platform, person.id);
    expect(await found('Tiguidanke')).toEqual([]);
    expect(await found(person.registrationNumber)).toEqual([]);
  });

  it('shows nobody outside the programmes of the actor, and counts nobody there', async () => {
    const hidden = await makePerson(platform, elsewhere.programmeId, {
      names: { given: 'Nafantali', family: 'Oularegbe' },
      documents: [{ type: 'passport', number: 'ZZ990011', issuingCountry: 'MLI' }],
      phones: ['+213661779901'],
    });
    for (const query of ['Nafantali Oularegbe', 'Oularegbe', 'ZZ990011', 'MLI/ZZ990011', '0661779901', hidden.registrationNumber]) {
      expect(await search(query), query).toEqual({ items: [], nextCursor: null });
      await officer.post('/v1/beneficiaries/search', { query, programmeId: elsewhere.programmeId }).expect(404);
    }
    // A cursor from another page of another search leads to no one either.
    const cursor = Buffer.from(`1/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`).toString('base64url');
    expect((await search('Nafantali', { cursor })).items).toEqual([]);
    const agent = await platform.as('agent', { office: frame.officeId });
    await agent.post('/v1/beneficiaries/search', { query: 'Nafantali' }).expect(403);
    expect(await found('Nafantali', await platform.as('auditor'))).toEqual([[hidden.id, 'spelling']]);
  });

  it('puts the people of several programmes into one order, with an event in the trail of each', async () => {
    const here = await named({ given: 'Gbessihoun' });
    const there = await named({ given: 'Gbessihoun' }, elsewhere);
    const auditor = await platform.as('auditor');
    const { items } = await search('Gbessihoun', {}, auditor);
    expect(items.map(({ id }) => id)).toEqual([here.id, there.id]);
    const { rows } = await platform.owner.query(
      `select programme_id, after_digest from audit_events where actor_id = $1 and command = 'beneficiaries.search'`,
      [auditor.userId],
    );
    expect(rows.map(({ programme_id }) => programme_id).sort()).toEqual([frame.programmeId, elsewhere.programmeId].sort());
    for (const { after_digest } of rows) expect(after_digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('leaves an event for every search, and what was asked nowhere', async () => {
    const asked = 'Xantippe Quodlibet';
    const client = await platform.as('enrolment_officer', { programme: frame.programmeId });
    await search(asked, {}, client);
    const { rows } = await platform.owner.query('select * from audit_events where actor_id = $1', [client.userId]);
    expect(rows).toMatchObject([{ command: 'beneficiaries.search', programme_id: frame.programmeId, subject_id: frame.programmeId }]);
    const { rows: kept } = await platform.owner.query('select count(*) from idempotency_keys where actor_id = $1', [client.userId]);
    expect(kept).toEqual([{ count: '0' }]);
    for (const trace of [JSON.stringify(rows), platform.log.join('\n')]) expect(trace).not.toMatch(/xantippe|quodlibet/i);
  });

  it.each(['🙂', "' or 1=1 --", '\u202e', '٪', 'x'.repeat(200), '1'.repeat(200), 'الـــ', '-----', 'NUL\u0000NUL'])(
    'answers garbage with nobody: %j',
    async (query) => {
      expect((await search(query)).items).toEqual([]);
    },
  );

  it('refuses what is no search, and a cursor that is none of its own', async () => {
    for (const body of [{}, { query: '' }, { query: 'x'.repeat(201) }, { query: 'x', limit: 0 }, { query: 'x', cursor: 'Zm9v' }]) {
      await officer.post('/v1/beneficiaries/search', body).expect(400);
    }
  });

  it('pages through everybody who fits in the right order, whatever the page size, without gaps or repeats', async () => {
    const given = ['Mohamed', 'Mouhammed', 'محمد', 'Amadou', 'Fatima', 'فاطمة', 'Ousmane'];
    const family = ['Yattabare', 'Yatabaré', 'Zongo', 'Kassogue'];
    const home = await makeFrame(platform);
    const reader = await platform.as('enrolment_officer', { programme: home.programmeId });
    const people: (Person & { mergedInto?: string })[] = [];
    for (let n = 0; n < 48; n += 1) {
      const middle = n % 3 === 0 ? { middle: given[(n * 5) % given.length] as string } : {};
      people.push(
        await named({ given: given[n % given.length] as string, ...middle, family: family[(n * 7) % family.length] as string }, home),
      );
    }
    for (const [loser, survivor] of [
      [1, 9],
      [3, 9],
      [30, 12],
      [22, 40],
    ] as const) {
      const [lost, kept] = [people[loser] as Person, people[survivor] as Person];
      await merge(lost, kept);
      people[loser] = { ...lost, mergedInto: kept.id };
    }
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...given, ...family), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 25 }),
        async (words, limit) => {
          const query = words.join(' ');
          const seen: Line[] = [];
          for (let cursor: string | null | undefined; cursor !== null; ) {
            const page = await search(query, { limit, ...(cursor ? { cursor } : {}) }, reader);
            expect(page.items.length).toBeLessThanOrEqual(limit);
            seen.push(...page.items);
            cursor = page.nextCursor;
          }
          expect(seen.map(({ id, match }) => [id, match])).toEqual(expected(query, people));
        },
      ),
      { numRuns: 40 },
    );
  });
});

const areReadAlike = (one: string, other: string): boolean => soundsOfWord(one).some((sound) => soundsOfWord(other).includes(sound));

/** The same answer without keys and without a database. */
function expected(query: string, people: readonly (Person & { mergedInto?: string })[]): [string, string][] {
  const words = [...new Map(nameTokens(query).map((word) => [word.sound, word])).values()];
  const first = new Map(
    nameTokens(query)
      .reverse()
      .map(({ sound, exact }) => [sound, exact]),
  );
  const records = people.flatMap(({ id, mergedInto = id, personal: { names } }) => {
    const theirs = nameTokens([names.given, names.middle, names.family].filter(Boolean).join(' '));
    const exact = words.filter(({ sound }) => theirs.some((word) => word.exact === first.get(sound))).length;
    const sound = words.filter((word) => theirs.some((other) => areReadAlike(word.exact, other.exact))).length;
    if (exact === words.length) return [{ id, mergedInto, rank: 1 }];
    if (sound === words.length) return [{ id, mergedInto, rank: 2 }];
    return words.length > 1 && sound === words.length - 1 ? [{ id, mergedInto, rank: 3 }] : [];
  });
  records.sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1));
  const shown = new Set<string>();
  return records.flatMap(({ mergedInto, rank }): [string, string][] => {
    if (shown.has(mergedInto)) return [];
    shown.add(mergedInto);
    return [[mergedInto, ['number', 'spelling', 'sound', 'most_words'][rank] as string]];
  });
}
