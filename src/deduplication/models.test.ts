import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration } from '../../test/support/registrations.ts';
import { system } from '../access/index.ts';
import type { DuplicateCheck } from '../beneficiaries/index.ts';
import { shippedModel } from '../matching/index.ts';
import { duplicateCheck } from './index.ts';
import { countProgrammeNames, hasGrown } from './name-frequencies.ts';
import { recompareAfter } from './recomparing.ts';

interface Shown {
  readonly first: { id: string };
  readonly second: { id: string };
  readonly evidence: unknown;
  readonly modelVersion: number;
  readonly state: string;
  readonly version: number;
}

describe('the weights of a programme', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let judge: Client;
  let duplicates: DuplicateCheck;

  beforeAll(async () => {
    platform = await startPlatform();
    frame = await makeFrame(platform);
    judge = await platform.as('programme_officer', { programme: frame.programmeId });
    const { app, clock } = platform;
    duplicates = duplicateCheck({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock });
  });
  afterAll(() => platform.close());

  const path = (rest = '') => `/v1/programmes/${frame.programmeId}/matching-models${rest}`;
  const pairs = async (query = ''): Promise<Shown[]> =>
    (await judge.get(`/v1/programmes/${frame.programmeId}/duplicate-pairs?limit=200${query}`).expect(200)).body.items;
  /** Two records that agree in name and birth; whether the document does too is what people will decide by. */
  async function couple(sameDocument: boolean): Promise<void> {
    const { names, birth, documents } = registration();
    const traits = { names, birth: { ...birth, precision: 'exact' as const } };
    const papers = documents.map((document) => ({ ...document, type: 'passport' as const }));
    await makePerson(platform, frame.programmeId, { ...traits, documents: papers });
    const second = await makePerson(platform, frame.programmeId, {
      ...traits,
      ...(sameDocument
        ? { documents: papers }
        : { documents: [{ type: 'passport' as const, number: `N${Math.floor(Math.random() * 1e8)}`, issuingCountry: 'NER' }] }),
    });
    await duplicates.compare([second.id]);
  }

  it('are the shipped ones, until enough was decided to learn from', async () => {
    const { body } = await judge.get(path()).expect(200);
    expect(body.items).toEqual([{ version: 0, inUse: true, definition: shippedModel, comparison: null, createdBy: null, createdAt: null }]);
    expect((await judge.post(path()).expect(409)).body).toMatchObject({ same: 0, different: 0 });
    await judge.post(path('/0/use')).expect(409);
    await judge.get(path('/7')).expect(404);
    await (await platform.as('enrolment_officer', { programme: frame.programmeId })).post(path()).expect(403);
  });

  it('are estimated from decisions, compared, and used by somebody else; then what is undecided is scored again', async () => {
    for (let i = 0; i < 26; i += 1) await couple(i % 2 === 0);
    const all = await pairs('&state=open');
    expect(all).toHaveLength(26);
    const { rows } = await platform.owner.query<{ first_id: string; pattern: string }>('select first_id, pattern from duplicate_pairs');
    const agrees = new Map(rows.map(({ first_id, pattern }) => [first_id, pattern.includes('document:same')]));
    for (const { first, second, version } of all.slice(0, 24)) {
      const isSame = agrees.get(first.id);
      const decision = isSame ? { decision: 'same_person', survivorId: first.id } : { decision: 'different_people' };
      await judge
        .post(`/v1/duplicate-pairs/${first.id}/${second.id}/decision`, { ...decision, version, reason: 'Looked at both files' })
        .expect(200);
    }
    await platform.app.execute(countProgrammeNames, { programmeId: frame.programmeId }, { actor: system });
    const { body: model } = await judge.post(path(), undefined, 'estimate-1').expect(201);
    expect(model).toMatchObject({
      version: 1,
      inUse: false,
      createdBy: judge.userId,
      comparison: { withVersion: 0, pairs: 26, decided: { pairs: 24 } },
    });
    expect((await judge.post(path(), undefined, 'estimate-1').expect(201)).body).toEqual(model);
    expect(model.comparison.moves.reduce((sum: number, move: { pairs: number }) => sum + move.pairs, 0)).toBe(26);
    expect(model.comparison.decided.rightAfter).toBeGreaterThanOrEqual(model.comparison.decided.rightBefore);
    const sameDocument = model.definition.fields.document.same;
    const shipped = shippedModel.fields.document?.['same'] as { m: number; u: number };
    expect(sameDocument.m / sameDocument.u).not.toBeCloseTo(shipped.m / shipped.u, 3);
    expect(JSON.stringify(model)).not.toMatch(/Amina|Benali/);
    expect((await judge.get(path('/1/comparison')).expect(200)).body).toEqual(model.comparison);
    await judge.post(path('/1/use')).expect(403);
    const other = await platform.as('programme_officer', { programme: frame.programmeId });
    const before = await pairs('&state=open');
    await other.post(path('/1/use')).expect(200);
    await other.post(path('/1/use')).expect(409);
    await platform.settled();
    const after = await pairs('&state=open');
    expect(after.map(({ modelVersion }) => modelVersion)).toEqual(after.map(() => 1));
    expect(after.map(({ evidence }) => evidence)).not.toEqual(before.map(({ evidence }) => evidence));
    expect((await pairs('&state=different_people')).every(({ modelVersion }) => modelVersion === 0)).toBe(true);
    expect((await judge.get(path()).expect(200)).body.items.map(({ inUse }: { inUse: boolean }) => inUse)).toEqual([true, false]);
    await judge.post(path('/0/use')).expect(200);
    expect((await judge.get(path('/1')).expect(200)).body.inUse).toBe(false);
  });

  it('have everybody compared again, slice by slice, when others are put to use', async () => {
    const { app, owner } = platform;
    const { programmeId } = await makeFrame(platform);
    // So many who came before that a slice is full of them.
    await owner.query(
      `with people as (select ('00000000-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid as id, i from generate_series(1, 500) i
      ), homes as (insert into households (id, programme_id, reference, size, created_at) select id, $1, id::text, 1, now() from people
      ), entered as (insert into beneficiaries (id, registration_number, household_id, relationship, sex, language, wilaya_number, commune,
        registered_by, registered_at) select id, '9' || lpad(i::text, 9, '0'), id, 'head', 'female', 'fr', '16', 'Alger', $1, now() from people)
      select from people`,
      [programmeId],
    );
    await owner.query(
      `insert into enrolments (programme_id, beneficiary_id, state, entered_by, changed_at)
      select $1, b.id, 'enrolled', $1, now() from beneficiaries b join households h on h.id = b.household_id where h.programme_id = $1`,
      [programmeId],
    );
    const phones = ['+213550777888'];
    const born = (day: string) => ({ from: day, to: day, precision: 'exact' }) as const;
    const husband = { names: { given: 'Ousmane', family: 'Diarra' }, birth: born('1981-02-03'), phones };
    const wife = { names: { given: 'Hawa', family: 'Keita' }, birth: born('1994-11-27'), phones };
    const couple = [(await makePerson(platform, programmeId, husband)).id, (await makePerson(platform, programmeId, wife)).id];
    const found = async () =>
      (await owner.query('select first_id, second_id, model_version from duplicate_pairs where programme_id = $1', [programmeId])).rows;
    await duplicates.compare(couple);
    expect(await found()).toEqual([]);
    const basis = { withVersion: 0, pairs: 0, moves: [], decided: { pairs: 0, rightBefore: 0, rightAfter: 0 } };
    const lenient = { ...shippedModel, version: 1, thresholds: { ...shippedModel.thresholds, review: 1e-12 } };
    await owner.query(`insert into matching_models values (gen_random_uuid(), $1, 1, $2, $3, gen_random_uuid(), now())`, [
      programmeId,
      lenient,
      basis,
    ]);
    const user = await platform.as('programme_officer', { programme: programmeId });
    await user.post(`/v1/programmes/${programmeId}/matching-models/1/use`).expect(200);
    await platform.settled();
    expect(await found()).toEqual([{ first_id: couple[0], second_id: couple[1], model_version: 1 }]);
    // What was interrupted goes on after the last who had been compared.
    await owner.query('delete from duplicate_pairs where programme_id = $1', [programmeId]);
    await app.execute(recompareAfter, { programmeId, after: couple[1] as string }, { actor: system });
    await platform.settled();
    expect(await found()).toEqual([]);
    await app.execute(recompareAfter, { programmeId, after: couple[0] as string }, { actor: system });
    await platform.settled();
    expect(await found()).toHaveLength(1);
  });

  it('count a name for less where many bear it, and count names again when a programme has grown by a tenth', async () => {
    const { app, owner } = platform;
    const { programmeId } = await makeFrame(platform);
    const people = [];
    for (let i = 0; i < 11; i += 1) {
      const names = { given: i < 6 ? 'Mohamed' : registration().names.given, family: registration().names.family };
      people.push(await makePerson(platform, programmeId, { names }));
    }
    expect(await hasGrown(app.database.reader, programmeId)).toBe(true);
    await app.execute(countProgrammeNames, { programmeId }, { actor: system });
    expect(await hasGrown(app.database.reader, programmeId)).toBe(false);
    const shares = async () =>
      (await owner.query('select share from name_frequencies where programme_id = $1 order by share desc', [programmeId])).rows.map(
        ({ share }) => share,
      );
    // Of a few people no share is taken: as if there were a thousand. Both the spelling and the sound are counted.
    expect(await shares()).toEqual([0.006, 0.006]);
    await makePerson(platform, programmeId, { names: { given: 'Mohamed', family: registration().names.family } });
    expect(await hasGrown(app.database.reader, programmeId)).toBe(false);
    await makePerson(platform, programmeId, { names: { given: 'محمد', family: registration().names.family } });
    expect(await hasGrown(app.database.reader, programmeId)).toBe(true);
    await app.execute(countProgrammeNames, { programmeId }, { actor: system });
    expect(await shares()).toEqual([0.008, 0.007]);
  });

  it('compare nobody before the names are counted, also while somebody else is counting', async () => {
    const { owner } = platform;
    const { programmeId } = await makeFrame(platform);
    const people: string[] = [];
    for (let i = 0; i < 10; i += 1)
      people.push((await makePerson(platform, programmeId, { names: { given: 'Mohamed', family: `F${i}` } })).id);
    await owner.query('begin');
    await owner.query(`select pg_advisory_xact_lock(hashtextextended('name_counts/' || $1, 0))`, [programmeId]);
    const comparing = duplicates.compare(people);
    const waiting =
      "select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())";
    await expect.poll(async () => (await owner.query(waiting)).rowCount).toBe(1);
    await owner.query('commit');
    await comparing;
    const { rows } = await owner.query('select people from name_counts where programme_id = $1', [programmeId]);
    expect(rows).toEqual([{ people: 10 }]);
  });
});
