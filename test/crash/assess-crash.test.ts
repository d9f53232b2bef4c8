import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eligibilityJobs } from '../../src/eligibility/index.ts';
import { newId } from '../../src/platform/index.ts';
import { type Frame, makeFrame, makePerson } from '../support/fixtures.ts';
import { startPlatform, type TestPlatform } from '../support/platform.ts';
import { type DoomedProcess, endAll, environment, keys, runUntil, startDoomed } from './doomed-process.ts';
import type { Order } from './ground.ts';

const PEOPLE = 20;
/** After how many messages each process is killed: within its first person, its second or its third. */
const KILLS = [20, 50, 85, 120];

describe('a run whose process is killed', () => {
  let platform: TestPlatform;
  let frame: Frame;
  const runId = newId();
  const assessors: DoomedProcess[] = [];
  beforeAll(async () => {
    platform = await startPlatform({ environment });
    frame = await makeFrame(platform);
    for (let i = 0; i < PEOPLE; i += 1) await makePerson(platform, frame.programmeId);
    const manager = await platform.as('programme_officer', { programme: frame.programmeId });
    const definition = {
      name: 'Hungry',
      conditions: [],
      points: [{ name: 'Meals', field: 'mealsPerDay', values: [{ op: 'at_most', value: 1, points: 1 }] }],
      threshold: 1,
    };
    const { body } = await manager.post(`/v1/programmes/${frame.programmeId}/scorecards`, { definition }).expect(201);
    await platform.owner.query(
      `insert into assessment_runs (id, scorecard_id, programme_id, number, expected, started_by, started_at)
      values ($1, $2, $3, 1, $4, $1, now())`,
      [runId, body.id, frame.programmeId, PEOPLE],
    );
  });
  afterAll(async () => {
    endAll(assessors);
    await platform.close();
  });

  async function startAssessor(): Promise<DoomedProcess> {
    const assessor = await startDoomed<Order>(platform, 'assessor.ts', keys);
    assessors.push(assessor);
    return assessor;
  }

  /** How far the run says it is, and what it left behind. */
  const traces = async (): Promise<Record<'people' | 'moved' | 'assessments' | 'assessed' | 'events', number>> =>
    (
      await platform.owner.query(
        `select people, (select coalesce(sum((move ->> 'people')::int), 0)::int from jsonb_array_elements(moves) move) as moved,
          (select count(*)::int from assessments) as assessments, (select count(distinct beneficiary_id)::int from assessments) as assessed,
          (select count(*)::int from audit_events where command = 'eligibility.assess_next') as events
        from assessment_runs where id = $1`,
        [runId],
      )
    ).rows[0];

  it('goes on where it was, with nobody twice and nobody left out', async () => {
    let before = 0;
    for (const messages of KILLS) {
      expect(await runUntil(await startAssessor(), runId, messages)).toBe(false);
      const { people, ...left } = await traces();
      expect(left, `after ${messages} messages`).toEqual({ moved: people, assessments: people, assessed: people, events: people });
      expect(people).toBeGreaterThanOrEqual(before);
      before = people;
    }
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(PEOPLE);
    const [job] = eligibilityJobs(platform.app, 5);
    await job?.run({ runId }, new AbortController().signal);
    expect(await traces()).toMatchObject({ people: PEOPLE, moved: PEOPLE, assessments: PEOPLE, assessed: PEOPLE });
  }, 300_000);
});
