import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFrame } from '../../test/support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../../test/support/platform.ts';
import { header, many } from '../../test/support/registration-files.ts';
import { registration } from '../../test/support/registrations.ts';
import { blockLimit } from '../matching/index.ts';
import { loadPilotGeography } from '../seeding.ts';

describe('somebody of whom every key is shared by more people than are looked through', () => {
  let platform: TestPlatform;
  let officer: Client;
  const copies = blockLimit + 20;

  beforeAll(async () => {
    platform = await startPlatform();
    await loadPilotGeography(platform.app.execute);
    officer = await platform.as('enrolment_officer');
  });
  afterAll(() => platform.close());

  /** Of each person of a programme, in the order of their entry, how many pairs they make with those before them. */
  const pairsWithEarlier = async (programmeId: string): Promise<number[]> => {
    const { rows } = await platform.owner.query(
      `select (select count(*)::int from duplicate_pairs p where p.second_id = e.beneficiary_id) as pairs
      from enrolments e where e.programme_id = $1 order by e.beneficiary_id`,
      [programmeId],
    );
    return rows.map(({ pairs }) => pairs);
  };

  it.each([
    ['the same birth and telephone', { birth: { from: '1984-07-23', to: '1984-07-23', precision: 'exact' }, phones: ['0550123456'] }],
    ['the same year and telephone', { birth: { from: '1984-01-01', to: '1984-12-31', precision: 'year' }, phones: ['0550123456'] }],
    ['a new telephone each time', { birth: { from: '1984-07-23', to: '1984-07-23', precision: 'exact' } }],
  ])('is found each time they are registered by an officer with %s', async (_, same) => {
    const { programmeId } = await makeFrame(platform);
    const names = { given: 'Moussa', family: 'Traoré' };
    for (let i = 0; i < copies; i += 1) {
      const phones = [`05501${10_000 + i}`];
      await officer
        .post(`/v1/programmes/${programmeId}/beneficiaries`, registration({ names, documents: [], phones, ...same }))
        .expect(201);
    }
    const pairs = await pairsWithEarlier(programmeId);
    expect(pairs).toHaveLength(copies);
    expect(pairs.slice(1).every((count) => count > 0)).toBe(true);
    // No more than a person can look at, however many come.
    expect(Math.max(...pairs.slice(blockLimit + 1))).toBeLessThanOrEqual(5);
  });

  it('is counted as a duplicate in the sixth file that holds them as in the first', async () => {
    const { programmeId } = await makeFrame(platform);
    const copy = (n: number) => `2026-01-15,K${n},1,head,Moussa,Traoré,male,23/07/1984,MLI,,,0550123456,16,Alger Centre,fr,yes,signature`;
    const duplicateRows: number[] = [];
    for (let file = 0; file < 6; file += 1) {
      const rows = [...many(40, file * 40), ...Array.from({ length: 10 }, (_, i) => copy(file * 10 + i))];
      const { body } = await officer
        .post(`/v1/programmes/${programmeId}/registration-files?start=true`)
        .type('text/csv')
        .send([header, ...rows].join('\n'))
        .expect(202);
      await platform.settled();
      const { body: done } = await officer.get(`/v1/registration-files/${body.id}`).expect(200);
      expect(done).toMatchObject({ state: 'done', acceptedRows: 50 });
      duplicateRows.push(done.duplicateRows);
    }
    expect(duplicateRows).toEqual([9, 10, 10, 10, 10, 10]);
  });
});
