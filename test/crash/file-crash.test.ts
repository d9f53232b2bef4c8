import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPilotGeography } from '../../src/seeding.ts';
import { type Frame, makeFrame } from '../support/fixtures.ts';
import { type Client, startPlatform, type TestPlatform } from '../support/platform.ts';
import { header, many } from '../support/registration-files.ts';
import { type DoomedProcess, endAll, environment, keys, runUntil, startDoomed } from './doomed-process.ts';
import type { FileOrder } from './file-runner.ts';

const PEOPLE = 1_200;
const REPEATED = 30;
const BAD = 10;

describe('the run of a file whose process is killed', () => {
  let platform: TestPlatform;
  let frame: Frame;
  let officer: Client;
  beforeAll(async () => {
    platform = await startPlatform({ environment });
    await loadPilotGeography(platform.app.execute);
    frame = await makeFrame(platform);
    officer = await platform.as('enrolment_officer', { programme: frame.programmeId });
  });
  const started: Promise<DoomedProcess>[] = [];
  afterAll(async () => {
    endAll(await Promise.all(started));
    await platform.close();
  });

  const send = async (csv: string): Promise<string> =>
    (await officer.post(`/v1/programmes/${frame.programmeId}/registration-files`, csv).expect(202)).body.id;
  const read = async (id: string) => (await officer.get(`/v1/registration-files/${id}`).expect(200)).body;

  const start = (fileId: string) => started.push(startDoomed<FileOrder>(platform, 'file-runner.ts', { ...keys, fileId }));

  /** Runs the file in a process of its own, which is killed once it has said so much to the database. @returns whether it came to the end */
  async function run(fileId: string, messages: number): Promise<boolean> {
    if (started.length === 0) start(fileId);
    const runner = await (started.at(-1) ?? expect.fail('a process was started'));
    // The next process starts while this one is being killed.
    start(fileId);
    return runUntil(runner, 'run', messages);
  }

  it('enters everybody once, counts every duplicate once and keeps every reason once, wherever it was killed', async () => {
    const rows = [
      ...many(PEOPLE - REPEATED),
      ...many(REPEATED), // the same people under other submissions
      ...many(BAD, 50_000).map((row) => row.replace(',female,', ',?,')),
    ].map((row, i) => `${row},uuid:${i}`);
    const fileId = await send([`${header},_uuid`, ...rows].join('\n'));
    await platform.owner.query(`update registration_files set state = 'running', attempt = 1 where id = $1`, [fileId]);
    let kills = 0;
    const seen = new Set<number>();
    while (!(await run(fileId, 30 + 53 * kills))) {
      kills += 1;
      const { doneRows, acceptedRows, refusedRows } = await read(fileId);
      seen.add(doneRows);
      const { rows: counts } = await platform.owner.query(
        `select count(*)::int as people, count(distinct source_row)::int as rows,
          (select count(*)::int from registration_refusals where file_id = $1) as refusals,
          (select count(*)::int from intake_keys) as keys from beneficiaries where source_id = $1`,
        [fileId],
      );
      expect(counts[0], `after ${kills} kills`).toEqual({
        people: acceptedRows,
        rows: acceptedRows,
        refusals: refusedRows,
        keys: acceptedRows,
      });
      expect(kills).toBeLessThan(40);
    }
    expect(kills).toBeGreaterThan(3);
    expect(seen.size).toBeGreaterThan(2);
    const { rows: left } = await platform.owner.query(`select (select count(*)::int from comparisons_due) as due,
      (select count(*)::int from enrolments where state = 'applicant') as applicants,
      (select count(distinct second_id)::int from duplicate_pairs where score >= 0.8) as held`);
    expect(left[0]).toMatchObject({ due: 0, applicants: REPEATED });
    expect(left[0].held).toBeGreaterThanOrEqual(REPEATED);
    expect(await read(fileId)).toMatchObject({
      state: 'done',
      doneRows: PEOPLE + BAD,
      acceptedRows: PEOPLE,
      refusedRows: BAD,
      knownRows: 0,
      duplicateRows: left[0].held,
    });

    // Nobody has to look for where it ended: another process that is told to run it finds nothing left to do.
    expect(await run(fileId, 10_000)).toBe(true);
    expect((await read(fileId)).acceptedRows).toBe(PEOPLE);
  }, 300_000);
});
