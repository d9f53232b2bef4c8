import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame, makePerson } from '../../test/support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { registration } from '../../test/support/registrations.ts';
import { loadPilotGeography } from '../seeding.ts';
import { duplicateCheck } from './index.ts';

describe('a document number that is written where there is none', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
  });
  afterAll(() => platform.close());

  it('makes pairs with the first few who hold it, as many for each newcomer, and still keeps the newcomer from being enrolled', async () => {
    const { app, clock, owner } = platform;
    const duplicates = duplicateCheck({ db: app.database.reader, execute: app.execute, keyRing: app.keyRing, clock });
    const documents = [{ type: 'passport' as const, number: '0000000', issuingCountry: 'NER' }];
    const enter = async (programmeId: string, count: number) => {
      const ids: string[] = [];
      for (let i = 0; i < count; i += 1) {
        const { names, birth } = registration();
        ids.push((await makePerson(platform, programmeId, { names, birth: { ...birth, precision: 'exact' }, documents })).id);
      }
      return ids;
    };
    const pairsIn = async (programmeId: string) =>
      (await owner.query('select first_id, second_id from duplicate_pairs where programme_id = $1', [programmeId])).rows;
    // They were there first, in a programme of their own: nobody here is paired with them, and they keep nobody here from being seen.
    const elsewhere = await makeFrame(platform);
    await enter(elsewhere.programmeId, 50);
    const { programmeId } = await makeFrame(platform);
    const first = await enter(programmeId, 60);
    await duplicates.compare(first);
    // Five for each, and a few more of people who happen to share something else.
    const before = (await pairsIn(programmeId)).length;
    expect(before).toBeGreaterThanOrEqual(10 + 55 * 5);
    expect(before).toBeLessThanOrEqual(60 * 6);
    const second = await enter(programmeId, 60);
    await duplicates.compare(second);
    const pairs = await pairsIn(programmeId);
    expect(pairs.length - before).toBeGreaterThanOrEqual(60 * 5);
    expect(pairs.length - before).toBeLessThanOrEqual(60 * 6);
    for (const id of second)
      expect(pairs.filter((pair) => pair.second_id === id).map((pair) => pair.first_id)).toEqual(expect.arrayContaining(first.slice(0, 5)));
    const officer = await platform.as('enrolment_officer', { programme: programmeId });
    const { body } = await officer.post(`/v1/programmes/${programmeId}/beneficiaries`, registration({ documents })).expect(201);
    expect(body.state).toBe('applicant');
    const theirs = (await pairsIn(programmeId)).filter((pair) => pair.second_id === body.id);
    expect(theirs.map((pair) => pair.first_id)).toEqual(expect.arrayContaining(first.slice(0, 5)));
    expect(theirs.length).toBeLessThan(10);
  });
});
