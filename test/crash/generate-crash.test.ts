import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assistanceJobs } from '../../src/assistance/index.ts';
import { newId } from '../../src/platform/index.ts';
import { type Frame, makeFrame, makePerson } from '../support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { type DoomedProcess, endAll, environment, keys, runUntil, startDoomed } from './doomed-process.ts';
import type { GeneratorOrder } from './generator.ts';

const PEOPLE = 9;
const PERIODS = 3;
const NOW = '2027-03-15T12:00:00Z';

describe('instalments made out by a process that is killed', () => {
  let platform: TestPlatform;
  let frame: Frame;
  const planId = newId();
  const generators: DoomedProcess[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ environment });
    frame = await makeFrame(platform);
    const people: string[] = [];
    for (let i = 0; i < PEOPLE; i += 1) people.push((await makePerson(platform, frame.programmeId)).id);
    await platform.owner.query(
      `insert into plans (id, programme_id, programme_version, kind, name, purpose, amount_rule, currency, starts_on, ends_on, every, due_at,
        created_by, created_at)
      values ($1, $2, 1, 'stipend', 'Killed', 'rent', '{"rule": "fixed", "amount": "100.00"}', 'DZD', '2027-01-01', '2027-03-31', 'month', 'start',
        $1, '2026-06-01')`,
      [planId, frame.programmeId],
    );
    await platform.owner.query(
      `insert into entitlements (id, plan_id, beneficiary_id, starts_on, ends_on, is_plain, created_at)
      select gen_random_uuid(), $1, id, '2027-01-01', '2027-03-31', true, '2026-06-01' from unnest($2::uuid[]) id`,
      [planId, people],
    );
  });
  afterAll(async () => {
    endAll(generators);
    await platform.close();
  });

  /** What the periods say was made out, and what is there. */
  const traces = async (): Promise<Record<'owed' | 'made' | 'people', number>> =>
    (
      await platform.owner.query(
        `select (select coalesce(sum(owed), 0)::int from plan_periods where plan_id = $1) as owed, count(*)::int as made,
          count(distinct (beneficiary_id, period))::int as people
        from instalments where plan_id = $1`,
        [planId],
      )
    ).rows[0];

  /** A process makes out what it can, and is killed once it has said so much to the database. @returns whether it came to the end */
  async function run(messages: number): Promise<boolean> {
    const generator = await startDoomed<GeneratorOrder>(platform, 'generator.ts', { ...keys, now: NOW });
    generators.push(generator);
    return runUntil(generator, planId, messages);
  }

  it('are all there once another has gone on, each once', async () => {
    let kills = 0;
    let before = 0;
    // Each is killed a little later than the one before: while a period begins, between two batches, within one.
    while (!(await run(40 + 23 * kills))) {
      kills += 1;
      const { owed, ...left } = await traces();
      expect(left, `after ${kills} kills`).toEqual({ made: owed, people: owed });
      expect(owed).toBeGreaterThanOrEqual(before);
      before = owed;
      expect(kills).toBeLessThan(12);
    }
    expect(kills).toBeGreaterThan(1);
    const clock = { now: () => new Date(NOW) };
    const jobs = assistanceJobs({ db: platform.app.database.reader, execute: platform.app.execute, clock }, { together: 2, alone: 2 });
    await jobs.find(({ name }) => name === 'assistance.generate')?.run({});
    expect(await traces()).toEqual({ owed: PEOPLE * PERIODS, made: PEOPLE * PERIODS, people: PEOPLE * PERIODS });
  }, 120_000);
});
